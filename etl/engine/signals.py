"""Signals of the service: what asks it to end, to end at once, or to read its configuration again.

A handler never locks: Python runs it in the main thread, wherever that is. It sets a mark, and a byte in a pipe wakes
whoever waits.
"""

import atexit
import os
import select
import signal
from collections.abc import Sequence
from types import FrameType
from typing import Protocol

from etl.errors import Stopped

# A task that is under way has this long after the first signal; then it is rolled back. With the second figure the
# process is gone within five seconds even if the server no longer answers.
_TASK_SECONDS = 3.0
_CLOSING_SECONDS = 1.5


class HasFile(Protocol):
    """What `select` can wait for."""

    def fileno(self) -> int:
        """Its number."""
        ...


class Signals:
    """Takes over SIGTERM, SIGINT and SIGHUP for the rest of the process's life."""

    def __init__(self) -> None:
        self.stop: int | None = None
        self.is_reload_asked = False
        # While it is set, the end of patience raises Stopped wherever the main thread is.
        self.is_at_work = False
        self._seconds_over = 0
        self._ear, self._mouth = os.pipe()
        for end in (self._ear, self._mouth):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(self._mouth, warn_on_full_buffer=False)
        signal.signal(signal.SIGALRM, self._end_of_patience)
        # Python's last steps give every signal its default back: a SIGALRM that comes then would be how we ended.
        atexit.register(signal.setitimer, signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGHUP, self._reload)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)

    def check(self) -> None:
        """Raises Stopped once the process has been asked to end."""
        if self.stop is not None:
            raise Stopped(self.stop)

    def wake(self) -> None:
        """Ends a `wait`; any thread may say so."""
        try:
            os.write(self._mouth, b"\0")
        except BlockingIOError:
            return  # it is full of reasons to wake already

    def wait(self, seconds: float, others: Sequence[HasFile] = ()) -> None:
        """Sleeps until a signal, a `wake`, something to read from `others`, or the end of the time."""
        files = [self._ear, *(other.fileno() for other in others)]
        ready, _, _ = select.select(files, [], [], max(seconds, 0))
        if self._ear in ready:
            os.read(self._ear, 4096)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        if self.stop is not None:
            os._exit(128 + number)
        self.stop = number
        signal.setitimer(signal.ITIMER_REAL, _TASK_SECONDS, _CLOSING_SECONDS)

    def _end_of_patience(self, number: int, frame: FrameType | None) -> None:
        if self.stop is None:
            return
        self._seconds_over += 1
        if self._seconds_over > 1:
            os._exit(128 + self.stop)
        if self.is_at_work:
            raise Stopped(self.stop)

    def _reload(self, number: int, frame: FrameType | None) -> None:
        self.is_reload_asked = True
