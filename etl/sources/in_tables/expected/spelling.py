"""How the values of an instance are written as one text, so that its hash is the same in every database.

The text has the compared fields in the order of the in_ table's columns, with a separator between two. Pure; no I/O.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Final

from etl.merge.rows.value_checks import holds_json
from etl.metadata.business_object import BusinessObject
from etl.metadata.field import Field
from etl.metadata.field_types import BOOLEAN, NUMBER, FieldType
from etl.quoting import identifier

SEPARATOR: Final = 31
"""The number of the character between two values: the unit separator, which no text has."""
NO_TEXT: Final = ""
"""What stands for a value that is null: the same as for an empty text, since some databases know no difference."""


class Spelling(StrEnum):
    """How a value is written. DAY, MONTH, YEAR: a date without a time of day, in the time zone of its field."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    INSTANT = "instant"


_DATES: Final = {FieldType.DATE: Spelling.DAY, FieldType.YEAR_AND_MONTH: Spelling.MONTH, FieldType.YEAR: Spelling.YEAR}
_FORMATS: Final = {
    Spelling.DAY: "YYYY-MM-DD",
    Spelling.MONTH: "YYYY-MM",
    Spelling.YEAR: "YYYY",
    Spelling.INSTANT: "YYYY-MM-DD HH24:MI:SS.US",
}


def compared_fields(business_object: BusinessObject) -> Iterator[tuple[Field, Spelling]]:
    """The loaded fields that are compared: not files, which the store names by ids of its own, and no structures, whose
    values have many texts."""
    for field in business_object.loaded_fields:
        if field.type is not FieldType.FILE_UPLOAD and not holds_json(field):
            yield field, _spelling(field)


def hash_of_stored(business_object: BusinessObject, alias: str) -> str:
    """SQL of the hash of a golden row, of which `alias` is the name."""
    return _hash([_text(f"{alias}.{identifier(one.code)}", how) for one, how in compared_fields(business_object)])


def hash_of_given(business_object: BusinessObject) -> str:
    """SQL of the hash of a row with the columns of the in_ table; the same as that of its instance once it is
    merged."""
    return _hash([_text(_local(identifier(one.code), one, how), how) for one, how in compared_fields(business_object)])


def _spelling(field: Field) -> Spelling:
    if field.is_date:
        has_zone = field.in_migration_timezone_minutes is not None
        return _DATES.get(field.type, Spelling.INSTANT) if has_zone else Spelling.INSTANT
    return {NUMBER: Spelling.NUMBER, BOOLEAN: Spelling.BOOLEAN}.get(field.sql_type or "", Spelling.TEXT)


def _text(value: str, spelling: Spelling) -> str:
    match spelling:
        case Spelling.TEXT:
            return value
        case Spelling.NUMBER:
            return f"cast({value} as text)"
        case Spelling.BOOLEAN:
            return f"cast(cast({value} as int) as text)"
        case _:
            return f"to_char({value} at time zone 'UTC', '{_FORMATS[spelling]}')"


def _local(value: str, field: Field, spelling: Spelling) -> str:
    """A date as the store keeps it: its midnight in UTC is that of the time zone of the field."""
    minutes = field.in_migration_timezone_minutes
    if spelling is Spelling.INSTANT or not field.is_date or not minutes:
        return value
    return f"({value} + make_interval(mins => {minutes}))"


def _hash(texts: list[str]) -> str:
    listed = ",\n        ".join(texts)
    return f"md5(convert_to(array_to_string(cast(array[{listed}] as text[]), chr({SEPARATOR}), ''), 'UTF8'))"
