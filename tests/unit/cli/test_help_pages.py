"""`etl help`: pages by their names, commands, and pages that have a word."""

import pytest
from click.testing import CliRunner

from etl.cli import etl
from tests.documentation import CHECKOUT


def shown(*topic: str) -> str:
    done = CliRunner().invoke(etl, ["help", *topic])
    assert done.exit_code == 0, done.output
    return done.output


def test_every_page_is_listed_by_its_name() -> None:
    lines = dict(line.split(maxsplit=1) for line in shown().splitlines())
    pages = list((CHECKOUT / "docs").rglob("*.md"))
    assert len(lines) == len(pages), "two pages have one name"
    assert lines["tutorial"] == "Tutorial: your first import"
    assert lines["how-to"] == "How to"


@pytest.mark.parametrize("topic", [("missing-row",), ("missing", "row"), ("how-to/missing-row.md",), ("Missing-Row",)])
def test_a_page_is_shown(topic: tuple[str, ...]) -> None:
    assert shown(*topic) == (CHECKOUT / "docs/how-to/missing-row.md").read_text(encoding="utf-8")


def test_the_help_of_a_command_is_shown() -> None:
    assert shown("out", "build").startswith("Usage: ")
    assert "--check" in shown("grants")


def test_pages_with_a_word_are_listed() -> None:
    assert [line.split()[0] for line in shown("time zone").splitlines()]
    assert "guarantees" in shown("fencing token")
    done = CliRunner().invoke(etl, ["help", "xyzzy plugh"])
    assert (done.exit_code, "`etl help` lists the pages" in done.output) == (2, True)
