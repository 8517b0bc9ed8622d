"""Parses a pattern into a Schedule: `+` is or; `*` is and, and binds tighter; brackets group.

Every fault is found, each with its position. Other than the original: words in any case, `мая`, `каждый час` without a
number, a comment behind the pattern, faults in brackets, and no pattern that only seems to be switched off (`office`).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from etl.settings.schedule.atoms import atom
from etl.settings.schedule.reader import Fault, FaultError, PatternReader
from etl.settings.schedule.schedule import Schedule
from etl.settings.schedule.term import Term
from etl.settings.schedule.words import tokens

# Brackets are multiplied out; a schedule with more products than this is refused.
_MOST_TERMS = 1000
_DEEPEST = 50


@dataclass(frozen=True)
class _Part:
    """A part multiplied out, and whether it has times of day (a contradiction has no terms left that would show it)."""

    terms: tuple[Term, ...]
    has_moments: bool


def parse_schedule(pattern: str) -> tuple[Schedule, tuple[Fault, ...]]:
    """The schedule of a pattern, and its faults; with a fault it is off."""
    off = Schedule(pattern.strip(), is_off=True)
    text = pattern.partition("#")[0]
    words = tokens(text)
    if not words:
        empty = Fault("has no pattern: write one, or off", 0, 0)
        return off, () if "#" in pattern else (empty,)
    if words[0].means("off"):
        rest = words[1:]
        return off, (Fault("follows off: delete it", rest[0].start, len(rest[0].text)),) if rest else ()
    reader = PatternReader(words, len(text.rstrip()))
    is_parallel = reader.skip("parallel")
    part = _parsed(reader, words[0].start)
    if part is None or reader.faults:
        return off, tuple(reader.faults)
    return Schedule(pattern.strip(), part.terms, is_parallel=is_parallel), ()


def _parsed(reader: PatternReader, start: int) -> _Part | None:
    try:
        part = _sum(reader, 0)
        if reader.ahead:
            reader.fail("closes a bracket that was not opened: delete it")
    except FaultError as error:
        reader.faults.append(error.fault)
        return None
    if not part.has_moments and not reader.faults:
        message = "gives periods and no times: add `* 10:00`, or `every 10 min` to a period"
        reader.faults.append(Fault(message, start, reader.end - start))
    return part


def _sum(reader: PatternReader, depth: int) -> _Part:
    part = _product(reader, depth)
    while reader.take_sign("+"):
        other = _product(reader, depth)
        part = _Part(_limited(reader, part.terms + other.terms), part.has_moments and other.has_moments)
    return part


def _product(reader: PatternReader, depth: int) -> _Part:
    part = _factor(reader, depth)
    while reader.take_sign("*"):
        other = _factor(reader, depth)
        cuts = (one.cut(two) for one in part.terms for two in other.terms)
        terms = _limited(reader, (cut for cut in cuts if cut))
        part = _Part(terms, part.has_moments or other.has_moments)
    return part


def _limited(reader: PatternReader, terms: Iterable[Term]) -> tuple[Term, ...]:
    found = tuple(dict.fromkeys(terms))
    if len(found) > _MOST_TERMS:
        reader.fail(f"is too complex: multiplied out, the pattern has more than {_MOST_TERMS} parts")
    return found


def _factor(reader: PatternReader, depth: int) -> _Part:
    if reader.take_sign("("):
        if depth == _DEEPEST:
            reader.fail("nests too many brackets")
        part = _sum(reader, depth + 1)
        if not reader.take_sign(")"):
            reader.fail("leaves a bracket open: close it with )")
        return part
    try:
        term = atom(reader)
        if reader.ahead and reader.ahead.kind != "sign":
            reader.fail("follows a complete part: put + (or) or * (and) before it")
        if reader.ahead and reader.ahead.text == "(":
            reader.fail("follows a complete part: put + (or) or * (and) before it")
        return _Part((term,) if term.is_possible else (), term.has_moments)
    except FaultError as error:
        # The other parts are still parsed, so that all faults are reported at once.
        reader.faults.append(error.fault)
        reader.skip_to_sign()
        return _Part((), has_moments=True)
