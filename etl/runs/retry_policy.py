"""Retries transactions of a runner after faults, with pauses."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from etl.errors import EtlError, FencedOut
from etl.runs.error_class import ErrorClass, Patience, error_class_of

_log = logging.getLogger("in_pg_migration")

Answer = TypeVar("Answer")


def _sleep_through(seconds: float) -> bool:
    time.sleep(seconds)
    return True


def _ignore(fault: EtlError | None) -> None:
    """No notification."""


@dataclass(frozen=True)
class RetryPolicy:
    """When to try again after a fault.

    `before_try` raises when this runner must not write any more. `wait` waits for a number of seconds; False: the
    runner ends. `patience_seconds`: how long the run waits for the server. `notify` receives the fault that makes it
    wait so, and None when that is over.
    """

    before_try: Callable[[], None]
    wait: Callable[[float], bool] = _sleep_through
    patience_seconds: float = 0.0
    notify: Callable[[EtlError | None], None] = _ignore

    def run_with_retry(self, what: str, attempt: Callable[[], Answer], *, only_outages: bool = False) -> Answer:
        """Calls `attempt`, a whole transaction, until it succeeds or its fault is not worth another try; returns its
        result.

        Raises the last fault when retries end; with `only_outages` only outages and locks are retried.
        """
        patience = Patience(self.patience_seconds)
        outage: EtlError | None = None
        while True:
            try:
                self.before_try()
            except FencedOut as lost:
                if outage is None:
                    raise
                raise outage from lost  # a server that refuses writes has refused the heartbeat too
            try:
                answer = attempt()
            except EtlError as error:
                fault = error
            else:
                if outage:
                    self.notify(None)
                return answer
            may_last = error_class_of(fault) in (ErrorClass.OUTAGE, ErrorClass.LOCKED)
            pause = patience.pause(fault) if may_last or not only_outages else None
            if pause is None:
                raise fault
            if patience.is_waiting:
                outage = fault
                self.notify(fault)
            _log.info("%s is tried again in %.2f s: %s", what, pause, fault)
            if not self.wait(pause):
                raise EtlError(f"the runner was asked to end while it waited: {fault}") from fault
