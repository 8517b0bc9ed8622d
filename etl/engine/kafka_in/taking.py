"""Takes partitions: from where each is read on, and why one is not read at all. Nothing is ever reset by itself."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from etl.database import Connection, transaction
from etl.kafka import Admin, Topic
from etl.kafka import Partition as ClientPartition
from etl.settings import InMigrationKafka
from etl.sources.kafka.faults import Fault
from etl.sources.kafka.gaps import note_gap
from etl.sources.kafka.message import Partition
from etl.sources.kafka.positions import HeldPartition
from etl.sources.kafka.record_store import RecordStore

_log = logging.getLogger("in_kafka_migration")


class Stop(StrEnum):
    """Why a partition is not read until an operator decides; the texts are in the store."""

    RECREATED = "the topic was made again"
    LOST = "records are gone"
    BEYOND = "the partition ends before the next record"


@dataclass(frozen=True)
class PartitionDecision:
    """What to do with a partition: read it on (both None), stop it, or begin at `start`; `reason` tells people why.
    `gap`: what is not read because of that, for err; `lost` counts it."""

    stop: Stop | None = None
    start: int | None = None
    reason: str = ""
    gap: Fault | None = None
    lost: int = 0


@dataclass
class TakenPartitions:
    """Partitions that are read on, those that are not and why, and those whose topic is not there; how many partitions
    their topics have. `hidden`: why a topic that may be there cannot be seen."""

    held: dict[Partition, HeldPartition] = field(default_factory=dict)
    stopped: dict[Partition, HeldPartition] = field(default_factory=dict)
    missing: set[Partition] = field(default_factory=set)
    sizes: dict[str, int] = field(default_factory=dict)
    hidden: dict[str, str] = field(default_factory=dict)


def decide(held: HeldPartition, topic_id: str, low: int, high: int, source: InMigrationKafka) -> PartitionDecision:
    """Whether a partition can be read on. `low`: its first offset, `high`: the one after its last committed record."""
    at, do = f"{held.partition}: ", "; `etl kafka seek` says from where it is read on"
    if topic_id and held.topic_id and topic_id != held.topic_id:
        text = f"{at}the topic was deleted and made again (id {held.topic_id}, now {topic_id})"
        if source.when_topic_recreated == "beginning":
            reason = f"id {held.topic_id}, now {topic_id}; it was read up to {held.next_offset}"
            gap = Fault("TOPIC_RECREATED", path="", reason=reason, severity="warning")
            return PartitionDecision(start=low, reason=f"{text}: it is read from its first record, {low}, on", gap=gap)
        return PartitionDecision(Stop.RECREATED, reason=text + do)
    if held.next_offset > high or held.stopped == Stop.BEYOND:
        text = f"{at}the next record would be {held.next_offset}, but the partition has ended before, at {high}"
        return PartitionDecision(Stop.BEYOND, reason=text + do)
    if held.next_offset < low:
        lost, where = low - held.next_offset, f"from {held.next_offset} to {low - 1}"
        text = f"{at}{lost:,} offsets are gone, {where}"
        if source.when_retention_lost == "earliest":
            gap = Fault("RECORDS_LOST", path="", value=f"{lost}", reason=where)
            return PartitionDecision(
                start=low, reason=f"{text}: it is read from the oldest record, {low}, on", gap=gap, lost=lost
            )
        return PartitionDecision(Stop.LOST, reason=text + do)
    return PartitionDecision()


def take_partitions(
    into: RecordStore, admin: Admin, wanted: Iterable[Partition], owner: str, source: InMigrationKafka
) -> TakenPartitions:
    """Makes `owner` the owner of partitions, and compares each with its topic. One that is not known begins at its
    first record."""
    asked = sorted(wanted)
    topics, hidden = admin.visible_topics({one.topic for one in asked})
    there = [one for one in asked if _is_there(one, topics.get(one.topic))]
    sizes = {name: topic.partitions for name, topic in topics.items() if topic}
    found = TakenPartitions(missing=set(asked) - set(there), sizes=sizes, hidden=hidden)
    if not there:
        return found
    found_bounds = admin.bounds(client_partitions(there))
    bounds = {one: found_bounds[ClientPartition(*one)] for one in there}
    ids = {name: topic.id for name, topic in topics.items() if topic and topic.id}
    with transaction(into.engine) as connection:
        held = into.positions.take(connection, {one: low for one, (low, _) in bounds.items()}, owner, ids)
        for one in held:
            low, high = bounds[one.partition]
            decision = decide(one, ids.get(one.partition.topic, ""), low, high, source)
            _settle(connection, into, one, decision, owner, ids, found)
    return found


def _settle(
    connection: Connection,
    into: RecordStore,
    held: HeldPartition,
    decision: PartitionDecision,
    owner: str,
    ids: dict[str, str],
    found: TakenPartitions,
) -> None:
    partition = held.partition
    if decision.reason:
        _log.log(logging.ERROR if decision.stop else logging.WARNING, "%s", decision.reason)
    if decision.stop:
        into.positions.note_stopped(connection, held, decision.stop)
        found.stopped[partition] = held
        return
    if decision.start is not None and decision.gap is not None:
        note_gap(connection, into, held, decision.gap, decision.lost)
        into.positions.seek(connection, partition, decision.start, ids.get(partition.topic))
        [held] = into.positions.take(connection, {partition: decision.start}, owner, ids)
    elif held.stopped:
        into.positions.note_stopped(connection, held, "")
    found.held[partition] = held


def _is_there(partition: Partition, topic: Topic | None) -> bool:
    return topic is not None and partition.number < topic.partitions


def client_partitions(partitions: Iterable[Partition]) -> list[ClientPartition]:
    return [ClientPartition(*one) for one in partitions]
