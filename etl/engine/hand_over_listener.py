"""Hearing of hand-overs as they come. It may always be that nothing is heard: polling finds the same a little later."""

import logging
import time

from etl.database import Listener, deadline, notify_queue, read_only_transaction
from etl.engine.runtime import Runtime
from etl.errors import EnvironmentFault, TransientFault
from etl.quoting import fold
from etl.sources.in_tables.handshake import CHANNEL

_log = logging.getLogger("in_pg_migration")

# Whether notifications come through is proved in this time; where they do not, it is tried again after the second.
_PROOF_SECONDS, _NO_PROOF_SECONDS = 3.0, 300.0
# Whether anything could still be heard at all is asked so often.
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
        """What to wait for beside the time."""
        return [self._listener] if self._listener else []

    def open(self, runtime: Runtime) -> None:
        """Begins to listen, if hand-overs are wanted and it is not known that none come through.

        A server that does not let us listen is polled. Raises EnvironmentFault when it is out of reach.
        """
        is_wanted = runtime.settings.in_migration.start_on_hand_over
        if self._listener or not is_wanted or time.monotonic() < self._not_before:
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
            return str(queue)  # who begins to listen now would read it all
        try:
            self._listener = Listener(runtime.engine, CHANNEL)
            is_proved = self._listener.proves_itself(_PROOF_SECONDS)
            self._checked_at = time.monotonic()
        except EnvironmentFault as fault:
            if isinstance(fault, TransientFault) or not fault.sqlstate:
                raise  # no word about listening
            return str(fault)
        return "" if is_proved else "no notifications come through (a pooler in transaction mode?)"

    def heard(self) -> bool:
        """Whether the marker was written since; also when that is not known, for the link broke."""
        if self._listener is None:
            return False
        try:
            if time.monotonic() - self._checked_at > _CHECK_SECONDS:
                with deadline(_PROOF_SECONDS):
                    self._listener.check()
                self._checked_at = time.monotonic()
            return self._schema in self._listener.heard()
        except EnvironmentFault as fault:
            _log.warning("hand-overs are not heard until the server is back: %s", fault)
            self.close()
            return True

    def close(self) -> None:
        """Stops listening. What is said meanwhile is not heard: whoever closes must look for himself afterwards."""
        if self._listener:
            self._listener.close()
            self._listener = None
