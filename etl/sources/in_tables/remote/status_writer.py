"""What became of a task's rows goes back to an import in another database, as soon as it is known.

Most of it is known when the store still has to write what the rows ask for. Both databases are at work then: the import
marks its rows in a thread of ours, while the store goes on in the caller's.
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

# Fewer rows are marked in less time than it takes to send them by themselves.
_AHEAD_FROM_ROWS = 10_000


class StatusWriter:
    """The way of one task's marks and errors; within `way_back`."""

    def __init__(self, connections: Connections, rows: RemoteTask, pool: ThreadPoolExecutor) -> None:
        self._sides = connections
        self._rows = rows
        self._pool = pool
        self._marking: Future[None] | None = None

    def flush_statuses(self, marked: int) -> None:
        """Sends what `marked` rows are marked with, and returns when the import begins to write it."""
        if marked < _AHEAD_FROM_ROWS:
            return
        self._await_marking()
        came = self._take("mark", "relay_marks", is_over=False)
        execute(self._sides.store, _sql("relay_empty_marks"))
        self._marking = self._pool.submit(self._mark, came)

    def flush_rest(self) -> None:
        """Tells the import all that it does not know yet."""
        self._await_marking()
        if self._rows.ends_waiting and self._take("ended", "relay_kept_ends"):
            self._at_source("relay_apply_ends")
        self._mark(self._take("mark", "relay_marks", is_over=True))
        errors = f"{identifier(self._rows.context.in_schema)}.err ({', '.join(ERROR)})"
        pipe(self._sides.store, self._sql("relay_errors"), self._rows.values, self._sides.source, errors)

    def _await_marking(self) -> None:
        if self._marking:
            self._marking.result()

    def _mark(self, came: int) -> None:
        if came and self._at_source("relay_apply_marks") != came:
            raise TransientFault(f"rows of {self._rows.table} changed while they were locked: the task is repeated")

    def _take(self, table: str, query: str, **names: object) -> int:
        """Fills a fresh temporary table at the import; returns how many rows came."""
        execute(self._sides.source, _sql("relay_drop", table=table, maybe=True))
        self._at_source(f"relay_{table}_table")
        return pipe(self._sides.store, self._sql(query, **names), self._rows.values, self._sides.source, into(table))

    def _at_source(self, statement: str) -> int:
        return execute(self._sides.source, self._sql(statement), self._rows.values)

    def _sql(self, statement: str, **more: object) -> Any:
        return _sql(statement, **self._rows.names, **more)


@contextmanager
def status_writer(connections: Connections, rows: RemoteTask) -> Iterator[StatusWriter]:
    """Left by a fault, it waits until the import's session is at rest again: nobody rolls back what another writes."""
    with ThreadPoolExecutor(1, thread_name_prefix="way-back") as pool:
        yield StatusWriter(connections, rows, pool)
