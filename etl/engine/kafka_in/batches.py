"""Batches as they grow: messages of a consumer, parsed as they come; no I/O."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import accumulate, takewhile

from etl.sources.kafka.message import Message, Partition
from etl.sources.kafka.positions import HeldPartition
from etl.sources.kafka.reading import ReadBatch, read_batch
from etl.sources.kafka.shapes import CompanyShape

Held = Mapping[Partition, HeldPartition]

# Messages of a batch that follows no full one, with which it is merged: the store need not wait until a first batch is
# full while the next one is read. A batch of fewer takes too long for each of them.
_EARLY_MESSAGES = 5_000


@dataclass(frozen=True)
class BatchLimits:
    """When a batch is merged: with this number of messages or bytes, or when its first message has waited this long."""

    records: int
    bytes: int
    seconds: float


@dataclass
class Batch:
    """Messages that are merged in one transaction, and their partitions as they were held when they were read."""

    messages: list[Message] = field(default_factory=list)
    read: ReadBatch = field(default_factory=ReadBatch)
    held: dict[Partition, HeldPartition] = field(default_factory=dict)

    def moves(self, held: Held) -> bool:
        """Whether it would change anything, be it a position."""
        return any(one in held and offset > held[one].next_offset for one, offset in self.read.next_offsets.items())

    def add(self, messages: list[Message], company: CompanyShape, held: Held) -> None:
        """Parses further messages, of partitions that are held."""
        more, read = read_batch(messages, company), self.read
        self.messages += messages
        read.messages += more.messages
        read.bytes += more.bytes
        read.tombstones += more.tombstones
        read.records += more.records
        read.refused += more.refused
        read.next_offsets |= more.next_offsets
        read.timestamps |= more.timestamps
        self.held |= {one: held[one] for one in more.next_offsets}

    def move(self, positions: Mapping[Partition, int], held: Held) -> None:
        """Moves positions beyond what is no message: marks of transactions, gaps of compaction."""
        for partition, offset in positions.items():
            mine = held.get(partition)
            if mine and offset > self.read.next_offsets.get(partition, mine.next_offset):
                self.read.next_offsets[partition] = offset
                self.held[partition] = mine

    def kept(self, held: Held, company: CompanyShape) -> "Batch":
        """What is left of it: nothing of partitions that are no longer held, or were taken again meanwhile."""
        left = {one for one, mine in self.held.items() if one in held and held[one].token == mine.token}
        if len(left) == len(self.held):
            return self
        found = Batch()
        found.add([one for one in self.messages if Partition(one.topic, one.partition) in left], company, held)
        found.move({one: offset for one, offset in self.read.next_offsets.items() if one in left}, held)
        return found


@dataclass
class Gathering:
    """What was received and is not being merged: the batch that grows, and messages that are too many for it."""

    company: CompanyShape
    limits: BatchLimits
    clock: Callable[[], float] = time.monotonic
    batch: Batch = field(default_factory=Batch)
    _rest: list[Message] = field(default_factory=list)
    _positions: dict[Partition, int] = field(default_factory=dict)
    _since: float | None = None
    _follows_full: bool = False

    def receive(self, messages: Iterable[Message], positions: Mapping[Partition, int], held: Held) -> None:
        """Takes what a consumer has delivered, and where it is afterwards."""
        self._rest += _of(held, messages)
        self._positions = dict(positions)
        if self._rest and self._since is None:
            self._since = self.clock()
        self._fill(held)

    def _fill(self, held: Held) -> None:
        count = self._count_fitting()
        if count:
            fitting, self._rest = self._rest[:count], self._rest[count:]
            self.batch.add(fitting, self.company, held)
        if not self._rest:
            self.batch.move(self._positions, held)

    def _count_fitting(self) -> int:
        """How many messages the batch has room for; a first one of any size."""
        room, left = self.limits.records - self.batch.read.messages, self.limits.bytes - self.batch.read.bytes
        sizes = [len(one.value or b"") for one in self._rest[:room]]
        if sum(sizes) <= left:
            return len(sizes)
        ends = takewhile(lambda end: end <= left, accumulate(sizes))
        return sum(1 for _ in ends) or (0 if self.batch.messages else 1)

    @property
    def is_full(self) -> bool:
        read = self.batch.read
        return bool(self._rest) or read.messages >= self.limits.records or read.bytes >= self.limits.bytes

    @property
    def has_messages(self) -> bool:
        return bool(self.batch.messages)

    @property
    def is_due(self) -> bool:
        """Whether it is to be merged although more may come."""
        if self.is_full or (not self._follows_full and self.batch.read.messages >= _EARLY_MESSAGES):
            return True
        return self._since is not None and self.clock() - self._since >= self.limits.seconds

    def take(self, held: Held) -> Batch:
        """The batch; a new one begins with what is left."""
        self._follows_full = self.is_full
        batch, self.batch = self.batch, Batch()
        self._since = self.clock() if self._rest else None
        if self._rest:
            self._fill(held)
        else:
            self._positions = {}
        return batch

    def keep(self, held: Held) -> None:
        """Drops what is of partitions that are no longer held. To be called before one of them is taken again."""
        self._rest = _of(held, self._rest)
        self._positions = {one: offset for one, offset in self._positions.items() if one in held}
        self.batch = self.batch.kept(held, self.company)
        if not self.batch.messages and not self._rest:
            self._since = None


def _of(held: Held, messages: Iterable[Message]) -> list[Message]:
    """The messages of partitions that are held."""
    return [one for one in messages if (one.topic, one.partition) in held]  # a Partition is such a pair
