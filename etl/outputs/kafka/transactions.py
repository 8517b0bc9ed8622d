"""Transactions of Kafka that an output or a recovery writes: records, and the record of progress with them."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Self

from etl.errors import EnvironmentFault, EtlError, FencedOut, TransientFault
from etl.kafka import Admin, RecordTooLarge, Topic, TransactionalProducer
from etl.outputs.kafka.progress import QUESTION_SECONDS, OutputProgress, ProgressKey, newest_progress
from etl.settings import KafkaConnection

# What the client itself refuses without another option, and every topic takes unless its options say otherwise.
_USUAL_BYTES = 1_000_000
# How much of a batch of Kafka is not its records.
_OVERHEAD_BYTES = 128
_KEY_BYTES = 80


@dataclass(frozen=True)
class Unsent:
    """The stub of a record that is larger than its topic allows."""

    bo: str
    instance: str
    topic: str
    bytes: int
    message: str


def topic_ids(connection: KafkaConnection, topics: tuple[str, ...]) -> dict[str, str]:
    """The present ids, "" where brokers give none. Raises EnvironmentFault for a topic that is not there."""
    with Admin(connection, seconds=QUESTION_SECONDS) as admin:
        return {name: found.id for name, found in _there(admin, topics).items()}


def _there(admin: Admin, topics: tuple[str, ...]) -> dict[str, Topic]:
    there = {name: found for name, found in admin.topics(topics).items() if found is not None}
    for name in topics:
        if name not in there:
            raise EnvironmentFault(
                f"topic {name} is not there; create it. What was in it before, `etl kafka recover` writes again"
            )
    return there


@dataclass
class SizeLimits:
    """The largest record of each topic; learned when a broker refuses one although it seemed to fit."""

    of_topic: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, connection: KafkaConnection, topics: tuple[str, ...]) -> "SizeLimits":
        """Asks the brokers. Raises EnvironmentFault for a topic that is not there."""
        with Admin(connection, seconds=QUESTION_SECONDS) as admin:
            _there(admin, topics)
            limits = {name: _limit(admin, name) for name in topics}
        return cls(limits)

    @property
    def largest(self) -> int:
        return max(self.of_topic.values(), default=_USUAL_BYTES)

    @property
    def smallest(self) -> int:
        """What several records that are sent together may have, whatever their topic."""
        return min((*self.of_topic.values(), _USUAL_BYTES))

    def bytes_left_in(self, topic: str) -> int:
        """The bytes that a record may have; of its key we think as of the longest one."""
        return self.of_topic[topic] - _OVERHEAD_BYTES - _KEY_BYTES

    def cap_at(self, to: int) -> None:
        self.of_topic = {name: min(limit, to) for name, limit in self.of_topic.items()}


def _limit(admin: Admin, topic: str) -> int:
    try:
        return admin.limits(topic).max_message_bytes
    except TransientFault:
        raise
    except EnvironmentFault:
        return _USUAL_BYTES  # its options must not be seen


class RecordTransactions:
    """A transactional producer with the progress that it has read; `with` closes it.

    `set_aside` is called for each record that is too large, before its transaction ends, `check` while brokers are
    waited for; both may raise.
    """

    def __init__(
        self,
        connection: KafkaConnection,
        name: str,
        progress_topic: str,
        key: ProgressKey,
        limits: SizeLimits,
        set_aside: Callable[[Unsent], None],
        company: str,
        check: Callable[[], None] = lambda: None,
    ) -> None:
        self._progress_topic, self._key, self._limits, self._set_aside = progress_topic, key, limits, set_aside
        self._headers: list[tuple[str, str | bytes | None]] = [
            ("content-type", b"application/json"),
            ("etl-company", company.encode()),
        ]
        self._producer = TransactionalProducer(
            connection, name, largest_bytes=limits.largest, batch_bytes=limits.smallest, check=check
        )
        self._send = self._producer.send
        self.is_open = False
        """Whether a transaction has begun and has to be committed."""
        self._largest = 0
        self.records = 0
        """How many records the open transaction has."""
        try:
            self._producer.init()
            self.newest = newest_progress(connection, progress_topic, key, check)
            """The newest committed progress when the producer began."""
        except BaseException:
            self._producer.close()
            raise

    def send(self, topic: str, key: bytes, value: bytes | None) -> None:
        """Adds a record to the open transaction, and begins one where there is none."""
        if not self.is_open:
            self._producer.begin()
            self.is_open = True
        size = len(key) + len(value or b"") + _OVERHEAD_BYTES
        limit = self._limits.of_topic[topic]
        try:
            if size > limit:
                raise RecordTooLarge(f"it has about {size} bytes, and {topic} takes {limit}")
            self._send(topic, key, value, self._headers)
        except RecordTooLarge as fault:
            bo, _, instance = key.decode().partition(":")
            self._set_aside(Unsent(bo, instance, topic, size, str(fault)))
            return
        if size > self._largest:
            self._largest = size
        self.records += 1

    def commit(self, progress: OutputProgress) -> None:
        """Commits the open transaction together with the progress. Where a broker finds a record too large, the limit
        is lowered, and TransientFault asks for a repetition with another producer."""
        self._producer.send(self._progress_topic, self._key.encode(), progress.encode(), partition=0)
        try:
            self._producer.commit()
        except TransientFault:
            raise
        except RecordTooLarge as fault:
            self.is_open = False
            self._limits.cap_at(self._largest - 1)
            raise TransientFault(f"{fault}; the largest of {self._largest} bytes is left out") from None
        except EtlError:
            self.is_open = False  # this producer can abort nothing any more: the next one of its name does
            raise
        self.is_open = False
        self._largest = self.records = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        if self.is_open:
            with suppress(EtlError):  # then the next producer of this name, or the brokers, abort it
                self._producer.abort()
        self._producer.close()


def fenced_or(fault: FencedOut) -> TransientFault:
    """Another producer of our name began: whether another process leads is asked before the next one begins."""
    return TransientFault(f"{fault}; the last transaction is written again unless that one has done so")
