"""An in_ table as the target of a file: its columns, their values, and which of them identify a row."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from etl.errors import ConfigurationError
from etl.metadata import Company, names
from etl.metadata.business_object import BusinessObject
from etl.metadata.company import LinkTable
from etl.metadata.field import Field
from etl.metadata.field_types import BOOLEAN, CHOICE, NUMBER, TIMESTAMP, FieldType
from etl.quoting import fold, shown

ENGINE_COLUMNS: Final = frozenset(
    {"id", "in_status", "occupied_id", "occupied_at", "inserted_date", "uploaded", "out_file_id"}
)
"""Columns of in_ tables that the database or a run fills."""


class CellType(Enum):
    TEXT = auto()
    NUMBER = auto()
    TIME = auto()
    BOOL = auto()
    BYTES = auto()


@dataclass(frozen=True)
class InColumn:
    """A column that a file may fill. `max_length` in characters, `zone_minutes` east of UTC.

    `short`: a year (4) or a year and month (7 characters) is a whole value.
    """

    name: str
    kind: CellType
    max_length: int | None = None
    zone_minutes: int = 0
    short: int = 0

    @property
    def keeps_empty(self) -> bool:
        """Whether an empty text is a value of its own; in all other columns it is null."""
        return self.kind is CellType.TEXT and self.max_length is None


@dataclass(frozen=True)
class InTable:
    """An in_ table as a file sees it. A row needs one of `any_of` and all of `all_of`; `key` is unique.

    `reset`: what a row becomes again when a file brings it once more.
    """

    name: str
    columns: tuple[InColumn, ...]
    key: tuple[str, ...]
    reset: tuple[tuple[str, str], ...]
    any_of: tuple[str, ...] = ()
    all_of: tuple[str, ...] = ()

    def column(self, name: str) -> InColumn | None:
        """The column of a name, however its letters are written."""
        return next((column for column in self.columns if fold(column.name) == fold(name)), None)


def in_tables(company: Company) -> dict[str, InTable]:
    """Every table that files can fill, by folded name, in metadata order."""
    found = [_object_table(bo) for bo in company.objects if bo.has_in_table]
    found += [_link_table(link) for link in company.in_link_tables()]
    found.append(_file_storage())
    return {fold(table.name): table for table in found}


def find_table(tables: dict[str, InTable], name: str) -> InTable:
    """The table of a name, with or without `in_`. Raises ConfigurationError with a suggestion and the list."""
    table = tables.get(fold(name)) or tables.get(fold(names.in_table(name)))
    if table is None:
        known = [one.name for one in tables.values()]
        raise ConfigurationError(
            f"{shown(name)} is not an in_ table{suggestion(name, known)}; tables: {', '.join(known)}"
        )
    return table


def suggestion(name: str, known: Iterable[str]) -> str:
    """`, did you mean X?` where one of the known names is near."""
    folded = {fold(one): one for one in known}
    near = difflib.get_close_matches(fold(name), folded, n=1, cutoff=0.6)
    return f", did you mean {folded[near[0]]}?" if near else ""


def _object_table(bo: BusinessObject) -> InTable:
    columns = (
        InColumn("in_id", CellType.TEXT, 100),
        InColumn("out_id", CellType.TEXT, 32),
        InColumn("removed", CellType.BOOL),
        *(field_column(field) for field in bo.loaded_fields),
    )
    reset = (("in_status", "''"), ("removed", "false"))
    return InTable(names.in_table(bo.code), columns, ("in_id",), reset, any_of=("in_id", "out_id"))


def _link_table(link: LinkTable) -> InTable:
    ends = (link.owner_column, link.target_column)
    columns = (*(InColumn(end, CellType.TEXT, 100) for end in ends), InColumn("removed", CellType.BOOL))
    return InTable(link.name, columns, ends, (("in_status", "''"), ("removed", "false")), all_of=ends)


def _file_storage() -> InTable:
    columns = (
        InColumn("file_id", CellType.TEXT, 32),
        InColumn("file_name", CellType.TEXT, 300),
        InColumn("mime_type", CellType.TEXT, 100),
        InColumn("content", CellType.BYTES),
    )
    return InTable(names.FILE_STORAGE, columns, ("file_id",), (("uploaded", "false"),), all_of=("file_id",))


def field_column(field: Field) -> InColumn:
    """The column of a field that has a type in SQL."""
    match field.sql_type:
        case str() if field.sql_type == NUMBER:
            return InColumn(field.code, CellType.NUMBER)
        case str() if field.sql_type == BOOLEAN:
            return InColumn(field.code, CellType.BOOL)
        case str() if field.sql_type == TIMESTAMP:
            short = {FieldType.YEAR: 4, FieldType.YEAR_AND_MONTH: 7}.get(field.type, 0)
            return InColumn(
                field.code, CellType.TIME, zone_minutes=field.in_migration_timezone_minutes or 0, short=short
            )
        case str() if field.sql_type == CHOICE:
            return InColumn(field.code, CellType.TEXT, 32)
        case _:
            return InColumn(field.code, CellType.TEXT)
