"""Metadata against the live catalog: what is missing, has another type, or must not be changed."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from etl.database import Connection
from etl.ddl.catalog import LiveIndex, Relation, relations, schema_exists
from etl.ddl.foreign import find_foreign
from etl.ddl.render import render
from etl.ddl.tables import Direction, Index, Table, TableChange, out_tables, tables
from etl.ddl.widening import is_wider
from etl.errors import EnvironmentFault
from etl.metadata import Company
from etl.metadata.out_structure import OutStructure
from etl.quoting import fold


class UnfitTables(EnvironmentFault):
    """Live tables differ from the metadata in a way that no statement of ours may fix."""


@dataclass
class Comparison:
    """`changes` would bring the live schema up to date; `faults` must be fixed by an operator first."""

    changes: list[TableChange] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def missing(
    connection: Connection,
    company: Company,
    direction: Direction | str,
    *,
    in_schema: str,
    store_schema: str,
    out_schema: str,
) -> list[TableChange]:
    """What the live schemas lack: schemas, tables, columns, width, indexes; nothing when they are up to date.

    Raises EnvironmentFault with a line per difference when a column cannot become what the metadata says, or when
    an in_ table belongs to another role or carries code of its own.
    """
    wanted = tables(company, direction, in_schema=in_schema, store_schema=store_schema, out_schema=out_schema)
    by_direction = {Direction.IN: in_schema, Direction.STORE: store_schema, Direction.OUT: out_schema}
    schemas = [schema for one, schema in by_direction.items() if Direction(direction) in (one, Direction.ALL)]
    return _changes(compare(connection, schemas, wanted), f"company {company.code}")


def missing_store(connection: Connection, company: Company, schema: str) -> list[TableChange]:
    """What the store lacks for a run. New tables come without the indexes that only serve to find rows: these are made
    several times faster when the first rows are in. Raises what `missing` raises.
    """
    wanted = tables(company, Direction.STORE, in_schema=schema, store_schema=schema, out_schema=schema)
    return _changes(compare(connection, [schema], wanted, puts_off_indexes=True), f"company {company.code}")


def missing_out(connection: Connection, structure: OutStructure, schema: str) -> list[TableChange]:
    """What the schema of one version lacks of its structure. Raises what `missing` raises."""
    return _changes(compare(connection, [schema], out_tables(structure, schema)), f"the out_ version {schema}")


def _changes(found: Comparison, whose: str) -> list[TableChange]:
    if found.faults:
        lines = "\n".join(f"  {line}" for line in found.faults)
        raise UnfitTables(f"the live tables do not fit {whose}; settle this by hand first:\n{lines}")
    return found.changes


def check_in_tables(connection: Connection, company: Company, schema: str) -> None:
    """Raise one EnvironmentFault with all reasons why a run cannot use the in_ tables of a schema."""
    wanted = tables(company, Direction.IN, in_schema=schema, store_schema=schema, out_schema=schema)
    found = compare(connection, [schema], wanted)
    lacking = list(_named_once(found.changes))
    lines = [*found.faults, *(f"missing: {description}" for description in lacking)]
    lines += [str(one) for one in find_foreign(connection, wanted) if one.is_certain]
    if lines:
        listed = "\n".join(f"  {line}" for line in lines)
        command = f"\n`etl generate-ddl --company {company.code} --apply` makes what is missing" if lacking else ""
        raise EnvironmentFault(
            f"the tables of schema {schema} are not ready for company {company.code}:\n{listed}{command}"
        )


def without_additions(connection: Connection, company: Company, schema: str) -> list[str]:
    """The in_ tables that are older than a column which is added to them (see `Addition`); runs do without it."""
    wanted = tables(company, Direction.IN, in_schema=schema, store_schema=schema, out_schema=schema)
    live = relations(connection, schema, (table.name for table in wanted))
    return [
        table.name
        for table in wanted
        if (there := live.get(fold(table.name))) is not None
        and any(one.column.name not in there.columns for one in table.additions)
    ]


def _named_once(changes: list[TableChange]) -> Iterator[str]:
    """The faults without those of indexes of missing tables."""
    missing: set[str] = set()
    for change in changes:
        words = change.description.split()
        if words[:2] == ["create", "table"]:
            missing.add(words[2])
        if not change.is_needed or (words[:1] == ["create"] and words[1] != "table" and missing.intersection(words)):
            continue
        yield change.description


def compare(
    connection: Connection, schemas: list[str], wanted: list[Table], *, puts_off_indexes: bool = False
) -> Comparison:
    """All differences between the required tables of some schemas and the live ones."""
    found = Comparison()
    for schema in dict.fromkeys(schemas):
        group = [table for table in wanted if table.schema == schema]
        live = relations(connection, schema, (table.name for table in group))
        if not live and not schema_exists(connection, schema):
            found.changes.append(TableChange(f"create schema {schema}", render("live/schema", schema=schema)))
        for table in group:
            _compare_table(table, live.get(fold(table.name)), found, puts_off_indexes=puts_off_indexes)
    return found


def _compare_table(table: Table, live: Relation | None, found: Comparison, *, puts_off_indexes: bool) -> None:
    if live is None:
        indexes = [index.change for index in table.indexes if index.is_unique or not puts_off_indexes]
        found.changes += [table.create, *(one.change for one in table.additions), *indexes, *_storage(table)]
    elif not live.is_table:
        found.faults.append(f"{table}: is {live.kind_name}, the metadata says a table")
    else:
        found.changes += _lacking(table, live)
        found.faults += _differences(table, live)


def _lacking(table: Table, live: Relation) -> Iterator[TableChange]:
    additions = {addition.column.name: addition.change for addition in table.additions}
    for column in table.columns:
        if column.name not in live.columns and column.name in additions:
            yield additions[column.name]
        elif column.name not in live.columns:
            sql = render("live/column", schema=table.schema, table=table.name, column=column)
            yield TableChange(f"add column {table}.{column.written}", sql)
        elif is_wider(column.catalog_type, live.columns[column.name]):
            wider = f"{column.catalog_type}{column.collate}"
            sql = render("live/widen", schema=table.schema, table=table.name, column=column.name, type=wider)
            types = f"from {live.columns[column.name]} to {column.catalog_type}"
            yield TableChange(f"widen column {table}.{column.written} {types}", sql)
    if table.key and not any(one.column == table.key and one.is_unique for one in live.indexes):
        sql = render("live/primary_key", schema=table.schema, table=table.name, column=table.key)
        unique_on = (table.schema, table.name, table.key)
        yield TableChange(f"add primary key ({table.key}) to {table}", sql, unique_on=unique_on)
    for index in table.indexes:
        is_due = index.is_unique or live.has_rows
        if is_due and not any(_serves(one, index) for one in live.indexes):
            yield index.change
        if index.of_live:
            yield from _replaced(table, index, live)


def _serves(live: LiveIndex, wanted: Index) -> bool:
    # A unique index serves where a plain one is wanted.
    is_unique = live.is_unique and wanted.is_unique
    return replace(live, is_unique=is_unique).form == wanted.form


def _replaced(table: Table, wanted: Index, live: Relation) -> Iterator[TableChange]:
    """Unique indexes of an older version, or of the field's former type, which refuse values that are allowed now."""
    for one in live.indexes:
        if one.column == wanted.column and one.is_unique and not one.is_constraint and one.form != wanted.form:
            sql = render("live/drop_index", schema=table.schema, index=one.name)
            yield TableChange(f"drop replaced index {table.schema}.{one.name}", sql)


def _differences(table: Table, live: Relation) -> Iterator[str]:
    for column in table.columns:
        actual = live.columns.get(column.name, column.catalog_type)
        if actual != column.catalog_type and not is_wider(column.catalog_type, actual):
            yield f"{table}.{column.written}: is {actual}, the metadata says {column.catalog_type}"
    if table.direction is Direction.IN:
        for danger in live.dangers:
            yield f"{table}: {danger}; its code would run with the engine's privileges, so the engine refuses it"


def _storage(table: Table) -> Iterator[TableChange]:
    if table.has_row_status:
        sql = render("live/fillfactor", schema=table.schema, table=table.name)
        yield TableChange(f"set storage of {table}", sql, is_needed=False)
