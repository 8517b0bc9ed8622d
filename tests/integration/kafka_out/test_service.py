"""Outputs as a service writes them: real processes, signals and brokers. What it does is waited for."""

import json
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from etl.kafka import Producer
from etl.settings.kafka_keys import IN_KAFKA, KAFKA, OUT_KAFKA
from tests.acceptance.service import SIGNALS, Service
from tests.fix_company import STORE, until
from tests.fix_database import LOOPBACK
from tests.fix_kafka import KafkaCluster, admin_at
from tests.integration.kafka_out.output import Output
from tests.integration.kafka_records.topic import record

pytestmark = pytest.mark.slow

NOWHERE = f"servers={LOOPBACK}:1\n"


@contextmanager
def service(output: Output, *words: str) -> Iterator[Service]:
    """`etl kafka out --loop`, or other words; ended at the end if it still lives."""
    found = Service(output.site.start(*(words or ("kafka", "out", "--loop"))))
    try:
        yield found
    finally:
        found.end()


def written(output: Output, topic: str = "") -> list[str]:
    """External ids of the records in a topic, in their order."""
    found = [json.loads(one.value or b"{}") for one in output.messages(topic, is_settled=True)]
    return [one["externalId"] for one in found]


def wait_for(output: Output, *names: str, topic: str = "") -> None:
    until(lambda: written(output, topic) == list(names), f"{topic or 'the topic'} has {names}")


def leader(output: Output, name: str = "out") -> Any:
    return output.site.value(f"select owner from {STORE}.kafka_output where name = %s", [name])


def end(one: Service, number: signal.Signals = signal.SIGTERM) -> None:
    """Within five seconds."""
    begun = time.monotonic()
    one.signal(number)
    assert one.wait_for_exit() == SIGNALS[number], "\n".join(one.log)
    assert time.monotonic() - begun < 5


def test_a_service_writes_and_ends_as_it_is_asked_to(output: Output) -> None:
    with service(output) as one:
        output.merge(record("client", "a", name="a"))
        wait_for(output, "a")
        output.merge(record("client", "b", name="b"), record("client", "a", name="A"))
        until(lambda: sorted(written(output)) == ["a", "a", "b"], "the next changes are written")
        end(one)
    assert leader(output) is None


def test_runs_reading_and_outputs_in_one_service(output: Output) -> None:
    """What a partner hands over, and what a topic brings, goes into the topic of the output."""
    source = output.make_topic()
    output.site.write(IN_KAFKA, f"hasInMigrationKafka=true\ntopics={source}\ngroupId={source}\n")
    with service(output, "run", "--loop", "--json") as one:
        one.wait_for_runs(1)
        output.site.partner.fill("in_client", {"in_id": "row", "name": "Row"})
        output.site.partner.hand_over()
        wait_for(output, "row")
        with Producer(output.connection) as producer:
            producer.send(source, b"k", json.dumps(record("client", "of a topic", name="a")).encode())
        wait_for(output, "row", "of a topic")
        end(one)


@pytest.mark.nightly
def test_an_engine_that_may_not_sign_in_at_the_start(output: Output) -> None:
    """Runs, reading and writing say each for itself what is wrong, and begin once it is right."""
    source, site = output.make_topic(), output.site
    site.write(IN_KAFKA, f"hasInMigrationKafka=true\ntopics={source}\ngroupId={source}\n")
    engine = f"engine_{site.database.name}"
    site.partner.hand_over()
    site.look(f"alter role {engine} nologin")
    with service(output, "run", "--loop", "--json") as one:
        for what in ("trying again later: ", "records wait: ", "the outputs wait: "):
            one.wait_for_log(what)
        said = [line for line in one.log if "later: " in line or "wait: " in line]
        assert all("alter the role: login" in line for line in said)
        site.look(f"alter role {engine} login")
        with Producer(output.connection) as producer:
            producer.send(source, b"k", json.dumps(record("client", "of a topic", name="a")).encode())
        wait_for(output, "of a topic")
        one.wait_for_runs(1)
        end(one)


def test_another_one_takes_over_from_a_killed_leader(output: Output) -> None:
    with service(output) as first:
        until(lambda: leader(output), "the first leads")
        with service(output) as second:
            second.wait_for_log("stands by")
            output.merge(record("client", "a", name="a"))
            wait_for(output, "a")
            first.process.kill()
            output.merge(record("client", "b", name="b"))
            wait_for(output, "a", "b")
            second.wait_for_log("the output out is written")
            end(second)


def test_a_configuration_that_changes(output: Output) -> None:
    """Another topic, a second output, and one that is not there any more."""
    other = output.make_topic()
    output.progress_of(other)
    with service(output) as one:
        output.merge(record("client", "a", name="a"))
        wait_for(output, "a")
        output.configure(other={"out": {}, "more": {"topic": other, "businessObjects": "firm"}})
        until(lambda: output.site.count(f"{STORE}.kafka_output") == 2 and leader(output, "more"), "the second is led")
        output.merge(record("firm", "f", name="f"))
        wait_for(output, "f", topic=other)
        output.site.write(OUT_KAFKA, "hasOutMigrationKafka=false\n")
        until(lambda: leader(output) is None and leader(output, "more") is None, "none is written")
        output.merge(record("client", "b", name="b"))
        output.site.write(OUT_KAFKA, f"hasOutMigrationKafka=true\ntopic={output.topic}\n")
        wait_for(output, "a", "f", "b")
        end(one)


def test_an_output_that_is_named_and_not_there(output: Output) -> None:
    done = output.site.etl("kafka", "out", "--loop", "--output", "crm")
    assert (done.code, "there is no output crm: it is one of out" in done.err) == (2, True), done.err
    with service(output, "kafka", "out", "--loop", "--output", "crm", "--output", "out") as one:
        one.wait_for_log("there is no output crm; there is out")
        output.merge(record("client", "a", name="a"))
        wait_for(output, "a")
    output.configure(hasOutMigrationKafka="false")
    done = output.site.etl("kafka", "out", "--loop")
    assert (done.code, f"{OUT_KAFKA}: hasOutMigrationKafka: is false" in done.err) == (2, True), done.err


@pytest.mark.nightly
def test_an_output_without_its_topic_keeps_no_other_one_back(output: Output) -> None:
    """Fault 39, also while the service writes: it is written once its topic is there."""
    missing = "missing-" + output.topic
    output.progress_of(missing)
    output.configure(other={"a": {"topic": missing}, "b": {}})
    with service(output) as one:
        one.wait_for_log(f"the output a waits: topic {missing} is not there")
        until(lambda: leader(output, "b"), "the other one is led")
        output.merge(record("client", "a", name="a"))
        wait_for(output, "a")
        output.make_topic(missing)
        wait_for(output, "a", topic=missing)
        end(one)


@pytest.mark.nightly
def test_brokers_that_are_away_from_the_start(output: Output) -> None:
    """It ends within five seconds nevertheless; and it writes once they are there."""
    output.merge(record("client", "a", name="a"))
    output.site.write(KAFKA, NOWHERE)
    with service(output) as one:
        one.wait_for_log("the output out waits")
        end(one)
    with service(output) as one:
        one.wait_for_log("the outputs are", "outputs are written")
        output.site.write(KAFKA, f"servers={output.servers}\n")
        wait_for(output, "a")


@pytest.mark.nightly
def test_a_topic_that_is_deleted_while_it_is_written(output: Output) -> None:
    """Fault 39: it says so, keeps what it has to write, and continues once a recovery has written all."""
    with service(output) as one:
        output.merge(record("client", "a", name="a"))
        wait_for(output, "a")
        admin = admin_at(output.servers)  # an answer comes only while it is there
        admin.delete_topics([output.topic])[output.topic].result(30)
        output.merge(record("client", "b", name="b"))
        until(lambda: any("the output out waits: " in line for line in one.log), "it says so", seconds=120)
        output.make_topic(output.topic)
        one.wait_for_log(f"the topic {output.topic} was made again")
        assert output.site.etl("kafka", "recover").code == 0
        until(lambda: written(output) == ["a", "b", "b"], "it is written", seconds=120)
        end(one)


@pytest.mark.nightly
def test_brokers_that_go_and_come_back(output: Output, kafka_cluster: KafkaCluster) -> None:
    """Fault 8 of an output: nothing is lost or doubled, and a service without brokers ends in time."""
    output.servers = kafka_cluster.servers
    output.topic = kafka_cluster.make_topic()
    kafka_cluster.make_topic(f"{output.topic}.progress", cleanup_policy="compact")
    output.configure()
    with service(output) as one:
        output.merge(record("client", "a", name="a"))
        wait_for(output, "a")
        kafka_cluster.kill(1, 2, 3)
        output.merge(record("client", "b", name="b"))
        one.wait_for_log("a transaction cannot be committed yet")
        kafka_cluster.resume(1, 2, 3)
        until(lambda: written(output) == ["a", "b"], "it writes again", seconds=120)
        kafka_cluster.kill(1, 2, 3)
        output.merge(record("client", "c", name="c"))
        end(one)
        kafka_cluster.resume(1, 2, 3)
    with service(output):
        until(lambda: written(output) == ["a", "b", "c"], "the next one writes the rest", seconds=120)
