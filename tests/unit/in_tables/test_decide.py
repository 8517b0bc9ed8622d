"""The decision table: marker, newest run, helpers and hand-over decide what a runner does; row by row."""

from dataclasses import replace
from datetime import date

import pytest

from etl.sources.in_tables.handshake import (
    Action,
    Marker,
    Running,
    decide,
)

LEASE_SECONDS = 60
TABLE = "in_tables.process_tracking"


def marker(load: int | None, read: int | None, occupied: int = 0) -> Marker:
    return Marker(
        id=7,
        oper_date=date(2024, 5, 1),
        load_status=load,
        ins_inkafka_status=read,
        occupied_by_process=occupied,
        periodic_update_time=None,
    )


def running(beat_age: float | None) -> Running:
    return Running(run=99, owner="a1b2", fence=3, marker=7, beat_age=beat_age)


def decided(row: Marker | None, run: Running | None = None) -> tuple[Action, str]:
    decision = decide(row, run, lease_seconds=LEASE_SECONDS, table=TABLE)
    assert decision.starts == (decision.action in (Action.INSERT, Action.START, Action.TAKE_OVER))
    return decision.action, decision.reason


def test_no_row_starts_on_an_own_row() -> None:
    action, reason = decided(None)
    assert action is Action.INSERT
    assert TABLE in reason


@pytest.mark.parametrize("read", [0, None])
def test_a_handed_over_row_starts(read: int | None) -> None:
    action, reason = decided(marker(1, read))
    assert action is Action.START
    assert f"{TABLE} id=7" in reason


def test_a_row_that_says_occupied_without_a_run_of_ours_starts() -> None:
    """Left by a manual change or by a restore: our own rows know better, and the partner's columns decide."""
    assert decided(marker(1, 0, occupied=12345))[0] is Action.START


@pytest.mark.parametrize(
    ("load", "read", "why"),
    [
        (0, 0, "load_status=0"),
        (None, 0, "load_status=0"),
        (None, None, "load_status=0"),
        (0, 1, "load_status=0"),
        (1, 1, "ins_inkafka_status=1"),
        (1, 2, "ins_inkafka_status=2"),
        (0, 2, "ins_inkafka_status=2"),
        (2, 0, "unknown values load_status=2, ins_inkafka_status=0"),
        (-1, 0, "unknown values load_status=-1"),
        (1, 3, "ins_inkafka_status=3"),
        (1, -1, "ins_inkafka_status=-1"),
    ],
)
def test_what_does_not_start_says_why_and_names_the_row(load: int | None, read: int | None, why: str) -> None:
    action, reason = decided(marker(load, read))
    assert action is Action.WAIT
    assert f"{TABLE} id=7" in reason
    assert why in reason


@pytest.mark.parametrize("row", [None, marker(1, 0), marker(0, 0), marker(1, 1), marker(1, 2), marker(5, 5)])
@pytest.mark.parametrize(
    ("beat_age", "action"),
    [
        (0.0, Action.HELD),
        (LEASE_SECONDS, Action.HELD),
        (LEASE_SECONDS + 0.1, Action.TAKE_OVER),
        (None, Action.TAKE_OVER),
        (-5.0, Action.HELD),
    ],
)
def test_our_own_run_decides_before_any_marker(row: Marker | None, beat_age: float | None, action: Action) -> None:
    found, reason = decided(row, running(beat_age))
    assert found is action
    assert "run 99" in reason


def test_a_holder_is_named() -> None:
    assert "a1b2" in decided(None, running(4.0))[1]


@pytest.mark.parametrize("load", [0, 1, None])
def test_an_operator_may_take_a_stopped_run_as_it_is(load: int | None) -> None:
    row = marker(load, 2)
    assert decided(row)[0] is Action.WAIT
    decision = decide(row, None, lease_seconds=LEASE_SECONDS, table=TABLE, accept=True)
    assert decision.action is Action.START
    assert f"{TABLE} id=7" in decision.reason


@pytest.mark.parametrize(("load", "read"), [(0, 0), (0, 1), (1, 1), (None, None)])
def test_an_operators_word_stands_for_no_hand_over(load: int | None, read: int | None) -> None:
    decision = decide(marker(load, read), None, lease_seconds=LEASE_SECONDS, table=TABLE, accept=True)
    assert decision.action is Action.WAIT


@pytest.mark.parametrize("row", [replace(marker(1, 0), id=None), replace(marker(1, 0), id=None, same_id=3)])
def test_a_row_without_an_id_is_no_hand_over(row: Marker) -> None:
    decision = decide(row, None, lease_seconds=LEASE_SECONDS, table=TABLE, accept=True)
    assert (decision.action, decision.is_faulty) == (Action.WAIT, True)
    assert decision.reason.startswith(f"{TABLE} has a row without an id: delete it or give it one, then `alter table")
