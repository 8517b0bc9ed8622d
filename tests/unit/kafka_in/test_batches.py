"""Batches as they grow: limits, positions beyond messages, partitions that go; and the share of rejected records."""

import json

import pytest

from etl.engine.kafka_in import assignment, batches, reading, worker
from etl.engine.kafka_in.batches import Batch, BatchLimits, Gathering
from etl.engine.kafka_in.error_share import WINDOW, ErrorShare
from etl.engine.kafka_in.taking import Stop, decide
from etl.errors import RunStopped
from etl.metadata import Company, parse_company
from etl.settings import InMigrationKafka, parse_settings
from etl.sources.kafka.message import Message, Partition
from etl.sources.kafka.positions import HeldPartition
from etl.sources.kafka.rules import RecordRules
from etl.sources.kafka.shapes import CompanyShape

DOCUMENT = "code: Client\nfields: [{code: Name, type: INPUT_TEXT, needLoadFromInTables: true}]"
A, B = Partition("t", 0), Partition("t", 1)


@pytest.fixture(scope="module")
def company() -> CompanyShape:
    found: Company = parse_company("demo", {"Client.yaml": DOCUMENT})
    return CompanyShape(found, RecordRules())


def held(*partitions: Partition, at: int = 0, token: int = 1) -> dict[Partition, HeldPartition]:
    return {one: HeldPartition(one, token, at) for one in partitions}


def message(partition: Partition, offset: int, *, size: int = 0) -> Message:
    record = {"boCode": "Client", "externalId": f"{partition.number}-{offset}", "more": "x" * size}
    return Message(*partition, offset, b"k", json.dumps(record).encode(), 1_700_000_000_000)


def gathering(company: CompanyShape, records: int = 100, size: int = 1_000_000) -> Gathering:
    now = [0.0]
    found = Gathering(company, BatchLimits(records, size, 0.5), clock=lambda: now[0])
    found.now = now  # type: ignore[attr-defined]
    return found


def offsets(batch: Batch) -> list[int]:
    return [one.offset for one in batch.messages]


def test_a_batch_ends_at_its_number_of_records(company: CompanyShape) -> None:
    mine, found = held(A), gathering(company, records=3)
    found.receive([message(A, n) for n in range(5)], {A: 5}, mine)
    assert found.is_full
    assert found.is_due
    first = found.take(mine)
    assert offsets(first) == [0, 1, 2]
    # Not 5: two messages are of the next batch.
    assert first.read.next_offsets == {A: 3}
    assert not found.is_full
    second = found.take(mine)
    assert offsets(second) == [3, 4]
    assert second.read.next_offsets == {A: 5}
    assert not found.take(mine).messages


def test_a_batch_ends_at_its_bytes_and_one_larger_record_is_a_batch(company: CompanyShape) -> None:
    mine, found = held(A), gathering(company, size=2_500)
    found.receive([message(A, 0, size=9_000), *(message(A, n, size=1_000) for n in range(1, 4))], {A: 4}, mine)
    assert [offsets(found.take(mine)) for _ in range(3)] == [[0], [1, 2], [3]]


def test_a_batch_is_due_when_it_is_old(company: CompanyShape) -> None:
    mine, found = held(A), gathering(company)
    found.receive([message(A, 0)], {A: 1}, mine)
    assert not found.is_due
    found.now[0] = 0.5  # type: ignore[attr-defined]
    assert found.is_due
    found.take(mine)
    assert not found.is_due


def test_a_first_batch_need_not_be_full(company: CompanyShape, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor one behind it that was not; but what follows a full one waits until it is full too, or old."""
    monkeypatch.setattr(batches, "_EARLY_MESSAGES", 2)
    mine, found = held(A), gathering(company, records=4)
    for begin, end, is_due in ((0, 1, False), (1, 2, True), (2, 5, True), (5, 9, True), (9, 12, False), (12, 13, True)):
        found.receive([message(A, n) for n in range(begin, end)], {A: end}, mine)
        assert found.is_due == is_due
        if is_due:
            found.take(mine)


def test_positions_count_what_is_no_message(company: CompanyShape) -> None:
    """Marks of transactions, and gaps of compaction: lag would never become 0 else."""
    mine, found = held(A, B, at=7), gathering(company)
    found.receive([message(A, 7)], {A: 9, B: 7}, mine)
    batch = found.take(mine)
    assert batch.read.next_offsets == {A: 9}
    found.receive([], {A: 9, B: 8}, held(A, at=9) | held(B, at=7))
    moved = found.take(held(A, at=9) | held(B, at=7))
    assert moved.read.next_offsets == {B: 8}
    assert moved.moves(held(B, at=7))
    assert not moved.moves(held(B, at=8))


def test_what_is_of_a_partition_that_went_is_dropped(company: CompanyShape) -> None:
    found = gathering(company, records=4)
    found.receive([message(A, 0), message(B, 0), message(A, 1), message(B, 1), message(B, 2)], {A: 2, B: 3}, held(A, B))
    found.keep(held(B))
    batch = found.take(held(B))
    assert {one.partition for one in batch.messages} == {1}
    assert offsets(batch) == [0, 1]
    assert set(batch.held) == {B}
    assert offsets(rest := found.take(held(B))) == [2]
    assert rest.read.next_offsets == {B: 3}


def test_a_partition_that_was_taken_again_is_another_one(company: CompanyShape) -> None:
    """An operator has moved it back: a batch that was read before must not jump over what lies between."""
    batch = Batch()
    batch.add([message(A, 10), message(B, 3)], company, held(A, B))
    left = batch.kept(held(A, at=5, token=2) | held(B), company)
    assert [(one.partition, one.offset) for one in left.messages] == [(1, 3)]
    assert left.read.next_offsets == {B: 4}
    assert batch.kept(held(A, B, at=4), company) is batch


@pytest.mark.parametrize("size", [1, 7, 100, 999, 1_000, 5_000])
def test_the_share_of_rejected_records_does_not_depend_on_batches(size: int) -> None:
    """101 of 1,000 are more than 10 percent, 100 are not."""
    share = ErrorShare(10)
    messages = [message(A, n) for n in range(3_000)]
    bad = {*range(0, 1_000, 10), 1_500}
    assert feed(share, messages, bad, size) is None
    share = ErrorShare(10)
    bad = {*range(100), *range(2_000, 2_101)}
    assert feed(share, messages, bad, size) == 2_100 // size * size


def feed(share: ErrorShare, messages: list[Message], bad: set[int], size: int) -> int | None:
    """The first offset of the batch that is refused."""
    for start in range(0, len(messages), size):
        batch = messages[start : start + size]
        rejected = frozenset((*A, one.offset) for one in batch if one.offset in bad)
        try:
            share.judge(batch, rejected)
        except RunStopped:
            return start
        share.note(batch, rejected)
    return None


def test_no_limit_stops_nothing() -> None:
    share, messages = ErrorShare(None), [message(A, n) for n in range(WINDOW)]
    share.judge(messages, frozenset((*A, n) for n in range(WINDOW)))


def test_a_limit_of_0_allows_no_rejected_record() -> None:
    """0 is a limit, and not the absence of one."""
    share, messages = ErrorShare(0), [message(A, n) for n in range(5)]
    share.judge(messages, frozenset())
    share.note(messages, frozenset())
    with pytest.raises(RunStopped, match=r"a record is rejected \(errorLimit=0\), lastly .*/0/3"):
        share.judge(messages, frozenset({(*A, 3)}))


def settings(**keys: str) -> InMigrationKafka:
    texts = {
        "configs/InMigrationConfig.txt": "companyCode=demo\n",
        "configs/InMigrationKafkaConfig.txt": "".join(f"{key}={value}\n" for key, value in keys.items()),
    }
    return parse_settings(texts, origin="test", company="demo", environ={}).kafka.in_migration


RECREATED, EARLIEST = {"whenTopicRecreated": "beginning"}, {"whenRetentionLost": "earliest"}


@pytest.mark.parametrize(
    ("next_offset", "topic_id", "stopped", "keys", "expected"),
    [
        (10, "a", "", {}, (None, None)),
        (5, "a", "", {}, (None, None)),
        (20, "a", "", {}, (None, None)),
        (4, "a", "", {}, (Stop.LOST, None)),
        (4, "a", "", EARLIEST, (None, 5)),
        (21, "a", "", {}, (Stop.BEYOND, None)),
        # No setting resets it, also not once the partition has grown beyond it.
        (21, "a", "", EARLIEST | RECREATED, (Stop.BEYOND, None)),
        (10, "a", Stop.BEYOND, EARLIEST | RECREATED, (Stop.BEYOND, None)),
        (10, "a", Stop.LOST, {}, (None, None)),
        (10, "b", "", {}, (Stop.RECREATED, None)),
        (10, "b", "", RECREATED, (None, 5)),
        (21, "b", "", RECREATED, (None, 5)),
        (4, "b", "", EARLIEST, (Stop.RECREATED, None)),
        # Brokers before 2.8 give no ids.
        (10, "", "", {}, (None, None)),
    ],
)
def test_from_where_a_partition_is_read(
    next_offset: int, topic_id: str, stopped: str, keys: dict[str, str], expected: tuple[Stop | None, int | None]
) -> None:
    mine = HeldPartition(A, 1, next_offset, "a", stopped)
    found = decide(mine, topic_id, 5, 20, settings(**keys))
    assert (found.stop, found.start) == expected
    assert bool(found.reason) == (expected != (None, None))


def test_an_end_takes_less_than_five_seconds() -> None:
    """What SIGTERM and a partition that goes are promised, as the sum of what each step may take."""
    assert assignment.FINISH_SECONDS + assignment.ROLLBACK_SECONDS + worker._RELEASE_SECONDS < 5
    assert reading._STOP_SECONDS + reading._POLL_SECONDS < 5
