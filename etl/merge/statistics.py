"""Whether a table of the store needs new statistics before autovacuum makes some."""

from etl.database import Connection, SqlTemplates, fetch_all
from etl.merge.context import MergeContext

_sql = SqlTemplates(__package__)

_MANY_ROWS = 10_000


def needs_analyze(connection: Connection, table: str, created: int, context: MergeContext) -> bool:
    """Whether a golden table is to be analyzed now that rows were created: autovacuum would come too late for what
    follows in the same run. After one of many batches only if the table has doubled since."""
    if created < _MANY_ROWS:
        return False
    if not context.source.is_staged:
        return True
    [row] = fetch_all(connection, _sql("has_doubled", store_schema=context.store_schema, table=table))
    return bool(row.has_doubled)
