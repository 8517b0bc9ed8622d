"""Sends batches of messages, and compares what a reader made of them with what it should have."""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from etl.database import SqlTemplates, fetch_all, transaction
from etl.engine import Runtime
from etl.engine.record_batches import record_store_of
from etl.errors import EnvironmentFault
from etl.kafka import Admin, Partition, Producer, TransactionalProducer
from etl.metadata import names
from etl.settings import KafkaConnection
from etl.simulator.kafka.crash import kill_in_transaction
from etl.simulator.kafka.data import PlayedMessage, RecordData
from etl.simulator.kafka.scenarios import RECORD_SCENARIOS, Abandoned, MessageBatch, RecordStep
from etl.sources.kafka.rules import RecordRules, rules_of

_sql = SqlTemplates(__package__)

_POLL_SECONDS: Final = 0.2
_PIECE_SECONDS: Final = 0.1


@dataclass
class SentCounts:
    """What was sent: `messages` that readers see, and of these what must become of them; `abandoned` ones that no
    reader sees. `codes`: why those that are rejected must be."""

    messages: int = 0
    merged: int = 0
    rejected: int = 0
    ignored: int = 0
    abandoned: int = 0
    kills: int = 0
    codes: dict[str, int] = field(default_factory=dict)

    def add(self, messages: tuple[PlayedMessage, ...]) -> None:
        """Counts messages that readers see."""
        self.messages += len(messages)
        self.codes = dict(Counter(self.codes) + Counter(one.code for one in messages if one.code))
        self.rejected += sum(bool(one.code) for one in messages)
        self.ignored += sum(one.is_ignored for one in messages)
        self.merged = self.messages - self.rejected - self.ignored


@dataclass(frozen=True)
class TopicCounts:
    """What a reader made of it: records, instances by object and state, links by field."""

    merged: int
    rejected: int
    states: dict[str, dict[str, int]]
    links: dict[str, int]


class RecordPartner:
    """Sends into one topic; `rate` messages a second, 0: without a limit."""

    def __init__(self, connection: KafkaConnection, topic: str, data: RecordData, *, rate: float = 0) -> None:
        self.data, self.sent = data, SentCounts()
        self._connection, self._topic, self._rate = connection, topic, rate
        self._due = time.monotonic()
        self._opened = ExitStack()
        self._transactional_id = f"etl-partner/{topic}"  # no output of a company named partner has a slash
        self._transactional: TransactionalProducer | None = None
        with Admin(connection) as admin:
            if admin.topic(topic) is None:
                raise EnvironmentFault(f"the topic {topic} is not there: make it first")
            self._largest = admin.limits(topic).max_message_bytes
        self._producer = self._opened.enter_context(Producer(connection, largest_bytes=self._largest))

    def __enter__(self) -> "RecordPartner":
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    def play(self, scenario: str, count: int, chance: random.Random) -> None:
        """Sends a batch of `count` new instances of each object, and what else the scenario has."""
        for step in RECORD_SCENARIOS[scenario](self.data, chance, count):
            self._perform(step)

    def _perform(self, step: RecordStep) -> None:
        match step:
            case MessageBatch(messages, is_transaction=False):
                for piece in self._pieces(messages):
                    self._send(self._producer, piece)
                self._producer.flush()
                self.sent.add(messages)
            case MessageBatch(messages):
                with self._transaction() as producer:
                    self._send(producer, messages)
                    producer.commit()
                self.sent.add(messages)
            case Abandoned(messages, is_killed=True):
                self._forget_transactional()
                lines = [(one.key.encode(), one.value) for one in messages]
                kill_in_transaction(self._connection, self._transactional_id, self._topic, lines)
                self.sent.kills += 1
                self.sent.abandoned += len(messages)
            case _:  # Abandoned
                with self._transaction() as producer:
                    self._send(producer, step.messages)
                    producer.flush()
                    producer.abort()
                self.sent.abandoned += len(step.messages)

    def _send(self, producer: Producer | TransactionalProducer, messages: tuple[PlayedMessage, ...]) -> None:
        now = int(time.time() * 1000)
        for one in messages:
            stamp = now - one.age_ms if one.age_ms else 0
            producer.send(self._topic, one.key.encode(), one.value, timestamp_ms=stamp)

    @contextmanager
    def _transaction(self) -> Iterator[TransactionalProducer]:
        """A transaction of the producer whose name is always the same: it ends what a killed one has left open."""
        if self._transactional is None:
            made = TransactionalProducer(self._connection, self._transactional_id, largest_bytes=self._largest)
            self._transactional = self._opened.enter_context(made)
            self._transactional.init()
        self._transactional.begin()
        yield self._transactional

    def _forget_transactional(self) -> None:
        if self._transactional is not None:
            self._transactional.close()
            self._transactional = None

    def _pieces(self, messages: tuple[PlayedMessage, ...]) -> Iterator[tuple[PlayedMessage, ...]]:
        """Parts of a tenth of a second each, when they are due."""
        size = max(int(self._rate * _PIECE_SECONDS), 1) if self._rate else max(len(messages), 1)
        for start in range(0, len(messages), size):
            piece = messages[start : start + size]
            if self._rate:
                self._due = max(self._due, time.monotonic() - _PIECE_SECONDS)
                time.sleep(max(self._due - time.monotonic(), 0))
                self._due += len(piece) / self._rate
            yield piece


def rules_of_settings(runtime: Runtime) -> RecordRules:
    """What records may do in this company."""
    return rules_of(runtime.settings.kafka.in_migration)


class TopicReader:
    """What reads the topic, as the store shows it."""

    def __init__(self, runtime: Runtime, topic: str) -> None:
        self._runtime, self._topic = runtime, topic
        self._into = record_store_of(runtime, rules_of_settings(runtime))
        self._before = self._newest_unit()

    def wait(self, connection: KafkaConnection, seconds: float, say: Callable[[], str]) -> None:
        """Until all of the topic is read. Raises EnvironmentFault with what `say` says when that takes longer."""
        with Admin(connection) as admin:
            topic = admin.topic(self._topic)
            numbers = range(topic.partitions if topic else 0)
            ends = {one: high for one, (_, high) in admin.bounds(Partition(self._topic, n) for n in numbers).items()}
        deadline = time.monotonic() + seconds
        while not self._has_read(ends):
            if time.monotonic() > deadline:
                raise EnvironmentFault(f"the topic {self._topic} was not read within {seconds:g} s: {say()}")
            time.sleep(_POLL_SECONDS)

    def found(self, data: RecordData) -> TopicCounts:
        """What the store has of the partner's instances."""
        schema = self._into.store.schema
        with transaction(self._into.engine) as connection:
            statement = _sql("receipts", store_schema=schema)
            [counts] = fetch_all(connection, statement, {"before": self._before})
            states: dict[str, dict[str, int]] = {}
            links: dict[str, int] = {}
            for bo in data.objects:
                table = names.store_table(bo.code)
                values: dict[str, Any] = {"store_schema": schema, "table": table}
                rows = fetch_all(connection, _sql("states", **values), {"prefix": data.prefix})
                states[bo.code] = {row.state: int(row.instances) for row in rows}
                for link, _ in data.links(bo):
                    of = values | {"link_table": names.store_link_table(bo.code, link.code)}
                    [row] = fetch_all(connection, _sql("links", **of), {"prefix": data.prefix})
                    links[f"{bo.code}.{link.code}"] = int(row.links)
        return TopicCounts(int(counts.merged), int(counts.rejected), states, links)

    def _has_read(self, ends: dict[Partition, int]) -> bool:
        with transaction(self._into.engine) as connection:
            if not self._into.positions.are_there(connection):
                return not any(ends.values())
            read = {Partition(*one.partition): one.next_offset for one in self._into.positions.all(connection)}
        return all(read.get(one, 0) >= end for one, end in ends.items())

    def _newest_unit(self) -> int:
        with transaction(self._into.engine) as connection:
            if not self._into.positions.are_there(connection):
                return 0
            [row] = fetch_all(connection, _sql("newest_unit", store_schema=self._into.store.schema))
        return int(row.number)
