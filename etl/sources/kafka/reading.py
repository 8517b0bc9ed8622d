"""Turns messages into records: no I/O, so that the next batch can be read while the database merges this one."""

import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from etl.metadata.instance_state import InstanceState
from etl.sources.kafka.boi_input import UNREADABLE, BoiInput, Decoded, decode, decode_plain, digest_of
from etl.sources.kafka.faults import Fault, RecordFault
from etl.sources.kafka.message import Message, Partition
from etl.sources.kafka.plain import plain_record
from etl.sources.kafka.shapes import CompanyShape
from etl.sources.kafka.staged import Staged, of_message_time, staged_of
from etl.sources.kafka.tree import MAX_RECORD_ID, Tree, record_id_of, tree_of

# How JSON writes the character that no text of the store can hold; the character itself is no JSON.
_NUL: Final = rb"\u0000"
_LAST_TIME: Final = 253_402_300_800_000  # the year 10000
# A key that brings a file; where there are escapes, its letters may be some.
_CONTENT: Final = (b'"content"', rb"\u006", rb"\u007")


class Record(Struct, frozen=True, gc=False):
    """A message that holds a record. `digest` tells whether another one of the same id has the same content. A plain
    record has no tree: who needs it reads the message once more (`tree_of_message`)."""

    message: Message
    staged: Staged
    record_id: str | None
    digest: int
    tree: Tree | None = None


class Refused(NamedTuple):
    """A message that is rejected, and why; the first fault counts."""

    message: Message
    faults: tuple[Fault, ...]


@dataclass
class ReadBatch:
    """The records of a batch in the order of its messages, and what is no record.

    `next_offsets`: where the partitions are read on; `timestamps`: the time of their last message.
    """

    messages: int = 0
    bytes: int = 0
    tombstones: int = 0
    records: list[Record] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    next_offsets: dict[Partition, int] = field(default_factory=dict)
    timestamps: dict[Partition, int] = field(default_factory=dict)


def read_batch(
    messages: Iterable[Message], company: CompanyShape, next_offsets: Mapping[Partition, int] | None = None
) -> ReadBatch:
    """Reads messages. `next_offsets`: the consumer's own positions, which count the markers of transactions too;
    without them the offset after the last message of each partition."""
    batch = ReadBatch()
    with _without_collections():
        _read(batch, messages, company)
    batch.next_offsets |= next_offsets or {}
    return batch


@contextmanager
def _without_collections() -> Iterator[None]:
    """Records have no cycles, and walking over all that are read already takes as long as reading them."""
    is_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if is_enabled:
            gc.enable()


def _read(batch: ReadBatch, messages: Iterable[Message], company: CompanyShape) -> None:
    ends: dict[tuple[str, int], Message] = {}
    buffer = bytearray()
    add, size, count = batch.records.append, 0, 0
    for message in messages:
        count += 1
        ends[message.topic, message.partition] = message
        if (value := message.value) is not None:
            size += len(value)
        try:
            record = _record(message, company, buffer)
        except RecordFault as refusal:
            batch.refused.append(Refused(message, (refusal.fault,)))
            continue
        if record is None:
            batch.tombstones += 1
        else:
            add(_of_message_time(record) if company.knows_message_times else record)
    batch.messages += count
    batch.bytes += size
    for (topic, number), last in ends.items():
        batch.next_offsets[Partition(topic, number)] = last.offset + 1
        if (timestamp_ms := _time_of(last)) is not None:
            batch.timestamps[Partition(topic, number)] = timestamp_ms


def _time_of(message: Message) -> int | None:
    """Its time in milliseconds; None without one, or where it is none: a producer's clock may say anything."""
    timestamp_ms = message.timestamp_ms
    return timestamp_ms if timestamp_ms is not None and 0 < timestamp_ms < _LAST_TIME else None


def _of_message_time(record: Record) -> Record:
    """One that was sent back has no time: its message is a later one."""
    timestamp_ms = _time_of(record.message)
    if timestamp_ms is None or record.message.resent:
        return record
    return replace(record, staged=of_message_time(record.staged, timestamp_ms))


def _record(message: Message, company: CompanyShape, buffer: bytearray) -> Record | None:
    """The record of a message, None for one without a value that says nothing. `buffer` is for its digest. Raises
    RecordFault."""
    value = message.value
    rules = company.rules
    if value is None:
        if not rules.removes_by_tombstone:
            return None
        tree = tree_of(_removal(message.key), company)
        return Record(message, staged_of(tree, message.origin), None, 0, tree)
    if len(value) > rules.max_record_bytes:
        raise RecordFault(Fault("TOO_LARGE", value=f"{len(value)}", reason=f"{rules.max_record_bytes}"))
    has_escapes = b"\\" in value
    if not (has_escapes and _NUL in value):
        try:
            plain = decode_plain(value)
        except UNREADABLE:
            pass  # the exact way says what is wrong, unless it is lenient
        else:
            staged = plain_record(plain, company, message.origin, has_escapes=has_escapes)
            if staged is not None:
                if not plain.record_id:
                    return Record(message, staged, None, 0)
                if len(plain.record_id) <= MAX_RECORD_ID:
                    return Record(message, staged, plain.record_id, digest_of(plain, buffer))
    decoded = decode(value)
    tree = _tree(value, decoded, company)
    record_id = record_id_of(decoded.record)
    digest = digest_of(decoded.record, buffer) if record_id else 0
    return Record(message, staged_of(tree, message.origin), record_id, digest, tree)


def tree_of_message(message: Message, company: CompanyShape) -> Tree:
    return _tree(message.value or b"", decode(message.value or b""), company)


def _may_hold_files(value: bytes) -> bool:
    return any(one in value for one in _CONTENT)


def _tree(value: bytes, decoded: Decoded, company: CompanyShape) -> Tree:
    """The tree of a record, with what is to be said of it. Raises RecordFault."""
    record = decoded.record
    tree = tree_of(record, company, may_hold_nul=_NUL in value, may_hold_files=_may_hold_files(value))
    if decoded.converted:
        tree.notes.append(Fault("NOT_TEXT", decoded.converted[0], record.bo_code, severity="warning"))
    return tree


def _removal(key: bytes | None) -> BoiInput:
    """The record that a message without a value stands for: its key is `<boCode>:<id>`, as our own output writes it."""
    try:
        code, _, out_id = (key or b"").decode("utf-8").partition(":")
    except UnicodeDecodeError:
        code, out_id = "", ""
    if not code or not out_id:
        raise RecordFault(Fault("BAD_SHAPE", reason="the key of a message without a value is no <boCode>:<id>"))
    return BoiInput(bo_code=code, id=out_id, state=InstanceState.REMOVED.value)
