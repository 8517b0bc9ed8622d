"""The workers of one runner: threads that perform the tasks of a run side by side, a connection each."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from dataclasses import dataclass, field
from functools import partial

from etl.engine.failures import FailureHandler
from etl.engine.handlers import TaskHandlers
from etl.engine.outage_notifier import OutageNotifier
from etl.errors import EnvironmentFault, EtlError
from etl.merge import Connections
from etl.retry import RetryPolicy
from etl.runs import (
    ClaimedTask,
    Kind,
    QueueState,
    TaskCounters,
    TaskFunction,
    TaskQueue,
    backoffs_of,
    perform,
)

_log = logging.getLogger("in_pg_migration")

# Seconds between two looks for tasks of this run while another runner performs the rest.
_POLL_SECONDS = 0.2


@dataclass
class Workers:
    """Performs the tasks of a run.

    `check_cancelled` raises when no further task may begin, `check` when this runner must not write any more. `cancel`
    ends the statements of this runner: after a signal a long merge is not waited for. `rescue` frees the tasks of lost
    helpers. A task that ended its runner more than `max_crashes` times is set aside. An outage of a server is reported
    to `outage` and waited for, for at most `patience_seconds`. `settings` hold for each task's transaction.
    """

    queue: TaskQueue
    handlers: TaskHandlers
    number: int
    check_cancelled: Callable[[], None]
    check: Callable[[], None]
    cancel: Callable[[], None]
    rescue: Callable[[Sequence[str]], None]
    outage: OutageNotifier
    max_crashes: int
    patience_seconds: float
    settings: dict[str, str]
    _done: threading.Condition = field(default_factory=threading.Condition)
    _performed: int = 0
    _ends: threading.Event = field(default_factory=threading.Event)
    _fault: BaseException | None = None
    _until: Kind | None = None
    # Once the task of the kind `until` is taken, no worker takes another one: it would be performed without the others.
    _taking: threading.Lock = field(default_factory=threading.Lock)
    _is_last_taken: bool = False
    _is_reached: bool = False

    def perform(self, *, until: Kind | None = None) -> None:
        """Performs tasks up to one of the kind `until`, or all that are left for this runner: a single worker in the
        calling thread, several in threads of their own."""
        self._until, self._is_last_taken, self._is_reached = until, False, False
        self._ends.clear()
        if self.number == 1:
            self._work()
        else:
            self._work_side_by_side()

    def _work_side_by_side(self) -> None:
        """Raises the fault of the first worker that failed, after the others have ended their tasks."""
        with ThreadPoolExecutor(self.number, thread_name_prefix="worker") as pool:
            # Each with the context of this thread, so that spans of tasks lie inside the span of the run.
            workers = [pool.submit(copy_context().run, self._work_in_thread) for _ in range(self.number)]
            try:
                wait(workers, return_when=FIRST_EXCEPTION)
            except BaseException:
                self._abandon(workers)
                raise
            finally:
                self._end()
        if self._fault:
            raise self._fault

    def _work_in_thread(self) -> None:
        try:
            self._work()
        except BaseException as fault:
            with self._done:
                self._fault = self._fault or fault
            self._ends.set()  # at once: else another worker would take the task that has just failed
            raise

    def _work(self) -> None:
        while not (self._ends.is_set() or self._is_reached):
            self.check_cancelled()
            performed = self._performed
            taken = self._take()
            if taken:
                self._performance_of(taken)()
                with self._done:
                    self._performed += 1
                    self._is_reached |= taken.task.kind is self._until
                    self._done.notify_all()
                continue
            left = self._retry_policy().run_with_retry("looking for tasks", self.queue.left)
            if left.is_over:
                return
            refuse_unknown(self.queue.run, left)
            self.check()
            if left.lost:
                self._retry_policy().run_with_retry("freeing tasks", partial(self.rescue, left.lost))
            with self._done:
                if self._performed == performed:  # otherwise a task has ended meanwhile: look again at once
                    self._done.wait(_POLL_SECONDS)

    def _take(self) -> ClaimedTask | None:
        with self._taking:
            if self._is_last_taken:
                return None
            taken = self._retry_policy().run_with_retry("taking a task", self.queue.take)
            self._is_last_taken = taken is not None and taken.task.kind is self._until
            return taken

    def _performance_of(self, taken: ClaimedTask) -> Callable[[], TaskCounters]:
        """The call that performs a task, or sets it aside."""
        handlers, retry_policy, why = self.handlers, self._retry_policy(taken), self._why_aside(taken)
        handler = FailureHandler(handlers, taken.task, retry_policy, self.settings)

        def fallback(fault: EtlError) -> TaskFunction[Connections] | None:
            # While the workers end, a fault may come from our own cancelling.
            return None if why or self._ends.is_set() else handler(fault)

        return partial(
            perform,
            self.queue,
            taken,
            handlers.set_aside if why else handlers.handler(taken.task),
            retry_policy=retry_policy,
            fallback=fallback,
            connections=handlers.connections if why else partial(handlers.connections_for, taken.task),
            quarantine=why,
            **self.settings,
        )

    def _why_aside(self, taken: ClaimedTask) -> str:
        if taken.crash_count <= self.max_crashes:
            return ""
        last = f", last: {taken.last_error}" if taken.last_error else ""
        why = f"set aside after {taken.crash_count - 1} attempts that ended its runner or met such a fault{last}"
        _log.error("task %s of run %s is %s", taken.task.title, self.queue.run, why)
        return why

    def _retry_policy(self, taken: ClaimedTask | None = None) -> RetryPolicy:
        """Of a task; without one of a step between tasks."""
        backoffs = partial(backoffs_of, outage_seconds=self.patience_seconds, only_outages=taken is None)
        return RetryPolicy(backoffs, self._may_try, self._wait, partial(self.outage, taken))

    def _may_try(self) -> None:
        if self._ends.is_set():
            raise EtlError("the runner was asked to end")
        self.check()

    def _wait(self, seconds: float) -> bool:
        """Waits; False: the workers are ending, and this one must end too. Raises what `check_cancelled` raises."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self.check_cancelled()
            if self._ends.wait(min(left, _POLL_SECONDS)):
                return False
        return True

    def _end(self) -> None:
        self._ends.set()
        with self._done:
            self._done.notify_all()

    def _abandon(self, workers: "list[Future[None]]") -> None:
        """After a signal: a worker may begin one more statement before it sees the signal, so cancelling repeats."""
        self._end()
        while wait(workers, timeout=_POLL_SECONDS).not_done:
            self.cancel()


def refuse_unknown(run: int, left: QueueState) -> None:
    """Raises EnvironmentFault when a newer version has planned tasks of kinds that this one does not know."""
    if left.unknown:
        raise EnvironmentFault(
            f"run {run} is left alone: it has tasks of kinds that this version of etl does not know "
            f"({', '.join(left.unknown)}): continue with the version that planned it"
        )
