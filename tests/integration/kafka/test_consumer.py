"""A consumer on a real broker: where it begins, what it delivers, how partitions come and go."""

import time

import pytest
from confluent_kafka import ConsumerGroupTopicPartitions, TopicPartition

from etl.errors import EnvironmentFault
from etl.kafka import Consumer, Message, Partition, Producer, Received, TransactionalProducer, Trouble, TroubleKind
from etl.settings import KafkaConnection
from tests.fix_kafka import MakeTopic, admin_at, kafka_script, make_topic_at
from tests.integration.kafka.clients import Log, a_name, connect, consume_until, fill, member, values

pytestmark = pytest.mark.slow


@pytest.fixture
def connection(kafka_url: str) -> KafkaConnection:
    return connect(kafka_url)


def test_records_are_delivered_whole_and_in_order(connection: KafkaConnection, make_topic: MakeTopic) -> None:
    topic = make_topic()
    before = time.time_ns() // 1_000_000
    with Producer(connection) as producer:
        producer.send(topic, b"key", b"value", [("one", b"1"), ("none", None), ("one", b"2")])
        producer.send(topic, None, None)
        producer.send(topic, b"", b"", timestamp_ms=1_000)
        producer.send(topic, "ключ".encode(), b"\xff\x00", partition=0)
    with member(connection, a_name("g"), [topic], Log()) as consumer:
        first, tombstone, empty, odd = consume_until(consumer, lambda found: len(found.messages) == 4).messages
    assert first == Message(
        topic, 0, 0, b"key", b"value", first.timestamp_ms, (("one", b"1"), ("none", None), ("one", b"2"))
    )
    assert before <= first.timestamp_ms <= time.time_ns() // 1_000_000
    assert (tombstone.offset, tombstone.key, tombstone.value, tombstone.headers) == (1, None, None, ())
    assert (empty.key, empty.value, empty.timestamp_ms) == (b"", b"", 1_000)
    assert (odd.key, odd.value) == ("ключ".encode(), b"\xff\x00")


def test_it_begins_at_the_given_offset(connection: KafkaConnection, make_topic: MakeTopic) -> None:
    topic = make_topic("", partitions=2)
    one, other = Partition(topic, 0), Partition(topic, 1)
    for partition in (one, other):
        fill(connection, partition, map(str, range(10)))
    log = Log()
    with Consumer(connection, a_name("g")) as consumer:
        consumer.subscribe([topic], log)  # the listener starts nothing
        consume_until(consumer, lambda _: log.of("assigned") == {one, other})
        assert consumer.consume(100, 1.0) == Received([], [])
        assert consumer.partitions == frozenset()
        consumer.start({one: 7})
        assert values(consume_until(consumer, lambda found: len(found.messages) >= 3).messages) == ["7", "8", "9"]
        assert consumer.positions([one, other]) == {one: 10}
        consumer.start({other: 9, one: 8})
        assert sorted(values(consume_until(consumer, lambda found: len(found.messages) >= 3).messages)) == [
            "8",
            "9",
            "9",
        ]
        assert consumer.bounds(one) == (0, 10)


def test_a_group_that_has_read_all_says_nothing_about_where_to_begin(
    connection: KafkaConnection, make_topic: MakeTopic
) -> None:
    """Fault 15: the group's offsets decide nothing."""
    topic, group = make_topic(), a_name("g")
    partition = Partition(topic, 0)
    fill(connection, partition, "abc")
    with member(connection, group, [topic], Log()) as consumer:
        consume_until(consumer, lambda found: len(found.messages) == 3)
        consumer.mirror({partition: 3})
        consume_until(consumer, lambda _: committed(connection, group, partition) == 3)
    with member(connection, group, [topic], Log({partition: 1})) as consumer:
        assert values(consume_until(consumer, lambda found: len(found.messages) >= 2).messages) == ["b", "c"]


def committed(connection: KafkaConnection, group: str, partition: Partition) -> int:
    admin = admin_at(connection.servers)
    [asked] = admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group)]).values()
    found = [one.offset for one in asked.result().topic_partitions if one.partition == partition.number]
    return found[0] if found else -1


def test_pause_resume_and_seek(connection: KafkaConnection, make_topic: MakeTopic) -> None:
    topic = make_topic()
    partition = Partition(topic, 0)
    fill(connection, partition, map(str, range(100)))
    with member(connection, a_name("g"), [topic], Log()) as consumer:
        assert values(consume_until(consumer, lambda found: bool(found.messages)).messages)[0] == "0"
        consumer.seek(partition, 40)
        [first] = consumer.consume(1, 30).messages
        assert (first.offset, consumer.positions([partition])) == (40, {partition: 41})
        consumer.pause([partition])
        assert consumer.consume(10, 0.5).messages == []
        consumer.resume([partition])
        assert [one.offset for one in consumer.consume(2, 30).messages] == [41, 42]
        consumer.leave([partition])
        assert consumer.consume(10, 0.5).messages == []
        assert consumer.positions([partition]) == {}
        consumer.start({partition: 98})
        assert values(consume_until(consumer, lambda found: len(found.messages) >= 2).messages) == ["98", "99"]


@pytest.mark.parametrize("offset", [11, 1_000_000])
def test_an_offset_beyond_the_end_is_a_value(connection: KafkaConnection, make_topic: MakeTopic, offset: int) -> None:
    """Fault 13: never the beginning, never the end."""
    topic = make_topic("", partitions=2)
    bad, good = Partition(topic, 0), Partition(topic, 1)
    fill(connection, bad, map(str, range(10)))
    fill(connection, good, "x")
    with member(connection, a_name("g"), [topic], Log({bad: offset})) as consumer:
        found = consume_until(consumer, lambda found: bool(found.troubles and found.messages))
        assert consumer.consume(100, 1.0) == Received([], [])
    assert values(found.messages) == ["x"]
    [trouble] = found.troubles
    assert (trouble.kind, trouble.topic, trouble.partition) == (TroubleKind.OUT_OF_RANGE, topic, 0)


def test_an_offset_that_retention_has_passed_is_a_value(connection: KafkaConnection, make_topic: MakeTopic) -> None:
    """Fault 12."""
    topic = make_topic()
    partition = Partition(topic, 0)
    fill(connection, partition, map(str, range(10)))
    admin = admin_at(connection.servers)
    [deleted] = admin.delete_records([TopicPartition(topic, 0, 6)]).values()
    deleted.result(30)
    with member(connection, a_name("g"), [topic], Log({partition: 2})) as consumer:
        [trouble] = consume_until(consumer, lambda found: bool(found.troubles)).troubles
        assert (trouble.kind, trouble.partition) == (TroubleKind.OUT_OF_RANGE, 0)
        assert consumer.consume(10, 0.5).messages == []
        consumer.start({partition: 6})
        assert values(consume_until(consumer, lambda found: len(found.messages) >= 4).messages) == list("6789")


def test_a_topic_that_is_not_there_is_a_value_and_is_read_when_it_comes(kafka_url: str, make_topic: MakeTopic) -> None:
    """Fault 10: others continue."""
    connection = connect(kafka_url, topic__metadata__refresh__interval__ms="500")
    here, later = make_topic(), a_name("later")
    fill(connection, Partition(here, 0), "a")
    with member(connection, a_name("g"), [here, later], Log()) as consumer:
        found = consume_until(consumer, lambda found: bool(found.troubles and found.messages))
        assert values(found.messages) == ["a"]
        [trouble] = found.troubles
        assert trouble == Trouble(TroubleKind.UNKNOWN_TOPIC, later, -1, trouble.text)
        make_topic(later)
        fill(connection, Partition(later, 0), "b")
        assert values(consume_until(consumer, lambda found: bool(found.messages)).messages) == ["b"]


def test_aborted_records_are_not_seen_and_the_position_reaches_the_end(
    connection: KafkaConnection, make_topic: MakeTopic
) -> None:
    """Fault 34: markers of transactions have offsets of their own."""
    topic = make_topic()
    partition = Partition(topic, 0)
    with TransactionalProducer(connection, a_name("t")) as producer:
        producer.init()
        for number in range(3):
            producer.begin()
            producer.send(topic, None, str(number).encode())
            if number == 1:
                producer._client.flush(30)  # so that it lies in the topic
                producer.abort()
            else:
                producer.commit()
    with member(connection, a_name("g"), [topic], Log()) as consumer:
        found = consume_until(consumer, lambda _: consumer.positions([partition]).get(partition) == 6)
        assert values(found.messages) == ["0", "2"]
        assert consumer.bounds(partition) == (0, 6)


def test_an_open_transaction_holds_readers_back(connection: KafkaConnection, make_topic: MakeTopic) -> None:
    """Fault 35."""
    topic = make_topic()
    partition = Partition(topic, 0)
    with TransactionalProducer(connection, a_name("t")) as producer:
        producer.init()
        producer.begin()
        producer.send(topic, None, b"open")
        producer._client.flush(30)
        fill(connection, partition, "behind")
        with member(connection, a_name("g"), [topic], Log()) as consumer:
            consume_until(consumer, lambda _: partition in consumer.partitions)
            assert consumer.consume(10, 1.0).messages == []
            producer.commit()
            found = consume_until(consumer, lambda found: len(found.messages) == 7)
    assert values(found.messages) == ["open", *"behind"]


@pytest.mark.parametrize(
    "options", [{"heartbeat__interval__ms": "300"}, {"group__protocol": "consumer"}], ids=["classic", "consumer"]
)
def test_members_share_partitions_and_continue(kafka_url: str, make_topic: MakeTopic, options: dict[str, str]) -> None:
    connection = connect(kafka_url, **options)
    topic, group = make_topic("", partitions=4), a_name("g")
    every = {Partition(topic, number) for number in range(4)}
    one, other = Log(), Log()
    with member(connection, group, [topic], one) as first:
        consume_until(first, lambda _: first.partitions == every)
        with member(connection, group, [topic], other) as second:
            deadline = time.monotonic() + 60
            while len(second.partitions) != 2 or len(first.partitions) != 2:
                assert time.monotonic() < deadline, (one.said, other.said)
                first.consume(10, 0.1)
                second.consume(10, 0.1)
            assert first.partitions | second.partitions == every
            assert one.of("revoked") == second.partitions
            for partition in every:
                fill(connection, partition, "x")
            kept = consume_until(first, lambda found: len(found.messages) == 2)
            moved = consume_until(second, lambda found: len(found.messages) == 2)
            assert {Partition(m.topic, m.partition) for m in kept.messages} == first.partitions
            assert {Partition(m.topic, m.partition) for m in moved.messages} == second.partitions
        assert other.of("revoked") == other.of("assigned")
        consume_until(first, lambda _: first.partitions == every)
    assert one.of("lost") == other.of("lost") == set()


def test_what_a_listener_raises_is_raised_by_consume_and_loses_nothing(
    connection: KafkaConnection, make_topic: MakeTopic
) -> None:
    """The database may be away when a partition comes: the caller tries start() again."""
    topic = make_topic()
    partition = Partition(topic, 0)
    fill(connection, partition, "abc")
    log = Log()
    log.raises["assigned"] = EnvironmentFault("the database is away")
    with member(connection, a_name("g"), [topic], log) as consumer:
        with pytest.raises(EnvironmentFault, match="the database is away"):
            consume_until(consumer, lambda _: False)
        assert consumer.consume(10, 0.5) == Received([], [])
        consumer.start({partition: 1})
        assert values(consume_until(consumer, lambda found: len(found.messages) == 2).messages) == ["b", "c"]
        log.raises["revoked"] = EnvironmentFault("it cannot be rolled back")
        with pytest.raises(EnvironmentFault, match="it cannot be rolled back"):
            consumer.close()


@pytest.mark.nightly
def test_what_came_beside_an_error_of_the_listener_is_delivered_by_the_next_call(
    kafka_url: str, make_topic: MakeTopic
) -> None:
    connection = connect(kafka_url, topic__metadata__refresh__interval__ms="200", heartbeat__interval__ms="200")
    here, later, log = make_topic(), a_name("later"), Log()
    partition = Partition(here, 0)
    with member(connection, a_name("g"), [here, later], log) as consumer:
        consume_until(consumer, lambda _: partition in consumer.partitions)
        fill(connection, partition, "abc")
        log.raises["assigned"] = EnvironmentFault("the database is away")
        make_topic(later)
        with pytest.raises(EnvironmentFault, match="the database is away"):
            consumer.consume(1_000, 7.0)  # long enough for both
        assert values(consumer.consume(1_000, 0).messages) == ["a", "b", "c"]
        assert consumer.positions([partition]) == {partition: 3}


@pytest.mark.nightly
def test_a_member_that_stalls_loses_its_partitions_to_another_one(kafka_url: str, make_topic: MakeTopic) -> None:
    """Fault 4: it learns that they are lost, not that they were given back."""
    connection = connect(
        kafka_url, max__poll__interval__ms="2000", session__timeout__ms="2000", heartbeat__interval__ms="300"
    )
    topic, group = make_topic(), a_name("g")
    partition = Partition(topic, 0)
    fill(connection, partition, "abc")
    stalled, log = Log(), Log()
    with member(connection, group, [topic], stalled) as first:
        consume_until(first, lambda found: len(found.messages) == 3)
        with member(connect(kafka_url), group, [topic], log) as second:
            consume_until(second, lambda found: len(found.messages) == 3)
            consume_until(first, lambda _: bool(stalled.of("lost")))
            assert stalled.of("lost") == {partition}
            assert first.partitions == frozenset()
            assert first.consume(10, 0.5).messages == []


@pytest.mark.nightly
def test_a_broker_that_is_away_loses_nothing(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Fault 8: the consumer says so, waits, and continues at the next record."""
    home = tmp_path_factory.mktemp("away")
    connection = connect(kafka_script(home, "start"), reconnect__backoff__max__ms="500")
    try:
        topic = make_topic_at(connection.servers)
        fill(connection, Partition(topic, 0), "ab")
        with member(connection, a_name("g"), [topic], Log()) as consumer:
            consume_until(consumer, lambda found: len(found.messages) == 2)
            kafka_script(home, "kill", "1")
            consume_until(consumer, lambda _: bool(consumer.trouble))
            kafka_script(home, "resume", "1")
            fill(connection, Partition(topic, 0), "c")
            assert values(consume_until(consumer, lambda found: bool(found.messages)).messages) == ["c"]
            assert consumer.trouble == ""
    finally:
        kafka_script(home, "stop")
