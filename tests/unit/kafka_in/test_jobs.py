"""The thread of a worker that talks to the store: one job at a time, which can be cancelled."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from etl.engine.kafka_in.jobs import Cancelled, StoreThread

SECONDS = 30.0


@contextmanager
def thread() -> Iterator[StoreThread]:
    made = StoreThread("test")
    try:
        yield made
    finally:
        made.close()


def test_a_job_hands_on_what_it_returns_or_raises() -> None:
    found: list[object] = []

    def take(result: Callable[[], object]) -> None:
        try:
            found.append(result())
        except ValueError as error:
            found.append(str(error))

    with thread() as store:
        assert store.settle()
        store.do("add", lambda: 1 + 1, take)
        assert store.is_busy
        assert store.settle(SECONDS)
        store.do("fail", lambda: int("x"), take)
        assert store.settle(SECONDS)
        assert not store.is_busy
    assert found == [2, "invalid literal for int() with base 10: 'x'"]


def test_a_job_that_waits_is_cancelled_and_the_next_one_is_not() -> None:
    begun, slept = threading.Event(), list[bool]()

    def act() -> None:
        begun.set()
        slept.append(store.sleep(SECONDS))
        store.refuse_cancelled()

    with thread() as store:
        store.do("wait", act, lambda result: result())
        assert begun.wait(SECONDS)
        assert not store.settle()
        assert store.cancel(SECONDS)
        assert store.is_cancelled
        with pytest.raises(Cancelled):
            store.settle()
        assert slept == [False]
        store.do("go", lambda: slept.append(store.sleep(0)), lambda result: result())
        assert store.settle(SECONDS)
        assert slept == [False, True]


def test_a_job_that_was_cancelled_before_it_began_does_nothing() -> None:
    free, done = threading.Event(), list[int]()
    with thread() as store:
        store._pool.submit(free.wait)
        store.do("late", lambda: done.append(1), lambda result: result())
        assert not store.cancel(0)
        free.set()
        with pytest.raises(Cancelled, match="the work on a batch was cancelled"):
            store.settle(SECONDS)
    assert done == []


def test_a_job_that_is_done_already_needs_no_end() -> None:
    """Its statement, if it had one, may be that of another thread by now."""
    found = list[object]()
    with thread() as store:
        store.do("add", lambda: 1 + 1, lambda result: found.append(result()))
        assert store.wait(SECONDS)
        assert store.cancel(0)
        assert store.settle()
    assert found == [2]
