"""Rows as COPY takes them, from a file of ours -> an in_ table: staged, judged by their keys, inserted.

All happens in a transaction of the caller, which may roll it back: then it is a trial.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from etl.database import Connection, SqlTemplates, copy_in, execute, fetch_all, fetch_one
from etl.errors import RunStopped
from etl.files.live_columns import live_table
from etl.files.noted import note_fill
from etl.files.target import InTable
from etl.quoting import shown

_sql = SqlTemplates(__package__)
_SHOWN: Final = 10
_BLOCK_BYTES: Final = 1 << 20


@dataclass(frozen=True)
class StagedRows:
    """A file of rows in COPY's text format, each with the line of its source first. `source`: what messages call it."""

    path: Path
    source: str
    table: InTable
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Keys:
    """`known`: keys of the staged rows that the table has already; `repeated`: rows whose key an earlier row has."""

    known: int
    repeated: int


def load_staged(connection: Connection, schema: str, staged: StagedRows, *, takes_newest: bool) -> int:
    """Inserts the rows and returns how many; with `takes_newest` a row takes the place of those with its key.

    Raises RunStopped for keys that repeat otherwise.
    """
    note_fill(connection, schema)
    variables = stage_rows(connection, schema, staged)
    if not takes_newest and (lines := duplicate_lines(connection, variables, staged.table)):
        key = ", ".join(staged.table.key)
        raise RunStopped(f"{staged.source}: nothing loaded, {key} must be unique:\n" + "\n".join(lines))
    return execute(connection, _sql("take_newest" if takes_newest else "insert_stage", **variables))


def try_staged(connection: Connection, schema: str, staged: StagedRows) -> Keys:
    """Inserts the rows into a table like the one they are for, and counts their keys; the caller rolls back.

    Raises EnvironmentFault for a row that the table would refuse.
    """
    variables = stage_rows(connection, schema, staged)
    for statement in _sql.script("try_stage", **variables):
        execute(connection, statement)
    if not variables["key"]:
        return Keys(0, 0)
    row = fetch_one(connection, _sql("count_keys", **variables))
    return Keys(row.known, row.repeated) if row else Keys(0, 0)


def stage_rows(connection: Connection, schema: str, staged: StagedRows) -> dict[str, object]:
    """Makes the temporary table `fill_stage` with the rows; returns the variables of further statements.

    Raises EnvironmentFault for a value that a column refuses, ConfigurationError where the table lacks a column.
    """
    table = live_table(connection, schema, staged.table, staged.columns, staged.source)
    variables = table_variables(schema, table, staged.columns)
    execute(connection, _sql("drop_stage"))
    execute(connection, _sql("make_stage", **variables))
    copy_in(connection, _sql("copy_stage", **variables), blocks_of(staged.path))
    execute(connection, _sql("analyze_stage"))
    return variables


def table_variables(schema: str, table: InTable, columns: Sequence[str]) -> dict[str, object]:
    """The variables of the statements that fill a table. `columns`: those that are filled."""
    return {
        "schema": schema,
        "table": table.name,
        "columns": list(columns),
        "key": [name for name in table.key if name in columns],
        "reset": [one for one in table.reset if one[0] not in columns],
    }


def duplicate_lines(
    connection: Connection, variables: dict[str, object], table: InTable, *, is_cleared: bool = False
) -> list[str]:
    """Which staged rows repeat a key of an earlier row or of the table: a text for each, the first few of them.

    `is_cleared`: the table is cleared before they come.
    """
    if not variables["key"]:
        return []
    statement = _sql("duplicates", **variables, is_cleared=is_cleared)
    found = fetch_all(connection, statement, {"shown": _SHOWN + 1})
    key = ", ".join(table.key)
    lines = [
        f"  line {row.line}: {key} {shown(row.value)} "
        + (f"is already on line {row.before}" if row.before else f"is in {table.name} already")
        for row in found[:_SHOWN]
    ]
    return [*lines, *(["  …"] if len(found) > _SHOWN else [])]


def blocks_of(path: Path) -> Iterator[bytes]:
    """A file, block by block."""
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            yield block
