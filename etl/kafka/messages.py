"""What a consumer hands on: messages, and troubles with a topic or a partition."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Generic, NamedTuple, Protocol, TypeVar

import confluent_kafka
from msgspec import Struct

MessageHeaders = Sequence[tuple[str, bytes | None]]


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


class FromPartition(Protocol):
    """What a caller's own kind of message has at least."""

    @property
    def topic(self) -> str: ...

    @property
    def partition(self) -> int: ...


MessageT = TypeVar("MessageT", bound=FromPartition)

HeadersT = TypeVar("HeadersT")

ReadHeaders = Callable[[MessageHeaders | None], HeadersT]
"""What a message keeps of its headers (None: it has none)."""

MakeMessage = Callable[[str, int, int, bytes | None, bytes | None, int, HeadersT], MessageT]
"""Makes a message of topic, partition, offset, key, value, time in milliseconds, and what it keeps of its headers."""


def all_headers(headers: MessageHeaders | None) -> tuple[tuple[str, bytes | None], ...]:
    return tuple(headers) if headers else ()


def message_of(
    one: confluent_kafka.Message, make: MakeMessage[HeadersT, MessageT], read_headers: ReadHeaders[HeadersT]
) -> MessageT:
    """The value of one that came without an error: the library's methods may then return no None for its place."""
    return make(
        one.topic(),  # type: ignore[arg-type]
        one.partition(),  # type: ignore[arg-type]
        one.offset(),  # type: ignore[arg-type]
        one.key(),
        one.value(),
        one.timestamp()[1],
        read_headers(one.headers()),  # type: ignore[arg-type]
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


class Received(Struct, Generic[MessageT], frozen=True):
    """What one call of consume() found; messages of one partition are in its order."""

    messages: list[MessageT]
    troubles: list[Trouble]
