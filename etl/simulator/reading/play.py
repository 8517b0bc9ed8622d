"""Plays readers in turn, and compares the copy of each with the out_ tables."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

import sqlalchemy

from etl.simulator.crash import crash_after
from etl.simulator.reading.client import Given, ReaderClient


@dataclass(frozen=True)
class ReadingPlay:
    """The options: in each of `batches` batches each reader plays one of the scenarios, which take turns. From the
    second one on it waits for changes, `wait_seconds` at most."""

    readers: tuple[str, ...]
    scenarios: tuple[str, ...]
    batches: int = 1
    wait_seconds: float = 60.0


@dataclass
class Reading:
    """What one reader was given and has confirmed. `repeated`: deliveries that it was given again after it was killed;
    `rows` of its copy in the end, `different`: from those of the out_ tables."""

    deliveries: int = 0
    changed: int = 0
    removed: int = 0
    kills: int = 0
    repeated: int = 0
    rows: int = 0
    different: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def agrees(self) -> bool:
        return not self.different and not self.faults

    def note(self, given: Given) -> None:
        self.deliveries += 1
        self.changed += given.changed
        self.removed += given.removed


Scenario = Callable[[sqlalchemy.Engine, ReaderClient, Reading, float], None]


def play_readers(
    engine: sqlalchemy.Engine,
    clients: Iterable[ReaderClient],
    wanted: ReadingPlay,
    say: Callable[[str], None] = lambda text: None,
) -> dict[str, Reading]:
    """Reader -> what it was given. `say` gets a line for each batch.

    Raises ConfigurationError for a reader that has confirmed something before, EnvironmentFault for errors of the
    server, also where there is no such reader.
    """
    played = [(one, Reading()) for one in clients]
    for batch in range(wanted.batches):
        name = wanted.scenarios[batch % len(wanted.scenarios)]
        say(f"batch {batch + 1} of {wanted.batches}: {name}")
        for client, reading in played:
            READER_SCENARIOS[name](engine, client, reading, wanted.wait_seconds if batch else 0)
    for client, reading in played:
        reading.different = client.compare()
        reading.rows, reading.faults = client.rows, client.faults
    return {client.reader: reading for client, reading in played}


def _good(_: sqlalchemy.Engine, client: ReaderClient, reading: Reading, seconds: float) -> None:
    given = client.await_changes(seconds)
    client.confirm(given.upto_position)
    reading.note(given)


def _crash(engine: sqlalchemy.Engine, client: ReaderClient, reading: Reading, seconds: float) -> None:
    """What the killed program was given, its successor is given again."""
    crash_after(engine, lambda: client.await_changes(seconds))
    reading.kills += 1
    lost = client.unconfirmed()
    given = client.read()
    if given.delivery == lost:
        reading.repeated += 1
    else:
        client.faults.append(f"delivery {lost} was not confirmed, and then came {given.delivery}")
    client.confirm(given.upto_position)
    reading.note(given)


def _duplicate(_: sqlalchemy.Engine, client: ReaderClient, reading: Reading, seconds: float) -> None:
    given = client.await_changes(seconds)
    first, second = client.confirm(given.upto_position), client.confirm(given.upto_position)
    if first != second:
        client.faults.append(f"delivery {given.delivery} was confirmed at {first}, and again at {second}")
    reading.note(given)


def _away(*_: object) -> None:
    """It does not ask."""


READER_SCENARIOS: Final[dict[str, Scenario]] = {
    "good": _good,
    "crash": _crash,
    "duplicate": _duplicate,
    "away": _away,
}
"""By the name that the command knows."""
