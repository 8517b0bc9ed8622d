"""Reads the marker and our own row of the running run, and decides by them."""

from collections.abc import Callable
from dataclasses import dataclass
from os import getpid
from socket import gethostname

import sqlalchemy

from etl import __version__
from etl.database import Connection, PlacedPart, SqlTemplates, fetch_all, fetch_one
from etl.errors import LockTimeout
from etl.sources.in_tables.handshake.decide import Decision, decide
from etl.sources.in_tables.handshake.marker import Marker, RunLease, Running

_sql = SqlTemplates(__package__, "etl.database")


def _next_without_store(above: int) -> int:
    return above + 1


@dataclass(frozen=True)
class RunState:
    """The marker and the runs of one import schema, as one runner sees them.

    `owner` is random per process start, so a restarted runner is another one. `other_engines`: further databases in
    which an owner may have open transactions. `compatibility`: a digest of what decides how tasks are performed;
    helpers join only runs with the same digest. `next_number` gives the number of a run: higher than its argument,
    and than any that the store has seen. `parts` of the import's database are written to by its runs.
    """

    engine: sqlalchemy.Engine
    schema: str
    company: str
    owner: str
    lease_seconds: int
    other_engines: tuple[sqlalchemy.Engine, ...] = ()
    compatibility: str = ""
    next_number: Callable[[int], int] = _next_without_store
    parts: tuple[PlacedPart, ...] = ()

    def read_state(self, connection: Connection) -> tuple[Marker | None, Running | None]:
        """The marker row with the highest id, and our run that has not ended."""
        row = fetch_one(connection, _sql("read_run", schema=self.schema))
        running = Running.from_row(row) if row else None
        return self._read_marker(connection, running), running

    def _read_marker(self, connection: Connection, running: Running | None) -> Marker | None:
        """Reads the marker; while a run is running a lock on the marker is no fault, as the run's own row tells its
        state."""
        statement = _sql("look_marker", schema=self.schema)
        if running is None:
            row = fetch_one(connection, statement)
            return Marker.from_row(row) if row else None
        try:
            with connection.begin_nested():
                row = fetch_one(connection, statement)
        except LockTimeout:
            return None
        return Marker.from_row(row) if row else None

    def decide(self, connection: Connection, *, accept: bool = False) -> tuple[Decision, Marker | None, Running | None]:
        """Decides by the current rows; with `accept` a stopped run may be repeated."""
        marker, running = self.read_state(connection)
        table = f"{self.schema}.process_tracking"
        decision = decide(marker, running, lease_seconds=self.lease_seconds, table=table, accept=accept)
        return decision, marker, running

    def highest_run(self, connection: Connection) -> int:
        """The highest number of a run here, 0 before the first."""
        return fetch_number(connection, _sql("highest_run", schema=self.schema))

    def lease(self, connection: Connection, running: Running, *, taken_over: bool = False) -> RunLease:
        """This runner's part in a run."""
        source = self.source(connection)
        return RunLease(running.run, running.fence, running.marker, self.owner, taken_over=taken_over, source=source)

    def source(self, connection: Connection) -> str:
        """The name of this import at the store; it stays the same when the import is restored."""
        [row] = fetch_all(connection, _sql("import_source", schema=self.schema))
        return str(row.source)

    @property
    def runner_row(self) -> dict[str, object]:
        """This runner as a row of `runner`."""
        where = {"host": gethostname(), "pid": getpid()}
        return {"owner": self.owner, **where, "pinned": self.compatibility, "version": __version__}


def fetch_number(
    connection: Connection, statement: sqlalchemy.TextClause, values: dict[str, object] | None = None
) -> int:
    [row] = fetch_all(connection, statement, values)
    return int(row[0])
