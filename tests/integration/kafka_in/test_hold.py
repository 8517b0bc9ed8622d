"""Topics while an operator lets nothing begin: records wait, and outputs are brought to where the store is."""

import signal
import socket

import pytest

from etl.settings.kafka_keys import OUT_KAFKA
from tests.fix_company import STORE, until
from tests.fix_kafka import MakeTopic
from tests.fix_restore import done
from tests.integration.kafka_in.conftest import Reading, client

pytestmark = pytest.mark.slow


def owner(reading: Reading) -> object:
    return reading.position()["owner"]


def test_records_wait_for_the_release(reading: Reading) -> None:
    reading.send(client("a"))
    with reading.worker() as worker:
        reading.wait_for({"a"})
        done(reading.site.etl("hold", "--reason", "new disks"))
        worker.wait_for_log("no records are read: the company is on hold")
        done(reading.site.etl("drain"))
        assert owner(reading) is None
        reading.send(client("b"))
        worker.wait_for_log("no records are read")
        assert reading.names() == {"a"}
        done(reading.site.etl("release"))
        reading.wait_for({"a", "b"})
        until(lambda: reading.shown() == 2, "out_ shows both")


def test_a_service_that_begins_while_closed_waits(reading: Reading) -> None:
    reading.send(client("a"))
    done(reading.site.etl("hold", "--reason", "new disks"))
    done(reading.site.etl("drain"))
    with reading.worker() as worker:
        worker.wait_for_log("no records are read: the company is on hold")
        done(reading.site.etl("release"))
        reading.wait_for({"a"})


def test_a_frozen_reader_is_shut_out(reading: Reading) -> None:
    with reading.worker() as worker:
        reading.send(client("a"))
        reading.wait_for({"a"})
        worker.signal(signal.SIGSTOP)
        reading.send(client("b"))
        done(reading.site.etl("hold", "--reason", "new disks"))
        waiting = reading.site.etl("drain", "--timeout", "0")
        assert (waiting.code, f"is read by {socket.gethostname()} " in waiting.err) == (75, True), waiting
        drained = done(reading.site.etl("drain", "--timeout", "0", "--shut-out"))
        assert "shut out" in drained.out
        worker.signal(signal.SIGCONT)
        worker.wait_for_log("no records are read: the company is on hold")
        assert reading.names() == {"a"}
        done(reading.site.etl("release"))
        reading.wait_for({"a", "b"})


def test_a_drain_waits_for_an_output(reading: Reading, make_topic: MakeTopic) -> None:
    topic = make_topic()
    make_topic(f"{topic}.progress", cleanup_policy="compact")
    site = reading.site
    site.write(OUT_KAFKA, f"hasOutMigrationKafka=true\ntopic={topic}\n")
    done(site.etl("kafka", "out"))
    reading.send(client("a"))
    with reading.worker() as worker:
        reading.wait_for({"a"})
        worker.signal(signal.SIGKILL)  # it gives nothing back, and is not waited for
    done(site.etl("hold", "--reason", "new disks"))
    waiting = site.etl("drain", "--timeout", "0")
    assert (waiting.code, "`etl kafka out`" in waiting.err) == (75, True), waiting
    done(site.etl("kafka", "out"))
    done(site.etl("drain"))
    assert site.etl("kafka", "out").code == 75
    assert site.value(f"select sum(records) from {STORE}.kafka_output") == 1
