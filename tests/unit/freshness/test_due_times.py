"""When a feed is late, and when a hand-over is stalled."""

from datetime import UTC, datetime, timedelta

import pytest

from etl.notifications.freshness import kept_of_due, late_since, stalled_since
from etl.settings.schedule.due import Due, parse_due


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-{text}:00+00:00")


@pytest.mark.parametrize(
    ("now", "last", "since"),
    [
        ("10T12:00", "10T11:00", None),
        ("10T13:00", "10T11:00", None),
        ("10T13:01", "10T11:00", "10T13:00"),
        ("12T00:00", "10T11:00", "10T13:00"),
    ],
)
def test_an_age_without_times_is_asked_always(now: str, last: str, since: str | None) -> None:
    assert late_since(at(now), at(last), parse_due("", 120)) == (at(since) if since else None)


@pytest.mark.parametrize(
    ("now", "last", "since"),
    [
        # Due at 02:00: at midday it must have come since 02:00 of the day before.
        ("10T12:00", "10T01:30", None),
        ("10T12:00", "09T02:00", None),
        ("10T12:00", "09T01:59", "10T02:00"),
        # Not asked again before the next time.
        ("10T01:59", "08T05:00", None),
        ("10T02:00", "08T05:00", "10T02:00"),
        # Too late is the all-clear.
        ("10T12:00", "10T07:00", None),
    ],
)
def test_a_time_of_the_day_asks_for_what_came_since_the_time_before(now: str, last: str, since: str | None) -> None:
    assert late_since(at(now), at(last), parse_due("02:00", None)) == (at(since) if since else None)


@pytest.mark.parametrize(
    ("now", "last", "since"),
    [
        # Within three hours before 02:00.
        ("10T03:00", "09T23:00", None),
        ("10T03:00", "09T22:59", "10T02:00"),
        # Yesterday's came at 04:00, two hours late: it is not today's.
        ("10T03:00", "09T04:00", "10T02:00"),
        ("10T01:00", "09T04:00", None),
    ],
)
def test_minutes_say_how_long_before_the_time_counts(now: str, last: str, since: str | None) -> None:
    assert late_since(at(now), at(last), parse_due("02:00", 180)) == (at(since) if since else None)


def test_several_times_are_asked_in_turn() -> None:
    due = parse_due("18:00, 9:00", None)
    assert late_since(at("10T10:00"), at("09T17:59"), due) == at("10T09:00")
    assert late_since(at("10T10:00"), at("09T18:01"), due) is None
    assert late_since(at("10T19:00"), at("10T08:59"), due) == at("10T18:00")


def test_a_time_is_that_of_its_zone_in_summer_and_winter() -> None:
    due = parse_due("02:30 Europe/Berlin", None)
    # 29 March: at 02:00 the clocks go to 03:00, so 02:30 is left out and asked at 01:30 UTC.
    assert late_since(at("29T01:29"), at("27T00:00"), due) == at("28T01:30")
    assert late_since(at("29T01:31"), at("28T01:31"), due) is None
    assert late_since(at("30T00:31"), at("29T01:00"), due) == at("30T00:30")


def test_nothing_is_due_when_no_one_says_so() -> None:
    assert not Due().is_watched
    assert late_since(at("30T00:00"), datetime(1970, 1, 1, tzinfo=UTC), Due()) is None


def test_a_hand_over_is_stalled_when_it_is_unread_for_too_long() -> None:
    now = at("10T12:00")
    assert stalled_since(now, now - timedelta(minutes=30), 30) is None
    assert stalled_since(now, now - timedelta(minutes=31), 30) == now - timedelta(minutes=1)
    assert stalled_since(now, None, 30) is None
    assert stalled_since(now, now - timedelta(days=30), None) is None


@pytest.mark.parametrize(
    ("minutes", "came", "found"),
    [
        # Due at 02:00 and 14:00: in time since the time before, or within the minutes before it.
        (None, ["08T01:00", "08T13:00", "09T01:00", "09T20:00"], (4, 5)),
        (30, ["08T01:00", "08T13:40", "09T01:00", "10T01:59"], (2, 5)),
        # Several before one time are one, and what comes after the last time counts for none yet.
        (None, ["09T01:00", "09T01:10", "10T03:00"], (1, 3)),
        (None, ["10T03:00"], (0, 0)),
    ],
)
def test_hand_overs_kept_of_those_due(minutes: int | None, came: list[str], found: tuple[int, int]) -> None:
    due = parse_due("02:00, 14:00 UTC", minutes)
    assert kept_of_due(at("10T12:00"), map(at, came), due, 30) == found


def test_only_the_last_days_count_and_only_where_times_are_due() -> None:
    due = parse_due("02:00 UTC", None)
    assert kept_of_due(at("28T12:00"), [at("01T01:00")], due, 3) == (0, 3)
    assert kept_of_due(at("28T12:00"), [at("01T01:00")], parse_due("", 60), 3) is None
    assert kept_of_due(at("28T12:00"), [], due, 3) is None
