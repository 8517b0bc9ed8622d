"""The heartbeat: its own thread, its own connection, so that no long merge starves it."""

import logging
import threading
import time
from types import TracebackType

import sqlalchemy

from etl.database import Statements, execute, transaction
from etl.errors import EtlError, FencedOut
from etl.handshake.marker import Won

_sql = Statements(__package__)
_log = logging.getLogger("in_pg_migration")


class Heartbeat:
    """Renews the lease every `beat_seconds` while it is open; `check` raises once the lease can no longer be trusted.

    Trust is local and counted on this machine's monotonic clock from the start of the last attempt that succeeded,
    the first of which won the run, and it ends one beat before the lease does: a runner that cannot reach the database
    stops before an heir starts.
    """

    def __init__(
        self, engine: sqlalchemy.Engine, schema: str, won: Won, *, beat_seconds: float, lease_seconds: float
    ) -> None:
        self._engine, self._schema, self._won = engine, schema, won
        self._beat_seconds = beat_seconds
        self._lease_seconds = lease_seconds
        self._trust_seconds = lease_seconds - beat_seconds
        self._trusted_from = won.attempted_at
        self._lost = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat_on, name="heartbeat", daemon=True)

    def __enter__(self) -> "Heartbeat":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def check(self) -> None:
        """Raises FencedOut when an heir has the run, or when this runner must assume so."""
        if self._lost.is_set() or time.monotonic() - self._trusted_from > self._trust_seconds:
            raise FencedOut(f"run {self._won.run}: the lease was lost; another runner goes on with it")

    def _beat_on(self) -> None:
        while not self._stop.wait(self._beat_seconds):
            attempt = time.monotonic()
            try:
                if self._beat():
                    self._trusted_from = attempt
                else:
                    self._lost.set()
                    return
            except EtlError as error:
                _log.warning("heartbeat of run %s failed and is tried again: %s", self._won.run, error)

    def _beat(self) -> bool:
        won = self._won
        with transaction(self._engine) as connection:
            names = {"run": won.run, "owner": won.owner, "fence": won.fence}
            if execute(connection, _sql("beat_run", schema=self._schema), names) != 1:
                return False
        with transaction(self._engine) as connection:
            execute(connection, _sql("beat_marker", schema=self._schema), {"run": won.run, "marker": won.marker})
        _log.info("27TtdVdLGj :: periodic_update_time updated")
        return True
