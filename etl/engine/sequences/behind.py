"""Which sequences are behind. They would give numbers that rows have already: a key refuses some, and the journal,
which has none, would be read in another order than it was written."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy

from etl.database import Connection, Part, SqlTemplates, fetch_all, part_states, read_only_transaction
from etl.engine.runtime import Runtime
from etl.sources.in_tables.own_tables import IMPORT
from etl.store import STORE

_sql = SqlTemplates(__package__)
_log = logging.getLogger("in_pg_migration")


@dataclass(frozen=True)
class SequenceBehind:
    """`name`: the sequence; `highest`: at least so far its column has come."""

    schema: str
    table: str
    column: str
    name: str
    last_value: int
    highest: int

    def __str__(self) -> str:
        return f"{self.name} is at {self.last_value}, and {self.table}.{self.column} has {self.highest} already"


def sequences_behind(runtime: Runtime) -> list[SequenceBehind]:
    """Those of import and store, as far as these have the tables of this program."""
    looked_at: tuple[tuple[sqlalchemy.Engine, str, Part, Callable[[Connection, str], list[SequenceBehind]]], ...] = (
        (runtime.engine, runtime.in_schema, IMPORT, behind_in_import),
        (runtime.store_engine, runtime.store.schema, STORE, behind_in_store),
    )
    found: list[SequenceBehind] = []
    for engine, schema, part, behind in looked_at:
        with read_only_transaction(engine) as connection:
            [state] = part_states(connection, schema, [part])
            if state.version == part.version:
                found += behind(connection, schema)
    return found


def behind_in_import(connection: Connection, schema: str) -> list[SequenceBehind]:
    return _behind(connection, "sequences_of_import", schema)


def behind_in_store(connection: Connection, schema: str) -> list[SequenceBehind]:
    return _behind(connection, "sequences_of_store", schema)


def raise_behind(connection: Connection, found: list[SequenceBehind]) -> None:
    """Nothing can be lost by it: numbers are left out. A rollback does not take it back."""
    for one in found:
        statement = _sql("raise_sequence", schema=one.schema, table=one.table, column=one.column)
        [row] = fetch_all(connection, statement, {"name": one.name})
        _log.warning("%s: it was raised to %s; `etl verify` looks for more that is not whole", one, row.raised_to)


def _behind(connection: Connection, statement: str, schema: str) -> list[SequenceBehind]:
    return [
        SequenceBehind(schema, row.table_name, row.column_name, row.sequence_name, row.last_value, row.highest)
        for row in fetch_all(connection, _sql(statement, schema=schema))
        if row.last_value < row.highest
    ]
