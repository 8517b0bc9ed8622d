"""How the demo looks: within 100 columns, plain in a pipe, in good English."""

import io

import pytest
from rich.console import Console

from etl.cli.screen.demo import WIDTH, Screen
from etl.demo import ErrRow, Load, Statement
from etl.demo.steps import body, comment
from etl.engine import Outcome
from etl.runs import Counters
from etl.sources.in_tables.receipts import Receipt

LONG = "in_ClientClaim_CoClient_NaturalPerson"


def fault(in_id: str | None = "C-1", **other: str | None) -> ErrRow:
    values: dict[str, str | None] = {"code": "OPTION_UNKNOWN", "column_name": "Status", "value": "PAID"}
    values |= {"message": "Status is PAID, which is no option"} | other
    return ErrRow(in_table="in_ClientClaim", row_id=7, in_id=in_id, **values)  # type: ignore[arg-type]


def act(*faults: ErrRow, resolved: int = 0, links: int = 0, out: Counters | None = None) -> Load:
    receipts = (Receipt(LONG, 1_000_000, 999_000, 1_000), Receipt("in_NaturalPerson", 0))
    waiting = ({"bo": "ClientClaim", "field": "CoClient", "target_bo": "NaturalPerson", "links": links},)
    return Load(
        title="First load",
        statements=(Statement(2_000, "people"),),
        hand_over="delete from in_tables.process_tracking",
        outcome=Outcome("ready", 1, receipts=receipts, resolved=resolved, out_schema="out_demo_1_1", out=out or {}),
        faults=faults,
        waiting=waiting if links else (),
    )


def shown(*faults: ErrRow, resolved: int = 0, links: int = 0, out: Counters | None = None) -> list[str]:
    file = io.StringIO()
    Screen(console=Console(file=file, width=WIDTH, highlight=False)).act(
        1, act(*faults, resolved=resolved, links=links, out=out)
    )
    return file.getvalue().splitlines()


def test_it_fits_the_screen_and_is_plain() -> None:
    lines = shown(fault(), links=3, out={"upserted": 12})
    assert max(len(line) for line in lines) <= WIDTH
    assert "\x1b" not in "".join(lines)


def test_counts_stand_in_one_line_and_zeros_step_back() -> None:
    lines = [line.split() for line in shown()]
    assert [LONG, "1,000,000", "999,000", "1,000", *"····"] in lines
    assert ["in_NaturalPerson", *"·······"] in lines


def test_a_narrow_screen_keeps_counts_whole() -> None:
    file = io.StringIO()
    Screen(console=Console(file=file, width=80)).act(1, act())
    lines = file.getvalue().splitlines()
    assert max(map(len, lines)) <= 80
    assert [line for line in lines if line.endswith("unchanged removed rejected waiting")]
    assert "…" not in file.getvalue()


def test_rows_with_one_fault_are_reported_together() -> None:
    lines = shown(fault("C-1"), fault("C-2"), fault("C-3", value="paid"), fault(None, code="NO_ID", column_name=None))
    assert "4 rows rejected; the partner finds why in the table err:" in lines
    assert "  OPTION_UNKNOWN  in_ClientClaim.Status  PAID  C-1, C-2" in lines
    assert "  OPTION_UNKNOWN  in_ClientClaim.Status  paid  C-3" in lines
    assert "  NO_ID  in_ClientClaim  PAID  id 7" in lines


@pytest.mark.parametrize(("number", "words"), [(1, "1 link that waited"), (2_345, "2,345 links that waited")])
def test_one_is_singular(number: int, words: str) -> None:
    assert [line for line in shown(resolved=number) if line.startswith(words)]


def test_what_moved_in_the_out_tables() -> None:
    assert "out_demo_1_1: 12 rows written, 3 links removed." in shown(out={"upserted": 12, "deleted": 0, "unlinked": 3})
    assert "out_demo_1_1: nothing to change." in shown()


def test_markup_in_a_value_is_text() -> None:
    assert "  OPTION_UNKNOWN  in_ClientClaim.Status  [red]x[/red]  C-1" in shown(fault(value="[red]x[/red]"))


def test_quiet_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    Screen(quiet=True).act(1, act())
    assert capsys.readouterr().out == ""


def test_a_statement_is_reported_by_its_comment() -> None:
    sql = "-- people\ninsert into a\nselect 1\n"
    assert comment(sql) == "people"
    assert body(sql) == "insert into a\nselect 1"
