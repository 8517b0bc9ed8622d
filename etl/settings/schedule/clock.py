"""The local time of a zone on a date: intervals without a clock change, and the times that a change skips."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache

_EPOCH = date(1970, 1, 1)
_DAY = 86_400
_HOUR = 3600
# No zone is further from UTC, and no zone changes its clock twice within this time.
_FURTHEST = 16 * _HOUR
_HORIZON = 4 * _HOUR
# No offset holds for a shorter time (the shortest are those of Ramadan in Morocco).
_LONG_HORIZON = 5 * _DAY
# Days, weekdays and leap years repeat after 400 years: a time that has not come by then never comes.
CYCLE_YEARS = 400


@dataclass(frozen=True)
class Stretch:
    """The clock runs without a jump from `low` to `high` (seconds since midnight of the date, both included).

    `midnight`: the instant at which the clock would show 0:00 by the offset of this stretch. A stretch that is not
    shown is one that the clock skips; all its times fall on `jump`. `repeats_until`: times before it were shown before.
    """

    midnight: int
    low: int
    high: int
    is_shown: bool = True
    jump: int = 0
    repeats_until: int = -1

    def moment(self, time: int) -> int | None:
        """When a time of day comes: when it is first shown or, if it is skipped, when it is skipped."""
        if not self.low <= time <= self.high or time < self.repeats_until:
            return None
        return self.midnight + time if self.is_shown else self.jump


@dataclass(frozen=True)
class LongView:
    """A zone over the next 400 years: its offsets from UTC in seconds, and the dates of its clock changes."""

    offsets: frozenset[int]
    jumps: frozenset[date]


@lru_cache(maxsize=4)
def long_view(zone: tzinfo, year: int) -> LongView:
    """The zone from the end of the previous year on."""
    start = (date(year, 1, 1) - _EPOCH).days * _DAY - _LONG_HORIZON
    end = (date(min(year + CYCLE_YEARS, 9998), 12, 31) - _EPOCH).days * _DAY
    jumps = _jumps(start, end, zone, _LONG_HORIZON)
    connections = [shown(instant - 1, zone).date() for instant, _ in jumps]
    dates = {side + timedelta(days=later) for side in connections for later in (0, 1)}
    return LongView(frozenset({_offset(start, zone), *(offset for _, offset in jumps)}), frozenset(dates))


def shown(second: int, zone: tzinfo) -> datetime:
    """The local time at a second since 1970 UTC."""
    return datetime.fromtimestamp(second, UTC).astimezone(zone)


def stretches(day: date, zone: tzinfo) -> list[Stretch]:
    """The intervals of a date in order; one from 0 to 86399 on most dates."""
    utc_midnight = (day - _EPOCH).days * _DAY
    start, end = utc_midnight - _FURTHEST, utc_midnight + _DAY + _FURTHEST
    found: list[Stretch] = []
    before = _offset(start, zone)
    begin, reached = start, None
    for jump, after in [*_jumps(start, end, zone), (end, None)]:
        midnight = utc_midnight - before
        low, high = max(begin - midnight, 0), min(jump - 1 - midnight, _DAY - 1)
        if low <= high:
            # `reached`: the local time before the clock was set back.
            found.append(Stretch(midnight, low, high, repeats_until=-1 if reached is None else reached - utc_midnight))
        if after is not None:
            found += _skipped(utc_midnight, jump, before, after)
            reached = max(jump + before, reached or 0) if after < before else reached
            begin, before = jump, after
    return found


def _skipped(utc_midnight: int, jump: int, before: int, after: int) -> list[Stretch]:
    low, high = max(jump + before - utc_midnight, 0), min(jump + after - 1 - utc_midnight, _DAY - 1)
    return [Stretch(utc_midnight - before, low, high, is_shown=False, jump=jump)] if low <= high else []


def _jumps(start: int, end: int, zone: tzinfo, horizon: int = _HORIZON) -> list[tuple[int, int]]:
    """Each instant at which the offset changes, with the new offset."""
    found = []
    before = _offset(start, zone)
    for left in range(start, end, horizon):
        right = min(left + horizon, end)
        after = _offset(right, zone)
        if after != before:
            found.append((_first_of(after, left, right, zone), after))
        before = after
    return found


def _first_of(offset: int, left: int, right: int, zone: tzinfo) -> int:
    while right - left > 1:
        middle = (left + right) // 2
        if _offset(middle, zone) == offset:
            right = middle
        else:
            left = middle
    return right


def _offset(second: int, zone: tzinfo) -> int:
    return int((shown(second, zone).utcoffset() or timedelta()).total_seconds())
