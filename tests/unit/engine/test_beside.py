"""Threads beside the work on topics: faults end none of them, and each is said once."""

import logging
import threading
from datetime import UTC

import pytest

from etl.engine import beside
from etl.engine.beside import Scheduled, Thread
from etl.errors import EnvironmentFault
from etl.retry import Backoff
from etl.settings import Schedule
from etl.settings.schedule.parse import parse_schedule
from tests.fix_company import until

SECONDS = 30.0


def test_a_thread_outlives_faults_and_says_each_once(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beside, "_BACKOFF", Backoff(first=0.001, longest=0.001))
    faults: list[Exception] = [EnvironmentFault("the store is away")] * 3 + [ValueError("of the program")]
    done = threading.Event()

    def act() -> None:
        if faults:
            raise faults.pop(0)
        done.set()

    thread = Thread("letters", act)
    with caplog.at_level(logging.WARNING):
        thread.start()
        assert done.wait(SECONDS)
    said = [record.getMessage() for record in caplog.records]
    assert said == [
        "letters is tried again: the store is away",
        "letters is tried again: a fault of the program",
    ]
    done.clear()
    thread.wake()
    assert done.wait(SECONDS)
    thread.stop()
    thread.join(SECONDS)
    assert not thread._thread.is_alive()


def test_what_is_due_is_done_although_another_thing_fails(caplog: pytest.LogCaptureFixture) -> None:
    done: list[str] = []

    def fail() -> None:
        done.append("failed")
        raise EnvironmentFault("no disk")

    soon, faults = parse_schedule("repeat every 1 sec")
    assert not faults
    never = Schedule("", is_off=True)
    scheduled = Scheduled(
        {"a": (soon, fail), "b": (soon, lambda: done.append("b")), "c": (never, lambda: done.append("c"))}, UTC
    )
    scheduled()
    assert done == []

    def both_are_done() -> bool:
        scheduled()
        return len(done) >= 2

    with caplog.at_level(logging.WARNING):
        until(both_are_done, "both are due")
    assert done[:2] == ["failed", "b"]
    assert "c" not in done
    assert "a comes again by its schedule: no disk" in caplog.text
