"""What a runner does about faults: it waits as long as it may, is alarmed once, and says the last fault."""

from collections.abc import Callable, Sequence

import pytest

from etl.errors import EnvironmentFault, EtlError, FencedOut, TransientFault
from etl.runs import RetryPolicy


def fault(code: str) -> EtlError:
    made = TransientFault(code) if code == "40P01" else EnvironmentFault(code)
    made.sqlstate = code
    return made


def attempts(*codes: str) -> Callable[[], str]:
    """Work that meets these faults one after the other, and then comes to its end."""
    left = [fault(code) for code in codes]

    def attempt() -> str:
        if left:
            raise left.pop(0)
        return "done"

    return attempt


class Heard:
    """A runner whose time passes at once; what its alarm heard, and how often it was asked whether it may write."""

    def __init__(self, *, ends: bool = False, lost_after: int = 1000) -> None:
        self.alarms: list[str] = []
        self.checks = 0
        self.ends, self.lost_after = ends, lost_after

    def check(self) -> None:
        self.checks += 1
        if self.checks > self.lost_after:
            raise FencedOut("lost")

    def retry_policy(self, seconds: float = 600.0) -> RetryPolicy:
        return RetryPolicy(self.check, lambda _: not self.ends, seconds, lambda it: self.alarms.append(str(it or "")))


@pytest.mark.parametrize(
    ("codes", "alarms"),
    [(["40P01"] * 3, []), (["53100"], ["53100", ""]), (["53100", "40P01", "25006"], ["53100", "25006", ""])],
)
def test_what_passes_is_borne(codes: Sequence[str], alarms: list[str]) -> None:
    heard = Heard()
    assert heard.retry_policy().run_with_retry("it", attempts(*codes)) == "done"
    assert heard.alarms == alarms
    assert heard.checks == len(codes) + 1


def test_what_does_not_pass_is_raised() -> None:
    heard = Heard()
    with pytest.raises(EnvironmentFault, match="42501"):
        heard.retry_policy().run_with_retry("it", attempts("42501"))
    with pytest.raises(EnvironmentFault, match="53100"):
        heard.retry_policy(seconds=0).run_with_retry("it", attempts("53100"))
    assert heard.alarms == []


def test_there_may_be_patience_only_with_what_must_be_mended() -> None:
    retry_policy = Heard().retry_policy()
    assert retry_policy.run_with_retry("it", attempts("53100"), only_outages=True) == "done"
    with pytest.raises(TransientFault):
        retry_policy.run_with_retry("it", attempts("40P01"), only_outages=True)


def test_a_runner_that_ends_waits_no_longer_and_blames_no_task() -> None:
    with pytest.raises(EtlError, match="asked to end") as caught:
        Heard(ends=True).retry_policy().run_with_retry("it", attempts("53100"))
    assert caught.value.sqlstate == ""


def test_a_lease_that_is_lost_in_the_wait_is_told_as_what_the_wait_was_for() -> None:
    """A server that takes no writes takes no heartbeat either."""
    with pytest.raises(EnvironmentFault, match="25006"):
        Heard(lost_after=1).retry_policy().run_with_retry("it", attempts("25006"))
    with pytest.raises(FencedOut):
        Heard(lost_after=1).retry_policy().run_with_retry("it", attempts("40P01"))
