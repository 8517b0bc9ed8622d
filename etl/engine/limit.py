"""The limit on errors: a run that rejects too much is stopped between two tasks, before it merges more of the same."""

from etl.database import Connection, Statements, fetch_all
from etl.errors import RunStopped
from etl.tasks import Board

_sql = Statements(__package__)


def check_error_limit(connection: Connection, board: Board, limit: int | None) -> None:
    """Raises RunStopped when the run's finished tasks have rejected more rows than `limit` (None: any number)."""
    if limit is None:
        return
    rejected = board.sum_of(connection, "rejected")
    if rejected > limit:
        raise RunStopped(
            f"run {board.run} has rejected {rejected:,} rows, and errorLimit is {limit:,}{_most(connection, board)}: "
            "what its finished tasks merged stays merged, all other rows are ready again. See the rejected rows with "
            "`etl errors list`; correct them and hand over again, or raise errorLimit"
        )


def _most(connection: Connection, board: Board) -> str:
    found = fetch_all(connection, _sql("errors_by_code", schema=board.schema), {"run": board.run})
    first = next((row for row in found if row.severity == "error"), None)
    if first is None:
        return ""
    column = f".{first.column_name}" if first.column_name else ""
    return f" (most often {first.code} in {first.in_table}{column}: {first.rows:,})"
