"""What etl makes of the options and the errors of the Kafka client; no broker is asked."""

import logging
import re
import secrets
from collections.abc import Callable

import confluent_kafka
import pytest
from confluent_kafka import KafkaError, KafkaException
from pydantic import SecretStr

from etl.errors import ConfigurationError, EnvironmentFault, EtlError, FencedOut, TransientFault
from etl.kafka import Admin, Consumer, Partition, Producer, RecordTooLarge, TransactionalProducer, read_to_end
from etl.kafka.client_log import ClientLog, LineLimit
from etl.kafka.faults import fault_of, logged_fault, translated
from etl.kafka.options import common_options, consumer_options, producer_options
from etl.settings import KafkaConnection
from etl.settings.kafka_keys import REFUSED_OPTIONS
from etl.settings.origin import MASK

PATH = "/c/configs/KafkaConfig.txt"


def connection(**options: str | SecretStr) -> KafkaConnection:
    """Options with __ for dots; nothing listens there."""
    named = {name.replace("__", "."): value for name, value in options.items()}
    return KafkaConnection("127.0.0.1:9", "etl", named, PATH)


MAKERS: dict[str, Callable[[KafkaConnection], object]] = {
    "consumer": lambda one: Consumer(one, "group"),
    "producer": Producer,
    "transactions": lambda one: TransactionalProducer(one, "id"),
    "admin": Admin,
}


def test_options_of_the_operator_count_before_ours_and_never_before_those_that_correctness_rests_on() -> None:
    given = connection(queued__max__messages__kbytes="64", compression__type="zstd", acks="0", isolation__level="x")
    reading = consumer_options(given, "g")
    assert (reading["queued.max.messages.kbytes"], reading["isolation.level"]) == ("64", "read_committed")
    assert (reading["auto.offset.reset"], reading["enable.auto.commit"], reading["group.id"]) == ("error", False, "g")
    writing = producer_options(given, transactional_id="id", largest_bytes=5_000)
    assert (writing["compression.type"], writing["acks"], writing["enable.idempotence"]) == ("zstd", "all", True)
    assert (writing["transactional.id"], writing["message.max.bytes"]) == ("id", 5_000)
    assert common_options(given)["bootstrap.servers"] == "127.0.0.1:9"


def test_what_etl_sets_is_refused_as_an_option_of_the_operator() -> None:
    preset = {"queued.max.messages.kbytes", "topic.metadata.refresh.interval.ms", "compression.type"}
    preset |= {"queue.buffering.max.kbytes", "message.max.bytes"}
    made = consumer_options(connection(), "g") | producer_options(connection(), transactional_id="x", largest_bytes=1)
    assert set(made) - preset <= set(REFUSED_OPTIONS)


def test_secrets_reach_the_library_and_nothing_else() -> None:
    given = connection(sasl__password=SecretStr("s3cret"))
    assert common_options(given)["sasl.password"] == "s3cret"
    assert "s3cret" not in repr(given)


def test_brokers_share_out_the_partitions_where_the_operator_says_so() -> None:
    assert consumer_options(connection(), "g")["partition.assignment.strategy"] == "cooperative-sticky"
    assert "partition.assignment.strategy" not in consumer_options(connection(group__protocol="consumer"), "g")


@pytest.mark.parametrize("kind", MAKERS)
def test_an_unknown_option_is_named(kind: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        MAKERS[kind](connection(linger__mss="5"))
    assert str(caught.value) == (
        f"{PATH}: option.linger.mss: is not an option of the Kafka client: correct or delete the line"
    )


@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("security__protocol", "SECRET"),
        ("socket__timeout__ms", "soon"),
        ("socket__timeout__ms", "-5"),
        ("ssl__endpoint__identification__algorithm", "maybe"),
        ("broker__address__family", "v5"),
        ("ssl__ca__location", "/no/such/file"),
    ],
)
def test_a_bad_value_is_named(kind: str, name: str, value: str) -> None:
    extra = {"security__protocol": "SSL"} if name.startswith("ssl") else {}
    with pytest.raises(ConfigurationError) as caught:
        MAKERS[kind](connection(**(extra | {name: value})))
    assert str(caught.value).startswith(f"{PATH}: ")
    assert name.replace("__", ".") in str(caught.value)


@pytest.mark.parametrize("kind", MAKERS)
def test_kerberos_is_asked_for_in_vain(kind: str) -> None:
    asked = [{"sasl__mechanisms": "GSSAPI"}, {"sasl__mechanism": "GSSAPI"}, {}]
    for one in asked:
        with pytest.raises(ConfigurationError, match=r"option\.sasl\.mechanisms?: the Kafka client .* has no Kerberos"):
            MAKERS[kind](connection(security__protocol="SASL_PLAINTEXT", **one))


def test_a_secret_in_an_error_is_masked() -> None:
    given = connection(security__protocol="SSL", ssl__key__pem=SecretStr("s3cret-key"))
    with pytest.raises(ConfigurationError) as caught:
        Producer(given)
    assert "s3cret" not in str(caught.value)
    said = fault_of(KafkaError(KafkaError._TRANSPORT, "to s3cret-key"), "it fails", given)
    assert str(said) == "it fails: to ****** (servers 127.0.0.1:9)"


@pytest.mark.parametrize(
    ("code", "kind", "text"),
    [
        (KafkaError._TRANSPORT, TransientFault, "(servers 127.0.0.1:9)"),
        (KafkaError._ALL_BROKERS_DOWN, TransientFault, "(servers 127.0.0.1:9)"),
        (KafkaError.NOT_LEADER_FOR_PARTITION, TransientFault, ""),
        (KafkaError.OFFSET_NOT_AVAILABLE, TransientFault, ""),
        (KafkaError._NOENT, TransientFault, ""),
        (KafkaError.FENCED_LEADER_EPOCH, TransientFault, ""),
        (KafkaError._TIMED_OUT, TransientFault, ""),
        (KafkaError.NOT_ENOUGH_REPLICAS, TransientFault, ""),
        (KafkaError._AUTHENTICATION, EnvironmentFault, f"among the options of {PATH}"),
        (KafkaError._SSL, EnvironmentFault, f"among the options of {PATH}"),
        (KafkaError.TOPIC_AUTHORIZATION_FAILED, EnvironmentFault, "have an administrator of Kafka allow it (ACL)"),
        (KafkaError.GROUP_AUTHORIZATION_FAILED, EnvironmentFault, "have an administrator of Kafka allow it (ACL)"),
        (KafkaError.UNKNOWN_TOPIC_OR_PART, EnvironmentFault, "create the topic or correct its name"),
        (KafkaError.MSG_SIZE_TOO_LARGE, RecordTooLarge, "raise max.message.bytes of the topic"),
        (KafkaError._FENCED, FencedOut, "another process works under the same name"),
        (KafkaError.INVALID_PRODUCER_EPOCH, FencedOut, "another process works under the same name"),
        (KafkaError.UNSUPPORTED_VERSION, EnvironmentFault, "(UNSUPPORTED_VERSION)"),
    ],
)
def test_errors_of_the_library(code: int, kind: type[EtlError], text: str) -> None:
    found = fault_of(KafkaError(code), "it fails", connection())
    assert type(found) is kind
    assert str(found).startswith("it fails: ")
    assert text in str(found)


LOST = "[thrd:{0}/bootstrap]: {0}/bootstrap: Connect to ipv4#{0} failed: {1} (after {2}ms in state CONNECT)"


def test_a_line_of_the_library_comes_once_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    """At its own level, with the number of those that were left out; another cause is another kind of line."""
    now = 1_000.0
    log = ClientLog(connection(sasl__password=SecretStr("s3cret")), LineLimit(lambda: now))

    def say(client: str, text: str, level: int = logging.ERROR) -> None:
        log.log(level, "%s [%s] %s", "FAIL", client, text)

    with caplog.at_level(logging.DEBUG, "etl.kafka"):
        for number in range(5):
            say(f"rdkafka#producer-{number}", LOST.format(f"10.0.0.{number}:9092", "Connection refused", number))
        say("rdkafka#producer-1", LOST.format("10.0.0.1:9092", "the password s3cret is wrong", 1))
        say("rdkafka#consumer-1", LOST.format("10.0.0.1:9092", "Connection refused", 1), logging.WARNING)
        log.log(logging.WARNING, "%s [%s] %s", "CONFWARN", "etl#producer-1", "session.timeout.ms is for consumers")
        now += 61
        say("rdkafka#producer-9", LOST.format("10.0.0.9:9092", "Connection refused", 1))
        for _ in range(2):
            say("rdkafka#producer-9", "a detail", logging.DEBUG)
    assert [(one.levelname, one.getMessage().split(" failed: ")[-1]) for one in caplog.records] == [
        ("ERROR", "Connection refused (after 0ms in state CONNECT)"),
        ("ERROR", f"the password {MASK} is wrong (after 1ms in state CONNECT)"),
        ("WARNING", "Connection refused (after 1ms in state CONNECT)"),
        ("INFO", "CONFWARN [etl#producer-1] session.timeout.ms is for consumers"),
        ("ERROR", "Connection refused (after 1ms in state CONNECT) (4 more lines of this kind were left out)"),
        ("DEBUG", "FAIL [rdkafka#producer-9] a detail"),
        ("DEBUG", "FAIL [rdkafka#producer-9] a detail"),
    ]


def test_kinds_of_lines_without_end_are_one_kind() -> None:
    """Texts that no rule foresaw fill neither the log nor the memory."""
    limit = LineLimit(lambda: 0.0)
    let_through = sum(limit.left_out((str(number),)) is not None for number in range(10_000))
    assert let_through == 201


def test_what_the_client_throws_away_by_itself_is_not_taken_for_sent() -> None:
    """As it does with a fatal error, whose reason it may say only later."""
    producer = Producer(connection(), patience_seconds=0.5)
    producer.send("topic", None, b"value")
    producer._client.purge()
    with pytest.raises(TransientFault, match="thrown away by the Kafka client before they were sent"):
        producer.flush()
    producer.send("topic", None, b"value")
    producer._client.purge()
    producer._fatal = FencedOut("the reason")
    with pytest.raises(FencedOut, match="the reason"):
        producer.flush()


def test_the_reason_that_the_log_has_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    producer = Producer(connection(), patience_seconds=60)
    monkeypatch.setattr(producer, "_called", lambda *_: pytest.fail("the client is asked for a reason that is known"))
    producer._log.log(logging.CRITICAL, "%s [%s] %s", "FATAL", "etl#producer-1", "Fatal error: Broker: No room")
    fault = producer._why_thrown_away()
    assert isinstance(fault, EnvironmentFault)
    assert "No room" in str(fault)


def test_a_client_that_has_ended_says_so_at_the_next_call() -> None:
    """Its fatal errors come beside its calls."""
    given = connection(sasl__password=SecretStr("s3cret"))
    fenced = KafkaError(KafkaError.FENCED_INSTANCE_ID, "another member has s3cret", fatal=True)
    consumer = Consumer(given, "g")
    consumer._note(fenced)
    with pytest.raises(EnvironmentFault, match=rf"^the consumer has ended: another member has {re.escape(MASK)}$"):
        consumer.consume(1, 0)
    producer = Producer(given)
    producer._note(fenced)
    with pytest.raises(FencedOut, match="the producer has ended: "):
        producer.flush()


def test_a_partition_whose_end_no_broker_says() -> None:
    asked = 0

    def check() -> None:
        nonlocal asked
        asked += 1

    with pytest.raises(
        TransientFault, match=r"^t/0 cannot be read: no broker has said within 1\.5 seconds where it ends$"
    ):
        list(read_to_end(connection(), Partition("t", 0), patience_seconds=1.5, check=check))
    assert asked >= 2


def test_a_partition_of_which_nothing_comes_any_more() -> None:
    """The brokers are the library's own, and end when a part has been read."""
    brokers = confluent_kafka.Producer({"bootstrap.servers": "none", "test.mock.num.brokers": 1, "log_level": 0})
    [broker] = brokers.list_topics(timeout=30).brokers.values()
    # Small portions, so that the rest is asked for later.
    options = {"queued.max.messages.kbytes": "64", "fetch.message.max.bytes": "20000"}
    given = KafkaConnection(f"{broker.host}:{broker.port}", "etl", options, PATH)
    with Producer(given) as producer:
        for number in range(16_000):  # more than one call takes, and nothing that can be compressed
            producer.send("t", None, secrets.token_bytes(100), partition=0)
            if number % 1_000 == 999:
                producer.flush()  # what is sent together is read together
    reading = read_to_end(given, Partition("t", 0), patience_seconds=1)
    next(reading)
    del brokers
    text = r"^t/0 cannot be read: nothing came for 1 seconds behind offset \d+ of 16000$"
    with pytest.raises(TransientFault, match=text):
        list(reading)


def test_an_error_of_the_library_is_translated_wherever_it_comes_from() -> None:
    away = KafkaError(KafkaError._TRANSPORT)
    late = SystemError("a callback was called although an error was set")
    late.__cause__ = KafkaException(away)
    for raised in (KafkaException(away), late):
        says = r"^it fails: .*\(servers 127\.0\.0\.1:9\)"
        with pytest.raises(TransientFault, match=says), translated("it fails", connection()):
            raise raised
    for other in (SystemError("another"), ValueError("x"), KeyboardInterrupt()):
        with pytest.raises(type(other)), translated("it fails", connection()):
            raise other


def test_a_fatal_error_that_only_the_log_has() -> None:
    log = ClientLog(connection())
    assert logged_fault(log.fatal, "the producer has ended", connection()) is None
    line = "[thrd:main]: Fatal error: Broker: Cluster authorization failed: Failed to acquire idempotence PID"
    log.log(logging.CRITICAL, "%s [%s] %s", "FATAL", "etl#producer-1", line)
    found = logged_fault(log.fatal, "the producer has ended", connection())
    assert isinstance(found, EnvironmentFault)
    assert "Cluster authorization failed" in str(found)
    assert "have an administrator of Kafka allow it (ACL)" in str(found)
