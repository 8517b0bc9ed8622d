"""Signals of the service: what asks it to end, to end at once, or to read its configuration again.

A handler never locks: Python runs it in the main thread, wherever that is. It sets a flag, and a byte in a pipe wakes
the waiting thread.
"""

import atexit
import os
import select
import signal
from collections.abc import Sequence
from types import FrameType
from typing import Protocol

from etl.errors import Stopped

# Seconds that a running task has after the first signal, until it is rolled back; with the second number the
# process ends within five seconds even if the server no longer answers.
_TASK_SECONDS = 3.0
_CLOSING_SECONDS = 1.5


class HasFile(Protocol):
    """What `select` can wait for."""

    def fileno(self) -> int: ...


class Signals:
    """Takes over SIGTERM, SIGINT and SIGHUP for the rest of the process's life."""

    def __init__(self) -> None:
        self.stop: int | None = None
        self.is_reload_asked = False
        # While it is set, the timer raises Stopped wherever the main thread is.
        self.is_at_work = False
        self._seconds_over = 0
        self._ear, self._mouth = os.pipe()
        for end in (self._ear, self._mouth):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(self._mouth, warn_on_full_buffer=False)
        signal.signal(signal.SIGALRM, self._end_of_patience)
        # Python restores default handlers when it shuts down: a SIGALRM that comes then would kill the process.
        atexit.register(signal.setitimer, signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGHUP, self._reload)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)

    def check(self) -> None:
        """Raises Stopped once the process has been asked to end."""
        if self.stop is not None:
            raise Stopped(self.stop)

    def wake(self) -> None:
        """Ends a `wait`; any thread may call it."""
        try:
            os.write(self._mouth, b"\0")
        except BlockingIOError:
            return  # the pipe is full, so the waiting thread wakes anyway

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
