"""A worker whose ACLs change while it reads: what is closed to it waits, and the others are read."""

import json
import signal
from typing import Any

import pytest
from confluent_kafka.admin import AclOperation, ResourceType

from etl.kafka import Producer
from tests.fix_company import CLAIMS, MakeSite, Site
from tests.fix_kafka import SecureKafka, make_topic_at
from tests.integration.kafka.clients import connect
from tests.integration.kafka.test_check import secure_lines
from tests.integration.kafka.test_security import Acls
from tests.integration.kafka_in.conftest import KAFKA, Reading, client

pytestmark = pytest.mark.slow


def kafka_status(site: Site) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(site.etl("kafka", "status", "--json").out)["partitions"]
    return found


def test_an_acl_that_is_revoked_holds_its_topic_alone(make_site: MakeSite, secure_kafka: SecureKafka) -> None:
    """One worker has both topics; the closed one is read on when it is allowed again, with what came meanwhile."""
    topics = closed, other = [make_topic_at(secure_kafka.plain) for _ in range(2)]
    site, connection = make_site(CLAIMS), connect(secure_kafka.plain)
    site.write(KAFKA, "\n".join(secure_lines(secure_kafka, secure_kafka.password)))
    reading = Reading(site, connection, other)
    reading.configure(topics=",".join(topics))

    def send(topic: str, *names: str) -> None:
        with Producer(connection) as producer:
            for name in names:
                producer.send(topic, None, json.dumps(client(name)).encode())

    acls = Acls(secure_kafka)
    try:
        acls.allow(ResourceType.GROUP, other, AclOperation.READ)
        for topic in topics:
            acls.allow(ResourceType.TOPIC, topic, AclOperation.READ, AclOperation.DESCRIBE)
        with reading.worker() as worker:
            send(closed, "a")
            send(other, "b")
            reading.wait_for({"a", "b"})
            acls.revoke(ResourceType.TOPIC, closed)
            worker.wait_for_log(f"{closed} is not read")
            counted = site.etl("kafka", "lag", "--max", "10")
            assert (counted.code, counted.out.splitlines()[0]) == (1, "0 records wait.")
            assert f"The topic {closed} cannot be seen, and its records are not counted: " in counted.out
            assert f"The topic {closed} cannot be seen" in site.etl("kafka", "status").out
            assert f"The topic {closed} cannot be seen" in site.etl("status").out
            [other_one] = [one for one in kafka_status(site) if one["topic"] == other]
            assert (other_one["next_offset"], other_one["lag"]) == (1, 0)
            send(closed, "c")
            send(other, "d")
            reading.wait_for(set("abd"))
            send(other, "e")
            reading.wait_for(set("abde"))
            acls.allow(ResourceType.TOPIC, closed, AclOperation.READ, AclOperation.DESCRIBE)
            reading.wait_for(set("abcde"))
            worker.signal(signal.SIGTERM)
            assert worker.wait_for_exit() == 143
    finally:
        acls.forget()
    assert reading.written() == 5
