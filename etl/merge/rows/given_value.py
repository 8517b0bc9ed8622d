"""The SQL of what a row says of a loaded field: its value, its fault, and its look-up."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from etl.merge.rows.value_checks import check, holds_json, same_json
from etl.merge.rows.value_policy import Owning, ValuePolicy
from etl.metadata import names
from etl.metadata.field import Field, OnBadValue, option_values
from etl.metadata.field_types import CHOICE_TYPES, FieldType
from etl.quoting import identifier

# Beyond these, truncating or shifting could leave PostgreSQL's calendar (4713 BC to 294276) and stop the run: infinity
# and the outermost years stay unchanged.
_FIRST_CUT = "timestamp with time zone '4711-01-01 00:00+00 BC'"
_LAST_CUT = "timestamp with time zone '294276-01-01 00:00+00'"
# The unit to which a date without a time of day is truncated, in the zone of `inMigrationTimezoneMinutes`.
_DATE_PARTS = {FieldType.DATE: "day", FieldType.YEAR_AND_MONTH: "month", FieldType.YEAR: "year"}


@dataclass(frozen=True)
class Lookup:
    """The values that a field may name; `alias` is joined to the in_ row. `options` is JSON of a field's own
    list; else the rows of `dictionary`; else the files."""

    column: str
    alias: str
    options: str = ""
    dictionary: str = ""


@dataclass(frozen=True)
class GivenValue:
    """SQL of what a row `i` says of a field.

    `raw_sql` is its column, `input_sql` the value as it is read, `code_sql` the error of a bad one. Conditions:
    `is_bad`; `is_given`, the row has the field ("" if each has it); `is_missing_file`, its file has not arrived.
    `same_texts` writes the condition that two texts are one value, None but for JSON.
    """

    column: str
    raw_sql: str
    input_sql: str
    lookup: Lookup | None
    code_sql: str
    is_bad: str
    is_given: str
    is_missing_file: str
    skips_bad_value: bool
    same_texts: Callable[[str, str], str] | None

    @property
    def is_same_value(self) -> str:
        """The condition that the golden row `g` has the same value, in another spelling; "" without such."""
        return self.same_texts(f"g.{self.column}", self.input_sql) if self.same_texts else ""


def given_value(field: Field, policy: ValuePolicy, number: int, owning: Owning) -> GivenValue:
    """Of the loaded field of this number."""
    column = identifier(field.code)
    raw_sql = f"i.{column}"
    lookup = _lookup(field, column, f"lookup_{number}")
    input_sql = f"{lookup.alias}.stored" if lookup else _read(field, raw_sql)
    if field.is_unique and field.sql_type == "text":
        input_sql = f"nullif({input_sql}, '')"  # an empty text identifies no instance
    code, is_bad = check(field, raw_sql, f"{lookup.alias}.stored" if lookup else "", policy.store_schema)
    if owning.is_time:
        code, is_bad = "'SOURCE_TIME_AHEAD'", f"coalesce({raw_sql} > :latest_time, false)"
    is_missing_file = f"({raw_sql} is not null and {input_sql} is null)" if field.type is FieldType.FILE_UPLOAD else ""
    is_given = policy.given(field, number)
    if is_given:
        is_bad, is_missing_file = (one and f"({is_given} and {one})" for one in (is_bad, is_missing_file))
    return GivenValue(
        column,
        raw_sql,
        input_sql,
        lookup,
        code,
        is_bad,
        is_given,
        is_missing_file,
        skips_bad_value=field.on_bad_value is OnBadValue.SKIP_VALUE and bool(is_bad),
        same_texts=partial(same_json, field, policy.store_schema) if holds_json(field) else None,
    )


def _lookup(field: Field, column: str, alias: str) -> Lookup | None:
    if field.type is FieldType.FILE_UPLOAD:
        return Lookup(column, alias)
    if field.type in CHOICE_TYPES and field.dictionary:
        return Lookup(column, alias, dictionary=names.store_table(field.dictionary))
    if field.type in CHOICE_TYPES:
        return Lookup(column, alias, options=json.dumps(list(option_values(field)), ensure_ascii=False))
    return None


def _read(field: Field, raw_sql: str) -> str:
    part = _DATE_PARTS.get(field.type)
    minutes = field.in_migration_timezone_minutes
    if part is None or minutes is None:
        return raw_sql
    # The local date in that zone, stored as its midnight in UTC.
    local = f"({raw_sql} at time zone 'UTC' + make_interval(mins => {minutes}))"
    cut = f"date_trunc('{part}', {local}) at time zone 'UTC'"
    return f"case when {raw_sql} between {_FIRST_CUT} and {_LAST_CUT} then {cut} else {raw_sql} end"
