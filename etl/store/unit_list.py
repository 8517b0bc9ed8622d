"""What became of units of work: the newest ones, and batches summed up by the hour."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from etl.database import Connection, SqlTemplates, fetch_all

_sql = SqlTemplates(__package__)

Receipt = Mapping[str, int | Mapping[str, int]]
"""What a unit counted: names of tables, or `records`, each with its counters; an undo has only counters."""


Span = tuple[datetime | None, datetime | None]
"""From a moment on, and before another one; None: without that end."""


@dataclass(frozen=True)
class ListedUnit:
    """A unit of work. `finished_at` and `receipt` are None while it is under way and where it was given up; `undone_by`
    is the unit that reverted it."""

    number: int
    source: str
    kind: str
    started_at: datetime
    finished_at: datetime | None
    receipt: Receipt | None
    undone_by: int | None


@dataclass(frozen=True)
class ListedHour:
    """The batches of a source that began within an hour."""

    hour: datetime
    source: str
    batches: int
    receipt: Receipt


def list_units(
    connection: Connection,
    schema: str,
    *,
    source: str | None = None,
    before: int | None = None,
    within: Span = (None, None),
    limit: int,
) -> list[ListedUnit]:
    """The newest units of a store, or of those of one source; with `before` those with lower numbers. `within`: begun
    at the first moment or later, and before the second one."""
    values = {"source": source, "number": None, "before": before, "limit": limit} | _span(within)
    return [ListedUnit(**row._mapping) for row in fetch_all(connection, _sql("units", schema=schema), values)]


def find_unit(connection: Connection, schema: str, number: int) -> ListedUnit | None:
    """The unit with a number; None if the store does not know it, or no longer."""
    values = {"source": None, "number": number, "before": None, "limit": 1} | _span((None, None))
    rows = fetch_all(connection, _sql("units", schema=schema), values)
    return ListedUnit(**rows[0]._mapping) if rows else None


def list_hours(connection: Connection, schema: str, *, source: str | None = None, limit: int) -> list[ListedHour]:
    rows = fetch_all(connection, _sql("hours", schema=schema), {"source": source, "limit": limit})
    return [ListedHour(row.hour, row.source, int(row.batches), row.receipt or {}) for row in rows]


def _span(within: Span) -> dict[str, datetime | None]:
    return {"begun_since": within[0], "begun_before": within[1]}
