"""When a partition counts as held: its offset stands still for long while more has been written."""

from etl.engine.kafka_in.partition_watch import HELD_SECONDS, Holds
from etl.sources.kafka.message import Partition

A, B = Partition("t", 0), Partition("t", 1)


def test_a_transaction_that_is_open_for_long() -> None:
    """Fault 35. Another open transaction, behind the first one, is another beginning."""
    now = 100.0
    holds = Holds(lambda: now)
    assert holds.see({A: 7, B: 1}) == {}
    now += HELD_SECONDS - 1
    assert holds.see({A: 7, B: 2}) == {}
    now += 1
    assert holds.see({A: 7, B: 2}) == {A: 7}
    now += HELD_SECONDS
    assert holds.see({A: 8, B: 2}) == {B: 2}
    assert holds.see({}) == {}
    assert holds.see({B: 2}) == {}
