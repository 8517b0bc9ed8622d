"""What a worker logs about faults that pass, and how long it leaves the store alone after one."""

import logging
import time

from etl.errors import EtlError
from etl.retry import Backoff, ServiceRetry

_log = logging.getLogger("in_kafka_migration")

_BACKOFF = Backoff(first=0.5, longest=10.0)
_STORE, _BROKERS = "store", "brokers"


class OutageLog:
    """Each text is logged once, until another one comes about the same thing."""

    def __init__(self, worker: str) -> None:
        self._worker = worker
        self._retry = ServiceRetry(_BACKOFF, _log)
        self._next_try = 0.0
        self._reported: dict[str, str] = {}

    @property
    def is_waiting(self) -> bool:
        """Whether nothing is to be done in the store now."""
        return time.monotonic() < self._next_try

    def wait_for_store(self, fault: EtlError) -> None:
        """Nothing is done in the store for a while, which is longer after each fault."""
        seconds = self._retry.pause()
        self._next_try = time.monotonic() + seconds
        self.say_store_waits(fault)
        _log.debug("%s: the next try comes in %.1f s", self._worker, seconds)

    def say_store_waits(self, fault: EtlError | None) -> None:
        """For the thread of the store, while it tries a batch again."""
        if fault is not None:
            self.say(_STORE, f"records wait: {fault}")

    def end_store_wait(self) -> None:
        """The store has done its work."""
        self._retry.succeed()
        self._next_try = 0.0
        if self._reported.pop(_STORE, None):
            _log.info("records are merged again")

    def say_brokers_wait(self, trouble: str) -> None:
        self.say(_BROKERS, f"the brokers are waited for: {trouble}")

    def end_brokers_wait(self) -> None:
        self._reported.pop(_BROKERS, None)

    def say(self, about: str, text: str, level: int = logging.WARNING) -> None:
        if self._reported.get(about) != text:
            self._reported[about] = text
            _log.log(level, "%s", text)
