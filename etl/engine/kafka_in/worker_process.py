"""`python -m etl.engine.kafka_in.worker_process`: one further worker of a host, in a process of its own.

Python runs one thread of a process at a time, which two workers would wait for. The process gets a socket and nothing
else: settings come through it, its log goes through it. It ends when the one that has started it is gone.
"""

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from multiprocessing.connection import Connection
from types import FrameType

from etl.database import longest_silence
from etl.engine.kafka_in.channel import (
    FROM_TERMINALS,
    Alive,
    Channel,
    Committed,
    Ended,
    Logged,
    Taken,
    WorkerMessage,
    WorkerOrder,
)
from etl.engine.kafka_in.interpreter import tuned
from etl.engine.kafka_in.worker import SharedReading, Worker
from etl.engine.record_batches import record_store_of
from etl.engine.wiring import build_runtime
from etl.errors import EtlError, RunStopped
from etl.logs import forward_events, keep_secret
from etl.sources.kafka.outcome import BatchOutcome
from etl.sources.kafka.rules import rules_of

_log = logging.getLogger("in_kafka_migration")

_ALIVE_SECONDS = 1.0
# A server that does not answer for this time, as in etl/engine/service/loop.py: the process is to be replaced.
_STUCK_SECONDS = 60.0
# From the order to end on; what is not committed by then is rolled back by the server.
_STOP_SECONDS = 4.5


def main() -> None:
    """Reads topics until it is asked to end, or the process that has started it is gone."""
    for number in FROM_TERMINALS:
        signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, FROM_TERMINALS)
    channel = Channel(_connection(int(sys.argv[1])))
    try:
        order = channel.receive()
    except (EOFError, OSError):
        return
    if not isinstance(order, WorkerOrder):  # it is to end before it has begun
        return
    keep_secret(*(one.secret for one in order.settings.values))
    forward_events(lambda record: channel.send(Logged(record)), order.levels)
    threading.current_thread().name = order.name
    ending = _Ending(channel)
    _say(channel, Ended(_read(order, channel, ending)))
    ending.ask()  # the process must end even if a thread of the worker waits


def _connection(number: int) -> Connection:
    os.set_inheritable(number, False)
    return Connection(number)


def _read(order: WorkerOrder, channel: Channel, ending: "_Ending") -> EtlError | None:
    """Returns the fault that has ended the worker."""
    try:
        with build_runtime(order.settings, order.company, order.environ) as runtime:
            source = order.settings.kafka.in_migration
            into = record_store_of(runtime, rules_of(source))

            def committed(outcome: BatchOutcome) -> None:
                _say(channel, Committed(outcome))

            def taken(sizes: Mapping[str, int]) -> None:
                _say(channel, Taken(sizes))

            worker = Worker(SharedReading(runtime, into, source, tuned(committed), taken), order.owner, order.name)
            ending.then(worker.stop)
            worker.run()
    except EtlError as fault:
        # Others may have arguments that cannot be sent.
        return fault if isinstance(fault, RunStopped) else EtlError(str(fault))
    except Exception as fault:
        _log.exception("a fault of the program")
        return EtlError(f"a fault of the program: {fault}")
    return None


def _say(channel: Channel, message: WorkerMessage) -> None:
    """Without a listener nothing is said: this process ends soon."""
    with suppress(OSError):
        channel.send(message)


class _Ending:
    """Notices that the process is to end: a message, SIGTERM, or the end of the one that has started it."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._asked_at: float | None = None
        self._stop: Callable[[], None] | None = None
        signal.signal(signal.SIGTERM, self._on_signal)
        for act in (self._listen, self._keep):
            threading.Thread(target=act, name=act.__name__, daemon=True).start()

    def then(self, stop: Callable[[], None]) -> None:
        """Calls `stop` when the process is to end, maybe at once."""
        self._stop = stop
        if self._asked_at is not None:
            stop()

    def ask(self) -> None:
        """The process is to end; any thread may call it."""
        self._asked_at = self._asked_at or time.monotonic()
        if self._stop:
            self._stop()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.ask()

    def _listen(self) -> None:
        """Whatever comes, be it the end of the socket, means the same."""
        with suppress(EOFError, OSError):
            self._channel.receive()
        self.ask()

    def _keep(self) -> None:
        """Says that the process lives, and ends it where its worker does not end in time."""
        while True:
            if self._asked_at is not None and time.monotonic() - self._asked_at > _STOP_SECONDS:
                os._exit(1)
            if longest_silence() < _STUCK_SECONDS:
                _say(self._channel, Alive())
            time.sleep(_ALIVE_SECONDS if self._asked_at is None else 0.1)


if __name__ == "__main__":
    main()
