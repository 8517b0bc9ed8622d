"""Closes a company: no program writes any more, not even one that has stood still for long and continues now.

Every transaction of a runner, a batch or an output asks for its token and for what is recorded in etl_schema. Both
change here, behind the locks that these transactions hold: each of them has ended before, or is refused.
"""

from collections.abc import Iterator

import sqlalchemy

from etl.database import (
    CLOSED_FROM,
    HELD_FROM,
    Connection,
    SqlTemplates,
    execute,
    part_states,
    transaction,
)
from etl.engine import Runtime, read_holds, states_at
from etl.errors import LockTimeout
from etl.operations.hold.in_the_way import in_the_way
from etl.sources.in_tables.own_tables import IMPORT
from etl.store import Holds

_sql = SqlTemplates(__package__, "etl.sources.in_tables.handshake", "etl.store")

# A transaction that is under way ends within it, or is in the way.
_PATIENCE = "2s"


def close(runtime: Runtime, *, is_forced: bool = False) -> list[str]:
    """Closes every database, that of the import first, so that no run begins meanwhile. Returns what is in the way;
    then the company is not closed, and the next call continues. `is_forced`: whatever is in the way."""
    for engine in _engines(runtime):
        try:
            with transaction(engine, lock_timeout=_PATIENCE) as connection:
                _lock(connection, runtime, engine)
                if not is_forced and (found := in_the_way(runtime)):
                    return found
                _close(connection, runtime, engine)
        except LockTimeout as fault:
            return in_the_way(runtime) or [str(fault)]
    return []


def reopen(runtime: Runtime) -> None:
    """The reverse of `close`, the import last: when its runs begin, all else is open."""
    for engine in reversed(_engines(runtime)):
        with transaction(engine) as connection:
            for schema in _schemas(connection, runtime, engine):
                execute(connection, _sql("reopen_parts", schema=schema, closed_from=CLOSED_FROM))


def _engines(runtime: Runtime) -> list[sqlalchemy.Engine]:
    return list(dict.fromkeys((runtime.engine, runtime.store_engine, runtime.out_engine)))


def _schemas(connection: Connection, runtime: Runtime, engine: sqlalchemy.Engine) -> Iterator[str]:
    """Those in which versions are recorded."""
    for schema in dict.fromkeys(one.schema for one in runtime.parts_at(engine)):
        parts = [one.part for one in runtime.parts_at(engine) if one.schema == schema]
        if any(one.version for one in part_states(connection, schema, parts)):
            yield schema


def _lock(connection: Connection, runtime: Runtime, engine: sqlalchemy.Engine) -> None:
    """Waits for open transactions; later ones wait for this one."""
    if engine is runtime.engine and _has_runs(connection, runtime):
        execute(connection, _sql("lock_fence", schema=runtime.in_schema))
    if engine is runtime.store_engine:
        runtime.store_fence.shut_out(connection)


def _close(connection: Connection, runtime: Runtime, engine: sqlalchemy.Engine) -> None:
    is_new = False
    for schema in _schemas(connection, runtime, engine):
        values = {"schema": schema, "closed_from": CLOSED_FROM, "held_from": HELD_FROM}
        is_new |= execute(connection, _sql("close_parts", **values)) > 0
    if is_new and engine is runtime.engine and _has_runs(connection, runtime):
        execute(connection, _sql("shut_out_runners", schema=runtime.in_schema))
    if engine is runtime.store_engine:
        if is_new:
            for statement in _sql.script("raise_tokens", schema=runtime.store.schema):
                execute(connection, statement)
        Holds(runtime.store.schema).note_closed(connection)


def _has_runs(connection: Connection, runtime: Runtime) -> bool:
    [state] = part_states(connection, runtime.in_schema, [IMPORT])
    return state.version is not None


def is_closed(runtime: Runtime) -> bool:
    """Whether no program writes to any of the databases, and the hold says so."""
    for engine in _engines(runtime):
        with transaction(engine) as connection:
            if any(one.version and not one.is_closed for one in states_at(connection, runtime, engine)):
                return False
    return any(one.closed_at for one in read_holds(runtime))
