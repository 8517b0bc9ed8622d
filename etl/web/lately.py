"""Values that are read in the background, since no page may wait for them."""

import logging
import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from etl.errors import EtlError

Value = TypeVar("Value")

_log = logging.getLogger("etl.web")

# A reading that takes long is followed by a rest nine times as long, as with the metrics.
_REST = 9
# An older value is not shown: no viewer has asked for a newer one meanwhile.
_KEPT_SECONDS = 600.0
# Of more keys those are forgotten that were not asked for lately.
_MOST_KEYS = 1000


@dataclass
class _Reading(Generic[Value]):
    value: Value | None = None
    fault: EtlError | None = None
    read_at: float = 0.0
    next_at: float = 0.0
    thread: threading.Thread | None = None


class Lately(Generic[Value]):
    """The last value of each key. Who looks gets it at once; it is read again when its rest is over."""

    def __init__(self, least_rest: float = 2.0) -> None:
        self._least_rest = least_rest
        self._readings: dict[Hashable, _Reading[Value]] = {}
        self._lock = threading.Lock()

    def latest(
        self, key: Hashable, read: Callable[[], Value], *, wait: float = 0.0, raises: bool = False
    ) -> Value | None:
        """The last value; a look waits for `wait` seconds for the one that is being read. None while there is none.

        Where the last reading has failed there is none, or, if it `raises`, its error is raised.
        """
        with self._lock:
            if key not in self._readings:
                self._forget_old()
            reading = self._readings.setdefault(key, _Reading())
            if reading.thread is None and time.monotonic() >= reading.next_at:
                reading.thread = threading.Thread(target=self._read, args=[reading, read], daemon=True, name="lately")
                reading.thread.start()
            thread = reading.thread
        if thread:
            thread.join(wait)
        with self._lock:
            is_old = time.monotonic() - reading.read_at > _KEPT_SECONDS
            if raises and reading.fault and not is_old:
                raise reading.fault
            return None if is_old else reading.value

    def forget(self, key: Hashable) -> None:
        """The next look reads again, and waits for it."""
        with self._lock:
            self._readings.pop(key, None)

    def _forget_old(self) -> None:
        if len(self._readings) >= _MOST_KEYS:
            oldest = time.monotonic() - _KEPT_SECONDS
            self._readings = {key: one for key, one in self._readings.items() if one.thread or one.read_at > oldest}

    def _read(self, reading: _Reading[Value], read: Callable[[], Value]) -> None:
        begun = time.monotonic()
        value: Value | None = None
        fault: EtlError | None = None
        try:
            value = read()
        except EtlError as error:
            fault = error
        except Exception:
            _log.exception("a fault of the program, in what pages read in the background")
        with self._lock:
            reading.value, reading.fault, reading.thread = value, fault, None
            reading.read_at = time.monotonic()
            reading.next_at = reading.read_at + max(self._least_rest, _REST * (time.monotonic() - begun))
