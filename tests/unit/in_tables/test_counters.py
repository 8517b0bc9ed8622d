"""Counters of tasks between two databases."""

from etl.runs import Counters
from etl.sources.in_tables.remote.remote_task import counters_of_both


def test_counters_of_a_task_that_was_committed_in_the_store_alone() -> None:
    """Rows that are unchanged now are what the first try made of them; what cannot be found again is kept."""
    assert counters_of_both(None, {"unchanged": 3}) == {"unchanged": 3}
    first: Counters = {"created": 2, "changed": 1, "resolved": 4, "expired": 1, "unchanged": 9}
    again: Counters = {"unchanged": 2, "rejected": 1, "resolved": 1}
    assert counters_of_both(first, again) == {
        "created": 2,
        "rejected": 1,
        "resolved": 5,
        "expired": 1,
        "unchanged": 0,
    }
