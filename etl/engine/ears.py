"""Hearing of hand-overs as they come. It may always be that nothing is heard: polling finds the same a little later."""

import logging
import time

from etl.database import Listener
from etl.engine.wiring import House
from etl.errors import EnvironmentFault
from etl.handshake import CHANNEL
from etl.quoting import fold

_log = logging.getLogger("in_pg_migration")

# Whether notifications come through is proved in this time; where they do not, it is tried again after the second.
_PROOF_SECONDS, _NO_PROOF_SECONDS = 3.0, 300.0


class Ears:
    """At most one open listener, for one house at a time."""

    def __init__(self) -> None:
        self._listener: Listener | None = None
        self._schema = ""
        self._not_before = 0.0

    @property
    def files(self) -> list[Listener]:
        """What to wait for beside the time."""
        return [self._listener] if self._listener else []

    def open(self, house: House) -> None:
        """Begins to listen, if hand-overs are wanted and it is not known that none come through."""
        is_wanted = house.settings.in_migration.start_on_hand_over
        if self._listener or not is_wanted or time.monotonic() < self._not_before:
            return
        self._schema = fold(house.in_schema)
        self._listener = Listener(house.engine, CHANNEL)
        if not self._listener.proves_itself(_PROOF_SECONDS):
            _log.warning("no notifications come through (a pooler in transaction mode?): hand-overs are polled")
            self._not_before = time.monotonic() + _NO_PROOF_SECONDS
            self.close()

    def heard(self) -> bool:
        """Whether the marker was written since; also when that is not known, for the link broke."""
        if self._listener is None:
            return False
        try:
            return self._schema in self._listener.heard()
        except EnvironmentFault as fault:
            _log.warning("hand-overs are not heard until the server is back: %s", fault)
            self.close()
            return True

    def close(self) -> None:
        """Stops listening."""
        if self._listener:
            self._listener.close()
            self._listener = None
