"""The how-to pages can be followed in turn, on one company: their commands, their SQL as each role, their answers."""

import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.docs.followed import compare
from tests.acceptance.docs.test_pages import Row, Session
from tests.documentation import CHECKOUT, Block, blocks, business_objects
from tests.fix_company import CODE, MakeSite, Site

PAGES = CHECKOUT / "docs/how-to"
# As a model author, an operator, a partner and a reader need them.
IN_TURN = (
    "set-up-a-partner",
    "add-a-field",
    "change-a-type",
    "large-load",
    "missing-row",
    "read-a-file",
    "dates",
    "remove-a-link",
)
# Runs in tests/acceptance/docs/test_pagila.py.
ELSEWHERE = {"model-a-database"}
_WATCHES = "etl status --watch"
_HANDED_OVER = """
insert into in_tables.in_Client (in_id, Name) values ('c-1', 'Aigerim');
insert into in_tables.in_Contract (in_id, Number, Amount, Status) values ('k-1', '2024/1', 1500, 'OPEN');
insert into in_tables.in_Contract_Buyer (Contract_id, Buyer_id) values ('k-1', 'c-1')
"""
_ROLES = {"partner": "shop_partner", "reader": "shop_reader", "administrator": ""}


class Team:
    """Who follows the pages. Their company is called shop there."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.environ: dict[str, str] = {}
        self.sessions = {role: Session(site) for role in _ROLES}
        self.found: list[Row] = []

    def follow(self, page: Path) -> None:
        answers: list[str] = []
        for block in blocks(page):
            match block.language:
                case "sh":
                    answers = [self.type(line) for line in block.lines]
                case "text":
                    compare("".join(answers), self.named(block.text))
                case "yaml":
                    self.site.write(self.named(block.lines[0].removeprefix("# ")), block.text)
                case "sql":
                    self.ask(block)

    def type(self, line: str) -> str:
        """What a line prints."""
        program, *words = shlex.split(self.named(line).replace("$HOME", str(self.site.home)), comments=True)
        if program == "export":
            self.environ |= dict(word.split("=") for word in words)
            return ""
        if line.startswith(_WATCHES):
            words.remove("--watch")
        done = self.site.etl(*words, **self.environ)
        assert (program, done.code, done.err) == ("etl", 0, ""), (line, done)
        return done.out

    def ask(self, block: Block) -> None:
        role = block.lines[0].split()[-1]
        session = self.sessions[role]
        session(f"set role {session.named(_ROLES[role])}" if _ROLES[role] else "reset role")
        for statement in filter(None, block.text.split(";\n")):
            self.found = session(self.named(statement))

    def named(self, text: str) -> str:
        """With the company of the test, and its roles."""
        own = self.sessions["reader"].named(text)
        for before in ("out_", "store_", "companies/", "company "):
            own = own.replace(f"{before}shop", f"{before}{CODE}")
        return own

    def close(self) -> None:
        for session in self.sessions.values():
            session.close()


def test_every_page_is_followed() -> None:
    assert {path.stem for path in PAGES.glob("*.md")} == {*IN_TURN, *ELSEWHERE, "README"}


@pytest.fixture
def team(make_site: MakeSite) -> Iterator[Team]:
    """Where one contract with its buyer has been imported."""
    site = make_site({path.split("/")[-1].removesuffix(".yaml"): text for path, text in business_objects().items()})
    site.partner(_HANDED_OVER)
    site.partner.hand_over()
    assert site.run().run
    team = Team(site)
    yield team
    team.close()


def test_the_pages_can_be_followed(team: Team) -> None:
    asked: dict[str, list[Row]] = {}
    for name in IN_TURN:
        team.follow(PAGES / f"{name}.md")
        asked[name] = team.found
    [file] = asked["read-a-file"]
    assert (file["number"], file["file_name"], bytes(file["content"])) == ("2024/1", "scan.pdf", b"%PDF-1.7")
    [dates] = asked["dates"]
    shown = (PAGES / "dates.md").read_text(encoding="utf-8")
    for moment in (dates["signed"], dates["opened"]):
        assert f"`{moment:%Y-%m-%d %H:%M:%S}+00`" in shown
    assert team.site.count(f"out_{CODE}._contract_buyer_") == 0
