"""The heartbeat: a thread and a connection of its own, so that no long merge delays it."""

import logging
import threading
import time
from collections.abc import Collection
from types import TracebackType

import sqlalchemy

from etl.database import (
    BRIEF,
    SqlTemplates,
    cut_all,
    deadline,
    execute,
    fetch_all,
    lock_holders,
    transaction,
)
from etl.errors import EtlError, FencedOut, LeaseLost, LockTimeout
from etl.sources.in_tables.handshake.marker import RunLease

_sql = SqlTemplates(__package__)
_log = logging.getLogger("in_pg_migration")

_MARKER = "process_tracking"
_GUARD_SECONDS = 0.5
# Seconds that a busy server may need for an attempt.
_ATTEMPT_SECONDS = 2.0
# The next heartbeat tries again.
_MARKER_PATIENCE = "200ms"
# Seconds that a heartbeat waits for a lock on our own row before it logs a warning.
_LOCK_SECONDS = 5.0


class Heartbeat:
    """Renews the lease every `beat_seconds` while it is open; `check` raises once the lease can no longer be trusted.

    Only the run's own row is the lease. The marker shows the heartbeat to the partner; a lock of another session on it
    is a warning. A lock on our own row keeps other runners from taking the run over as well (Handshake.refuse_locked),
    so the run continues meanwhile.

    Each attempt has a deadline, and so has trust in the lease: when it ends, or another owner has the run, every
    connection of `engines` is closed, so that no thread waits for ever for a server that is out of reach.

    Trust is local and counted on this machine's monotonic clock from the start of the last attempt that succeeded,
    the first of which won the run, and it ends one beat before the lease does: a runner that cannot reach the database
    stops before a new owner starts.
    """

    def __init__(
        self,
        engine: sqlalchemy.Engine,
        schema: str,
        lease: RunLease,
        *,
        beat_seconds: float,
        lease_seconds: float,
        engines: Collection[sqlalchemy.Engine] = (),
    ) -> None:
        self._engine, self._schema, self._won = engine, schema, lease
        self._beat_seconds = beat_seconds
        self._lease_seconds = lease_seconds
        self._trust_seconds = lease_seconds - beat_seconds
        self._trusted_from = lease.attempted_at
        self._lost = threading.Event()
        self._failed = False
        # table -> the sessions whose lock blocks the heartbeat; logged once
        self._blocked: dict[str, str] = {}
        self._stop = threading.Event()
        self._engines = engines or (engine,)
        self._thread = threading.Thread(target=self._beat_on, name="heartbeat", daemon=True)
        self._guard = threading.Thread(target=self._guard_on, name="lease", daemon=True)

    def __enter__(self) -> "Heartbeat":
        self._thread.start()
        self._guard.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._guard.join()
        self._thread.join()

    def check(self) -> None:
        """Raises FencedOut when a new owner has the run, and LeaseLost when this runner must assume so."""
        # Over without a failed attempt: this process stood still, and the others did not.
        if self._lost.is_set() or (self._is_over and not self._failed):
            raise FencedOut(f"run {self._won.run}: the lease was lost; another runner continues it")
        if self._is_over:
            raise LeaseLost(
                f"run {self._won.run} is left: its lease could not be renewed within {self._trust_seconds:.0f} s, as "
                "the database did not answer (see the log); a runner that reaches the database continues it"
            )

    @property
    def _is_over(self) -> bool:
        return time.monotonic() - self._trusted_from > self._trust_seconds

    def _guard_on(self) -> None:
        """Closes the connections of the work when ownership ends."""
        was_over = False
        while not self._stop.wait(min(self._beat_seconds, _GUARD_SECONDS)):
            is_over = self._lost.is_set() or self._is_over
            if is_over and not was_over:
                _log.warning("run %s is no longer ours: its connections are closed", self._won.run)
                cut_all(self._engines)
            was_over = is_over

    def _beat_on(self) -> None:
        # Counted from the start of an attempt, as trust is: what comes between winning the run and the start of this
        # thread, or an attempt that takes long, uses up trust as well.
        due = self._trusted_from + self._beat_seconds
        while not self._stop.wait(max(0.0, due - time.monotonic())):
            attempt = time.monotonic()
            due = attempt + self._beat_seconds
            try:
                with deadline(self._patience):
                    is_ours = self._beat()
                if not is_ours:
                    self._lost.set()
                    return
            except LockTimeout as error:
                self._say_blocked(self._table, str(error))
                due = attempt  # at once, so that it is in the lock queue before runners that would take the run over
            except EtlError as error:
                # An attempt that began when trust was over says nothing of the database: this process stood still, and
                # the guard has closed the connection.
                self._failed = self._failed or attempt - self._trusted_from <= self._trust_seconds
                _log.warning("heartbeat of run %s failed and is tried again: %s", self._won.run, error)
                continue
            else:
                self._say_free(self._table)
            self._trusted_from, self._failed = attempt, False
            with deadline(self._patience):
                self._show()

    _table = "run"
    """Of ours beside the marker, where the lease is."""

    @property
    def _patience(self) -> float:
        """Seconds that an attempt may take: several attempts fit into the time of trust, unless that is very short."""
        return max(self._trust_seconds / 3, min(self._trust_seconds / 2, _ATTEMPT_SECONDS))

    @property
    def _lock_timeout(self) -> str:
        """Shorter than the deadline, so that the server still answers in time."""
        return f"{int(min(self._patience / 2, _LOCK_SECONDS) * 1000)}ms"

    def _beat(self) -> bool:
        """Renews the lease; False: another owner has the run."""
        lease = self._won
        with transaction(self._engine, lock_timeout=self._lock_timeout, **BRIEF) as connection:
            values = {"run": lease.run, "owner": lease.owner, "fence": lease.fence}
            return execute(connection, _sql("beat_run", schema=self._schema), values) == 1

    def _show(self) -> None:
        """Writes the heartbeat into the marker, unless another session's lock prevents that."""
        values = {"run": self._won.run, "marker": self._won.marker}
        try:
            with transaction(self._engine, lock_timeout=_MARKER_PATIENCE, **BRIEF) as connection:
                [row] = fetch_all(connection, _sql("beat_marker", schema=self._schema), values)
                holders = []
                if row.is_ours and not row.is_renewed:
                    holders = lock_holders(connection, self._schema, [_MARKER])
        except EtlError as error:
            self._say_blocked(_MARKER, str(error))
            return
        if row.is_ours and not row.is_renewed:
            self._say_blocked(_MARKER, "; ".join(holders) or "another session locks its row")
            return
        self._say_free(_MARKER)
        if row.is_renewed:
            _log.info("27TtdVdLGj :: periodic_update_time updated")

    def _say_blocked(self, table: str, why: str) -> None:
        if table not in self._blocked:
            what = (
                "the marker shows no heartbeat" if table == _MARKER else "the lease cannot be renewed, nor taken over"
            )
            _log.warning("run %s continues, but %s while other sessions hold %s: %s", self._won.run, what, table, why)
        self._blocked[table] = why

    def _say_free(self, table: str) -> None:
        if self._blocked.pop(table, None):
            _log.info("run %s: %s takes the heartbeat again", self._won.run, table)
