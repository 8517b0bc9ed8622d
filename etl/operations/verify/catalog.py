"""What the catalogs show of our schemas."""

import re
from collections.abc import Iterator
from typing import Any

import sqlalchemy

from etl.database import SqlTemplates, execute_alone, fetch_all, read_only_transaction
from etl.engine import states_at
from etl.errors import EnvironmentFault
from etl.monitoring.catalog import changed_collations, damaged_pages, invalid_index
from etl.monitoring.finding import Finding, error, ok, warning
from etl.operations.installation import DUMPS, Installation, has_table

_sql = SqlTemplates(__package__)

# What a `reindex index concurrently` that did not end leaves beside the index itself.
_LEFT_OVER = re.compile(r"_cc(new|old)[0-9]*$")


def engines_of(installation: Installation) -> dict[sqlalchemy.Engine, list[str]]:
    """Our schemas in each database."""
    found: dict[sqlalchemy.Engine, list[str]] = {}
    seen: set[str] = set()
    for name in DUMPS:
        engine = installation.engine_of(name)
        with read_only_transaction(engine) as connection:
            schemas = installation.schemas_of(name, connection)
        key = installation.database_of(name)
        found.setdefault(installation.engine_of(key), []).extend(one for one in schemas if f"{key} {one}" not in seen)
        seen |= {f"{key} {one}" for one in schemas}
    return found


def check_parts(installation: Installation, repair: bool) -> Iterator[Finding]:
    """Versions of our tables, and whether a restore holds them."""
    runtime = installation.runtime
    number = 0
    for engine in dict.fromkeys((runtime.engine, runtime.store_engine, runtime.out_engine)):
        with read_only_transaction(engine) as connection:
            states = states_at(connection, runtime, engine)
        for state in states:
            number += state.version is not None
            if state.is_held:
                yield warning("versions", state.held_message, "`etl restore --activate` when this shows no error")
            elif state.is_closed:
                yield warning("versions", state.closed_message, "`etl release` when the work is done")
            elif state.is_newer and state.oldest_reader > state.part.version:
                yield error("versions", state.newer_message, "install the newer etl")
            elif state.needs_upgrade:
                yield error("versions", state.older_message, "stop all runners, then run `etl upgrade start`")
    yield ok("versions", f"{number} parts of tables are known")


def check_indexes(installation: Installation, repair: bool) -> Iterator[Finding]:
    """Indexes that the server does not use: a constraint without one accepts what it forbids."""
    number = 0
    for engine, schemas in engines_of(installation).items():
        with read_only_transaction(engine) as connection:
            rows = fetch_all(connection, _sql("indexes"), {"schemas": schemas})
        number += len(rows)
        for row in (one for one in rows if not one.is_valid):
            found = invalid_index(row)
            yield rebuilt(engine, row, found) if repair else error("indexes", found, how_to_rebuild(row))
    yield ok("indexes", f"{number} indexes were looked at")


def how_to_rebuild(row: Any) -> str:
    """What to do about a row of `sql/indexes.sql`."""
    return f"`etl verify --repair`, or `reindex index concurrently {row.index_name}`"


def rebuilt(engine: sqlalchemy.Engine, row: Any, found: str) -> Finding:
    """Makes an index again while others read and write its table; drops what an earlier try has left."""
    if not row.is_plain:
        return error("indexes", found, how_to_rebuild(row))
    names = {"schema": row.schema_name, "index": row.name}
    if not row.is_valid and row.constraint_name is None and _LEFT_OVER.search(row.name):
        execute_alone(engine, _sql("drop_index", **names))
        return ok("indexes", f"{found}: a `reindex` that did not end has left it, and it was dropped")
    try:
        execute_alone(engine, _sql("rebuild_index", **names))
    except EnvironmentFault as fault:
        do = "settle what the message says of the table's rows, then `etl verify --repair` again"
        return error("indexes", f"{found}: it cannot be made again: {fault}", do)
    return ok("indexes", f"{found}: it was made again")


def check_collations(installation: Installation, repair: bool) -> Iterator[Finding]:
    """Libraries that sort in another way than when an index was made."""
    for engine in engines_of(installation):
        yield from changed_collations(engine, "collations")


def check_page_checksums(installation: Installation, repair: bool) -> Iterator[Finding]:
    """Pages that the server has found damaged."""
    for engine in engines_of(installation):
        yield from damaged_pages(engine, "page checksums")


def has_store(installation: Installation) -> bool:
    """Whether the golden store is there."""
    with read_only_transaction(installation.runtime.store_engine) as connection:
        return has_table(connection, f"{installation.runtime.store.schema}.journal")
