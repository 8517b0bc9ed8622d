"""Listens for hand-overs. A notification may get lost at any time: polling finds the hand-over a little later."""

import logging
import time

from etl.database import Listener, deadline, notify_queue, read_only_transaction
from etl.engine.runtime import Runtime
from etl.errors import EnvironmentFault, TransientFault
from etl.quoting import fold
from etl.sources.in_tables.handshake import CHANNEL

_log = logging.getLogger("in_pg_migration")

# Seconds in which a test notification must come through, and until the next test where it does not.
_PROOF_SECONDS, _NO_PROOF_SECONDS = 3.0, 300.0
# Seconds between two checks that the connection still lives.
_CHECK_SECONDS = 60.0


class HandOverListener:
    """At most one open listener, for one configuration at a time."""

    def __init__(self) -> None:
        self._listener: Listener | None = None
        self._schema = ""
        self._not_before = 0.0
        self._checked_at = 0.0

    @property
    def files(self) -> list[Listener]:
        """What `select` may wait for; empty without a listener."""
        return [self._listener] if self._listener else []

    def open(self, runtime: Runtime) -> None:
        """Begins to listen, if startOnHandOver is set and no recent test has failed.

        A server that does not let us listen is polled. Raises EnvironmentFault when it is out of reach.
        """
        enabled = runtime.settings.in_migration.start_on_hand_over
        if self._listener or not enabled or time.monotonic() < self._not_before:
            return
        self._schema = fold(runtime.in_schema)
        why = self._why_deaf(runtime)
        if why:
            _log.warning("%s: hand-overs are polled", why)
            self._not_before = time.monotonic() + _NO_PROOF_SECONDS
            self.close()

    def _why_deaf(self, runtime: Runtime) -> str:
        with read_only_transaction(runtime.engine) as connection:
            queue = notify_queue(connection)
        if queue.is_filling:
            return str(queue)  # a new listener would have to read the whole queue
        try:
            self._listener = Listener(runtime.engine, CHANNEL)
            is_proved = self._listener.proves_itself(_PROOF_SECONDS)
            self._checked_at = time.monotonic()
        except EnvironmentFault as fault:
            if isinstance(fault, TransientFault) or not fault.sqlstate:
                raise  # listening itself is not at fault
            return str(fault)
        return "" if is_proved else "no notifications come through (a pooler in transaction mode?)"

    def has_hand_over(self) -> bool:
        """Whether the marker was written since the last call; also True when the connection broke."""
        if self._listener is None:
            return False
        try:
            if time.monotonic() - self._checked_at > _CHECK_SECONDS:
                with deadline(_PROOF_SECONDS):
                    self._listener.check()
                self._checked_at = time.monotonic()
            return self._schema in self._listener.payloads()
        except EnvironmentFault as fault:
            _log.warning("hand-overs are not noticed until the server is back: %s", fault)
            self.close()
            return True

    def close(self) -> None:
        """Stops listening. Notifications sent meanwhile are lost: the caller must look at the marker afterwards."""
        if self._listener:
            self._listener.close()
            self._listener = None
