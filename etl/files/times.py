"""Times for timestamp with time zone. What names no zone is local time of the field's inMigrationTimezoneMinutes.

One text has one verdict, independent of other cells: a column is converted at once only where each of its texts has the
form of `_NAIVE` or each that of `_ZONED`; all others are checked one by one, with the same result.
"""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

_MICROSECONDS: Final = pa.timestamp("us")
_UTC: Final = pa.timestamp("us", "UTC")
_EPOCH: Final = datetime(1970, 1, 1)
# Of these years no zone leads out of the years 1 to 9999.
_FIRST: Final = pa.scalar(datetime(2, 1, 1), _MICROSECONDS)
_LAST: Final = pa.scalar(datetime(9998, 12, 31), _MICROSECONDS)
_SECONDS: Final = (-62_135_596_800, 253_402_300_800)  # the years 1 to 9999 from 1970 on, the end not included
_PER_SECOND: Final = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_DAY_SECONDS: Final = 86_400
_LONGS: Final = (-(2**63), 2**63 - 1)

_DAY: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_CLOCK: Final = r"[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?"
_NAIVE: Final = f"^{_DAY}(?:{_CLOCK})?$"
_ZONED: Final = f"^{_DAY}{_CLOCK}(?:Z|[+-](?:0[0-9]|1[0-5])(?::?[0-5][0-9])?)$"
_TIME: Final = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)"
    r"(?:[T ](?P<clock>\d\d:\d\d)(?::(?P<seconds>\d\d)(?P<fraction>\.\d+)?)?\s?(?P<zone>Z|[+-]\d\d(?::?\d\d)?)?)?",
    re.ASCII,
)
_DOTTED: Final = re.compile(r"\d{1,2}[./]\d{1,2}[./]\d{2,4}.*", re.ASCII | re.DOTALL)
_ENDLESS: Final = re.compile(r"[+-]?infinity", re.IGNORECASE)
_WIDEST_MINUTES: Final = 15 * 60 + 59  # PostgreSQL's own bound of a zone
_OUTSIDE: Final = "is outside the years 1 to 9999"


def check_times(values: pa.Array, zone_minutes: int, short: int) -> tuple[pa.Array, dict[int, str]]:
    """(texts for COPY, row -> reason). `short`: see InColumn."""
    zone = _zone(zone_minutes)
    if pa.types.is_string(values.type):
        return _check_texts(values, zone, short)
    has_zone = pa.types.is_timestamp(values.type) and values.type.tz is not None
    moments, faults = _moments(values)
    texts = _written(pc.cast(moments, _MICROSECONDS, safe=False), "" if has_zone else zone)
    return texts, faults


def moment_texts(values: pa.Array) -> tuple[pa.Array, dict[int, str]]:
    """Days and moments of a typed file as ISO 8601 for a text column, and row -> reason; an unknown zone is UTC."""
    moments, faults = _moments(values)
    if pa.types.is_date(values.type):
        return pc.cast(pc.cast(moments, pa.date32()), pa.string()), faults
    zone = _zone_of(values.type.tz) if values.type.tz is not None else None
    per_second = _PER_SECOND[values.type.unit]
    ticks = moments.cast(pa.int64()).to_pylist()
    return pa.array([None if one is None else _iso(one, per_second, zone) for one in ticks], pa.string()), faults


def _moments(values: pa.Array) -> tuple[pa.Array, dict[int, str]]:
    """The values without their zone, as Arrow keeps them, in UTC; null where the calendar has no such year."""
    if pa.types.is_date32(values.type):
        ticks, unit = pc.multiply(values.cast(pa.int32()).cast(pa.int64()), _DAY_SECONDS), "s"
    else:
        ticks = values.cast(pa.int64())
        unit = "ms" if pa.types.is_date64(values.type) else values.type.unit
    first, end = (max(_LONGS[0], min(_LONGS[1], bound * _PER_SECOND[unit])) for bound in _SECONDS)
    outside = pc.fill_null(pc.or_(pc.less(ticks, first), pc.greater_equal(ticks, end)), False)
    rows = pc.indices_nonzero(outside).to_pylist()
    if rows:
        ticks = pc.if_else(outside, pa.scalar(None, pa.int64()), ticks)
    return ticks.cast(pa.timestamp(unit)), dict.fromkeys(rows, _OUTSIDE)


def _zone_of(name: str) -> tzinfo:
    try:
        found: tzinfo = pa.lib.string_to_tzinfo(name)
    except (ValueError, KeyError, OSError):
        return UTC
    return found


def _iso(ticks: int, per_second: int, zone: tzinfo | None) -> str:
    seconds, rest = divmod(ticks, per_second)
    moment = _EPOCH + timedelta(seconds=seconds)
    if zone is not None:
        try:
            moment = moment.replace(tzinfo=UTC).astimezone(zone)
        except (OverflowError, ValueError):
            moment = moment.replace(tzinfo=UTC)
    text = moment.isoformat()
    if not rest:
        return text
    nanoseconds = rest * (10**9 // per_second)
    fraction = f"{nanoseconds:09}" if nanoseconds % 1000 else f"{nanoseconds // 1000:06}"
    return f"{text[:19]}.{fraction}{text[19:]}"


def _check_texts(texts: pa.Array, zone: str, short: int) -> tuple[pa.Array, dict[int, str]]:
    for form, kind, own_zone in ((_NAIVE, _MICROSECONDS, zone), (_ZONED, _UTC, "")):
        if pc.all(pc.match_substring_regex(texts, form)).as_py() is not False:
            try:
                moments = pc.cast(pc.cast(texts, kind), _MICROSECONDS)
            except pa.ArrowInvalid:
                break
            if _is_within(moments):
                return _written(moments, own_zone), {}
            break
    return _check_each(texts, zone, short)


def _is_within(moments: pa.Array) -> bool:
    ends = pc.min_max(moments)
    return bool(pc.and_(pc.greater_equal(ends["min"], _FIRST), pc.less_equal(ends["max"], _LAST)).as_py() is not False)


def _written(moments: pa.Array, zone: str) -> pa.Array:
    """As texts; the session of the COPY reads those without a zone in UTC."""
    texts = pc.cast(moments, pa.string())
    return pc.binary_join_element_wise(texts, zone, "") if zone else texts


def _check_each(texts: pa.Array, zone: str, short: int) -> tuple[pa.Array, dict[int, str]]:
    known: dict[str, str] = {}
    faults: dict[int, str] = {}
    written: list[str | None] = []
    for row, text in enumerate(texts.to_pylist()):
        if text is not None and text not in known:
            try:
                known[text] = _normal(text, zone, short)
            except ValueError as error:
                faults[row] = str(error)
                written.append(None)
                continue
        written.append(None if text is None else known[text])
    return pa.array(written, pa.string()), faults


def _normal(text: str, zone: str, short: int) -> str:
    """The time as PostgreSQL reads it, with its zone. Raises ValueError with the reason why it is none."""
    text = text.strip()
    if short == len(text) and re.fullmatch(r"\d{4}(-\d\d)?", text, re.ASCII):
        text = f"{text}-01-01"[:10]
    found = _TIME.fullmatch(text)
    if not found:
        raise ValueError(_objection(text))
    try:
        moment = datetime.fromisoformat(f"{found['date']} {found['clock'] or '00:00'}:{found['seconds'] or '00'}")
    except ValueError as error:
        raise ValueError("is not a date or time of the calendar") from error
    own = found["zone"]
    if own and own != "Z":
        own = _own_zone(own)
    try:
        moment += timedelta(microseconds=round(Decimal(f"0{found['fraction'] or ''}") * 10**6))
    except OverflowError as error:
        raise ValueError(_OUTSIDE) from error
    return f"{moment.isoformat(' ')}{own or zone}"


def _own_zone(zone: str) -> str:
    digits = zone[1:].replace(":", "").ljust(4, "0")
    hours, minutes = int(digits[:2]), int(digits[2:])
    if minutes > 59:
        raise ValueError("has a zone with over 59 minutes")
    if hours * 60 + minutes > _WIDEST_MINUTES:
        raise ValueError("has a zone beyond 15:59")
    return f"{zone[0]}{hours:02}:{minutes:02}"


def _objection(text: str) -> str:
    if _ENDLESS.fullmatch(text):
        return "is not a time: leave the cell empty"
    if _DOTTED.fullmatch(text):
        return "has its day and month in an order that is not certain: write 2024-01-31"
    return "is not a time: write 2024-01-31 or 2024-01-31 09:30:00, with a zone (+05:00, Z) if need be"


def _zone(minutes: int) -> str:
    if not minutes:
        return ""
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
