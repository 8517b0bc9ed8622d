"""Values of records as PostgreSQL reads them: the text of `apiValue`, checked and rewritten for the column's type.

What is no value of the type is a fault here, as one such text would end the COPY of a whole batch. What depends on
other rows (options, dictionaries, files) or on settings (sizes, structured kinds) is checked by the merge.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache, lru_cache
from typing import Final

from etl.metadata.field import Field
from etl.metadata.field_types import BOOLEAN, CHOICE, NUMBER, TIMESTAMP

_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?0*[0-9]{1,5})?", re.ASCII)
_PLAIN: Final = re.compile(r"[+-]?[0-9]{1,19}(?:\.[0-9]{1,4})?", re.ASCII)
_is_plain: Final = _PLAIN.fullmatch
_BOUND: Final = Decimal(10) ** 20
_STEP: Final = Decimal("0.0001")
_ROUNDING: Final = Context(prec=60, rounding=ROUND_HALF_UP)  # as numeric does it: half away from zero
_CHOICE_LENGTH: Final = 32
_MAX_DIGITS: Final = 1000
# ISO 8601 as the platform writes it. Zones are those of PostgreSQL, within 15:59; Python takes wider ones.
_TIME: Final = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,6}(?P<nanoseconds>\d{0,3}))?)?"
    r"(?:Z|[+-](?:0\d|1[0-5])(?::?[0-5]\d)?|(?P<wide>[+-][\d:]+))?)?",
    re.ASCII,
)


def reader_of(field: Field) -> Callable[[str], str | None]:
    """The function that reads texts of the field: returns what COPY writes into its column, None to clear it.

    It raises ValueError with the reason, as the end of a sentence that begins with the value.
    """
    if field.sql_type == TIMESTAMP:
        minutes = field.in_migration_timezone_minutes or 0
        return _time_reader(timezone(timedelta(minutes=minutes)))
    return _READERS.get(field.sql_type or "", read_text)


def read_text(text: str) -> str:
    """A text as the store can hold it."""
    if "\x00" in text:
        raise ValueError("has the character NUL, which no text of the store can hold")
    return text


def _choice(text: str) -> str | None:
    if len(text) > _CHOICE_LENGTH:
        raise ValueError(f"is longer than {_CHOICE_LENGTH} characters, so it is no code and no id")
    return read_text(text) or None


class _Booleans(dict[str, str | None]):
    """What is written nearly always is looked up."""

    def __missing__(self, text: str) -> str | None:
        found = super().get(text.strip().lower())
        if found is None and text:
            raise ValueError("is neither true nor false")
        return found


_boolean: Final = _Booleans({"true": "t", "false": "f"}).__getitem__


def _number(text: str) -> str | None:
    if _is_plain(text):
        return text
    text = text.strip()
    if not text:
        return None
    if len(text) > _MAX_DIGITS:
        raise ValueError(f"is longer than the {_MAX_DIGITS} characters of a number")
    if not _NUMBER.fullmatch(text):
        raise ValueError("is no number")
    number = Decimal(text)
    # A number far beyond the bound would make a text of as many digits.
    if number and number.adjusted() > 19:
        raise ValueError("is too large: numbers have at most 20 digits before the point")
    held = number.quantize(_STEP, context=_ROUNDING) if number and number.adjusted() > -6 else Decimal(0)
    if abs(held) >= _BOUND:
        raise ValueError("is too large: numbers have at most 20 digits before the point")
    return f"{held:f}"


_READERS: Final[dict[str, Callable[[str], str | None]]] = {NUMBER: _number, BOOLEAN: _boolean, CHOICE: _choice}
# Dates repeat, and are slow to read: those of two centuries are kept.
_DAYS: Final = 73_000
_MOMENTS: Final = 4096
_MAX_TIME: Final = 100
_NO_TIME: Final = "is no date or instant of the years 1 to 9999: write it as 2026-11-28 or 2026-11-28T10:00:00Z"
_MICROSECOND: Final = timedelta(microseconds=1)
_WIDE: Final = "has a zone that is none: they are written from -15:59 to +15:59"
_DATE_LENGTH: Final = len("2024-05-01")


@cache
def _time_reader(zone: timezone) -> Callable[[str], str | None]:
    suffix = datetime(2000, 1, 1, tzinfo=zone).strftime("%z")
    suffix = f"{suffix[:3]}:{suffix[3:]}"
    midnight = f" 00:00{suffix}"

    class Days(dict[str, str | None]):
        """The days that were read before; other times are read each time."""

        def __missing__(self, text: str) -> str | None:
            # The parts of a day are then digits.
            if len(text) == _DATE_LENGTH and text[4] == text[7] == "-":
                try:
                    if 1 < datetime.fromisoformat(text).year < 9999:
                        if len(self) >= _DAYS:
                            self.clear()
                        found = self[text] = text + midnight
                        return found
                except ValueError:
                    pass
            return read_any(text)

    @lru_cache(_MOMENTS)
    def read_any(text: str) -> str | None:
        if len(text) > _MAX_TIME:
            raise ValueError(_NO_TIME)
        # The platform's web client writes the JSON text of an instant, with its quotes.
        plain = text.strip().removeprefix('"').removesuffix('"')
        if not plain:
            return None
        form = _TIME.fullmatch(plain)
        if form and form["wide"]:
            raise ValueError(_WIDE)
        try:
            if not form:
                raise ValueError
            moment = datetime.fromisoformat(plain)
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=zone)
                plain = plain + suffix if len(plain) > _DATE_LENGTH else plain + midnight
            if not 1 < moment.year < 9999:  # else it is none of these years in UTC either
                moment.astimezone(UTC)
                if form["nanoseconds"]:  # the server rounds up
                    (moment + _MICROSECOND).astimezone(UTC)
            return plain.replace(",", ".")
        except (ValueError, OverflowError):
            raise ValueError(_NO_TIME) from None

    return Days().__getitem__
