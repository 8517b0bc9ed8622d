"""Short words for the tests of the client."""

import secrets
import time
from collections.abc import Callable, Iterable, Mapping

from etl.kafka import Consumer, Message, Partition, Producer, Received
from etl.settings import KafkaConnection

SECONDS = 60.0


def connect(servers: str, **options: str) -> KafkaConnection:
    """Options with __ for dots."""
    return KafkaConnection(
        servers, "etl-test", {name.replace("__", "."): one for name, one in options.items()}, "K.txt"
    )


def a_name(beginning: str) -> str:
    return f"{beginning}-{secrets.token_hex(6)}"


def fill(connection: KafkaConnection, partition: Partition, values: Iterable[str]) -> None:
    with Producer(connection) as producer:
        for value in values:
            producer.send(partition.topic, None, value.encode(), partition=partition.number)


class Log:
    """A listener that notes what comes and goes; assigned partitions begin at `offsets`, or else at 0."""

    def __init__(self, offsets: Mapping[Partition, int] | None = None) -> None:
        self.consumer: Consumer[Message] | None = None
        self.offsets = dict(offsets or {})
        self.said: list[tuple[str, tuple[Partition, ...]]] = []
        self.raises: dict[str, Exception] = {}

    def assigned(self, partitions: tuple[Partition, ...]) -> None:
        self._note("assigned", partitions)
        if self.consumer:
            self.consumer.start({one: self.offsets.get(one, 0) for one in partitions})

    def revoked(self, partitions: tuple[Partition, ...]) -> None:
        self._note("revoked", partitions)

    def lost(self, partitions: tuple[Partition, ...]) -> None:
        self._note("lost", partitions)

    def _note(self, what: str, partitions: tuple[Partition, ...]) -> None:
        self.said.append((what, tuple(sorted(partitions))))
        if error := self.raises.pop(what, None):
            raise error

    def of(self, what: str) -> set[Partition]:
        return {one for said, partitions in self.said if said == what for one in partitions}


def member(connection: KafkaConnection, group: str, topics: Iterable[str], log: Log) -> Consumer[Message]:
    """A consumer of a group that reads all it gets."""
    consumer = Consumer(connection, group)
    log.consumer = consumer
    consumer.subscribe(topics, log)
    return consumer


def consume_until(
    consumer: Consumer[Message], is_enough: Callable[[Received[Message]], bool], seconds: float = SECONDS
) -> Received[Message]:
    """All that comes until it is enough."""
    found: Received[Message] = Received([], [])
    deadline = time.monotonic() + seconds
    while not is_enough(found):
        assert time.monotonic() < deadline, f"not enough after {seconds} seconds: {found}"
        got = consumer.consume(1_000, 0.1)
        found = Received([*found.messages, *got.messages], [*found.troubles, *got.troubles])
    return found


def values(messages: Iterable[Message]) -> list[str]:
    return [(one.value or b"").decode() for one in messages]
