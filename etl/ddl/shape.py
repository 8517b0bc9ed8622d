"""The columns of a rendered `create table`, parsed from its text: only the templates define them."""

import re
from dataclasses import dataclass
from typing import Final

from etl.errors import ConfigurationError
from etl.quoting import fold

# Our templates write one column a line, so a line is a column or the primary key.
_COLUMN: Final = re.compile(
    r'"?(?P<name>\w+)"? (?P<type>timestamp with time zone|numeric\(24,4\)|varchar\(\d+\)'
    r"|text|bool|date|bytea|int|bigint|serial|bigserial)( .*)?"
)
_CATALOG_TYPES: Final = {"bool": "boolean", "bigserial": "bigint", "serial": "integer", "int": "integer"}


@dataclass(frozen=True)
class Column:
    """A column as the catalog would show it, and the SQL that makes it."""

    name: str
    catalog_type: str
    definition: str


def columns(create_table: str) -> tuple[Column, ...]:
    """The columns of a rendered `create table`, in order; `name` is folded."""
    body = [line.strip().removesuffix(",") for line in create_table.splitlines()[1:-1]]
    return tuple(_column(line) for line in body if not line.startswith("primary key ("))


def added_column(alter_table: str) -> Column:
    """The column of a rendered `alter table … add column if not exists`."""
    return _column(alter_table.rstrip(";").partition(" add column if not exists ")[2])


def _column(line: str) -> Column:
    found = _COLUMN.fullmatch(line)
    if not found:
        raise ConfigurationError(f"a template of ddl_templates writes no column: `{line}`: one column a line")
    sql_type = found["type"].replace("varchar", "character varying")
    return Column(fold(found["name"]), _CATALOG_TYPES.get(sql_type, sql_type), line)
