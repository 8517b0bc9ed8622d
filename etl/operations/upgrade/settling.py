"""Up to which number a table's rows are settled, so that no row with a lower one can come any more.

A row takes its number when it is inserted, and is seen when its transaction ends: another one with a higher number may
be seen first. Who inserts has locked the table before, so that those who have taken a number are known, and their
transactions are waited for; they wait for nothing.
"""

import time
from typing import Final

from etl.database import transaction
from etl.errors import EnvironmentFault
from etl.operations.upgrade.placed_change import PlacedChange

_PATIENCE_SECONDS: Final = 600.0
_PAUSE_SECONDS: Final = 0.05


def settled_number(ongoing: PlacedChange, *, seconds: float | None = None) -> str | None:
    """A number up to which all rows are there. Waits for the transactions that write now, but not longer than
    `seconds`, and then returns None; without `seconds` raises EnvironmentFault after ten minutes."""
    began = time.monotonic()
    with transaction(ongoing.engine) as connection:
        [found] = ongoing.read(connection, "highest_number")
    # In a later statement: who has taken a number by then has its lock.
    waited_for = writing = _writers(ongoing)
    while writing:
        if time.monotonic() - began > (_PATIENCE_SECONDS if seconds is None else seconds):
            if seconds is not None:
                return None
            raise EnvironmentFault(
                f"transactions that write to {ongoing.schema}.{ongoing.change.table} have not ended for "
                f"{_PATIENCE_SECONDS:.0f} seconds: end them, or call `etl upgrade start` again later"
            )
        time.sleep(_PAUSE_SECONDS)
        writing = waited_for & _writers(ongoing)
    return str(found.number)


def _writers(ongoing: PlacedChange) -> frozenset[str]:
    with transaction(ongoing.engine) as connection:
        return frozenset(row.writer for row in ongoing.read(connection, "writers"))
