"""Sequences: none may give a number that a row has already."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy

from etl.database import SqlTemplates, execute, fetch_all, snapshot, transaction
from etl.monitoring.finding import Finding, error, ok
from etl.operations.installation import Installation
from etl.operations.verify.catalog import engines_of

_sql = SqlTemplates(__package__)


def check_sequences(installation: Installation, repair: bool) -> Iterator[Finding]:
    """A sequence that is behind its column repeats numbers; with `repair` it is raised to the highest one."""
    number = 0
    for engine, schemas in engines_of(installation).items():
        with snapshot(engine, statement_timeout="0") as connection:
            rows = fetch_all(connection, _sql("sequences"), {"schemas": schemas})
            behind = [(row, high) for row in rows if (high := _highest(connection, row)) > (row.last_value or 0)]
        number += len(rows)
        for row, high in behind:
            yield _finding(engine, row, high, repair=repair)
    yield ok("sequences", f"{number} sequences were compared with their columns")


def _highest(connection: sqlalchemy.Connection, row: Any) -> int:
    names = {"schema": row.schema_name, "table": row.table_name, "column": row.column_name}
    [found] = fetch_all(connection, _sql("highest", **names))
    return int(found.highest)


def _finding(engine: sqlalchemy.Engine, row: Any, high: int, *, repair: bool) -> Finding:
    text = f"{row.sequence_name} is at {row.last_value or 0}, and {row.table_name}.{row.column_name} has {high} already"
    if not repair:
        return error("sequences", text, "`etl verify --repair` raises it")
    with transaction(engine) as connection:
        execute(connection, _sql("raise_sequence"), {"name": row.sequence_name, "highest": high})
    return ok("sequences", f"{text}: it was raised")
