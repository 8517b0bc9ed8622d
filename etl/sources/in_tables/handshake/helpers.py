"""Helpers: runners that join a run which another one owns, each with a lease of its own."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from time import monotonic

import sqlalchemy

from etl.database import BRIEF, SqlTemplates, execute, fetch_all, fetch_one, transaction
from etl.errors import EtlError, MarkerHeld
from etl.sources.in_tables.handshake.acquire import Handshake
from etl.sources.in_tables.handshake.heartbeat import Heartbeat
from etl.sources.in_tables.handshake.marker import RunLease, Running

_sql = SqlTemplates(__package__)

# Seconds that a session may take to end after it was terminated; a merge ends at its next check for interrupts.
_END_SECONDS = 2.0


@dataclass(frozen=True)
class Joining:
    """The helpers' part of the handshake. It never touches the marker."""

    handshake: Handshake

    def join(self, running: Running) -> RunLease | None:
        """Joins a run under its token; None: it has ended or its owner has died since, so the caller looks again.

        Raises MarkerHeld when its owner works with another version, other metadata or settings, or is this runner.
        """
        values = self.handshake.me | {
            "run": running.run,
            "fence": running.fence,
            "lease_seconds": self.handshake.lease_seconds,
        }
        attempt = monotonic()
        with transaction(self.handshake.engine, **BRIEF) as connection:
            owner = fetch_one(connection, self._sql("look_owner"), {"run": running.run})
            if owner and owner.owner == self.handshake.owner:
                raise MarkerHeld(f"run {running.run} was left by this runner without a word: its lease must run out")
            if owner and owner.pinned != self.handshake.compatibility:
                raise MarkerHeld(
                    f"run {running.run} is left alone: its runner (pid {owner.pid} on {owner.host}) has another "
                    "version of etl, other metadata or other settings of the import"
                )
            if execute(connection, self._sql("join_run"), values) != 1:
                return None
            return replace(self.handshake.lease(connection, running), attempted_at=attempt)

    def leave(self, lease: RunLease) -> None:
        """Ends this helper's lease; if that fails, the lease runs out later."""
        with suppress(EtlError), transaction(self.handshake.engine, **BRIEF) as connection:
            execute(connection, self._sql("leave_run"), {"run": lease.run, "owner": lease.owner})

    def helpers(self, lease: RunLease) -> list[str]:
        """The helpers that have joined the run and neither left nor been dismissed; their leases may have run out."""
        values = {"run": lease.run, "fence": lease.fence, "me": lease.owner}
        with transaction(self.handshake.engine) as connection:
            return [row.owner for row in fetch_all(connection, self._sql("helpers"), values)]

    def dismiss(self, lease: RunLease, owners: Sequence[str], *, only_lost: bool) -> bool:
        """Dismisses helpers, with `only_lost` only those whose lease has run out.

        True: they have no open transaction and cannot begin another.
        """
        values = {"run": lease.run, "owners": list(owners), "lease_seconds": self.handshake.lease_seconds}
        with transaction(self.handshake.engine) as connection:
            execute(connection, self._sql("dismiss_helpers", only_lost=only_lost), values)
        with transaction(self.handshake.engine) as connection:
            gone = [row.owner for row in fetch_all(connection, self._sql("dismissed"), values)]
        return self.handshake.end_backends_of(gone, wait_seconds=_END_SECONDS)

    def _sql(self, name: str, **values: object) -> sqlalchemy.TextClause:
        return _sql(name, schema=self.handshake.schema, **values)


class HelpersHeartbeat(Heartbeat):
    """A helper's heartbeat: its lease also ends when the owner's lease runs out, the run ends, or it is dismissed."""

    _table = "runner"

    def _show(self) -> None:
        """Nothing: only the owner writes the marker."""

    def _beat(self) -> bool:
        lease = self._won
        values = {"run": lease.run, "owner": lease.owner, "fence": lease.fence, "lease_seconds": self._lease_seconds}
        # A helper that freezes here must not block runners that would dismiss it.
        with transaction(self._engine, lock_timeout=self._lock_timeout, **BRIEF) as connection:
            return execute(connection, _sql("beat_helper", schema=self._schema), values) == 1
