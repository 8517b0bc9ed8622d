"""Writes the end of a run: the marker, our own row, the lease; and runs that no marker asked for."""

from datetime import datetime

from etl.database import Connection, SqlTemplates, execute, fetch_all, fetch_one, transaction
from etl.errors import FencedOut, MarkerHeld
from etl.sources.in_tables.handshake.marker import RunLease
from etl.sources.in_tables.handshake.run_state import RunState

_sql = SqlTemplates(__package__, "etl.database")


class RunRecords(RunState):
    """The part of the handshake that closes runs, and records manual ones."""

    def finish_marker(self, connection: Connection, lease: RunLease, *, status: int = 1) -> bool:
        """Writes the marker: the rows are read (1) or the run stopped (2); False: the row is no longer ours."""
        self._write_quietly(connection)
        values = {"run": lease.run, "marker": lease.marker, "status": status}
        return execute(connection, _sql("finish_marker", schema=self.schema), values) == 1

    def _write_quietly(self, connection: Connection) -> None:
        """Suppresses notifications of this transaction's writes to the marker: only the partner hands over."""
        fetch_all(connection, _sql("write_marker_quietly"))

    def end(self, connection: Connection, lease: RunLease, *, state: str, message: str = "") -> None:
        """Closes our own row of the run: `state` done or stopped."""
        values = {"run": lease.run, "fence": lease.fence, "state": state, "message": message or None}
        if execute(connection, _sql("end_run", schema=self.schema), values) != 1:
            raise FencedOut(f"run {lease.run} was taken over by another runner; this one writes nothing more")

    def give_up(self, lease: RunLease) -> None:
        """Frees the lease of a run that this runner cannot continue, so that the next one can take it over at once."""
        with transaction(self.engine) as connection:
            values = {"run": lease.run, "owner": lease.owner, "fence": lease.fence}
            execute(connection, _sql("give_up", schema=self.schema), values)

    def state_of(self, connection: Connection, lease: RunLease) -> tuple[str, str]:
        """The state of the run's own row and its message. Raises FencedOut when a new owner has the run."""
        row = fetch_one(connection, _sql("state_of_run", schema=self.schema), {"run": lease.run, "fence": lease.fence})
        if row is None:
            raise FencedOut(f"run {lease.run} was taken over by another runner; this one writes nothing more")
        return row.state, row.message

    def lock_out_runs(self, connection: Connection, *, beside_given_up: bool = False) -> None:
        """Keeps runs from starting before the transaction ends. Raises MarkerHeld while one is running; not, with
        `beside_given_up`, for one whose lease was given up, as in what was restored."""
        execute(connection, _sql("lock_fence", schema=self.schema))
        _, running = self.read_state(connection)
        if running is not None and not (beside_given_up and running.beat_age is None):
            raise MarkerHeld(f"run {running.run} has not ended: wait for it, or run `etl run` if it was left")

    def record_manual_run(
        self, connection: Connection, message: str, *, run: int, at: datetime | None = None
    ) -> datetime:
        """Records a run that no marker asked for (an undo, a dry run) while no other run can start; returns its start,
        now if none is given."""
        values = {"run": run, "company": self.company, "owner": self.owner, "message": message, "at": at}
        [row] = fetch_all(connection, _sql("insert_side_run", schema=self.schema), values)
        started: datetime = row.started_at
        return started

    def old_before(self, connection: Connection, days: int) -> int | None:
        """The number below which all runs are over and older than `days`; None before the first run."""
        [row] = fetch_all(connection, _sql("oldest_kept", schema=self.schema), {"days": days})
        return None if row.run is None else int(row.run)

    def clean(self, connection: Connection, *, before: int, limit: int) -> int:
        """Deletes runs with numbers below `before`, at most `limit`; returns how many."""
        return execute(connection, _sql("clean_runs", schema=self.schema), {"before": before, "limit": limit})
