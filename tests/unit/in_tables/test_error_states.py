"""What has become of a rejected row, by its present status and by what later runs did."""

import pytest

from etl.sources.in_tables.errors.error_states import ErrorState, _judge


@pytest.mark.parametrize(
    ("status", "is_later", "state"),
    [
        ("", False, ErrorState.OFFERED),
        ("", True, ErrorState.OFFERED),
        ("ON_WORK", False, ErrorState.OFFERED),
        ("WAITING", True, ErrorState.WAITING),
        ("DONE", True, ErrorState.CORRECTED),
        ("DONE", False, ErrorState.OPEN),
        ("ERROR", False, ErrorState.OPEN),
        ("ERROR", True, ErrorState.REPEATED),
        ("what a partner wrote", True, ErrorState.OPEN),
        (None, False, ErrorState.OPEN),
    ],
)
def test_a_row_that_is_there(status: str | None, is_later: bool, state: ErrorState) -> None:
    assert _judge({"id": 7, "is_repeated": False}, {7: (status, is_later)}, ()) is state
    assert _judge({"id": 7, "is_repeated": True}, {7: (status, is_later)}, ()) is ErrorState.REPEATED


@pytest.mark.parametrize(("arrived", "state"), [((7,), ErrorState.CORRECTED), ((), ErrorState.GONE)])
def test_a_row_that_is_gone(arrived: tuple[int, ...], state: ErrorState) -> None:
    assert _judge({"id": 7, "is_repeated": False}, {}, arrived) is state
    assert state.is_open is (state is ErrorState.GONE)
