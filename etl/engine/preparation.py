"""Before a run: the live database holds what the run will need, and nothing that would act with our rights."""

import logging
from functools import cache

from etl import ddl, merge
from etl.database import BRIEF, Connection, SqlTemplates, fetch_one, transaction
from etl.ddl import privileges as rights
from etl.engine.runtime import Begin, Runtime
from etl.engine.why_not import ensure_why_not
from etl.errors import EnvironmentFault, EtlError, FencedOut
from etl.merge import Connections
from etl.outputs import versions as outbound
from etl.runs import TaskQueue
from etl.sources.in_tables import remote
from etl.sources.in_tables.handshake import RunLease, ensure_hand_over_trigger

_sql = SqlTemplates(__package__)
_log = logging.getLogger("in_pg_migration")


def is_prepared(connection: Connection, runtime: Runtime) -> bool:
    """Whether marker and our own tables are there, so that a look at them makes sense; cheap, for the idle tick."""
    row = fetch_one(connection, _sql("is_prepared", schema=runtime.in_schema))
    return row is not None and bool(row.prepared)


def prepare(runtime: Runtime) -> None:
    """Checks rights and in_ tables, and makes what is ours where it is missing.

    Raises EnvironmentFault with every right that our role lacks, or with every difference of the in_ tables, which
    belong to the administrator's DDL, and ConfigurationError when the out_ version no longer fits.
    """
    # A runner that freezes here holds nobody up; only where one database waits for another must its session be patient.
    brief = {} if runtime.has_own_store or runtime.has_own_out else BRIEF
    settings = {"client_min_messages": "warning", **brief}
    with transaction(runtime.engine, **settings) as connection, runtime.connections(connection) as connections:
        prepare_in(connections, runtime, transaction)
    _ensure_hand_over_trigger(runtime)


def _ensure_hand_over_trigger(runtime: Runtime) -> None:
    """A run does not fail for want of it: polling finds hand-overs as well, and the next run tries again."""
    is_wanted = runtime.settings.in_migration.start_on_hand_over
    try:
        ensure_hand_over_trigger(runtime.engine, runtime.in_schema, is_wanted=is_wanted)
    except EnvironmentFault as fault:
        _log.warning("the trigger on %s.process_tracking is put off: %s", runtime.in_schema, fault)


def prepare_in(connections: Connections, runtime: Runtime, begin: Begin) -> None:
    """`prepare` in transactions of the caller; `begin` begins that of the out database, if it has one of its own."""
    _check_rights(connections, runtime)
    ddl.check_in_tables(connections.source, runtime.company, runtime.in_schema)
    prepare_store(connections.store, runtime)
    if not connections.is_single:
        runtime.gate.create(connections.store)
        remote.create_relay(connections.store, runtime.store.schema)
    runtime.handshake.create(connections.source)
    TaskQueue.create(connections.source, runtime.in_schema)
    merge.create_tables(connections.source, runtime.in_schema)
    ensure_why_not(connections.source, runtime.company, runtime.in_schema)
    if runtime.settings.has_out_migration and runtime.has_own_out:
        with begin(runtime.out_engine, client_min_messages="warning") as out:
            rights.check_rights(out, runtime.held(runtime.out_engine))
            prepare_mirror(out, runtime)
            outbound.refuse_changed(outbound.known_versions(out, runtime.store.schema), runtime.versions)
    elif runtime.settings.has_out_migration:
        outbound.refuse_changed(outbound.known_versions(connections.store, runtime.store.schema), runtime.versions)


def prepare_store(connection: Connection, runtime: Runtime) -> None:
    """Makes what the golden store lacks; an index of links is made when the first of them are in."""
    ddl.bring_up_store(connection, runtime.company, runtime.store.schema)
    runtime.store.create(connection)


def prepare_mirror(connection: Connection, runtime: Runtime) -> None:
    """Makes what the store's mirror in the out database lacks."""
    runtime.mirror.create(connection)
    runtime.store.create(connection)


def enter_store(runtime: Runtime, lease: RunLease) -> None:
    """The first act of a won run in a store of another database: nobody with a lower token writes there from now on."""
    if not runtime.has_own_store:
        return
    with transaction(runtime.store_engine) as connection:
        try:
            runtime.gate.open(connection, lease.run, lease.fence)
        except FencedOut as refusal:
            raise _older_import(runtime, lease, refusal) from refusal
        remote.forget_relay(connection, runtime.store.schema, before=lease.run)


def _older_import(runtime: Runtime, lease: RunLease, refusal: FencedOut) -> EtlError:
    """Why the store does not let in a run that has not changed hands: it knows a later one than the import does."""
    with transaction(runtime.engine) as connection:
        runtime.handshake.state_of(connection, lease)  # raises FencedOut when the run has changed hands
    with transaction(runtime.store_engine) as connection:
        known = runtime.gate.highest_run(connection)
    if known <= lease.run:
        return refusal
    return EnvironmentFault(
        f"run {lease.run} has not ended in schema {runtime.in_schema}, but the store {runtime.store.schema} "
        f"knows the later run {known}: the import was restored to an earlier day than the store. Restore both to one "
        f"day; or, to give that run up and hand over again, set state to 'stopped' in the row {lease.run} of "
        f"{runtime.in_schema}.run"
    )


def _check_rights(connections: Connections, runtime: Runtime) -> None:
    """In import and store; the out database of its own is asked when it is entered."""
    rights.check_rights(connections.source, runtime.held(runtime.engine))
    if not connections.is_single:
        rights.check_rights(connections.store, runtime.held(runtime.store_engine))
    if runtime.settings.import_database.host and (superuser := rights.is_superuser(connections.source)):
        _warn_of_superuser(superuser)


@cache
def _warn_of_superuser(role: str) -> None:
    """Once a process. The embedded server is exempt: nobody but its own account gets at it."""
    _log.warning("the engine's role %s is a superuser: an ordinary role is enough, and safer (docs/rights.md)", role)
