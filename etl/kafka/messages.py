"""What a consumer hands on: messages, and troubles with a topic or a partition."""

from enum import StrEnum
from typing import NamedTuple

import confluent_kafka
from msgspec import Struct


class Partition(NamedTuple):
    topic: str
    number: int

    def __str__(self) -> str:
        return f"{self.topic}/{self.number}"


class Message(Struct, frozen=True, gc=False):
    """One record of a topic. A `value` of None is a tombstone; `timestamp_ms` -1 means that it has none."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    timestamp_ms: int
    headers: tuple[tuple[str, bytes | None], ...] = ()


def message_of(one: confluent_kafka.Message) -> Message:
    """The value of one that came without an error: the library's methods may then return no None for its place."""
    headers = one.headers()
    return Message(
        one.topic(),  # type: ignore[arg-type]
        one.partition(),  # type: ignore[arg-type]
        one.offset(),  # type: ignore[arg-type]
        one.key(),
        one.value(),
        one.timestamp()[1],
        tuple(headers) if headers else (),  # type: ignore[arg-type]
    )


class TroubleKind(StrEnum):
    # The partition has no record with the offset asked for: expired, or the partition ends before it.
    OUT_OF_RANGE = "out of range"
    UNKNOWN_TOPIC = "unknown topic"
    NOT_ALLOWED = "not allowed"
    # The broker that the consumer asks cannot read it, and is asked again.
    OTHER = "other"


class Trouble(Struct, frozen=True):
    """A topic or a partition (-1: all of the topic) that is not read now, while others are."""

    kind: TroubleKind
    topic: str
    partition: int
    text: str


class Received(Struct, frozen=True):
    """What one call of consume() found; messages of one partition are in its order."""

    messages: list[Message]
    troubles: list[Trouble]
