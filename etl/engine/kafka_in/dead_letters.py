"""Sends dead letters from the outbox in the store to their topics of errors, after the commit that rejected them.

At least once: a letter that was sent and not yet noted comes again; topic, partition and offset in its headers name it.
"""

import logging
import time
from collections.abc import Sequence

from etl.database import transaction
from etl.errors import EnvironmentFault, TransientFault
from etl.kafka import Admin, Producer, RecordTooLarge
from etl.settings import InMigrationKafka, KafkaConnection
from etl.sources.kafka.outbox import DeadLetter, Outbox
from etl.sources.kafka.record_store import RecordStore
from etl.sources.kafka.resent import ATTEMPT, ORIGINAL, ORIGINAL_PARTITION

_log = logging.getLogger("in_kafka_migration")

_LETTERS, _BYTES = 500, 16_777_216
_PATIENCE_SECONDS = 20.0
# A topic of errors that cannot be written to is tried again after this time.
_MISSING_SECONDS = 30.0


class DeadLetterSender:
    """The sender of one host; those of several hosts share the letters."""

    def __init__(self, into: RecordStore, source: InMigrationKafka, connection: KafkaConnection) -> None:
        self._into, self._source, self._connection = into, source, connection
        self._outbox = Outbox(into.store.schema)
        self._not_before: dict[str, float] = {}

    def send(self) -> int:
        """Sends what is there; returns how many letters. One topic of errors that cannot be written to holds up no
        other. Raises TransientFault while no broker answers."""
        with transaction(self._into.engine) as connection:
            topics = self._outbox.unsent(connection)
        now, sent = time.monotonic(), 0
        due = [topic for topic in topics if self._not_before.get(topic, now) <= now]
        if not due:
            return 0
        with Admin(self._connection) as admin:
            for topic in due:
                try:
                    sent += self._send_all(topic, admin)
                    self._not_before.pop(topic, None)
                except TransientFault:
                    raise
                except EnvironmentFault as fault:
                    self._not_before[topic] = time.monotonic() + _MISSING_SECONDS
                    _log.warning("dead letters of %s stay in the store: %s", topic, fault)
        return sent

    def _send_all(self, topic: str, admin: Admin) -> int:
        target, sent = self._source.error_topic_of(topic), 0
        found = admin.topic(target)
        if found is None:
            raise EnvironmentFault(f"the topic {target} is not there: make it, or name another one in errorTopic")
        try:
            largest = admin.limits(target).max_message_bytes
        except EnvironmentFault:
            largest = None
        with Producer(self._connection, largest_bytes=largest, patience_seconds=_PATIENCE_SECONDS) as producer:
            while True:
                with transaction(self._into.engine) as connection:
                    letters = self._outbox.lock_unsent(connection, topic, limit=_LETTERS, total_bytes=_BYTES)
                    _send(producer, target, letters)
                    self._outbox.note_sent(connection, [one.id for one in letters])
                sent += len(letters)
                if not letters:
                    return sent


def _send(producer: Producer, target: str, letters: Sequence[DeadLetter]) -> None:
    """Sends letters; one that is too large goes without its value."""
    try:
        for one in letters:
            producer.send(target, one.key, one.value, headers_of(one), timestamp_ms=0)
        producer.flush()
        return
    except RecordTooLarge:
        _log.info("some dead letters are too large for %s: they go without their values", target)
    for one in letters:
        try:
            producer.send(target, one.key, one.value, headers_of(one))
            producer.flush()
        except RecordTooLarge:
            producer.send(target, None, None, headers_of(one, is_cut=True))
            producer.flush()


def headers_of(letter: DeadLetter, *, is_cut: bool = False) -> list[tuple[str, str | bytes | None]]:
    """Why and where from; `is_cut`: without the value that it had."""
    headers: list[tuple[str, str | bytes | None]] = [
        ("etl-code", letter.code),
        ("etl-message", letter.message),
        ("etl-path", letter.path),
        ("etl-topic", letter.topic),
        ("etl-partition", str(letter.partition)),
        ("etl-offset", str(letter.record_offset)),
        ("etl-at", letter.created_at.isoformat()),
        (ATTEMPT, str(letter.attempt)),
    ]
    if letter.original_offset is not None:
        headers += [(ORIGINAL_PARTITION, str(letter.original_partition)), (ORIGINAL, str(letter.original_offset))]
    if letter.recorded_at is not None:
        headers.append(("etl-timestamp", letter.recorded_at.isoformat()))
    if is_cut or letter.is_cut:
        headers.append(("etl-truncated", str(letter.value_bytes)))
    return headers
