"""Positions of partitions: how far each has been merged, and who may merge on.

They are in the store, in the transaction of what is merged; Kafka's own group offsets decide nothing.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from etl.database import Connection, PlacedPart, SqlTemplates, execute, fetch_all, refuse_newer
from etl.errors import FencedOut
from etl.sources.kafka.message import Partition

_sql = SqlTemplates(__package__, "etl.database")


@dataclass(frozen=True)
class HeldPartition:
    """A partition that an owner has taken. `topic_id` is the topic's id when it was taken first, "" if that was not
    known: another one now says that the topic was made again. `stopped`: why it is not read, "" if it is."""

    partition: Partition
    token: int
    next_offset: int
    topic_id: str = ""
    stopped: str = ""


@dataclass(frozen=True)
class PartitionPosition:
    """How far a partition is, and whose it is; `stopped`: why it is not read, "" if that is not so; `lost`: how many
    offsets were gone before they were read. `reading`: how its owner reads records, empty if that is not known."""

    partition: Partition
    topic_id: str
    next_offset: int
    token: int
    owner: str
    taken_at: datetime | None
    committed_at: datetime | None
    last_timestamp: datetime | None
    stopped: str
    lost: int = 0
    reading: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Locked:
    """What the lock of a batch has found: the next offsets, and the time by the store's clock."""

    next_offsets: Mapping[Partition, int]
    at: datetime


@dataclass(frozen=True)
class Positions:
    """The positions of a store's schema; `parts` of its database are written to. `reading`: how this process reads
    records, which is noted with the partitions that it takes."""

    schema: str
    parts: tuple[PlacedPart, ...] = ()
    reading: Mapping[str, str] = field(default_factory=dict)

    def take(
        self,
        connection: Connection,
        starts: Mapping[Partition, int],
        owner: str,
        topic_ids: Mapping[str, str] | None = None,
    ) -> list[HeldPartition]:
        """Makes `owner` the owner of partitions; earlier owners write nothing more. Waits for their open transactions.

        `starts`: where a partition begins that is not known yet. `topic_ids`: the ids of topics, noted the first time.
        """
        known = topic_ids or {}
        ordered = sorted(starts)
        values = {
            **_columns(ordered),
            "topic_ids": [known.get(one.topic) for one in ordered],
            "starts": [starts[one] for one in ordered],
            "owner": owner,
            "reading": json.dumps(dict(self.reading)),
        }
        rows = fetch_all(connection, _sql("take_partitions", schema=self.schema), values)
        return [
            HeldPartition(
                Partition(row.topic, row.partition), row.token, row.next_offset, row.topic_id or "", row.stopped or ""
            )
            for row in rows
        ]

    def note_stopped(self, connection: Connection, held: HeldPartition, stopped: str) -> None:
        """Notes why a partition is not read, "" that it is, where its owner is still the same."""
        values = {"topic": held.partition.topic, "partition": held.partition.number, "token": held.token}
        execute(connection, _sql("note_stopped", schema=self.schema), values | {"stopped": stopped or None})

    def add_lost(self, connection: Connection, partition: Partition, lost: int) -> None:
        """Counts offsets that were gone before they were read."""
        values = {"topic": partition.topic, "partition": partition.number, "lost": lost}
        execute(connection, _sql("add_lost", schema=self.schema), values)

    def are_there(self, connection: Connection) -> bool:
        [row] = fetch_all(connection, _sql("has_positions"), {"name": f'"{self.schema}".kafka_position'})
        return bool(row.is_there)

    def all(self, connection: Connection) -> list[PartitionPosition]:
        return [
            PartitionPosition(
                Partition(row.topic, row.partition),
                row.topic_id or "",
                row.next_offset,
                row.token,
                row.owner or "",
                row.taken_at,
                row.committed_at,
                row.last_timestamp,
                row.stopped or "",
                row.lost,
                row.reading or {},
            )
            for row in fetch_all(connection, _sql("positions", schema=self.schema))
        ]

    def release(self, connection: Connection, held: Iterable[HeldPartition]) -> None:
        """They have no owner any more, where it is still the same."""
        execute(connection, _sql("release_partitions", schema=self.schema), _tokens(held))

    def seek(self, connection: Connection, partition: Partition, next_offset: int, topic_id: str | None = None) -> bool:
        """Reads a partition on from another offset; its owner is shut out. Returns whether it is known."""
        values = {"topic": partition.topic, "partition": partition.number, "next_offset": next_offset}
        return execute(connection, _sql("seek_partition", schema=self.schema), values | {"topic_id": topic_id}) == 1

    def forget_from(self, connection: Connection, partition: Partition, next_offset: int) -> int:
        """Forgets the recordIds of a partition from an offset on, so that its records are merged again; returns how
        many."""
        values = {"topic": partition.topic, "partition": partition.number, "next_offset": next_offset}
        return execute(connection, _sql("forget_from", schema=self.schema), values)

    def lock(self, connection: Connection, held: Iterable[HeldPartition]) -> Locked:
        """The first step of a batch: its partitions are its own until the transaction ends.

        Raises FencedOut when one of them has another owner, EnvironmentFault where a newer program has made tables that
        this one must not write to.
        """
        wanted = list(held)
        self.hold_store(connection)
        statement = _sql("lock_positions", schema=self.schema, placed=self.parts)
        rows = fetch_all(connection, statement, _tokens(wanted))
        if not rows or len(rows) < len(wanted):
            found = {(row.topic, row.partition) for row in rows}
            lost = ", ".join(f"{one[0]}/{one[1]}" for one in (h.partition for h in wanted) if one not in found)
            raise FencedOut(f"another worker has taken over {lost or 'all partitions'}; this one writes nothing more")
        refuse_newer(self.parts, rows[0].noted)
        return Locked({Partition(row.topic, row.partition): row.next_offset for row in rows}, rows[0].at)

    def hold_store(self, connection: Connection) -> None:
        """Keeps an undo from beginning until the transaction ends; waits for one that is under way."""
        execute(connection, _sql("hold_store", schema=self.schema))

    def advance(
        self, connection: Connection, next_offsets: Mapping[Partition, int], timestamps: Mapping[Partition, int]
    ) -> None:
        """The last step of a batch: its partitions are read on from here."""
        ordered = sorted(next_offsets)
        values = {
            **_columns(ordered),
            "next_offsets": [next_offsets[one] for one in ordered],
            "timestamps": [timestamps.get(one) for one in ordered],
        }
        execute(connection, _sql("advance_partitions", schema=self.schema), values)


def _columns(partitions: Iterable[Partition]) -> dict[str, object]:
    listed = list(partitions)
    return {"topics": [one.topic for one in listed], "partitions": [one.number for one in listed]}


def _tokens(held: Iterable[HeldPartition]) -> dict[str, object]:
    listed = list(held)
    return {**_columns(one.partition for one in listed), "tokens": [one.token for one in listed]}
