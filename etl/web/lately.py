"""Values that are read in the background, since no page may wait for them."""

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from etl.errors import EtlError

Value = TypeVar("Value")

# A reading that takes long is followed by a rest nine times as long, as with the metrics.
_REST = 9


@dataclass
class _Reading(Generic[Value]):
    value: Value | None = None
    next_at: float = 0.0
    thread: threading.Thread | None = None


class Lately(Generic[Value]):
    """The last value of each key. Who looks gets it at once; it is read again when its rest is over."""

    def __init__(self, least_rest: float = 2.0) -> None:
        self._least_rest = least_rest
        self._readings: dict[Hashable, _Reading[Value]] = {}
        self._lock = threading.Lock()

    def latest(self, key: Hashable, read: Callable[[], Value], *, wait: float = 0.0) -> Value | None:
        """The last value; None while there is none, for which the first look waits for some seconds."""
        with self._lock:
            reading = self._readings.setdefault(key, _Reading())
            if reading.thread is None and time.monotonic() >= reading.next_at:
                reading.thread = threading.Thread(target=self._read, args=[reading, read], daemon=True, name="lately")
                reading.thread.start()
            thread = reading.thread
        if thread and reading.value is None:
            thread.join(wait)
        return reading.value

    def forget(self, key: Hashable) -> None:
        """The next look reads again, and waits for it."""
        with self._lock:
            self._readings.pop(key, None)

    def _read(self, reading: _Reading[Value], read: Callable[[], Value]) -> None:
        begun = time.monotonic()
        try:
            value: Value | None = read()
        except EtlError:
            value = None  # what is wrong, the page itself says
        with self._lock:
            reading.value, reading.thread = value, None
            reading.next_at = time.monotonic() + max(self._least_rest, _REST * (time.monotonic() - begun))
