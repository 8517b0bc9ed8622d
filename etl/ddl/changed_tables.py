"""The tables of one state against those of another: what is added, gone, renamed, of another type; no I/O but the
reading of live tables."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from etl.database import Connection, SqlTemplates, fetch_all
from etl.ddl.catalog import relations
from etl.ddl.tables import Direction, Table, out_tables, tables
from etl.ddl.widening import is_wider
from etl.metadata import Company
from etl.metadata.out_structure import OutStructure
from etl.quoting import fold

_sql = SqlTemplates(__package__)


class Alteration(StrEnum):
    """The kinds of a change of tables, and of records of Kafka, whose fields are columns here."""

    TABLE_ADDED = "table added"
    TABLE_REMOVED = "table removed"
    COLUMN_ADDED = "column added"
    COLUMN_REMOVED = "column removed"
    COLUMN_RENAMED = "column renamed"
    TYPE_WIDENED = "type widened"
    TYPE_CHANGED = "type changed"
    TARGET_ADDED = "link target added"
    TARGET_REMOVED = "link target removed"
    TARGETS_NAMED = "link targets named otherwise"
    VALUES_ENDED = "no longer loaded"
    STATE_ADDED = "state shown"
    STATE_REMOVED = "state hidden"


@dataclass(frozen=True)
class Altered:
    """One change of a table; `before` and `after` are types, or names where something is renamed."""

    kind: Alteration
    table: str
    column: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Shape:
    """A table as written, and folded column -> (column as written, type as the catalog prints it)."""

    table: str
    columns: Mapping[str, tuple[str, str]]


Shapes = Mapping[str, Shape]
"""Folded table -> its shape."""


def in_shapes(company: Company) -> Shapes:
    """The in_ tables that the metadata requires, without what later versions of etl have added to them."""
    return _shapes(tables(company, Direction.IN, in_schema="in", store_schema="in", out_schema="in"))


def out_shapes(structure: OutStructure) -> Shapes:
    return _shapes(out_tables(structure, "out"))


def _shapes(wanted: Iterable[Table]) -> Shapes:
    return {
        fold(table.name): Shape(
            table.name, {column.name: (column.code, column.catalog_type) for column in table.own_columns}
        )
        for table in wanted
    }


def live_in_shapes(connection: Connection, company: Company, schema: str) -> Shapes:
    """The in_ tables of a live schema, also those that no metadata asks for any more; empty before the first."""
    wanted = tables(company, Direction.IN, in_schema=schema, store_schema=schema, out_schema=schema)
    added = {fold(table.name): {one.column.name for one in table.additions} for table in wanted}
    written = {fold(table.name): table.name for table in wanted}
    own = [row.name for row in fetch_all(connection, _sql("own_tables"), {"schema": fold(schema)})]
    asked = {*written, *(name for name in own if name.startswith("in_"))}
    found = relations(connection, schema, asked)
    return {
        name: Shape(
            written.get(name, name),
            {column: (column, kind) for column, kind in live.columns.items() if column not in added.get(name, ())},
        )
        for name, live in sorted(found.items())
        if live.is_table
    }


def altered_tables(old: Shapes, new: Shapes) -> list[Altered]:
    """What `new` has otherwise, in the order of its tables, then what it has no more."""
    found: list[Altered] = []
    for name, shape in new.items():
        if name in old:
            found += _altered_columns(shape.table, old[name], shape)
        else:
            found.append(Altered(Alteration.TABLE_ADDED, shape.table))
    return [*found, *(Altered(Alteration.TABLE_REMOVED, old[name].table) for name in old if name not in new)]


def _altered_columns(table: str, old: Shape, new: Shape) -> Iterator[Altered]:
    gone = [name for name in old.columns if name not in new.columns]
    come = [name for name in new.columns if name not in old.columns]
    for before, after in _renamed(old, new, gone, come):
        gone.remove(before)
        come.remove(after)
        yield Altered(Alteration.COLUMN_RENAMED, table, new.columns[after][0], old.columns[before][0])
    for name in come:
        yield Altered(Alteration.COLUMN_ADDED, table, new.columns[name][0], after=new.columns[name][1])
    for name in gone:
        yield Altered(Alteration.COLUMN_REMOVED, table, old.columns[name][0], before=old.columns[name][1])
    for name, (written, wanted) in new.columns.items():
        had = old.columns.get(name, (written, wanted))[1]
        if had != wanted:
            kind = Alteration.TYPE_WIDENED if is_wider(wanted, had) else Alteration.TYPE_CHANGED
            yield Altered(kind, table, written, had, wanted)


def _renamed(old: Shape, new: Shape, gone: list[str], come: list[str]) -> list[tuple[str, str]]:
    """Columns that are probably one: the only one of its type that is gone, and the only one that has come."""
    pairs = []
    for kind in {old.columns[name][1] for name in gone}:
        before = [name for name in gone if old.columns[name][1] == kind]
        after = [name for name in come if new.columns[name][1] == kind]
        if len(before) == len(after) == 1:
            pairs.append((before[0], after[0]))
    return sorted(pairs)


def altered_versions(old: OutStructure, new: OutStructure) -> list[Altered]:
    """What the tables of a version show otherwise: tables, columns, targets of links, states."""
    found = altered_tables(out_shapes(old), out_shapes(new))
    had = {link.name: link.targets for link in old.links}
    for link in new.links:
        before = had.get(link.name, link.targets)
        found += [
            Altered(Alteration.TARGET_ADDED, link.name, after=code) for code in link.targets if code not in before
        ]
        found += [
            Altered(Alteration.TARGET_REMOVED, link.name, before=code) for code in before if code not in link.targets
        ]
    hidden, hides = set(old.hidden_states), set(new.hidden_states)
    found += [Altered(Alteration.STATE_ADDED, "", after=str(one)) for one in sorted(hidden - hides)]
    return [*found, *(Altered(Alteration.STATE_REMOVED, "", before=str(one)) for one in sorted(hides - hidden))]
