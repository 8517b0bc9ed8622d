"""Steps of a worker one by one, with partitions that come and go between them as a group may decide at any moment."""

import logging
from collections.abc import Iterator
from dataclasses import replace

import pytest

from etl.engine import prepare
from etl.engine.kafka_in.batches import Batch
from etl.engine.kafka_in.worker import SharedReading, TopicsChanged, Worker
from etl.engine.record_batches import record_store_of
from etl.kafka import Partition as ClientPartition
from etl.sources.kafka.message import Partition
from etl.sources.kafka.reading import ReadBatch
from etl.sources.kafka.rules import rules_of
from tests.fix_company import until
from tests.integration.kafka_in.conftest import Reading, client


@pytest.fixture
def worker(reading: Reading, caplog: pytest.LogCaptureFixture) -> Iterator[Worker]:
    caplog.set_level(logging.DEBUG, "in_kafka_migration")
    with reading.site.runtime() as runtime:
        prepare(runtime)
        source = runtime.settings.kafka.in_migration
        into = record_store_of(runtime, rules_of(source))
        shared = SharedReading(runtime, into, source, lambda _: None, lambda _: None)
        made = Worker(shared, "test", "worker 1")
        yield made
        made.stop()
        made.run()  # ends at once


def step_until(worker: Worker, text: str, caplog: pytest.LogCaptureFixture) -> None:
    def is_said() -> bool:
        worker._step()
        return text in caplog.text

    until(is_said, f"the log says {text}")


def take(worker: Worker, one: Partition) -> None:
    def is_taken() -> bool:
        if worker._store.settle() and not worker._assignment.held:
            worker._begin_job()
        return bool(worker._assignment.held)

    worker._assignment.assigned((ClientPartition(*one),))
    until(is_taken, "the partition is taken")


def test_a_topic_that_is_gone_is_waited_for(worker: Worker, caplog: pytest.LogCaptureFixture) -> None:
    worker._assignment.assigned((ClientPartition("nowhere", 0),))
    step_until(worker, "the topic nowhere is not there: it is read once it has been made", caplog)
    assert worker._assignment.held == {}
    assert worker._assignment.wanted == {Partition("nowhere", 0)}
    worker._assignment.revoked((ClientPartition("nowhere", 0),))
    assert worker._assignment.wanted == set()


def test_a_partition_that_comes_while_a_full_batch_waits(
    worker: Worker, reading: Reading, caplog: pytest.LogCaptureFixture
) -> None:
    """It is not read before there is room, and is given up without a word when it goes meanwhile."""
    reading.send(client("a"))
    one = Partition(reading.topic, 0)
    worker._is_paused = True
    take(worker, one)
    assert [held.next_offset for held in worker._assignment.held.values()] == [0]
    assert f"{one} is read from offset 0 on" in caplog.text
    assert worker._consumer.consume(1, 1.0).messages == []

    def waits() -> None:
        worker._store.sleep(60)
        worker._store.refuse_cancelled()

    worker._store.do("merge", waits, worker._ended)
    worker._assignment.lost((ClientPartition(*one),))
    assert worker._store.settle(30)
    assert (worker._assignment.held, len(worker._assignment.gone)) == ({}, 1)
    assert "records wait" not in caplog.text
    worker._assignment.is_ending = True
    worker._assignment.lost((ClientPartition(*one),))
    assert len(worker._assignment.gone) == 1, "it was given up before"


def test_a_topic_that_was_made_again_while_its_records_were_gathered(worker: Worker, reading: Reading) -> None:
    one = Partition(reading.topic, 0)
    take(worker, one)
    held = {one: replace(worker._assignment.held[one], topic_id="AAAAAAAAAAAAAAAAAAAAAQ")}
    with pytest.raises(TopicsChanged, match=f"made again or closed to us: {reading.topic}$"):
        worker._merged_in_store(Batch([], ReadBatch(), held))
    assert reading.position()["next_offset"] == 0
