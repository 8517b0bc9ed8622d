"""Retries: pauses grow and end, outages are reported once, and the last fault is raised."""

import logging
import threading
from collections.abc import Callable, Sequence

import pytest

from etl.errors import EnvironmentFault, EtlError, FencedOut, TransientFault
from etl.retry import Attempts, Backoff, RetryPolicy, ServiceRetry, after_transient


def fault(code: str) -> EtlError:
    made = TransientFault(code) if code == "40P01" else EnvironmentFault(code)
    made.sqlstate = code
    return made


def attempts(*codes: str) -> Callable[[], str]:
    """A function that raises these faults one after the other, and then succeeds."""
    left = [fault(code) for code in codes]

    def attempt() -> str:
        if left:
            raise left.pop(0)
        return "done"

    return attempt


OUTAGES = ("53100", "25006")


class Runner:
    """A runner whose pauses take no time; `notified` is what it reported, `checks` how often it was asked whether it
    may write."""

    def __init__(self, *, ends: bool = False, lost_after: int = 1000, outage_seconds: float = 600.0) -> None:
        self.notified: list[str] = []
        self.checks = 0
        self.ends, self.lost_after, self.outage_seconds = ends, lost_after, outage_seconds

    def check(self) -> None:
        self.checks += 1
        if self.checks > self.lost_after:
            raise FencedOut("lost")

    def backoffs(self, met: EtlError) -> Sequence[Backoff]:
        if met.sqlstate in OUTAGES:
            return [Backoff(1.0, 30.0, seconds=self.outage_seconds, is_outage=True)]
        return after_transient(Backoff(0.05, 1.0, tries=8))(met)

    def run(self, *codes: str) -> str:
        policy = RetryPolicy(
            self.backoffs, self.check, lambda _: not self.ends, lambda it: self.notified.append(str(it or ""))
        )
        return policy.run_with_retry("it", attempts(*codes))


@pytest.mark.parametrize(
    ("codes", "notified"),
    [(["40P01"] * 3, []), (["53100"], ["53100", ""]), (["53100", "40P01", "25006"], ["53100", "25006", ""])],
)
def test_a_fault_that_passes_is_retried(codes: Sequence[str], notified: list[str]) -> None:
    runner = Runner()
    assert runner.run(*codes) == "done"
    assert runner.notified == notified
    assert runner.checks == len(codes) + 1


def test_a_fault_that_does_not_pass_is_raised() -> None:
    runner = Runner(outage_seconds=0)
    with pytest.raises(EnvironmentFault, match="42501"):
        runner.run("42501")
    with pytest.raises(EnvironmentFault, match="53100"):
        runner.run("53100")
    with pytest.raises(TransientFault):
        runner.run(*["40P01"] * 9)
    assert runner.notified == []


def test_a_runner_that_ends_waits_no_longer() -> None:
    with pytest.raises(EtlError, match="asked to end") as caught:
        Runner(ends=True).run("53100")
    assert caught.value.sqlstate == ""


def test_a_lease_that_is_lost_during_an_outage_is_reported_as_the_outage() -> None:
    """A server that refuses writes refuses the heartbeat too."""
    with pytest.raises(EnvironmentFault, match="25006"):
        Runner(lost_after=1).run("25006")
    with pytest.raises(FencedOut):
        Runner(lost_after=1).run("40P01")


def test_pauses_double_up_to_the_longest() -> None:
    attempts, backoff = Attempts(), Backoff(first=1.0, longest=60.0)
    pauses = [attempts.pause([backoff]) or 0.0 for _ in range(1100)]
    for number, pause in enumerate(pauses):
        whole = min(2.0**number, 60.0) if number < 10 else 60.0
        assert whole / 2 <= pause <= whole


def test_the_next_backoff_follows_one_that_is_used_up() -> None:
    attempts = Attempts()
    backoffs = [Backoff(1.0, 1.0, tries=2), Backoff(10.0, 10.0, tries=1, is_outage=True)]
    assert [attempts.is_outage for _ in range(3) if attempts.pause(backoffs)] == [False, False, True]
    assert attempts.pause(backoffs) is None


def test_a_policy_sleeps_and_tries_again_by_itself() -> None:
    policy = RetryPolicy(after_transient(Backoff(first=0.001, longest=0.001, tries=3)))
    assert policy.run_with_retry("it", attempts(*["40P01"] * 3)) == "done"
    with pytest.raises(EnvironmentFault, match="53100"):
        policy.run_with_retry("it", attempts("53100"))


def service_retry() -> tuple[ServiceRetry, list[str]]:
    """What a service repeats without waiting, and what it logs."""
    said: list[str] = []
    log = logging.Logger("service")
    handler = logging.Handler()
    handler.emit = lambda record: said.append(record.getMessage())  # type: ignore[method-assign]
    log.addHandler(handler)
    return ServiceRetry(Backoff(first=0.0, longest=0.0), log), said


def test_no_fault_ends_a_service() -> None:
    retry, said = service_retry()
    left: list[Exception] = [fault("53100"), fault("53100"), ValueError("wrong"), fault("40P01")]

    def act() -> None:
        if left:
            raise left.pop(0)

    retry.run("it waits", act, threading.Event())
    assert said == ["it waits: 53100", "it waits: a fault of the program", "it waits: 40P01"]
    assert not retry.is_waiting


def test_a_service_that_ends_tries_no_more() -> None:
    retry, said = service_retry()
    is_ending = threading.Event()

    def act() -> None:
        is_ending.set()
        raise fault("53100")

    retry.run("it waits", act, is_ending)
    assert said == ["it waits: 53100"]
    assert retry.is_waiting
