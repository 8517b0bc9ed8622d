"""What a partner's program may do with a topic, as batches of messages."""

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from etl.metadata.business_object import BusinessObject
from etl.metadata.field_types import FieldType
from etl.simulator.kafka.data import PlayedMessage, Record, RecordData


@dataclass(frozen=True)
class MessageBatch:
    """Messages that are sent, in their order; `is_transaction`: in a transaction that is committed."""

    messages: tuple[PlayedMessage, ...]
    is_transaction: bool = False


@dataclass(frozen=True)
class Abandoned:
    """Messages that no reader may see: of a transaction that is aborted or, `is_killed`, of a producer that dies with
    the transaction open."""

    messages: tuple[PlayedMessage, ...]
    is_killed: bool = False


RecordStep = MessageBatch | Abandoned
Scenario = Callable[[RecordData, random.Random, int], Iterator[RecordStep]]

_HOUR_MS: Final = 3_600_000
_LONG_TEXT: Final = 200_000
_WIDE: Final = 200


def _good(data: RecordData, chance: random.Random, count: int) -> Iterator[RecordStep]:
    """Changes, removals, and new instances, with links in both forms."""
    messages = []
    for bo in data.objects:
        present = data.present(bo)
        messages += [
            data.merged(data.change(bo, one, chance)) for one in chance.sample(present, min(len(present), count // 3))
        ]
        gone = data.removable(bo)
        messages += [data.merged(data.removal(bo, one)) for one in chance.sample(gone, min(len(gone), count // 10))]
    yield MessageBatch((*messages, *_new(data, chance, count)))


def _duplicate(data: RecordData, chance: random.Random, count: int) -> Iterator[RecordStep]:
    """Records come again: with the same content, with another one, and without a recordId."""
    fresh = _new(data, chance, count)
    messages = list(fresh)
    for message in fresh:
        record = json.loads(message.value or b"{}")
        messages.append(message._replace(is_ignored=True))
        if chance.random() < 0.3:
            other = record | {"state": "ARCHIVED"}
            messages.append(data.message(other, is_ignored=True))
    for bo in data.objects:
        for one in data.present(bo)[: count // 10]:
            record = data.change(bo, one, chance) | {"recordId": None}
            messages += [data.merged(record), data.merged(record)]
    yield MessageBatch(tuple(messages))


def _late(data: RecordData, chance: random.Random, count: int) -> Iterator[RecordStep]:
    """What links lead to comes after them, and says to be older by hours."""
    records = list(_records(data, chance, count))
    messages = [data.merged(one, age_ms=chance.randrange(_HOUR_MS * 48)) for one in reversed(records)]
    yield MessageBatch(tuple(messages))


def _out_of_order(data: RecordData, chance: random.Random, count: int) -> Iterator[RecordStep]:
    """A change comes before the record that makes its instance; those of one instance keep their order otherwise."""
    records = list(_records(data, chance, count))
    early = [data.change(data.company.object(one["boCode"]), one["externalId"], chance) for one in records[::2]]
    chance.shuffle(early)
    chance.shuffle(records)
    yield MessageBatch(tuple(data.merged(one) for one in (*early, *records)))


def _broken(data: RecordData, chance: random.Random, count: int) -> Iterator[RecordStep]:
    """Among good records there are some that must be rejected, and messages without a value."""
    messages = list(_new(data, chance, count))
    for _ in range(count // 5 + 1):
        bo = chance.choice(data.objects)
        message = chance.choice(list(_faulty(data, bo)))
        messages.insert(chance.randrange(len(messages) + 1), message)
    yield MessageBatch(tuple(messages))


def _huge(data: RecordData, chance: random.Random, count: int) -> Iterator[RecordStep]:
    """Trees with hundreds of nested objects, trees that are too deep, and long texts."""
    messages = []
    for bo in data.objects:
        for link, target in data.links(bo):
            record = data.full(bo, data.new_ids(bo, 1)[0])
            for one in data.new_ids(target, min(_WIDE, count)):
                record = data.nesting(record, link, data.full(target, one))
            messages.append(data.merged(record))
            if target.code == bo.code:
                messages.append(_too_deep(data, bo, link.code))
        texts = [one for one in bo.loaded_fields if one.type is FieldType.TEXTAREA and not one.is_unique]
        if texts:
            record = data.full(bo, data.new_ids(bo, 1)[0])
            [item] = [one for one in record["fields"] if one["code"] == texts[0].code]
            item["apiValue"] = "long " * (_LONG_TEXT // 5)
            messages.append(data.merged(record))
    yield MessageBatch((*messages, *_new(data, chance, count)))


def _aborted(data: RecordData, chance: random.Random, count: int) -> Iterator[RecordStep]:
    """Transactions that are aborted, and the same records in others that are committed."""
    fresh = _new(data, chance, count)
    half = len(fresh) // 2
    yield Abandoned(fresh[:half])
    yield MessageBatch(fresh[:half], is_transaction=True)
    yield Abandoned(fresh)
    yield MessageBatch(fresh[half:], is_transaction=True)


def _crash(data: RecordData, chance: random.Random, count: int) -> Iterator[RecordStep]:
    """The program is killed with a transaction open; it starts again and sends all of it."""
    fresh = _new(data, chance, count)
    yield Abandoned(fresh[: len(fresh) // 2 + 1], is_killed=True)
    yield MessageBatch(fresh, is_transaction=True)


RECORD_SCENARIOS: Final[dict[str, Scenario]] = {
    "good": _good,
    "duplicate": _duplicate,
    "late": _late,
    "out-of-order": _out_of_order,
    "broken": _broken,
    "huge": _huge,
    "aborted": _aborted,
    "crash": _crash,
}
"""By the name that the command knows."""


def _new(data: RecordData, chance: random.Random, count: int) -> tuple[PlayedMessage, ...]:
    return tuple(data.merged(one) for one in _records(data, chance, count))


def _records(data: RecordData, chance: random.Random, count: int) -> Iterator[Record]:
    """Targets before owners, as far as objects have that order; of links with other objects some nest their target."""
    ids = {bo.code: data.new_ids(bo, count) for bo in data.objects}
    for bo in data.objects:
        for one in ids[bo.code]:
            record = data.full(bo, one)
            for link, target in data.links(bo):
                if chance.random() < 0.1:
                    [inner] = data.new_ids(target, 1)
                    record = data.nesting(record, link, data.full(target, inner))
                else:
                    record = data.linked(record, link, target, chance.choice(ids[target.code]))
            yield record


def _faulty(data: RecordData, bo: BusinessObject) -> Iterator[PlayedMessage]:
    """Messages that must be rejected or skipped."""
    external_id = f"{data.prefix}{bo.code.lower()}-faulty"
    key, head = f"{bo.code}:{external_id}", {"externalId": external_id, "boCode": bo.code}
    good = data.message(head).value or b""
    yield PlayedMessage(key, good[:-2], "BAD_JSON")
    yield PlayedMessage(key, b"\xef\xbb\xbf" + good, "BAD_JSON")
    yield PlayedMessage(key, good.replace(b"faulty", b"\xff"), "BAD_JSON")
    yield PlayedMessage(key, b"", "BAD_JSON")
    yield PlayedMessage(key, b"[]", "BAD_SHAPE")
    yield data.message(head | {"fields": {"code": "x"}}, code="BAD_SHAPE")
    yield data.message(head | {"boCode": f"{bo.code}z"}, code="UNKNOWN_OBJECT")
    yield data.message(head | {"state": "GONE"}, code="UNKNOWN_STATE")
    yield data.message(head | {"id": "short"}, code="OUT_ID_UNKNOWN")
    if not data.rules.skips_unknown_fields:
        yield data.message(head | {"fields": [{"code": "no such field"}]}, code="UNKNOWN_FIELD")
    for one in bo.loaded_fields:
        if one.type is FieldType.INPUT_NUMBER:
            yield data.message(head | {"fields": [{"code": one.code, "apiValue": "NaN"}]}, code="BAD_VALUE")
    if not data.rules.removes_by_tombstone:
        yield PlayedMessage(key, None, is_ignored=True)


def _too_deep(data: RecordData, bo: BusinessObject, field_code: str) -> PlayedMessage:
    record: Record = {"externalId": f"{data.prefix}deep", "boCode": bo.code}
    for number in range(data.rules.max_depth):
        outer = {"externalId": f"{data.prefix}deep-{number}", "boCode": bo.code}
        record = outer | {"boFields": [{"fieldCode": field_code, "boiInput": record}]}
    return data.message(record, code="TOO_DEEP")
