"""Times for timestamp with time zone. What names no zone is local time of the field's inMigrationTimezoneMinutes."""

import re
from datetime import datetime
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

_NAIVE: Final = pa.timestamp("us")
_UTC: Final = pa.timestamp("us", "UTC")
_FIRST: Final = pa.scalar(datetime(1, 1, 1), _NAIVE)
_LAST: Final = pa.scalar(datetime(9999, 12, 31, 23, 59, 59, 999_999), _NAIVE)
_TIME: Final = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)"
    r"(?:[T ](?P<clock>\d\d:\d\d)(?::(?P<seconds>\d\d)(?P<fraction>\.\d+)?)?\s?(?P<zone>Z|[+-]\d\d(?::?\d\d)?)?)?",
    re.ASCII,
)
_DOTTED: Final = re.compile(r"\d{1,2}[./]\d{1,2}[./]\d{2,4}.*", re.ASCII)
_ENDLESS: Final = re.compile(r"[+-]?infinity", re.IGNORECASE)
_WIDEST_MINUTES: Final = 15 * 60 + 59  # PostgreSQL's own bound of a zone


def check_times(values: pa.Array, zone_minutes: int, short: int) -> tuple[pa.Array, dict[int, str]]:
    """(texts for COPY, row -> reason). `short`: see InColumn."""
    zone = _zone(zone_minutes)
    if pa.types.is_string(values.type):
        return _check_texts(values, zone, short)
    if pa.types.is_date(values.type):
        values = values.cast(pa.timestamp("s"))
    has_zone = values.type.tz is not None
    moments = pc.cast(values, pa.timestamp("us", values.type.tz), safe=False)
    moments = pc.cast(moments, _NAIVE) if has_zone else moments
    texts = _written(moments, "" if has_zone else zone)
    outside = pc.or_(pc.less(moments, _FIRST), pc.greater(moments, _LAST))
    rows = pc.indices_nonzero(pc.fill_null(outside, False)).to_pylist()
    return texts, dict.fromkeys(rows, "is outside the years 1 to 9999")


def _check_texts(texts: pa.Array, zone: str, short: int) -> tuple[pa.Array, dict[int, str]]:
    try:
        return _written(pc.cast(texts, _NAIVE), zone), {}
    except pa.ArrowInvalid:
        pass
    try:
        moments = pc.cast(pc.cast(texts, _UTC), _NAIVE)
        if _is_within(moments):
            return _written(moments, ""), {}
    except pa.ArrowInvalid:
        pass
    return _check_each(texts, zone, short)


def _is_within(moments: pa.Array) -> bool:
    ends = pc.min_max(moments)
    return bool(pc.and_(pc.greater_equal(ends["min"], _FIRST), pc.less_equal(ends["max"], _LAST)).as_py())


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
        datetime.fromisoformat(f"{found['date']} {found['clock'] or '00:00'}:{found['seconds'] or '00'}")
    except ValueError as error:
        raise ValueError("is no day or no time of the calendar") from error
    own = found["zone"]
    if own and own != "Z" and _minutes(own) > _WIDEST_MINUTES:
        raise ValueError("has a zone beyond 15:59")
    clock = f"{found['clock'] or '00:00'}:{found['seconds'] or '00'}{found['fraction'] or ''}"
    return f"{found['date']} {clock}{own or zone}"


def _minutes(zone: str) -> int:
    digits = zone[1:].replace(":", "").ljust(4, "0")
    return int(digits[:2]) * 60 + int(digits[2:])


def _objection(text: str) -> str:
    if _ENDLESS.fullmatch(text):
        return "is no time: leave the cell empty"
    if _DOTTED.fullmatch(text):
        return "has its day and month in an order that is not certain: write 2024-01-31"
    return "is no time: write 2024-01-31 or 2024-01-31 09:30:00, with a zone (+05:00, Z) if need be"


def _zone(minutes: int) -> str:
    if not minutes:
        return ""
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
