"""What is under way or behind, in sentences for people: who and where, and what ends it."""

from collections.abc import Iterator

from etl.database import FILL_LOCK, Connection, SqlTemplates, fetch_all, part_states, read_only_transaction
from etl.engine import Runtime, list_versions
from etl.operations.installation import has_table
from etl.outputs.kafka.registry import Outputs
from etl.outputs.versions import STORE_PARTS
from etl.quoting import printable
from etl.sources.in_tables.own_tables import IMPORT

_sql = SqlTemplates(__package__, "etl.database")

_SHUT_OUT = "`etl drain --shut-out` leaves it for later"


def in_the_way(runtime: Runtime, host: str = "") -> list[str]:
    """What a drain waits for: of all hosts, or of one, beside fills and syncs, which do not say their host. Writes
    nothing. A source that is added names here what of it is under way."""
    found: list[str] = []
    with read_only_transaction(runtime.engine) as connection:
        if part_states(connection, runtime.in_schema, [IMPORT])[0].version is not None:
            found += _runners(connection, runtime, host)
            found += _fills(connection, runtime)
    with read_only_transaction(runtime.store_engine) as connection:
        for state in part_states(connection, runtime.store.schema, STORE_PARTS):
            state.refuse_reading()
        found += _partitions(connection, runtime, host)
        found += _leaders(connection, runtime, host) if host else _outputs(connection, runtime)
        found += _syncs(connection, runtime, host)
    if not host and runtime.settings.has_out_migration:
        with read_only_transaction(runtime.engine) as connection:
            behind = [one for one in list_versions(connection, runtime) if one.behind]
        found += [f"{one.schema_name} is {one.behind:,} changes behind the store" for one in behind]
    return found


def _runners(connection: Connection, runtime: Runtime, host: str) -> Iterator[str]:
    lease = runtime.settings.in_migration.lease_seconds
    for row in fetch_all(connection, _sql("runners_at_work", schema=runtime.in_schema)):
        is_alive = row.beat_age is not None and row.beat_age <= lease
        who = f"its {row.role}, process {row.pid} on {row.host}"
        if host and not (is_alive and row.host == host):
            continue  # a run whose owner is gone is taken over on another host
        if row.beat_age is None:
            yield f"run {row.run} was left by its runner: start a runner, or {_SHUT_OUT}"
        elif is_alive:
            yield f"run {row.run}: {who}, works on it"
        else:
            text = f"run {row.run}: {who}, is silent for {row.beat_age:.0f} s"
            yield f"{text}: a runner that is alive takes the run over, or {_SHUT_OUT}"


def _fills(connection: Connection, runtime: Runtime) -> Iterator[str]:
    values = {"lock": FILL_LOCK, "schema": runtime.in_schema}
    for row in fetch_all(connection, _sql("fills_at_work"), values):
        yield f"a fill is under way: session {row.pid} ({row.application}), for {row.seconds:.0f} s"


def _partitions(connection: Connection, runtime: Runtime, host: str) -> Iterator[str]:
    for row in fetch_all(connection, _sql("owned_partitions", schema=runtime.store.schema), {"host": host}):
        yield f"{row.topic}/{row.partition} is read by {row.owner}: its service gives it back{_or_later(host)}"


def _leaders(connection: Connection, runtime: Runtime, host: str) -> Iterator[str]:
    values = {"host": host, "lease_seconds": runtime.settings.in_migration.lease_seconds}
    for row in fetch_all(connection, _sql("led_outputs", schema=runtime.store.schema), values):
        yield f"the output {row.name} is written by {row.owner}"


def _syncs(connection: Connection, runtime: Runtime, host: str) -> Iterator[str]:
    if not has_table(connection, f"{runtime.store.schema}.ad_run"):
        return  # an older store
    for row in fetch_all(connection, _sql("syncs_at_work", schema=runtime.store.schema)):
        of = f"the user {printable(row.login)}" if row.login else "all users"
        since = f"{row.started_at:%F %T %Z}"
        yield f"a sync of {of} with the directory is under way since {since}: its end is waited for{_or_later(host)}"


def _or_later(host: str) -> str:
    """A single host is not closed, so that nothing there is shut out."""
    return "" if host else f", or {_SHUT_OUT}"


def _outputs(connection: Connection, runtime: Runtime) -> Iterator[str]:
    configured = [one.name for one in runtime.settings.kafka.outputs]
    lease = runtime.settings.in_migration.lease_seconds
    for one in Outputs(runtime.store.schema).states(connection, configured, lease):
        if one.is_configured and one.changes and not one.needs_recovery:
            who = "its writer works on that" if one.is_led else "no process writes it: `etl kafka out` does"
            yield f"the output {one.name} has {one.changes:,} changes to look at: {who}"
