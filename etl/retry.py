"""The one way to try again after a fault: which pauses follow which fault, and what happens meanwhile."""

import logging
import random
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import TypeVar

from etl.errors import EtlError, FencedOut, TransientFault

_log = logging.getLogger("in_pg_migration")

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Backoff:
    """Pauses in seconds: they double from `first` to `longest`, and up to half of each is cut off at random.

    There are at most `tries` of them, within `seconds` from the first fault on. `is_outage`: they wait for an operator
    to act, and are counted apart from those that wait for other sessions.
    """

    first: float
    longest: float
    tries: int = sys.maxsize
    seconds: float = float("inf")
    is_outage: bool = False

    def pause(self, number: int, since: float, now: float) -> float | None:
        """The pause that follows `number` others, the first fault being of `since`; None: no further try."""
        left = since + self.seconds - now
        if number >= self.tries or left <= 0:
            return None
        whole = min(self.first * 2.0 ** min(number, 20), self.longest)
        return min(whole * random.uniform(0.5, 1.0), left)  # noqa: S311


@dataclass
class Attempts:
    is_outage: bool = False
    # is_outage -> when its first fault came, on the monotonic clock, and how many pauses followed
    _passed: dict[bool, tuple[float, int]] = field(default_factory=dict)

    def pause(self, backoffs: Sequence[Backoff]) -> float | None:
        """Counts a fault: seconds to wait, by the first of its `backoffs` that is not used up; None: no further try."""
        now = time.monotonic()
        for backoff in backoffs:
            since, number = self._passed.get(backoff.is_outage, (now, 0))
            pause = backoff.pause(number, since, now)
            self._passed[backoff.is_outage] = since, number + (pause is not None)
            if pause is not None:
                self.is_outage = backoff.is_outage
                return pause
        return None


def after_transient(backoff: Backoff) -> Callable[[EtlError], Sequence[Backoff]]:
    """The backoffs of a policy that retries all transient faults, and no other ones, in the same way."""
    return lambda fault: (backoff,) if isinstance(fault, TransientFault) else ()


def allow() -> None:
    """Lets everything happen; what is called at such a place may raise instead."""


def _sleep_through(seconds: float) -> bool:
    time.sleep(seconds)
    return True


def _ignore(fault: EtlError | None) -> None:
    """No notification."""


@dataclass(frozen=True)
class RetryPolicy:
    """When to try again after a fault.

    `backoffs` gives the pauses for a fault; none: it is not retried. `before_try` raises when no further try may begin.
    `wait` waits for a number of seconds; False: the runner ends. `notify` receives the outage that is waited for, and
    None when it is over.
    """

    backoffs: Callable[[EtlError], Sequence[Backoff]]
    before_try: Callable[[], None] = allow
    wait: Callable[[float], bool] = _sleep_through
    notify: Callable[[EtlError | None], None] = _ignore
    log_level: int = logging.INFO

    def attempts(self, what: str) -> Iterator["Attempt"]:
        """Tries of `what`, a whole transaction: each is the `with` block of an attempt, which swallows a fault that is
        worth another try.

            for attempt in policy.attempts("it"):
                with attempt:
                    answer = try_it()
        """
        attempt = Attempt(self, what)
        while not attempt.has_succeeded:
            attempt.check()
            yield attempt

    def run_with_retry(self, what: str, attempt: Callable[[], Answer]) -> Answer:
        """Calls `attempt` until it succeeds or its fault is not worth another try; returns its result. Raises the last
        fault when retries end."""
        for one in self.attempts(what):
            with one:
                answer = attempt()
        return answer


class Attempt:
    """One piece of work that may take several tries; each try is a `with` block."""

    def __init__(self, policy: RetryPolicy, what: str) -> None:
        self._policy, self._what = policy, what
        self._faults = Attempts()
        self._outage: EtlError | None = None
        self.has_succeeded = False

    def check(self) -> None:
        """Raises when no further try may begin."""
        try:
            self._policy.before_try()
        except FencedOut as lost:
            if self._outage is None:
                raise
            raise self._outage from lost  # a server that refuses writes has refused the heartbeat too

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if fault is None:
            self.has_succeeded = True
            if self._outage:
                self._policy.notify(None)
        return isinstance(fault, EtlError) and self._wait_after(fault)

    def _wait_after(self, fault: EtlError) -> bool:
        """Waits for the next try; False: there is none."""
        pause = self._faults.pause(self._policy.backoffs(fault))
        if pause is None:
            return False
        if self._faults.is_outage:
            self._outage = fault
            self._policy.notify(fault)
        _log.log(self._policy.log_level, "%s is tried again in %.2f s: %s", self._what, pause, fault)
        if not self._policy.wait(pause):
            raise EtlError(f"the runner was asked to end while it waited: {fault}") from fault
        return True


class ServiceRetry:
    """How a service repeats work that no fault ends: the pause after a fault grows until the work succeeds, and each
    text is logged once until another one comes."""

    def __init__(self, backoff: Backoff, log: logging.Logger) -> None:
        self._backoff, self._log = backoff, log
        self._faults = Attempts()
        self._said = ""

    @property
    def is_waiting(self) -> bool:
        """Whether something was said since the last success."""
        return bool(self._said)

    def run(self, what: str, act: Callable[[], None], is_ending: threading.Event) -> None:
        """Calls `act` until it returns, or `is_ending` is set."""
        while not is_ending.is_set():
            try:
                act()
            except Exception as fault:
                is_ending.wait(self.pause_after(what, fault))
            else:
                self.succeed()
                return

    def pause_after(self, what: str, fault: Exception) -> float:
        """Logs a fault; returns the seconds until the next try."""
        if isinstance(fault, EtlError):
            self.say(f"{what}: {fault}", logging.WARNING)
        else:
            self._said = "a fault of the program"
            self._log.error("%s: %s", what, self._said, exc_info=fault)
        return self.pause()

    def pause(self) -> float:
        """The seconds until the next try after a fault that somewhere else has logged."""
        return self._faults.pause([self._backoff]) or 0.0

    def say(self, text: str, level: int) -> None:
        """Logs a text, once until another one comes."""
        if text != self._said:
            self._said = text
            self._log.log(level, "%s", text)

    def succeed(self) -> None:
        """The next fault is the first one again."""
        self._faults, self._said = Attempts(), ""
