"""Questions to the cluster: topics, their ids, limits and ends; makes topics."""

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from confluent_kafka import IsolationLevel, KafkaError, KafkaException, TopicCollection, TopicPartition
from confluent_kafka.admin import AdminClient, ClusterMetadata, ConfigResource, NewTopic, OffsetSpec, ResourceType

from etl.errors import EnvironmentFault, EtlError, TransientFault
from etl.kafka.client_log import ClientLog
from etl.kafka.faults import NOT_ALLOWED, UNKNOWN_TOPIC, created, fault_of, refuses_sign_in, translated
from etl.kafka.messages import Partition
from etl.kafka.options import common_options
from etl.retry import Backoff, RetryPolicy, after_transient
from etl.settings import KafkaConnection

# The id of a topic at brokers that give none (before 2.8).
_NO_ID: Final = "AAAAAAAAAAAAAAAAAAAAAA"
_RETRY_SECONDS: Final = 0.1
# A question is asked again after this time, and is then often answered at once.
_SLICE_SECONDS: Final = 3.0
_METADATA_SECONDS: Final = 1.0
_Answer = TypeVar("_Answer")


@dataclass(frozen=True)
class Topic:
    """A topic as it is now. `id` differs when a topic was deleted and made again; empty: the brokers have none.

    `operations`: what we may do with it, as Kafka names it (READ, WRITE, DESCRIBE, …); empty if the brokers do not say.
    """

    name: str
    id: str
    partitions: int
    replicas: int
    operations: frozenset[str]


@dataclass(frozen=True)
class TopicLimits:
    max_message_bytes: int
    cleanup_policy: str
    # None: records are kept for ever.
    retention_ms: int | None


@dataclass(frozen=True)
class Cluster:
    """The cluster's id and its brokers, host:port each."""

    id: str
    brokers: tuple[str, ...]


@dataclass(frozen=True)
class GroupMember:
    """A consumer of a group, and what the group has given to it."""

    id: str
    client_id: str
    host: str
    partitions: tuple[Partition, ...]


@dataclass(frozen=True)
class Group:
    """A consumer group, which need not exist. `operations`: what we may do with it; empty if the brokers do not say."""

    operations: frozenset[str]
    members: tuple[GroupMember, ...]


class TopicNotAllowed(EnvironmentFault):
    """ACLs do not let us see a topic."""


class Admin:
    """Asks the cluster. Each question takes at most `seconds`."""

    def __init__(self, connection: KafkaConnection, *, seconds: float = 15.0) -> None:
        """Connects in the background. Raises ConfigurationError for options that are none."""
        self._connection, self._seconds = connection, seconds
        self._refused: KafkaError | None = None
        options = common_options(connection) | {"error_cb": self._note}
        self._client = created(lambda: AdminClient(options, logger=ClientLog(connection)), connection)

    def cluster(self) -> Cluster:
        """The cluster that the servers belong to. Raises TransientFault while none of them answers, EnvironmentFault if
        they refuse the sign-in."""
        found = self._retried(lambda: self._metadata(min(_SLICE_SECONDS, self._seconds)))
        brokers = sorted((one.id, f"{one.host}:{one.port}") for one in found.brokers.values())
        return Cluster(str(found.cluster_id or ""), tuple(address for _, address in brokers))

    def _metadata(self, seconds: float, topic: str = "") -> ClusterMetadata:
        try:
            with translated("Kafka does not answer", self._connection):
                return self._client.list_topics(topic, timeout=seconds)
        except TransientFault:
            self._client.poll(0)
            if self._refused is None:
                raise
            raise fault_of(self._refused, "Kafka refuses the sign-in", self._connection) from None

    def topics(self, names: Iterable[str]) -> dict[str, Topic | None]:
        """Each topic, None for one that does not exist; a topic that we may not see is an EnvironmentFault."""
        wanted = list(dict.fromkeys(names))
        return self._asked_of_controller(
            lambda seconds: {name: self._topic(name, asked) for name, asked in self._described(wanted, seconds).items()}
        )

    def visible_topics(self, names: Iterable[str]) -> tuple[dict[str, Topic | None], dict[str, str]]:
        """As topics(), and of those that we may not see why not, so that others are not kept from being read."""
        wanted = list(dict.fromkeys(names))
        return self._asked_of_controller(lambda seconds: self._visible(wanted, seconds))

    def _visible(self, names: list[str], seconds: float) -> tuple[dict[str, Topic | None], dict[str, str]]:
        found, hidden = dict[str, Topic | None](), dict[str, str]()
        for name, asked in self._described(names, seconds).items():
            try:
                found[name] = self._topic(name, asked)
            except TopicNotAllowed as fault:
                hidden[name] = str(fault)
        return found, hidden

    def _described(self, names: list[str], seconds: float) -> "dict[str, Future[Any]]":
        if not names:
            return {}
        asked = self._client.describe_topics(
            TopicCollection(names), include_authorized_operations=True, request_timeout=seconds
        )
        return {name: asked[name] for name in names}

    def _asked_of_controller(self, question: Callable[[float], _Answer]) -> _Answer:
        """The library asks the broker that it takes for the controller, be it away or not, until it learns of another
        one; it does not look for that by itself. `question`: receives how many seconds it may take."""

        deadline = time.monotonic() + self._seconds
        while True:
            left = deadline - time.monotonic()
            try:
                return question(min(_SLICE_SECONDS, self._seconds / 2, max(left, _RETRY_SECONDS)))
            except TransientFault:
                left = deadline - time.monotonic()
                if left < _RETRY_SECONDS:
                    raise
                with suppress(EtlError):
                    self._metadata(min(_METADATA_SECONDS, left))
                time.sleep(_RETRY_SECONDS)

    def topic(self, name: str) -> Topic | None:
        """One topic, None if it does not exist."""
        return self.topics([name])[name]

    def _topic(self, name: str, asked: "Future[Any]") -> Topic | None:
        try:
            found = asked.result()
        except KafkaException as error:
            if error.args[0].code() in UNKNOWN_TOPIC:
                return None
            if error.args[0].code() in NOT_ALLOWED:
                raise TopicNotAllowed(str(fault_of(error.args[0], f"topic {name}", self._connection))) from None
            raise fault_of(error.args[0], f"topic {name}", self._connection) from None
        topic_id = str(found.topic_id)
        return Topic(
            name,
            "" if topic_id == _NO_ID else topic_id,
            len(found.partitions),
            max((len(one.replicas) for one in found.partitions), default=0),
            frozenset(one.name for one in found.authorized_operations or ()),
        )

    def group(self, name: str) -> Group:
        """A consumer group; without members where there is none."""
        return self._retried(lambda: self._group(name))

    def _group(self, name: str) -> Group:
        [asked] = self._client.describe_consumer_groups(
            [name], include_authorized_operations=True, request_timeout=min(_SLICE_SECONDS, self._seconds)
        ).values()
        with translated(f"consumer group {name}", self._connection):
            found = asked.result()
        members = (
            GroupMember(
                str(one.member_id),
                str(one.client_id),
                str(one.host).removeprefix("/"),
                tuple(sorted(Partition(each.topic, each.partition) for each in one.assignment.topic_partitions)),
            )
            for one in found.members
        )
        return Group(frozenset(one.name for one in found.authorized_operations or ()), tuple(members))

    def limits(self, name: str) -> TopicLimits:
        """Options of a topic. Raises EnvironmentFault where describing its options is not allowed."""
        found = self._asked_of_controller(lambda seconds: self._options(name, seconds))
        retention = int(found["retention.ms"].value)
        return TopicLimits(
            int(found["max.message.bytes"].value),
            str(found["cleanup.policy"].value),
            None if retention < 0 else retention,
        )

    def _options(self, name: str, seconds: float) -> Any:
        resource = ConfigResource(ResourceType.TOPIC, name)
        [asked] = self._client.describe_configs([resource], request_timeout=seconds).values()
        with translated(f"options of topic {name}", self._connection):
            return asked.result()

    def bounds(self, partitions: Iterable[Partition]) -> dict[Partition, tuple[int, int]]:
        """The first offset of each, and the one after its last committed record. Raises TransientFault while its broker
        does not know them."""
        wanted = list(partitions)
        low = self._known_offsets(wanted, OffsetSpec.earliest())
        high = self._known_offsets(wanted, OffsetSpec.latest())
        return {partition: (low[partition].offset, high[partition].offset) for partition in wanted}

    def written_ends(self, partitions: Iterable[Partition]) -> dict[Partition, int]:
        """The offset after the last record of each, also one of a transaction that is still open."""
        found = self._known_offsets(list(partitions), OffsetSpec.latest(), IsolationLevel.READ_UNCOMMITTED)
        return {partition: one.offset for partition, one in found.items()}

    def offsets_at(self, partitions: Iterable[Partition], timestamp_ms: int) -> dict[Partition, int]:
        """The first offset of each whose record is not older than this time; the end where all are older."""
        wanted = list(partitions)
        found = self._offsets(wanted, OffsetSpec.for_timestamp(timestamp_ms))
        missing = [partition for partition in wanted if found[partition].offset < 0]
        ends = self._known_offsets(missing, OffsetSpec.latest())
        return {partition: (ends if partition in ends else found)[partition].offset for partition in wanted}

    def newest_timestamps(self, partitions: Iterable[Partition]) -> dict[Partition, int | None]:
        """The highest timestamp (ms) among the records of each, None where there is no record."""
        found = self._offsets(list(partitions), OffsetSpec.max_timestamp())
        return {partition: one.timestamp if one.timestamp >= 0 else None for partition, one in found.items()}

    def _offsets(self, partitions: list[Partition], which: OffsetSpec) -> dict[Partition, Any]:
        if not partitions:
            return {}
        return self._retried(lambda: self._offsets_once(partitions, which))

    def _known_offsets(
        self,
        partitions: list[Partition],
        which: OffsetSpec,
        isolation: IsolationLevel = IsolationLevel.READ_COMMITTED,
    ) -> dict[Partition, Any]:
        """A broker that has just become the leader answers -1 for an end that it does not know yet."""

        def ask() -> dict[Partition, Any]:
            found = self._offsets_once(partitions, which, isolation)
            if unknown := sorted(one for one, offset in found.items() if offset.offset < 0):
                raise TransientFault(f"its broker does not know yet where {unknown[0]} begins and ends")
            return found

        return self._retried(ask) if partitions else {}

    def _retried(self, question: Callable[[], _Answer]) -> _Answer:
        """Asks again what goes away by itself: a leader that has moved, a coordinator that is being made."""
        again = Backoff(first=_RETRY_SECONDS, longest=_RETRY_SECONDS, seconds=self._seconds)
        policy = RetryPolicy(after_transient(again), log_level=logging.DEBUG)
        return policy.run_with_retry("a question to the brokers", question)

    def _offsets_once(
        self,
        partitions: list[Partition],
        which: OffsetSpec,
        isolation: IsolationLevel = IsolationLevel.READ_COMMITTED,
    ) -> dict[Partition, Any]:
        asked = self._client.list_offsets(
            {TopicPartition(*partition): which for partition in partitions},
            isolation_level=isolation,
            request_timeout=self._seconds,
        )
        found = {Partition(one.topic, one.partition): future for one, future in asked.items()}
        try:
            with translated("offsets cannot be read", self._connection):
                return {partition: found[partition].result() for partition in partitions}
        except TransientFault:
            self._learn_leaders(partitions)
            raise

    def _learn_leaders(self, partitions: list[Partition]) -> None:
        """The library asks the leaders that it knew first, as long as it is connected to them; it does not look for
        others by itself."""
        with suppress(EtlError):
            for topic in {one.topic for one in partitions}:
                self._metadata(min(_METADATA_SECONDS, self._seconds), topic)

    def create_topic(
        self, name: str, *, partitions: int = 1, replicas: int = -1, options: Mapping[str, str] | None = None
    ) -> None:
        """Makes a topic and waits until it is there; without a number of replicas it has the brokers' own."""
        new = NewTopic(name, num_partitions=partitions, replication_factor=replicas, config=dict(options or {}))
        [asked] = self._client.create_topics([new], request_timeout=self._seconds).values()
        with translated(f"topic {name} cannot be made", self._connection):
            asked.result()
        with suppress(TransientFault):  # what needs it next says that it is not there
            self._retried(partial(self._expect, name))

    def _expect(self, name: str) -> None:
        if self.topic(name) is None:
            raise TransientFault(f"the topic {name} is not there yet")

    def delete_topic(self, name: str) -> None:
        [asked] = self._client.delete_topics([name], request_timeout=self._seconds).values()
        with translated(f"topic {name} cannot be deleted", self._connection):
            asked.result()

    def _note(self, error: KafkaError) -> None:
        if refuses_sign_in(error):
            self._refused = error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.poll(0)  # what it has to say to the log
