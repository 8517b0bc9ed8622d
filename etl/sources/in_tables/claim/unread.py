"""Rows that no run will ever take, because their in_status is unknown."""

from collections.abc import Collection
from dataclasses import dataclass

from etl.database import Connection, SqlTemplates, fetch_all
from etl.metadata import Company
from etl.quoting import shown
from etl.sources.in_tables.claim.sizes import table_bytes

_sql = SqlTemplates(__package__, "etl.merge", "etl.store")

# Larger tables are searched only if the run has taken no row of them: the search reads the whole table.
_SMALL_BYTES = 50_000_000


@dataclass(frozen=True)
class UnknownStatus:
    """The number of rows of an in_ table with an unknown in_status; None is null."""

    table: str
    in_status: str | None
    rows: int

    def __str__(self) -> str:
        status = (
            "null" if self.in_status is None else "a blank" if not self.in_status.strip() else shown(self.in_status)
        )
        return f"{self.rows:,} rows of {self.table} have in_status {status}, which no run takes: only '' means ready"


def unknown_statuses(
    connection: Connection, company: Company, schema: str, tables: Collection[str]
) -> list[UnknownStatus]:
    """The rows of some in_ tables that are neither ready nor taken nor rejected, at most 20 statuses a table."""
    if not tables:
        return []
    named = [(table, company.in_link_table(table) is not None) for table in tables]
    found = fetch_all(connection, _sql("unknown_statuses", in_schema=schema, tables=named))
    return [UnknownStatus(f"{schema}.{named[row.number][0]}", row.in_status, row.rows) for row in found]


def unread_after_run(
    connection: Connection, company: Company, schema: str, claimed: Collection[str]
) -> list[UnknownStatus]:
    """As `unknown_statuses`, after a run that has claimed rows of the tables `claimed`; large ones are skipped."""
    sizes = table_bytes(connection, company, schema)
    asked = [table for table, size in sizes.items() if size and (size <= _SMALL_BYTES or table not in claimed)]
    return unknown_statuses(connection, company, schema, asked)
