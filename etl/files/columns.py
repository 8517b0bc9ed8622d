"""Columns of out_ tables: their types in PostgreSQL, in Arrow, and how a SELECT writes them. Pure; no I/O."""

import re
from dataclasses import dataclass, replace
from typing import Final

import pyarrow as pa

from etl.errors import EnvironmentFault
from etl.quoting import identifier, spreadsheet_text

TIME: Final = "timestamp with time zone"
_TYPES: Final = {
    "bigint": pa.int64(),
    "integer": pa.int32(),
    "smallint": pa.int16(),
    "boolean": pa.bool_(),
    "text": pa.string(),
    "date": pa.date32(),
    TIME: pa.timestamp("us", "UTC"),
}
_NUMERIC: Final = re.compile(r"numeric\((\d+),(\d+)\)")
_VARCHAR: Final = re.compile(r"character varying(\(\d+\))?")
_YEARS: Final = "between timestamp with time zone '0001-01-01 00:00+00' and '9999-12-31 23:59:59.999999+00'"


@dataclass(frozen=True)
class ExportColumn:
    """A column as it is read. `unfit`: the SQL of the condition under which no typed file holds the value."""

    name: str
    type: str
    sql: str
    arrow: pa.DataType
    unfit: str = ""

    @property
    def without_unfit(self) -> "ExportColumn":
        """The column with null instead of values that do not fit."""
        return replace(self, sql=f"case when not ({self.unfit}) then {self.sql} end") if self.unfit else self

    @property
    def for_spreadsheets(self) -> "ExportColumn":
        """The column with an apostrophe before texts that a spreadsheet would calculate."""
        return replace(self, sql=spreadsheet_text(self.sql)) if self.arrow == pa.string() else self


def out_column(name: str, sql_type: str) -> ExportColumn:
    """The column of a catalog's entry. Raises EnvironmentFault for a type that no out_ table of ours has."""
    sql = identifier(name)
    if sql_type == TIME:
        return ExportColumn(name, sql_type, sql, _TYPES[TIME], f"{sql} is not null and not ({sql} {_YEARS})")
    if numeric := _NUMERIC.fullmatch(sql_type):
        kind = pa.decimal128(int(numeric[1]), int(numeric[2]))
        return ExportColumn(name, sql_type, sql, kind, f"{sql} is not distinct from 'NaN'")
    if _VARCHAR.fullmatch(sql_type):
        return ExportColumn(name, sql_type, sql, pa.string())
    if sql_type not in _TYPES:
        raise EnvironmentFault(f"column {name} has the type {sql_type}, which no out_ table of etl has")
    return ExportColumn(name, sql_type, sql, _TYPES[sql_type])


def month_of(column: ExportColumn) -> ExportColumn:
    """The column's month in UTC as a text `2024-01`, to partition by."""
    sql = f"to_char({column.sql} at time zone 'UTC', 'YYYY-MM')"
    return ExportColumn(f"{column.name}_month", "text", sql, pa.string())
