"""Link rows with `removed = true`: whether a link table can hold such rows, and how many are claimed."""

from etl.database import Connection, SqlTemplates, fetch_one
from etl.merge.context import MergeContext
from etl.quoting import fold

REMOVED = "removed"
"""The column. It is ours, not the vendor's: link tables that were made before it lack it until the DDL is applied."""

_sql = SqlTemplates(__package__, "etl.merge", "etl.store")


def has_removed(connection: Connection, in_schema: str, table: str) -> bool:
    """Whether the link table has the column."""
    values = {"schema": fold(in_schema), "table": fold(table), "column": REMOVED}
    return fetch_one(connection, _sql("has_column"), values) is not None


def any_removed(connection: Connection, table: str, context: MergeContext) -> bool:
    """Whether a claimed row of the link table removes its link."""
    if not has_removed(connection, context.in_schema, table):
        return False
    return fetch_one(connection, _sql("any_removed", in_table=table, chunk=None, **context.variables)) is not None
