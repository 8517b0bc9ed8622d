"""The tables that can be adopted, each a file of the name that it has in the existing installation. Pure; no I/O."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import partial
from typing import Final

from etl.files import CellType, InColumn, InTable, field_column
from etl.metadata import Company, names
from etl.metadata.business_object import BusinessObject
from etl.metadata.company import LinkTable
from etl.metadata.field import Field
from etl.metadata.field_types import Category, FieldType
from etl.quoting import fold

REFERENCES: Final = "boi_reference"
_ID: Final = 16
_IN_ID: Final = 100
_CODE: Final = 63

# Column of an out_ table -> column of the golden table. What an out_ table has for itself is passed over.
NATIVES: Final = {
    "system_created_at": "_created_at",
    "system_creator_fio": "_created_by",
    "LAST_MODIFIED_AT": "_modified_at",
    "LAST_MODIFIED_BY": "_modified_by",
    "IN_MIGRATION_UPDATED_AT": "_in_migrated_at",
}
_PASSED_OVER: Final = ("id", "inserted_at", "updated_at")
_PASSED_OVER_NATIVES: Final = ("CREATED_AT", "CREATED_BY", "OPEN_COUNT")


class AdoptionStep(IntEnum):
    """The order in which tables are adopted: a link needs its ends, a field its file."""

    FILES = 1
    INSTANCES = 2
    IDS = 3
    LINKS = 4
    REFERENCES = 5


@dataclass(frozen=True)
class AdoptedLayout:
    """A table of the existing installation. `bo`: whose instances, ids or links it has; `links`: the link tables of
    its field, one a member."""

    step: AdoptionStep
    table: InTable
    bo: BusinessObject | None = None
    links: tuple[LinkTable, ...] = ()

    @property
    def name(self) -> str:
        return self.table.name

    @property
    def object(self) -> BusinessObject:
        """Raises ValueError for a table that is of no one object."""
        if self.bo is None:
            raise ValueError(f"{self.name} is of no one object")
        return self.bo

    @property
    def owner(self) -> str:
        return self.table.columns[0].name

    @property
    def target(self) -> str:
        return self.table.columns[1].name

    @property
    def member(self) -> str:
        """The column with the code of the target's object; "" where only one is possible."""
        return next((one.name for one in self.table.columns[2:3] if one.max_length == _CODE), "")


def layouts(company: Company) -> dict[str, AdoptedLayout]:
    """Every table that can be adopted, by folded name, in the order in which they are."""
    objects = [bo for bo in company.objects if bo.carries_data]
    dictionaries_first = sorted(objects, key=lambda bo: bo.category is not Category.DICTIONARY)
    found = [_files(), *map(_instances, dictionaries_first), *map(_ids, objects), *_links(company), _references()]
    # An object may be called as another table is: it counts.
    return {fold(one.name): one for one in sorted(found, key=lambda one: one.step is AdoptionStep.INSTANCES)}


_text = partial(InColumn, kind=CellType.TEXT)


def _table(name: str, columns: list[InColumn], all_of: tuple[str, ...]) -> InTable:
    return InTable(name, tuple(columns), (), (), all_of=all_of)


def _files() -> AdoptedLayout:
    columns = [
        _text("file_id", max_length=32),
        _text("out_file_id", max_length=_ID),
        _text("file_name", max_length=300),
        _text("mime_type", max_length=100),
        InColumn("content", CellType.BYTES),
        InColumn("uploaded", CellType.BOOL),
        _text("out_id"),
    ]
    return AdoptedLayout(AdoptionStep.FILES, _table(names.FILE_STORAGE, columns, ()))


def _instances(bo: BusinessObject) -> AdoptedLayout:
    own = [field_column(field) for field in bo.stored_fields]
    taken = {fold(column.name) for column in own}
    columns = [
        _text("system_id", max_length=_ID),
        _text("in_id", max_length=_IN_ID),
        _text("system_state", max_length=8),
        *(_native(name) for name in NATIVES if fold(name) not in taken),
        *own,
        *(_text(name) for name in (*_PASSED_OVER, *_PASSED_OVER_NATIVES) if fold(name) not in taken),
    ]
    return AdoptedLayout(AdoptionStep.INSTANCES, _table(names.out_table(bo.code), columns, ("system_id",)), bo)


def _native(name: str) -> InColumn:
    return InColumn(name, CellType.TIME) if name.upper().endswith("_AT") else _text(name, max_length=100)


def _ids(bo: BusinessObject) -> AdoptedLayout:
    columns = [_text("in_id", max_length=_IN_ID), _text("out_id", max_length=_ID)]
    return AdoptedLayout(AdoptionStep.IDS, _table(names.in_table(bo.code), columns, ("in_id", "out_id")), bo)


def _links(company: Company) -> Iterator[AdoptedLayout]:
    tables: dict[tuple[str, str], list[LinkTable]] = {}
    for link in company.link_tables():
        tables.setdefault((link.bo.code, link.field.code), []).append(link)
    for found in tables.values():
        yield _link(found[0].bo, found[0].field, tuple(found))


def _link(bo: BusinessObject, field: Field, tables: tuple[LinkTable, ...]) -> AdoptedLayout:
    owner, target = names.link_columns(bo.code, field.code)
    ends = [_text(owner, max_length=_ID), _text(target, max_length=_ID)]
    if field.type is FieldType.CO:
        ends.append(_text(f"{field.code}_bo", max_length=_CODE))
    columns = [*ends, _text("inserted_at")]
    name = names.out_link_table(bo.code, field.code)
    return AdoptedLayout(AdoptionStep.LINKS, _table(name, columns, tuple(one.name for one in ends)), bo, tables)


def _references() -> AdoptedLayout:
    columns = [
        _text("bo_code", max_length=_CODE),
        _text("field_code", max_length=_CODE),
        _text("in_id", max_length=_IN_ID),
        _text("boi_id", max_length=_ID),
        _text("target_bo_code", max_length=_CODE),
        _text("target_field", max_length=_CODE),
        _text("target_in_id"),
        InColumn("waiting_since", CellType.TIME),
        _text("linked_at"),
        _text("run_id"),
    ]
    return AdoptedLayout(
        AdoptionStep.REFERENCES, _table(REFERENCES, columns, ("bo_code", "field_code", "target_in_id"))
    )
