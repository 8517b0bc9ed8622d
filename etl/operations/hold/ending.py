"""Ends the sessions of those who did not end by themselves."""

from etl.database import SqlTemplates, fetch_all, part_states, transaction
from etl.engine import Runtime
from etl.sources.in_tables.own_tables import IMPORT

_sql = SqlTemplates(__package__)


def end_sessions(runtime: Runtime) -> None:
    """Rolls back the open transactions of runners, of readers of topics and of writers of outputs."""
    with transaction(runtime.engine) as connection:
        if part_states(connection, runtime.in_schema, [IMPORT])[0].version is not None:
            _, running = runtime.handshake.read_state(connection)
            if running:
                runtime.handshake.end_backends(running)
    with transaction(runtime.store_engine) as connection:
        rows = fetch_all(connection, _sql("owners", schema=runtime.store.schema))
    # An owner is written as `host runner/number`.
    runners = {str(row.owner).rpartition(" ")[2].partition("/")[0] for row in rows}
    if runners:
        runtime.handshake.end_backends_of(sorted(runners))
