"""What runs have taken lately, table by table and day by day: from receipts, which outlive the runs; and the runs that
have taken a partner's rows, by receipts alone, since its role has no access to the store."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from etl.database import SqlTemplates, fetch_all, read_only_transaction
from etl.ddl.catalog import relations
from etl.engine.partner_view import readable_tables
from etl.engine.runtime import Runtime
from etl.quoting import fold
from etl.store import ListedUnit, Span

_sql = SqlTemplates(__package__)

Row = dict[str, Any]

_COUNTERS: Final = (
    "claimed",
    "created",
    "changed",
    "unchanged",
    "removed",
    "rejected",
    "waiting",
    "vanished",
    "released",
)
# Numbers of runs begin with their time in milliseconds.
_RANDOM_BITS: Final = 20
_EARLIEST: Final = 0
_LATEST: Final = (1 << 63) - 1


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
    readable = readable_tables(runtime, [*asked, "migration_receipt"], seconds=seconds)
    tables = [one for one in asked if fold(one) in readable]
    if "migration_receipt" not in readable or not tables:
        return []
    first, last = (_number_at(one) for one in within)
    values = {
        "tables": tables,
        "from_run": run if run is not None else _EARLIEST if first is None else first,
        "below_run": run + 1 if run is not None else min(_LATEST if last is None else last, before or _LATEST),
        "limit": limit,
    }
    with read_only_transaction(runtime.engine, seconds=seconds) as connection:
        rows = fetch_all(connection, _sql("partner_runs", schema=runtime.in_schema), values)
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(row.run, []).append(dict(row._mapping))
    return [_unit(number, of_run) for number, of_run in found.items()]


def _number_at(at: datetime | None) -> int | None:
    """The smallest number of a run that begins at a moment."""
    return None if at is None else max(0, int(at.timestamp() * 1000)) << _RANDOM_BITS


def _unit(number: int, rows: list[Row]) -> ListedUnit:
    return ListedUnit(
        number=number,
        source="in_tables",
        kind="run",
        started_at=datetime.fromtimestamp((number >> _RANDOM_BITS) / 1000, UTC),
        finished_at=max(row["finished_at"] for row in rows),
        receipt={row["in_table"]: {name: row[name] for name in _COUNTERS} for row in rows},
        undone_by=None,
    )
