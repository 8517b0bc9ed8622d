"""Schedules beside a reference that knows no arithmetic: it asks each minute if the clock shows the right time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st

from etl.settings.schedule.parse import parse_schedule

MINUTE = timedelta(minutes=1)
WINDOW = timedelta(hours=14)
WEEKDAYS = (
    ("mon", "Пн"), ("Tuesday", "вт"), ("wed", "среда"), ("thu", "чт"), ("fri", "пятница"), ("sat", "СБ"), ("sun", "вс"),
)  # fmt: skip
MONTHS = (
    ("jan", "январь"), ("february", "фев"), ("mar", "марта"), ("apr", "апреля"), ("May", "мая"), ("jun", "июнь"),
    ("jul", "июля"), ("august", "авг"), ("sep", "сентября"), ("oct", "октябрь"), ("Nov", "ноя"), ("dec", "декабря"),
)  # fmt: skip
REPETITIONS = (("repeat every", "min", "after pause in"), ("повторять каждые", "мин", "начиная с паузы"))
# Clocks that are set by an hour, by half an hour, over midnight, by a whole day; offsets of 45 minutes; none at all.
JUMPS = (
    ("Europe/Berlin", datetime(2026, 3, 29, 1, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2026, 10, 25, 1, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, 15, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),
    ("Asia/Beirut", datetime(2026, 3, 28, 22, tzinfo=UTC)),
    ("Asia/Beirut", datetime(2026, 10, 24, 21, tzinfo=UTC)),
    ("America/Havana", datetime(2026, 11, 1, 5, tzinfo=UTC)),
    ("Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC)),
    ("America/St_Johns", datetime(2010, 11, 7, 2, 31, tzinfo=UTC)),
    ("Asia/Kathmandu", datetime(2024, 2, 29, 12, tzinfo=UTC)),
    ("Asia/Almaty", datetime(2024, 2, 29, 19, tzinfo=UTC)),
    ("UTC", datetime(2027, 12, 31, 23, tzinfo=UTC)),
)


@dataclass(frozen=True)
class Moment:
    """A minute of time: what the clock shows then, or skips then (`is_skipped`)."""

    instant: datetime
    shown: datetime
    is_skipped: bool
    start: datetime


class Part:
    """A part of a pattern: how it is written, and whether it holds at a moment.

    `holds` gives the ways in which it does: True is one that names the time of the day itself.
    """

    text: str

    def holds(self, moment: Moment) -> set[bool]:
        raise NotImplementedError


@dataclass(frozen=True)
class Time(Part):
    hour: int
    minute: int

    @property
    def text(self) -> str:  # type: ignore[override]
        return f"{self.hour}:{self.minute:02}"

    def holds(self, moment: Moment) -> set[bool]:
        return {True} if (moment.shown.hour, moment.shown.minute) == (self.hour, self.minute) else set()


@dataclass(frozen=True)
class Period(Part):
    first: Time
    last: Time
    every: int
    language: int

    @property
    def text(self) -> str:  # type: ignore[override]
        words = (("from", "to", "every", "min"), ("с", "по", "каждые", "минут"))[self.language]
        text = f"{words[0]} {self.first.text} {words[1]} {self.last.text}"
        return f"{text} {words[2]} {self.every} {words[3]}" if self.every else text

    def holds(self, moment: Moment) -> set[bool]:
        now = moment.shown.hour * 60 + moment.shown.minute
        ends = sorted(one.hour * 60 + one.minute for one in (self.first, self.last))
        return {False} if ends[0] <= now <= ends[1] and (not self.every or now % self.every == 0) else set()


@dataclass(frozen=True)
class Repeated(Part):
    every: int
    pause: int
    language: int

    @property
    def text(self) -> str:  # type: ignore[override]
        words = (("repeat every", "min", "after pause in"), ("повторять каждые", "мин", "начиная с паузы"))[
            self.language
        ]
        text = f"{words[0]} {self.every} {words[1]}"
        return f"{text} {words[2]} {self.pause} {words[1]}" if self.pause else text

    def holds(self, moment: Moment) -> set[bool]:
        passed = (moment.instant - moment.start) // MINUTE - self.pause
        return {False} if passed >= 0 and passed % self.every == 0 and moment.instant > moment.start else set()


@dataclass(frozen=True)
class Weekday(Part):
    number: int
    language: int

    @property
    def text(self) -> str:  # type: ignore[override]
        return WEEKDAYS[self.number][self.language]

    def holds(self, moment: Moment) -> set[bool]:
        return {False} if moment.shown.weekday() == self.number else set()


@dataclass(frozen=True)
class Dates(Part):
    days: tuple[int, ...]
    months: tuple[int, int]
    years: tuple[int, ...]
    language: int

    @property
    def text(self) -> str:  # type: ignore[override]
        first, last = (MONTHS[month - 1][self.language] for month in self.months)
        months = first if first == last else f"{first}..{last}"
        years = f"{' '.join(map(str, self.years))} {('year', 'года')[self.language]}" if self.years else ""
        return " ".join(part for part in (" ".join(map(str, self.days)), months, years) if part)

    def is_on(self, day: date) -> bool:
        return (
            (not self.days or day.day in self.days)
            and self.months[0] <= day.month <= self.months[1]
            and (not self.years or day.year in self.years)
        )

    def holds(self, moment: Moment) -> set[bool]:
        return {False} if self.is_on(moment.shown.date()) else set()


@dataclass(frozen=True)
class Joined(Part):
    sign: str
    left: Part
    right: Part

    @property
    def text(self) -> str:  # type: ignore[override]
        return f"({self.left.text} {self.sign} {self.right.text})"

    def holds(self, moment: Moment) -> set[bool]:
        left, right = self.left.holds(moment), self.right.holds(moment)
        return left | right if self.sign == "+" else {one or other for one in left for other in right}


languages = st.integers(0, 1)
times = st.builds(Time, st.sampled_from([0, 0, 1, 2, 2, 3, 12, 23]), st.sampled_from([0, 0, 15, 30, 45, 59]))
dates = st.builds(
    Dates,
    st.lists(st.integers(1, 31), max_size=3).map(tuple),
    st.tuples(st.integers(1, 12), st.integers(1, 12)).map(lambda pair: (min(pair), max(pair))),
    st.lists(st.sampled_from([2010, 2011, 2024, 2026, 2028]), max_size=2).map(tuple),
    languages,
)
atoms: st.SearchStrategy[Part] = st.one_of(
    times,
    st.builds(Period, times, times, st.sampled_from([0, 1, 7, 15, 30, 60]), languages),
    st.builds(Repeated, st.sampled_from([1, 7, 30, 60, 90, 1440]), st.sampled_from([0, 0, 5, 60, 1500]), languages),
    st.builds(Weekday, st.integers(0, 6), languages),
    dates,
)
patterns: st.SearchStrategy[Part] = st.recursive(
    atoms, lambda parts: st.builds(Joined, st.sampled_from("+*"), parts, parts), max_leaves=6
)


def minutes(zone: ZoneInfo, start: datetime) -> Iterator[Moment]:
    """Every minute of the window after `start`, and with a minute at which the clock jumps those that it skips."""
    shown_before = start.astimezone(zone).replace(tzinfo=None)
    instant = start
    while (instant := instant + MINUTE) <= start + WINDOW:
        shown = instant.astimezone(zone)
        plain = shown.replace(tzinfo=None)
        while (shown_before := shown_before + MINUTE) < plain:
            yield Moment(instant, shown_before, True, start)
        shown_before = plain
        yield Moment(instant, shown, False, start)


def by_asking(part: Part, zone: ZoneInfo, start: datetime) -> list[datetime]:
    found = list[datetime]()
    for moment in minutes(zone, start):
        ways = part.holds(moment)
        # What is skipped counts by its name, what is shown again does not.
        if (True in ways) if moment.is_skipped else (False in ways if moment.shown.fold else ways):
            found.append(moment.instant)
    return list(dict.fromkeys(found))


@settings(max_examples=60)
@given(patterns, st.sampled_from(JUMPS), st.integers(0, 13))
@example(Joined("*", Time(2, 30), Weekday(6, 0)), JUMPS[0], 12)
@example(Time(2, 30), JUMPS[1], 12)
@example(Time(10, 0), JUMPS[7], 12)
def test_the_moments_are_those_of_the_reference(part: Part, jump: tuple[str, datetime], hours_before: int) -> None:
    zone, start = ZoneInfo(jump[0]), jump[1] - timedelta(hours=hours_before)
    schedule, faults = parse_schedule(part.text)
    if faults:
        assert "no times" in faults[0].message
        schedule, faults = parse_schedule(f"({part.text}) * from 0:00 to 24:00 every 1 min")
        part = Joined("*", part, Period(Time(0, 0), Time(23, 59), 1, 0))
        assert not faults
    found = list[datetime]()
    following = schedule.next_after(start, zone, start=start)
    while following and following <= start + WINDOW:
        found.append(following)
        following = schedule.next_after(following, zone, start=start)
    assert found == by_asking(part, zone, start)


@given(st.lists(st.one_of(dates, st.builds(Weekday, st.integers(0, 6), languages)), min_size=1, max_size=3))
def test_dates_are_those_of_the_calendar(parts: list[Part]) -> None:
    """The next date within nine years, found by looking at each day."""
    start = datetime(2023, 12, 31, 12, tzinfo=UTC)
    schedule, faults = parse_schedule(" * ".join([*(part.text for part in parts), "10:00"]))
    assert not faults
    days = (start + timedelta(days=number, hours=-2) for number in range(1, 3300))
    asked = next((day for day in days if all(part.holds(Moment(day, day, False, start)) for part in parts)), None)
    found = schedule.next_after(start, UTC)
    if asked or (found and found < start + timedelta(days=3298)):
        assert found == asked


@given(st.text("10:0 jan..every()*+#repeatсмин", max_size=60))
def test_any_text_is_a_schedule_or_has_faults_within_it(text: str) -> None:
    schedule, faults = parse_schedule(text)
    assert not faults or schedule.is_off
    for fault in faults:
        assert 0 <= fault.start <= fault.start + fault.length <= len(text)
    schedule.next_after(datetime(2026, 1, 1, tzinfo=UTC), UTC)
