"""One thread beside a consumer that talks to the store, so that polling never waits for a database."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Generic, TypeVar

from etl.database import cancel_thread
from etl.errors import EtlError

Answer = TypeVar("Answer")

_CANCEL_SECONDS = 1.0


class Cancelled(EtlError):
    """A worker was asked to end, or lost a partition, while it waited for the store."""


@dataclass
class Job(Generic[Answer]):
    """What the thread does now. `settle` is called in the thread of the consumer when it is done."""

    name: str
    future: Future[Answer]
    settle: Callable[[Callable[[], Answer]], None]

    def finish(self) -> None:
        self.settle(self.future.result)


class StoreThread:
    """Does one job at a time; `sleep` and `refuse_cancelled` are for the job itself."""

    def __init__(self, name: str) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._cancelled = threading.Event()
        self._ident = 0
        self._job: Job[object] | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a job has been given and not been settled."""
        return self._job is not None

    def do(self, name: str, act: Callable[[], Answer], settle: Callable[[Callable[[], Answer]], None]) -> None:
        """Begins a job; only when none is under way."""
        self._cancelled.clear()
        self._job = Job(name, self._pool.submit(self._run, act), settle)  # type: ignore[arg-type]

    def _run(self, act: Callable[[], Answer]) -> Answer:
        self._ident = threading.get_ident()
        self.refuse_cancelled()
        return act()

    def settle(self, seconds: float = 0) -> bool:
        """Waits for the job and hands its result on; returns whether there is none any more. Raises what that does."""
        job = self._job
        if job is None:
            return True
        if not self.wait(seconds):
            return False
        self._job = None
        job.finish()
        return True

    def wait(self, seconds: float) -> bool:
        """Waits until the job is done, without handing on its result; returns whether it is."""
        return self._job is None or bool(wait([self._job.future], timeout=seconds).done)

    def cancel(self, seconds: float) -> bool:
        """Rolls the job back: its statement is cancelled, and no pause lasts. Waits until it is done; returns whether
        it is."""
        self._cancelled.set()
        if not self.wait(0):
            cancel_thread(self._ident, min(seconds, _CANCEL_SECONDS))
        return self.wait(seconds)

    @property
    def is_cancelled(self) -> bool:
        """Whether the job was to be rolled back."""
        return self._cancelled.is_set()

    def sleep(self, seconds: float) -> bool:
        """Waits within a job; False: it was cancelled."""
        return not self._cancelled.wait(seconds)

    def refuse_cancelled(self) -> None:
        """Raises Cancelled once the job is to be rolled back."""
        if self._cancelled.is_set():
            raise Cancelled("the work on a batch was cancelled")

    def close(self) -> None:
        """Takes no more jobs; does not wait."""
        self._pool.shutdown(wait=False, cancel_futures=True)
