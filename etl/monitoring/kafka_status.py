"""How far the reading of topics is: positions of the store beside the ends of the partitions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from etl.database import SqlTemplates, fetch_all, read_only_transaction
from etl.engine import Runtime
from etl.engine.record_batches import record_store_of
from etl.engine.topic_alerts import AlertKind
from etl.errors import EtlError
from etl.kafka import Admin
from etl.kafka import Partition as ClientPartition
from etl.notifications.alerts import Alert, Alerts
from etl.sources.kafka.message import Partition
from etl.sources.kafka.outbox import Outbox
from etl.sources.kafka.positions import PartitionPosition
from etl.sources.kafka.reading_settings import differences
from etl.sources.kafka.rules import rules_of

_sql = SqlTemplates(__package__)

# At most this number of changes, the newest, is read.
_COUNTED_CHANGES = 100_000


@dataclass(frozen=True)
class PartitionStatus:
    """One partition. `next_offset` is None where it was never read, `end` where the brokers do not say; `lag` counts
    records, `lag_seconds` says how old the last merged one is while others wait; `stopped`: why it is not read;
    `is_chosen`: whether the settings still name its topic; `lost`: how many offsets were gone before they were read.
    `open_at`: the offset of a producer's transaction that is open and holds up what follows it; `is_held`: it has been
    for long; `since`: when it was noticed that the partition is stopped or held."""

    topic: str
    partition: int
    next_offset: int | None
    end: int | None
    lag: int | None
    lag_seconds: float | None
    owner: str
    token: int
    committed_at: datetime | None
    last_timestamp: datetime | None
    stopped: str
    is_chosen: bool
    lost: int = 0
    open_at: int | None = None
    is_held: bool = False
    since: datetime | None = None

    @property
    def name(self) -> str:
        return f"{self.topic}/{self.partition}"


@dataclass(frozen=True)
class ReadingStatus:
    """All partitions, what keeps the brokers from being asked, dead letters that were not sent, by topic, and topics of
    the settings that the brokers do not have. `in_several`: instances that records of several partitions have changed
    lately, and `example`, one of them. `hidden`: topics of the settings that ACLs do not let us see, and why.
    `differing`: in what owners of partitions, and this host, read records in different ways; "" where they agree."""

    partitions: tuple[PartitionStatus, ...]
    fault: str
    unsent: dict[str, int]
    missing: tuple[str, ...] = ()
    in_several: int = 0
    example: str = ""
    hidden: Mapping[str, str] = field(default_factory=dict)
    differing: str = ""

    @property
    def lag(self) -> int | None:
        """The records of topics that are read which are not merged yet, without those of hidden topics; None while that
        is not known, or where all topics are hidden."""
        lags = [one.lag for one in self.partitions if one.is_chosen and one.topic not in self.hidden]
        is_unknown = bool(self.fault) or None in lags or (not lags and bool(self.hidden) and not self.missing)
        return None if is_unknown else sum(one or 0 for one in lags)

    @property
    def stopped(self) -> list[str]:
        """The partitions that are to be read and are not, as `topic/0`."""
        return [one.name for one in self.partitions if one.is_chosen and one.stopped]

    @property
    def why_uncounted(self) -> str:
        """Why `lag` is None."""
        gone = ", ".join(dict.fromkeys(one.topic for one in self.partitions if one.is_chosen and one.lag is None))
        fault = self.fault or "; ".join(self.hidden.values())
        return fault or f"the topic {gone} is not there: its records cannot be counted"


def read_kafka_status(runtime: Runtime, *, seconds: float = 10.0, with_instances: bool = False) -> ReadingStatus:
    """The state of topics that are read, or were; nothing is written. `with_instances`: `in_several` too."""
    source = runtime.settings.kafka.in_migration
    into = record_store_of(runtime, rules_of(source))
    positions: list[PartitionPosition] = []
    unsent: dict[str, int] = {}
    alerts: list[Alert] = []
    in_several, example = 0, ""
    with read_only_transaction(runtime.store_engine) as connection:
        if into.positions.are_there(connection):
            positions = into.positions.all(connection)
            unsent = Outbox(runtime.store.schema).unsent(connection)
            alerts = Alerts(runtime.store.schema).open(connection)
            if with_instances:
                statement = _sql("in_several_partitions", schema=runtime.store.schema)
                [row] = fetch_all(connection, statement, {"count": _COUNTED_CHANGES})
                in_several, example = row.instances, row.example or ""
    brokers = _ask_brokers(runtime, positions, seconds)
    known = {one.partition: one for one in positions}
    # A topic that was made again may have fewer partitions.
    gone = {one for one in known if one.number >= brokers.sizes.get(one.topic, one.number + 1)}
    wanted = sorted({*known, *brokers.ends} - gone)
    found = [_status(one, known.get(one), brokers.ends.get(one), one.topic in source.topics) for one in wanted]
    missing = tuple(topic for topic in source.topics if topic in brokers.missing)
    hidden = {topic: why for topic, why in brokers.hidden.items() if topic in source.topics}
    partitions = tuple(_with_alerts(found, alerts))
    read = (one for one in positions if one.partition.topic in source.topics and one.partition not in gone)
    differing = differences(((one.owner, one.reading) for one in read), here=into.positions.reading)
    return ReadingStatus(partitions, brokers.fault, unsent, missing, in_several, example, hidden, differing)


def _with_alerts(found: list[PartitionStatus], alerts: list[Alert]) -> Iterator[PartitionStatus]:
    since = {(one.kind, one.subject): one.since for one in alerts}
    for one in found:
        held = since.get((AlertKind.PARTITION_HELD, one.name)) if one.open_at is not None else None
        if one.stopped:
            yield replace(one, since=since.get((AlertKind.PARTITION_STOPPED, one.name)))
        else:
            yield replace(one, is_held=held is not None, since=held)


@dataclass(frozen=True)
class _Brokers:
    """What the brokers say. `ends`: of all partitions that are read their first offset, that behind the last committed
    record and that behind the last one of all; `sizes`: how many partitions topics have; `missing`: topics that they do
    not have; `fault`: why nothing is known; `hidden`: why nothing is known of some topics."""

    ends: dict[Partition, tuple[int, int, int]]
    missing: tuple[str, ...] = ()
    fault: str = ""
    sizes: Mapping[str, int] = field(default_factory=dict)
    hidden: Mapping[str, str] = field(default_factory=dict)


def _ask_brokers(runtime: Runtime, positions: list[PartitionPosition], seconds: float) -> _Brokers:
    kafka = runtime.settings.kafka
    names = dict.fromkeys([*kafka.in_migration.topics, *(one.partition.topic for one in positions)])
    if not kafka.connection.servers or not names:
        return _Brokers({}, fault="no brokers are named" if names else "")
    try:
        with Admin(kafka.connection, seconds=seconds) as admin:
            topics, hidden = admin.visible_topics(names)
            there = [ClientPartition(one.name, n) for one in topics.values() if one for n in range(one.partitions)]
            # In this order: what is committed in between is not taken for a transaction that is open.
            written = admin.written_ends(there)
            ends = {Partition(*one): (*bounds, written[one]) for one, bounds in admin.bounds(there).items()}
            sizes = {name: one.partitions for name, one in topics.items() if one}
            return _Brokers(ends, tuple(name for name in topics if name not in sizes), sizes=sizes, hidden=hidden)
    except EtlError as fault:
        return _Brokers({}, fault=str(fault))


def _status(
    partition: Partition, position: PartitionPosition | None, bounds: tuple[int, int, int] | None, is_chosen: bool
) -> PartitionStatus:
    low, end, written = bounds or (0, None, 0)
    begun = position.next_offset if position else low
    lag = None if end is None else max(end - begun, 0)
    last = position.last_timestamp if position else None
    seconds = 0.0 if lag == 0 else None if last is None else max((datetime.now(UTC) - last).total_seconds(), 0.0)
    return PartitionStatus(
        partition.topic,
        partition.number,
        position.next_offset if position else None,
        end,
        lag,
        seconds,
        position.owner if position else "",
        position.token if position else 0,
        position.committed_at if position else None,
        last,
        position.stopped if position else "",
        is_chosen,
        position.lost if position else 0,
        end if end is not None and begun >= end and written > end else None,
    )
