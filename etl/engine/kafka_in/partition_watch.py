"""Watches the partitions that this host reads: which are stopped, which a producer holds by an open transaction, and
whether all hosts read records in the same way."""

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from etl.database import transaction
from etl.engine.topic_alerts import AlertKind, TopicAlerts
from etl.kafka import Admin
from etl.kafka import Partition as ClientPartition
from etl.settings import InMigrationKafka
from etl.sources.kafka.message import Partition
from etl.sources.kafka.positions import PartitionPosition
from etl.sources.kafka.reading_settings import DIFFERING, differences
from etl.sources.kafka.record_store import RecordStore

_log = logging.getLogger("in_kafka_migration")

# Transactions of producers are open for seconds; one that is open for longer than this deserves a look.
HELD_SECONDS = 60.0
# A change of the configuration reaches one host before the others; when they differ for longer than this, it is said.
_DIFFER_SECONDS = 20.0


@dataclass
class Holds:
    """Where partitions are held, and since when on the clock: their offset has not moved, and more has been written."""

    clock: Callable[[], float] = time.monotonic
    seconds: float = HELD_SECONDS
    _since: dict[Partition, tuple[int, float]] = field(default_factory=dict)

    def see(self, open_at: Mapping[Partition, int]) -> dict[Partition, int]:
        """`open_at`: offset of the oldest open transaction of each partition that has one. Returns those that have
        been held there for long."""
        now = self.clock()
        kept = {one: seen for one, seen in self._since.items() if open_at.get(one) == seen[0]}
        self._since = {one: (offset, now) for one, offset in open_at.items()} | kept
        return {one: offset for one, (offset, since) in self._since.items() if now - since >= self.seconds}


@dataclass
class Debounce:
    """Whether a text has been the same for long."""

    clock: Callable[[], float] = time.monotonic
    seconds: float = _DIFFER_SECONDS
    _seen: tuple[str, float] = ("", 0.0)

    def see(self, text: str) -> bool:
        now = self.clock()
        if text != self._seen[0]:
            self._seen = text, now
        return now - self._seen[1] >= self.seconds


class PartitionWatch:
    """Notes alerts. `owner`: how the owners of this host's partitions begin."""

    def __init__(
        self,
        into: RecordStore,
        admin: Admin,
        source: InMigrationKafka,
        owner: str,
        alerts: TopicAlerts,
        holds: Holds | None = None,
        differing: Debounce | None = None,
    ) -> None:
        self._into, self._admin, self._source, self._owner, self._alerts = into, admin, source, owner, alerts
        self._holds, self._differing = holds or Holds(), differing or Debounce()
        self._reported: set[str] = set()
        self._reported_differences = ""

    def __call__(self) -> None:
        """Looks once. Raises TransientFault while store or brokers do not answer."""
        with transaction(self._into.engine) as connection:
            positions = self._into.positions.all(connection)
        chosen = self._existing([one for one in positions if one.partition.topic in self._source.topics])
        self._compare(chosen)
        stopped = {str(one.partition): f"{one.partition} is not read: {one.stopped}" for one in chosen if one.stopped}
        self._alerts.keep(AlertKind.PARTITION_STOPPED, stopped)
        mine = [one for one in chosen if one.owner.startswith(self._owner) and not one.stopped]
        ends = self._ends(mine)
        self._keep_held(mine, ends)
        if mine and all(one.next_offset >= ends[one.partition][0] for one in mine):
            self._alerts.end(AlertKind.READING_STOPPED, "")

    def _compare(self, positions: Iterable[PartitionPosition]) -> None:
        found = differences((one.owner, one.reading) for one in positions)
        if found and not self._differing.see(found):
            return  # another host may have noted it: that stays
        text = f"{DIFFERING}: {found}" if found else ""
        self._alerts.keep(AlertKind.SETTINGS_DIFFER, {"": text} if text else {})
        if text and text != self._reported_differences:
            _log.warning("%s", text)
        self._reported_differences = text

    def _existing(self, positions: list[PartitionPosition]) -> list[PartitionPosition]:
        """Without those of partitions that are not there any more, as their topic was made again with fewer, or that we
        may not see."""
        topics, _ = self._admin.visible_topics({one.partition.topic for one in positions})
        sizes = {name: topic.partitions if topic else 0 for name, topic in topics.items()}
        return [one for one in positions if one.partition.number < sizes.get(one.partition.topic, 0)]

    def _ends(self, positions: Iterable[PartitionPosition]) -> dict[Partition, tuple[int, int]]:
        """The offset behind the last committed record of each, and that behind the last one of all."""
        asked = [ClientPartition(*one.partition) for one in positions]
        # In this order: what is committed in between is not taken for a transaction that is open.
        written = self._admin.written_ends(asked)
        committed = self._admin.bounds(asked)
        return {Partition(*one): (committed[one][1], written[one]) for one in asked}

    def _keep_held(self, mine: list[PartitionPosition], ends: Mapping[Partition, tuple[int, int]]) -> None:
        open_at = {
            one.partition: committed
            for one in mine
            if (committed := ends[one.partition][0]) < ends[one.partition][1] and one.next_offset >= committed
        }
        held = {
            str(one): f"{one} is held at offset {offset}: a producer has left a transaction open"
            for one, offset in self._holds.see(open_at).items()
        }
        self._alerts.keep(AlertKind.PARTITION_HELD, held, [str(one.partition) for one in mine])
        for name in held.keys() - self._reported:
            _log.warning("%s", held[name])
        for name in self._reported - held.keys():
            _log.info("%s is held no longer", name)
        self._reported = set(held)
