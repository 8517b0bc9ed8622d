"""What reads the topics of the demo and of the simulated partner: it is waited for, and its end is said."""

from dataclasses import dataclass

import pytest

from etl.demo.kafka import steps
from etl.demo.kafka.topics import DemoTopics
from etl.engine import prepare
from etl.engine.record_batches import record_store_of
from etl.errors import EnvironmentFault, RunStopped
from etl.kafka import Producer
from etl.simulator.kafka.play import TopicReader, rules_of_settings
from tests.fix_company import CLAIMS, MakeSite
from tests.fix_kafka import MakeTopic
from tests.integration.kafka.clients import connect


def test_a_topic_that_nothing_reads(make_site: MakeSite, kafka_url: str, make_topic: MakeTopic) -> None:
    """Whether or not anything was ever read into the store; an empty topic is read at once."""
    site, connection, topic, empty = make_site(CLAIMS), connect(kafka_url), make_topic(), make_topic()
    with Producer(connection) as producer:
        producer.send(topic, b"k", b"{}")
    with site.runtime() as runtime:
        for _ in range(2):
            TopicReader(runtime, empty).wait(connection, 0, lambda: "x")
            with pytest.raises(EnvironmentFault, match=f"^the topic {topic} was not read within 0 s: nothing runs$"):
                TopicReader(runtime, topic).wait(connection, 0, lambda: "nothing runs")
            prepare(runtime)


@dataclass
class Ended:
    """Stands for the reading of topics."""

    failed: RunStopped | None = None


def test_a_reading_that_has_ended(
    make_site: MakeSite, kafka_url: str, make_topic: MakeTopic, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, connection, topic = make_site(CLAIMS), connect(kafka_url), make_topic("", partitions=2)
    topics = DemoTopics(connection, topic, "none")
    with Producer(connection) as producer:
        producer.send(topic, b"k", b"{}")
    monkeypatch.setattr(steps, "_READ_SECONDS", 0.0)
    with site.runtime() as runtime:
        prepare(runtime)
        into = record_store_of(runtime, rules_of_settings(runtime))
        with pytest.raises(RunStopped, match=r"^too many$"):
            steps._wait_until_read(into, topics, Ended(RunStopped("too many")))  # type: ignore[arg-type]
        with pytest.raises(EnvironmentFault, match=r"^records were not read within 0 seconds: is the broker there\?$"):
            steps._wait_until_read(into, topics, Ended())  # type: ignore[arg-type]
