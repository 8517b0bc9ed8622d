"""What no worker decides by itself: a topic that was made again, records that are gone, a partition that is short."""

import json
import secrets
from typing import Any

import pytest
from confluent_kafka import TopicPartition
from confluent_kafka.admin import AlterConfigOpType, ConfigEntry, ConfigResource

from tests.fix_company import STORE, until
from tests.fix_kafka import MakeTopic, admin_at
from tests.integration.kafka_in.conftest import MakeReading, Reading, client

pytestmark = pytest.mark.slow


def stopped(reading: Reading) -> str:
    return str(reading.position().get("stopped"))


def errors(reading: Reading) -> list[dict[str, Any]]:
    """What `etl kafka errors` shows."""
    return list(json.loads(reading.site.etl("kafka", "errors", "--json").out)["errors"])


def read_some(reading: Reading, count: int) -> None:
    """A worker reads the first records, and ends."""
    reading.send(*(client(f"c{n}") for n in range(count)))
    with reading.worker_that_ends():
        reading.wait_for_position(count)


def make_again(reading: Reading, make_topic: MakeTopic, *, partitions: int = 1) -> None:
    admin = admin_at(reading.connection.servers)  # an answer comes only while it is there
    admin.delete_topics([reading.topic])[reading.topic].result(30)

    def made() -> bool:
        try:
            make_topic(reading.topic, partitions=partitions)
        except Exception:
            return False
        return True

    until(made, "the topic is made again")


def delete_before(reading: Reading, offset: int) -> None:
    """As retention does."""
    at = TopicPartition(reading.topic, 0, offset)
    admin = admin_at(reading.connection.servers)
    admin.delete_records([at])[at].result(30)


@pytest.mark.parametrize("while_reading", [True, False], ids=["while it is read", "meanwhile"])
def test_a_topic_that_was_made_again(reading: Reading, make_topic: MakeTopic, while_reading: bool) -> None:
    """Fault 11: an open consumer would pass the first records of the new one in silence."""
    if not while_reading:
        read_some(reading, 3)
        make_again(reading, make_topic)
        reading.send(*(client(f"n{n}") for n in range(5)))
    with reading.worker() as worker:
        if while_reading:
            reading.send(*(client(f"c{n}") for n in range(3)))
            reading.wait_for_position(3)
            make_again(reading, make_topic)
            reading.send(*(client(f"n{n}") for n in range(5)))
        until(lambda: stopped(reading) == "the topic was made again", "it is stopped", seconds=90)
        worker.wait_for_log("was deleted and made again")
        assert reading.names() == {"c0", "c1", "c2"}
        moved = reading.site.etl("kafka", "seek", "--topic", reading.topic, "--beginning")
        assert moved.code == 0, moved.err
        assert "from offset 0; it was at 3" in moved.out
        reading.wait_for({*(f"c{n}" for n in range(3)), *(f"n{n}" for n in range(5))})
    assert reading.position()["stopped"] is None


def test_a_topic_that_was_made_again_is_read_where_the_settings_say_so(
    make_reading: MakeReading, make_topic: MakeTopic
) -> None:
    reading = make_reading(whenTopicRecreated="beginning")
    read_some(reading, 3)
    make_again(reading, make_topic)
    reading.send(client("new"))
    with reading.worker():
        reading.wait_for({"c0", "c1", "c2", "new"})
        reading.wait_for_position(1)
    [error] = errors(reading)
    assert (error["code"], error["severity"], error["record_offset"]) == ("TOPIC_RECREATED", "warning", 3)
    assert "it was read up to 3" in error["message"]


@pytest.mark.parametrize("policy", ["stop", "earliest"])
def test_records_that_are_gone(make_reading: MakeReading, policy: str) -> None:
    """Fault 12."""
    reading = make_reading(whenRetentionLost=policy)
    read_some(reading, 2)
    reading.send(*(client(f"c{n}") for n in range(2, 10)))
    delete_before(reading, 6)
    with reading.worker_that_ends() as worker:
        worker.wait_for_log(f"{reading.topic}/0: 4 offsets are gone, from 2 to 5")
        if policy == "stop":
            until(lambda: stopped(reading) == "records are gone", "it is stopped")
            assert reading.position()["next_offset"] == 2
            done = reading.site.etl("kafka", "status")
            assert "stopped: records are gone" in done.out
            assert reading.site.etl("kafka", "lag", "--max", "100").code == 1
            assert reading.site.etl("kafka", "seek", "--topic", reading.topic, "--offset", "5").code == 2
            assert reading.site.etl("kafka", "seek", "--topic", reading.topic, "--offset", "6").code == 0
        reading.wait_for({f"c{n}" for n in (0, 1, 6, 7, 8, 9)})
    found = json.loads(reading.site.etl("kafka", "status", "--json").out)["partitions"][0]
    if policy == "stop":
        assert (errors(reading), found["lost"]) == ([], 0)
        return
    [error] = errors(reading)
    assert (error["topic"], error["partition"], error["record_offset"]) == (reading.topic, 0, 2)
    assert (error["code"], error["severity"], error["value"]) == ("RECORDS_LOST", "error", "4")
    assert "4 offsets are gone before they were read, from 2 to 5" in error["message"]
    assert found["lost"] == 4
    assert f"4 offsets of {reading.topic}/0 were gone" in reading.site.etl("kafka", "status").out
    delete_before(reading, 10)
    reading.send(*(client(f"c{n}") for n in range(10, 14)))
    delete_before(reading, 12)
    with reading.worker():
        reading.wait_for_position(14)
    assert [one["message"].split(",")[1] for one in errors(reading)] == [
        " from 10 to 11: reading continues behind them",
        " from 2 to 5: reading continues behind them",
    ]
    assert reading.position()["lost"] == 6


def test_a_partition_that_is_shorter_than_its_position(make_reading: MakeReading) -> None:
    """Fault 13: as after a restored cluster; no setting passes over it, also not when records come."""
    reading = make_reading(whenRetentionLost="earliest", whenTopicRecreated="beginning")
    read_some(reading, 2)
    reading.site.look(f"update {STORE}.kafka_position set next_offset = 5", at=reading.site.store_database)
    with reading.worker_that_ends() as worker:
        worker.wait_for_log("has ended before, at 2")
        reading.send(*(client(f"c{n}") for n in range(2, 8)))
    with reading.worker():
        until(lambda: reading.position()["owner"], "it is taken again")
        assert stopped(reading) == "the partition ends before the next record"
        assert reading.names() == {"c0", "c1"}
        reading.site.etl("kafka", "seek", "--topic", reading.topic, "--offset", "2")
        reading.wait_for({f"c{n}" for n in range(8)})


@pytest.mark.nightly
def test_a_topic_that_was_made_again_with_fewer_partitions(make_reading: MakeReading, make_topic: MakeTopic) -> None:
    """Fault 11. What is known of the others keeps nothing from being counted, watched or sent back."""
    reading = make_reading(partitions=3, whenTopicRecreated="beginning")
    reading.send(b"{bad 0", partition=0)
    reading.send(b"{bad 2", partition=2)
    with reading.worker() as worker:
        reading.wait_for_all_of(2)
        make_again(reading, make_topic, partitions=1)
        reading.send(client("new"))
        reading.wait_for({"new"})
        assert reading.position(2)["next_offset"] == 1
        done = reading.site.etl("kafka", "lag", "--max", "0")
        assert (done.code, done.out) == (0, "0 records wait.\n"), done.err
        assert f"{reading.topic} 2" not in reading.site.etl("kafka", "status").out
        done = reading.site.etl("kafka", "dead-letters", "resend", "--code", "BAD_JSON")
        assert (done.code, done.out) == (0, "2 records were sent back.\n"), done.err
        reading.wait_for_position(3)
        assert not [line for line in worker.log if "offsets cannot be read" in line]
    again = reading.site.etl("kafka", "dead-letters", "list", "--json")
    assert [(one["partition"], one["attempt"]) for one in json.loads(again.out)["dead_letters"]] == [(0, 2), (0, 2)]


def test_what_brokers_refuse_of_dead_letters_is_not_noted(make_reading: MakeReading) -> None:
    """What they have taken is, so that it is not sent twice."""
    reading = make_reading(partitions=2)
    reading.send(b"{bad", partition=0)
    reading.send(b"{" + secrets.token_hex(4_000).encode(), partition=1)  # too large also when it is compressed
    with reading.worker():
        reading.wait_for_all_of(2)
    entry = ConfigEntry("max.message.bytes", "2000", incremental_operation=AlterConfigOpType.SET)
    small = ConfigResource(ConfigResource.Type.TOPIC, reading.topic, incremental_configs=[entry])
    admin = admin_at(reading.connection.servers)  # an answer comes only while it is there
    for asked in admin.incremental_alter_configs([small]).values():
        asked.result(30)
    done = reading.site.etl("kafka", "dead-letters", "resend", "--code", "BAD_JSON")
    assert done.code == 4, done.out
    left = json.loads(reading.site.etl("kafka", "dead-letters", "list", "--json").out)["dead_letters"]
    assert [one["partition"] for one in left] == [1]
