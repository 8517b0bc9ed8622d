"""The vendor's rules for the number of workers: not more than a topic has partitions, and a divisor of these. And what
is to be said when partitions are added."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


class Uneven(NamedTuple):
    """Why a number of workers does not suit a topic, and which would."""

    found: str
    better: str


def uneven_shares(workers: int, partitions: int) -> Uneven | None:
    """What is wrong with a number of workers; None for one that shares the partitions evenly."""
    if workers > partitions:
        counted = "1 partition" if partitions == 1 else f"{partitions} partitions"
        return Uneven(f"{workers} workers share {counted}: some have nothing to do", f"{partitions} or less")
    if partitions % workers:
        divisors = ", ".join(str(one) for one in range(1, partitions + 1) if partitions % one == 0)
        return Uneven(f"{workers} workers do not divide its {partitions} partitions evenly", f"one of {divisors}")
    return None


@dataclass
class TopicSizes:
    """How many partitions topics had when the workers of a host looked last; what is wrong with them is said once."""

    workers: int
    _seen: dict[str, int] = field(default_factory=dict)
    _reported: set[str] = field(default_factory=set)

    def notices(self, sizes: Mapping[str, int]) -> Iterator[str]:
        """What is new to be said of topics that have these numbers of partitions now."""
        for topic, partitions in sizes.items():
            before = self._seen.get(topic, partitions)
            self._seen[topic] = partitions
            if before < partitions:
                yield (
                    f"{topic} has {partitions} partitions now, before {before}: the new ones are read from their first "
                    "record on; records of one instance may come by another partition from now on, and their order "
                    "across the change is not given"
                )
            uneven = uneven_shares(self.workers, partitions)
            text = f"{topic}: {uneven.found}; set comeKafkaInMigration to {uneven.better}" if uneven else ""
            if text and text not in self._reported:
                self._reported.add(text)
                yield text
