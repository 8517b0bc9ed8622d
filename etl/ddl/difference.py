"""What a live schema lacks of its metadata, and optionally what it has beyond it, as one script."""

from collections.abc import Iterator
from dataclasses import dataclass

from etl.database import Connection, SqlTemplates, fetch_all
from etl.ddl.catalog import relations
from etl.ddl.compare import compare
from etl.ddl.render import render
from etl.ddl.tables import Direction, Table, TableChange, out_tables, tables
from etl.metadata import Company
from etl.metadata.out_structure import OutStructure
from etl.quoting import fold, identifier, printable

_sql = SqlTemplates(__package__)

# Prefixes of tables that come from metadata; in a version every table does.
_PREFIXES = {Direction.IN: ("in_",), Direction.STORE: ("bo_", "link_"), Direction.OUT: ("",)}


@dataclass(frozen=True)
class Difference:
    """`changes` fix what can be fixed; `faults` are the others, a line each with what to do."""

    changes: tuple[TableChange, ...]
    faults: tuple[str, ...]

    @property
    def lines(self) -> list[str]:
        """The script: statements, and a comment for each fault."""
        return [*(change.sql for change in self.changes), *(f"-- {printable(fault)}" for fault in self.faults)]


def difference(
    connection: Connection,
    company: Company,
    direction: Direction,
    *,
    structure: OutStructure | None = None,
    allow_drop: bool = False,
    **schemas: str,
) -> Difference:
    """The differences between the live schema of one direction and the metadata; never a drop without `allow_drop`.

    `schemas` are the arguments of `tables`; `structure` is that of the out_ tables, by default that of the metadata.
    Drops never touch tables of other roles, nor the engine's own beside them.
    """
    schema = schemas[f"{direction}_schema"]
    wanted = out_tables(structure, schema) if structure else tables(company, direction, **schemas)
    found = compare(connection, [schema], wanted)
    faults = tuple(f"{fault}: correct it by hand, then ask again" for fault in found.faults)
    drops = tuple(_drops(connection, wanted, direction, schema)) if allow_drop else ()
    return Difference((*found.changes, *drops), faults)


def _drops(connection: Connection, wanted: list[Table], direction: Direction, schema: str) -> Iterator[TableChange]:
    by_name = {fold(table.name): table for table in wanted}
    owned = [row.name for row in fetch_all(connection, _sql("own_tables"), {"schema": fold(schema)})]
    live = relations(connection, schema, by_name)
    for name in owned:
        if name not in by_name and name.startswith(_PREFIXES[direction]) and _is_plain(name):
            sql = render("live/drop_table", schema=schema, table=name)
            yield TableChange(f"drop table {schema}.{identifier(name)}", sql)
    for name, table in by_name.items():
        known = {column.name for column in table.columns}
        for column in sorted(live[name].columns if name in live and live[name].is_table else ()):
            if column not in known and name in owned and _is_plain(column):
                sql = render("live/drop_column", schema=schema, table=table.name, column=column)
                yield TableChange(f"drop column {table}.{identifier(column)}", sql)


def _is_plain(name: str) -> bool:
    # Metadata makes no other names.
    return name == fold(name) and name.isascii() and name.replace("_", "a").isalnum() and not name[0].isdigit()
