"""Rows that no run will ever take, because their in_status is unknown."""

from collections.abc import Collection
from dataclasses import dataclass

from etl.database import Connection, SqlTemplates, fetch_all
from etl.metadata import Company
from etl.quoting import fold, shown

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
    found = []
    for table in tables:
        is_link = company.in_link_table(table) is not None
        statement = _sql("unknown_statuses", in_schema=schema, table=table, is_link=is_link)
        qualified = f"{schema}.{table}"
        found += [UnknownStatus(qualified, row.in_status, row.rows) for row in fetch_all(connection, statement)]
    return found


def unread_after_run(
    connection: Connection, company: Company, schema: str, claimed: Collection[str]
) -> list[UnknownStatus]:
    """As `unknown_statuses`, after a run that has claimed rows of the tables `claimed`; large ones are skipped."""
    tables = {fold(table): table for table in company.in_tables()}
    values = {"schema": fold(schema), "names": list(tables), "bytes": _SMALL_BYTES}
    large = {tables[row.name] for row in fetch_all(connection, _sql("large_tables"), values)}
    asked = [table for table in tables.values() if table not in large or table not in claimed]
    return unknown_statuses(connection, company, schema, asked)
