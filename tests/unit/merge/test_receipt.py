"""Counts that do not add up are no success."""

import pytest

from etl.errors import RunStopped
from etl.runs import Counters
from etl.sources.in_tables.receipts import Receipt


def test_chunks_add_up() -> None:
    chunks: list[Counters] = [
        {"created": 2, "changed": 1, "rejected": 1, "marked": 4},
        {"unchanged": 3, "removed": 1, "marked": 4},
    ]
    assert Receipt.of("in_Client", 10, 1, chunks) == Receipt(
        "in_Client", claimed=10, created=2, changed=1, unchanged=3, removed=1, rejected=1, vanished=1, released=1
    )


def test_other_counters_are_not_results_of_rows() -> None:
    assert Receipt.of("in_A_B", 1, 0, [{"waiting": 1, "marked": 1, "resolved": 7, "expired": 2}]).waiting == 1


@pytest.mark.parametrize(
    ("claimed", "released", "counters"),
    [
        (3, 0, {"created": 2, "marked": 3}),  # a marked row without a result
        (3, 0, {"created": 4, "marked": 3}),  # two results of one row
        (3, 0, {"created": 4, "marked": 4}),  # more rows than were claimed
        (3, 2, {"created": 2, "marked": 2}),
    ],
)
def test_a_row_that_is_unaccounted_for_stops_the_run(claimed: int, released: int, counters: Counters) -> None:
    with pytest.raises(RunStopped, match="the counts of in_Client do not add up: 3 rows were claimed"):
        Receipt.of("in_Client", claimed, released, [counters])
