"""Columns as values: what the catalog calls them, and the SQL that makes them."""

import pytest

from etl.ddl import columns
from etl.ddl.columns import Column
from etl.errors import ConfigurationError
from etl.metadata.field_checks import IN_COLUMNS, OUT_COLUMNS

WRITTEN = {
    Column("_id", "varchar(16)", collation="C", is_primary_key=True): '_id varchar(16) collate "C" primary key',
    Column("_in_id", "varchar(100)", collation="C", is_unique=True): '_in_id varchar(100) collate "C" unique',
    Column("in_status", "varchar(100)", default="''", not_null=True): "in_status varchar(100) default '' not null",
    Column("removed", "bool", default="false"): "removed bool default false",
    Column("User", "bool"): '"user" bool',
    Column("Amount", "numeric(24,4)"): "Amount numeric(24,4)",
    Column("oper_date", "date", not_null=True): "oper_date date not null",
}


@pytest.mark.parametrize(("column", "definition"), WRITTEN.items(), ids=lambda one: getattr(one, "code", ""))
def test_a_column_is_written_as_the_guide_writes_it(column: Column, definition: str) -> None:
    assert column.definition == definition


CATALOG = {
    "bool": "boolean",
    "bigserial": "bigint",
    "serial": "integer",
    "int": "integer",
    "varchar(32)": "character varying(32)",
    "numeric(24,4)": "numeric(24,4)",
    "timestamp with time zone": "timestamp with time zone",
    "bytea": "bytea",
}


@pytest.mark.parametrize(("sql_type", "catalog_type"), CATALOG.items())
def test_the_catalog_has_other_words_for_types(sql_type: str, catalog_type: str) -> None:
    assert Column("X", sql_type).catalog_type == catalog_type


@pytest.mark.parametrize(
    "sql_type", ["", "None", "money", "varchar", "text; drop table x", "timestamp", "varchar(3) x"]
)
def test_a_type_that_our_tables_do_not_use_is_an_error(sql_type: str) -> None:
    with pytest.raises(ConfigurationError, match="our tables have no columns of type"):
        Column("X", sql_type)


def test_no_code_may_be_that_of_a_fixed_column() -> None:
    """The checks of metadata know them: they stand in a lower layer."""
    assert {column.name for column in columns.IN_TABLE} == IN_COLUMNS
    assert {column.name for column in columns.OUT_TABLE} | {"system_state"} == OUT_COLUMNS
    assert all(column.name.startswith("_") for column in (*columns.STORE_TABLE, *columns.STORE_LINK_TABLE))
