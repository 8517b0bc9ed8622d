"""The measures of a run that is under way, and of one that is done."""

from datetime import UTC, datetime, timedelta
from typing import Any

from etl.engine import Status
from etl.monitoring.measures import _of_run
from etl.sources.in_tables.receipts import Receipt

NOW = datetime(2026, 1, 2, tzinfo=UTC)
START = NOW - timedelta(seconds=60)


def measured(**run: Any) -> dict[str, float]:
    """Name and further labels -> value."""
    task = {"kind": "BEGIN", "state": "done", "tasks": 1, "claimed_rows": None, "started_at": START, "finished_at": NOW}
    error = {"code": "NO_ID", "severity": "error", "rows": 2}
    status = Status(
        company="demo",
        in_schema="in_tables",
        decision="held",
        reason="",
        looked_at=NOW,
        run=run,
        tasks=(task,),
        receipts=(Receipt("in_A", 3, created=1, rejected=2), Receipt("in_B", 1, created=1)),
        errors=(error, error | {"rows": 3}),
    )
    return {
        " ".join([one.measure.name, *(value for label, value in one.labels.items() if label != "company")]): one.value
        for one in _of_run(status, {"company": "demo"}, run)
    }


def test_a_run_under_way_has_a_heartbeat_and_no_end() -> None:
    found = measured(state="running", started_at=START, finished_at=None, beat_age=2.5)
    assert found["etl.run.started"] == START.timestamp()
    assert found["etl.run.heartbeat.age"] == 2.5
    assert "etl.run.finished" not in found
    assert (found["etl.run.done BEGIN"], found["etl.run.all BEGIN"]) == (1, 1)
    assert (found["etl.run.outcome created"], found["etl.run.outcome rejected"]) == (2, 2)
    assert found["etl.run.error NO_ID error"] == 5


def test_a_run_that_is_done_or_was_given_up_has_no_heartbeat() -> None:
    assert (
        measured(state="done", started_at=START, finished_at=NOW, beat_age=2.5)["etl.run.finished"] == NOW.timestamp()
    )
    for run in ({"state": "done", "beat_age": 2.5}, {"state": "running", "beat_age": None}):
        assert "etl.run.heartbeat.age" not in measured(**run, started_at=START, finished_at=None)
