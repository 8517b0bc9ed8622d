"""What a process that reads topics and the processes of its further workers say to each other, over a pair of sockets.

Both are one program, of one account; no other process has an end of the pair.
"""

import logging
import signal
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Final

from etl.errors import EtlError
from etl.logs import Levels
from etl.metadata import Company
from etl.settings import Settings
from etl.sources.kafka.outcome import BatchOutcome

# A terminal sends these to all processes that were started from it: the one that has started the others decides.
FROM_TERMINALS: Final = (signal.SIGINT, signal.SIGHUP)


@dataclass(frozen=True)
class WorkerOrder:
    """To a new process, once: read the topics of a company, under one configuration. `owner`: of its partitions in the
    store; `name`: of its thread in the log; `levels`: of the events that the log takes."""

    settings: Settings
    company: Company
    environ: Mapping[str, str] = field(repr=False)
    owner: str
    name: str
    levels: Levels


@dataclass(frozen=True)
class Stop:
    """To the worker: end within five seconds, as after SIGTERM."""


@dataclass(frozen=True)
class Alive:
    """From the worker, every second: it lives, and no server keeps it waiting without an answer."""


@dataclass(frozen=True)
class Committed:
    """A batch was committed."""

    outcome: BatchOutcome


@dataclass(frozen=True)
class Taken:
    """Partitions have come; how many partitions each topic has."""

    sizes: Mapping[str, int]


@dataclass(frozen=True)
class Logged:
    record: logging.LogRecord


@dataclass(frozen=True)
class Ended:
    """The last message: how the worker has ended; None: it was asked to."""

    fault: EtlError | None


WorkerMessage = Alive | Committed | Taken | Logged | Ended


class Channel:
    """One end of the pair. Any thread may send; one receives. Raises EOFError or OSError once the other end is gone."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._sending = threading.Lock()

    def send(self, message: WorkerOrder | Stop | WorkerMessage) -> None:
        with self._sending:
            self._connection.send(message)

    def receive(self) -> object:
        """Waits for the next message."""
        return self._connection.recv()

    def close(self) -> None:
        self._connection.close()
