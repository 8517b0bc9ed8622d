"""A version's tables are filled from the golden store, chunk by chunk, or compared with it after a restore."""

from dataclasses import replace

from etl.database import Connection, Statements, execute, fetch_all, fetch_one
from etl.metadata import names
from etl.metadata.out_structure import OutInstances, OutLinks, OutStructure
from etl.outbound.follow import ANALYZE_FROM_ROWS, Counters, analyze, no_rows
from etl.outbound.registry import note_beside, note_fill
from etl.outbound.steps import Fill, Step, steps
from etl.outbound.tables import instance_names, link_names
from etl.outbound.version import OutVersion
from etl.quoting import fold

_sql = Statements(__package__)


def begin(connection: Connection, structure: OutStructure, store_schema: str, *, is_new: bool) -> Fill:
    """A filling that has not begun."""
    return Fill(is_new=is_new, total=expected_rows(connection, structure, store_schema), is_alone=is_new)


def expected_rows(connection: Connection, structure: OutStructure, store_schema: str) -> int:
    """About how many rows of the store the tables show."""
    golden = [names.store_table(table.bo) for table in structure.instances]
    golden += [names.store_link_table(link.bo, link.field) for link in structure.links]
    values = {"schema": fold(store_schema), "names": [fold(name) for name in golden]}
    [expected] = fetch_all(connection, _sql("expected_rows"), values)
    return int(expected.rows)


def disturb(connection: Connection, version: OutVersion, fill: Fill | None, followed: Counters) -> Fill | None:
    """Notes that the journal was followed in a version that is being filled; returns the filling from here on."""
    if fill and fill.is_alone and any(followed.values()):
        fill = replace(fill, is_alone=False)
        note_fill(connection, version, fill)
    return fill


def fill_chunk(
    connection: Connection, version: OutVersion, structure: OutStructure, fill: Fill, chunk_rows: int
) -> tuple[Fill | None, Counters]:
    """Performs the next part and notes it, in one transaction: killed before its end, it is as if it had not begun.

    Returns how far the filling is then (None: the tables are whole), and the rows written.
    """
    counters = no_rows()
    todo = steps(structure, fill)
    fill = fill.past_done()
    if fill.step < len(todo):
        fill = _chunk(connection, version, structure, fill, todo[fill.step], chunk_rows, counters)
    left = fill if fill.step < len(todo) else None
    note_fill(connection, version, left)
    return left, counters


def fill_beside(
    connection: Connection, version: OutVersion, structure: OutStructure, fill: Fill, table: str, chunk_rows: int
) -> Counters:
    """Performs the whole step of one table out of turn and notes it, in one transaction; nothing if somebody was at it.

    The tables are new, nobody else writes to this one, and the version is shared.
    """
    counters = no_rows()
    for number, step in enumerate(steps(structure, fill)):
        if step.table.name == table and fill.is_open(number):
            at = replace(fill, step=number, after=())
            while at.step == number:
                at = _chunk(connection, version, structure, at, step, chunk_rows, counters)
            note_beside(connection, version, number, at.rows - fill.rows)
    return counters


def _chunk(
    connection: Connection,
    version: OutVersion,
    structure: OutStructure,
    fill: Fill,
    step: Step,
    chunk_rows: int,
    counters: Counters,
) -> Fill:
    """One part of a step; counts its rows and returns how far the filling is then."""
    counter, rows, moved = _perform(connection, version, structure, fill, step, chunk_rows)
    counters[counter] += rows
    if moved.step > fill.step and fill.rows + rows >= ANALYZE_FROM_ROWS and not step.is_sweep:
        analyze(connection, version, step.table.name)
    return moved


def _perform(
    connection: Connection, version: OutVersion, structure: OutStructure, fill: Fill, step: Step, chunk_rows: int
) -> tuple[str, int, Fill]:
    """(counter, rows written, how far it is then)."""
    table = step.table
    if isinstance(table, OutInstances):
        kind, tables, counters = "instances", instance_names(version, structure, table), ("upserted", "deleted")
    else:
        kind, tables, counters = "links", link_names(version, structure, table), ("linked", "unlinked")
    if step.is_sweep:
        return counters[1], execute(connection, _sql(f"sweep_{kind}", **tables)), fill.moved(0, None)
    tables["has_start"] = bool(fill.after)
    values: dict[str, object] = dict(zip(("after", "after_target"), fill.after, strict=False))
    if isinstance(table, OutLinks):
        values["targets"] = list(table.targets)
    end = fetch_one(connection, _sql(f"end_of_{kind}", **tables), values | {"rows": chunk_rows})
    last = tuple(end) if end else ()
    values |= dict(zip(("last", "last_target"), last, strict=False))
    statement = _sql(f"fill_{kind}", **tables, has_end=bool(last), is_new=fill.is_new, is_alone=fill.is_alone)
    rows = execute(connection, statement, values)
    return counters[0], rows, fill.moved(chunk_rows if last else rows, last or None)
