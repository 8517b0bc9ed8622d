"""The loads that this process does now: who has begun each, and how it is cancelled."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from etl.database import cancel_thread
from etl.errors import EtlError
from etl.web.problems import RequestProblem, conflict
from etl.web.texts.sentence import sentence_of

# A load that is between two statements has none that could be cancelled: it is tried again.
_PAUSE_SECONDS: Final = 0.1
_TRIES: Final = 100
_CANCEL_SECONDS: Final = 2.0


@dataclass
class RunningLoad:
    """A load in its transaction. `begun_by`: the name of the viewer; `cancelled_by`: "" unless it was cancelled."""

    begun_by: str
    cancelled_by: str = ""
    _thread: int = field(default_factory=threading.get_ident)
    _is_committing: bool = False
    _ended: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def refuse_cancelled(self, *, is_last: bool = False) -> None:
        """Raises RequestProblem (409) where it was cancelled; after the last look it cannot be cancelled any more."""
        with self._lock:
            if self.cancelled_by:
                raise self.refusal
            self._is_committing = is_last

    @property
    def refusal(self) -> RequestProblem:
        """The answer to the one who has begun it."""
        return conflict(sentence_of("sentence.load_cancelled", by=self.cancelled_by))

    def cancel(self, by: str) -> bool:
        """Cancels it, and waits for its end; returns whether it was in time."""
        with self._lock:
            if self._is_committing or self._ended.is_set():
                return False
            self.cancelled_by = self.cancelled_by or by
        for _ in range(_TRIES):
            with self._lock:
                if not self._ended.is_set():
                    cancel_thread(self._thread, _CANCEL_SECONDS)
            if self._ended.wait(_PAUSE_SECONDS):
                break
        return True

    def end(self) -> None:
        """From now on nothing of this thread is cancelled."""
        with self._lock:
            self._ended.set()


class Loads:
    """By the token of the upload."""

    def __init__(self) -> None:
        self._running: dict[str, RunningLoad] = {}

    def find(self, token: str) -> RunningLoad | None:
        """The load of an upload, if it is being done here."""
        return self._running.get(token)

    @contextmanager
    def running(self, token: str, begun_by: str) -> Iterator[RunningLoad]:
        """A load for the time of a `with` block. Raises RequestProblem (409) for what fails as it was cancelled."""
        running = RunningLoad(begun_by)
        self._running[token] = running
        try:
            yield running
        except EtlError as error:
            if running.cancelled_by:
                raise running.refusal from error
            raise
        finally:
            running.end()
            del self._running[token]
