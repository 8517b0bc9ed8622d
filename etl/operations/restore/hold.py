"""Holds what was restored: no program writes, and no process of the original has a valid token, lease or sign-in."""

from collections.abc import Collection
from typing import Final

import sqlalchemy

from etl.database import HELD_FROM, SqlTemplates, execute, transaction
from etl.operations.installation import DUMPS, IMPORT, OUT, STORE, WEB, Installation, has_table, own_schemas

_sql = SqlTemplates(__package__)

CHANGED: Final = {
    IMPORT: ("etl_schema", "run", "run_fence", "runner"),
    STORE: ("etl_schema", "store_fence", "kafka_position", "kafka_output", "ad_run"),
    OUT: ("etl_schema",),
    WEB: ("etl_schema",),
}
"""Tables whose rows a restore changes: they differ from the backup."""
EMPTIED: Final = {IMPORT: (), STORE: ("hold",), OUT: (), WEB: ("web_session",)}
"""Tables whose rows a restore deletes."""


def adjusting(dump: str, schemas: Collection[str], tables: Collection[tuple[str, str]]) -> list[sqlalchemy.TextClause]:
    """The statements that hold schemas of ours; `tables`: those that are there, with their schemas."""
    return [
        _sql(f"adjust_{table}", schema=schema, held_from=HELD_FROM)
        for schema in schemas
        for table in (*CHANGED[dump], *EMPTIED[dump])
        if (schema, table) in tables
    ]


def hold(installation: Installation) -> list[str]:
    """Holds the databases as they are, where they were restored by other means; returns the schemas. Processes that
    work there now write nothing more."""
    done: dict[str, None] = {}
    for name in DUMPS:
        with transaction(installation.engine_of(name)) as connection:
            there = installation.schemas_of(name, connection)
            schemas = own_schemas(name, there, installation.runtime.store.schema)
            wanted = ((schema, table) for schema in schemas for table in (*CHANGED[name], *EMPTIED[name]))
            tables = [one for one in wanted if has_table(connection, ".".join(one))]
            for statement in adjusting(name, schemas, tables):
                execute(connection, statement)
        done |= dict.fromkeys(schema for schema, table in tables if table == "etl_schema")
    return list(done)
