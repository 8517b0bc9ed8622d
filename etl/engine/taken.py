"""What runs have taken lately, table by table and day by day: from receipts, which outlive the runs."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from etl.database import SqlTemplates, fetch_all, read_only_transaction
from etl.ddl.catalog import relations
from etl.engine.runtime import Runtime

_sql = SqlTemplates(__package__)

Row = dict[str, Any]


@dataclass(frozen=True)
class Taken:
    """`tables`: what the last run with rows of each in_ table has taken, and when; `days`: the newest first. Seconds
    are those of runs that had rows, None without one. `starts`: when the runs began."""

    tables: tuple[Row, ...] = ()
    days: tuple[Row, ...] = ()
    median_seconds: float | None = None
    slowest_seconds: float | None = None
    slowest_run: int | None = None
    starts: tuple[datetime, ...] = ()


def read_taken(runtime: Runtime, *, days: int, zone: str, seconds: float) -> Taken:
    """The runs of the last days, counted by the days of a zone; nothing where no run has made the table yet."""
    with read_only_transaction(runtime.engine, seconds=seconds) as connection:
        if not relations(connection, runtime.in_schema, ["migration_receipt"]):
            return Taken()

        def rows(statement: str, **values: object) -> tuple[Row, ...]:
            found = fetch_all(connection, _sql(statement, in_schema=runtime.in_schema), {"days": days, **values})
            return tuple(dict(row._mapping) for row in found)

        [runs] = rows("taken_runs")
        return Taken(
            rows("taken_tables"),
            rows("taken_days", zone=zone),
            runs["median_seconds"],
            runs["slowest_seconds"],
            runs["slowest_run"],
            tuple(datetime.fromtimestamp((row["run"] >> 20) / 1000, UTC) for row in rows("taken_starts")),
        )


def read_taken_by(runtime: Runtime, run: int) -> Row | None:
    """`rows`, `rejected` and `finished_at` of one run, which may be cleaned away; None where there is no receipt."""
    with read_only_transaction(runtime.engine) as connection:
        if not relations(connection, runtime.in_schema, ["migration_receipt"]):
            return None
        found = fetch_all(connection, _sql("taken_by_run", in_schema=runtime.in_schema), {"run": run})
        return dict(found[0]._mapping) if found else None
