"""Rejected rows with their own values, to be corrected and given again."""

from collections.abc import Sequence
from typing import Any

from etl.database import Connection, SqlTemplates, fetch_all
from etl.sources.in_tables.errors.error_log import ErrorLog

_sql = SqlTemplates(__package__)


def rejected_rows(
    log: ErrorLog,
    connection: Connection,
    table: str,
    columns: Sequence[str],
    *,
    run: int,
    code: str = "",
    in_russian: bool = False,
    most: int,
) -> list[tuple[Any, ...]]:
    """(row id, columns at fault, their values, why, then the row's values as texts) of the rows of an in_ table that a
    run has rejected and that still are; of the first `most` errors. `columns`: of the table, in this order."""
    statement = _sql(
        "rejected_rows",
        schema=log.schema,
        in_schema=log.in_schema,
        table=table,
        columns=list(columns),
        link=log.company.in_link_table(table),
        in_russian=in_russian,
    )
    values = {"run": run, "in_table": table, "code": code, "most": most}
    return [tuple(row) for row in fetch_all(connection, statement, values)]
