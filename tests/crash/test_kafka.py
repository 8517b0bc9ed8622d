"""Who reads a topic dies, or loses its connection, at each round trip to the database: every record is merged once.

The suite takes some round trips, with one mode after the other. ETL_CRASH takes every one: `each` with one mode, others
with another ETL_CRASH_SEED; `all` with each mode at every third one or, with ETL_KAFKA_STEP, at every n-th.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from etl.config import open_source
from etl.database import transaction
from etl.embedded import EmbeddedServer
from etl.engine import open_runtime, prepare
from etl.engine.record_batches import merge_batch_with_retry, record_store_of
from etl.retry import RetryPolicy
from etl.runs import backoffs_of
from etl.sources.kafka.message import Message, Partition
from etl.sources.kafka.reading import read_batch
from etl.sources.kafka.rules import RecordRules
from tests.crash.proxy import Fault, Mode, Proxy, proxying
from tests.crash.runner import Runner, shorten_pauses
from tests.crash.test_sweep import ALL_MODES, EVERYTHING, SEED
from tests.fix_company import CODE, IMPORT_CONFIG, Site, new_site
from tests.fix_database import Database, fresh_database
from tests.forked import fork, prepare_process
from tests.integration.kafka_records.conftest import DOCUMENTS
from tests.integration.kafka_records.test_cuts import clear, facts
from tests.integration.kafka_records.topic import Topic, link, nest, record

_STEP = int(os.environ.get("ETL_KAFKA_STEP", "3"))
_SUITE_TRIALS = 6
_BATCH = 4
# Frozen ones hold their locks; test_once has them.
_MODES: list[Mode] = [mode for mode in Mode if mode is not Mode.FREEZE]

_RECORDS: list[Any] = [
    record("Client", "a", record_id="1", Name="x", Email="a@c.kz"),
    record("Claim", "k", record_id="2", Title="t", links=[link("Watcher", "late"), link("Client", "a@c.kz", "Email")]),
    b"no JSON",
    record("Client", "b", record_id="3", Kind="bad"),
    record("Client", "a", record_id="1", Name="y"),
    record("Claim", "m", links=[nest("Team", record("Client", "n", Name="n")), link("Party", "f", toBoCode="Firm")]),
    record("Client", "late", record_id="4", Amount="1.5"),
    record("Client", "a", state="ARCHIVED", Amount="2"),
    record("Firm", "f", record_id="5", Name="f"),
    record("Client", "c", Email="a@c.kz"),
    record("Claim", "k", links=[link("Watcher", "late", unlink=True), link("Client", "n")]),
    record("Client", "n", state="REMOVED"),
]


def read_topic(out: Path, err: Path, environ: Mapping[str, str], messages: Sequence[Message]) -> None:
    """The whole of a fork: takes the partition, and merges from its position on."""
    prepare_process(out, err, environ)
    shorten_pauses()
    with open_runtime(environ["ETL_CONFIG"], CODE, environ) as runtime:
        into = record_store_of(runtime, RecordRules())
        policy = RetryPolicy(lambda fault: backoffs_of(fault, outage_seconds=0))
        first = messages[0]
        with transaction(into.engine) as connection:
            held = into.positions.take(connection, {_partition(first): 0}, "fork")
        rest = [one for one in messages if one.offset >= held[0].next_offset]
        for place in range(0, len(rest), _BATCH):
            merge_batch_with_retry(into, read_batch(rest[place : place + _BATCH], into.company), held, policy)


def _partition(message: Message) -> Partition:
    return Partition(message.topic, message.partition)


@dataclass
class Reader:
    """A company, a proxy before its server, and a partition with messages."""

    topic: Topic
    proxy: Proxy
    through: Site
    messages: list[Message]

    def start(self, url: str) -> Runner:
        site = self.topic.site
        number = len(list(site.home.glob("*.out")))
        out, err = site.home / f"{number}.out", site.home / f"{number}.err"
        out.touch()
        environ = {**site.environ, "ETL_CONFIG": url, "HOME": str(site.home)}
        return Runner(fork(read_topic, out, err, environ, self.messages), out, err)

    def undisturbed(self) -> dict[str, Any]:
        """What comes of it; afterwards the proxy knows the round trips."""
        clear(self.topic)
        self.proxy.arm(None)
        ended = self.start(self.through.url).ended()
        assert ended.code == 0, ended
        return facts(self.topic)

    def trial(self, at: int, mode: Mode, expected: dict[str, Any]) -> str:
        """What is wrong after a fault at this round trip and a new owner; "" if nothing is."""
        clear(self.topic)
        fault = Fault(at, mode)
        self.proxy.arm(fault)
        started = self.start(self.through.url)
        self.proxy.set_target(started.pid)
        ended = started.ended()
        assert fault.reached.is_set(), "the round trips have shifted"
        assert (ended.code == -9) == mode.kills, ended
        self.proxy.arm(None)
        again = self.start(self.topic.site.url).ended()
        assert again.code == 0, again
        found = facts(self.topic)
        wrong = [f"{name}: {expected[name]} != {found[name]}" for name in expected if expected[name] != found[name]]
        return f"round trip {at}, {mode}: {fault.trip[:100]}\n" + "\n".join(wrong) if wrong else ""


@pytest.fixture
def reader(server: EmbeddedServer, template: Database, tmp_path: Path) -> Iterator[Reader]:
    with fresh_database(server, template) as database, proxying(database.port) as proxy:
        folders = tmp_path / "direct", tmp_path / "through"
        for folder in folders:
            folder.mkdir()
        site = new_site(database, folders[0], DOCUMENTS)
        through = Site(f"file:{folders[1]}", folders[1], database, site.environ, site.partner, database, database)
        for path, text in _texts(site).items():
            through.write(path, text)
        through.edit(IMPORT_CONFIG, f"port={database.port}", f"port={proxy.port}\nsslmode=disable")
        with site.runtime() as runtime:
            prepare(runtime)
            topic = Topic(site, runtime)
            yield Reader(topic, proxy, through, topic.messages(*_RECORDS))
        site.partner.session.close()


def _texts(site: Site) -> dict[str, str]:
    with open_source(site.url) as source:
        return {path: one.content for path, one in source.snapshot().texts.items()}


@pytest.mark.parametrize(
    "modes",
    [[one] for one in _MODES] if ALL_MODES else [_MODES],
    ids=lambda modes: modes[0] if len(modes) == 1 else "one after the other",
)
def test_a_fault_at_a_round_trip_loses_and_doubles_nothing(reader: Reader, modes: list[Mode]) -> None:
    expected = reader.undisturbed()
    trips = len(reader.proxy.trips)
    assert expected["Client"]
    assert expected["dead letters"]
    wrong = [found for at, mode in _trials(trips, modes) if (found := reader.trial(at, mode, expected))]
    assert wrong == [], "\n\n".join(wrong[:5])


def _trials(trips: int, modes: Sequence[Mode]) -> list[tuple[int, Mode]]:
    if ALL_MODES:
        every = [(at, mode) for at in range(1, trips + 1) for mode in modes]
        return [(at, mode) for at, mode in every if (at + _MODES.index(mode)) % _STEP == 0]
    if EVERYTHING:
        return [(at, modes[(at + SEED) % len(modes)]) for at in range(1, trips + 1)]
    # One mode after the other, spread over the round trips.
    places = [1 + trips * one // _SUITE_TRIALS for one in range(_SUITE_TRIALS)]
    return [(at, modes[number % len(modes)]) for number, at in enumerate(places)]
