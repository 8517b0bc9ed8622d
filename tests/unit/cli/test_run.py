"""What `etl run` says to a person."""

import pytest

from etl.cli.run import show_outcome
from etl.engine import Outcome
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
