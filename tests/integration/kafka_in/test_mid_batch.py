"""What happens to a worker in the middle of a batch: it is killed, asked to end, or loses a partition."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from tests.fix_company import CLAIMS, STORE, superuser, until
from tests.integration.kafka_in.conftest import MakeReading, Reading, client

pytestmark = pytest.mark.slow


@contextmanager
def held_up(reading: Reading) -> Iterator["psycopg.Connection[object]"]:
    """No batch comes further than its objects."""
    with psycopg.connect(**superuser(reading.site.store_database)) as session:
        session.execute(f"lock table {STORE}.bo_client in exclusive mode")
        yield session


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=["killed", "asked to end"])
def test_a_worker_that_ends_in_the_middle_of_a_batch(reading: Reading, number: signal.Signals) -> None:
    """Faults 1 and 47: nothing has happened, and the next one merges the batch from the stored offset on."""
    reading.send(client("a", recordId=None))
    with reading.worker() as first:
        reading.wait_for({"a"})
        written, position = reading.written(), reading.position()
        with held_up(reading):
            reading.send(b"no JSON", *(client(f"b{n}", recordId=None) for n in range(20)))
            reading.site.wait_for_blocked()
            first.signal(number)
            # The batch is still held up: it was not waited for.
            code = first.wait_for_exit()
            assert code == (143 if number == signal.SIGTERM else -signal.SIGKILL)
    assert (reading.names(), reading.written()) == ({"a"}, written)
    after = reading.position()
    assert (after["next_offset"], after["token"]) == (position["next_offset"], position["token"])
    assert after["owner"] == (None if number == signal.SIGTERM else position["owner"])
    assert reading.site.count(f"{STORE}.kafka_dead_letter") == 0
    with reading.worker():
        reading.wait_for({"a", *(f"b{n}" for n in range(20))})
        reading.wait_for_position(22)
    assert reading.written() == written + 20
    assert reading.site.count(f"{STORE}.kafka_dead_letter") == 1


def test_a_partition_that_goes_in_the_middle_of_a_batch(make_reading: MakeReading) -> None:
    """Fault 5: the batch of the partition is rolled back as it is not done in time; whose it is now merges it whole."""
    reading = make_reading(partitions=2)
    names = {f"{part}{n}" for part in "ab" for n in range(10)}
    with reading.worker() as first:
        reading.send(client("first", recordId=None))
        reading.wait_for({"first"})
        with held_up(reading) as session:
            for number, part in enumerate("ab"):
                reading.send(*(client(f"{part}{n}", recordId=None) for n in range(10)), partition=number)
            reading.site.wait_for_blocked()
            owner = reading.position()["owner"]
            with reading.worker() as second:
                owners = f"select count(distinct owner) from {STORE}.kafka_position where owner is not null"
                until(lambda: reading.site.value(owners) == 2, "the second one has a partition", seconds=90)
                moved = [n for n in range(2) if reading.position(n)["owner"] != owner]
                assert len(moved) == 1
                assert reading.names() == {"first"}
                session.rollback()
                reading.wait_for({"first"} | names)
                assert (first.process.poll(), second.process.poll()) == (None, None)
    assert reading.written() == 21
    assert sorted(reading.position(n)["next_offset"] for n in range(2)) == [10, 11]


def test_metadata_that_change_in_the_middle_of_a_batch(reading: Reading) -> None:
    """Fault 44: the batch ends under what it began with, and its record for the new field is a dead letter that can be
    sent back; the golden table gets its column, and what comes later is merged with it."""
    later = {"code": "Later", "apiValue": "x"}
    value = f"select later from {STORE}.bo_client where _in_id = "
    with reading.worker() as worker:
        reading.send(client("a"))
        reading.wait_for({"a"})
        with held_up(reading):
            reading.send(client("b"), client("c", fields=[later]))
            reading.site.wait_for_blocked()
            document = CLAIMS["Client"] + "  - {code: Later, type: INPUT_TEXT, needLoadFromInTables: true}\n"
            reading.site.document("Client", document)
        reading.wait_for_position(3)
        assert reading.names() == {"a", "b"}
        assert reading.site.value(f"select code from {STORE}.kafka_dead_letter") == "UNKNOWN_FIELD"
        worker.wait_for_log("the service continues")
        reading.send(client("d", fields=[later]))
        reading.wait_for({"a", "b", "d"})
        assert reading.site.value(f"{value}'d'") == "x"
        done = reading.site.etl("kafka", "dead-letters", "resend", "--code", "UNKNOWN_FIELD")
        assert "1 records were sent back." in done.out
        reading.wait_for({"a", "b", "c", "d"})
        assert reading.site.value(f"{value}'c'") == "x"
        assert worker.process.poll() is None
    assert reading.written() == 4
    assert reading.site.count(f"{STORE}.kafka_dead_letter") == 1


def test_a_database_that_takes_no_writes(reading: Reading) -> None:
    """Fault 6: records wait, and none is marked; the worker stays in its group, and continues by itself."""
    database = reading.site.store_database
    options = "-c default_transaction_read_only=off"
    with (
        psycopg.connect(**superuser(database), options=options, autocommit=True) as session,
        reading.worker() as worker,
    ):
        reading.send(client("a"))
        reading.wait_for({"a"})
        owner = reading.position()["owner"]
        session.execute(f'alter database "{database.name}" set default_transaction_read_only = on')
        end_sessions(session)
        reading.send(client("b"), b"no JSON")
        worker.wait_for_log("records wait")
        assert reading.names() == {"a"}
        session.execute(f'alter database "{database.name}" reset default_transaction_read_only')
        end_sessions(session)
        reading.wait_for({"a", "b"})
        reading.wait_for_position(3)
        assert worker.process.poll() is None
        assert reading.position()["owner"] == owner
    assert reading.written() == 2
    assert reading.site.count(f"{STORE}.err") == 1


def end_sessions(session: "psycopg.Connection[object]") -> None:
    """Those of the engine: a setting of the database is that of new ones."""
    session.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity "
        "where datname = current_database() and application_name like 'etl:%'"
    )
