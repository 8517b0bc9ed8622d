"""Negative controls with a real worker: faults of its reading, injected at its start, and what finds them."""

import importlib
import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from etl.kafka import TransactionalProducer
from tests.acceptance.service import Service
from tests.documentation import CHECKOUT
from tests.fix_company import inherited, until
from tests.integration.kafka.clients import a_name
from tests.integration.kafka_in.conftest import KAFKA, MakeReading, Reading, client
from tests.integration.kafka_in.test_stops import delete_before, stopped

pytestmark = pytest.mark.slow

Fault = Callable[[], None]

# Waits as long as it takes when all is well, on a busy machine; a control waits in vain.
_SECONDS = 20.0


def position_after_the_last_record() -> None:
    """Positions are the last offset + 1, not those of the consumer."""
    from etl.engine.kafka_in.batches import Batch

    Batch.move = lambda self, positions, held: None  # type: ignore[method-assign]


def earliest_when_out_of_range() -> None:
    """The client goes to the oldest record by itself."""
    consumer: Any = importlib.import_module("etl.kafka.consumer")
    options = consumer.consumer_options

    def with_reset(*arguments: Any) -> Mapping[str, Any]:
        return {**options(*arguments), "auto.offset.reset": "earliest"}

    consumer.consumer_options = with_reset


def nothing() -> None:
    """No fault."""


@contextmanager
def worker(reading: Reading, fault: Fault) -> Iterator[Service]:
    """`etl kafka in`, with a fault in its code."""
    program = f"from {__name__} import {fault.__name__} as inject; inject(); from etl.cli import main; main()"
    site = reading.site
    environ = {**inherited(), "PYTHONPATH": str(CHECKOUT), "HOME": str(site.home)}
    environ |= {**site.environ, "ETL_CONFIG": site.url}
    process = subprocess.Popen(
        [sys.executable, "-c", program, "kafka", "in"],
        env=environ,
        cwd=site.home,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    service = Service(process)
    try:
        yield service
    finally:
        service.end()


def lag_becomes_0(reading: Reading, fault: Fault) -> None:
    """Fault 34: the last record is followed by the marks of two transactions, one of them aborted."""
    with TransactionalProducer(reading.connection, a_name("p")) as producer:
        producer.init()
        for name, is_kept in (("a", True), ("b", False)):
            producer.begin()
            producer.send(reading.topic, b"k", json.dumps(client(name)).encode())
            producer._client.flush(30)
            producer.commit() if is_kept else producer.abort()
    with worker(reading, fault):
        reading.wait_for({"a"})
        until(lambda: reading.position()["next_offset"] == 4, "the position is at the end", seconds=_SECONDS)


def retention_overtakes_a_reader(reading: Reading, fault: Fault) -> None:
    """Fault 12, while the partition is read: the worker is held up, and what it would read next is gone."""
    reading.send(client("c0"), client("c1"))
    with worker(reading, fault) as held_up:
        reading.wait_for_position(2)
        held_up.signal(signal.SIGSTOP)
        reading.send(*(client(f"c{n}") for n in range(2, 10)))
        delete_before(reading, 6)
        held_up.signal(signal.SIGCONT)
        until(lambda: stopped(reading) == "records are gone", "it is stopped", seconds=_SECONDS)
        assert reading.position()["next_offset"] == 2
        assert reading.names() == {"c0", "c1"}


CONTROLS = [
    (lag_becomes_0, position_after_the_last_record),
    (retention_overtakes_a_reader, earliest_when_out_of_range),
]


@pytest.fixture
def quick_reading(make_reading: MakeReading) -> Reading:
    """The broker answers at once, also where it has nothing: no answer is under way while a worker is stopped."""
    reading = make_reading()
    text = reading.site.text(KAFKA)
    reading.site.write(KAFKA, f"{text}option.fetch.wait.max.ms=10\n")
    return reading


@pytest.mark.parametrize("scenario", [retention_overtakes_a_reader], ids=lambda one: one.__name__)
def test_without_a_fault_the_scenario_passes(
    scenario: Callable[[Reading, Fault], None], quick_reading: Reading
) -> None:
    scenario(quick_reading, nothing)


@pytest.mark.negative_control
@pytest.mark.parametrize(("scenario", "fault"), CONTROLS, ids=lambda one: one.__name__)
def test_an_injected_fault_is_found(
    scenario: Callable[[Reading, Fault], None], fault: Fault, quick_reading: Reading
) -> None:
    with pytest.raises((AssertionError, pytest.fail.Exception)) as found:
        scenario(quick_reading, fault)
    print(str(found.value)[-300:])
