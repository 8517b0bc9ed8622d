"""What operators do with topics that are read: move a partition, merge records once more, send dead letters back."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from etl.database import Connection, read_only_transaction, transaction
from etl.engine.preparation import prepare_without_import
from etl.engine.record_batches import record_store_of
from etl.engine.runtime import Runtime
from etl.errors import ConfigurationError
from etl.kafka import Admin, Producer
from etl.kafka import Partition as ClientPartition
from etl.settings.kafka_keys import IN_KAFKA
from etl.sources.kafka.boi_input import with_new_id
from etl.sources.kafka.message import Partition, Resent
from etl.sources.kafka.outbox import DeadLetter, Outbox
from etl.sources.kafka.reports import record_errors
from etl.sources.kafka.resent import headers_of
from etl.sources.kafka.rules import rules_of

_OPERATOR = "etl kafka seek"
_REUSED = "RECORD_ID_REUSED"
# The values of this number of letters are in memory at once.
_AT_ONCE = 100


@dataclass(frozen=True)
class SeekTarget:
    """From where partitions are read on: one of an offset, a time (ms since 1970), the beginning, the end."""

    offset: int | None = None
    timestamp_ms: int | None = None
    is_beginning: bool = False
    is_end: bool = False


@dataclass(frozen=True)
class Moved:
    """A partition that was moved. `before` is None where it was not known; `forgotten`: how many recordIds may come
    again."""

    topic: str
    partition: int
    before: int | None
    next_offset: int
    forgotten: int = 0


def move(
    runtime: Runtime, topic: str, numbers: Sequence[int], target: SeekTarget, *, forgets: bool = False
) -> list[Moved]:
    """Reads partitions of a topic (all without numbers) on from another offset; `forgets`: their recordIds from there
    on are merged once more. Workers notice it within seconds; what they are merging is rolled back.

    Raises ConfigurationError for a topic that is not read or a partition that is not there, and for an offset that the
    partition does not have.
    """
    source = runtime.settings.kafka.in_migration
    if topic not in source.topics:
        raise ConfigurationError(f"{topic} is not read: topics in {IN_KAFKA} has {', '.join(source.topics) or 'none'}")
    with Admin(runtime.settings.kafka.connection) as admin:
        found = admin.topic(topic)
        if found is None:
            raise ConfigurationError(f"the topic {topic} is not there")
        wanted = [ClientPartition(topic, number) for number in numbers or range(found.partitions)]
        if strange := [str(one) for one in wanted if one.number >= found.partitions]:
            raise ConfigurationError(f"{', '.join(strange)}: the topic has the partitions 0 to {found.partitions - 1}")
        offsets = _offsets(admin, wanted, target)
    prepare_without_import(runtime)
    with transaction(runtime.store_engine) as connection:
        return [_move(connection, runtime, one, offsets[one], found.id, forgets=forgets) for one in sorted(wanted)]


def _offsets(admin: Admin, wanted: list[ClientPartition], target: SeekTarget) -> dict[ClientPartition, int]:
    bounds = admin.bounds(wanted)
    if target.is_beginning:
        return {one: low for one, (low, _) in bounds.items()}
    if target.is_end:
        return {one: high for one, (_, high) in bounds.items()}
    if target.timestamp_ms is not None:
        return admin.offsets_at(wanted, target.timestamp_ms)
    offset = target.offset or 0
    for one, (low, high) in bounds.items():
        if not low <= offset <= high:
            raise ConfigurationError(f"{one} has the offsets {low} to {high}: it cannot be read from {offset} on")
    return dict.fromkeys(wanted, offset)


def _move(
    connection: Connection, runtime: Runtime, one: ClientPartition, offset: int, topic_id: str, *, forgets: bool
) -> Moved:
    positions = record_store_of(runtime, rules_of(runtime.settings.kafka.in_migration)).positions
    partition = Partition(*one)
    known = next((each for each in positions.all(connection) if each.partition == partition), None)
    if known is None:
        positions.take(connection, {partition: offset}, _OPERATOR, {one.topic: topic_id} if topic_id else None)
    positions.seek(connection, partition, offset, topic_id or None)
    forgotten = positions.forget_from(connection, partition, offset) if forgets else 0
    return Moved(*one, known.next_offset if known else None, offset, forgotten)


def resend(runtime: Runtime, letters: Sequence[DeadLetter]) -> int:
    """Puts dead letters back into their topics, as further records; returns how many. Those whose values were too large
    to be kept are left out. What the brokers have taken is noted, also when they refuse another one.

    A letter of a partition that is no longer there goes where its key leads. A record that was rejected since its
    recordId had been used gets another one. Raises ConfigurationError where a topic is not there; then none is sent.
    """
    kept = [one for one in letters if not one.is_cut]
    if not kept:
        return 0
    with Admin(runtime.settings.kafka.connection) as admin:
        topics = admin.topics({one.topic for one in kept})
    if missing := sorted(name for name, topic in topics.items() if topic is None):
        raise ConfigurationError(
            f"the topic {', '.join(missing)} is not there: make it, or choose dead letters of others by --topic"
        )
    sizes = {name: topic.partitions for name, topic in topics.items() if topic}
    taken: list[int] = []
    try:
        with Producer(runtime.settings.kafka.connection, patience_seconds=30.0, reports_all=True) as producer:
            try:
                for one in kept:
                    value = with_new_id(one.value) if one.code == _REUSED else one.value
                    headers = headers_of(Resent(one.attempt + 1, *one.first))
                    to = one.partition if one.partition < sizes[one.topic] else -1
                    note = partial(taken.append, one.id)
                    producer.send(one.topic, one.key, value, headers, partition=to, delivered=note)
            finally:
                producer.flush()
    finally:
        if taken:
            with transaction(runtime.store_engine) as connection:
                Outbox(runtime.store.schema).note_resent(connection, taken)
    return len(kept)


def read_errors(runtime: Runtime, *, topic: str | None, code: str | None, limit: int) -> list[dict[str, object]]:
    with read_only_transaction(runtime.store_engine) as connection:
        if not _are_there(connection, runtime):
            return []
        return record_errors(connection, runtime.store.schema, topic=topic, code=code, limit=limit)


def read_letters(
    runtime: Runtime,
    *,
    ids: Sequence[int] | None = None,
    topic: str | None = None,
    code: str | None = None,
    only_open: bool = False,
    oldest_first: bool = False,
    limit: int = 50,
    before: int | None = None,
    most_bytes: int | None = None,
) -> list[DeadLetter]:
    """Dead letters; `only_open`: that can be put back into their topics and were not; `before`: with ids below it. Of
    values `most_bytes` are read, None reads all."""
    with read_only_transaction(runtime.store_engine) as connection:
        if not _are_there(connection, runtime):
            return []
        outbox = Outbox(runtime.store.schema)
        return outbox.letters(
            connection,
            ids=ids,
            topic=topic,
            code=code,
            limit=limit,
            only_open=only_open,
            oldest_first=oldest_first,
            before=before,
            most_bytes=most_bytes,
        )


def resend_letters(
    runtime: Runtime, *, ids: Sequence[int] | None = None, topic: str | None = None, code: str | None = None
) -> int:
    """Puts the chosen dead letters back into their topics, the oldest first; returns how many. Those that were put back
    before are left alone unless their ids are named."""
    if ids is not None:
        return resend(runtime, read_letters(runtime, ids=ids, oldest_first=True, limit=len(ids)))
    chosen = partial(read_letters, runtime, topic=topic, code=code, only_open=True)
    # What is rejected again meanwhile is another letter, which is not sent without end.
    newest = max((one.id for one in chosen(limit=1)), default=0)
    sent = 0
    while letters := [one for one in chosen(oldest_first=True, limit=_AT_ONCE) if one.id <= newest]:
        sent += resend(runtime, letters)
    return sent


def _are_there(connection: Connection, runtime: Runtime) -> bool:
    return record_store_of(runtime, rules_of(runtime.settings.kafka.in_migration)).positions.are_there(connection)
