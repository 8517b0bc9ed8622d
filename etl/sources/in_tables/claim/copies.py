"""The day's copies: the ready rows of each in_ table as the partner handed them over, kept for some days."""

import logging
from dataclasses import dataclass

from etl.database import Connection, SqlTemplates, execute, fetch_all, fetch_one
from etl.merge.context import MergeContext
from etl.metadata import Company, names

_sql = SqlTemplates(__package__, "etl.merge", "etl.store")
_log = logging.getLogger("in_pg_migration")


def copy_in_tables(connection: Connection, company: Company, context: MergeContext) -> None:
    """Copies the rows that are ready, once a day (UTC, of the run's start) per in_ table, before they are claimed.

    An existing copy stays unchanged, and an empty table is not copied.
    """
    for table in company.in_tables():
        _log.info("uAhZ1PFqMe :: copyInTableData start")
        _log.info("Gf4MsN7oi5 :: copyInTableData for table = %s start", table)
        _copy(connection, table, context)
        _log.info("9o0WErV28h :: copyInTableData for table = %s finish", table)


def _copy(connection: Connection, table: str, context: MergeContext) -> None:
    copy = names.copy_table(context.started_at.date(), table)
    tables = context.variables | {"copy": copy, "table": table}
    state = fetch_one(connection, _sql("copy_state", **tables))
    if state and state.is_there:
        _log.info("6ri5uiI970 :: copy table with name %s is already exists, will be skipped", copy)
    elif state and not state.has_rows:
        _log.info("XvCndCKLGg :: %s table is empty, so no copy table will be created for %s", table, table)
    else:
        rows = execute(connection, _sql("copy_table", **tables))
        values = {"copy": copy, "table": table, "run": context.run, "rows": rows}
        execute(connection, _sql("insert_copy", **context.variables), values)


@dataclass(frozen=True)
class Copies:
    in_schema: str

    def old(self, connection: Connection, days: int, *, before: int) -> list[str]:
        """Names of the copies that are older than `days`; `before`: the number below which the runs of those days
        are."""
        rows = fetch_all(connection, _sql("old_copies", in_schema=self.in_schema), {"days": days, "before": before})
        return [row.copy_table for row in rows]

    def drop(self, connection: Connection, copy: str) -> str:
        """Drops a copy and returns ""; or returns the objects that depend on it: then the copy stays."""
        tables = {"in_schema": self.in_schema, "copy": copy}
        dependents = fetch_all(connection, _sql("copy_dependents", **tables))
        if dependents:
            return ", ".join(row.dependent for row in dependents)
        execute(connection, _sql("drop_copy", **tables))
        execute(connection, _sql("forget_copy", **tables), {"copy": copy})
        return ""
