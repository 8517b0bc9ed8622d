"""What a partner can see of its own data: by the privileges that `etl grants` gives to the partner's role."""

from dataclasses import dataclass
from typing import Any

from etl.database import SqlTemplates, fetch_all, read_only_transaction
from etl.ddl.catalog import relations
from etl.engine.runtime import Runtime
from etl.errors import EnvironmentFault

_sql = SqlTemplates(__package__)
_TIMED_OUT = "57014"

Row = dict[str, Any]


@dataclass(frozen=True)
class PartnerView:
    """`marker`: the row that counts, None without one; `receipts`: of the newest run; `why_not`: why rows are not
    merged, None where the tables are too large to say so in time."""

    marker: Row | None
    receipts: tuple[Row, ...]
    why_not: tuple[Row, ...] | None


def read_partner_view(runtime: Runtime, *, seconds: float) -> PartnerView:
    """What is so now, in short transactions that read only."""
    marker = _rows(runtime, "partner_marker", "process_tracking", seconds)
    receipts = _rows(runtime, "newest_receipts", "migration_receipt", seconds)
    why_not: tuple[Row, ...] | None = None
    try:
        why_not = _rows(runtime, "why_not_rows", "why_not", seconds)
    except EnvironmentFault as fault:
        if fault.sqlstate != _TIMED_OUT:
            raise
    return PartnerView(marker[0] if marker else None, receipts, why_not)


def _rows(runtime: Runtime, statement: str, relation: str, seconds: float) -> tuple[Row, ...]:
    """Nothing where no run has made the table yet."""
    with read_only_transaction(runtime.engine, seconds=seconds) as connection:
        if not relations(connection, runtime.in_schema, [relation]):
            return ()
        found = fetch_all(connection, _sql(statement, schema=runtime.in_schema))
        return tuple(dict(row._mapping) for row in found)
