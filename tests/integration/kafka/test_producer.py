"""Producers on a real broker: sent once, in transactions, too large, by two of one name, to a broker that dies."""

import pytest

from etl.errors import EnvironmentFault, FencedOut, TransientFault
from etl.kafka import (
    Admin,
    Partition,
    Producer,
    RecordTooLarge,
    TransactionalProducer,
    read_to_end,
)
from etl.settings import KafkaConnection
from tests.fix_company import until
from tests.fix_kafka import KafkaCluster, MakeTopic, kafka_script, make_topic_at
from tests.integration.kafka.clients import a_name, connect, fill, values

pytestmark = pytest.mark.slow


@pytest.fixture
def connection(kafka_url: str) -> KafkaConnection:
    return connect(kafka_url)


def read(connection: KafkaConnection, topic: str) -> list[str]:
    return values(read_to_end(connection, Partition(topic, 0)))


def test_records_lie_where_producers_of_java_put_them(connection: KafkaConnection, make_topic: MakeTopic) -> None:
    topic = make_topic("", partitions=5)
    keys = [f"Client:{number}".encode() for number in range(20)]
    places = [4, 2, 1, 3, 3, 3, 3, 4, 2, 2, 2, 4, 4, 4, 0, 3, 0, 3, 3, 3]  # murmur2 of the key, modulo 5
    with Producer(connection) as producer:
        for key in keys:
            producer.send(topic, key, b"x")
    for number in range(5):
        found = [one.key for one in read_to_end(connection, Partition(topic, number))]
        assert found == [key for key, place in zip(keys, places, strict=True) if place == number]


def test_more_records_than_the_client_holds(kafka_url: str, make_topic: MakeTopic) -> None:
    connection, topic = connect(kafka_url, queue__buffering__max__messages="100"), make_topic()
    fill(connection, Partition(topic, 0), map(str, range(20_000)))
    assert read(connection, topic) == [str(number) for number in range(20_000)]


def test_a_transaction_is_seen_whole_or_not_at_all(connection: KafkaConnection, make_topic: MakeTopic) -> None:
    topic, progress = make_topic(), make_topic("", cleanup_policy="compact")
    name = a_name("t")
    with TransactionalProducer(connection, name) as producer:
        producer.init()
        for number in range(3):
            producer.begin()
            producer.send(topic, None, f"a{number}".encode())
            producer.send(topic, None, f"b{number}".encode())
            producer.send(progress, b"out", str(number).encode())
            if number == 1:
                producer.abort()
            else:
                producer.commit()
    with TransactionalProducer(connection, name) as producer:
        producer.init()  # waits until all of it is visible
        assert read(connection, topic) == ["a0", "b0", "a2", "b2"]
        assert read(connection, progress) == ["0", "2"]


def test_a_producer_that_dies_leaves_nothing(connection: KafkaConnection, make_topic: MakeTopic) -> None:
    topic, name = make_topic(), a_name("t")
    dying = TransactionalProducer(connection, name)
    dying.init()
    dying.begin()
    dying.send(topic, None, b"lost")
    dying._client.flush(30)
    # Its transaction is open at the end of the topic: there is nothing to wait for.
    assert values(read_to_end(connection, Partition(topic, 0), patience_seconds=10)) == []
    with TransactionalProducer(connection, name) as successor:
        successor.init()
        successor.begin()
        successor.send(topic, None, b"kept")
        successor.commit()
        assert read_when_there(connection, topic, 1) == ["kept"]
        dying.send(topic, None, b"late")
        with pytest.raises(FencedOut, match="another process works under the same name"):
            dying.commit()
        # The client says of later records only that it has ended; the reason is the same.
        with pytest.raises(FencedOut, match="another process works under the same name"):
            dying.send(topic, None, b"later")
    assert read(connection, topic) == ["kept"]


def test_a_fenced_producer_says_so_at_its_next_record(kafka_url: str, make_topic: MakeTopic) -> None:
    """Its client has learnt of it meanwhile, and takes no record any more."""
    connection, topic, name = connect(kafka_url), make_topic(), a_name("p")
    with TransactionalProducer(connection, name) as fenced, TransactionalProducer(connection, name) as successor:
        fenced.init()
        fenced.begin()
        successor.init()

        def is_refused() -> bool:
            try:
                fenced.send(topic, None, b"late")
            except FencedOut as fault:
                return "another process works under the same name" in str(fault)
            return False

        until(is_refused, "a record is refused")
    assert read(connection, topic) == []


def read_when_there(connection: KafkaConnection, topic: str, count: int) -> list[str]:
    for _ in range(100):
        if len(found := read(connection, topic)) >= count:
            return found
    raise AssertionError(found)


def test_a_producer_that_was_replaced_learns_it_when_it_sends(
    connection: KafkaConnection, make_topic: MakeTopic
) -> None:
    """Fault 36: the library calls it a fatal error, and says which one only when it is asked."""
    topic, name = make_topic(), a_name("t")
    with TransactionalProducer(connection, name) as producer:
        producer.init()
        with TransactionalProducer(connection, name) as other:
            other.init()
        producer.begin()
        with pytest.raises(FencedOut, match="another process works under the same name"):
            until(lambda: producer.send(topic, b"k", b"v"), "it learns it")


def test_a_record_that_no_topic_takes_is_refused_before_it_is_sent(
    connection: KafkaConnection, make_topic: MakeTopic
) -> None:
    topic = make_topic()
    with Producer(connection, largest_bytes=5_000) as producer:
        with pytest.raises(RecordTooLarge, match=f"a record cannot be sent to {topic}"):
            producer.send(topic, b"k", b"x" * 6_000)
        producer.send(topic, b"k", b"small")
    assert read(connection, topic) == ["small"]


def test_a_record_that_the_topic_refuses(kafka_url: str, make_topic: MakeTopic) -> None:
    """Compressed, it may be small enough; here nothing is compressed."""
    connection = connect(kafka_url, compression__type="none")
    topic = make_topic("", max_message_bytes=2_000)
    with pytest.raises(RecordTooLarge, match=f"a record was not taken by {topic}"), Producer(connection) as producer:
        producer.send(topic, None, b"x" * 3_000)
    with TransactionalProducer(connection, a_name("t")) as producer:
        producer.init()
        producer.begin()
        producer.send(topic, None, b"x" * 3_000)
        with pytest.raises(RecordTooLarge, match=f"a record was not taken by {topic}"):
            producer.commit()
    with TransactionalProducer(connection, a_name("t")) as producer:
        producer.init()
        producer.begin()
        producer.send(topic, None, b"small")
        producer.commit()
    assert read_when_there(connection, topic, 1) == ["small"]


def test_a_topic_that_is_not_there(kafka_url: str) -> None:
    connection = connect(kafka_url, topic__metadata__propagation__max__ms="500")
    topic = a_name("nowhere")
    with (
        pytest.raises(EnvironmentFault, match=f"a record was not taken by {topic}: .*create the topic"),
        Producer(connection) as producer,
    ):
        producer.send(topic, None, b"x")
    with Admin(connection) as admin:
        assert admin.topic(topic) is None
    with pytest.raises(EnvironmentFault, match=f"{topic}/0 cannot be read: .*create the topic"):
        read(connection, topic)


def test_no_broker_takes_anything() -> None:
    connection = connect("127.0.0.1:9", reconnect__backoff__max__ms="200")
    with (
        pytest.raises(TransientFault, match="1 records were not taken within 1 seconds"),
        Producer(connection, patience_seconds=1) as producer,
    ):
        producer.send("topic", None, b"x")
    full = connect("127.0.0.1:9", queue__buffering__max__messages="1")
    producer = Producer(full, patience_seconds=1)
    producer.send("topic", None, b"x")
    with pytest.raises(TransientFault, match="no broker has taken a record for 1 seconds"):
        producer.send("topic", None, b"y")
    with (
        TransactionalProducer(connection, "t", patience_seconds=1) as transactions,
        pytest.raises(TransientFault, match=r"the transactional producer cannot begin: .*servers 127\.0\.0\.1:9"),
    ):
        transactions.init()


def test_a_broker_that_dies_in_a_transaction_doubles_and_loses_nothing(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    home = tmp_path_factory.mktemp("dies")
    connection = connect(kafka_script(home, "start"), reconnect__backoff__max__ms="500")
    try:
        topic = make_topic_at(connection.servers)
        with TransactionalProducer(connection, "t") as producer:
            producer.init()
            producer.begin()
            for number in range(1_000):
                producer.send(topic, None, str(number).encode())
            kafka_script(home, "kill", "1")
            kafka_script(home, "resume", "1")
            for number in range(1_000, 2_000):
                producer.send(topic, None, str(number).encode())
            producer.commit()
            producer.begin()
            producer.abort()
            assert read_when_there(connection, topic, 1) == [str(number) for number in range(2_000)]
    finally:
        kafka_script(home, "stop")


@pytest.mark.nightly
def test_a_leader_that_dies_is_followed_by_another_one(kafka_cluster: KafkaCluster) -> None:
    topic = kafka_cluster.make_topic()
    connection = connect(kafka_cluster.servers)
    with Producer(connection) as producer:
        for number in range(2_000):
            producer.send(topic, None, str(number).encode())
            if number == 1_000:
                kafka_cluster.kill(1)
    assert read(connection, topic) == [str(number) for number in range(2_000)]
