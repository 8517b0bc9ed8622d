"""What a runner does about other runners: finds out whether an owner is alive, and ends transactions of lost ones."""

from collections.abc import Iterable
from time import monotonic, sleep

from etl.database import (
    BRIEF,
    SqlTemplates,
    application_name,
    execute,
    fetch_all,
    fetch_one,
    lock_holders,
    transaction,
)
from etl.errors import LockTimeout, MarkerHeld
from etl.sources.in_tables.handshake.marker import Running
from etl.sources.in_tables.handshake.run_state import RunState

_sql = SqlTemplates(__package__, "etl.database")

_NO_PATIENCE = "100ms"

# Seconds between two looks at a heartbeat that is ahead of the clock.
_WATCH_SECONDS = 0.5


class OtherRunners(RunState):
    """The part of the handshake that concerns other runners' leases and sessions."""

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

    def refuse_locked(self, running: Running) -> None:
        """Raises MarkerHeld while the lock of another session keeps the owner from renewing its lease. Its own sessions
        and those of other runners do not count: they are ended, or have a lease themselves."""
        try:
            with transaction(self.engine, lock_timeout=_NO_PATIENCE, **BRIEF) as connection:
                execute(connection, _sql("lock_run", schema=self.schema))
                fetch_all(connection, _sql("run_is_free", schema=self.schema), {"run": running.run})
        except LockTimeout as fault:
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
