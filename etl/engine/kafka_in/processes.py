"""Further workers as processes: started, listened to, ended, and started again where one dies."""

import logging
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from multiprocessing import Pipe
from typing import Final

from etl.engine.kafka_in.channel import FROM_TERMINALS, Channel, Committed, Ended, Logged, Stop, Taken, WorkerOrder
from etl.errors import EnvironmentFault, EtlError, RunStopped
from etl.logs import levels_here, take_event
from etl.retry import Backoff, ServiceRetry
from etl.sources.kafka.outcome import BatchOutcome

_log = logging.getLogger("in_kafka_migration")

_BACKOFF: Final = Backoff(first=0.5, longest=30.0)
# A process that says nothing for this time is frozen, or waits for a server that does not answer.
_SILENT_SECONDS: Final = 60.0
# Until it has said something at all: a busy machine may take long to start it, and it has no partitions yet.
_START_SECONDS: Final = 300.0
# Between two calls of check(); after a longer time this process itself was suspended, and has not listened.
_CHECK_SECONDS: Final = 5.0
_EXIT_SECONDS: Final = 1.0


class WorkerProcess:
    """A worker in a process of its own, from the first check() to join(). `committed` is called after each of its
    batches, `taken` when partitions have come, both in a thread that listens.

    One that dies is started again after a pause, which grows until one takes partitions or merges.
    """

    def __init__(
        self,
        order: WorkerOrder,
        committed: Callable[[BatchOutcome], None],
        taken: Callable[[Mapping[str, int]], None],
    ) -> None:
        self._order, self._committed, self._taken = order, committed, taken
        self._retry = ServiceRetry(_BACKOFF, _log)
        self._process: _Process | None = None
        self._start_at = 0.0
        self._checked_at = time.monotonic()

    def check(self) -> None:
        """Starts a process where there is none, and notices its end. Raises RunStopped if that was its reason."""
        now = time.monotonic()
        if self._process is None:
            if now >= self._start_at:
                self._start()
        elif self._process.has_ended:
            ended, self._process = self._process, None
            self._pause_after(ended.close())
        elif now - self._checked_at > _CHECK_SECONDS:
            self._process.received_at = now
        elif now - self._process.received_at > (limit := self._process.patience_seconds):
            _log.error("%s has said nothing for %d seconds: it is killed", self._order.name, limit)
            self._process.kill()
        self._checked_at = now

    def stop(self) -> None:
        """Asks it to end; returns at once."""
        if self._process:
            self._process.stop()

    def join(self, deadline: float) -> None:
        """Waits for its end; kills it at the deadline of the monotonic clock."""
        if self._process:
            self._process.wait(max(deadline - time.monotonic(), 0))
            self._process.close()
        self._process = None

    def _start(self) -> None:
        try:
            self._process = _Process(replace(self._order, levels=levels_here()), self._receive)
        except OSError as fault:
            self._pause_after(EnvironmentFault(f"no process can be started: {fault}"))

    def _pause_after(self, fault: EtlError) -> None:
        if isinstance(fault, RunStopped):
            raise fault
        self._start_at = time.monotonic() + self._retry.pause_after(f"{self._order.name} is started again", fault)

    def _receive(self, message: object) -> None:
        match message:
            case Logged(record):
                take_event(record)
            case Committed(outcome):
                self._retry.succeed()
                self._committed(outcome)
            case Taken(sizes):
                self._retry.succeed()
                self._taken(sizes)


class _Process:
    """One process from its start to its end. `received_at`: when it has said something, on the monotonic clock."""

    def __init__(self, order: WorkerOrder, receive: Callable[[object], None]) -> None:
        self._order, self._receive = order, receive
        self._fault: EtlError | None = None
        self.received_at = time.monotonic()
        self._has_begun = False
        ours, others = Pipe()
        self._channel = Channel(ours)
        program = "etl.engine.kafka_in.worker_process"
        words = [sys.executable, "-P", "-m", program, f"{others.fileno()}", order.name]  # the name is for people
        with others, _blocked(FROM_TERMINALS):
            self._process = subprocess.Popen(words, stdin=subprocess.DEVNULL, pass_fds=[others.fileno()])
        self._thread = threading.Thread(target=self._listen, name=f"{order.name} is listened to", daemon=True)
        self._thread.start()

    @property
    def has_ended(self) -> bool:
        """Whether all that it has said was heard."""
        return not self._thread.is_alive()

    @property
    def patience_seconds(self) -> float:
        """How long it may say nothing."""
        return _SILENT_SECONDS if self._has_begun else _START_SECONDS

    def stop(self) -> None:
        with suppress(OSError):  # it has ended
            self._channel.send(Stop())

    def kill(self) -> None:
        self.received_at = time.monotonic()
        self._process.kill()

    def wait(self, seconds: float) -> None:
        self._thread.join(seconds)

    def close(self) -> EtlError:
        """Waits until the process is gone, and kills it where it is not; returns why it has ended."""
        try:
            code = self._process.wait(_EXIT_SECONDS if self.has_ended else 0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        self._thread.join()
        self._channel.close()
        return self._fault or EnvironmentFault(_how_ended(code))

    def _listen(self) -> None:
        try:
            self._channel.send(self._order)
            while True:
                message = self._channel.receive()
                self.received_at, self._has_begun = time.monotonic(), True
                if isinstance(message, Ended):
                    self._fault = message.fault
                else:
                    self._receive(message)
        except (EOFError, OSError):
            return  # it has ended


@contextmanager
def _blocked(numbers: Iterable[signal.Signals]) -> Iterator[None]:
    """A process that this thread starts meanwhile does not get these signals until it lets them through."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _how_ended(code: int) -> str:
    """A sentence for the exit code of a process that has not said why."""
    if code >= 0:
        return f"its process has ended with code {code}"
    try:
        return f"its process was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"its process was ended by signal {-code}"
