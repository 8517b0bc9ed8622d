"""Fills a version's tables from the golden store, chunk by chunk, or compares them with it after a restore."""

from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from dataclasses import replace

from etl.database import Connection, SqlTemplates, execute, fetch_one
from etl.metadata import names
from etl.metadata.out_structure import OutInstances, OutLinks, OutStructure
from etl.outputs.versions.follow import (
    ANALYZE_FROM_ROWS,
    analyze,
    no_rows,
    rows_by_statistics,
)
from etl.outputs.versions.registry import note_beside, note_fill
from etl.outputs.versions.steps import (
    Fill,
    FillStep,
    Table,
    steps,
    tables_of,
)
from etl.outputs.versions.tables import instance_variables, link_variables
from etl.outputs.versions.version import OutVersion
from etl.runs import CounterName, Counters
from etl.store import reading_once

_sql = SqlTemplates(__package__, "etl.outputs.versions")

# Pages in a sample that finds the middle within a hundredth, although rows of one page have neighbouring ids.
_SAMPLE_ROWS = 100_000
# By which factor the rows may exceed the statistics, or one side of a cut its half.
_DOUBT = 1.2


def begin(
    connection: Connection, structure: OutStructure, store_schema: str, undivided_rows: int, *, is_new: bool
) -> Fill:
    """The initial state of a filling. New tables of more than `undivided_rows` are filled in two parts."""
    total = expected_rows(connection, tables_of(structure), store_schema)
    cuts = dict(_cuts(connection, structure, store_schema, undivided_rows)) if is_new else {}
    return Fill(is_new=is_new, total=total, is_alone=is_new, cuts=cuts)


def _cuts(
    connection: Connection, structure: OutStructure, store_schema: str, undivided_rows: int
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(table, approximate middle of its ids) for tables of more than `undivided_rows`."""
    for table in tables_of(structure):
        rows = expected_rows(connection, [table], store_schema)
        if rows > undivided_rows:
            keys = ("_owner", "_target") if isinstance(table, OutLinks) else ("_id",)
            statement = _sql("middle", store_schema=store_schema, golden=_golden(table), keys=keys)
            if row := fetch_one(connection, statement, {"percent": min(100.0, 100 * _SAMPLE_ROWS / rows)}):
                yield table.name, tuple(row)


def _is_surely_less(connection: Connection, version: OutVersion, fill: Fill, table: Table, rows: int) -> bool:
    """Whether a step surely has fewer than `rows` rows by the planner's statistics: searching the end of a part of
    fewer rows would read all of its ids."""
    of_table = expected_rows(connection, [table], version.store_schema)
    of_step = of_table / 2 if table.name in fill.cuts else of_table
    return 0 < of_step * _DOUBT < rows


def _golden(table: Table) -> str:
    return names.store_link_table(table.bo, table.field) if isinstance(table, OutLinks) else names.store_table(table.bo)


def expected_rows(connection: Connection, tables: Iterable[Table], store_schema: str) -> int:
    """The estimated number of rows of the store that the tables show."""
    return rows_by_statistics(connection, store_schema, map(_golden, tables))


def mark_shared(connection: Connection, version: OutVersion, fill: Fill | None, followed: Counters) -> Fill | None:
    """Records that a version followed the journal while it is being filled; returns the new state of the filling."""
    if fill and fill.is_alone and any(followed.values()):
        fill = replace(fill, is_alone=False)
        note_fill(connection, version, fill)
    return fill


def fill_chunk(
    connection: Connection, version: OutVersion, structure: OutStructure, fill: Fill, chunk_rows: int
) -> tuple[Fill | None, Counters]:
    """Fills the next part and records it in one transaction: if killed before its end, it is rolled back.

    Returns the new state of the filling (None: the tables are complete), and the rows written.
    """
    counters = no_rows()
    todo = steps(structure, fill)
    fill = fill.past_done()
    if fill.step < len(todo):
        fill = _chunk(connection, version, structure, fill, todo[fill.step], chunk_rows, counters)
    left = fill if fill.step < len(todo) else None
    note_fill(connection, version, left)
    return left, counters


def compare_chunk(
    connection: Connection, version: OutVersion, structure: OutStructure, fill: Fill, part: OutStructure, rows: int
) -> tuple[Fill | None, Counters]:
    """Compares the next rows of some tables (`part`) with the store and corrects them; the version's own state of
    filling stays as it is. Returns how far it is (None: all is compared), and the rows written."""
    counters, todo = no_rows(), steps(part, fill)
    if fill.step >= len(todo):
        return None, counters
    fill = _chunk(connection, version, structure, fill, todo[fill.step], rows, counters)
    return fill if fill.step < len(todo) else None, counters


def fill_beside(
    connection: Connection,
    version: OutVersion,
    structure: OutStructure,
    fill: Fill,
    table: str,
    parts: slice,
    chunk_rows: int,
) -> Counters:
    """Performs some steps of one table out of order, each completely, and records them, in one transaction; steps that
    another session has begun are left to it.

    The tables are new, no other session writes these rows, and the version is locked in share mode.
    """
    counters = no_rows()
    for number, step in [one for one in enumerate(steps(structure, fill)) if one[1].table.name == table][parts]:
        if fill.is_open(number):
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
    step: FillStep,
    chunk_rows: int,
    counters: Counters,
) -> Fill:
    """Fills one part of a step; counts its rows and returns the new state of the filling."""
    counter, rows, moved = _perform(connection, version, structure, fill, step, chunk_rows)
    counters[counter] += rows
    if moved.step > fill.step and fill.rows + rows >= ANALYZE_FROM_ROWS and step.ends_table:
        analyze(connection, version, step.table.name)
    return moved


def _perform(
    connection: Connection, version: OutVersion, structure: OutStructure, fill: Fill, step: FillStep, chunk_rows: int
) -> tuple[CounterName, int, Fill]:
    """(counter, rows written, new state of the filling)."""
    table = step.table
    written: CounterName
    swept: CounterName
    if isinstance(table, OutInstances):
        kind, tables, written, swept = "instances", instance_variables(version, structure, table), "upserted", "deleted"
    else:
        kind, tables, written, swept = "links", link_variables(version, structure, table), "linked", "unlinked"
    if step.is_sweep:
        with reading_once(connection):
            return swept, execute(connection, _sql(f"sweep_{kind}", **tables)), fill.moved(0, None)
    start = step.start(fill)
    tables["has_start"] = bool(start)
    values: dict[str, object] = dict(zip(("after", "after_target"), start, strict=False))
    if isinstance(table, OutLinks):
        values["targets"] = list(table.targets)
    size = step.chunk_rows(chunk_rows)
    end = None
    if not _is_surely_less(connection, version, fill, table, size):
        end = fetch_one(connection, _sql(f"end_of_{kind}", **tables), values | {"rows": size})
    is_part = step.ends_within(tuple(end) if end else ())
    last = tuple(end) if end and is_part else step.last
    values |= dict(zip(("last", "last_target"), last, strict=False))
    statement = _sql(f"fill_{kind}", **tables, has_end=bool(last), is_new=fill.is_new, is_alone=fill.is_alone)
    with reading_once(connection) if kind == "links" and size >= ANALYZE_FROM_ROWS else nullcontext():
        rows = execute(connection, statement, values)
    return written, rows, fill.moved(size if is_part else rows, last if is_part else None)
