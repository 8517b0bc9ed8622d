"""Watches records of topics: how many wait, which were rejected lately, which dead letters are still in the store."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from etl.database import transaction
from etl.engine.topic_alerts import AlertKind, TopicAlerts
from etl.kafka import Admin
from etl.kafka import Partition as ClientPartition
from etl.settings import InMigrationKafka
from etl.sources.kafka.message import Partition
from etl.sources.kafka.outbox import DeadLetterOrigin, Outbox
from etl.sources.kafka.positions import PartitionPosition
from etl.sources.kafka.record_store import RecordStore

# A topic counts as one with rejected records for this time after the last one, unless they are sent back before.
REJECTED_MINUTES = 60
# Dead letters are sent at once; those that are not by then, something keeps from it.
UNSENT_MINUTES = 1


@dataclass(frozen=True)
class RecordsWatch:
    """Notes alerts. Of several hosts each sees the same, and one of them notifies."""

    into: RecordStore
    admin: Admin
    source: InMigrationKafka
    alerts: TopicAlerts

    def __call__(self) -> None:
        """Looks once. Raises TransientFault while store or brokers do not answer."""
        outbox = Outbox(self.into.store.schema)
        with transaction(self.into.engine) as connection:
            positions = self.into.positions.all(connection)
            rejected = outbox.newest_rejected(connection, minutes=REJECTED_MINUTES)
            unsent = outbox.oldest_unsent(connection, minutes=UNSENT_MINUTES)
        self.alerts.keep(AlertKind.RECORDS_REJECTED, self._of_topics(rejected, _rejected_text))
        self.alerts.keep(AlertKind.LETTERS_UNSENT, self._of_topics(unsent, self._unsent_text))
        self.alerts.keep(AlertKind.RECORDS_LATE, self._late(positions))

    def _of_topics(self, found: Iterable[DeadLetterOrigin], text: Callable[[DeadLetterOrigin], str]) -> dict[str, str]:
        return {one.topic: text(one) for one in found if one.topic in self.source.topics}

    def _unsent_text(self, one: DeadLetterOrigin) -> str:
        topic = self.source.error_topic_of(one.topic)
        return (
            f"dead letters of {one.topic} are not in {topic}, the oldest of {one.origin}: `etl kafka check` says what "
            "keeps them in the store"
        )

    def _late(self, positions: Iterable[PartitionPosition]) -> dict[str, str]:
        limit = self.source.lag_limit
        if limit is None:
            return {}
        lag = self._lag({one.partition: one.next_offset for one in positions})
        return {"": f"{lag:,} records wait to be merged, more than lagLimit={limit}"} if lag > limit else {}

    def _lag(self, next_offsets: Mapping[Partition, int]) -> int:
        """How many records of all partitions that we may see are not merged yet."""
        topics, _ = self.admin.visible_topics(self.source.topics)
        there = [ClientPartition(one.name, n) for one in topics.values() if one for n in range(one.partitions)]
        bounds = self.admin.bounds(there)
        return sum(max(high - next_offsets.get(Partition(*one), low), 0) for one, (low, high) in bounds.items())


def _rejected_text(one: DeadLetterOrigin) -> str:
    return f"records of {one.topic} are rejected, {one.code} at {one.origin}: `etl kafka dead-letters list` shows them"
