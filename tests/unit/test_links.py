"""Links between pages lead to files and headings that are there."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.documentation import CHECKOUT

PAGES = sorted([*CHECKOUT.glob("*.md"), *(CHECKOUT / "docs").rglob("*.md")])
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^ *```.*?^ *```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#{1,6} +(.+?)\s*$", re.MULTILINE)


def links(page: Path) -> Iterator[str]:
    text = re.sub(r"`[^`\n]+`", "", _FENCE.sub("", page.read_text(encoding="utf-8")))
    return (found for found in _LINK.findall(text) if not found.startswith(("http:", "https:", "mailto:")))


def anchors(page: Path) -> set[str]:
    """As GitHub and the site name headings."""
    headings = _HEADING.findall(_FENCE.sub("", page.read_text(encoding="utf-8")))
    plain = (re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", one).replace("`", "") for one in headings)
    return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in plain}


def faults(page: Path) -> Iterator[str]:
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists():
            yield f"{link}: there is no such file"
        elif anchor and target.suffix == ".md" and anchor not in anchors(target):
            yield f"{link}: there is no such heading"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(CHECKOUT)))
def test_links_lead_somewhere(page: Path) -> None:
    assert not list(faults(page))


def test_a_dead_link_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A `b` — c, d\n[a](#a-b--c-d) [b](#b) [c](page.md#c) [d](other.md)\n```\n[e](e.md)\n```\n")
    assert list(faults(page)) == [
        "#b: there is no such heading",
        "page.md#c: there is no such heading",
        "other.md: there is no such file",
    ]
