"""What a run's outcome means for the exit code."""

from etl.engine import Outcome


def test_nothing_to_do_is_no_error() -> None:
    assert Outcome("the partner has not handed over").exit_code == 0


def test_a_run_without_error_rows_is_done() -> None:
    assert Outcome("handed over", run=1, seconds=1.0).exit_code == 0


def test_rejected_rows_have_an_exit_code_of_their_own() -> None:
    assert Outcome("handed over", run=1, errors=3).exit_code == 1
