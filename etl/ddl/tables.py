"""Metadata -> the tables that it requires, each with its statements, in the order in which they are printed and
made."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from etl.ddl import columns
from etl.ddl.columns import Column
from etl.ddl.render import render
from etl.metadata import Company, names
from etl.metadata.field import Field
from etl.metadata.out_structure import OutStructure
from etl.quoting import fold


class Direction(StrEnum):
    """Whose tables: the partner's, the golden store's, the readers', or all in this order: in, store, out."""

    IN = "in"
    STORE = "store"
    OUT = "out"
    ALL = "all"


@dataclass(frozen=True)
class TableChange:
    """One statement and what it does, in words: `create table in_tables.in_Client`. Not `is_needed`: a run does
    without it. `unique_on`: (schema, table, column) of which it asks that no value stands twice; None: of none.
    `duplicates` is a query for the values that stand twice, where not every row counts or case does not."""

    description: str
    sql: str
    is_needed: bool = True
    duplicates: str = ""
    unique_on: tuple[str, str, str] | None = None


@dataclass(frozen=True)
class Index:
    """An index on one column, beyond those that the table's own constraints make.

    `of_live`: REMOVED instances are not in it. `ignores_case`: it is on the column's lower case."""

    column: str
    is_unique: bool
    change: TableChange
    of_live: bool = False
    ignores_case: bool = False

    @property
    def form(self) -> tuple[str, bool, bool, bool]:
        """The properties that an equivalent index of the catalog has."""
        return self.column, self.is_unique, self.of_live, self.ignores_case


@dataclass(frozen=True)
class Addition:
    """A column that is added to a table after its `create table`, by a statement that may be repeated."""

    column: Column
    change: TableChange


@dataclass(frozen=True)
class Table:
    """A table that the metadata requires. `own_columns` are those of its `create table`; `key` is the column that
    identifies the rows of an in_ table, if any."""

    direction: Direction
    schema: str
    name: str
    own_columns: tuple[Column, ...]
    create: TableChange
    indexes: tuple[Index, ...] = ()
    has_row_status: bool = False
    additions: tuple[Addition, ...] = ()
    key: str = ""

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}"

    @property
    def columns(self) -> tuple[Column, ...]:
        """Its columns, those that are added to it included."""
        return (*self.own_columns, *(addition.column for addition in self.additions))

    @property
    def changes(self) -> tuple[TableChange, ...]:
        return (self.create, *(one.change for one in self.additions), *(index.change for index in self.indexes))


def statements(
    company: Company, direction: Direction | str, *, in_schema: str, store_schema: str, out_schema: str
) -> list[TableChange]:
    """Every statement of a direction, in order; the printed DDL is `"\\n\\n".join(sql) + "\\n"`."""
    found = tables(company, direction, in_schema=in_schema, store_schema=store_schema, out_schema=out_schema)
    return [change for table in found for change in table.changes]


def tables(
    company: Company, direction: Direction | str, *, in_schema: str, store_schema: str, out_schema: str
) -> list[Table]:
    """Every table of a direction: objects in metadata order, then links in metadata order, then the fixed ones."""
    wanted = Direction(direction)
    found: list[Table] = []
    if wanted in (Direction.IN, Direction.ALL):
        found += _in_tables(company, in_schema)
    if wanted in (Direction.STORE, Direction.ALL):
        found += _store_tables(company, store_schema)
    if wanted in (Direction.OUT, Direction.ALL):
        found += out_tables(OutStructure.of(company), out_schema)
    return found


def _in_tables(company: Company, schema: str) -> Iterator[Table]:
    for bo in company.objects:
        if bo.has_in_table:
            name = names.in_table(bo.code)
            own = (*columns.IN_TABLE, *columns.of_fields(bo.loaded_fields))
            index = _index("in/table_index", schema, name, "in_id", is_unique=True)
            create = _create("in/table", schema, name, own)
            yield Table(Direction.IN, schema, name, own, create, (index,), has_row_status=True, key="id")
    for link in company.in_link_tables():
        own = columns.in_link_table(link.owner_column, link.target_column)
        create = _create("in/link_table", schema, link.name, own, key=own[:2])
        added = (_addition("in/link_table_removed", schema, link.name, columns.LINK_REMOVED),)
        yield Table(Direction.IN, schema, link.name, own, create, has_row_status=True, additions=added)
    fixed = (
        ("in/file_storage", names.FILE_STORAGE, columns.FILE_STORAGE, "file_id"),
        ("in/process_tracking", names.PROCESS_TRACKING, columns.PROCESS_TRACKING, "id"),
    )
    for template, name, own, key in fixed:
        yield Table(Direction.IN, schema, name, own, _create(template, schema, name, own), key=key)
    name, own = names.PROCESS_EXPECTED, columns.PROCESS_EXPECTED
    create = replace(_create("in/process_expected", schema, name, own), is_needed=False)
    yield Table(Direction.IN, schema, name, own, create, key="id")
    name, own = names.PROCESS_COMPARE, columns.PROCESS_COMPARE
    create = replace(_create("in/process_compare", schema, name, own, key=own[:2]), is_needed=False)
    yield Table(Direction.IN, schema, name, own, create)


def _store_tables(company: Company, schema: str) -> Iterator[Table]:
    for bo in company.objects:
        if bo.carries_data:
            name = names.store_table(bo.code)
            own = (*columns.STORE_TABLE, *columns.of_fields(bo.stored_fields))
            unique = (_unique_index(schema, name, field) for field in bo.unique_fields)
            yield Table(Direction.STORE, schema, name, own, _create("store/table", schema, name, own), tuple(unique))
    for bo in company.objects:
        for field in bo.links:
            name = names.store_link_table(bo.code, field.code)
            own = columns.STORE_LINK_TABLE
            index = _index("store/link_table_index", schema, name, "_target", is_unique=False)
            create = _create("store/link_table", schema, name, own, key=own[:2])
            yield Table(Direction.STORE, schema, name, own, create, (index,))


def out_tables(structure: OutStructure, schema: str) -> list[Table]:
    """The tables of one version: objects, then links."""
    found = []
    for table in structure.instances:
        own = (*columns.OUT_TABLE, *columns.of_out_columns(table.columns))
        create = _create("out/table", schema, table.name, own)
        found.append(Table(Direction.OUT, schema, table.name, own, create))
    for link in structure.links:
        own = columns.out_link_table(link.owner_column, link.target_column, link.bo_column)
        create = _create("out/link_table", schema, link.name, own, key=own[:2])
        found.append(Table(Direction.OUT, schema, link.name, own, create))
    return found


def reader_objects(structure: OutStructure, schema: str) -> list[TableChange]:
    """What exists for the readers of a version, as comments to print: it is made with the first reader."""
    views = [{"name": names.changes_view(one.name), "columns": ["system_id"]} for one in structure.instances]
    views += [
        {"name": names.changes_view(one.name), "columns": [one.owner_column, one.target_column]}
        for one in structure.links
    ]
    reader_schema = names.out_reader_schema(schema)
    sql = render("out/readers", reader_schema=reader_schema, views=views)
    return [TableChange(f"readers of {schema}", sql, is_needed=False)] if views else []


def _create(
    template: str, schema: str, table: str, own: tuple[Column, ...], key: tuple[Column, ...] = ()
) -> TableChange:
    sql = render(template, schema=schema, table=table, columns=own, key=[column.code for column in key])
    return TableChange(f"create table {schema}.{table}", sql)


def _addition(template: str, schema: str, table: str, column: Column) -> Addition:
    sql = render(template, schema=schema, table=table, column=column)
    return Addition(column, TableChange(f"add column {schema}.{table}.{column.name}", sql, is_needed=False))


def _index(template: str, schema: str, table: str, column: str, *, is_unique: bool) -> Index:
    kind = "unique index" if is_unique else "index"
    sql = render(template, schema=schema, table=table, column=column)
    unique_on = (schema, table, column) if is_unique else None
    change = TableChange(f"create {kind} on {schema}.{table} ({column})", sql, unique_on=unique_on)
    return Index(fold(column), is_unique, change)


def _unique_index(schema: str, table: str, field: Field) -> Index:
    """Of a golden table: the values of a unique field among the instances that are not REMOVED."""
    shape = {"ignores_case": field.ignores_case}
    sql = render("store/unique_index", schema=schema, table=table, column=field.code, **shape)
    duplicates = render("live/duplicates", schema=schema, table=table, column=field.code, **shape)
    unique_on = (schema, table, field.code)
    description = f"create unique index on {schema}.{table} ({field.code})"
    change = TableChange(description, sql, duplicates=duplicates, unique_on=unique_on)
    return Index(fold(field.code), is_unique=True, change=change, of_live=True, **shape)
