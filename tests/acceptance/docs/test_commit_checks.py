"""The hooks of pre-commit, started as it starts them: in the folder of a repository, whose files they match."""

import re
import shlex
from dataclasses import replace
from typing import Any

import pytest
import yaml

from tests.documentation import CHECKOUT, blocks
from tests.fix_company import CLAIMS, CODE, ONLY_ONE, Ended, MakeSite, Site

PAGE = CHECKOUT / "docs/commit-checks.md"
HOOKS = {one["id"]: one for one in yaml.safe_load((CHECKOUT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}
[LOCAL, OTHER_FOLDER] = [yaml.safe_load(block.text) for block in blocks(PAGE) if block.language == "yaml"]
DOCUMENT = f"companies/{CODE}/business-objects/Client.yaml"


def call(site: Site, hook: str, **changed: Any) -> Ended:
    found = HOOKS[hook] | changed
    assert re.search(found["files"], DOCUMENT)
    assert found["pass_filenames"] is False
    arguments: list[str] = found["args"]
    program, *words = [*shlex.split(found["entry"]), *arguments]
    assert program == "etl"
    return replace(site, home=site.home / "tree").etl(*words)


def test_the_page_has_the_same_hooks() -> None:
    local = {one["id"]: one for one in LOCAL["repos"][0]["hooks"]}
    assert {name: shlex.split(one["entry"]) for name, one in local.items()} == {
        name: [*shlex.split(one["entry"]), *one["args"]] for name, one in HOOKS.items()
    }
    assert all(re.search(one["files"], DOCUMENT) for one in local.values())
    [commands] = [block.lines for block in blocks(PAGE) if block.language == "sh"]
    assert commands == [one["entry"] for one in local.values()]


@ONLY_ONE
@pytest.mark.prepared
def test_the_hooks_pass_and_fail(make_site: MakeSite) -> None:
    site = make_site(CLAIMS)
    assert call(site, "etl-metadata-check").out == f"company {CODE} is sound: 2 business objects, 5 fields\n"
    assert call(site, "etl-generate-ddl-diff") == Ended(0, "", "")
    assert call(site, "etl-metadata-impact").code == 0
    text = site.text(DOCUMENT)
    site.write(DOCUMENT, "\n".join(line for line in text.splitlines() if "Amount" not in line))
    [shown] = [block.lines for block in blocks(PAGE) if block.language == "text"]
    broken = call(site, "etl-metadata-impact")
    assert (broken.code, [line.strip() for line in broken.out.splitlines()]) == (1, [line.strip() for line in shown])
    site.write(DOCUMENT, text)
    site.edit(DOCUMENT, "code: Name", "code: Title")
    found = call(site, "etl-generate-ddl-diff")
    assert (found.code, found.out) == (1, "alter table in_tables.in_Client add column Title text;\n")
    site.edit(DOCUMENT, "INPUT_NUMBER", "INPUT_NUMBR")
    (site.home / "tree").rename(site.home / "config")
    (site.home / "tree").mkdir()
    (site.home / "config").rename(site.home / "tree/config")
    [changed] = OTHER_FOLDER["hooks"]
    fault = call(site, changed["id"], args=changed["args"])
    assert fault.code == 2
    assert f"{DOCUMENT}:6: Client.Amount: unknown type `INPUT_NUMBR`" in fault.err
