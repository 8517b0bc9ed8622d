"""Limits how often something may be tried: growing delays per name and per network, never a permanent lock."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

_REMEMBERED_SECONDS = 900.0
_MOST_KEYS = 10_000


@dataclass
class _Tries:
    failures: int = 0
    last: float = 0.0


class FailedAttempts:
    """Counts failures under keys. The first `free` cost nothing; then the delay doubles up to `longest` seconds."""

    def __init__(self, free: int, longest: float = 60.0, now: Callable[[], float] = time.monotonic) -> None:
        self._free, self._longest, self._now = free, longest, now
        self._tries: dict[str, _Tries] = {}
        self._lock = threading.Lock()

    def wait(self, *keys: str) -> int:
        """Seconds until the next try, 0 if it is welcome."""
        with self._lock:
            return max((self._wait(key) for key in keys), default=0)

    def failed(self, *keys: str) -> None:
        """Counts a failure."""
        with self._lock:
            self._forget()
            for key in keys:
                tries = self._tries.setdefault(key, _Tries())
                tries.failures += 1
                tries.last = self._now()

    def succeeded(self, *keys: str) -> None:
        """The failures are forgotten."""
        with self._lock:
            for key in keys:
                self._tries.pop(key, None)

    def _wait(self, key: str) -> int:
        tries = self._tries.get(key)
        if tries is None or tries.failures < self._free:
            return 0
        delay = min(self._longest, 2.0 ** (tries.failures - self._free))
        return max(0, int(tries.last + delay - self._now() + 0.999))

    def _forget(self) -> None:
        """Old failures, and where there are too many keys the oldest: memory must not grow with an attack."""
        now = self._now()
        old = [key for key, tries in self._tries.items() if now - tries.last > _REMEMBERED_SECONDS]
        if len(self._tries) >= _MOST_KEYS:
            old += sorted(self._tries, key=lambda key: self._tries[key].last)[: _MOST_KEYS // 10]
        for key in old:
            self._tries.pop(key, None)


class Rate:
    """At most `most` failures in a minute under a key."""

    def __init__(self, most: int, seconds: float = 60.0, now: Callable[[], float] = time.monotonic) -> None:
        self._most, self._seconds, self._now = most, seconds, now
        self._times: dict[str, list[float]] = {}
        self._lock = threading.Lock()

    def wait(self, key: str) -> int:
        """Seconds until the next try, 0 if it is welcome."""
        with self._lock:
            times = self._recent(key)
            return 0 if len(times) < self._most else max(1, int(times[0] + self._seconds - self._now() + 0.999))

    def failed(self, key: str) -> None:
        """Counts a failure."""
        with self._lock:
            if len(self._times) >= _MOST_KEYS:
                self._times = {one: self._recent(one) for one in list(self._times) if self._recent(one)}
            if len(self._times) < _MOST_KEYS or key in self._times:
                self._times[key] = [*self._recent(key), self._now()][-self._most :]

    def _recent(self, key: str) -> list[float]:
        now = self._now()
        return [one for one in self._times.get(key, []) if now - one < self._seconds]


class WrongPasswords:
    """Limits wrong passwords of a service in a minute: from one network, and in all. Networks that have had the right
    one are not held up by what others do."""

    def __init__(self, from_one: int, in_all: int) -> None:
        self._one, self._all = Rate(from_one), Rate(in_all)
        self._known: set[str] = set()

    def wait(self, network: str) -> int:
        """Seconds until the next try, 0 if it is welcome."""
        others = 0 if network in self._known else self._all.wait("")
        return max(self._one.wait(network), others)

    def failed(self, network: str) -> None:
        """Counts a wrong password."""
        self._one.failed(network)
        self._all.failed("")

    def succeeded(self, network: str) -> None:
        """The password was right."""
        if len(self._known) < _MOST_KEYS:
            self._known.add(network)
