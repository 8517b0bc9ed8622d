"""Whether the server's table of locks has room for all that one transaction of ours locks."""

import math
from collections.abc import Iterator
from typing import Final

from etl.database import SqlTemplates, fetch_all, read_only_transaction
from etl.ddl.tables import Direction, Table, tables
from etl.engine import Runtime
from etl.monitoring.finding import Finding, warning

_sql = SqlTemplates(__package__)

# What one transaction may take of the whole table: other sessions need locks too.
_SHARE: Final = 0.5
# A table with its TOAST table, the index of that, its own indexes, and its sequence.
_RELATIONS_OF_TABLE: Final = 6


def check_lock_table(runtime: Runtime) -> Iterator[Finding]:
    """The first run makes all tables of a schema in one transaction, a restore as well, and locks each with its
    indexes until it is over."""
    for engine in dict.fromkeys((runtime.engine, runtime.store_engine, runtime.out_engine)):
        with read_only_transaction(engine) as connection:
            [found] = fetch_all(connection, _sql("lock_table"), {"schemas": runtime.held(engine).schemas})
        relations = int(found.relations)
        if engine is runtime.store_engine:
            relations = max(relations, len(_planned(runtime)) * _RELATIONS_OF_TABLE)
        yield from judge_lock_table(relations, found.locks_per_session, found.sessions)


def _planned(runtime: Runtime) -> list[Table]:
    """What the first run makes in the store, in one transaction."""
    schema = runtime.store.schema
    return tables(runtime.company, Direction.STORE, in_schema=schema, store_schema=schema, out_schema=schema)


def judge_lock_table(relations: int, locks_per_session: int, sessions: int) -> Iterator[Finding]:
    """`relations`: those that there are or will be; the other two: what the server has room for, as their product."""
    room = locks_per_session * sessions
    if relations <= room * _SHARE:
        return
    needed = math.ceil(relations / _SHARE / sessions)
    yield warning(
        "locks",
        f"our schemas have {relations:,} tables, indexes and sequences, or will have, and the server has room for "
        f"{room:,} locks of all sessions: what makes or restores them needs one for each",
        f"set max_locks_per_transaction of the server to at least {needed}, and restart it",
    )
