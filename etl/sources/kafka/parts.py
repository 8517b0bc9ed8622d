"""A batch that is merged in parts, each in a transaction of its own: no I/O."""

from dataclasses import replace

from etl.sources.kafka.message import Message, Partition
from etl.sources.kafka.reading import ReadBatch


def split(batch: ReadBatch, records: int) -> tuple[ReadBatch, ReadBatch | None]:
    """The part with the first `records` records, and the rest, None if there is none. What was refused goes with the
    part whose offsets it lies between; tombstones, which are only counted, with the rest."""
    later = batch.records[records:]
    if not later:
        return batch, None
    ends: dict[Partition, int] = {}
    for record in later:
        ends.setdefault(_partition(record.message), record.message.offset)
    refused = [one for one in batch.refused if _is_before(one.message, ends)]
    count = records + len(refused)
    first = ReadBatch(
        messages=count,
        records=batch.records[:records],
        refused=refused,
        next_offsets={one: min(offset, ends.get(one, offset)) for one, offset in batch.next_offsets.items()},
        timestamps={one: at for one, at in batch.timestamps.items() if one not in ends},
    )
    rest = replace(
        batch,
        messages=batch.messages - count,
        records=later,
        refused=[one for one in batch.refused if not _is_before(one.message, ends)],
    )
    return first, rest


def _partition(message: Message) -> Partition:
    return Partition(message.topic, message.partition)


def _is_before(message: Message, ends: dict[Partition, int]) -> bool:
    end = ends.get(_partition(message))
    return end is None or message.offset < end
