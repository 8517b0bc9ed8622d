"""The SQL that checks values: the condition of a bad value, its code in err, and when two texts are one value.

Pure; no I/O.
"""

from collections.abc import Callable, Iterator

from etl.metadata.field import Field
from etl.metadata.field_types import FieldType
from etl.quoting import identifier

# The function of the store's schema that checks a kind's JSON (etl/store/migrations/0000_create.sql).
_SHAPES = {
    FieldType.PERIOD: "period",
    FieldType.PERIOD_TIME: "period",
    FieldType.CHECKLIST: "checklist",
    FieldType.QUESTIONNAIRE: "questionnaire",
    FieldType.PROGRESS_BAR: "progress_bar",
    FieldType.GEO_POINT: "geo_point",
}
_LANGUAGE_TYPES = {FieldType.INPUT_TEXT_LANG, FieldType.TEXTAREA_LANG}
# A text that does not begin a JSON object is a plain text.
_OPENS_OBJECT = "~ '^\\s*[{]'"
_MAX_UNIQUE_BYTES = 2000
SameTexts = Callable[[str, str], str]
"""Writes the SQL of the condition that two texts are one value."""


def check(field: Field, raw: str, found: str, store_schema: str) -> tuple[str, str]:
    """(SQL of the fault's code, condition under which the value has it); empty where any value of the type is good.

    `raw` is the SQL of the value as written, `found` that of the looked-up value ("" without a look-up). The code
    reads only `raw`. No condition is null for any value: null is a good value of every field.
    """
    if field.type is FieldType.FILE_UPLOAD:
        return "", ""  # a missing file may still arrive
    if found:
        return "'OPTION_UNKNOWN'", f"({raw} is not null and {found} is null)"
    if field.type is FieldType.INPUT_NUMBER:
        # The column itself accepts neither infinity nor a number that is too large.
        return "'NUMBER_NOT_FINITE'", f"({raw} is not distinct from 'NaN')"
    if field.sql_type == "text":
        code = f"case {' '.join(_text_arms(field, raw, store_schema))} end"
        return code, f"({code} is not null)"
    return "", ""


def holds_json(field: Field) -> bool:
    """Whether texts of the field are read as JSON, or may be."""
    return field.type in _SHAPES or field.type in _LANGUAGE_TYPES


def same_json(field: Field, store_schema: str, stored: str, written: str) -> str:
    """SQL of the condition that two texts which differ are one JSON value, never null for two texts; of a field that
    holds JSON."""
    same = f"{identifier(store_schema)}.same_json({stored}, {written})"
    if field.type in _LANGUAGE_TYPES:
        # Only objects are compared as JSON, so checking one of the two suffices.
        return f"case when {stored} {_OPENS_OBJECT} then {same} else false end"
    return same


def differ(one: str, other: str, same_texts: SameTexts | None) -> str:
    """SQL of the condition that two values, null included, are different ones; `same_texts` as `same_json`."""
    if same_texts is None:
        return f"{one} is distinct from {other}"
    # Within the `case`, so that only texts that differ are read as JSON.
    changed = f"case when {one} <> {other}\n                then not {same_texts(one, other)}"
    return f"{changed}\n                else {one} is distinct from {other} end"


def _text_arms(field: Field, raw: str, store_schema: str) -> Iterator[str]:
    """The branches of a `case` that gives the code, the cheap ones first; null for a good value."""
    yield f"when octet_length({raw}) > :max_value_bytes then 'VALUE_TOO_LONG'"
    if field.is_unique:
        yield f"when octet_length({raw}) > {_MAX_UNIQUE_BYTES} then 'UNIQUE_TOO_LONG'"  # limit of an index entry
    if field.type in _SHAPES:
        yield f"when {raw} is not null then {identifier(store_schema)}.{_SHAPES[field.type]}_fault({raw})"
    if field.type in _LANGUAGE_TYPES:
        # Most partners have one language and no JSON: a plain text is stored unchanged.
        yield f"when {raw} {_OPENS_OBJECT} then {identifier(store_schema)}.languages_fault({raw})"
