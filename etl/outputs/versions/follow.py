"""Lets one version follow the journal: reads from the store what changed between its position and a snapshot."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass

from etl.database import Connection, SqlTemplates, execute, fetch_all, fetch_one
from etl.errors import TransientFault
from etl.metadata.out_structure import OutStructure
from etl.outputs.versions.registry import VersionRow, move_position
from etl.outputs.versions.tables import instance_variables, link_variables
from etl.outputs.versions.version import OutVersion
from etl.quoting import fold
from etl.runs import CounterName, Counters
from etl.store import reading_once

_sql = SqlTemplates(__package__)

# From this many rows on tables are analyzed at once; autovacuum would come too late for the next run.
ANALYZE_FROM_ROWS = 10_000
# Less than a tenth of a table, autovacuum's threshold too, does not need new statistics.
_PARTS = 10
_ALWAYS_LARGE_ROWS = 100_000
_UNIQUE_VIOLATION = "23505"


def no_rows() -> Counters:
    return {"upserted": 0, "deleted": 0, "linked": 0, "unlinked": 0}


def snapshot(connection: Connection) -> str:
    """The snapshot of the transactions that are over now. A position is a snapshot, not a number: what a slower
    transaction commits later under a smaller number is not visible in it, and so still to come.
    """
    return str(fetch_all(connection, _sql("snapshot"))[0].upto)


def follow(connection: Connection, known: VersionRow, structure: OutStructure, upto: str) -> Counters:
    """Updates the rows that the journal names to the store's current state; the position moves in the same
    transaction."""
    counters = no_rows()
    version = known.version
    if not has_changes(connection, version.store_schema, known.position, upto):
        return counters  # nothing to follow, so the position may stay: an unchanged batch writes no row at all
    window = _window(connection, version, known.position, upto)
    for table, counter, rows in _follow(connection, version, structure, window):
        counters[counter] += rows
        if exceeds_threshold(connection, version.schema, table, rows):
            analyze(connection, version, table)
    move_position(connection, version, upto)
    return counters


def has_changes(connection: Connection, store_schema: str, position: str, upto: str, *, beyond: int = 0) -> bool:
    """Whether the journal has more than `beyond` changes between two snapshots; cheap where it has none."""
    values = {"position": position, "upto": upto, "rows": beyond}
    return fetch_one(connection, _sql("any_change", store_schema=store_schema), values) is not None


@dataclass(frozen=True)
class _Window:
    """The part of the journal between two snapshots. `is_large`: its statistics were of before most of that part;
    `is_tenth`: that part is a tenth of the journal or more."""

    position: str
    upto: str
    is_large: bool = False
    is_tenth: bool = False

    def values(self, **of_table: str) -> dict[str, object]:
        return {"position": self.position, "upto": self.upto, **of_table}


def _window(connection: Connection, version: OutVersion, position: str, upto: str) -> _Window:
    def has_more_than(rows: int) -> bool:
        return has_changes(connection, version.store_schema, position, upto, beyond=rows)

    tenth = rows_by_statistics(connection, version.store_schema, ["journal"]) // _PARTS
    if not has_more_than(min(max(tenth, ANALYZE_FROM_ROWS), _ALWAYS_LARGE_ROWS)):
        return _Window(position, upto)
    # The planner would expect one new change, and look each of them up by an index.
    execute(connection, _sql("analyze_journal", **version.variables))
    tenth = rows_by_statistics(connection, version.store_schema, ["journal"]) // _PARTS
    return _Window(position, upto, is_large=True, is_tenth=has_more_than(tenth))


def exceeds_threshold(connection: Connection, schema: str, table: str, rows: int) -> bool:
    """Whether the number of written rows requires new statistics of their table."""
    if rows < ANALYZE_FROM_ROWS:
        return False
    return rows * _PARTS >= rows_by_statistics(connection, schema, [table])


def rows_by_statistics(connection: Connection, schema: str, tables: Iterable[str]) -> int:
    """The planner's estimate of the tables' rows; 0 for a table that was never analyzed."""
    values = {"schema": fold(schema), "names": [fold(table) for table in tables]}
    [known] = fetch_all(connection, _sql("rows_by_statistics"), values)
    return int(known.rows)


def analyze(connection: Connection, version: OutVersion, table: str) -> None:
    """Analyzes an out_ table with the server's usual statistics target: readers use the statistics too."""
    execute(connection, _sql("usual_statistics"))
    execute(connection, _sql("analyze_out", table=table, **version.variables))


def _follow(
    connection: Connection, version: OutVersion, structure: OutStructure, window: _Window
) -> Iterator[tuple[str, CounterName, int]]:
    """(out_ table, counter, rows) of each statement."""
    has_changed = _anything if window.is_large else _changed_kinds(connection, version, window)
    for table in structure.instances:
        if not has_changed(table.bo, None):
            continue
        of_object = window.values(bo=table.bo)
        tables = instance_variables(version, structure, table)
        yield table.name, "upserted", _upsert(connection, tables, of_object, is_large=window.is_large)
        if structure.hidden_states:
            yield table.name, "deleted", execute(connection, _sql("delete_instances", **tables), of_object)
    for link in structure.links:
        if not has_changed(link.bo, link.field):
            continue
        of_link = window.values(bo=link.bo, field=link.field)
        tables = link_variables(version, structure, link)
        yield link.name, "unlinked", execute(connection, _sql("delete_links", **tables), of_link)
        # The planner knows of owners and targets apart, expects one link, and would look for both in their tables.
        with reading_once(connection) if window.is_tenth else nullcontext():
            linked = execute(connection, _sql("insert_links", **tables), of_link)
        yield link.name, "linked", linked


def _anything(bo: str, field: str | None) -> bool:
    return True


def _changed_kinds(connection: Connection, version: OutVersion, window: _Window) -> Callable[[str, str | None], bool]:
    """Whether a window has changes that concern the instances of an object (no field), or the links of a field."""
    kinds = {
        (row.bo, row.field): row.moved
        for row in fetch_all(connection, _sql("changed_kinds", **version.variables), window.values())
    }
    has_moved = any(kinds.values())
    return lambda bo, field: (bo, field) in kinds or (field is not None and has_moved)


def _upsert(connection: Connection, tables: dict[str, object], of_object: dict[str, object], *, is_large: bool) -> int:
    """Writes the instances of one object that were created or changed; returns how many rows it wrote."""
    created = _insert(connection, tables, of_object) if is_large else None
    upsert = _sql("upsert_instances", part="all" if created is None else "others", **tables)
    return (created or 0) + execute(connection, upsert, of_object)


def _insert(connection: Connection, tables: dict[str, object], of_object: dict[str, object]) -> int | None:
    """Writes the instances that were created, or none (None) when the table has one of them."""
    try:
        with connection.begin_nested():
            return execute(connection, _sql("upsert_instances", part="created", **tables), of_object)
    except TransientFault as fault:
        if fault.sqlstate != _UNIQUE_VIOLATION:
            raise
        return None
