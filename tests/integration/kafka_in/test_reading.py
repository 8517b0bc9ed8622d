"""The worker as a process: records arrive in store and out_ tables, once, and it ends as it is asked to."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack

import pytest
from confluent_kafka import ConsumerGroupTopicPartitions, KafkaException, TopicPartition
from confluent_kafka.admin import NewPartitions

from etl.kafka import Partition, Producer, TransactionalProducer, read_to_end
from tests.acceptance.service import SIGNALS
from tests.fix_company import CLAIMS, STORE, inherited, until
from tests.fix_database import LOOPBACK
from tests.fix_kafka import MakeTopic, admin_at
from tests.integration.kafka.clients import a_name, values
from tests.integration.kafka_in.conftest import IN_KAFKA, KAFKA, SESSION_TIMES, MakeReading, Reading, client

pytestmark = pytest.mark.slow

_KILLED_BEFORE_MIRROR = """
import os, signal, sys
from etl.kafka.consumer import Consumer
mirror = Consumer.mirror
def kill(self, offsets):
    if offsets:
        os.kill(os.getpid(), signal.SIGKILL)
Consumer.mirror = kill
sys.argv = ["etl", "kafka", "in"]
from etl.cli import main
main()
"""


@pytest.mark.parametrize("number", SIGNALS)
def test_records_arrive_in_store_and_out_tables(reading: Reading, number: signal.Signals) -> None:
    reading.send(client("a"), client("b"))
    with reading.worker() as worker:
        reading.wait_for({"a", "b"})
        until(lambda: reading.shown() == 2, "out_ shows both")
        reading.send(client("c"), client("a"))
        reading.wait_for_position(4)
        until(lambda: reading.shown() == 3, "out_ shows the third")
        begun = time.monotonic()
        worker.signal(number)
        assert worker.wait_for_exit() == SIGNALS[number]
        assert time.monotonic() - begun < 5
    assert reading.written() == 3  # the repetition of a is known
    # Its partition is given back.
    assert reading.position()["owner"] is None


@pytest.mark.first_run
def test_no_in_tables_are_needed(reading: Reading) -> None:
    reading.site.look("drop schema in_tables cascade")
    reading.send(client("a"))
    with reading.worker():
        reading.wait_for({"a"})
        until(lambda: reading.shown() == 1, "out_ shows it")


def test_a_service_reads_topics_beside_its_runs(reading: Reading) -> None:
    with reading.worker("run", "--loop", "--json") as service:
        service.wait_for_runs(1)
        reading.send(client("a"))
        reading.wait_for({"a"})
        reading.site.partner.fill("in_Client", {"in_id": "row", "name": "Row"})
        reading.site.partner.hand_over()
        service.wait_for_runs(2)
        reading.send(client("b"))
        reading.wait_for({"a", "row", "b"})
        until(lambda: reading.shown() == 3, "out_ shows all")
        service.signal(signal.SIGTERM)
        assert service.wait_for_exit() == 143


def test_a_worker_that_is_killed_before_it_says_how_far_it_is(reading: Reading) -> None:
    """Fault 2: the group knows nothing, the store does."""
    reading.send(client("a", recordId=None), client("b", recordId=None))
    site = reading.site
    clean = {"PATH": os.environ["PATH"], **inherited(), "HOME": str(site.home), **site.environ, "ETL_CONFIG": site.url}
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED_BEFORE_MIRROR], env=clean, cwd=site.home, capture_output=True, timeout=60
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert reading.names() == {"a", "b"}
    written, batches = reading.written(), site.count(f"{STORE}.unit where source = 'kafka'")
    with reading.worker() as worker:
        reading.send(client("c"))
        reading.wait_for({"a", "b", "c"})
        worker.wait_for_log(f"{reading.topic}/0 is read from offset 2")
    assert reading.written() == written + 1
    assert site.count(f"{STORE}.unit where source = 'kafka'") == batches + 1


@pytest.mark.nightly
def test_workers_share_partitions_and_take_over_from_a_killed_one(make_reading: MakeReading) -> None:
    reading = make_reading(partitions=4, workers=2)
    expected = set()
    with reading.worker() as first, reading.worker() as second:
        owners = f"select count(distinct split_part(owner, '/', 1)) from {STORE}.kafka_position"
        is_there = f"select to_regclass('{STORE}.kafka_position') is not null"
        until(lambda: reading.site.value(is_there), "the tables are there")
        until(lambda: reading.site.value(owners) == 2, "both read partitions", seconds=90)
        for n in range(40):
            expected.add(f"c{n}")
            reading.send(client(f"c{n}", recordId=None), partition=n % 4)
        reading.wait_for(expected)
        first.signal(signal.SIGKILL)
        for n in range(40, 80):
            expected.add(f"c{n}")
            reading.send(client(f"c{n}", recordId=None), partition=n % 4)
        # The group waits for a killed member until its session ends.
        until(lambda: reading.names() == expected, "the second reads all", seconds=120)
        assert second.process.poll() is None
    assert reading.written() == 80
    assert [reading.position(number)["next_offset"] for number in range(4)] == [20] * 4


@pytest.mark.nightly
def test_a_suspended_worker_writes_nothing_more(reading: Reading) -> None:
    """Faults 3 and 4: the group has given its partition to another worker."""
    reading.send(client("a", recordId=None))
    with reading.worker() as first:
        reading.wait_for({"a"})
        owner = reading.position()["owner"]
        first.signal(signal.SIGSTOP)
        with reading.worker() as second:
            until(lambda: reading.position()["owner"] not in (owner, None), "the second takes it", seconds=90)
            reading.send(client("b", recordId=None))
            reading.wait_for({"a", "b"})
            first.signal(signal.SIGCONT)
            reading.send(client("c", recordId=None))
            reading.wait_for({"a", "b", "c"})
            second.signal(signal.SIGTERM)
            assert second.wait_for_exit() == 143
        reading.send(client("d", recordId=None))
        until(lambda: reading.names() == set("abcd"), "the first reads again", seconds=90)
    assert reading.written() == 4


def test_aborted_transactions_are_not_read_and_lag_becomes_0(reading: Reading) -> None:
    with TransactionalProducer(reading.connection, a_name("p")) as producer:
        producer.init()
        for name, is_kept in (("a", True), ("b", False), ("c", True), ("d", False)):
            producer.begin()
            producer.send(reading.topic, b"k", json.dumps(client(name)).encode())
            producer._client.flush(30)  # else an abort throws away what was not sent
            producer.commit() if is_kept else producer.abort()
    with reading.worker():
        reading.wait_for({"a", "c"})
        reading.wait_for_position(8)
    done = reading.site.etl("kafka", "lag", "--max", "0", "--json")
    assert (done.code, json.loads(done.out)["lag"]) == (0, 0)


@pytest.mark.nightly
def test_gaps_of_compaction_are_passed(reading: Reading, make_topic: MakeTopic) -> None:
    """Fault 34: reading also begins in a gap, and nothing of it counts as lost."""
    options = {"cleanup_policy": "compact", "segment_ms": 100, "min_cleanable_dirty_ratio": 0.01}
    reading.topic = make_topic(**options, max_compaction_lag_ms=100)
    reading.configure()
    reading.send(*(client(name, recordId=None) for name in "abcd"))

    def offsets() -> list[int]:
        return [one.offset for one in read_to_end(reading.connection, reading.partition)]

    def is_compacted() -> bool:
        reading.send(client("e", recordId=None))  # what is in the newest segment stays
        return offsets()[0] > 3

    until(is_compacted, "the first records are gone", seconds=120)
    end = offsets()[-1] + 1
    with reading.worker():
        reading.wait_for({"e"})
        reading.wait_for_position(end)
        assert reading.site.etl("kafka", "seek", "--topic", reading.topic, "--offset", "1").code == 0
        reading.wait_for_position(end)
        done = reading.site.etl("kafka", "lag", "--max", "0", "--json")
        assert (done.code, json.loads(done.out)["lag"]) == (0, 0)
    assert reading.position()["lost"] == 0


def test_other_settings_take_effect_while_it_reads(reading: Reading) -> None:
    with reading.worker() as worker:
        reading.send(client("a"), client("b", fields=[{"code": "Strange", "apiValue": "1"}]))
        reading.wait_for_position(2)
        reading.configure(onUnknownField="skip")
        worker.wait_for_log("the service continues")
        reading.send(client("c", fields=[{"code": "Strange", "apiValue": "1"}]))
        reading.wait_for({"a", "c"})


def test_nothing_to_read_is_said(reading: Reading) -> None:
    reading.configure(hasInMigrationKafka="false")
    done = reading.site.etl("kafka", "in")
    assert done.code == 2
    assert "hasInMigrationKafka" in done.err
    assert IN_KAFKA in done.err


def test_brokers_that_are_away_are_waited_for(reading: Reading) -> None:
    """Fault 9: a service waits, and says so."""
    site = reading.site
    site.write("configs/KafkaConfig.txt", f"servers={LOOPBACK}:1\n")
    with reading.worker() as worker:
        worker.wait_for_log("the brokers are waited for")
        reading.send(client("a"))
        site.write("configs/KafkaConfig.txt", f"servers={reading.connection.servers}\n")
        reading.wait_for({"a"})


def test_a_topic_that_comes_later_is_read(reading: Reading, make_topic: MakeTopic, kafka_url: str) -> None:
    other = a_name("later")
    reading.configure(topics=f"{reading.topic},{other}")
    reading.keys["topics"] = reading.topic
    _look_often(reading)
    with reading.worker() as worker:
        reading.send(client("a"))
        reading.wait_for({"a"})
        worker.wait_for_log(f"{other} is not read")
        make_topic(other)
        with Producer(reading.connection) as producer:
            producer.send(other, None, json.dumps(client("b")).encode())
        until(lambda: reading.names() == {"a", "b"}, "the later topic is read", seconds=90)


def test_too_many_rejected_records_end_the_reading(make_reading: MakeReading) -> None:
    """Fault 45: offsets stay before the flood."""
    reading = make_reading(errorLimit=10, batchRecords=50)
    reading.send(*(client(f"c{n}") for n in range(20)))
    with reading.worker() as worker:
        reading.wait_for_position(20)
        reading.send(*(b"no JSON" for _ in range(300)))
        assert worker.wait_for_exit() == 3
    assert any("errorLimit" in line for line in worker.log)
    assert reading.position()["next_offset"] <= 120
    assert len(reading.names()) == 20


def test_an_error_limit_of_0_allows_no_rejected_record(make_reading: MakeReading) -> None:
    """Fault 45 with two records."""
    reading = make_reading(errorLimit=0)
    reading.send(client("a"))
    with reading.worker() as worker:
        reading.wait_for_position(1)
        reading.send(b"no JSON", b"no JSON", client("b"))
        assert worker.wait_for_exit() == 3
    said = [line for line in worker.log if "reading of records has stopped" in line]
    assert len(said) == 2  # the log, and why the command has ended
    assert all(f"a record is rejected (errorLimit=0), lastly {reading.topic}/0/1" in line for line in said)
    assert (reading.position()["next_offset"], reading.position()["owner"]) == (1, None)
    assert reading.names() == {"a"}
    assert reading.site.count(f"{STORE}.kafka_dead_letter") == 0


@pytest.mark.nightly
def test_dead_letters_reach_their_topic(reading: Reading, make_topic: MakeTopic) -> None:
    """Fault 40: they stay in the store until their topic is there; reading continues."""
    errors = f"{reading.topic}.errors"
    with reading.worker() as worker:
        reading.send(b"no JSON", client("a"), {"boCode": "Clinet", "externalId": "x"})
        reading.wait_for({"a"})
        # There is no such topic yet.
        worker.wait_for_log("stay in the store")
        unsent = f"{STORE}.kafka_dead_letter where sent_at is null"
        assert reading.site.count(unsent) == 2
        make_topic(errors)
        until(lambda: reading.site.count(unsent) == 0, "dead letters are sent", seconds=90)
    sent = list(read_to_end(reading.connection, Partition(errors, 0)))
    assert values(sent) == ["no JSON", json.dumps({"boCode": "Clinet", "externalId": "x"})]
    headers = [{name: (value or b"").decode() for name, value in one.headers} for one in sent]
    assert [(one["etl-code"], one["etl-topic"], one["etl-offset"], one["etl-attempt"]) for one in headers] == [
        ("BAD_JSON", reading.topic, "0", "1"),
        ("UNKNOWN_OBJECT", reading.topic, "2", "1"),
    ]


@pytest.mark.parametrize("members", [1, pytest.param(2, marks=pytest.mark.nightly)])
def test_the_partitions_of_a_topic_may_grow(make_reading: MakeReading, kafka_url: str, members: int) -> None:
    """Fault 14: new ones from their first record on, while records of the others come; the log says that keys move."""
    reading = make_reading(partitions=members)
    _look_often(reading)
    expected = {f"old{n}" for n in range(members)}
    for number in range(members):
        reading.send(client(f"old{number}", recordId=None), partition=number)
    with ExitStack() as stack:
        workers = [stack.enter_context(reading.worker()) for _ in range(members)]
        reading.wait_for(expected)
        admin = admin_at(kafka_url)
        admin.create_partitions([NewPartitions(reading.topic, members + 2)])[reading.topic].result(30)
        for number in range(members + 2):
            expected.add(f"new{number}")
            reading.send(client(f"new{number}", recordId=None), partition=number)
        until(lambda: reading.names() == expected, "the new partitions are read", seconds=90)
        said = f"{reading.topic} has {members + 2} partitions now, before {members}"
        until(lambda: any(said in line for one in workers for line in one.log), "a host says that keys move")
        assert [one.process.poll() for one in workers] == [None] * members
    assert reading.written() == len(expected)
    assert [reading.position(number)["next_offset"] for number in range(members + 2)] == [2] * members + [1, 1]


@pytest.mark.nightly
def test_a_group_that_is_reset_and_deleted_changes_nothing(reading: Reading, kafka_url: str) -> None:
    """Fault 15: its offsets say that all has been read, or nothing; positions of the store decide."""
    admin, group = admin_at(kafka_url), reading.topic
    reading.send(*(client(name, recordId=None) for name in "abc"))
    assert reading.site.etl("kafka", "seek", "--topic", reading.topic, "--offset", "1").code == 0
    ended = ConsumerGroupTopicPartitions(group, [TopicPartition(reading.topic, 0, 3)])
    admin.alter_consumer_group_offsets([ended])[group].result(30)
    with reading.worker() as worker:
        worker.wait_for_log(f"{reading.topic}/0 is read from offset 1")
        reading.wait_for({"b", "c"})
        with pytest.raises(KafkaException):  # brokers refuse it while there are members
            admin.delete_consumer_groups([group])[group].result(30)
        reading.send(client("d", recordId=None))
        reading.wait_for({"b", "c", "d"})
        worker.signal(signal.SIGTERM)
        assert worker.wait_for_exit() == 143
    admin.delete_consumer_groups([group])[group].result(30)
    reading.send(client("e", recordId=None))
    batches = f"{STORE}.unit where source = 'kafka'"
    before = reading.site.count(batches)
    with reading.worker() as worker:
        worker.wait_for_log(f"{reading.topic}/0 is read from offset 4")
        reading.wait_for({"b", "c", "d", "e"})
    assert reading.site.count(batches) == before + 1
    assert reading.written() == 4


@pytest.mark.nightly
def test_members_in_different_zones_store_the_same_moments(make_reading: MakeReading) -> None:
    """Neither the zone of a host nor that of its schedules changes a value: fields say in which zone they are given."""
    reading = make_reading(partitions=2)
    field = "{code: Seen, type: FULL_DATE, inMigrationTimezoneMinutes: 300, needLoadFromInTables: true}"
    reading.site.document("Client", f"{CLAIMS['Client']}  - {field}\n")
    seen = [{"code": "Seen", "apiValue": "2026-03-29T02:30:00"}]
    with reading.worker(TZ="America/New_York") as first, reading.worker(TZ="Asia/Almaty") as second:
        owners = f"select count(distinct split_part(owner, '/', 1)) from {STORE}.kafka_position"
        is_there = f"select to_regclass('{STORE}.kafka_position') is not null"
        until(lambda: reading.site.value(is_there), "the tables are there")
        until(lambda: reading.site.value(owners) == 2, "both read partitions", seconds=90)
        for number in range(2):
            reading.send(client(f"c{number}", fields=seen), partition=number)
        reading.wait_for({"c0", "c1"})
        assert (first.process.poll(), second.process.poll()) == (None, None)
    stored = reading.site.look(f"select distinct cast(seen at time zone 'UTC' as text) as seen from {STORE}.bo_client")
    assert stored == [{"seen": "2026-03-28 21:30:00"}]


def _look_often(reading: Reading) -> None:
    """New partitions are found at once."""
    options = f"servers={reading.connection.servers}\noption.topic.metadata.refresh.interval.ms=500\n"
    reading.site.write(KAFKA, f"{options}{SESSION_TIMES}")


@pytest.mark.nightly
def test_workers_that_do_not_divide_the_partitions(make_reading: MakeReading) -> None:
    """The vendor's rules for consumers. All partitions are read, and the log says once what would suit."""
    reading = make_reading(partitions=3, workers=2)
    for number in range(3):
        reading.send(client(f"c{number}"), partition=number)
    with reading.worker() as worker:
        reading.wait_for({"c0", "c1", "c2"})
        worker.wait_for_log("set comeKafkaInMigration to one of 1, 3")
    said = [line for line in worker.log if "2 workers do not divide its 3 partitions evenly" in line]
    assert len(said) == 1
