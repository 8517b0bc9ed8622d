"""The limit on errors: a run that rejects too many rows is stopped between two tasks."""

from etl.database import Connection, SqlTemplates, fetch_all
from etl.errors import RunStopped
from etl.runs import TaskQueue

_sql = SqlTemplates(__package__)


def check_error_limit(connection: Connection, queue: TaskQueue, limit: int | None) -> None:
    """Raises RunStopped when the run's finished tasks have rejected more rows than `limit` (None: any number)."""
    if limit is None:
        return
    rejected = queue.sum_of(connection, "rejected")
    if rejected > limit:
        raise RunStopped(
            f"run {queue.run} has rejected {rejected:,} rows, and errorLimit is {limit:,}{_most(connection, queue)}: "
            "what its finished tasks merged stays merged, all other rows are ready again. See the rejected rows with "
            "`etl errors list`; correct them and hand over again, or raise errorLimit"
        )


def _most(connection: Connection, queue: TaskQueue) -> str:
    found = fetch_all(connection, _sql("errors_by_code", schema=queue.schema), {"run": queue.run})
    first = next((row for row in found if row.severity == "error"), None)
    if first is None:
        return ""
    column = f".{first.column_name}" if first.column_name else ""
    return f" (most often {first.code} in {first.in_table}{column}: {first.rows:,})"
