"""The topics that a configuration needs, and making those that are missing."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from etl.errors import EnvironmentFault
from etl.kafka.admin import Admin
from etl.settings import KafkaSettings

# Dead letters have headers beside the value that they carry.
_ROOM_BYTES = 1_000_000


@dataclass(frozen=True)
class NeededTopic:
    """A topic and what it is for. `partitions` None: as many as its maker likes. `as_large_as`: a topic whose records
    must find room in it."""

    name: str
    purpose: str
    partitions: int | None = None
    options: dict[str, str] = field(default_factory=dict)
    as_large_as: str = ""


@dataclass(frozen=True)
class MadeTopic:
    """A needed topic; `is_new`: it was missing."""

    topic: NeededTopic
    is_new: bool


def needed_topics(kafka: KafkaSettings) -> list[NeededTopic]:
    """Each topic once, those that are read first."""
    found: dict[str, NeededTopic] = {}
    for topic in _needed(kafka):
        found.setdefault(topic.name, topic)
    return list(found.values())


def _needed(kafka: KafkaSettings) -> Iterator[NeededTopic]:
    source = kafka.in_migration
    for name in source.topics if source.enabled else ():
        yield NeededTopic(name, "is read")
        yield NeededTopic(source.error_topic_of(name), "has rejected records", 1, as_large_as=name)
    for output in kafka.outputs:
        for name in output.topics:
            yield NeededTopic(name, f"is written by the output {output.name}")
        compact = {"cleanup.policy": "compact"}
        yield NeededTopic(
            output.progress_topic, f"says how far the output {output.name} is", partitions=1, options=compact
        )


def make_topics(kafka: KafkaSettings, *, partitions: int, replicas: int) -> Iterator[MadeTopic]:
    """Makes the needed topics that are missing; `replicas` -1: the brokers' own number. What is there stays as it is.

    Raises EnvironmentFault where brokers refuse it, TransientFault while none answers.
    """
    needed = needed_topics(kafka)
    with Admin(kafka.connection) as admin:
        there = admin.topics(one.name for one in needed)
        for one in needed:
            if there[one.name] is None:
                options = dict(one.options)
                if one.as_large_as:
                    options["max.message.bytes"] = f"{_limit(admin, one.as_large_as) + _ROOM_BYTES}"
                admin.create_topic(
                    one.name, partitions=one.partitions or partitions, replicas=replicas, options=options
                )
            yield MadeTopic(one, there[one.name] is None)


def _limit(admin: Admin, name: str) -> int:
    try:
        return admin.limits(name).max_message_bytes
    except EnvironmentFault:  # its options may not be described
        return _ROOM_BYTES
