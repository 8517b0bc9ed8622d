"""The steps of the handshake: short transactions, each of which decides again under the fence's lock."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from os import getpid
from socket import gethostname
from time import monotonic, sleep

import sqlalchemy

from etl.database import (
    BRIEF,
    LOCK_TIMEOUT,
    Connection,
    PlacedPart,
    SqlTemplates,
    application_name,
    execute,
    fetch_all,
    fetch_one,
    lock_holders,
    refuse_newer,
    transaction,
)
from etl.errors import EtlError, FencedOut, MarkerHeld, TransientFault
from etl.sources.in_tables.handshake.decide import Action, Decision, decide
from etl.sources.in_tables.handshake.marker import Marker, RunLease, Running

_sql = SqlTemplates(__package__, "etl.database")

_NO_PATIENCE = "100ms"

# Seconds between two looks at a heartbeat that is ahead of the clock.
_WATCH_SECONDS = 0.5


def _following(above: int) -> int:
    """The next number without a store."""
    return above + 1


@dataclass(frozen=True)
class Handshake:
    """The handshake of one import schema. `owner` is random per process start, so a restarted runner is another one.

    `other_engines`: further databases in which an owner may have open transactions. `pinned`: a digest of what decides
    how tasks are performed; helpers join only runs with the same digest. `next_number` gives the
    number of a run: higher than its argument, and than any that the store has seen. `parts` of the import's database
    are written to by its runs.
    """

    engine: sqlalchemy.Engine
    schema: str
    company: str
    owner: str
    lease_seconds: int
    other_engines: tuple[sqlalchemy.Engine, ...] = ()
    pinned: str = ""
    next_number: Callable[[int], int] = _following
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
        except TransientFault as fault:
            if fault.sqlstate != LOCK_TIMEOUT:
                raise
            return None
        return Marker.from_row(row) if row else None

    def decide(self, connection: Connection, *, accept: bool = False) -> tuple[Decision, Marker | None, Running | None]:
        """Decides by the current rows; with `accept` a stopped run may be repeated."""
        marker, running = self.read_state(connection)
        table = f"{self.schema}.process_tracking"
        decision = decide(marker, running, lease_seconds=self.lease_seconds, table=table, accept=accept)
        return decision, marker, running

    def acquire(self, *, accept: bool = False) -> tuple[Decision, RunLease | None]:
        """Tries to acquire the marker: at most one of any number of runners gets a RunLease for it.

        The unlocked look comes first, so an idle tick writes nothing; then the table is read again under the lock.
        """
        with transaction(self.engine) as connection:
            decision, _, running = self.decide(connection, accept=accept)
        if not decision.starts:
            return decision, None
        number = 0
        if decision.action is Action.TAKE_OVER and running:
            self.refuse_locked(running)
            self.end_backends(running)
        else:
            with transaction(self.engine) as connection:
                highest = self.highest_run(connection)
            number = self.next_number(highest)
        attempt = monotonic()
        try:
            with transaction(self.engine, **BRIEF) as connection:
                execute(connection, _sql("lock_fence", schema=self.schema))
                decision, marker, running = self.decide(connection, accept=accept)
                lease = self._act(connection, decision, marker, running, number)
        except TransientFault:
            lease = self._acquired_without_answer(decision)
            if lease is None:
                raise
        except BaseException:
            # A signal, perhaps during the commit: this runner will not perform the run that it acquired.
            with suppress(EtlError):
                lease = self._acquired_without_answer(decision)
                if lease:
                    self.give_up(lease)
            raise
        return decision, replace(lease, attempted_at=attempt) if lease else None

    def _acquired_without_answer(self, decision: Decision) -> RunLease | None:
        """The run that this owner acquired although the answer to its commit was lost; no other runner can take it
        meanwhile."""
        with transaction(self.engine) as connection:
            _, running = self.read_state(connection)
            if running is None or running.owner != self.owner:
                return None
            is_take_over = decision.action is Action.TAKE_OVER
            return self.lease(connection, running, taken_over=is_take_over)

    def lease(self, connection: Connection, running: Running, *, taken_over: bool = False) -> RunLease:
        """This runner's part in a run."""
        source = self.source(connection)
        return RunLease(running.run, running.fence, running.marker, self.owner, taken_over=taken_over, source=source)

    def source(self, connection: Connection) -> str:
        """The name of this import at the store; it stays the same when the import is restored."""
        [row] = fetch_all(connection, _sql("import_source", schema=self.schema))
        return str(row.source)

    def _act(
        self, connection: Connection, decision: Decision, marker: Marker | None, running: Running | None, number: int
    ) -> RunLease | None:
        if decision.action is Action.TAKE_OVER and running:
            return self._take_over(connection, running)
        if decision.action is Action.INSERT:
            return self._start(connection, None, number)
        if decision.action is Action.START and marker:
            return self._start(connection, marker, number)
        return None

    def _start(self, connection: Connection, found: Marker | None, run: int) -> RunLease | None:
        self._write_quietly(connection)
        # Numbers are given before the fence is locked: another runner may have got a higher one and been faster.
        if run <= self.highest_run(connection):
            raise TransientFault("another runner was first, and has a higher number: look again")
        if found is None:
            marker = _scalar(connection, _sql("insert_marker", schema=self.schema), {"run": run})
        elif found.id is not None and self._occupy(connection, found, run):
            marker = found.id
        else:
            return None
        fence = self._raise_fence(connection)
        values = {"run": run, "company": self.company, "marker": marker, "owner": self.owner, "fence": fence}
        execute(connection, _sql("insert_run", schema=self.schema), values)
        self._note_owner(connection, run, fence)
        return self.lease(connection, Running(run, self.owner, fence, marker, None))

    def _raise_fence(self, connection: Connection) -> int:
        """Raises EnvironmentFault where a newer program has made tables that this one must not write to."""
        [row] = fetch_all(connection, _sql("raise_fence", schema=self.schema, placed=self.parts))
        refuse_newer(self.parts, row.noted)
        return int(row.fence)

    def _occupy(self, connection: Connection, found: Marker, run: int) -> bool:
        seen = {"load_status": found.load_status or 0, "ins_inkafka_status": found.ins_inkafka_status or 0}
        values = {"run": run, "marker": found.id, **seen}
        return execute(connection, _sql("occupy_marker", schema=self.schema), values) == 1

    def _write_quietly(self, connection: Connection) -> None:
        """Suppresses notifications of this transaction's writes to the marker: only the partner hands over."""
        fetch_all(connection, _sql("write_marker_quietly"))

    def _take_over(self, connection: Connection, running: Running) -> RunLease:
        fence = self._raise_fence(connection)
        values = {"run": running.run, "owner": self.owner, "fence": fence, "beat": running.beat}
        if execute(connection, _sql("take_over_run", schema=self.schema), values) != 1:
            raise TransientFault(f"run {running.run} is alive: its owner has renewed the lease meanwhile")
        self._note_owner(connection, running.run, fence)
        return self.lease(connection, replace(running, fence=fence), taken_over=True)

    def _note_owner(self, connection: Connection, run: int, fence: int) -> None:
        execute(connection, _sql("note_owner", schema=self.schema), self.me | {"run": run, "fence": fence})

    @property
    def me(self) -> dict[str, object]:
        """This runner as a row of `runner`."""
        return {"owner": self.owner, "host": gethostname(), "pid": getpid(), "pinned": self.pinned}

    def refuse_locked(self, running: Running) -> None:
        """Raises MarkerHeld while the lock of another session keeps the owner from renewing its lease. Its own sessions
        and those of other runners do not count: they are ended, or have a lease themselves."""
        try:
            with transaction(self.engine, lock_timeout=_NO_PATIENCE, **BRIEF) as connection:
                execute(connection, _sql("lock_run", schema=self.schema))
                fetch_all(connection, _sql("run_is_free", schema=self.schema), {"run": running.run})
        except TransientFault as fault:
            if fault.sqlstate != LOCK_TIMEOUT:
                raise
            with transaction(self.engine) as connection:
                holders = lock_holders(connection, self.schema, ["run"])
            if holders:
                whose = f"run {running.run} of runner {running.owner}"
                why = "cannot say whether it is alive, and is not taken over"
                raise MarkerHeld(f"{whose} {why}: {'; '.join(holders)}") from fault

    def end_backends(self, running: Running) -> None:
        """Ends the open transactions of an owner whose lease ran out, and of its helpers."""
        with transaction(self.engine) as connection:
            values = {"run": running.run, "fence": running.fence, "me": self.owner}
            helpers = fetch_all(connection, _sql("helpers", schema=self.schema), values)
        self.end_backends_of([running.owner, *(helper.owner for helper in helpers)])

    def end_backends_of(self, owners: Iterable[str], *, wait_seconds: float = 0) -> bool:
        """Ends the open transactions of runners; with a wait, returns whether they are gone."""
        values = {"names": [application_name(owner) for owner in owners], "wait": int(wait_seconds * 1000)}
        gone = []
        for engine in (self.engine, *self.other_engines):
            with transaction(engine) as connection:
                gone += [row.ended for row in fetch_all(connection, _sql("end_backends"), values)]
        return all(gone)

    def cancel_backends(self) -> None:
        """Cancels the statements of this runner's other sessions; their transactions are rolled back."""
        for engine in (self.engine, *self.other_engines):
            with transaction(engine) as connection:
                fetch_all(connection, _sql("cancel_backends"), {"name": application_name(self.owner)})

    def highest_run(self, connection: Connection) -> int:
        """The highest number of a run here, 0 before the first."""
        return _scalar(connection, _sql("highest_run", schema=self.schema))

    def is_beating(self, running: Running) -> bool:
        """Whether a heartbeat that is ahead of the database's clock changes within a lease by this machine's clock.

        Then its writer is alive, and the clock was set back. Otherwise the call takes as long as a lease.
        """
        until = monotonic() + self.lease_seconds
        while True:
            with transaction(self.engine) as connection:
                row = fetch_one(connection, _sql("read_run", schema=self.schema))
            if row is None or Running.from_row(row).beat != running.beat:
                return True
            if monotonic() >= until:
                return False
            sleep(_WATCH_SECONDS)

    def lock_out_runs(self, connection: Connection) -> None:
        """Keeps runs from starting before the transaction ends. Raises MarkerHeld while one is running."""
        execute(connection, _sql("lock_fence", schema=self.schema))
        _, running = self.read_state(connection)
        if running is not None:
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

    def finish_marker(self, connection: Connection, lease: RunLease, *, status: int = 1) -> bool:
        """Writes the marker: the rows are read (1) or the run stopped (2); False: the row is no longer ours."""
        self._write_quietly(connection)
        values = {"run": lease.run, "marker": lease.marker, "status": status}
        return execute(connection, _sql("finish_marker", schema=self.schema), values) == 1

    def end(self, connection: Connection, lease: RunLease, *, state: str, message: str = "") -> None:
        """Closes our own row of the run: `state` done or stopped."""
        values = {"run": lease.run, "fence": lease.fence, "state": state, "message": message or None}
        if execute(connection, _sql("end_run", schema=self.schema), values) != 1:
            raise FencedOut(f"run {lease.run} was taken over by another runner; this one writes nothing more")

    def state_of(self, connection: Connection, lease: RunLease) -> tuple[str, str]:
        """The state of the run's own row and its message. Raises FencedOut when a new owner has the run."""
        row = fetch_one(connection, _sql("state_of_run", schema=self.schema), {"run": lease.run, "fence": lease.fence})
        if row is None:
            raise FencedOut(f"run {lease.run} was taken over by another runner; this one writes nothing more")
        return row.state, row.message

    def old_before(self, connection: Connection, days: int) -> int:
        """The number below which all runs are over and older than `days`."""
        return _scalar(connection, _sql("oldest_kept", schema=self.schema), {"days": days})

    def clean(self, connection: Connection, *, before: int, limit: int) -> int:
        """Deletes runs with numbers below `before`, at most `limit`; returns how many."""
        return execute(connection, _sql("clean_runs", schema=self.schema), {"before": before, "limit": limit})

    def give_up(self, lease: RunLease) -> None:
        """Frees the lease of a run that this runner cannot continue, so that the next one can take it over at once."""
        with transaction(self.engine) as connection:
            values = {"run": lease.run, "owner": lease.owner, "fence": lease.fence}
            execute(connection, _sql("give_up", schema=self.schema), values)


def _scalar(connection: Connection, statement: sqlalchemy.TextClause, values: dict[str, object] | None = None) -> int:
    [row] = fetch_all(connection, statement, values)
    return int(row[0])
