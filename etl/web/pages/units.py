"""Units of work as lists and charts show them."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from etl.runs import RECEIPT_COUNTERS, RECORD_COUNTERS
from etl.store import ListedUnit
from etl.web.requests import Id, Model

# In this order; what was counted and is zero is left out.
OF_ROWS: Final = (
    *RECEIPT_COUNTERS,
    *("resolved", "restored", "linked", "unlinked", "kept"),
)


class Unit(Model):
    """A run, batch or undo. `counters`: of all tables together, without zeros."""

    number: Id
    source: str
    kind: str
    started_at: datetime
    finished_at: datetime | None
    seconds: float | None
    undone_by: Id | None
    counters: dict[str, int]
    rows: int
    rejected: int
    rate: float | None


def unit_of(one: ListedUnit) -> Unit:
    """A unit with its counters summed up. Rows count once: those of tables, or records of topics."""
    counted = counters_of(one.receipt)
    rows = (
        counted["claimed"] or counted["messages"] or sum(counted[name] for name in ("created", "changed", "unchanged"))
    )
    seconds = (one.finished_at - one.started_at).total_seconds() if one.finished_at else None
    return Unit(
        number=one.number,
        source=one.source,
        kind=one.kind,
        started_at=one.started_at,
        finished_at=one.finished_at,
        seconds=seconds,
        undone_by=one.undone_by,
        counters={name: counted[name] for name in dict.fromkeys((*OF_ROWS, *RECORD_COUNTERS)) if counted[name]},
        rows=rows,
        rejected=counted["rejected"],
        rate=rows / max(seconds, 0.001) if seconds is not None and rows else None,
    )


def counters_of(receipt: Mapping[str, int | Mapping[str, int]] | None) -> Counter[str]:
    """The sums over all tables; the receipt of an undo has no tables."""
    sums: Counter[str] = Counter()
    for name, part in (receipt or {}).items():
        sums.update({name: part} if isinstance(part, int) else part)
    return sums
