"""How far a run is."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from etl.cli.screen.tables import duration_text
from etl.monitoring import progress

START = datetime(2026, 1, 2, tzinfo=UTC)


def task(kind: str, state: str, tasks: int, rows: int = 0, begun: int | None = None, ended: int | None = None) -> Any:
    times = {"started_at": begun, "finished_at": ended}
    return {"kind": kind, "state": state, "tasks": tasks, "claimed_rows": rows} | {
        name: None if seconds is None else START + timedelta(seconds=seconds) for name, seconds in times.items()
    }


TASKS = [
    task("BEGIN", "done", 1, begun=0, ended=3),
    task("MIGRATE_SINGLE_FIELDS", "done", 2, 2_000, 3, 13),
    task("MIGRATE_SINGLE_FIELDS", "running", 1, 1_000, 13),
    task("NOP", "todo", 3),
    task("MIGRATE_BO_LINKS", "todo", 1, 1_000),
]


def test_kinds_keep_their_order_and_add_up() -> None:
    found = progress(TASKS, START + timedelta(seconds=13))
    assert [kind.kind for kind in found.kinds] == ["BEGIN", "MIGRATE_SINGLE_FIELDS", "NOP", "MIGRATE_BO_LINKS"]
    [_, fields, nop, _] = found.kinds
    assert (fields.tasks, fields.done, fields.running, fields.rows, fields.rows_done) == (3, 2, 1, 3_000, 2_000)
    assert fields.share == pytest.approx(2 / 3)
    assert nop.share == 0
    assert (found.rows, found.rows_done) == (4_000, 2_000)


def test_the_rate_counts_what_is_finished_and_the_rest_is_expected_at_it() -> None:
    found = progress(TASKS, START + timedelta(seconds=15))
    assert found.rows_per_second == 200
    assert found.seconds_left == 2_000 / 200 - 2


def test_a_task_that_takes_longer_than_expected_leaves_no_negative_time() -> None:
    assert progress(TASKS, START + timedelta(hours=1)).seconds_left == 0


def test_without_finished_rows_nothing_is_promised() -> None:
    found = progress([TASKS[0], TASKS[2]], START)
    assert (found.rows_per_second, found.seconds_left) == (None, None)
    assert progress([], START).kinds == ()


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (59.9, "59 s"), (60, "1 min"), (3_725, "1 h 2 min"), (86_400, "1 d"), (90_000, "1 d 1 h")],
)
def test_a_span_has_two_units(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text
