"""Sends the statuses of a task's rows to an import in another database, as soon as they are known.

Most statuses are known before the store writes the rows' values. Then both databases work at once: the import marks
its rows in a thread of this writer, while the store continues in the caller's.
"""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from etl.database import SqlTemplates, execute, pipe
from etl.errors import TransientFault
from etl.merge.context import Connections
from etl.quoting import identifier
from etl.sources.in_tables.remote.remote_task import ERROR, RemoteTask, into

_sql = SqlTemplates(__package__, "etl.merge", "etl.store")

# Fewer rows are not worth a message of their own.
_AHEAD_FROM_ROWS = 10_000


class StatusWriter:
    """Sends one task's marks and errors; used within `status_writer`."""

    def __init__(self, connections: Connections, rows: RemoteTask, pool: ThreadPoolExecutor) -> None:
        self._connections = connections
        self._rows = rows
        self._pool = pool
        self._marking: Future[None] | None = None

    def flush_statuses(self, marked: int) -> None:
        """Sends the marks of `marked` rows, and returns when the import begins to write them."""
        if marked < _AHEAD_FROM_ROWS:
            return
        self._await_marking()
        sent = self._take("mark", "statuses_of_task", is_over=False)
        execute(self._connections.store, _sql("clear_statuses"))
        self._marking = self._pool.submit(self._mark, sent)

    def flush_rest(self) -> None:
        """Sends all marks and errors that were not sent yet."""
        self._await_marking()
        if self._rows.ends_waiting and self._take("ended", "kept_ended_references"):
            self._at_source("apply_ended_references")
        self._mark(self._take("mark", "statuses_of_task", is_over=True))
        errors = f"{identifier(self._rows.context.in_schema)}.err ({', '.join(ERROR)})"
        pipe(
            self._connections.store, self._sql("errors_of_task"), self._rows.values, self._connections.imported, errors
        )

    def _await_marking(self) -> None:
        if self._marking:
            self._marking.result()

    def _mark(self, sent: int) -> None:
        if sent and self._at_source("apply_statuses") != sent:
            raise TransientFault(f"rows of {self._rows.table} changed while they were locked: the task is repeated")

    def _take(self, table: str, query: str, **variables: object) -> int:
        """Fills a new temporary table at the import; returns how many rows it has."""
        execute(self._connections.imported, _sql("drop_copy", table=table, maybe=True))
        self._at_source(f"relay_{table}_table")
        return pipe(
            self._connections.store,
            self._sql(query, **variables),
            self._rows.values,
            self._connections.imported,
            into(table),
        )

    def _at_source(self, statement: str) -> int:
        return execute(self._connections.imported, self._sql(statement), self._rows.values)

    def _sql(self, statement: str, **more: object) -> Any:
        return _sql(statement, **self._rows.variables, **more)


@contextmanager
def status_writer(connections: Connections, rows: RemoteTask) -> Iterator[StatusWriter]:
    """After a fault it waits until the import's session is idle, as a transaction in use cannot be rolled back."""
    with ThreadPoolExecutor(1, thread_name_prefix="status-writer") as pool:
        yield StatusWriter(connections, rows, pool)
