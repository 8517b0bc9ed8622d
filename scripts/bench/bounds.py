"""The guard against regressions: the highest ratios to the floor that a short run (100,000 rows) may have.

Ratios of processor time, which a busy machine hardly moves; by the clock the start of the process would weigh most. In
a delta of 1,000 rows it does even so.
"""

from scripts.bench.results import Measurements

BOUNDS = {"first_load": 2.2, "unchanged": 2.2, "changed_1": 2.2, "delta_1": 3.5}


def broken(found: Measurements) -> list[str]:
    """A sentence for each bound that does not hold."""
    return [
        f"{name}: {found[name]['cpu_ratio']:.2f} times the floor's processor time, more than {bound}"
        for name, bound in BOUNDS.items()
        if name in found and found[name]["cpu_ratio"] > bound
    ]
