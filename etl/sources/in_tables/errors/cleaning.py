"""Errors of old runs are deleted, or dropped with the partition of their week; their copies in the store stay."""

from typing import Final

import sqlalchemy

from etl.database import Connection, SqlTemplates, execute, weekly
from etl.database.weekly import WeeklyTable

_sql = SqlTemplates(__package__)

ERRORS: Final = WeeklyTable("err", units="run", number="id")


def clean_errors(connection: Connection, in_schema: str, *, before: int, limit: int) -> int:
    """Deletes errors of runs with numbers below `before`, at most `limit`. Not what `drop_errors` drops, and nothing
    while the table is being copied."""
    layout = weekly.layout_of(connection, in_schema, ERRORS)
    if layout.is_copied:
        return 0
    if layout.is_partitioned:
        weekly.hold_partitions(connection, in_schema, ERRORS)
    statement = _sql("clean_errors", in_schema=in_schema, table=layout.cleaned_table)
    return execute(connection, statement, {"before": before, "limit": limit})


def drop_errors(engine: sqlalchemy.Engine, in_schema: str, *, before: int) -> int:
    """Drops the partitions that `clean_errors` would empty, and makes those of the next weeks; returns how many errors
    were dropped. A table without partitions has none. Partners read the whole table, and get no privileges here."""
    weekly.extend_partitions(engine, in_schema, ERRORS)
    return weekly.drop_old_partitions(engine, in_schema, ERRORS, before=before)
