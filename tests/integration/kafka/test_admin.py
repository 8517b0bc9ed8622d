"""Questions to a real cluster."""

import time
from types import SimpleNamespace
from typing import Any

import pytest
from confluent_kafka import ElectionType, KafkaException, TopicPartition

from etl.errors import EnvironmentFault, TransientFault
from etl.kafka import Admin, Partition, Producer, TransactionalProducer
from etl.settings import KafkaConnection
from tests.fix_company import until
from tests.fix_kafka import KafkaCluster, MakeTopic, admin_at
from tests.integration.kafka.clients import a_name, connect, fill

pytestmark = pytest.mark.slow


@pytest.fixture
def connection(kafka_url: str) -> KafkaConnection:
    return connect(kafka_url)


@pytest.fixture
def admin(connection: KafkaConnection) -> Admin:
    return Admin(connection)


def test_the_cluster(admin: Admin, kafka_url: str) -> None:
    found = admin.cluster()
    assert (found.brokers, bool(found.id)) == ((kafka_url,), True)


def test_topics_and_one_that_is_not_there(admin: Admin, make_topic: MakeTopic) -> None:
    topic, missing = make_topic("", partitions=3), a_name("missing")
    found = admin.topics([topic, missing, topic])
    assert found[missing] is None
    one = found[topic]
    assert one is not None
    assert (one.name, one.partitions, one.replicas) == (topic, 3, 1)
    assert one.operations >= {"READ", "WRITE", "DESCRIBE"}
    assert admin.topics([]) == {}


def test_a_topic_made_again_has_another_id(admin: Admin) -> None:
    """Fault 11."""
    name, ids = a_name("t"), list[str]()
    for _ in range(2):
        admin.create_topic(name)
        topic = admin.topic(name)
        assert topic is not None
        ids.append(topic.id)
        admin.delete_topic(name)
        wait_until_gone(admin, name)
    assert all(len(one) == 22 for one in ids)
    assert ids[0] != ids[1]


def wait_until_gone(admin: Admin, name: str) -> None:
    deadline = time.monotonic() + 30
    while admin.topic(name) is not None:
        assert time.monotonic() < deadline


def test_limits(admin: Admin, make_topic: MakeTopic) -> None:
    limits = admin.limits(make_topic("", max_message_bytes=5000, cleanup_policy="compact", retention_ms=-1))
    assert (limits.max_message_bytes, limits.cleanup_policy, limits.retention_ms) == (5000, "compact", None)
    assert admin.limits(make_topic("", retention_ms=86_400_000)).retention_ms == 86_400_000
    with pytest.raises(EnvironmentFault, match=r"options of topic .*create the topic or correct its name"):
        admin.limits(a_name("missing"))


def test_a_topic_with_options(admin: Admin) -> None:
    name = a_name("t")
    admin.create_topic(name, partitions=2, options={"max.message.bytes": "7000"})
    assert admin.limits(name).max_message_bytes == 7_000
    with pytest.raises(EnvironmentFault, match=f"topic {name} cannot be made"):
        admin.create_topic(name)
    with pytest.raises(EnvironmentFault, match="cannot be made"):
        admin.create_topic(a_name("t"), options={"no.such.option": "1"})


def test_bounds_and_times(admin: Admin, connection: KafkaConnection, make_topic: MakeTopic) -> None:
    topic = make_topic("", partitions=2)
    one, empty = Partition(topic, 0), Partition(topic, 1)
    with Producer(connection) as producer:
        for number in range(5):
            producer.send(topic, None, b"x", partition=0, timestamp_ms=1_000_000 + 1_000 * number)
    assert admin.bounds([one, empty]) == {one: (0, 5), empty: (0, 0)}
    assert admin.bounds([]) == {}
    for timestamp, offset in ((0, 0), (1_000_000, 0), (1_000_001, 1), (1_004_000, 4), (1_004_001, 5), (2**45, 5)):
        assert admin.offsets_at([one, empty], timestamp) == {one: offset, empty: 0}
    assert admin.newest_timestamps([one, empty]) == {one: 1_004_000, empty: None}


def test_the_end_is_that_of_committed_records(admin: Admin, connection: KafkaConnection, make_topic: MakeTopic) -> None:
    topic = make_topic()
    partition = Partition(topic, 0)
    fill(connection, partition, "ab")
    with TransactionalProducer(connection, a_name("t")) as producer:
        producer.init()
        producer.begin()
        producer.send(topic, None, b"open")
        producer._client.flush(30)
        assert admin.bounds([partition]) == {partition: (0, 2)}
        producer.abort()


def test_brokers_that_do_not_answer() -> None:
    with Admin(connect("127.0.0.1:9"), seconds=1) as admin, pytest.raises(TransientFault) as caught:
        admin.cluster()
    assert "Kafka does not answer: " in str(caught.value)
    assert "(servers 127.0.0.1:9)" in str(caught.value)


def test_an_end_that_a_new_leader_does_not_know_is_asked_for_again(
    admin: Admin, make_topic: MakeTopic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It answers -1, which would be before every position."""
    partition = Partition(make_topic(), 0)
    ask, answers = admin._offsets_once, []

    def unknown_at_first(*arguments: Any) -> dict[Partition, Any]:
        answers.append(SimpleNamespace(offset=-1, timestamp=-1))
        return {partition: answers[-1]} if len(answers) in (1, 3) else ask(*arguments)

    monkeypatch.setattr(admin, "_offsets_once", unknown_at_first)
    assert admin.bounds([partition]) == {partition: (0, 0)}
    assert len(answers) == 4


@pytest.mark.nightly
def test_the_broker_that_is_taken_for_the_controller_goes_away(kafka_cluster: KafkaCluster) -> None:
    """Fault 8: questions to the controller are asked of another broker."""
    topic = kafka_cluster.make_topic()
    with Admin(connect(kafka_cluster.servers)) as admin:
        kafka_cluster.kill(admin._client.list_topics("", timeout=30).controller_id)
        found = admin.topic(topic)
        assert found is not None
        assert admin.visible_topics([topic]) == ({topic: found}, {})
        assert admin.limits(topic).max_message_bytes > 0


def test_a_leader_that_has_moved_is_learnt(kafka_cluster: KafkaCluster) -> None:
    """Fault 8: the library asks the earlier one for ever, as that is there and answers."""
    partition = Partition(kafka_cluster.make_topic(), 0)
    asked = admin_at(kafka_cluster.servers)

    def leader() -> int:
        return int(asked.list_topics(partition.topic, timeout=30).topics[partition.topic].partitions[0].leader)

    def goes_back_to(number: int) -> bool:
        try:
            asked.elect_leaders(ElectionType.PREFERRED, [TopicPartition(*partition)]).result(30)
        except KafkaException:
            return False  # it is not there yet
        return leader() == number

    first = leader()
    kafka_cluster.kill(first)
    until(lambda: leader() not in (first, -1), "another broker leads")
    with Admin(connect(kafka_cluster.servers)) as admin:
        assert admin.bounds([partition]) == {partition: (0, 0)}
        kafka_cluster.resume(first)
        until(lambda: goes_back_to(first), "the first one leads again", seconds=120)
        assert admin.bounds([partition]) == {partition: (0, 0)}
