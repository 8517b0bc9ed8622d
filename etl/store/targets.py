"""How links name their targets by a unique field and its value: compared as the field compares its values.

Pure; no I/O.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace

from etl.metadata import names
from etl.metadata.business_object import BusinessObject
from etl.metadata.field import Field, option_values
from etl.metadata.field_types import BOOLEAN, CHOICE_TYPES, NUMBER, TIMESTAMP
from etl.quoting import fold, identifier

_TYPED = {NUMBER: ("numeric", NUMBER), TIMESTAMP: ("time", TIMESTAMP), BOOLEAN: ("bool", BOOLEAN)}


@dataclass(frozen=True)
class TargetField:
    """A unique field of a target. `name` is the column as the catalog has it, `column` its SQL text; `kind` and
    `sql_type` are set where values are no texts; `options` is JSON of [written, stored] of a field's own list, and
    `dictionary` the golden table of the rows that it names."""

    name: str
    column: str
    kind: str = ""
    sql_type: str = ""
    ignores_case: bool = False
    options: str = ""
    dictionary: str = ""

    def found_by(self, row: str, source: str) -> str:
        """SQL of the condition that the golden `row` has the target_value of a `source` row that names this field."""
        column, value = f"{row}.{self.column}", f'{source}.target_value collate "default"'
        if self.ignores_case:
            return f"lower({column}) = {value}"
        if not self.sql_type:
            return f"{column} = {value}"
        # Values of other fields are none of its type.
        typed = f"cast({source}.target_value as {self.sql_type})"
        return f"{column} = case when {source}.target_field = '{self.name}' then {typed} end"

    def compares_as(self, other: "TargetField") -> bool:
        """Whether both fields, of one name, take the same texts for the same values."""
        return replace(self, column="") == replace(other, column="")

    def text(self, row: str) -> str:
        """SQL of a golden row's value as `normal` writes it."""
        column = f"{row}.{self.column}"
        if self.ignores_case:
            return f"lower({column})"
        return f"cast({column} as text)" if self.sql_type else column


def target_fields(business_object: BusinessObject) -> tuple[TargetField, ...]:
    """The unique fields by which links can name instances of the object."""
    return tuple(map(_target_field, business_object.unique_fields))


def mixed_fields(members: Iterable[BusinessObject]) -> frozenset[str]:
    """The names of unique fields that members of a composite have in common and compare in different ways."""
    first: dict[str, TargetField] = {}
    fields = [field for member in members for field in target_fields(member)]
    return frozenset(field.name for field in fields if not first.setdefault(field.name, field).compares_as(field))


def option_values_of(fields: Iterable[TargetField]) -> dict[str, object]:
    """What statements bind for the lists of choices."""
    return {f"options_of_{field.name}": field.options for field in fields if field.options}


def _target_field(field: Field) -> TargetField:
    kind, sql_type = _TYPED.get(field.sql_type or "", ("", ""))
    is_choice = field.type in CHOICE_TYPES
    dictionary = names.store_table(field.dictionary) if is_choice and field.dictionary else ""
    pairs = list(option_values(field)) if is_choice and not dictionary else []
    options = json.dumps(pairs, ensure_ascii=False) if is_choice and not dictionary else ""
    name, column = fold(field.code), identifier(field.code)
    return TargetField(name, column, kind, sql_type, field.ignores_case, options, dictionary)
