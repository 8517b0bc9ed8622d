"""The state of each version, for `etl out list`."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from etl.database import Connection, SqlTemplates, fetch_all
from etl.outputs.versions.steps import Fill

_sql = SqlTemplates(__package__)

MOST_BEHIND: Final = 1_000
"""For those who ask all the time, changes that a version has not followed are counted so far; then there are more."""


@dataclass(frozen=True)
class VersionState:
    """One version. `state`: building, current, retiring or live; `percent` filled or compared, 100 when complete.

    `behind`: changes of the journal that it has not followed; `oldest_unit` wrote the first of them. `last_read_at`: by
    any session but our own followers; None when no read is known. PostgreSQL 14 does not count reads, nor
    does any other without track_counts. `stays_behind`: why it did not follow in the last attempt, as a value did not
    fit into its tables.
    """

    schema_name: str
    code_version: str
    environment_version: str
    state: str
    percent: int
    position: str
    behind: int
    oldest_unit: int | None
    built_at: datetime
    followed_at: datetime
    current_since: datetime | None
    previous: str | None
    retire_on: date | None
    are_reads_counted: bool
    last_read_at: datetime | None
    stays_behind: str | None = None

    @classmethod
    def from_row(cls, row: Any) -> "VersionState":
        values = dict(row._mapping)
        is_current, whole_at, noted = (values.pop(name) for name in ("is_current", "whole_at", "fill"))
        fill = Fill.from_json(noted) if noted else None
        state = "current" if is_current else "building" if not whole_at else "retiring" if row.retire_on else "live"
        percent = fill.percent if fill else 100 if whole_at else 0
        return cls(**values, state=state, percent=percent)


def version_states(connection: Connection, store_schema: str, most: int | None = None) -> list[VersionState]:
    """All versions, oldest first. `behind` is counted up to `most`; above, it is some number above it."""
    statement = _sql("states", store_schema=store_schema, is_counted_whole=most is None)
    values = {} if most is None else {"most": most + 1}
    return [VersionState.from_row(row) for row in fetch_all(connection, statement, values)]


@dataclass(frozen=True)
class VersionBehind:
    """A version that did not follow in the last attempt, and why."""

    schema_name: str
    environment_version: str
    reason: str


def versions_behind(connection: Connection, store_schema: str) -> list[VersionBehind]:
    """The versions that wait for an operator, by name; counts nothing."""
    rows = fetch_all(connection, _sql("behind", store_schema=store_schema))
    return [VersionBehind(row.schema_name, row.environment_version, row.stays_behind) for row in rows]
