"""What operators see of reading: status, metrics, and events for hooks."""

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from etl.database import transaction
from etl.engine.kafka_in.partition_watch import Debounce, Holds, PartitionWatch
from etl.engine.kafka_in.records_watch import RecordsWatch
from etl.engine.record_batches import record_store_of
from etl.engine.topic_alerts import TopicAlerts
from etl.kafka import Admin, TransactionalProducer
from etl.sources.kafka.message import Partition
from etl.sources.kafka.reading_settings import DIFFERING
from etl.sources.kafka.rules import rules_of
from tests.fix_browser import SECONDS_MS, Look, offers, says
from tests.fix_company import STORE, Ended, ended, until
from tests.fix_database import LOOPBACK
from tests.fix_web import ServeWeb
from tests.integration.hooks.listener import Listener, listening
from tests.integration.kafka_in.conftest import KAFKA, MakeReading, Reading, client
from tests.monitoring_files import lacking

pytestmark = pytest.mark.slow


def status(reading: Reading) -> dict[str, Any]:
    """What `etl status --json` has of topics."""
    done = reading.site.etl("status", "--json")
    assert (done.code, done.err) == (0, ""), done.err
    found: dict[str, Any] = json.loads(done.out)["kafka"]
    return found


def metrics(reading: Reading, prefix: str = "etl_kafka") -> dict[str, float]:
    """Those of Kafka, or others, without the label that all have."""
    return measured_in(reading.site.etl("metrics", "--once"), prefix)


def measured_in(done: Ended, prefix: str) -> dict[str, float]:
    assert done.code == 0, done.err
    lines = [line.rpartition(" ") for line in done.out.splitlines() if line.startswith(prefix)]
    return {
        name.replace('company="demo",', "").replace('{company="demo"}', ""): float(value) for name, _, value in lines
    }


def notified(listener: Listener, *names: str) -> None:
    until(lambda: listener.names == list(names), f"the hook has {names}; it has {listener.names}")


def test_reading_that_has_stopped_is_shown_and_notified(reading: Reading) -> None:
    """Fault 45, for operators: since when, what was rejected, and an end once records are merged again."""
    reading.configure(errorLimit=0)
    reading.send(client("a"))
    with listening() as listener:
        reading.site.set(hookUrl=listener.url)
        with reading.worker() as worker:
            reading.wait_for_position(1)
            assert status(reading)["alerts"] == []
            reading.send(b"no JSON", client("b"))
            assert worker.wait_for_exit() == 3
        notified(listener, "reading.stopped")
        found = status(reading)
        assert [(one["kind"], one["subject"]) for one in found["alerts"]] == [("reading.stopped", "")]
        [topic] = found["topics"]
        assert (topic["topic"], topic["lag"], found["fault"]) == (reading.topic, 2, "")
        assert topic["lag_seconds"] > 0
        shown = reading.site.etl("status").out
        assert "errorLimit=0" in shown
        assert "(since 20" in shown
        measured = metrics(reading)
        at = f'{{partition="0",topic="{reading.topic}"}}'
        assert (measured["etl_kafka_reading_stopped"], measured[f"etl_kafka_lag_records{at}"]) == (1, 2)
        assert measured[f"etl_kafka_read_records{at}"] == 1
        reading.configure(errorLimit="")
        with reading.worker():
            reading.wait_for_position(3)
            wanted = {"reading.stopped", "reading.stopped.over", "records.rejected"}
            until(lambda: set(listener.names) == wanted, f"the hook has been notified: {listener.names}")
            until(lambda: reading.site.count(f"{STORE}.alert") == 1, "nothing is left to be sent")
    found, measured = status(reading), metrics(reading)
    assert [(one["kind"], one["subject"]) for one in found["alerts"]] == [("records.rejected", reading.topic)]
    assert found["rejected"] == {reading.topic: {"BAD_JSON": 1}}
    assert (found["hour_rejected"], found["hour_records"]) == (1, 3)
    assert measured[f'etl_kafka_rejected_records{{code="BAD_JSON",topic="{reading.topic}"}}'] == 1
    assert measured[f'etl_kafka_unsent_records{{topic="{reading.topic}"}}'] == 1
    assert measured["etl_kafka_rejected_share"] == pytest.approx(1 / 3)
    page = reading.site.etl("metrics", "--once").out
    assert lacking(page, "etl_kafka_", ("etl_kafka_out_", "etl_kafka_journal_")) == set()


def test_a_stopped_partition_is_shown_and_notified_once(reading: Reading) -> None:
    reading.send(client("a"), client("b"))
    with listening() as listener:
        reading.site.set(hookUrl=listener.url)
        with reading.worker_that_ends():
            reading.wait_for_position(2)
        reading.site.look(f"update {STORE}.kafka_position set next_offset = 9", at=reading.site.store_database)
        with reading.worker_that_ends():
            notified(listener, "partition.stopped")
            [one] = status(reading)["partitions"]
            assert one["stopped"] == "the partition ends before the next record"
            assert one["since"] is not None
            assert f"{reading.topic}/0 is stopped at offset 9" in reading.site.etl("status").out
            assert metrics(reading)[f'etl_kafka_stopped{{partition="0",topic="{reading.topic}"}}'] == 1
        # Another process that finds the same has nothing to say.
        with reading.worker():
            until(lambda: reading.position()["owner"], "it is taken again")
            reading.site.etl("kafka", "seek", "--topic", reading.topic, "--offset", "2")
            notified(listener, "partition.stopped", "partition.stopped.over")
    [event, over] = listener.events
    assert (event["subject"], over["subject"]) == (f"{reading.topic}/0",) * 2
    assert event["since"] == over["since"]


@contextmanager
def watching(reading: Reading, listener: Listener) -> Iterator[tuple[PartitionWatch, RecordsWatch]]:
    """A host that has the partition; it takes a transaction that is open for one that has been open for long."""
    reading.site.set(hookUrl=listener.url)
    with reading.site.runtime() as runtime, Admin(reading.connection) as admin:
        source = runtime.settings.kafka.in_migration
        into, alerts = record_store_of(runtime, rules_of(source)), TopicAlerts(runtime, "the test")
        with transaction(into.engine) as connection:
            into.positions.take(connection, {Partition(reading.topic, 0): 0}, "host/1")
        alerts.start()
        of_partitions = PartitionWatch(into, admin, source, "host", alerts, Holds(seconds=0))
        yield of_partitions, RecordsWatch(into, admin, source, alerts)
        alerts.stop()


@pytest.mark.nightly
def test_records_that_wait_or_are_rejected_and_unsent_letters_are_notified(reading: Reading) -> None:
    """The topic of errors is not there."""
    reading.send(client("a"), b"no JSON")
    letter = f"update {STORE}.kafka_dead_letter set created_at = created_at - interval "
    with listening() as listener:
        reading.site.set(hookUrl=listener.url)
        with reading.worker_that_ends():
            reading.wait_for_position(2)
            notified(listener, "records.rejected")
        reading.configure(lagLimit=1)
        reading.send(client("b"), client("c"))
        assert reading.site.etl("kafka", "lag").code == 1
        assert reading.site.etl("kafka", "lag", "--max", "2").code == 0
        with watching(reading, listener) as (_, watch):
            watch()
            notified(listener, "records.rejected", "records.late")
            reading.site.look(f"{letter} '2 minutes'")
            watch()
            notified(listener, "records.rejected", "records.late", "letters.unsent")
            assert "2 records wait to be merged, more than lagLimit=1" in reading.site.etl("status").out
            reading.site.look(f"{letter} '2 hours', sent_at = now()")
            reading.site.look(f"update {STORE}.kafka_position set next_offset = 3")
            watch()
            over = {f"{name}.over" for name in ("records.rejected", "records.late", "letters.unsent")}
            until(lambda: set(listener.names[3:]) == over, f"all are over: {listener.names}")
    rejected, late, unsent = listener.events[:3]
    assert (rejected["subject"], late["subject"], unsent["subject"]) == (reading.topic, "", reading.topic)
    assert f"BAD_JSON at {reading.topic}/0/1" in rejected["message"]
    assert f"{reading.topic}.errors" in unsent["message"]
    assert len(listener.events) == 6


def test_an_open_transaction_of_a_producer_is_shown_and_notified(
    reading: Reading, serve_web: ServeWeb, look: Look
) -> None:
    """Fault 35: what follows it waits, and status and console say where and since when."""
    reading.send(client("a"))
    with TransactionalProducer(reading.connection, reading.topic) as producer:
        producer.init()
        producer.begin()
        producer.send(reading.topic, b"k", json.dumps(client("b")).encode())
        producer._client.flush(30)
        reading.send(client("c"))
        with reading.worker_that_ends():
            reading.wait_for_position(1)
            until(lambda: status(reading)["partitions"][0]["open_at"] == 1, "it is held at offset 1")
            assert "open transaction at 1" in reading.site.etl("kafka", "status").out
            assert reading.names() == {"a"}
        with listening() as listener, watching(reading, listener) as (watch, _):
            watch()
            notified(listener, "partition.held")
            shown = " ".join(reading.site.etl("status").out.split())
            assert f"{reading.topic}/0 is held at offset 1: a producer has left a transaction open, since" in shown
            assert metrics(reading)[f'etl_kafka_held{{partition="0",topic="{reading.topic}"}}'] == 1
            watched = look(serve_web(reading.site))
            page = watched.open("/c/demo/now")
            expect(page.locator("#sentence")).to_contain_text(f"Partition {reading.topic}/0 is held at offset 1 since")
            offers(page, "See topics and partitions")
            page.get_by_role("link", name="See topics and partitions").click()
            expect(page.get_by_role("row").nth(1)).to_contain_text("held by an open transaction at offset 1")
            page = watched.open("/c/demo/now")
            says(page, "is held at offset 1")
            producer.commit()
            expect(page.locator("#sentence")).not_to_contain_text("is held at offset", timeout=SECONDS_MS)
            until(lambda: status(reading)["partitions"][0]["open_at"] is None, "it is held no longer")
            watch()
            notified(listener, "partition.held", "partition.held.over")
    with reading.worker():
        reading.wait_for({"a", "b", "c"})


@pytest.mark.nightly
def test_an_instance_in_two_partitions_is_counted(make_reading: MakeReading) -> None:
    """Fault 32: what is merged last counts, also where two workers merge it at once, and nothing is refused."""
    reading = make_reading(partitions=2, workers=2)
    reading.send(client("a"), client("b"), client("a", recordId="1", fields=[{"code": "Name", "apiValue": "A"}]))
    with reading.worker():
        reading.wait_for_position(3)
        assert json.loads(reading.site.etl("kafka", "status", "--json").out)["in_several"] == 0
        reading.send(client("b", recordId="2", fields=[{"code": "Name", "apiValue": "B"}]), partition=1)
        reading.wait_for_position(1, 1)
        name = f"select name from {STORE}.bo_client where _in_id = 'b'"
        assert reading.site.value(name) == "B"
        for number in range(2):
            given = [[{"code": "Name", "apiValue": f"{number} {n}"}] for n in range(200)]
            reading.send(*(client("b", recordId=None, fields=one) for one in given), partition=number)
        reading.wait_for_position(203)
        reading.wait_for_position(201, 1)
        assert reading.site.value(name) in ("0 199", "1 199")
    assert (reading.site.count(f"{STORE}.kafka_dead_letter"), reading.site.count(f"{STORE}.err")) == (0, 0)
    assert "1 instances had records in several partitions" in reading.site.etl("kafka", "status").out


@pytest.mark.nightly
def test_hosts_that_read_in_different_ways_are_shown_and_notified(make_reading: MakeReading, tmp_path: Path) -> None:
    """One has a configuration of its own; the zone of its schedules is none of the differences."""
    reading = make_reading(partitions=2)
    reading.send(client("a"))
    with listening() as listener:
        reading.site.set(hookUrl=listener.url)
        shutil.copytree(reading.site.url.removeprefix("file:"), tmp_path / "other")
        other = replace(reading, site=replace(reading.site, url=f"file:{tmp_path / 'other'}"), keys=dict(reading.keys))
        other.configure(unknownId="create")
        other.site.set(hookUrl=listener.url, timeZone="Asia/Almaty")
        with reading.worker():
            reading.wait_for({"a"})
            assert DIFFERING not in reading.site.etl("kafka", "status").out
            assert f"{DIFFERING}: unknownId: create (here) and error (" in other.site.etl("kafka", "status").out
            with other.worker_that_ends():
                until(lambda: len({reading.position(n)["owner"] for n in (0, 1)} - {None}) == 2, "both read")
                found = json.loads(reading.site.etl("kafka", "status", "--json").out)["differing"]
                assert re.fullmatch(r"unknownId: (error|create) \(.+\) and (error|create) \(.+\)", found), found
                with reading.site.runtime() as runtime, Admin(reading.connection) as admin:
                    source, alerts = runtime.settings.kafka.in_migration, TopicAlerts(runtime, "the test")
                    into = record_store_of(runtime, rules_of(source))
                    watch = PartitionWatch(into, admin, source, "host", alerts, differing=Debounce(seconds=0))
                    alerts.start()
                    watch()
                    notified(listener, "settings.differ")
                    assert "unknownId: " in reading.site.etl("status").out
                    reading.site.look(f"update {STORE}.kafka_position set owner = null where partition = 1")
                    watch()
                    notified(listener, "settings.differ", "settings.differ.over")
                    alerts.stop()


def test_brokers_that_are_away_are_a_line_and_a_metric(reading: Reading) -> None:
    """Runs and tables are shown as before, and the answer comes soon."""
    reading.send(client("a"))
    with reading.worker():
        reading.wait_for({"a"})
    reading.site.write(KAFKA, f"servers={LOOPBACK}:1\n")
    # Each waits for the brokers: all at once.
    asked = [("status",), ("status", "--json"), ("metrics", "--once")]
    done, as_json, exported = map(ended, [reading.site.start_program(*words) for words in asked])
    assert (done.code, "The brokers cannot be asked" in done.out, "Out versions:" in done.out) == (0, True, True)
    found = json.loads(as_json.out)["kafka"]
    assert (found["partitions"][0]["lag"], found["topics"][0]["lag"]) == (None, None)
    measured = measured_in(exported, "etl_")
    assert measured["etl_up"] == 1
    assert measured["etl_kafka_up"] == 0
    assert not any(name.startswith("etl_kafka_lag_records") for name in measured)


@pytest.mark.nightly
def test_watching_shows_topics(reading: Reading, tmp_path: Path) -> None:
    reading.send(client("a"))
    with reading.worker():
        reading.wait_for({"a"})
    with reading.worker("status", "--watch", "--interval", "0.2") as watcher:
        until(lambda: any(f"{reading.topic} 0 behind" in line for line in watcher.lines), "it is shown")
        reading.send(client("b"), client("c"))
        until(lambda: any(f"{reading.topic} 2 behind" in line for line in watcher.lines), "the change is shown")
