"""What other roles added to the in_ tables, or removed from them, that may refuse a run's writes.

A run updates rows in place: it sets their status and who took them, and the columns of the marker. A constraint that
allows no such value stops every run. What a partner's own columns must hold is no concern of a run.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy
from sqlalchemy import exc

from etl.database import Connection, SqlTemplates, fetch_all
from etl.ddl.tables import Direction, Table, tables
from etl.metadata import Company, names
from etl.quoting import fold, identifier, printable

_sql = SqlTemplates(__package__)

_NOW: Final = "clock_timestamp()"
_AN_ID: Final = "cast('0123456789abcdef' as varchar)"
# What a run writes: column -> its values, each place in a list being one step of the run.
_Written = dict[str, tuple[str, ...]]
_ROW: Final[_Written] = {
    "in_status": ("'ON_WORK'", "'DONE'", "'ERROR'", "''"),
    "occupied_id": ("1920000000000000000", "1920000000000000000", "1920000000000000000", "null"),
    "occupied_at": (_NOW, _NOW, _NOW, "null"),
    "out_id": ("null", _AN_ID, "null", "null"),
}
_LINK: Final[_Written] = {"in_status": ("'ON_WORK'", "'DONE'", "'WAITING'", "'ERROR'", "''")}
_FILE: Final[_Written] = {"uploaded": ("true",), "out_file_id": (_AN_ID,)}
_MARKER: Final[_Written] = {
    "occupied_by_process": ("1920000000000000000", "0", "0"),
    "ins_inkafka_status": ("0", "1", "2"),
    "start_ins_inkafka_time": (_NOW, _NOW, _NOW),
    "end_ins_inkafka_time": ("null", _NOW, _NOW),
    "periodic_update_time": (_NOW, "null", "null"),
}
_EXPECTED: Final[_Written] = {"run": ("1920000000000000000", "null")}
_FIXED: Final = (names.PROCESS_TRACKING, names.FILE_STORAGE, names.PROCESS_EXPECTED, names.PROCESS_COMPARE)
_FILLED_MARKER: Final = ("oper_date", "load_status", *_MARKER)


@dataclass(frozen=True)
class Foreign:
    """`what` is wrong with a table, and what to `do`. `is_certain`: no run can work with it; else one may fail."""

    table: str
    what: str
    do: str
    is_certain: bool

    def __str__(self) -> str:
        return f"{self.table}: {self.what}; {self.do}"


def foreign(connection: Connection, company: Company, schema: str) -> list[Foreign]:
    return list(
        find_foreign(connection, tables(company, Direction.IN, in_schema=schema, store_schema="", out_schema=""))
    )


def find_foreign(connection: Connection, wanted: Iterable[Table]) -> Iterator[Foreign]:
    """As `foreign`, of some in_ tables of one schema."""
    by_name = {fold(table.name): table for table in wanted}
    if not by_name:
        return
    schema = next(iter(by_name.values())).schema
    asked = {"schema": fold(schema), "names": list(by_name)}
    for row in fetch_all(connection, _sql("foreign"), asked):
        table = by_name[row.name]
        yield from _of_row(connection, table, _written(table), row)


def _written(table: Table) -> _Written:
    if table.name == names.PROCESS_TRACKING:
        return _MARKER
    if table.name == names.FILE_STORAGE:
        return _FILE
    if table.name == names.PROCESS_EXPECTED:
        return _EXPECTED
    if table.name == names.PROCESS_COMPARE:
        return {}  # a run only reads it
    return _ROW if any(column.name == "occupied_id" for column in table.columns) else _LINK


def _of_row(connection: Connection, table: Table, written: _Written, row: Any) -> Iterator[Foreign]:
    match row.kind:
        case "constraint c":
            yield from _of_check(connection, table, written, row)
        case "constraint f" | "constraint x":
            if set(row.columns) & set(written):
                yield _may_refuse(table, "constraint", row, written)
        case "unique index" | "computed index":
            if not _is_ours(table, row) and (row.kind == "computed index" or _touches(row, written)):
                yield _may_refuse(table, "index", row, written)
        case "column":
            yield from _of_column(table, written, row)
        case "published":
            do = f"alter table {table} replica identity full, or take it out of the publication"
            yield Foreign(str(table), f"publication {printable(row.what)} lets no session update its rows", do, True)
        case "sequence":
            what = f"its sequence {printable(row.what)} has given its last number"
            do = f"alter sequence {table.schema}.{_name(row)} restart, above the ids that are there"
            yield Foreign(str(table), what, do, False)
        case "unlogged":
            what = "is unlogged: after a crash of the server it is empty"
            if table.name == names.PROCESS_TRACKING:
                what += ", which means that everything is handed over"
            yield Foreign(str(table), what, f"alter table {table} set logged", False)


def _of_check(connection: Connection, table: Table, written: _Written, row: Any) -> Iterator[Foreign]:
    """Evaluates a CHECK on columns that only a run writes; one that reads other columns is only named."""
    touched = sorted(set(row.columns) & set(written))
    if not touched:
        if not row.is_valid:
            what = f"constraint {_name(row)} was never checked: {_text(row)}"
            do = "a run stops at the first row that breaks it: correct those rows, then validate it, or drop it"
            yield Foreign(str(table), what, do, False)
        return
    refused = None if set(row.columns) - set(written) else _refused(connection, table, written, row.expression)
    if refused is None:
        yield _may_refuse(table, "constraint", row, written)
    elif refused:
        what = f"constraint {_name(row)} does not allow what a run writes ({refused}): {_text(row)}"
        yield Foreign(str(table), what, f"alter table {table} drop constraint {_name(row)}", True)


def _refused(connection: Connection, table: Table, written: _Written, expression: str) -> str | None:
    """The first values of a run that a CHECK, as the server prints it, refuses; empty: none; None: unknown."""
    types = {column.name: column.catalog_type for column in table.columns}
    columns = [name for name in written if name in types]
    steps = zip(*(written[name] for name in columns), strict=True)
    rows = ", ".join(
        "(" + ", ".join(f"cast({value} as {types[name]})" for name, value in zip(columns, step, strict=True)) + ")"
        for step in steps
    )
    row_text = " || ', ' || ".join(f"'{name}=' || coalesce(cast({name} as text), 'null')" for name in columns)
    query = (
        f"select {row_text} as step from (values {rows}) as {identifier(table.name)} ({', '.join(columns)}) "  # noqa: S608
        f"where ({expression}) is false limit 1"
    )
    try:
        with connection.begin_nested():
            found = connection.execute(sqlalchemy.text(query.replace(":", "\\:"))).scalar()
    except exc.DBAPIError:
        return None
    return "" if found is None else str(found)


def _may_refuse(table: Table, kind: str, row: Any, written: _Written) -> Foreign:
    values = "'ON_WORK', 'DONE', 'ERROR', ''" if "in_status" in row.columns else "its own"
    touched = ", ".join(sorted(set(row.columns) & set(written))) or "rows in place"
    what = f"{kind} {_name(row)} is none of ours, and a run writes {touched} ({values}): {_text(row)}"
    drop = f"alter table {table} drop constraint" if kind == "constraint" else f"drop index {table.schema}."
    return Foreign(
        str(table), what, f"if it refuses that, {drop}{' ' if kind == 'constraint' else ''}{_name(row)}", False
    )


def _is_ours(table: Table, row: Any) -> bool:
    """Whether it only repeats our own DDL: a primary key, or a unique index on one of its columns."""
    ours = {index.column for index in table.indexes} | {"id", "file_id"}
    if table.name not in _FIXED and not table.indexes:
        ours = {column.name for column in table.columns} - set(_LINK)
    return set(row.columns) <= ours and " WHERE " not in row.text


def _touches(row: Any, written: _Written) -> bool:
    """Whether a unique index has a column that a run writes, in its key or in its condition."""
    return any(name in row.text for name in written)


def _of_column(table: Table, written: _Written, row: Any) -> Iterator[Foreign]:
    column = f"{table}.{_name(row)}"
    is_marker = table.name == names.PROCESS_TRACKING
    if row.text == "generated" and row.what in written:
        do = "drop the column, then `etl generate-ddl --apply`"
        yield Foreign(column, f"is generated as {printable(row.expression)}, so no run can write it", do, True)
    elif is_marker and row.text == "must be filled" and row.what not in _FILLED_MARKER:
        what = "must be filled and has no default: where the table was cleared, a run cannot insert its own row"
        do = f"alter table {table} alter column {_name(row)} drop not null, or give it a default"
        if row.what == "id":
            do = f"give it back its sequence: alter table {table} alter column id add generated by default as identity"
        yield Foreign(column, what, do, False)
    elif row.what == "in_status" and row.text == "may be null":
        what = "may be null, and a row whose in_status is null is taken by no run"
        do = f"set it to '' where it is null, then alter table {table} alter column in_status set not null"
        yield Foreign(column, what, do, False)
    elif row.what == "in_status" and not (row.expression or "").startswith("''"):
        default = f"the default {printable(row.expression)}" if row.expression else "no default"
        what = f"has {default}: new rows are not ready"
        yield Foreign(column, what, f"alter table {table} alter column in_status set default ''", False)


def _name(row: Any) -> str:
    return printable(row.named)


def _text(row: Any) -> str:
    text = printable(row.text)
    return text if len(text) <= 200 else text[:200] + "…"
