"""The rows of a simulated partner: the same for the same seed."""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from etl.contract.comparing import hash_of_row
from etl.contract.samples import Samples, Value, in_tables, known_links, loads_codes, loads_files
from etl.metadata import Company
from etl.metadata.business_object import BusinessObject
from etl.metadata.company import LinkTable
from etl.metadata.field import Field, OnBadValue
from etl.metadata.field_types import CHOICE_TYPES, Category, FieldType
from etl.quoting import fold

Row = dict[str, Any]

# Room between the values of two versions of a row, and between those of two seeds: unique values stay unique.
_VERSION_STEP: Final = 1_000_000
_SEED_STEP: Final = 100_000_000
# Types of which different rows may have equal values.
_FREE_TYPES: Final = frozenset(
    {FieldType.INPUT_TEXT, FieldType.TEXTAREA, FieldType.INPUT_NUMBER, FieldType.LINK}
    | {FieldType.INPUT_EMAIL, FieldType.INPUT_PHONE, FieldType.INPUT_TEXT_LANG, FieldType.TEXTAREA_LANG}
)
_BROKEN: Final = "{"
_STRUCTURED: Final = frozenset(
    {FieldType.PERIOD, FieldType.PERIOD_TIME, FieldType.CHECKLIST, FieldType.QUESTIONNAIRE}
    | {FieldType.PROGRESS_BAR, FieldType.GEO_POINT}
)


@dataclass
class Warehouse:
    """The partner's data, and how many rows have been given. Numbers of rows begin with 1."""

    company: Company
    seed: int
    given: dict[str, int] = field(default_factory=dict)
    versions: dict[tuple[str, int], int] = field(default_factory=dict)
    removed: set[tuple[str, int]] = field(default_factory=set)
    late: set[str] = field(default_factory=set)
    files: int = 0
    linked: dict[str, dict[tuple[int, int], None]] = field(default_factory=dict)

    @property
    def samples(self) -> Samples:
        """Samples whose ids contain the simulator's prefix and the seed."""
        return Samples(self.company, f"sim{self.seed}")

    @property
    def objects(self) -> list[BusinessObject]:
        """Dictionaries first: the dropdowns of others name their rows."""
        return sorted(in_tables(self.company), key=lambda bo: bo.category is not Category.DICTIONARY)

    @property
    def links(self) -> list[LinkTable]:
        """The link tables both of whose ends are the partner's."""
        return known_links(self.company)

    def new_files(self, count: int) -> list[Row]:
        """Further files, where any table names some."""
        if not loads_files(self.company):
            return []
        first, self.files = self.files + 1, self.files + count
        return [_plain(self.samples.file(number)) for number in range(first, first + count)]

    def new_numbers(self, bo: BusinessObject, count: int) -> range:
        first = self.given.get(bo.code, 0) + 1
        self.given[bo.code] = first + count - 1
        return range(first, first + count)

    def present(self, bo: BusinessObject) -> list[int]:
        """The numbers of the rows that were given and not removed."""
        numbers = range(1, self.given.get(bo.code, 0) + 1)
        return [number for number in numbers if (bo.code, number) not in self.removed]

    def change(self, bo: BusinessObject, number: int) -> None:
        """Gives the row other values from now on."""
        self.versions[bo.code, number] = self.versions.get((bo.code, number), 0) + 1

    def row(self, bo: BusinessObject, number: int) -> Row:
        version = self.versions.get((bo.code, number), 0)
        values = {one.code: self._value(bo, one, number, version) for one in bo.loaded_fields}
        removed = (bo.code, number) in self.removed
        return _plain({"in_id": self.samples.in_id(bo, number), **values, "removed": removed})

    def hash(self, bo: BusinessObject, number: int) -> str:
        """What the row's instance must have in a comparison."""
        version = self.versions.get((bo.code, number), 0)
        return hash_of_row(bo, {one.code: self._value(bo, one, number, version) for one in bo.loaded_fields})

    def link(self, link: LinkTable, owner: int, target: int) -> Row:
        self.linked.setdefault(link.name, {})[owner, target] = None
        return _plain(self.samples.link(link, owner, target))

    def removed_link(self, link: LinkTable, owner: int, target: int) -> Row:
        del self.linked[link.name][owner, target]
        return _plain(self.samples.link(link, owner, target)) | {"removed": True}

    def bad_row(self, bo: BusinessObject, number: int, chance: random.Random) -> Row:
        """A row that a run must reject; that of a table where no value can be bad has no id."""
        row = self.row(bo, number) | {"removed": False}
        faults = list(_bad_values(bo))
        if not faults:
            return row | {"in_id": ""}
        column, value = chance.choice(faults)
        return row | {"in_id": f"{self.samples.prefix}-{fold(bo.code)}-bad-{number}", column: value}

    def _value(self, bo: BusinessObject, one: Field, number: int, version: int) -> Value:
        if one.is_unique and one.type not in _FREE_TYPES:
            return None
        if one.type is FieldType.FILE_UPLOAD:
            return self.samples.file_id(1 + number % self.files) if self.files else None
        if one.type in CHOICE_TYPES and one.dictionary:
            return self._dictionary_code(self.company.object(one.dictionary), number + version)
        is_code = bo.category is Category.DICTIONARY and fold(one.code) == "code"
        step = 0 if is_code else version * _VERSION_STEP
        return self.samples.value(one, number + step + self.seed * _SEED_STEP)

    def _dictionary_code(self, dictionary: BusinessObject, number: int) -> Value:
        """The code of a row that was given; none of a dictionary that another partner fills."""
        given = self.given.get(dictionary.code, 0)
        if not given or not loads_codes(dictionary):
            return None
        code = self.row(dictionary, 1 + number % given)["code"]
        return str(code)


def refused_columns(bo: BusinessObject) -> Iterator[str]:
    """Columns whose type PostgreSQL checks: other texts are refused at once."""
    return (
        one.code for one in bo.loaded_fields if one.type in (FieldType.INPUT_NUMBER, FieldType.CHECKBOX) or one.is_date
    )


def rows_json(rows: Sequence[Row]) -> str:
    """Rows for a statement that unfolds them."""
    return json.dumps([{fold(column): value for column, value in row.items()} for row in rows], ensure_ascii=False)


def _bad_values(bo: BusinessObject) -> Iterator[tuple[str, str]]:
    for one in bo.loaded_fields:
        if one.on_bad_value is OnBadValue.SKIP_VALUE:
            continue
        if one.type is FieldType.INPUT_NUMBER:
            yield one.code, "NaN"
        elif one.type in CHOICE_TYPES:
            yield one.code, "no such option"
        elif one.type in _STRUCTURED:
            yield one.code, _BROKEN


def _plain(row: dict[str, Value]) -> Row:
    return {column: _json_value(value) for column, value in row.items()}


def _json_value(value: Value) -> Any:
    match value:
        case bytes():
            return "\\x" + value.hex()
        case datetime():
            return value.isoformat()
        case Decimal():
            return str(value)
        case _:
            return value
