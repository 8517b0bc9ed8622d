"""The vendor's rules for the number of workers: not more than a topic has partitions, and a divisor of these."""

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
