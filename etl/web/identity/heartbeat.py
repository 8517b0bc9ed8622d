"""Says now and again which actions this process does, and ends those of which no process says so any more."""

import logging
import threading
import time
from dataclasses import dataclass, field
from typing import Final

from etl.errors import EtlError
from etl.web.identity.audit import Audit
from etl.web.identity.store import WebStore

_log = logging.getLogger("etl.web")

BEAT_SECONDS: Final = 5.0
LOST_SECONDS: Final = 30.0
"""An action is lost when its process has said nothing for so long."""


@dataclass
class Heartbeat:
    """The heartbeat of this process, in a thread of its own."""

    store: WebStore
    audit: Audit
    _ended: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """Begins."""
        threading.Thread(target=self._beat_until_ended, name="heartbeat", daemon=True).start()

    def end(self) -> None:
        """Ends it. What this process has begun and not noted is lost soon."""
        self._ended.set()

    def _beat_until_ended(self) -> None:
        since = time.monotonic()
        while not self._ended.wait(BEAT_SECONDS):
            if not self.store.is_open:  # what no request has needed yet is not opened for this
                since = time.monotonic()
                continue
            try:
                self.audit.note_alive()
                # After an outage all processes need time to say that they live.
                if time.monotonic() - since > LOST_SECONDS:
                    for number in self.audit.end_lost(LOST_SECONDS):
                        _log.warning("the process of action %s has ended: its outcome is not known", number)
            except EtlError as error:
                since = time.monotonic()
                _log.debug("no heartbeat of actions: %s", error)
