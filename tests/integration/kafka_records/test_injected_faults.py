"""Negative controls: faults that a careless change might bring into the merge of records, and what finds them.

A partition is a list of messages here; who reads it is killed, or loses it; the next one continues at the position.
"""

import re
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace

import pytest

from etl.database import transaction
from etl.engine import record_batches
from etl.errors import FencedOut, TransientFault
from etl.retry import RetryPolicy
from etl.sources.kafka import batch as batches
from etl.sources.kafka.candidates import choose_candidates
from etl.sources.kafka.message import Message
from etl.sources.kafka.outcome import BatchOutcome
from etl.sources.kafka.positions import HeldPartition
from etl.sources.kafka.reading import ReadBatch, Record, read_batch
from etl.sources.kafka.record_store import RecordStore
from etl.sources.kafka.remembered import FirstRecord, RememberedRecords
from tests.fix_company import STORE
from tests.integration.kafka_records.test_once import holding
from tests.integration.kafka_records.topic import Topic, record
from tests.properties.injected_faults import inject_fault

Scenario = Callable[[Topic], None]
Fault = Callable[[pytest.MonkeyPatch, Topic], None]


def numbered(topic: Topic, numbers: Iterable[int]) -> list[Message]:
    return topic.messages(*(record("Client", f"c{n}", record_id=f"r{n}", Name=f"n{n}") for n in numbers))


def read_on(topic: Topic, partition: Sequence[Message]) -> BatchOutcome:
    """What a worker does that has just started: it takes the partition, and merges from its position on."""
    [held] = topic.take()
    return topic.merge([one for one in partition if one.offset >= held.next_offset])


def check(topic: Topic, number: int) -> None:
    """None is lost, none came twice."""
    assert topic.values("Client", "name") == {f"c{n}": (f"n{n}",) for n in range(number)}
    assert topic.next_offset() == topic.offset
    assert topic.site.count(f"{STORE}.journal where change = 'created'") == number
    assert topic.site.count(f"{STORE}.kafka_record") == number


def killed_in_a_merge(topic: Topic) -> None:
    """Fault 1: nothing has happened, and the batch is merged from the stored offset."""
    partition = numbered(topic, range(10))
    topic.merge(partition[:4])
    killed = replace(topic, held=topic.take())
    with holding(topic, f"lock table {STORE}.bo_client in exclusive mode") as session:
        worker = threading.Thread(target=_dies, args=[killed, partition[4:]])
        worker.start()
        topic.site.wait_for_blocked(by=session.info.backend_pid)
        ended = "select count(pg_terminate_backend(pid)) from pg_stat_activity where wait_event_type = 'Lock'"
        assert topic.site.value(f"{ended} and datname = %s", [topic.site.store_database.name]) == 1
        worker.join()
    read_on(topic, partition)
    check(topic, 10)


def _dies(topic: Topic, messages: Sequence[Message]) -> None:
    """A worker that is ended with its session tries nothing again."""
    into = topic.into
    never_again = RetryPolicy(lambda fault: [])
    with pytest.raises(TransientFault):
        record_batches.merge_batch_with_retry(into, read_batch(messages, into.company), topic.held, never_again)


def moved_back_while_a_batch_is_read(topic: Topic) -> None:
    """An operator replays the partition; the batch that was read before must not move the position on again."""
    partition = numbered(topic, range(10))
    topic.merge(partition[:5])
    topic.site.look(f"update {STORE}.bo_client set name = 'broken'")
    with transaction(topic.runtime.store_engine) as connection:
        topic.into.positions.seek(connection, topic.partition, 0)
        topic.into.positions.forget_from(connection, topic.partition, 0)
    with suppress(FencedOut):
        topic.merge(partition[5:])
    read_on(topic, partition)
    check(topic, 10)


def taken_over_while_a_batch_is_read(topic: Topic) -> None:
    """Faults 3 and 4: an older owner, woken up, writes nothing, whatever the new one has done."""
    partition = numbered(topic, range(10))
    sleeper = replace(topic, held=topic.take())
    read_on(topic, partition[:5])
    with pytest.raises(FencedOut):
        sleeper.merge(partition)
    read_on(topic, partition)
    check(topic, 10)


def values_that_change_hands(topic: Topic) -> None:
    """In the savepoint of a batch, whose rows have the number of a subtransaction."""
    topic.send(*(record("Client", name, Email=f"{name}@x.kz") for name in "ab"))
    try:
        topic.send(record("Client", "a", Email="b@x.kz"), record("Client", "b", Email="a@x.kz"))
    except TransientFault as fault:
        raise AssertionError(f"the batch would be tried again for ever: {fault}") from fault
    assert topic.values("Client", "email") == {"a": ("b@x.kz",), "b": ("a@x.kz",)}


SCENARIOS = (
    killed_in_a_merge,
    moved_back_while_a_batch_is_read,
    taken_over_while_a_batch_is_read,
    values_that_change_hands,
)


def versions_of_whole_transactions(monkeypatch: pytest.MonkeyPatch, topic: Topic) -> None:
    """What this transaction has written is known by the transaction's number alone."""
    inject_fault(monkeypatch, "release_values", lambda sql: sql.replace("= r.version from", "= s._known_version from"))


def position_before_the_merge(monkeypatch: pytest.MonkeyPatch, _: Topic) -> None:
    """The offset is committed, and then the batch is merged."""

    def merge(into: RecordStore, batch: ReadBatch, held: Iterable[HeldPartition], **options: object) -> BatchOutcome:
        with transaction(into.engine) as connection:
            locked = into.positions.lock(connection, held)
            into.positions.advance(connection, batch.next_offsets, batch.timestamps)
        with transaction(into.engine) as connection:
            chosen = choose_candidates(into, connection, batch, locked, forgets=bool(options["forgets"]))
            work = batches._Work(into, connection, locked, chosen, is_second_try=bool(options["is_second_try"]))
            work.perform()
        return work.outcome

    monkeypatch.setattr(record_batches, "merge_batch", merge)


def record_ids_before_the_commit(monkeypatch: pytest.MonkeyPatch, topic: Topic) -> None:
    """recordIds are remembered in a transaction of their own."""
    remember = RememberedRecords.remember

    def remembered(
        self: RememberedRecords, _: object, records: dict[int, Record], at: object
    ) -> dict[int, FirstRecord]:
        with transaction(topic.runtime.store_engine) as connection:
            return remember(self, connection, records, at)  # type: ignore[arg-type]

    monkeypatch.setattr(RememberedRecords, "remember", remembered)


def no_token(monkeypatch: pytest.MonkeyPatch, _: Topic) -> None:
    inject_fault(monkeypatch, "lock_positions", lambda sql: re.sub(r" and p\.token = t\.token", "", sql))


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.__name__)
def test_without_a_fault_the_scenario_passes(scenario: Scenario, topic: Topic) -> None:
    scenario(topic)


@pytest.mark.negative_control
@pytest.mark.parametrize(
    ("scenario", "fault"),
    [
        (killed_in_a_merge, position_before_the_merge),
        (killed_in_a_merge, record_ids_before_the_commit),
        (moved_back_while_a_batch_is_read, no_token),
        (taken_over_while_a_batch_is_read, no_token),
        (values_that_change_hands, versions_of_whole_transactions),
    ],
    ids=lambda one: one.__name__,
)
def test_an_injected_fault_is_found(
    scenario: Scenario, fault: Fault, topic: Topic, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault(monkeypatch, topic)
    with pytest.raises((AssertionError, pytest.fail.Exception)) as found:
        scenario(topic)
    print(str(found.value)[-300:])
