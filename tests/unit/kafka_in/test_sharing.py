"""The vendor's rules for consumers: not more than partitions, and a divisor of their number."""

import pytest

from etl.engine.kafka_in.sharing import TopicSizes, uneven_shares


def test_the_example_of_the_guide() -> None:
    """48 partitions: 1, 2, 4, 6, 8, 12, 24, 48 (and 3 and 16, which the vendor's guide leaves out)."""
    assert [n for n in range(1, 60) if uneven_shares(n, 48) is None] == [1, 2, 3, 4, 6, 8, 12, 16, 24, 48]


@pytest.mark.parametrize(
    ("workers", "partitions", "found", "better"),
    [
        (7, 6, "7 workers share 6 partitions: some have nothing to do", "6 or less"),
        (2, 1, "2 workers share 1 partition: some have nothing to do", "1 or less"),
        (4, 6, "4 workers do not divide its 6 partitions evenly", "one of 1, 2, 3, 6"),
        (2, 7, "2 workers do not divide its 7 partitions evenly", "one of 1, 7"),
        (9, 12, "9 workers do not divide its 12 partitions evenly", "one of 1, 2, 3, 4, 6, 12"),
    ],
)
def test_numbers_that_do_not_suit(workers: int, partitions: int, found: str, better: str) -> None:
    assert uneven_shares(workers, partitions) == (found, better)


def test_what_is_said_of_a_topic_is_said_once() -> None:
    """Also when partitions are added: keys may lie in other partitions from then on (fault 14)."""
    sizes = TopicSizes(2)
    [uneven] = sizes.notices({"a": 3, "b": 2})
    assert uneven.startswith("a: 2 workers do not divide its 3 partitions evenly")
    assert list(sizes.notices({"a": 3})) == []
    [added] = sizes.notices({"b": 4})
    assert added.startswith("b has 4 partitions now, before 2: the new ones are read from their first record on")
    assert list(sizes.notices({"a": 3, "b": 4})) == []
