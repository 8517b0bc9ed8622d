"""Several workers of a host: each further one is a process, which others may kill, freeze, or forget."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from etl.engine.kafka_in import processes
from etl.engine.kafka_in.channel import WorkerOrder
from etl.engine.kafka_in.processes import WorkerProcess
from etl.engine.preparation import prepare_without_import
from etl.logs import levels_here
from tests.acceptance.service import SIGNALS, Service
from tests.fix_company import STORE, until
from tests.integration.kafka_in.conftest import IN_KAFKA, MakeReading, Reading, client

pytestmark = pytest.mark.slow

_OWNERS = f"select partition, owner from {STORE}.kafka_position where topic = %s and owner is not null"


def children(pid: int) -> set[int]:
    """The processes that a process has started and that live."""
    found = set()
    for one in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = one.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[1]) == pid and fields[0] != "Z":
            found.add(int(one.parent.name))
    return found


def is_gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def owners(reading: Reading) -> dict[int, str]:
    """Partition -> number of its worker."""
    if not reading.site.value(f"select to_regclass('{STORE}.kafka_position') is not null"):
        return {}
    found = reading.site.look(_OWNERS, [reading.topic])
    return {row["partition"]: row["owner"].rpartition("/")[2] for row in found}


def wait_for_both(reading: Reading) -> dict[int, str]:
    """Until each worker has a partition; returns partition -> worker."""
    until(lambda: set(owners(reading).values()) == {"1", "2"}, "both have a partition", seconds=90)
    return owners(reading)


def of_second(reading: Reading) -> int:
    """The partition of the worker that is a process."""
    return next(one for one, worker in wait_for_both(reading).items() if worker == "2")


@pytest.fixture
def reading(make_reading: MakeReading) -> Reading:
    return make_reading(partitions=2, workers=2)


@contextmanager
def both(reading: Reading) -> Iterator[tuple[Service, int]]:
    """The service once both workers read, and the process of the second one; nothing is left at the end."""
    with reading.worker() as service:
        wait_for_both(reading)
        [second] = children(service.process.pid)
        yield service, second


def send(reading: Reading, names: str) -> None:
    """Records without recordIds: one that is merged twice would be two changes of the journal."""
    for number, name in enumerate(names):
        reading.send(client(name, recordId=None), partition=number % 2)


def test_the_second_worker_is_a_process_that_ends_with_the_first(reading: Reading) -> None:
    with both(reading) as (service, second):
        send(reading, "abcd")
        reading.wait_for(set("abcd"))
        until(lambda: reading.shown() == 4, "out_ shows all")
        # One log, of which each line names its worker.
        for name in ("kafka-1", "kafka-2"):
            service.wait_for_log(f" {name}] ")
        service.signal(signal.SIGTERM)
        assert service.wait_for_exit() == SIGNALS[signal.SIGTERM]
        assert is_gone(second)
    assert owners(reading) == {}
    assert reading.written() == 4


def test_a_killed_process_is_started_again_and_ends_soon_after_the_first(reading: Reading) -> None:
    with both(reading) as (service, second):
        send(reading, "ab")
        reading.wait_for(set("ab"))
        os.kill(second, signal.SIGKILL)
        send(reading, "cd")
        service.wait_for_log("kafka-2 is started again: its process was ended by SIGKILL")
        reading.wait_for(set("abcd"))
        wait_for_both(reading)
        [again] = children(service.process.pid)
        assert again != second
        send(reading, "ef")
        reading.wait_for(set("abcdef"))
        service.signal(signal.SIGKILL)
        service.wait_for_exit()
        until(lambda: is_gone(again), "it has ended")
        # It gives its partition back; the other one is the killed worker's.
        until(lambda: set(owners(reading).values()) == {"1"}, "one is given back")
    assert reading.written() == 6


def test_too_many_rejected_records_of_one_worker_end_all(make_reading: MakeReading) -> None:
    reading = make_reading(partitions=2, workers=2, errorLimit=0)
    with both(reading) as (service, second):
        reading.send(b"{bad", partition=of_second(reading))
        assert service.wait_for_exit() == 3
        assert "errorLimit=0" in "\n".join(service.log)
        assert is_gone(second)


@pytest.mark.nightly
def test_a_frozen_process_writes_nothing_more_and_does_not_outlive_the_service(reading: Reading) -> None:
    with both(reading) as (service, second):
        its = of_second(reading)
        os.kill(second, signal.SIGSTOP)
        until(lambda: owners(reading).get(its) == "1", "the first worker reads both", seconds=90)
        send(reading, "abcd")
        reading.wait_for(set("abcd"))
        os.kill(second, signal.SIGCONT)
        wait_for_both(reading)
        send(reading, "efgh")
        reading.wait_for(set("abcdefgh"))
        assert children(service.process.pid) == {second}
        os.kill(second, signal.SIGSTOP)
        service.signal(signal.SIGTERM)
        assert service.wait_for_exit() == 143
        until(lambda: is_gone(second), "it is killed")
    assert reading.written() == 8


@pytest.mark.nightly
def test_a_changed_configuration_is_that_of_all(reading: Reading) -> None:
    with both(reading) as (service, second):
        reading.configure(allowedBusinessObjects="Claim")
        until(lambda: is_gone(second), "it has ended")
        wait_for_both(reading)
        [changed] = children(service.process.pid)
        for number in (0, 1):
            reading.send(client(f"c{number}"), partition=number)
        reading.wait_for_all_of(2)
        assert reading.names() == set()
        service.signal(signal.SIGHUP)
        until(lambda: is_gone(changed), "it has ended")
        wait_for_both(reading)
        reading.site.write(IN_KAFKA, "hasInMigrationKafka=false\n")
        until(lambda: not children(service.process.pid), "nothing is read")


@pytest.mark.nightly
def test_a_process_that_says_nothing_is_replaced(
    reading: Reading, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    taken, before = threading.Event(), children(os.getpid())
    with reading.site.runtime() as runtime:
        prepare_without_import(runtime)
        order = WorkerOrder(runtime.settings, runtime.company, reading.site.environ, "test/2", "kafka-2", levels_here())
        worker = WorkerProcess(order, lambda _: None, lambda _: taken.set())
        worker.check()
        until(taken.is_set, "it reads", seconds=90)
        [first] = children(os.getpid()) - before
        os.kill(first, signal.SIGSTOP)
        monkeypatch.setattr(processes, "_SILENT_SECONDS", 2.0)

        def is_replaced() -> bool:
            worker.check()
            return "its process was ended by SIGKILL" in caplog.text

        until(is_replaced, "it is killed")
        monkeypatch.undo()
        taken.clear()

        def reads() -> bool:
            worker.check()
            return taken.is_set()

        until(reads, "another one reads", seconds=90)
        worker.stop()
        worker.join(time.monotonic() + 5)
    assert "kafka-2 has said nothing for 2 seconds: it is killed" in caplog.text
    assert not children(os.getpid()) - before
