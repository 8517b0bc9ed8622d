"""`etl contract` and the commands of docs/contract.md, as they stand there."""

import json
import shlex
import subprocess
from pathlib import Path
from string import Template

import pytest

from tests.documentation import CONTRACT, blocks, business_objects
from tests.fix_company import PARTNER_PASSWORD, Ended, MakeSite, Site
from tests.fix_database import LOOPBACK


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return make_site({path.split("/")[-1].removesuffix(".yaml"): text for path, text in business_objects().items()})


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_commands_of_the_page_run(site: Site) -> None:
    name = site.database.name
    places = {"DATABASE": name, "PARTNER_URL": f"postgresql://partner_{name}@{LOOPBACK}:{site.database.port}/{name}"}
    commands = [line for block in blocks(CONTRACT) if block.language == "sh" for line in block.lines]
    assert len(commands) == 6
    for line in commands:
        done = _run(site, shlex.split(Template(line).substitute(places), comments=True))
        assert (done.code, [text for text in done.err.splitlines() if not text.startswith("batch ")]) == (0, []), line
        assert done.out
    # 50 of seed 2, and the last play offers 100 rows of the first one again; 38 of 700 were left out of the full set.
    assert site.partner.statuses("in_Contract") == {"DONE": 562, "": 150}


def _run(site: Site, command: list[str]) -> Ended:
    if command[0] == "etl":
        return site.etl(*command[1:], ETL_PARTNER_PASSWORD=PARTNER_PASSWORD)
    access = site.database
    environ = {"PATH": "/usr/bin:/bin", "PGHOST": LOOPBACK, "PGPORT": str(access.port), "PGDATABASE": access.name}
    environ |= {"PGUSER": f"partner_{access.name}", "PGPASSWORD": PARTNER_PASSWORD}
    done = subprocess.run(command, cwd=site.home, env=environ, capture_output=True, text=True, check=False)
    return Ended(done.returncode, done.stdout, done.stderr)


def test_the_same_bytes_in_every_process(site: Site) -> None:
    first = site.etl("contract", "--output", "one", PYTHONHASHSEED="1")
    second = site.etl("contract", "-o", "two", "--json", PYTHONHASHSEED="2", TZ="Asia/Almaty")
    assert (first.code, second.code) == (0, 0)
    one, two = contents(site.home / "one"), contents(site.home / "two")
    assert one == two
    reported = json.loads(second.out)
    assert {file["path"]: file["bytes"] for file in reported["files"]} == {
        path: len(text) for path, text in two.items()
    }
    assert one["ddl/in.sql"].decode() == site.etl("generate-ddl").out


def test_without_excel_and_into_a_place_that_is_none(site: Site) -> None:
    assert site.etl("contract", "-o", "plain", "--without-excel").code == 0
    assert "template.xlsx" not in contents(site.home / "plain")
    (site.home / "file").touch()
    ended = site.etl("contract", "-o", "file/below")
    assert (ended.code, ended.out) == (2, "")
    assert "cannot be written" in ended.err
