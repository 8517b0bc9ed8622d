"""Snapshots of all databases that belong together, without holding up anyone."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import sqlalchemy

from etl.database import Connection, SqlTemplates, fetch_all, snapshot
from etl.database.weekly import hold_table
from etl.engine import Runtime
from etl.errors import EnvironmentFault, LockTimeout, TransientFault
from etl.operations.installation import DUMPS, Installation, has_table
from etl.sources.in_tables.errors import ERRORS
from etl.store.journal import JOURNAL

_sql = SqlTemplates(__package__)

_TRIES = 20
# The snapshot is held while pg_dump reads.
_PATIENT = {"statement_timeout": "0", "idle_in_transaction_session_timeout": "0", "lock_timeout": "60s"}


@dataclass(frozen=True)
class Moment:
    """A read-only transaction in each database, with the name by which other sessions see the same."""

    connections: dict[sqlalchemy.Engine, Connection]
    names: dict[sqlalchemy.Engine, str]


@contextmanager
def one_moment(installation: Installation) -> Iterator[Moment]:
    """Snapshots of all databases, the import's first: then the store may be further than the import by a task that is
    under way, as after a crash between their commits, and the next runner continues from there. Whatever else happens
    between the snapshots makes another try: runs, tasks and batches wait for nothing.
    """
    engines = list(dict.fromkeys(installation.engine_of(name) for name in DUMPS))
    for _ in range(_TRIES):
        with ExitStack() as stack:
            connections = {one: stack.enter_context(snapshot(one, **_PATIENT)) for one in engines}
            if not holds_tables(installation.runtime, connections):
                continue
            if belong_together(installation.runtime, connections):
                names = {engine: _exported(connection) for engine, connection in connections.items()}
                yield Moment(connections, names)
                return
    raise EnvironmentFault(
        f"{_TRIES} times in a row a run has begun or ended between the snapshots of the databases, or a table was "
        "switched to another one: try again later"
    )


def holds_tables(runtime: Runtime, connections: dict[sqlalchemy.Engine, Connection]) -> bool:
    """pg_dump finds tables by their names, and reads them as of the snapshot. Whether the journal and the errors are
    the same tables, and no other ones have taken their places since."""
    for engine, schema, table in (
        (runtime.store_engine, runtime.store.schema, JOURNAL),
        (runtime.engine, runtime.in_schema, ERRORS),
    ):
        if has_table(connections[engine], f"{schema}.{table.name}"):
            try:
                hold_table(connections[engine], schema, table)
            except LockTimeout:
                raise
            except TransientFault:
                return False
    return True


def belong_together(runtime: Runtime, connections: dict[sqlalchemy.Engine, Connection]) -> bool:
    """Whether the store is not further than the import by more than tasks that are under way there."""
    if not runtime.has_own_store:
        return True
    imported, store = connections[runtime.engine], connections[runtime.store_engine]
    names = {"in_schema": runtime.in_schema, "store_schema": runtime.store.schema}
    if not (
        has_table(imported, f"{runtime.in_schema}.run") and has_table(store, f"{runtime.store.schema}.remote_task")
    ):
        return True
    [run] = fetch_all(imported, _sql("newest_run", **names))
    [done] = fetch_all(store, _sql("done_in_store", **names), {"source": run.source, "run": run.run})
    return done.unit <= run.run and set(done.tasks) <= set(run.begun)


def _exported(connection: Connection) -> str:
    [row] = fetch_all(connection, _sql("export_snapshot"))
    return str(row.name)
