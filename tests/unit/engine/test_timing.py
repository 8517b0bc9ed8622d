"""When the schedule is due next: no moment is lost, none comes twice."""

from datetime import UTC, datetime, timedelta

from etl.engine.timing import Ticks
from etl.settings.schedule.parse import parse_schedule

START = datetime(2026, 3, 27, 12, tzinfo=UTC)


def ticks(pattern: str) -> Ticks:
    return Ticks.begin(parse_schedule(pattern)[0], UTC, START, START)


def after(**passed: float) -> datetime:
    return START + timedelta(**passed)


def test_a_moment_comes_once() -> None:
    one = ticks("repeat every 10 sec")
    assert [one.is_due(after(seconds=second)) for second in (1, 10, 10.5, 19, 20)] == [False, True, False, False, True]
    assert one.seconds_left(after(seconds=21)) == 9


def test_missed_moments_come_once_together() -> None:
    one = ticks("repeat every 10 sec")
    assert one.is_due(after(minutes=5))
    assert not one.is_due(after(minutes=5, seconds=1))


def test_a_clock_that_is_set_back_does_not_stop_the_service() -> None:
    one = ticks("repeat every 1 hour")
    one.is_due(after(days=3))
    assert not one.is_due(after(minutes=1))
    assert one.next == after(hours=1)


def test_never_is_no_moment() -> None:
    one = ticks("31 feb * 10:00")
    assert not one.is_due(after(days=400))
    assert one.seconds_left(START) is None
    assert str(one) == "the schedule `31 feb * 10:00` comes next: never"
