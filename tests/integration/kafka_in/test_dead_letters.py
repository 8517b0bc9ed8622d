"""The sender of dead letters: too large ones go without their values, and a topic that cannot be written to holds up no
other. What is not allowed is as what is not there."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from random import Random
from typing import Any

import pytest
from confluent_kafka.admin import AclOperation, ResourceType

from etl.engine import Runtime
from etl.engine.kafka_in import dead_letters
from etl.engine.kafka_in.dead_letters import DeadLetterSender
from etl.engine.kafka_in.taking import take_partitions
from etl.engine.preparation import prepare_without_import
from etl.engine.record_batches import record_store_of
from etl.errors import TransientFault
from etl.kafka import Admin, Message, Partition, read_to_end
from etl.settings import KafkaConnection
from etl.sources.kafka import message
from etl.sources.kafka.record_store import RecordStore
from etl.sources.kafka.rules import rules_of
from tests.fix_company import CLAIMS, STORE, MakeSite, Site
from tests.fix_database import LOOPBACK
from tests.fix_kafka import MakeTopic, SecureKafka, make_topic_at
from tests.integration.kafka.clients import connect
from tests.integration.kafka.test_security import Acls, acls  # noqa: F401
from tests.integration.kafka.test_security import connect as connect_securely
from tests.integration.kafka_in.conftest import IN_KAFKA, KAFKA

pytestmark = pytest.mark.slow

# More than the small topics here take, also when it is compressed, and less than the client takes by itself.
LARGE = Random(1).randbytes(50_000)


@contextmanager
def reading(site: Site, *topics: str) -> Iterator[tuple[Runtime, RecordStore]]:
    """The engine of a site that reads these topics, with nothing of them read yet."""
    site.write(KAFKA, f"servers={LOOPBACK}:1\n")
    site.write(IN_KAFKA, f"hasInMigrationKafka=true\ntopics={','.join(topics)}\ngroupId={topics[0]}\n")
    with site.runtime() as runtime:
        prepare_without_import(runtime)
        yield runtime, record_store_of(runtime, rules_of(runtime.settings.kafka.in_migration))


def reject(site: Site, topic: str, *values: bytes | None, **more: Any) -> None:
    for offset, value in enumerate(values):
        row = {"unit": 1, "topic": topic, "partition": 0, "record_offset": offset, "key": b"k", "value": value}
        row |= {"value_bytes": None if value is None else len(value), "code": "BAD_JSON", "message": "m", "path": ""}
        row |= more
        names, marks = ", ".join(row), ", ".join(["%s"] * len(row))
        site.look(
            f"insert into {STORE}.kafka_dead_letter ({names}) values ({marks})",
            [*row.values()],
            at=site.store_database,
        )


def unsent(site: Site) -> list[str]:
    rows = site.look(
        f"select topic from {STORE}.kafka_dead_letter where sent_at is null order by id", at=site.store_database
    )
    return [row["topic"] for row in rows]


def headers_of(one: Message) -> dict[str, str]:
    return {name: (value or b"").decode() for name, value in one.headers}


def sent(connection: KafkaConnection, topic: str) -> list[tuple[bytes | None, str | None]]:
    """(value, its size where it was left out) of each letter in a topic of errors."""
    found = read_to_end(connection, Partition(topic, 0))
    return [(one.value, headers_of(one).get("etl-truncated")) for one in found]


def test_one_topic_holds_up_no_other(
    make_site: MakeSite,
    make_topic: MakeTopic,
    kafka_url: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    site, connection = make_site(CLAIMS), connect(kafka_url)
    small, missing, usual = (make_topic() for _ in range(3))
    make_topic(f"{small}.errors", max_message_bytes=10_000)
    make_topic(f"{usual}.errors")
    with reading(site, small, missing, usual) as (runtime, into), caplog.at_level(logging.INFO):
        sender = DeadLetterSender(into, runtime.settings.kafka.in_migration, connection)
        assert sender.send() == 0
        reject(site, small, b"a", LARGE, b"b")
        reject(site, missing, b"c")
        again = {"attempt": 2, "original_partition": 5, "original_offset": 77, "recorded_at": "2026-01-02T03:04:05Z"}
        reject(site, usual, b"d", None, **again)
        assert sender.send() == 5
        assert unsent(site) == [missing]
        assert f"some dead letters are too large for {small}.errors" in caplog.text
        reason = f"the topic {missing}.errors is not there: make it, or name another one in errorTopic"
        assert f"dead letters of {missing} stay in the store: {reason}" in caplog.text

        make_topic(f"{missing}.errors")
        assert sender.send() == 0  # it is not asked for again at once
        sender._not_before.clear()  # as if half a minute had passed
        assert sender.send() == 1
    # What had been sent before it was known that one is too large may be there twice.
    assert set(sent(connection, f"{small}.errors")) == {(b"a", None), (None, "50000"), (b"b", None)}
    assert sent(connection, f"{missing}.errors") == [(b"c", None)]
    [first, second] = read_to_end(connection, Partition(f"{usual}.errors", 0))
    assert (first.value, second.value) == (b"d", None)
    headers = headers_of(first)
    assert headers.pop("etl-at")
    assert headers == {
        **{"etl-code": "BAD_JSON", "etl-message": "m", "etl-path": "", "etl-topic": usual, "etl-partition": "0"},
        **{"etl-offset": "0", "etl-attempt": "2", "etl-original-partition": "5", "etl-original-offset": "77"},
        "etl-timestamp": "2026-01-02T03:04:05+00:00",
    }


def test_a_partition_that_is_not_there_is_not_taken(make_site: MakeSite, make_topic: MakeTopic, kafka_url: str) -> None:
    topic = make_topic()
    wanted = {message.Partition("none", 0), message.Partition(topic, 1)}
    with reading(make_site(CLAIMS), topic, "none") as (runtime, into), Admin(connect(kafka_url)) as admin:
        found = take_partitions(into, admin, wanted, "test", runtime.settings.kafka.in_migration)
    assert (found.held, found.missing, found.sizes) == ({}, wanted, {topic: 1})


def test_brokers_that_are_away_are_no_fault_of_a_topic(make_site: MakeSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dead_letters, "Admin", partial(Admin, seconds=0.5))
    site = make_site(CLAIMS)
    with reading(site, "t") as (runtime, into):
        reject(site, "t", b"a")
        sender = DeadLetterSender(into, runtime.settings.kafka.in_migration, connect(f"{LOOPBACK}:1"))
        with pytest.raises(TransientFault):
            sender.send()
    assert unsent(site) == ["t"]


@pytest.mark.nightly
def test_what_is_not_allowed_is_as_what_is_not_there(
    make_site: MakeSite,
    secure_kafka: SecureKafka,
    acls: Acls,  # noqa: F811
) -> None:
    """Without the right to see its options the limit of a topic is learnt when it refuses a letter."""
    site, connection = make_site(CLAIMS), connect_securely(secure_kafka)
    seen, hidden = make_topic_at(secure_kafka.plain), make_topic_at(secure_kafka.plain)
    errors = make_topic_at(secure_kafka.plain, f"{seen}.errors", max_message_bytes=10_000)
    acls.allow(ResourceType.TOPIC, seen, AclOperation.READ, AclOperation.DESCRIBE)
    acls.allow(ResourceType.TOPIC, errors, AclOperation.READ, AclOperation.WRITE, AclOperation.DESCRIBE)
    with reading(site, seen, hidden) as (runtime, into), Admin(connection) as admin:
        source = runtime.settings.kafka.in_migration
        wanted = {message.Partition(topic, 0) for topic in (seen, hidden)}
        found = take_partitions(into, admin, wanted, "test", source)
        assert [*found.held] == [message.Partition(seen, 0)]
        assert found.missing == {message.Partition(hidden, 0)}
        assert [*found.hidden] == [hidden]
        assert found.hidden[hidden].startswith(f"topic {hidden}: ")
        assert "have an administrator of Kafka allow it (ACL)" in found.hidden[hidden]

        reject(site, seen, b"a", LARGE)
        reject(site, hidden, b"b")
        assert DeadLetterSender(into, source, connection).send() == 2
    assert unsent(site) == [hidden]
    assert set(sent(connection, errors)) == {(b"a", None), (None, "50000")}
