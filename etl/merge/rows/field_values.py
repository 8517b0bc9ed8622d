"""The SQL of each loaded field: its value, its fault, and its look-up.

Pure; no I/O. Statements are made from codes that metadata has checked and `identifier` has quoted; options
are bound values.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import count

from etl.merge.rows.keeping.holding import Holding, hold
from etl.merge.rows.keeping.ownership import Ownership, own
from etl.merge.rows.value_checks import check, differ, holds_json, same_json
from etl.metadata import names
from etl.metadata.business_object import BusinessObject
from etl.metadata.field import Field, OnBadValue, option_values
from etl.metadata.field_types import CHOICE_TYPES, FieldType
from etl.quoting import fold, identifier, short_name
from etl.store import PinnedField

# Beyond these, truncating or shifting could leave PostgreSQL's calendar (4713 BC to 294276) and stop the run: infinity
# and the outermost years stay unchanged.
_FIRST_CUT = "timestamp with time zone '4711-01-01 00:00+00 BC'"
_LAST_CUT = "timestamp with time zone '294276-01-01 00:00+00'"
# The unit to which a date without a time of day is truncated, in the zone of `inMigrationTimezoneMinutes`.
_DATE_PARTS = {FieldType.DATE: "day", FieldType.YEAR_AND_MONTH: "month", FieldType.YEAR: "year"}


_AND = "\n            and "


@dataclass(frozen=True)
class ValuePolicy:
    """The rules for the values of a whole run.

    `gives_some`, `is_staged`, `always_given`: as in `Source`. With `gives_some` a null that is given clears the field,
    whatever `keep_on_null` says. `pinned`: the fields of the object that are pinned in some instances. `family`: the
    kind of source, as `sources` of the metadata name it; "" where these do not count.
    """

    store_schema: str
    keep_on_null: bool
    gives_some: bool = False
    is_staged: bool = False
    always_given: frozenset[str] = frozenset()
    pinned: tuple[PinnedField, ...] = ()
    family: str = ""

    @property
    def keeps(self) -> bool:
        """Whether a null keeps the value that the store has."""
        return self.keep_on_null and not self.gives_some

    def given(self, field: Field, number: int) -> str:
        """SQL of the condition that the row gives the loaded field of this number; "" if every row does."""
        return f"get_bit(i._given, {number}) = 1" if self.gives_some and field.code not in self.always_given else ""

    def pin_of(self, field: Field) -> PinnedField | None:
        """What is known of the pins of a field; None without any."""
        return next((one for one in self.pinned if one.field == fold(field.code)), None)


@dataclass(frozen=True)
class Owning:
    """Whose value of a field counts: `sources` in their order, and `time`, SQL of that of the row. `is_time`: the field
    is the time itself."""

    sources: Sequence[str] = ()
    time: str = ""
    is_time: bool = False


@dataclass(frozen=True)
class Lookup:
    """The values that a field may name; `alias` is joined to the in_ row. `options` is JSON of a field's own
    list; else the rows of `dictionary`; else the files."""

    column: str
    alias: str
    options: str = ""
    dictionary: str = ""


@dataclass(frozen=True)
class FieldValue:
    """A column of the golden table, in SQL: `i` is the in_ row, `g` the golden row (null for a new one).

    `input_sql` is what the row says, `result_sql` what the instance gets, which may fall back on g, and `raw_sql`
    what err shows of a bad value, under the code of `code_sql`. Conditions: `is_bad`; `is_missing_file`, the
    field's file has not arrived; `is_given`, the row has the field; `sets_value`, the row decides the value and
    does not leave it to g; the last two are "" where they always hold. Without `is_given`, `input_sql` is null and
    `is_bad` false.

    `fast_value` is the value of most rows, read from i alone; it holds where `fast_condition` does, and then the
    value is good. None: only a look-up knows the value. `is_same_value`: two texts that differ are one value, as
    JSON is in another spelling: g keeps its own then; `same_texts` writes it of any two texts, None where the kind
    holds no JSON.

    `holding`: how pins hold the value, None where the field is pinned in no instance. `ownership`: how sources that
    count more do, None where the last writer wins.

    `column` is SQL text, `name` the column as the catalog has it, `field` the code as the metadata writes it,
    `short` the name as columns of a stage end with it. `bad_at` and `sets_value_at` are positions in the arrays
    _bad and _sets_value, from 1. `is_system`: a row of a system object needs at least one such value; with
    `counts_result` that of the instance counts, not the row's own.
    """

    column: str
    name: str
    result_sql: str
    input_sql: str
    is_bad: str = ""
    code_sql: str = ""
    raw_sql: str = ""
    lookup: Lookup | None = None
    skips_bad_value: bool = False
    is_missing_file: str = ""
    is_unique: bool = False
    is_key: bool = False
    is_system: bool = False
    field: str = ""
    fast_value: str | None = None
    fast_condition: str = ""
    is_same_value: str = ""
    same_texts: Callable[[str, str], str] | None = None
    sets_value: str = ""
    ignores_case: bool = False
    short: str = ""
    bad_at: int = 0
    sets_value_at: int = 0
    is_given: str = ""
    counts_result: bool = False
    holding: Holding | None = None
    ownership: Ownership | None = None

    def differ(self, one: str, other: str) -> str:
        """SQL of the condition that two values of the field, null included, are different values."""
        return differ(one, other, self.same_texts)

    def compared(self, value: str) -> str:
        """SQL of the form in which a value is compared with those of other instances."""
        return f"lower({value})" if self.ignores_case else value

    @property
    def is_missing(self) -> str:
        """The condition under which there is no good value: in the row, or with `counts_result` in the instance."""
        value = self.result_sql if self.counts_result else self.input_sql
        return f"({value} is null or {self.is_bad})" if self.is_bad else f"({value} is null)"


def field_values(business_object: BusinessObject, policy: ValuePolicy) -> tuple[FieldValue, ...]:
    """One FieldValue per column that a run writes: the loaded fields, and the key field, whose value is in_id."""
    system = {field.code for field in business_object.loaded_system_fields}
    owning = [_owning(business_object, field, policy) for field in business_object.loaded_fields]
    values = [
        replace(_field_value(field, policy, number, one), is_system=field.code in system)
        for number, (field, one) in enumerate(zip(business_object.loaded_fields, owning, strict=True))
    ]
    if business_object.key_field is not None:
        column = identifier(business_object.key_field.code)
        input_sql = "nullif(i.in_id, '')"
        name = fold(business_object.key_field.code)
        value = _of_staged(f"coalesce({input_sql}, g.{column})", column, policy)
        is_system = business_object.key_field.code in system
        values.append(
            FieldValue(
                column,
                name,
                value,
                input_sql,
                is_unique=True,
                is_key=True,
                is_system=is_system,
                sets_value=f"({input_sql} is not null)",
                ignores_case=business_object.key_field.ignores_case,
                field=business_object.key_field.code,
                counts_result=policy.gives_some,
            )
        )
    return tuple(_numbered(values))


def _owning(bo: BusinessObject, field: Field, policy: ValuePolicy) -> Owning:
    time = bo.time_field
    is_time = field is time
    if not policy.family or not bo.is_owned(field):
        return Owning(is_time=is_time)
    return Owning(bo.sources_of(field), f"i.{identifier(time.code)}" if time else "", is_time)


def _numbered(values: list[FieldValue]) -> Iterator[FieldValue]:
    bad, sets_value = count(1), count(1)
    for number, value in enumerate(values):
        yield replace(
            value,
            short=short_name(value.name, number),
            bad_at=next(bad) if value.is_bad else 0,
            sets_value_at=next(sets_value) if value.sets_value else 0,
        )


def _field_value(field: Field, policy: ValuePolicy, number: int, owning: Owning) -> FieldValue:
    column = identifier(field.code)
    raw_sql = f"i.{column}"
    lookup = _lookup(field, column, f"lookup_{number}")
    input_sql = f"{lookup.alias}.stored" if lookup else _read(field, raw_sql)
    if field.is_unique and field.sql_type == "text":
        input_sql = f"nullif({input_sql}, '')"  # an empty text identifies no instance
    code, is_bad = check(field, raw_sql, f"{lookup.alias}.stored" if lookup else "", policy.store_schema)
    if owning.is_time:
        code, is_bad = "'SOURCE_TIME_AHEAD'", f"coalesce({raw_sql} > :latest_time, false)"
    is_given = policy.given(field, number)
    if is_given:
        is_bad = is_bad and f"({is_given} and {is_bad})"
    same_texts = partial(same_json, field, policy.store_schema) if holds_json(field) else None
    is_same_value = same_texts(f"g.{column}", input_sql) if same_texts else ""
    value = input_sql
    if is_same_value:
        # Within the `case`, so that only texts that differ are read as JSON.
        kept = f"case when {is_same_value} then g.{column} else {input_sql} end"
        value = f"case when {input_sql} <> g.{column} then {kept} else {input_sql} end"
    if policy.keeps:
        value = f"coalesce({value}, g.{column})"
    fast_value, fast_condition = _fast_value(lookup, raw_sql, input_sql, is_bad, policy)
    skips_bad_value = field.on_bad_value is OnBadValue.SKIP_VALUE and bool(is_bad)
    is_missing_file = f"({raw_sql} is not null and {input_sql} is null)" if field.type is FieldType.FILE_UPLOAD else ""
    if is_missing_file and is_given:
        is_missing_file = f"({is_given} and {is_missing_file})"
    if skips_bad_value or is_missing_file:
        value = f"case when {is_bad or is_missing_file} then g.{column} else {value} end"
    brings = ["not coalesce(i.removed, false)", is_given, is_bad and f"not {is_bad}"]
    brings.append(f"{input_sql} is not null" if policy.keeps else "")
    holding, ownership = None, None
    if owning.sources or owning.time:
        is_brought = _AND.join(filter(None, brings))
        name = fold(field.code)
        ownership = own(
            number, name, column, owning.sources, policy.family, input_sql, is_brought, same_texts, owning.time
        )
        brings.append(f"not {ownership.is_held}")
        value = f"case when {ownership.is_held}\n            then g.{column} else {value} end"
    if pin := policy.pin_of(field):
        holding = hold(pin, column, input_sql, _AND.join(filter(None, brings)), same_texts)
        value = f"case when {holding.is_held}\n            then g.{column} else {value} end"
    value = _of_staged(value, column, policy, is_given)
    leaves = [f"not ({is_given})" if is_given else "", is_missing_file, f"({is_bad})" if skips_bad_value else ""]
    leaves.append(f"{input_sql} is null" if policy.keeps else "")
    leaves.append(holding.is_held if holding else "")
    leaves.append(ownership.is_held if ownership else "")
    sets_value = f"(not ({' or '.join(filter(None, leaves))}))" if any(leaves) else ""
    if is_given:
        input_sql = f"case when {is_given} then {input_sql} end"
    return FieldValue(
        column,
        fold(field.code),
        value,
        input_sql,
        is_bad=is_bad,
        code_sql=code,
        raw_sql=f"cast({raw_sql} as text)" if code else "",
        lookup=lookup,
        skips_bad_value=skips_bad_value,
        is_missing_file=is_missing_file,
        is_unique=field.is_unique,
        field=field.code,
        fast_value=fast_value,
        fast_condition=fast_condition,
        is_same_value=is_same_value,
        same_texts=same_texts,
        sets_value=sets_value,
        ignores_case=field.ignores_case,
        is_given=is_given,
        counts_result=policy.gives_some,
        holding=holding,
        ownership=ownership,
    )


def _of_staged(value: str, column: str, policy: ValuePolicy, is_given: str = "") -> str:
    """The value where the row gives the field and does not remove its instance; else the store's."""
    if not policy.is_staged:
        return value
    counts = "not coalesce(i.removed, false)" + (f" and {is_given}" if is_given else "")
    return f"case when {counts} then {value} else g.{column} end"


def _fast_value(
    lookup: Lookup | None, raw_sql: str, input_sql: str, is_bad: str, policy: ValuePolicy
) -> tuple[str | None, str]:
    """(value, condition) of a row that needs no look-up: a choice is nearly always written as it is stored."""
    if lookup is None:
        return input_sql, f"not {is_bad}" if is_bad else ""
    if lookup.options:
        pairs = f"jsonb_array_elements(cast(:options_{lookup.alias} as jsonb)) pair"
        known = f"select pair ->> 0 from {pairs} where pair ->> 0 = pair ->> 1"  # noqa: S608
    elif lookup.dictionary:
        table = f"{identifier(policy.store_schema)}.{identifier(lookup.dictionary)}"
        known = f"select code from {table} where _state <> 'REMOVED' and char_length(code) <= 32"  # noqa: S608
    else:
        return None, ""
    return raw_sql, f"({raw_sql} is null or {raw_sql} in ({known}))"


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
