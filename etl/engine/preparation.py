"""Before a run: checks that the database has what the run needs, and nothing that would run with our privileges."""

import logging
from collections.abc import Iterable
from dataclasses import replace
from functools import cache

import sqlalchemy

from etl import ddl
from etl.database import (
    BRIEF,
    Connection,
    PartState,
    PlacedPart,
    SqlTemplates,
    bring_up,
    fetch_all,
    part_states,
    shut_out_older,
    states_of,
    transaction,
)
from etl.ddl import privileges
from etl.engine.information import ensure_information
from etl.engine.moments import refuse_other_moments
from etl.engine.runtime import Begin, Runtime
from etl.engine.sequences import behind_in_import, behind_in_store, raise_behind
from etl.engine.why_not import ensure_why_not
from etl.errors import EnvironmentFault, EtlError, FencedOut
from etl.merge import Connections
from etl.outputs import versions
from etl.outputs.versions import MIRROR, MIRROR_PARTS, STORE_PARTS
from etl.runs import TaskQueue
from etl.sources.in_tables import remote
from etl.sources.in_tables.handshake import RunLease, ensure_hand_over_trigger
from etl.sources.in_tables.own_tables import IMPORT
from etl.store import STORE

_sql = SqlTemplates(__package__)
_log = logging.getLogger("in_pg_migration")


def is_prepared(connection: Connection, runtime: Runtime, *, to_write: bool = False) -> bool:
    """Whether marker and our own tables are there, so that a look at them makes sense; cheap, for the idle tick.

    Raises what `refuse_unfit` does, for what lies in the database of the import.
    """
    prepared, states = read_import_state(connection, runtime)
    refuse_unfit(states, to_write=to_write)
    return prepared


def read_import_state(connection: Connection, runtime: Runtime) -> tuple[bool, list[PartState]]:
    """Whether the import is prepared, and the states of the parts in its database."""
    grouped = _by_schema(runtime.parts_at(runtime.engine))
    tables = {schema: [one.part.recorded_from[0][0] for one in placed] for schema, placed in grouped.items()}
    [row] = fetch_all(connection, _sql("is_prepared", schema=runtime.in_schema, tables_of=tables))
    states: list[PartState] = []
    for index, placed in enumerate(grouped.values()):
        states += states_of(placed, getattr(row, f"noted_{index}"), getattr(row, f"are_there_{index}"))
    return bool(row.prepared), states


def has_store(connection: Connection, runtime: Runtime, *, to_write: bool = False) -> bool:
    """Whether the golden store is there; `connection` is to its database. Raises what `refuse_unfit` does."""
    states = part_states(connection, runtime.store.schema, STORE_PARTS)
    refuse_unfit(states, to_write=to_write)
    return any(state.part is STORE and state.version is not None for state in states)


def has_mirror(out: Connection, runtime: Runtime, *, to_write: bool = False) -> bool:
    """Whether an out database of its own has the mirror. Raises what `refuse_unfit` does."""
    states = part_states(out, runtime.store.schema, MIRROR_PARTS)
    refuse_unfit(states, to_write=to_write)
    return any(state.part is MIRROR and state.version is not None for state in states)


def has_out_versions(out: Connection, runtime: Runtime) -> bool:
    """Whether the versions of the out_ tables are recorded; `out` is to their database."""
    return has_mirror(out, runtime) if runtime.has_own_out else has_store(out, runtime)


def states_at(connection: Connection, runtime: Runtime, engine: sqlalchemy.Engine) -> list[PartState]:
    """The states of all parts in the database of one of the engines, which `connection` is to."""
    grouped = _by_schema(runtime.parts_at(engine))
    return [
        state
        for schema, placed in grouped.items()
        for state in part_states(connection, schema, [one.part for one in placed])
    ]


def _by_schema(parts: Iterable[PlacedPart]) -> dict[str, list[PlacedPart]]:
    grouped: dict[str, list[PlacedPart]] = {}
    for one in parts:
        grouped.setdefault(one.schema, []).append(one)
    return grouped


def refuse_elsewhere(runtime: Runtime) -> None:
    """As `refuse_unfit` for a command that writes, of what lies in other databases than that of the import."""
    for engine in dict.fromkeys((runtime.store_engine, runtime.out_engine)):
        if engine is not runtime.engine and runtime.parts_at(engine):
            with transaction(engine) as connection:
                refuse_unfit(states_at(connection, runtime, engine), to_write=True)


def refuse_unfit(states: Iterable[PartState], *, to_write: bool) -> None:
    """Raises EnvironmentFault where a newer program has made tables that this one must not read, or `to_write` to, and
    ConfigurationError where they must first be brought up."""
    for state in states:
        if to_write:
            state.refuse_writing()
            state.refuse_older()
        else:
            state.refuse_reading()


def prepare(runtime: Runtime) -> None:
    """Checks privileges and in_ tables, and makes our own tables where they are missing.

    Raises EnvironmentFault with every privilege that our role lacks, or with every difference of the in_ tables, which
    belong to the administrator's DDL, and ConfigurationError when the out_ version no longer fits.
    """
    # BRIEF: a runner that freezes here must not block other sessions. Where one database waits for another it may idle.
    brief = {} if runtime.has_own_store or runtime.has_own_out else BRIEF
    settings = {"client_min_messages": "warning", **brief}
    with transaction(runtime.engine, **settings) as connection, runtime.connections(connection) as connections:
        prepare_in(connections, runtime, transaction)
    _ensure_hand_over_trigger(runtime)


def _ensure_hand_over_trigger(runtime: Runtime) -> None:
    """A failure does not fail the run: polling finds hand-overs as well, and the next run tries again."""
    enabled = runtime.settings.in_migration.start_on_hand_over
    try:
        ensure_hand_over_trigger(runtime.engine, runtime.in_schema, enabled=enabled)
    except EnvironmentFault as fault:
        _log.warning("the next run will try to make the trigger on %s.process_tracking: %s", runtime.in_schema, fault)


def prepare_in(connections: Connections, runtime: Runtime, begin: Begin) -> None:
    """`prepare` in the caller's transactions; `begin` begins one in the out database, if that is another database."""
    _check_privileges(connections, runtime)
    ddl.check_in_tables(connections.imported, runtime.company, runtime.in_schema)
    bring_up(connections.imported, runtime.in_schema, [IMPORT])
    raise_behind(connections.imported, behind_in_import(connections.imported, runtime.in_schema))
    prepare_store(connections.store, runtime)
    refuse_other_moments(connections, runtime)
    TaskQueue.create_view(connections.imported, runtime.in_schema)
    ensure_why_not(connections.imported, runtime.company, runtime.in_schema)
    ensure_information(connections, runtime, connections.store)
    if runtime.settings.has_out_migration and not runtime.has_own_out:
        versions.refuse_changed(versions.known_versions(connections.store, runtime.store.schema), runtime.versions)
    _prepare_out(runtime, begin)


def prepare_to_change(runtime: Runtime) -> bool:
    """As `prepare`, for changes of the store beside its sources; returns whether it has in_ tables."""
    with transaction(runtime.engine) as connection:
        has_import = is_prepared(connection, runtime, to_write=True)
    (prepare if has_import else prepare_without_import)(runtime)
    return has_import


def prepare_without_import(runtime: Runtime) -> None:
    """As `prepare`, for sources without in_ tables, which are not asked for."""
    with transaction(runtime.store_engine, client_min_messages="warning", **BRIEF) as connection:
        privileges.check_privileges(connection, replace(runtime.held(runtime.store_engine), source=""))
        prepare_store(connection, runtime)
        ensure_information(None, runtime, connection)
        if runtime.settings.has_out_migration and not runtime.has_own_out:
            versions.refuse_changed(versions.known_versions(connection, runtime.store.schema), runtime.versions)
    _prepare_out(runtime, transaction)


def _prepare_out(runtime: Runtime, begin: Begin) -> None:
    if runtime.settings.has_out_migration and runtime.has_own_out:
        with begin(runtime.out_engine, client_min_messages="warning") as out:
            privileges.check_privileges(out, runtime.held(runtime.out_engine))
            prepare_mirror(out, runtime)
            versions.refuse_changed(versions.known_versions(out, runtime.store.schema), runtime.versions)


def prepare_store(connection: Connection, runtime: Runtime) -> None:
    """Makes what the golden store lacks; an index of links is made when the first of them are in. Programs that do not
    know `sources` write no more where the metadata have them."""
    ddl.bring_up_store(connection, runtime.company, runtime.store.schema)
    bring_up(connection, runtime.store.schema, STORE_PARTS)
    if any(bo.has_sources for bo in runtime.company.objects):
        shut_out_older(connection, runtime.store.schema, STORE, "field_owner")
    if any(bo.time_field for bo in runtime.company.objects):
        shut_out_older(connection, runtime.store.schema, STORE, "state_time")
    raise_behind(connection, behind_in_store(connection, runtime.store.schema))
    if runtime.settings.in_migration.history_days:
        runtime.store.index_history(connection)


def prepare_mirror(connection: Connection, runtime: Runtime) -> None:
    """Makes what the store's mirror in the out database lacks."""
    runtime.mirror.create(connection)
    bring_up(connection, runtime.store.schema, MIRROR_PARTS)


def enter_store(runtime: Runtime, lease: RunLease) -> None:
    """First step of an acquired run: no lower fencing token of this import can write to the store any more."""
    with transaction(runtime.store_engine) as connection:
        try:
            runtime.store_fence.raise_to(connection, lease.token)
        except FencedOut as refusal:
            raise _older_import(runtime, lease, refusal) from refusal
        if runtime.has_own_store:
            remote.forget_remote_tasks(connection, runtime.store.schema, before=lease.run)


def _older_import(runtime: Runtime, lease: RunLease, refusal: FencedOut) -> EtlError:
    """Why the store refuses a run that no other runner took over: it knows a later run than the import does."""
    with transaction(runtime.engine) as connection:
        runtime.handshake.state_of(connection, lease)  # raises FencedOut when another runner took the run over
    with transaction(runtime.store_engine) as connection:
        known = runtime.store_fence.highest_unit(connection, lease.source)
    if known <= lease.run:
        return refusal
    return EnvironmentFault(
        f"run {lease.run} has not ended in schema {runtime.in_schema}, but the store {runtime.store.schema} "
        f"knows the later run {known}: the import was restored to an earlier day than the store. Restore both to one "
        f"day; or, to give that run up and hand over again, set state to 'stopped' in the row {lease.run} of "
        f"{runtime.in_schema}.run"
    )


def _check_privileges(connections: Connections, runtime: Runtime) -> None:
    """In import and store; a separate out database is checked when it is entered."""
    privileges.check_privileges(connections.imported, runtime.held(runtime.engine))
    if not connections.is_single:
        privileges.check_privileges(connections.store, runtime.held(runtime.store_engine))
    is_embedded = runtime.settings.import_database.is_embedded
    if not is_embedded and (superuser := privileges.is_superuser(connections.imported)):
        _warn_of_superuser(superuser)


@cache
def _warn_of_superuser(role: str) -> None:
    """Once a process. The embedded server is exempt: only its own account can connect to it."""
    _log.warning("the engine's role %s is a superuser: an ordinary role is safer (docs/privileges.md)", role)
