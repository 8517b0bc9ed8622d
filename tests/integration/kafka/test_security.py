"""TLS, SASL and ACLs by options that are passed on; faults 40 and 42."""

import logging
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    ResourcePatternType,
    ResourceType,
)
from pydantic import SecretStr

from etl.errors import EnvironmentFault, TransientFault
from etl.kafka import Admin, Consumer, Partition, Producer, TransactionalProducer, Trouble, TroubleKind, read_to_end
from etl.settings import KafkaConnection, parse_settings
from etl.settings.kafka_keys import KAFKA
from scripts.services import run
from tests.fix_kafka import SecureKafka, admin_at, make_topic_at
from tests.integration.kafka.clients import Log, a_name, consume_until, fill, member, values

pytestmark = pytest.mark.slow


def connect(kafka: SecureKafka, **options: str) -> KafkaConnection:
    """As the configuration would have it."""
    lines = {
        "security.protocol": "SASL_SSL",
        "ssl.ca.location": str(kafka.tls / "ca.pem"),
        "sasl.mechanisms": "PLAIN",
        "sasl.username": kafka.user,
        "sasl.password": kafka.password,
    } | {name.replace("__", "."): value for name, value in options.items()}
    text = "\n".join([f"servers={kafka.secure}", *(f"option.{name}={value}" for name, value in lines.items())])
    return parse_settings({KAFKA: text}, origin="file:/c", company="demo", environ={}).kafka.connection


class Acls:
    """What the user of the engine may do."""

    def __init__(self, kafka: SecureKafka) -> None:
        self._admin = admin_at(kafka.plain)
        self._principal = f"User:{kafka.user}"

    def allow(self, kind: ResourceType, name: str, *operations: AclOperation) -> None:
        bindings = [
            AclBinding(
                kind, name, ResourcePatternType.LITERAL, self._principal, "*", operation, AclPermissionType.ALLOW
            )
            for operation in operations
        ]
        for made in self._admin.create_acls(bindings).values():
            made.result(30)

    def revoke(self, kind: ResourceType, name: str) -> None:
        self._delete(kind, name)

    def forget(self) -> None:
        self._delete(ResourceType.ANY, None)

    def _delete(self, kind: ResourceType, name: Any) -> None:
        anything: Any = None
        whose = (kind, name, ResourcePatternType.ANY, self._principal)
        every = AclBindingFilter(*whose, anything, AclOperation.ANY, AclPermissionType.ANY)
        [done] = self._admin.delete_acls([every]).values()
        done.result(30)


@pytest.fixture
def acls(secure_kafka: SecureKafka) -> Iterator[Acls]:
    found = Acls(secure_kafka)
    yield found
    found.forget()


def test_a_user_with_acls_reads_and_writes(secure_kafka: SecureKafka, acls: Acls) -> None:
    topic, group = make_topic_at(secure_kafka.plain), a_name("g")
    acls.allow(ResourceType.TOPIC, topic, AclOperation.READ, AclOperation.WRITE, AclOperation.DESCRIBE)
    acls.allow(ResourceType.GROUP, group, AclOperation.READ)
    connection = connect(secure_kafka)
    assert "s3cret" not in repr(connection)
    with Admin(connection) as admin:
        found = admin.topic(topic)
        assert found is not None
        assert found.operations == {"READ", "WRITE", "DESCRIBE"}
    fill(connection, Partition(topic, 0), "abc")
    with member(connection, group, [topic], Log()) as consumer:
        assert values(consume_until(consumer, lambda found: len(found.messages) == 3).messages) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"sasl__password": "wr0ng-word"}, "uthentication fail"),
        ({"sasl__username": "stranger"}, "uthentication fail"),
        ({"ssl__ca__location": "/etc/ssl/certs/ca-certificates.crt"}, "its certificate has expired, is for"),
    ],
)
def test_who_is_not_let_in_learns_it_without_secrets(
    secure_kafka: SecureKafka, options: dict[str, str], text: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "etl.kafka")
    connection = connect(secure_kafka, **options)
    consumer = Consumer(connection, "g")
    consumer.subscribe(["topic"], Log())
    with pytest.raises(EnvironmentFault) as caught:
        consume_until(consumer, lambda _: False, 30)
    assert text in str(caught.value)
    assert "check security.protocol, certificates, user and password among the options of /c/configs" in str(
        caught.value
    )
    consumer.close()
    assert "wr0ng" not in caplog.text + str(caught.value)
    assert secure_kafka.password not in caplog.text + str(caught.value)


@pytest.mark.nightly
def test_a_certificate_that_has_expired(secure_kafka: SecureKafka, tmp_path: Path) -> None:
    """Fault 42: the broker ends the connection, which the library takes for a broker that is away."""
    tls = secure_kafka.tls
    asked, expired = tmp_path / "asked.csr", tmp_path / "expired.pem"
    run("openssl", "req", "-new", "-key", tls / "client.key", "-subj", "/CN=client", "-out", asked)
    signed = ("-CA", tls / "ca.pem", "-CAkey", tls / "ca.key", "-days", "-1", "-out", expired)
    run("openssl", "x509", "-req", "-in", asked, *signed)
    options = {"ssl__certificate__location": str(expired), "ssl__key__location": str(tls / "client.key")}
    said = r"refuses the sign-in: .* alert certificate .*ssl\.certificate\.location has expired"
    connection = connect(secure_kafka, **options)
    with Admin(connection) as admin, pytest.raises(EnvironmentFault, match=said):
        admin.cluster()
    consumer = Consumer(connection, "g")
    consumer.subscribe(["topic"], Log())
    with pytest.raises(EnvironmentFault, match=said):
        consume_until(consumer, lambda _: False, 30)
    consumer.close()
    said = r"cannot begin: .*ssl\.certificate\.location has expired"
    producer = TransactionalProducer(connection, "t", patience_seconds=5)
    with producer, pytest.raises(TransientFault, match=said):
        producer.init()


def test_a_partition_is_read_without_a_right_to_any_group(secure_kafka: SecureKafka, acls: Acls) -> None:
    """As an output reads its progress: no group is joined, although the library asks for one."""
    topic = make_topic_at(secure_kafka.plain)
    acls.allow(ResourceType.TOPIC, topic, AclOperation.READ, AclOperation.WRITE, AclOperation.DESCRIBE)
    connection = connect(secure_kafka)
    for number in range(1, 6):
        fill(connection, Partition(topic, 0), "a")
        assert len(list(read_to_end(connection, Partition(topic, 0)))) == number


def test_refusals_are_not_asked_for_in_a_hot_loop(secure_kafka: SecureKafka) -> None:
    consumer = Consumer(connect(secure_kafka, sasl__password="wrong"), "g")
    consumer.subscribe(["topic"], Log())
    refused, began = 0, time.monotonic()
    while time.monotonic() < began + 3:
        try:
            consumer.consume(10, 0.05)
        except EnvironmentFault:
            refused += 1
    consumer.close()
    assert 1 <= refused <= 30


def test_a_topic_that_may_not_be_read_is_a_value(secure_kafka: SecureKafka, acls: Acls) -> None:
    closed, group = make_topic_at(secure_kafka.plain), a_name("g")
    acls.allow(ResourceType.GROUP, group, AclOperation.READ)
    with member(connect(secure_kafka), group, [closed], Log()) as consumer:
        [trouble] = consume_until(consumer, lambda found: bool(found.troubles)).troubles
    assert trouble == Trouble(TroubleKind.NOT_ALLOWED, closed, -1, trouble.text)


def test_what_is_not_allowed_says_whom_to_ask(secure_kafka: SecureKafka, acls: Acls) -> None:
    topic = make_topic_at(secure_kafka.plain)
    connection = connect(secure_kafka)
    acl = r"have an administrator of Kafka allow it \(ACL\)"
    with Admin(connection) as admin:
        with pytest.raises(EnvironmentFault, match=f"topic {topic}: .*{acl}"):
            admin.topic(topic)
        acls.allow(ResourceType.TOPIC, topic, AclOperation.DESCRIBE)
        with pytest.raises(EnvironmentFault, match=f"options of topic {topic}: .*{acl}"):
            admin.limits(topic)
    with pytest.raises(EnvironmentFault, match=acl), Producer(connection) as producer:
        producer.send(topic, None, b"x")
    fill(KafkaConnection(secure_kafka.plain, "etl", {}, ""), Partition(topic, 0), "abc")
    with pytest.raises(EnvironmentFault, match=f"{topic}/0 cannot be read: .*{acl}"):
        list(read_to_end(connection, Partition(topic, 0)))


def test_secrets_are_hidden_values() -> None:
    text = "option.sasl.password:ENV=WORD\noption.ssl.key.pem=abc"
    found = parse_settings({KAFKA: text}, origin="file:/c", company="demo", environ={"WORD": "x"}).kafka.connection
    assert found.options == {"sasl.password": SecretStr("x"), "ssl.key.pem": SecretStr("abc")}
