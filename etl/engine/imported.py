"""The rows that runs have imported lately, by table and day: from receipts, which outlive the runs; and the runs with a
partner's rows, by receipts alone, since its role has no access to the store."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from etl.database import Connection, SqlTemplates, fetch_all, read_only_transaction
from etl.ddl.catalog import relations
from etl.engine.partner_view import readable_tables
from etl.engine.runtime import Runtime
from etl.errors import ConfigurationError
from etl.quoting import fold
from etl.runs import RECEIPT_COUNTERS
from etl.store import ListedUnit, Span

_sql = SqlTemplates(__package__)

Row = dict[str, Any]

_RECEIPTS: Final = "migration_receipt"


@dataclass(frozen=True)
class ImportedRows:
    """`tables`: the rows of the last run with rows of each in_ table, and when; `days`: the newest first. Seconds are
    those of runs that had rows, None without one. `starts`: when the runs began."""

    tables: tuple[Row, ...] = ()
    days: tuple[Row, ...] = ()
    median_seconds: float | None = None
    slowest_seconds: float | None = None
    slowest_run: int | None = None
    starts: tuple[datetime, ...] = ()


def read_imported_rows(runtime: Runtime, *, days: int, zone: str, seconds: float) -> ImportedRows:
    """The runs of the last days, counted by the days of a zone; nothing where no run has made the table yet."""
    with read_only_transaction(runtime.engine, seconds=seconds) as connection:
        if not _has_receipts(connection, runtime):
            return ImportedRows()

        def rows(statement: str, **values: object) -> tuple[Row, ...]:
            found = fetch_all(connection, _sql(statement, in_schema=runtime.in_schema), {"days": days, **values})
            return tuple(dict(row._mapping) for row in found)

        [durations] = rows("run_durations")
        return ImportedRows(
            rows("imported_tables"),
            rows("imported_days", zone=zone),
            durations["median_seconds"],
            durations["slowest_seconds"],
            durations["slowest_run"],
            tuple(row["started_at"] for row in rows("run_starts")),
        )


def read_imported_by(runtime: Runtime, run: int) -> Row | None:
    """`rows`, `rejected` and `finished_at` of one run, which may be cleaned away; None where there is no receipt."""
    with read_only_transaction(runtime.engine) as connection:
        if not relations(connection, runtime.in_schema, [_RECEIPTS]):
            return None
        found = fetch_all(connection, _sql("imported_by_run", in_schema=runtime.in_schema), {"run": run})
        return dict(found[0]._mapping) if found else None


def read_partner_runs(
    runtime: Runtime,
    *,
    limit: int,
    before: int | None = None,
    run: int | None = None,
    within: Span = (None, None),
    seconds: float,
) -> list[ListedUnit]:
    """The newest runs, or those before a number, one of a number, or those that began within a span; of each the
    receipts of the in_ tables that the role of the connections may read. What was taken back is not known here."""
    asked = runtime.company.in_tables()
    readable = readable_tables(runtime, [*asked, _RECEIPTS], seconds=seconds)
    tables = [one for one in asked if fold(one) in readable]
    if _RECEIPTS not in readable or not tables:
        return []
    begun_since, begun_before = within
    values = {
        "tables": tables,
        "run": run,
        "before": before,
        "begun_since": begun_since,
        "begun_before": begun_before,
        "limit": limit,
    }
    with read_only_transaction(runtime.engine, seconds=seconds) as connection:
        if not _has_receipts(connection, runtime):
            return []
        rows = fetch_all(connection, _sql("partner_runs", schema=runtime.in_schema), values)
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(row.run, []).append(dict(row._mapping))
    return [_unit(number, of_run) for number, of_run in found.items()]


def _has_receipts(connection: Connection, runtime: Runtime) -> bool:
    """Whether the table of receipts is there. Raises ConfigurationError where an older program has made it."""
    found = relations(connection, runtime.in_schema, [_RECEIPTS]).get(_RECEIPTS)
    if found and "started_at" not in found.columns:
        raise ConfigurationError(
            f"{_RECEIPTS} of schema {runtime.in_schema} was made by an older etl: the next `etl run` brings it up"
        )
    return found is not None


def _unit(number: int, rows: list[Row]) -> ListedUnit:
    return ListedUnit(
        number=number,
        source="in_tables",
        kind="run",
        started_at=min(row["started_at"] for row in rows),
        finished_at=max(row["finished_at"] for row in rows),
        receipt={row["in_table"]: {name: row[name] for name in RECEIPT_COUNTERS} for row in rows},
        undone_by=None,
    )
