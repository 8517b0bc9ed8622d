"""The alarm of one runner: raised by the first of its workers that must wait for a server to be mended, ended once."""

import logging
import threading
from collections.abc import Callable
from contextlib import suppress

from etl.errors import EtlError
from etl.tasks import Board, Taken

_log = logging.getLogger("in_pg_migration")


class Alarm:
    """Whoever looks at log, status or hooks learns why a run stands still, and that it goes on.

    `tell` takes the fault in words, nothing for the all-clear; only the owner of a run tells.
    """

    def __init__(self, board: Board, tell: Callable[[str], None]) -> None:
        self._board, self._tell = board, tell
        self._waiting: set[int] = set()
        self._lock = threading.Lock()
        self._telling: threading.Thread | None = None

    def __call__(self, taken: Taken | None, fault: EtlError | None) -> None:
        """The worker that calls waits because of a fault, with a task or for one; without a fault it goes on."""
        with self._lock:
            was_waiting = bool(self._waiting)
            (self._waiting.add if fault else self._waiting.discard)(threading.get_ident())
            is_waiting = bool(self._waiting)
        if fault and taken:
            with suppress(EtlError):
                self._board.note(taken, f"waits: {fault}")
        if fault and not was_waiting:
            _log.error("run %s waits, and goes on once this is mended: %s", self._board.run, fault)
            self._raise(str(fault))
        if was_waiting and not is_waiting:
            _log.info("run %s goes on", self._board.run)
            self._end()

    def _raise(self, fault: str) -> None:
        if not self._board.is_helper:
            # A hook may take its time; whoever is asked to end in a pause has none.
            self._telling = threading.Thread(target=self._tell, args=[fault], name="alarm", daemon=True)
            self._telling.start()

    def _end(self) -> None:
        if self._telling:
            self._telling.join()
            self._tell("")
