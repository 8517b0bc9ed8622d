"""scripts/kafka: brokers that start, die, come back with their data, and stop."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient

from tests.fix_kafka import KafkaCluster, MakeTopic, SecureKafka, admin_at, kafka_script, make_topic_at

pytestmark = pytest.mark.slow


def send(servers: str, topic: str, *values: str) -> None:
    producer = Producer({"bootstrap.servers": servers, "acks": "all"})
    for value in values:
        producer.produce(topic, value.encode())
    assert producer.flush(60) == 0


def read(servers: str, topic: str, count: int) -> list[str]:
    consumer = Consumer({"bootstrap.servers": servers, "group.id": "reader", "enable.auto.commit": False})
    consumer.assign([TopicPartition(topic, 0, 0)])
    try:
        found = consumer.consume(count, 60)
    finally:
        consumer.close()
    return [(message.value() or b"").decode() for message in found]


def accepts(address: str) -> bool:
    host, _, port = address.partition(":")
    with socket.socket() as probe:
        return probe.connect_ex((host, int(port))) == 0


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "home"
    kafka_script(tmp_path / "home", "stop")


@pytest.mark.nightly
def test_a_broker_keeps_its_address_when_it_is_killed_and_its_data_when_it_is_stopped(home: Path) -> None:
    servers = kafka_script(home, "start")
    topic = make_topic_at(servers)
    send(servers, topic, "one", "two")
    assert kafka_script(home, "start") == kafka_script(home, "servers") == servers
    kafka_script(home, "kill", "1")
    assert kafka_script(home, "servers") == ""
    assert not accepts(servers)
    kafka_script(home, "resume", "1")
    assert kafka_script(home, "servers") == servers
    send(servers, topic, "three")
    kafka_script(home, "stop")
    assert not accepts(servers)
    kafka_script(home, "stop")
    assert read(kafka_script(home, "start"), topic, 3) == ["one", "two", "three"]


def test_other_numbers_are_refused(home: Path) -> None:
    kafka_script(home, "start")
    with pytest.raises(pytest.fail.Exception, match="has 1 brokers: start as many, or remove the folder"):
        kafka_script(home, "start", "3")
    for verb in ("kill", "resume"):
        with pytest.raises(pytest.fail.Exception, match=r"there is no broker 2 in .*, only 1"):
            kafka_script(home, verb, "2")


def test_a_folder_half_made_is_made_again(home: Path) -> None:
    (home / "1/data.new").mkdir(parents=True)
    (home / "1/data.new/meta.properties").write_text("nonsense")
    servers = kafka_script(home, "start")
    assert admin_at(servers).list_topics(timeout=30).brokers.keys() == {1}


def test_a_broker_of_another_process_number_is_not_touched(home: Path) -> None:
    """The number in the folder may have gone to another program since."""
    kafka_script(home, "start")
    (home / "1/pid").rename(home / "pid")
    (home / "1/pid").write_text("1\n")
    assert kafka_script(home, "servers") == ""
    kafka_script(home, "stop")
    (home / "pid").rename(home / "1/pid")
    assert kafka_script(home, "servers")


def test_topics_are_made_with_their_options(kafka_url: str, make_topic: MakeTopic) -> None:
    topic = make_topic("", partitions=3, cleanup_policy="compact")
    found = admin_at(kafka_url).list_topics(topic, timeout=30).topics[topic]
    assert sorted(found.partitions) == [0, 1, 2]
    assert make_topic() != make_topic()


@pytest.mark.nightly
def test_a_cluster_survives_one_of_its_brokers(kafka_cluster: KafkaCluster) -> None:
    topic = kafka_cluster.make_topic()
    send(kafka_cluster.servers, topic, "with all")
    kafka_cluster.kill(2)
    send(kafka_cluster.servers, topic, "without one")
    kafka_cluster.resume(2)
    assert read(kafka_cluster.servers, topic, 2) == ["with all", "without one"]


def test_a_secure_broker_asks_who_comes(secure_kafka: SecureKafka) -> None:
    options: dict[str, str | int | float | bool] = {
        "bootstrap.servers": secure_kafka.secure,
        "security.protocol": "SASL_SSL",
        "ssl.ca.location": str(secure_kafka.tls / "ca.pem"),
        "sasl.mechanisms": "PLAIN",
        "sasl.username": secure_kafka.user,
        "sasl.password": secure_kafka.password,
    }
    topic = make_topic_at(secure_kafka.plain)
    assert topic in admin_at(secure_kafka.plain).list_topics(timeout=30).topics
    # Signed in, and without a right to see the topic.
    assert topic not in AdminClient(options).list_topics(timeout=30).topics
