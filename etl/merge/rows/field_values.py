"""The SQL of each field that a run writes: what its instance gets, and who decides that.

Pure; no I/O. Statements are made from codes that metadata has checked and `identifier` has quoted; options
are bound values.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import count

from etl.merge.rows.given_value import GivenValue, Lookup, given_value
from etl.merge.rows.keeping.holding import Holding, hold
from etl.merge.rows.keeping.ownership import Ownership, own
from etl.merge.rows.value_checks import differ
from etl.merge.rows.value_policy import Owning, ValuePolicy
from etl.metadata.business_object import BusinessObject
from etl.metadata.field import Field
from etl.quoting import fold, identifier, short_name

_AND = "\n            and "


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
    given = given_value(field, policy, number, owning)
    ownership, holding = _keeping(field, given, policy, number, owning)
    result_sql = _result(given, policy)
    for is_held in (kept.is_held for kept in (ownership, holding) if kept):
        result_sql = f"case when {is_held}\n            then g.{given.column} else {result_sql} end"
    fast_value, fast_condition = _fast_value(given.lookup, given.raw_sql, given.input_sql, given.is_bad, policy)
    return FieldValue(
        given.column,
        fold(field.code),
        _of_staged(result_sql, given.column, policy, given.is_given),
        f"case when {given.is_given} then {given.input_sql} end" if given.is_given else given.input_sql,
        is_bad=given.is_bad,
        code_sql=given.code_sql,
        raw_sql=f"cast({given.raw_sql} as text)" if given.code_sql else "",
        lookup=given.lookup,
        skips_bad_value=given.skips_bad_value,
        is_missing_file=given.is_missing_file,
        is_unique=field.is_unique,
        field=field.code,
        fast_value=fast_value,
        fast_condition=fast_condition,
        is_same_value=given.is_same_value,
        same_texts=given.same_texts,
        sets_value=_sets_value(given, policy, holding, ownership),
        ignores_case=field.ignores_case,
        is_given=given.is_given,
        counts_result=policy.gives_some,
        holding=holding,
        ownership=ownership,
    )


def _result(given: GivenValue, policy: ValuePolicy) -> str:
    """What the instance gets where neither a source nor a pin holds its value."""
    column, result = given.column, given.input_sql
    if is_same_value := given.is_same_value:
        # Within the `case`, so that only texts that differ are read as JSON.
        kept = f"case when {is_same_value} then g.{column} else {result} end"
        result = f"case when {result} <> g.{column} then {kept} else {result} end"
    if policy.keeps:
        result = f"coalesce({result}, g.{column})"
    if given.skips_bad_value or given.is_missing_file:
        result = f"case when {given.is_bad or given.is_missing_file} then g.{column} else {result} end"
    return result


def _keeping(
    field: Field, given: GivenValue, policy: ValuePolicy, number: int, owning: Owning
) -> tuple[Ownership | None, Holding | None]:
    """How sources that count more, and pins, hold the value."""
    brings = ["not coalesce(i.removed, false)", given.is_given, given.is_bad and f"not {given.is_bad}"]
    brings.append(f"{given.input_sql} is not null" if policy.keeps else "")
    ownership, holding = None, None
    if owning.sources or owning.time:
        is_brought = _AND.join(filter(None, brings))
        ownership = own(
            number,
            fold(field.code),
            given.column,
            owning.sources,
            policy.family,
            given.input_sql,
            is_brought,
            given.same_texts,
            owning.time,
        )
        brings.append(f"not {ownership.is_held}")
    if pin := policy.pin_of(field):
        holding = hold(pin, given.column, given.input_sql, _AND.join(filter(None, brings)), given.same_texts)
    return ownership, holding


def _sets_value(given: GivenValue, policy: ValuePolicy, holding: Holding | None, ownership: Ownership | None) -> str:
    leaves = (
        given.is_given and f"not ({given.is_given})",
        given.is_missing_file,
        f"({given.is_bad})" if given.skips_bad_value else "",
        f"{given.input_sql} is null" if policy.keeps else "",
        holding.is_held if holding else "",
        ownership.is_held if ownership else "",
    )
    return f"(not ({' or '.join(filter(None, leaves))}))" if any(leaves) else ""


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
