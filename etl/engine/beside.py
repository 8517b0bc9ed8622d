"""Threads beside the work on topics: they act when they are woken or when it is time, and outlive faults."""

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo

from etl.engine.timing import Ticks
from etl.errors import EtlError
from etl.retry import Backoff, ServiceRetry
from etl.settings import Schedule

_log = logging.getLogger("in_kafka_migration")

_BACKOFF = Backoff(first=0.5, longest=30.0)
_LOOK_SECONDS = 1.0


class Thread:
    """Calls `act` each time it is woken, several times as one, and again after a fault; `every`: seconds after which
    it wakes by itself, None for never."""

    def __init__(self, name: str, act: Callable[[], None], every: float | None = None) -> None:
        self._name, self._act, self._every = name, act, every
        self._woken, self._is_ending = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begins, with a first call."""
        self._woken.set()
        self._thread.start()

    def wake(self) -> None:
        """There is something to do; any thread may call it."""
        self._woken.set()

    def stop(self) -> None:
        self._is_ending.set()
        self._woken.set()

    def join(self, seconds: float) -> None:
        """Waits for the call that is under way; a transaction that has not ended by then is rolled back with the
        process."""
        self._thread.join(seconds)

    def _run(self) -> None:
        retry = ServiceRetry(_BACKOFF, _log)
        while not self._is_ending.is_set():
            self._woken.wait(self._every)
            self._woken.clear()
            retry.run(f"{self._name} is tried again", self._act, self._is_ending)


class Scheduled:
    """Does things by their schedules; one that meets a fault comes again at its next time."""

    def __init__(self, acts: dict[str, tuple[Schedule, Callable[[], None]]], zone: tzinfo) -> None:
        start = datetime.now(UTC)
        self._ticks = {name: Ticks.begin(schedule, zone, start, start) for name, (schedule, _) in acts.items()}
        self._acts = {name: act for name, (_, act) in acts.items()}
        self.every = _LOOK_SECONDS

    def __call__(self) -> None:
        for name, ticks in self._ticks.items():
            if ticks.is_due(datetime.now(UTC)):
                try:
                    self._acts[name]()
                except EtlError as fault:
                    _log.warning("%s comes again by its schedule: %s", name, fault)
