"""Every index against its table."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy

from etl.database import SqlTemplates, fetch_all, read_only_transaction, snapshot
from etl.errors import EnvironmentFault, TransientFault
from etl.monitoring.finding import Finding, error, ok, warning
from etl.operations.installation import Installation
from etl.operations.verify.catalog import engines_of, how_to_rebuild, rebuilt

_sql = SqlTemplates(__package__)

_PATIENT = {"statement_timeout": "0", "idle_in_transaction_session_timeout": "0"}
_BY_TABLE = {"enable_indexscan": "off", "enable_indexonlyscan": "off", "enable_bitmapscan": "off"}


def check_index_contents(installation: Installation, repair: bool) -> Iterator[Finding]:
    """By the extension amcheck; where it is not there, all rows of an index are read and counted, which finds pages
    that cannot be read and rows that are missing."""
    number = 0
    for engine, schemas in engines_of(installation).items():
        with read_only_transaction(engine) as connection:
            rows = fetch_all(connection, _sql("indexes"), {"schemas": schemas})
            amcheck = next((row.name for row in fetch_all(connection, _sql("amcheck"))), None)
        if amcheck is None:
            do = "`create extension amcheck` and the right to execute its functions make the check complete"
            yield warning("indexes", "amcheck is not installed: what an index holds is only read and counted", do)
        unreadable: set[str] = set()
        for row in (one for one in rows if one.is_valid and one.is_plain):
            if not (row.is_btree if amcheck else row.is_whole) or row.table_name in unreadable:
                continue
            number += 1
            if not (found := _damage(engine, row, amcheck)):
                continue
            if damage := _damage_of_table(engine, row):
                unreadable.add(row.table_name)
                yield error("tables", damage, "copy the server's data directory, then restore a backup: `etl restore`")
            else:
                yield rebuilt(engine, row, found) if repair else error("indexes", found, how_to_rebuild(row))
    yield ok("indexes", f"{number} indexes were compared with their tables")


def _damage(engine: sqlalchemy.Engine, row: Any, amcheck: str | None) -> str:
    """What is wrong with an index, for people; empty if nothing is."""
    try:
        if amcheck:
            with read_only_transaction(engine, seconds=86_400) as connection:
                fetch_all(connection, _sql("check_index", amcheck=amcheck), {"index": row.oid})
            return ""
        there, in_index = _counted(engine, row)
    except TransientFault:
        raise
    except EnvironmentFault as fault:
        if not fault.is_damage:
            raise
        return f"{row.index_name} of {row.table_name} is damaged: {fault.server_message}"
    return "" if there == in_index else f"{row.index_name} leads to {in_index:,} of {there:,} rows of {row.table_name}"


def _damage_of_table(engine: sqlalchemy.Engine, row: Any) -> str:
    """What keeps an index's table from being read, for people; empty if nothing does."""
    names = {"schema": row.schema_name, "table": row.table_only}
    try:
        with snapshot(engine, **_PATIENT, **_BY_TABLE) as connection:
            fetch_all(connection, _sql("rows_of_table", **names))
    except TransientFault:
        raise
    except EnvironmentFault as fault:
        if not fault.is_damage:
            raise
        return f"{row.table_name} is damaged: {fault.server_message}"
    return ""


def _counted(engine: sqlalchemy.Engine, row: Any) -> tuple[int, int]:
    """Rows of the table and of the index, in one snapshot."""
    names = {"schema": row.schema_name, "table": row.table_only}
    with snapshot(engine, **_PATIENT, **_BY_TABLE) as connection:
        [table] = fetch_all(connection, _sql("rows_of_table", **names))
        fetch_all(connection, _sql("prefer_indexes"))
        [index] = fetch_all(connection, _sql("rows_of_index", columns=row.columns, **names))
    return int(table.rows), int(index.rows)
