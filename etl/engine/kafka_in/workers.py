"""The workers of one host: the first in a thread, each further one in a process of its own."""

import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from etl.engine.kafka_in.channel import WorkerOrder
from etl.engine.kafka_in.interpreter import tuned
from etl.engine.kafka_in.processes import WorkerProcess
from etl.engine.kafka_in.worker import SharedReading, Worker
from etl.errors import EtlError
from etl.logs import levels_here

# All end within this time. What does not is killed before the service itself ends.
_STOP_SECONDS: Final = 3.7


class Workers:
    """As many as the settings say, from start() to join(). `owner`: how the owners of their partitions begin."""

    def __init__(self, shared: SharedReading, owner: str, environ: Mapping[str, str]) -> None:
        self._shared, self._owner, self._environ = shared, owner, environ
        self._first: _FirstWorker | None = None
        self._others = [self._other(number) for number in range(2, shared.runtime.settings.worker_count + 1)]

    def _other(self, number: int) -> WorkerProcess:
        runtime, name = self._shared.runtime, _name(number)
        owner, environ = f"{self._owner}/{number}", dict(self._environ)
        order = WorkerOrder(runtime.settings, runtime.company, environ, owner, name, levels_here())
        return WorkerProcess(order, self._shared.committed, self._shared.taken)

    def start(self) -> None:
        """Begins; returns at once."""
        shared = replace(self._shared, committed=tuned(self._shared.committed))
        self._first = _FirstWorker(shared, f"{self._owner}/1")
        for one in self._others:
            one.check()

    def check(self) -> None:
        """To be called some times a second. Raises the fault of the first worker, and RunStopped that has ended another
        one; of other faults another process begins after a pause."""
        if self._first and not self._first.thread.is_alive():
            raise self._first.fault or EtlError("a worker has ended")
        for one in self._others:
            one.check()

    def stop(self) -> None:
        """Asks all to end; returns at once."""
        if self._first:
            self._first.worker.stop()
        for one in self._others:
            one.stop()

    def join(self) -> None:
        """Waits for their end: batches are finished or rolled back, partitions given back, the group left."""
        deadline = time.monotonic() + _STOP_SECONDS
        if self._first:
            self._first.thread.join(_STOP_SECONDS)
        for one in self._others:
            one.join(deadline)


class _FirstWorker:
    """A worker in its thread, and how it has ended."""

    def __init__(self, shared: SharedReading, owner: str) -> None:
        self.worker = Worker(shared, owner, _name(1))
        self.fault: BaseException | None = None
        self.thread = threading.Thread(target=self._run, name=_name(1), daemon=True)
        self.thread.start()

    def _run(self) -> None:
        try:
            self.worker.run()
        except BaseException as fault:
            self.fault = fault


def _name(number: int) -> str:
    return f"kafka-{number}"
