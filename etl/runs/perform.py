"""Performs one task in one transaction, which also records the task's state."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TypeVar

from etl.database import Connection, transaction
from etl.errors import EtlError, FencedOut, LockTimeout
from etl.notifications.telemetry import span
from etl.retry import RetryPolicy
from etl.runs.counters import TaskCounters
from etl.runs.error_class import is_crash
from etl.runs.queue import ClaimedTask, TaskQueue
from etl.runs.task import CHUNKED, Task

_log = logging.getLogger("in_pg_migration")

Opened = TypeVar("Opened")
# The work of a task, in its transaction: receives what `OpenConnections` gives.
TaskFunction = Callable[[Opened, Task], TaskCounters]
OpenConnections = Callable[[Connection], AbstractContextManager[Opened]]
# Called with a fault that retries do not cure: other work for the same task, None if there is none.
Fallback = Callable[[EtlError], TaskFunction[Opened] | None]


def _no_fallback(fault: EtlError) -> None:
    return None


def perform(
    queue: TaskQueue,
    taken: ClaimedTask,
    work: TaskFunction[Opened],
    *,
    retry_policy: RetryPolicy,
    fallback: Fallback[Opened] = _no_fallback,
    connections: OpenConnections[Opened] = nullcontext,  # type: ignore[assignment]  # Opened is Connection then
    quarantine: str = "",
    **settings: str,
) -> TaskCounters:
    """Performs a taken task and returns its counters (names -> rows).

    `connections` opens the other databases that the work writes to, committed just before the task's transaction.
    `quarantine` says why the work sets the task aside. Raises the last fault when retries end and there is no other
    work; the task is then free again.
    """
    is_repeated = False
    with _put_back_after_fault(queue, taken):
        while True:
            try:
                for attempt in retry_policy.attempts(f"task {taken.task.title}"):
                    with attempt:
                        if is_repeated and (finished := queue.done_counters(taken)) is not None:
                            return finished  # the try before was committed, although its answer was lost
                        is_repeated = True
                        with _transaction(queue, taken.task, connections, **settings) as (connection, opened):
                            counters = work(opened, taken.task)
                            queue.mark_done(connection, taken, counters, quarantine)
                return counters
            except EtlError as fault:
                other = fallback(fault)
                if other is None:
                    raise
                work = other


@contextmanager
def _transaction(
    queue: TaskQueue, task: Task, connections: OpenConnections[Opened], **settings: str
) -> Iterator[tuple[Connection, Opened]]:
    """The transaction of one try, under the run's fence, with the other databases open beside it."""
    title = f"[{task.kind} : {task.title}]"
    _log.info("uXizo869mV :: start task %s", title)
    started = time.monotonic()
    reported = {"kind": task.kind.value, "title": task.title, "table": task.table}
    with span("etl.task", run=queue.run, **reported), transaction(queue.engine, **settings) as connection:
        queue.assert_fence(connection)
        with connections(connection) as opened:
            yield connection, opened
    _log.info("pDiZqLIfA7 :: task exit (Finished=true) for %d ms task %s", (time.monotonic() - started) * 1000, title)


@contextmanager
def _put_back_after_fault(queue: TaskQueue, taken: ClaimedTask) -> Iterator[None]:
    """Frees a task that could not be performed, for another try by any runner."""
    try:
        yield
    except FencedOut:
        raise  # the run's new owner frees its tasks
    except EtlError as fault:
        last = _naming_task(taken, fault)
        _put_back(queue, taken, last)
        raise last from fault
    except BaseException as end:
        _put_back(queue, taken, EtlError(f"{type(end).__name__}: the runner was asked to end"))
        raise


def _naming_task(taken: ClaimedTask, fault: EtlError) -> EtlError:
    """Adds the task to a lock timeout; returns any other fault unchanged."""
    if not isinstance(fault, LockTimeout):
        return fault
    return LockTimeout(f"task {taken.task.kind} {taken.task.title}: {fault}")


def _put_back(queue: TaskQueue, taken: ClaimedTask, fault: EtlError) -> None:
    # The task's own transaction is gone; when the server is gone too, the lease frees the task later.
    try:
        queue.put_back(taken, str(fault), is_crash=taken.task.kind in CHUNKED and is_crash(fault))
    except EtlError as second:
        _log.warning("task %s could not be freed, its lease will free it: %s", taken.task.title, second)
