"""A table that the partner empties while its rows are being taken."""

from etl.database import Connection, SqlTemplates, fetch_one
from etl.errors import RunStopped
from etl.merge.context import MergeContext

_sql = SqlTemplates(__package__, "etl.merge", "etl.store")


def refuse_truncated(connection: Connection, table: str, context: MergeContext) -> None:
    """Called when no claimed row of a chunk is left. Raises RunStopped when the table is empty."""
    if fetch_one(connection, _sql("any_row", in_table=table, **context.variables)) is None:
        raise RunStopped(
            f"all claimed rows of {table} vanished during the run (was it truncated?): "
            "what this task would have changed is as it was; fill the table and hand over again"
        )
