"""The smallest parts of a pattern: a time, a repetition, a period, a day of the week, days, months and years."""

from collections.abc import Callable
from dataclasses import replace

from etl.settings.schedule.reader import PatternReader
from etl.settings.schedule.term import DAY, Repeat, Term
from etl.settings.schedule.words import Token

# Longer numbers cannot be years, and would make the arithmetic slow.
_LONGEST_NUMBER = 9
_LONGEST_DURATION = 100 * 366 * DAY
_LAST_YEAR = 9998

_EXAMPLES = "a time (10:00), `repeat every 10 min`, `from 9:00 to 18:00 every 10 min`, a weekday, `17 jan`"


def atom(reader: PatternReader) -> Term:
    """Parses the next part. Raises FaultError with its position."""
    if reader.skip("repeat"):
        return _repeat(reader)
    if reader.skip("from"):
        return _period(reader)
    token = reader.ahead
    if token is not None and token.weekday is not None:
        return Term(weekdays=frozenset([reader.take("a weekday").weekday or 0]))
    if reader.skip("at") or (token is not None and token.kind == "time"):
        return Term(time=_time(reader))
    if token is not None and (token.kind == "number" or token.month):
        return _dates(reader)
    reader.fail(f"is not part of a schedule: write {_EXAMPLES}" if token else "ends too early: a part is missing")


def _time(reader: PatternReader, *, is_end: bool = False) -> int:
    token = reader.take("a time like 10:00")
    parts = [int(part) for part in token.text.split(":")] if token.kind == "time" and len(token.text) <= 8 else []
    if not parts:
        reader.fail("is not a time: write it like 10:00 or 10:00:30", token)
    hours, minutes, seconds = [*parts, 0][:3]
    if is_end and (hours, minutes, seconds) == (24, 0, 0):
        return DAY - 1
    if hours > 23 or minutes > 59 or seconds > 59:
        reader.fail("is not a time of day: hours go from 0 to 23, minutes and seconds from 0 to 59", token)
    return hours * 3600 + minutes * 60 + seconds


def _duration(reader: PatternReader) -> int:
    number_token = reader.take_kind("number")
    number = _number(reader, number_token) if number_token else 1
    unit_token = reader.take("a duration like `10 min`")
    if unit_token.unit is None:
        reader.fail("is not a unit of time: write sec, min or hour (сек, мин, час)", unit_token)
    seconds = number * unit_token.unit
    if not 0 < seconds <= _LONGEST_DURATION:
        reader.fail("is not a duration: write more than 0 and less than 100 years", number_token or unit_token)
    return seconds


def _repeat(reader: PatternReader) -> Term:
    reader.skip("every")
    every = _duration(reader)
    if reader.skip("after"):
        reader.expect("pause")
        reader.expect("in")
    elif reader.skip("beginning"):
        if not reader.skip("from"):
            reader.fail("`с паузы` is expected here")
        reader.expect("pause")
    else:
        return Term(repeats=(Repeat(every),))
    return Term(repeats=(Repeat(every, _duration(reader)),))


def _period(reader: PatternReader) -> Term:
    first = _time(reader, is_end=True)
    reader.expect("to")
    last = _time(reader, is_end=True)
    # As in the platform: from 12:00 to 10:00 means from 10:00 to 12:00.
    term = Term(low=min(first, last), high=max(first, last))
    return replace(term, every=_duration(reader)) if reader.skip("every") else term


def _dates(reader: PatternReader) -> Term:
    numbers, first = _numbers(reader), reader.ahead
    if reader.skip("year"):
        return Term(years=_within(reader, numbers, 1, _LAST_YEAR, "is not a year"))
    months = _list(reader, lambda token: token.month, "a month")
    if not months:
        reader.fail("is neither a month nor the word `year`: a number alone is not part of a schedule", first)
    term = Term(
        days=_within(reader, numbers, 1, 31, "is not a day of a month") if numbers else None,
        months=frozenset(month for month, _ in months),
    )
    years = _numbers(reader)
    if not years:
        return term
    reader.expect("year")
    return replace(term, years=_within(reader, years, 1, _LAST_YEAR, "is not a year"))


def _numbers(reader: PatternReader) -> list[tuple[int, Token]]:
    return _list(reader, lambda token: _number(reader, token) if token.kind == "number" else None, "a number")


def _number(reader: PatternReader, token: Token) -> int:
    if len(token.text) > _LONGEST_NUMBER:
        reader.fail("is too long for a number here", token)
    return int(token.text)


def _list(reader: PatternReader, value: Callable[[Token], int | None], wanted: str) -> list[tuple[int, Token]]:
    """Parses values and ranges `a..b` of one kind; returns each value with its word."""
    found: list[tuple[int, Token]] = []
    while reader.ahead is not None and (first := value(reader.ahead)) is not None:
        token = reader.take(wanted)
        last = first
        if reader.take_kind("range"):
            end = reader.take(wanted)
            ending = value(end)
            if ending is None:
                reader.fail(f"is not {wanted}: a range is like 1..5 or jan..may", end)
            last = ending
        if not first <= last <= first + _LAST_YEAR:
            reader.fail("starts a range that runs backwards: write the smaller value first", token)
        found += [(number, token) for number in range(first, last + 1)]
    return found


def _within(
    reader: PatternReader, numbers: list[tuple[int, Token]], smallest: int, largest: int, sentence: str
) -> frozenset[int]:
    for number, token in numbers:
        if not smallest <= number <= largest:
            reader.fail(f"{sentence}: write {smallest} to {largest}", token)
    return frozenset(number for number, _ in numbers)
