"""One product of a schedule: conditions that must all apply, as one value that computes its next time.

Every condition is about what the clock on the wall shows, but `repeat`, which counts real seconds from the start of the
scheduler. A product is kept as the cut of its conditions, so that what can never hold is known without a search.
"""

import math
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo

from etl.settings.schedule.clock import CYCLE_YEARS, Stretch, long_view, shown, stretches

DAY = 86_400
_LAST_YEAR = 9998


@dataclass(frozen=True)
class Repeat:
    """`repeat every N after pause in M`: start + M, start + M + N, …"""

    every: int
    pause: int = 0


@dataclass(frozen=True)
class Progression:
    """The whole numbers first, first + step, … in seconds since 1970 UTC."""

    first: int
    step: int

    def at_or_after(self, second: int) -> int:
        """The smallest one that is not below `second`."""
        return self.first + max(0, -((self.first - second) // self.step)) * self.step

    def intersection(self, other: "Progression") -> "Progression | None":
        """The numbers of both (Chinese remainder theorem)."""
        divisor = math.gcd(self.step, other.step)
        if (other.first - self.first) % divisor:
            return None
        factor = (other.first - self.first) // divisor * pow(self.step // divisor, -1, other.step // divisor)
        step = self.step // divisor * other.step
        found = Progression(self.first + factor * self.step % step, step)
        return Progression(found.at_or_after(max(self.first, other.first)), step)


@dataclass(frozen=True)
class Term:
    """Sets are None where all values match; `low` and `high` are seconds since midnight, both included."""

    days: frozenset[int] | None = None
    months: frozenset[int] | None = None
    years: frozenset[int] | None = None
    weekdays: frozenset[int] | None = None
    low: int = 0
    high: int = DAY - 1
    time: int | None = None
    # The clock shows a multiple of this many seconds since midnight.
    every: int | None = None
    repeats: tuple[Repeat, ...] = ()

    @property
    def has_moments(self) -> bool:
        """Whether it has times of day, not only periods."""
        return self.time is not None or self.every is not None or bool(self.repeats)

    @property
    def is_possible(self) -> bool:
        """False if its conditions contradict each other on all days. If True, it may still never come (31 February)."""
        if any(one is not None and not one for one in (self.days, self.months, self.years, self.weekdays)):
            return False
        if self.time is not None:
            return self.low <= self.time <= self.high and self.time % (self.every or 1) == 0
        return self.low <= self.high and (self.every is None or -(-self.low // self.every) * self.every <= self.high)

    def intersection(self, other: "Term") -> "Term | None":
        """Both conditions together; None if they contradict each other."""
        if self.time is not None and other.time is not None and self.time != other.time:
            return None
        found = Term(
            days=_both(self.days, other.days),
            months=_both(self.months, other.months),
            years=_both(self.years, other.years),
            weekdays=_both(self.weekdays, other.weekdays),
            low=max(self.low, other.low),
            high=min(self.high, other.high),
            time=self.time if self.time is not None else other.time,
            every=_least_common(self.every, other.every),
            repeats=tuple(dict.fromkeys(self.repeats + other.repeats)),
        )
        return found if found.is_possible else None

    def next_from(self, second: int, zone: tzinfo, start: int) -> int | None:
        """The first time at or after `second`, in seconds since 1970 UTC, as are both arguments."""
        repeated = self._repeated(start)
        if self.repeats and repeated is None:
            return None
        if repeated and replace(self, repeats=()) == Term():
            return repeated.at_or_after(second)
        today = shown(second, zone).date()
        days = self._days(today - timedelta(days=1))
        if repeated and not self._meets(repeated, today.year, zone):
            # Only a skipped time may then still come, as it moves to the clock change.
            days = (day for day in days if self.time is not None and day in long_view(zone, today.year).jumps)
        for day in days:
            moment = self._on(day, second, zone, repeated)
            if moment is not None:
                # A clock that is set back over midnight shows two dates in turn, so the next one may come first.
                tomorrow = day + timedelta(days=1)
                other = self._on(tomorrow, second, zone, repeated) if self._holds(tomorrow) else None
                return moment if other is None else min(moment, other)
        return None

    def _repeated(self, start: int) -> Progression | None:
        found: Progression | None = None
        for number, one in enumerate(self.repeats):
            # The start itself does not count: without a pause the first repetition comes after one whole interval.
            progression = Progression(start + (one.pause or one.every), one.every)
            found = found.intersection(progression) if found else (None if number else progression)
        return found

    def _meets(self, repeated: Progression, year: int, zone: tzinfo) -> bool:
        """Whether the clock ever shows a matching time when a repetition comes, on any date."""
        step = math.gcd(DAY, repeated.step)
        shown_times = Progression(0, self.every or 1)
        for offset in long_view(zone, year).offsets:
            times = shown_times.intersection(Progression((repeated.first + offset) % step, step))
            if times and self.time is None and times.at_or_after(self.low) <= self.high:
                return True
            if times and self.time is not None and times.at_or_after(self.time) == self.time:
                return True
        return False

    def _on(self, day: date, second: int, zone: tzinfo, repeated: Progression | None) -> int | None:
        found = (
            self._in_stretch(stretch, second, repeated)
            for stretch in stretches(day, zone)
            if stretch.is_shown or self.time is not None
        )
        return min((moment for moment in found if moment is not None), default=None)

    def _in_stretch(self, stretch: Stretch, second: int, repeated: Progression | None) -> int | None:
        if self.time is not None:
            moment = stretch.moment(self.time)
            return moment if moment is not None and moment >= second and _is_in(moment, repeated) else None
        first = max(second, stretch.midnight + max(self.low, stretch.low))
        last = stretch.midnight + min(self.high, stretch.high)
        moments = repeated
        if self.every is not None:
            shown_moments = Progression(stretch.midnight, self.every)
            moments = shown_moments.intersection(repeated) if repeated else shown_moments
        if moments is None:
            return None
        found = moments.at_or_after(first)
        return found if found <= last else None

    def _days(self, start: date) -> Iterator[date]:
        """The matching dates from `start` on, in order, as far as the search needs to go."""
        last = min(start.year + CYCLE_YEARS, _LAST_YEAR)
        years = range(start.year, last + 1) if self.years is None else sorted(self.years)
        for year in years:
            if start.year <= year <= _LAST_YEAR:
                for month in range(start.month if year == start.year else 1, 13):
                    if self.months is None or month in self.months:
                        yield from self._days_of(year, month, start)

    def _days_of(self, year: int, month: int, start: date) -> Iterator[date]:
        first_weekday, length = monthrange(year, month)
        for number in range(1, length + 1):
            if self.days is not None and number not in self.days:
                continue
            if self.weekdays is not None and (first_weekday + number - 1) % 7 not in self.weekdays:
                continue
            day = date(year, month, number)
            if day >= start:
                yield day

    def _holds(self, day: date) -> bool:
        return (
            (self.days is None or day.day in self.days)
            and (self.months is None or day.month in self.months)
            and (self.years is None or day.year in self.years)
            and (self.weekdays is None or day.weekday() in self.weekdays)
        )


def _both(one: frozenset[int] | None, other: frozenset[int] | None) -> frozenset[int] | None:
    if one is None or other is None:
        return one if other is None else other
    return one & other


def _least_common(one: int | None, other: int | None) -> int | None:
    return math.lcm(one, other) if one and other else one or other


def _is_in(moment: int, progression: Progression | None) -> bool:
    return progression is None or progression.at_or_after(moment) == moment


def seconds_of(instant: datetime) -> int:
    """Whole seconds since 1970 UTC, rounded down."""
    return math.floor(instant.timestamp())
