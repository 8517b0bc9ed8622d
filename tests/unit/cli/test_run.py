"""What `etl run` says to a person."""

import pytest

from etl.cli.clean import _show as show_cleaned
from etl.cli.run import _show_dry_run, show_outcome
from etl.engine import Cleaned, DryRun, Outcome
from etl.runs import Counters
from etl.sources.in_tables.receipts import Receipt


def test_nothing_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    show_outcome(Outcome("in_tables.process_tracking id=7 has load_status=0"))
    assert capsys.readouterr().out == "Nothing to do: in_tables.process_tracking id=7 has load_status=0.\n"


def test_a_run(capsys: pytest.CaptureFixture[str]) -> None:
    receipts = (
        Receipt("in_Client", claimed=12_345, created=12_000, changed=300, unchanged=44, rejected=1),
        Receipt("in_Claim", claimed=2, created=2),
    )
    out: Counters = {"upserted": 12_302, "deleted": 0, "linked": 0, "unlinked": 0}
    outcome = Outcome(
        "handed over", run=5, receipts=receipts, errors=1, resolved=7, out_schema="out_demo_1_1", out=out, seconds=2.25
    )
    show_outcome(outcome)
    text = capsys.readouterr().out
    assert "Run 5 done in 2.2 s: handed over." in text
    header = next(line for line in text.splitlines() if "claimed" in line)
    assert header.split() == ["table", "claimed", "created", "changed", "unchanged", "rejected"]
    assert next(line for line in text.splitlines() if "in_Client" in line).split() == [
        "in_Client",
        "12,345",
        "12,000",
        "300",
        "44",
        "1",
    ]
    assert "7 waiting links found their ends." in text
    assert "out_demo_1_1: 12,302 rows upserted." in text
    assert "1 error row" in text


def test_readers_see_nothing_new(capsys: pytest.CaptureFixture[str]) -> None:
    show_outcome(Outcome("handed over", run=5, out_schema="out_demo_1_1", out={"upserted": 0}))
    assert "out_demo_1_1: nothing to change." in capsys.readouterr().out


def test_a_helper_and_rows_that_no_run_takes(capsys: pytest.CaptureFixture[str]) -> None:
    show_outcome(Outcome("the run has ended", helped=1_200))
    assert capsys.readouterr().out == ("Helped another runner: 1,200 tasks.\nNothing more to do: the run has ended.\n")
    show_outcome(Outcome("handed over", run=5, unread=("2 rows have in_status \x1b[2J",)))
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == r"2 rows have in_status \x1b[2J."
    assert "out_" not in "".join(lines)


def test_a_dry_run_says_what_would_be_done(capsys: pytest.CaptureFixture[str]) -> None:
    receipts = (Receipt("in_Client", claimed=3, created=1, changed=1, rejected=1),)
    changed = ({"bo": "Client", "column_name": "name", "instances": 1},)
    errors = ({"in_table": "in_Client", "code": "NO_ID", "column_name": None, "severity": "error", "rows": 1},)
    examples = ({"in_table": "in_Client", "row_id": 7, "in_id": None, "message": "\x1b[2J"},)
    _show_dry_run(DryRun(receipts=receipts, changed=changed, errors=errors, examples=examples, resolved=2))
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert lines[0].startswith("Dry run: nothing was written.")
    for said in (
        "2 waiting links would find their ends.",
        "Client name 1",
        "in_Client NO_ID error 1",
        r"in_Client 7 \x1b[2J",
    ):
        assert said in lines
    _show_dry_run(DryRun(receipts=receipts, changed=(), errors=(), examples=(), resolved=0))
    assert "Errors:" not in capsys.readouterr().out


def test_what_was_cleaned_and_what_was_kept(capsys: pytest.CaptureFixture[str]) -> None:
    show_cleaned(Cleaned(errors=1_000, copies=("a", "b"), versions=("out_1",), kept={"copy_1": "a view needs it"}))
    assert capsys.readouterr().out.splitlines() == [
        "Deleted 1,000 errors, 0 tasks, 0 runs, 0 rows of the journal, 2 copies.",
        "Dropped the out_ version out_1, whose day has come.",
        "Kept copy_1: a view needs it.",
    ]
