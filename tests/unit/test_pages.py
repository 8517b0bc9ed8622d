"""The site has every page, and its links lead to pages of the site."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from scripts.pages import OUTSIDE, navigation, rewritten, site_path, write
from tests.documentation import CHECKOUT


def named(nav: Any) -> Iterator[str]:
    match nav:
        case str():
            yield nav
        case dict():
            for below in nav.values():
                yield from named(below)
        case list():
            for one in nav:
                yield from named(one)


def test_every_page_is_in_the_navigation_once() -> None:
    nav = yaml.safe_load((CHECKOUT / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:\n")[2])
    pages = {str(path.relative_to(CHECKOUT / "docs")) for path in (CHECKOUT / "docs").rglob("*.md")}
    assert sorted(named(navigation(nav))) == sorted(pages | set(OUTSIDE.values()))


def test_links_lead_to_pages_of_the_site() -> None:
    readme = rewritten(CHECKOUT / "README.md")
    assert "](kafka.md)" in readme
    assert "](docs/" not in readme
    tutorial = rewritten(CHECKOUT / "docs/tutorial.md")
    assert "[README](index.md#install)" in tutorial
    floor = "[`scripts/bench/sql/floor.sql`]"
    assert floor in (CHECKOUT / "docs/speed.md").read_text(encoding="utf-8")
    assert floor not in rewritten(CHECKOUT / "docs/speed.md")
    assert site_path(CHECKOUT / "LICENSE") == ""


def test_all_of_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "old").write_text("of the time before")
    write(tmp_path)
    assert not (tmp_path / "old").exists()
    assert (tmp_path / "pictures/now.png").is_file()
    for page in tmp_path.rglob("*.md"):
        text = re.sub(r"(?ms)^ *```.*?^ *```$|`[^`\n]+`", "", page.read_text(encoding="utf-8"))
        targets = [one.partition("#")[0] for one in re.findall(r"\]\(([^)\s]+)\)", text) if ":" not in one]
        assert not [one for one in targets if one and not Path(os.path.normpath(page.parent / one)).is_file()], page
