"""A consumer of a group: the group says which partitions are read here, the caller says from where."""

import logging
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from types import TracebackType
from typing import Any, Generic, Protocol, Self, overload

import confluent_kafka
from confluent_kafka import KafkaError, KafkaException, TopicPartition

from etl.errors import EnvironmentFault, EtlError
from etl.kafka.client_log import ClientLog
from etl.kafka.faults import NOT_ALLOWED, UNKNOWN_TOPIC, created, fault_of, masked, refuses_sign_in, translated
from etl.kafka.messages import (
    HeadersT,
    MakeMessage,
    Message,
    MessageT,
    Partition,
    ReadHeaders,
    Received,
    Trouble,
    TroubleKind,
    all_headers,
    message_of,
)
from etl.kafka.options import consumer_options
from etl.settings import KafkaConnection

_log = logging.getLogger(__name__)
_QUESTION_SECONDS = 10.0
_OF_TOPICS = (TroubleKind.UNKNOWN_TOPIC, TroubleKind.NOT_ALLOWED)


class Listener(Protocol):
    """Learns, within consume() and close(), which partitions come and go. What it raises, they raise at their end."""

    def assigned(self, partitions: tuple[Partition, ...]) -> None:
        """They are read from here on once start() says from where."""

    def revoked(self, partitions: tuple[Partition, ...]) -> None:
        """They go to another member when this returns: finish or roll back what is begun."""

    def lost(self, partitions: tuple[Partition, ...]) -> None:
        """They may be another member's already: roll back what is begun."""


class Consumer(Generic[MessageT]):
    """Reads partitions that the group gives to this member. Not for several threads at once."""

    @overload
    def __init__(self: "Consumer[Message]", connection: KafkaConnection, group_id: str) -> None: ...

    @overload
    def __init__(
        self,
        connection: KafkaConnection,
        group_id: str,
        make: MakeMessage[HeadersT, MessageT],
        read_headers: ReadHeaders[HeadersT],
    ) -> None: ...

    def __init__(
        self,
        connection: KafkaConnection,
        group_id: str,
        make: MakeMessage[Any, Any] = Message,
        read_headers: ReadHeaders[Any] = all_headers,
    ) -> None:
        """Connects in the background. `make` makes the messages that it delivers, with what `read_headers` returns: to
        make each of them of another one takes a tenth of the reading of a record. Raises ConfigurationError for options
        that are none."""
        self._connection, self._make, self._read_headers = connection, make, read_headers
        options = consumer_options(connection, group_id, self._note)
        self._client = created(lambda: confluent_kafka.Consumer(options, logger=ClientLog(connection)), connection)
        # Offset at which each partition that is read was begun.
        self._started: dict[Partition, int] = {}
        self._listener: Listener | None = None
        self._raised: BaseException | None = None
        self._kept: Received[MessageT] = Received([], [])
        self._refused: KafkaError | None = None
        self.trouble = ""
        """What the client said last about its brokers, until records come again; empty if all is well."""

    def subscribe(self, topics: Iterable[str], listener: Listener) -> None:
        """Joins the group for these topics, those that are not there yet too."""
        self._listener = listener
        with translated("the topics cannot be subscribed", self._connection):
            self._client.subscribe(
                [*topics], on_assign=self._on_assign, on_revoke=self._on_revoke, on_lost=self._on_lost
            )

    def start(self, offsets: Mapping[Partition, int]) -> None:
        """Reads assigned partitions from these offsets on, for the first time or again."""
        again = [partition for partition in offsets if partition in self._started]
        self._forget(again)
        with translated("the partitions cannot be read", self._connection):
            if again:
                self._client.incremental_unassign(_library(again))
            self._client.incremental_assign(
                [TopicPartition(*partition, offset) for partition, offset in offsets.items()]
            )
        self._started.update(offsets)

    def leave(self, partitions: Iterable[Partition]) -> None:
        """Stops reading partitions that stay assigned; start() reads them again."""
        left = [partition for partition in partitions if partition in self._started]
        self._forget(left)
        with translated("the partitions cannot be left", self._connection):
            self._client.incremental_unassign(_library(left))

    def consume(self, count: int, seconds: float) -> Received[MessageT]:
        """Up to `count` messages, after at most `seconds`.

        Raises what the listener raised, and EnvironmentFault if the brokers refuse the sign-in. Nothing is lost by an
        error: the next call returns what had been read.
        """
        kept, self._kept = self._kept, Received([], [])
        if kept.messages or kept.troubles:
            return kept
        with translated("records cannot be read", self._connection):
            found = self._client.consume(count, seconds)
        received = self._received(found)
        raised, self._raised = self._raised, None
        if raised is not None:
            self._kept = received
            raise raised
        if received.messages:
            self.trouble, self._refused = "", None
        elif refused := self._refused:
            self._refused = None
            raise fault_of(refused, "Kafka refuses the sign-in", self._connection)
        return received

    def _received(self, found: list["confluent_kafka.Message"]) -> Received[MessageT]:
        messages, troubles, make = list[MessageT](), list[Trouble](), self._make
        for one in found:
            if (error := one.error()) is not None:
                troubles.append(self._trouble(one, error))
                continue
            messages.append(message_of(one, make, self._read_headers))
        return Received(messages, troubles)

    def _trouble(self, message: "confluent_kafka.Message", error: KafkaError) -> Trouble:
        if error.fatal():
            raise fault_of(error, "the consumer has ended", self._connection)
        code, partition = error.code(), message.partition()
        kind = TroubleKind.OTHER
        if code == KafkaError._AUTO_OFFSET_RESET:
            kind = TroubleKind.OUT_OF_RANGE
        elif code in UNKNOWN_TOPIC:
            kind = TroubleKind.UNKNOWN_TOPIC
        elif code in NOT_ALLOWED:
            kind = TroubleKind.NOT_ALLOWED
        # Of a topic the library names a partition that means nothing.
        number = partition if partition is not None and kind not in _OF_TOPICS else -1
        return Trouble(kind, message.topic() or "", number, masked(error.str(), self._connection))

    def pause(self, partitions: Iterable[Partition]) -> None:
        """Delivers nothing of them until resume(); consume() must still be called."""
        with translated("partitions cannot be paused", self._connection):
            self._client.pause(_library(self._read_of(partitions)))

    def resume(self, partitions: Iterable[Partition]) -> None:
        """Continues at the record after the last one."""
        with translated("partitions cannot be resumed", self._connection):
            self._client.resume(_library(self._read_of(partitions)))

    def seek(self, partition: Partition, offset: int) -> None:
        """Continues at this offset: what was delivered from it on is delivered again."""
        self.start({partition: offset})

    def positions(self, partitions: Iterable[Partition]) -> dict[Partition, int]:
        """Where each continues: behind the last delivered record and what follows it without being one (ends of
        transactions, gaps of compaction)."""
        wanted = self._read_of(partitions)
        with translated("positions cannot be read", self._connection):
            found = self._client.position(_library(wanted))
        return {
            partition: one.offset if one.offset >= 0 else self._started[partition]
            for partition, one in zip(wanted, found, strict=True)
        }

    def bounds(self, partition: Partition) -> tuple[int, int]:
        """Its first offset and the one after its last committed record, as the last answer of its broker has them; -1
        for one that is not known yet."""
        with translated("the end of a partition cannot be read", self._connection):
            found = self._client.get_watermark_offsets(TopicPartition(*partition), _QUESTION_SECONDS, True)
        low, high = found or (-1, -1)
        return max(low, -1), max(high, -1)

    @property
    def partitions(self) -> frozenset[Partition]:
        """Those that are read, paused ones too."""
        return frozenset(self._started)

    def mirror(self, offsets: Mapping[Partition, int]) -> None:
        """Tells the group how far we are, for tools that show lag; nothing here relies on it, and no error is one."""
        mirrored = [TopicPartition(*partition, offset) for partition, offset in offsets.items()]
        try:
            if mirrored:
                self._client.commit(offsets=mirrored, asynchronous=True)
        except KafkaException as error:
            _log.info("offsets of the group are not brought up to date: %s", error)

    def close(self) -> None:
        """Leaves the group. The listener learns of the partitions that go."""
        with translated("the consumer cannot be closed", self._connection):
            self._client.close()
        raised, self._raised = self._raised, None
        if raised is not None:
            raise raised

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(*([] if kind is None else [EtlError])):
            self.close()

    def _read_of(self, partitions: Iterable[Partition]) -> list[Partition]:
        return [partition for partition in partitions if partition in self._started]

    # The library calls these within consume() and close(). An exception would go through C code that has more to do.

    def _on_assign(self, client: "confluent_kafka.Consumer", partitions: list[TopicPartition]) -> None:
        # Nothing is read before start() has said from where; without this call the library would begin by itself.
        self._call(lambda: client.incremental_assign([]))
        self._emit(lambda listener, given: listener.assigned(given), partitions)

    def _on_revoke(self, client: "confluent_kafka.Consumer", partitions: list[TopicPartition]) -> None:
        self._emit(lambda listener, taken: listener.revoked(taken), partitions)
        self._end(client, partitions)

    def _on_lost(self, client: "confluent_kafka.Consumer", partitions: list[TopicPartition]) -> None:
        self._emit(lambda listener, taken: listener.lost(taken), partitions)
        self._end(client, partitions)

    def _end(self, client: "confluent_kafka.Consumer", partitions: list[TopicPartition]) -> None:
        ended = self._read_of(map(_ours, partitions))
        self._forget(ended)
        self._call(lambda: client.incremental_unassign(_library(ended)))

    def _emit(self, call: Callable[[Listener, tuple[Partition, ...]], None], partitions: list[TopicPartition]) -> None:
        listener = self._listener
        if listener is not None and partitions:
            self._call(lambda: call(listener, tuple(map(_ours, partitions))))

    def _call(self, act: Callable[[], None]) -> None:
        try:
            act()
        except KafkaException as error:
            self._raised = self._raised or fault_of(error.args[0], "partitions cannot be taken over", self._connection)
        except BaseException as error:
            self._raised = self._raised or error

    def _forget(self, partitions: Iterable[Partition]) -> None:
        """What was read of them and not handed on is read again by the next owner."""
        gone = set(partitions)
        for partition in gone:
            self._started.pop(partition, None)
        if gone:
            rest = [one for one in self._kept.messages if (one.topic, one.partition) not in gone]
            self._kept = Received(rest, self._kept.troubles)

    def _note(self, error: KafkaError) -> None:
        """The library's word on its connections."""
        if error.fatal():
            self._raised = self._raised or EnvironmentFault(
                f"the consumer has ended: {masked(error.str(), self._connection)}"
            )
        elif refuses_sign_in(error):
            self._refused = error
        self.trouble = masked(error.str(), self._connection)


def _ours(partition: TopicPartition) -> Partition:
    return Partition(partition.topic, partition.partition)


def _library(partitions: Iterable[Partition]) -> list[TopicPartition]:
    return [TopicPartition(*partition) for partition in partitions]
