"""The outage of a server, reported once by the first worker of a runner that must wait for it, and its end once."""

import logging
import threading
from collections.abc import Callable
from contextlib import suppress

from etl.errors import EtlError
from etl.runs import ClaimedTask, TaskQueue

_log = logging.getLogger("in_pg_migration")


class OutageNotifier:
    """Reports to log, status and hooks why a run waits, and when it continues.

    `notify` takes the text of the fault, an empty one at its end; only the owner of a run notifies.
    """

    def __init__(self, queue: TaskQueue, notify: Callable[[str], None]) -> None:
        self._queue, self._notify = queue, notify
        self._waiting: set[int] = set()
        self._lock = threading.Lock()
        self._sending: threading.Thread | None = None

    def __call__(self, taken: ClaimedTask | None, fault: EtlError | None) -> None:
        """Called by a worker that waits because of a fault, with a task or for one; without one when it continues."""
        with self._lock:
            was_waiting = bool(self._waiting)
            (self._waiting.add if fault else self._waiting.discard)(threading.get_ident())
            is_waiting = bool(self._waiting)
        if fault and taken:
            with suppress(EtlError):
                self._queue.note(taken, f"waits: {fault}")
        if fault and not was_waiting:
            _log.error("run %s waits, and continues once this is fixed: %s", self._queue.run, fault)
            self._raise(str(fault))
        if was_waiting and not is_waiting:
            _log.info("run %s continues", self._queue.run)
            self._end()

    def _raise(self, fault: str) -> None:
        if not self._queue.is_helper:
            # In a thread: a hook may be slow, and a worker that is asked to end during a pause must not wait for it.
            self._sending = threading.Thread(target=self._notify, args=[fault], name="outage", daemon=True)
            self._sending.start()

    def _end(self) -> None:
        if self._sending:
            self._sending.join()
            self._notify("")
