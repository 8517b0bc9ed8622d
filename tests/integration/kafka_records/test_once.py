"""Every offset is merged once, and every recordId: after repetitions, crashes and lost partitions."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import psycopg
import pytest
from msgspec import structs

from etl.database import transaction
from etl.errors import FencedOut
from etl.sources.kafka.batch import merge_batch
from etl.sources.kafka.message import Partition
from etl.sources.kafka.reading import read_batch
from tests.fix_company import STORE, superuser, until
from tests.integration.kafka_records.topic import Topic, link, nest, record


def test_a_batch_that_comes_again_is_skipped(topic: Topic) -> None:
    """Its commit succeeded and the answer was lost, or its offsets overlap those of the next one."""
    messages = topic.messages(record("Client", "c", Name="a"), record("Client", "c", Name="b"), b"x", None)
    assert topic.merge(messages).merged == 2
    topic.send(record("Client", "c", Name="c"))
    outcome = topic.merge(messages)
    assert (outcome.unit, outcome.merged, outcome.skipped, outcome.dead_letters) == (None, 0, 3, 0)
    assert topic.next_offset() == 5
    more = topic.messages(record("Client", "d"))
    assert (topic.merge(messages[1:] + more).merged, topic.next_offset()) == (1, 6)
    assert topic.values("Client", "name") == {"c": ("c",), "d": (None,)}
    assert topic.dead() == [(2, "BAD_JSON")]


def test_the_position_of_the_consumer_counts_what_it_does_not_show(topic: Topic) -> None:
    """Markers of transactions and compacted gaps."""
    held, into = topic.take(), topic.into
    messages = [
        structs.replace(one, offset=one.offset * 10 + 5) for one in topic.messages(*[record("Client", "c")] * 3)
    ]
    merge_batch(into, read_batch(messages, into.company, {topic.partition: 31}), held)
    assert topic.next_offset() == 31
    merge_batch(into, read_batch([], into.company, {topic.partition: 33}), held)
    assert topic.next_offset() == 33


def test_an_earlier_owner_writes_nothing_more(topic: Topic) -> None:
    held = topic.take("one")
    topic.send(record("Client", "c", Name="a"))
    newer = replace(topic, held=[])
    assert [(one.token, one.next_offset) for one in newer.take("two")] == [(2, 1)]
    before = topic.site.fingerprint()
    with pytest.raises(FencedOut, match="demo/0"):
        topic.merge(topic.messages(record("Client", "c", Name="b")))
    assert topic.site.fingerprint() == before
    assert newer.merge(newer.messages(record("Client", "c", Name="c"))).merged == 1
    with transaction(topic.runtime.store_engine) as connection:
        topic.into.positions.release(connection, held)  # which is not his any more
    assert topic.site.value(f"select owner from {STORE}.kafka_position") == "two"
    with transaction(topic.runtime.store_engine) as connection:
        topic.into.positions.release(connection, newer.held)
    assert topic.site.value(f"select owner from {STORE}.kafka_position") is None


def test_one_lost_partition_of_several_ends_the_batch(topic: Topic) -> None:
    other = replace(topic, number=1, held=[])
    held = topic.take("one") + other.take("one")
    other.take("two")
    into = topic.into
    batch = read_batch(topic.messages(record("Client", "c")) + other.messages(record("Client", "d")), into.company)
    with pytest.raises(FencedOut, match="demo/1"):
        merge_batch(into, batch, held)
    assert topic.stored("Client") == {}
    assert topic.next_offset() == 0


def test_a_partition_is_taken_after_the_open_batch_of_its_owner(topic: Topic) -> None:
    """Not in the middle: a batch is whole or not at all."""
    topic.take("one")
    newer = replace(topic, held=[])
    with holding(topic, f"lock table {STORE}.bo_client in exclusive mode") as session:
        first = threading.Thread(target=topic.send, args=[record("Client", "c")])
        first.start()
        topic.site.wait_for_blocked(by=session.info.backend_pid)
        second = threading.Thread(target=newer.take, args=["two"])
        second.start()
        waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = %s"
        until(lambda: topic.site.value(waiting, [topic.site.database.name]) == 2, "the second one waits")
    first.join()
    second.join()
    assert [(one.token, one.next_offset) for one in newer.held] == [(2, 1)]
    assert list(topic.stored("Client")) == ["c"]


def test_a_seek_shuts_the_owner_out(topic: Topic) -> None:
    topic.send(record("Client", "c", record_id="r"), record("Client", "d"))
    with transaction(topic.runtime.store_engine) as connection:
        assert topic.into.positions.seek(connection, topic.partition, 0)
        assert not topic.into.positions.seek(connection, Partition("other", 0), 0)
    with pytest.raises(FencedOut):
        topic.send(record("Client", "e"))
    [held] = topic.take()
    assert held.next_offset == 0


def test_topic_ids_are_noted_the_first_time(topic: Topic) -> None:
    """Another id tells the worker that the topic was made again; a seek notes the new one."""
    positions = topic.into.positions
    ids = []
    for topic_id in (None, "A", "B"):
        with transaction(topic.runtime.store_engine) as connection:
            given = {topic.name: topic_id} if topic_id else None
            [held] = positions.take(connection, {topic.partition: 5}, "w", given)
        ids.append(held.topic_id)
    assert (ids, held.next_offset, held.token) == (["", "A", "A"], 5, 3)
    with transaction(topic.runtime.store_engine) as connection:
        positions.seek(connection, topic.partition, 0, "B")
        [held] = positions.take(connection, {topic.partition: 5}, "w")
    assert (held.topic_id, held.next_offset) == ("B", 0)


def test_a_record_id_is_merged_once(topic: Topic) -> None:
    """Fault 26."""
    topic.send(record("Client", "c", Name="a", record_id="r"))
    same = {
        "fields": [{"apiValue": "a", "code": "Name"}],
        "recordId": "r",
        "externalId": "c",
        "boCode": "Client",
        "more": 1,
    }
    outcome = topic.send(same, record("Client", "c", Name="b", record_id="r"), record("Client", "c", Name="b"))
    assert (outcome.merged, outcome.known, outcome.reused) == (1, 1, 1)
    assert topic.values("Client", "name") == {"c": ("b",)}
    assert topic.dead() == [(2, "RECORD_ID_REUSED")]
    assert "demo/0/0" in topic.site.value(f"select message from {STORE}.err")
    other = replace(topic, name="other", held=[], offset=0)
    assert other.send(record("Client", "c", Name="c", record_id="r")).merged == 1


def test_a_record_id_twice_in_a_batch(topic: Topic) -> None:
    """The first offset wins, unless it is rejected; then the next one is merged, in its own place."""
    outcome = topic.send(
        record("Client", "c", Name="1", record_id="a"),
        record("Client", "c", Name="2", record_id="a"),
        record("Client", "c", Name="1", record_id="a"),
        record("Client", "d", Kind="bad", record_id="b"),
        record("Client", "d", Name="3", record_id="b"),
        record("Client", "d", Name="4", record_id="b"),
        record("Client", "d", Name="5"),
        record("Claim", "k", record_id="n", links=[nest("Watcher", record("Client", "n", Kind="bad"))]),
        record("Claim", "k", record_id="n", links=[nest("Watcher", record("Client", "n", Level="bad"))]),
        record("Claim", "k", record_id="n", links=[nest("Watcher", record("Client", "n"))]),
        record("Claim", "k", record_id="n"),
    )
    assert topic.values("Client", "name") == {"c": ("1",), "d": ("5",), "n": (None,)}
    assert topic.links("Claim", "Watcher") == {("k", "n")}
    assert topic.dead() == [
        (1, "RECORD_ID_REUSED"),
        (3, "OPTION_UNKNOWN"),
        (5, "RECORD_ID_REUSED"),
        (7, "OPTION_UNKNOWN"),
        (8, "OPTION_UNKNOWN"),
        (10, "RECORD_ID_REUSED"),
    ]
    assert (outcome.merged, outcome.known, outcome.reused, outcome.rejected) == (4, 1, 3, 3)
    remembered = topic.site.look(f"select record_id, record_offset from {STORE}.kafka_record order by 1")
    assert [tuple(row.values()) for row in remembered] == [("a", 0), ("b", 4), ("n", 9)]


def test_a_rejected_record_may_come_again_corrected(topic: Topic) -> None:
    """Its recordId is not remembered, whether the reading or the merge has refused it."""
    for number, faulty in enumerate(({"Nmae": "x"}, {"Amount": "x"}, {"Kind": "bad"})):
        assert topic.send(record("Client", f"c{number}", record_id=f"r{number}", **faulty)).rejected == 1
        corrected = record("Client", f"c{number}", record_id=f"r{number}", Name="x")
        assert topic.send(corrected, corrected).merged == 1
    assert len(topic.stored("Client")) == 3


def test_a_record_without_an_id_is_always_merged(topic: Topic) -> None:
    """Fault 27."""
    for record_id in (None, ""):
        for name in ("a", "b", "a"):
            assert topic.send(record("Client", "c", Name=name, record_id=record_id)).merged == 1
    assert topic.site.count(f"{STORE}.kafka_record") == 0


def test_known_records_write_nothing_but_positions(topic: Topic) -> None:
    records = [
        record("Claim", f"k{n}", record_id=f"r{n}", Title="t", links=[link("Watcher", "late")]) for n in range(50)
    ]
    topic.send(*records)
    before = {table: mark for table, mark in topic.site.fingerprint().items() if "kafka_position" not in table}
    numbers = topic.site.value(f"select last_number from {STORE}.unit_number")
    outcome = topic.send(*records)
    assert (outcome.known, outcome.unit) == (50, None)
    after = {table: mark for table, mark in topic.site.fingerprint().items() if "kafka_position" not in table}
    assert after == before
    assert topic.site.value(f"select last_number from {STORE}.unit_number") == numbers
    assert topic.next_offset() == 100


def test_known_records_can_be_merged_again(topic: Topic) -> None:
    """`etl kafka replay`: else all of them would be ignored."""
    messages = topic.messages(record("Client", "c", Name="a", record_id="r"))
    topic.merge(messages)
    topic.site.look(f"update {STORE}.bo_client set name = 'broken'")
    with transaction(topic.runtime.store_engine) as connection:
        topic.into.positions.seek(connection, topic.partition, 0)
    topic.take()
    assert topic.merge(messages, forgets=True).merged == 1
    assert topic.values("Client", "name") == {"c": ("a",)}
    assert topic.send(record("Client", "c", Name="a", record_id="r")).known == 1


def test_two_workers_that_get_one_record_id_merge_it_once(topic: Topic) -> None:
    """In two partitions at once: the second waits for the first one's commit, and ignores its own."""
    other = replace(topic, number=1, held=[])
    topic.take()
    other.take()
    outcomes = []
    with holding(topic, f"lock table {STORE}.bo_client in exclusive mode") as session:
        workers = [
            threading.Thread(
                target=lambda one=one, name=name: outcomes.append(
                    one.send(record("Client", "c", Name=name, record_id="r"))
                )
            )
            for one, name in ((topic, "a"), (other, "b"))
        ]
        for worker in workers:
            worker.start()
        topic.site.wait_for_blocked(by=session.info.backend_pid)
    for worker in workers:
        worker.join()
    assert sorted(one.merged for one in outcomes) == [0, 1]
    assert sorted(one.reused for one in outcomes) == [0, 1]
    assert len(topic.dead()) == 1


def test_two_workers_that_write_one_unique_value(topic: Topic) -> None:
    """The second one's first try fails on what it could not see; its second try rejects the record, not the batch."""
    other = replace(topic, number=1, held=[])
    topic.take()
    other.take()
    outcomes = []
    with holding(topic, f"lock table {STORE}.journal in exclusive mode"):
        workers = [
            threading.Thread(
                target=lambda one=one: outcomes.append(
                    one.send(record("Client", f"c{one.number}", Email="a@b.kz"), record("Client", f"d{one.number}"))
                )
            )
            for one in (topic, other)
        ]
        for worker in workers:
            worker.start()
        blocked = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = %s"
        until(lambda: topic.site.value(blocked, [topic.site.database.name]) == 2, "both wait")
    for worker in workers:
        worker.join()
    assert sorted((one.merged, one.rejected) for one in outcomes) == [(1, 1), (2, 0)]
    assert [code for _, code, _ in topic.faults()] == ["UNIQUE_TAKEN"]
    assert len(topic.stored("Client")) == 3


def test_a_batch_whose_session_ends_is_merged_again(topic: Topic) -> None:
    """The server is restarted, or an operator ends the session: no record is rejected for it, and none comes twice."""
    topic.take()
    outcomes = []
    with holding(topic, f"lock table {STORE}.bo_client in exclusive mode") as session:
        worker = threading.Thread(
            target=lambda: outcomes.append(topic.send(record("Client", "c", record_id="r"), b"x"))
        )
        worker.start()
        topic.site.wait_for_blocked(by=session.info.backend_pid)
        ended = "select count(pg_terminate_backend(pid)) from pg_stat_activity where wait_event_type = 'Lock'"
        assert topic.site.value(f"{ended} and datname = %s", [topic.site.store_database.name]) == 1
    worker.join()
    [outcome] = outcomes
    assert (outcome.merged, outcome.rejected, topic.next_offset()) == (1, 1, 2)
    assert topic.dead() == [(1, "BAD_JSON")]
    assert topic.site.count(f"{STORE}.unit where kind = 'batch'") == 1


def test_an_undo_waits_for_an_open_batch(topic: Topic) -> None:
    """As for every other source: its fence is the table of fences."""
    topic.take()
    with transaction(topic.runtime.store_engine) as connection:
        topic.into.positions.lock(connection, topic.held)
        shutting = threading.Thread(target=_shut_out, args=[topic])
        shutting.start()
        topic.site.wait_for_blocked()
    shutting.join()


def _shut_out(topic: Topic) -> None:
    with transaction(topic.runtime.store_engine) as connection:
        topic.runtime.store_fence.shut_out(connection)


@contextmanager
def holding(topic: Topic, statement: str) -> Iterator["psycopg.Connection[object]"]:
    with psycopg.connect(**superuser(topic.site.store_database)) as session:
        session.execute(statement)
        yield session
