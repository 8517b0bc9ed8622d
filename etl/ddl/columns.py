"""The columns of our tables as values, from which the templates of ddl_templates render them.

Those that every table of a kind has stand here.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from etl.errors import ConfigurationError
from etl.metadata.field import Field
from etl.metadata.out_structure import OutColumn
from etl.quoting import fold, identifier

_CATALOG_TYPES: Final = {"bool": "boolean", "bigserial": "bigint", "serial": "integer", "int": "integer"}
# The types that our tables use: of any other it is not known how the catalog would show it.
_TYPES: Final = re.compile(
    r"timestamp with time zone|numeric\((?:24|38),4\)|varchar\(\d+\)|text|bool|date|bytea|int|bigint|serial|bigserial"
)


@dataclass(frozen=True)
class Column:
    """`code` is its name as metadata or the vendor's guide write it, `sql_type` its type as our DDL does, `default` SQL
    text. Raises ConfigurationError for a type that our tables do not use.
    """

    code: str
    sql_type: str
    collation: str = ""
    default: str = ""
    not_null: bool = False
    is_unique: bool = False
    is_primary_key: bool = False

    def __post_init__(self) -> None:
        if not _TYPES.fullmatch(self.sql_type):
            raise ConfigurationError(f"column {self.code}: our tables have no columns of type `{self.sql_type}`")

    @property
    def name(self) -> str:
        """As the catalog has it."""
        return fold(self.code)

    @property
    def written(self) -> str:
        """The name as our DDL writes it: in capitals where the code has them, in quotes where it is a keyword."""
        return identifier(self.code)

    @property
    def catalog_type(self) -> str:
        """The type as the catalog prints it."""
        return _CATALOG_TYPES.get(self.sql_type, self.sql_type.replace("varchar", "character varying"))

    @property
    def collate(self) -> str:
        """The clause of its collation, with a blank before it; empty for the database's."""
        return f' collate "{self.collation}"' if self.collation else ""

    @property
    def definition(self) -> str:
        """The SQL that makes it: a line of a `create table`."""
        return (
            f"{self.written} {self.sql_type}{self.collate}"
            f"{f' default {self.default}' if self.default else ''}"
            f"{' not null' if self.not_null else ''}"
            f"{' unique' if self.is_unique else ''}"
            f"{' primary key' if self.is_primary_key else ''}"
        )


_TIME: Final = "timestamp with time zone"
_NOW: Final = "clock_timestamp()"
_ID: Final = Column("id", "bigserial", is_primary_key=True)

IN_TABLE: Final = (
    _ID,
    Column("in_id", "varchar(100)"),
    Column("out_id", "varchar(32)"),
    Column("inserted_date", _TIME, default=_NOW),
    Column("in_status", "varchar(100)", default="''", not_null=True),
    Column("occupied_id", "bigint"),
    Column("occupied_at", _TIME),
    Column("removed", "bool", default="false"),
)
"""Of each in_ table, before the fields (vendor's guide, For_migration)."""

LINK_REMOVED: Final = Column("removed", "bool", default="false")
"""Of each in_ link table: added after the vendor's own columns."""

FILE_STORAGE: Final = (
    Column("file_id", "varchar(32)", is_primary_key=True),
    Column("out_id", "varchar(32)"),
    Column("file_name", "varchar(300)"),
    Column("mime_type", "varchar(100)"),
    Column("content", "bytea"),
    Column("out_file_id", "varchar(32)"),
    Column("uploaded", "bool", default="false"),
)
"""Of in_fileStorage (vendor's guide)."""

PROCESS_TRACKING: Final = (
    Column("id", "serial", is_primary_key=True),
    Column("oper_date", "date", not_null=True),
    Column("start_load_time", _TIME),
    Column("end_load_time", _TIME),
    Column("load_status", "int", default="0"),
    Column("start_ins_inkafka_time", _TIME),
    Column("end_ins_inkafka_time", _TIME),
    Column("ins_inkafka_status", "int", default="0"),
    Column("occupied_by_process", "bigint", default="0"),
    Column("migrate_cur_date", "date", default="current_date"),
    Column("periodic_update_time", _TIME),
    Column("inserted_at", _TIME, default="current_timestamp"),
)
"""Of the marker (vendor's guide)."""

PROCESS_EXPECTED: Final = (
    Column("id", "serial", is_primary_key=True),
    Column("in_table", "varchar(63)", not_null=True),
    Column("full_set", "bool", default="false"),
    Column("compare", "bool", default="false"),
    Column("rows", "bigint"),
    Column("column_name", "varchar(63)"),
    Column("column_sum", "numeric(38,4)"),
    Column("run", "bigint"),
)
"""What a partner says of a hand-over; ours, not the vendor's. `run` is written by the run alone. A sum may have more
digits than any of its numbers."""

PROCESS_COMPARE: Final = (
    Column("in_table", "varchar(63)", not_null=True),
    Column("in_id", "varchar(100)", not_null=True),
    Column("hash", "varchar(64)", not_null=True),
)
"""What a partner has, to be compared with the store; ours, not the vendor's."""

STORE_TABLE: Final = (
    Column("_id", "varchar(16)", collation="C", is_primary_key=True),
    Column("_in_id", "varchar(100)", collation="C", is_unique=True),
    Column("_state", "varchar(8)", default="'ACTUAL'", not_null=True),
    Column("_created_at", _TIME, not_null=True),
    Column("_created_by", "varchar(100)"),
    Column("_modified_at", _TIME, not_null=True),
    Column("_modified_by", "varchar(100)"),
    Column("_in_migrated_at", _TIME),
)
"""Of each golden table, before the fields. A code begins with a letter and these with an underscore, so they never
meet. Ids compare by byte (collation C): cheaper, and the same on every server."""

STORE_LINK_TABLE: Final = (
    Column("_owner", "varchar(16)", collation="C", not_null=True),
    Column("_target", "varchar(16)", collation="C", not_null=True),
    Column("_target_bo", "varchar(63)", not_null=True),
    Column("_linked_at", _TIME, not_null=True),
)
"""Of each golden link table."""

OUT_TABLE: Final = (
    _ID,
    Column("system_created_at", _TIME),
    Column("system_creator_fio", "varchar(100)"),
    Column("system_id", "varchar(100)", is_unique=True),
    Column("inserted_at", _TIME, default=_NOW),
    Column("updated_at", _TIME),
)
"""Of each out_ table, before the shown fields (vendor's guide, Spouse_work_address)."""


def of_fields(fields: Iterable[Field]) -> tuple[Column, ...]:
    """A column for each field that has a type in SQL."""
    return tuple(Column(field.code, field.sql_type or "") for field in fields)


def of_out_columns(columns: Iterable[OutColumn]) -> tuple[Column, ...]:
    """The columns that a version's table has after the fixed ones."""
    return tuple(Column(column.name, column.type) for column in columns)


def in_link_table(owner: str, target: str) -> tuple[Column, ...]:
    """Of an in_ link table; both ends hold in_id values."""
    return (
        Column(owner, "varchar(100)"),
        Column(target, "varchar(100)"),
        Column("in_status", "varchar(100)", default="''", not_null=True),
        Column("inserted_date", _TIME, default=_NOW),
    )


def out_link_table(owner: str, target: str, target_bo: str | None) -> tuple[Column, ...]:
    """Of an out_ link table; both ends hold system_id values. A CO's table holds ids of several objects, so `target_bo`
    says whose each one is."""
    ends = (owner, target, *([target_bo] if target_bo else []))
    return (*(Column(end, "varchar(100)") for end in ends), Column("inserted_at", _TIME, default=_NOW))
