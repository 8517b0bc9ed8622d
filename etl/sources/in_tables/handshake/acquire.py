"""Acquires a run: short transactions, each of which decides again under the fence's lock."""

from contextlib import suppress
from dataclasses import dataclass, replace
from time import monotonic

from etl.database import BRIEF, Connection, SqlTemplates, execute, fetch_all, refuse_newer, transaction
from etl.errors import EtlError, TransientFault
from etl.sources.in_tables.handshake.decide import Action, Decision
from etl.sources.in_tables.handshake.marker import Marker, RunLease, Running
from etl.sources.in_tables.handshake.other_runners import OtherRunners
from etl.sources.in_tables.handshake.run_records import RunRecords
from etl.sources.in_tables.handshake.run_state import fetch_number

_sql = SqlTemplates(__package__, "etl.database")


@dataclass(frozen=True)
class Handshake(OtherRunners, RunRecords):
    """The whole handshake of one import schema, see RunState for its fields: acquires runs; its parts read their state,
    watch other runners, and close runs."""

    def acquire(self, *, accept: bool = False) -> tuple[Decision, RunLease | None]:
        """Tries to acquire the marker: at most one of any number of runners gets a RunLease for it.

        The unlocked look comes first, so an idle tick writes nothing; then the table is read again under the lock.
        """
        with transaction(self.engine) as connection:
            decision, _, running = self.decide(connection, accept=accept)
            highest = self.highest_run(connection) if decision.starts else 0
        if not decision.starts:
            return decision, None
        number = 0
        if decision.action is Action.TAKE_OVER and running:
            self.refuse_locked(running)
            self.end_backends(running)
        else:
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
            marker = fetch_number(connection, _sql("insert_marker", schema=self.schema), {"run": run})
        elif found.id is not None and self._occupy(connection, found, run):
            marker = found.id
        else:
            return None
        fence = self._raise_fence(connection)
        values = {"run": run, "company": self.company, "marker": marker, "owner": self.owner, "fence": fence}
        execute(connection, _sql("insert_run", schema=self.schema), values)
        self._note_owner(connection, run, fence)
        return self.lease(connection, Running(run, self.owner, fence, marker, None))

    def _take_over(self, connection: Connection, running: Running) -> RunLease:
        fence = self._raise_fence(connection)
        values = {"run": running.run, "owner": self.owner, "fence": fence, "beat": running.beat}
        if execute(connection, _sql("take_over_run", schema=self.schema), values) != 1:
            raise TransientFault(f"run {running.run} is alive: its owner has renewed the lease meanwhile")
        self._note_owner(connection, running.run, fence)
        return self.lease(connection, replace(running, fence=fence), taken_over=True)

    def _raise_fence(self, connection: Connection) -> int:
        """Raises EnvironmentFault where a newer program has made tables that this one must not write to."""
        [row] = fetch_all(connection, _sql("raise_fence", schema=self.schema, placed=self.parts))
        refuse_newer(self.parts, row.noted)
        return int(row.fence)

    def _occupy(self, connection: Connection, found: Marker, run: int) -> bool:
        seen = {"load_status": found.load_status or 0, "ins_inkafka_status": found.ins_inkafka_status or 0}
        values = {"run": run, "marker": found.id, **seen}
        return execute(connection, _sql("occupy_marker", schema=self.schema), values) == 1

    def _note_owner(self, connection: Connection, run: int, fence: int) -> None:
        execute(connection, _sql("note_owner", schema=self.schema), self.runner_row | {"run": run, "fence": fence})
