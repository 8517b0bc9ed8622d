"""Reverts a run, or a unit of a source that has no runs; the undo is recorded as a run or unit of its own."""

from dataclasses import dataclass

from etl.database import Connection, SqlTemplates, fetch_one, rollback_transaction, server_time, transaction
from etl.engine.preparation import is_prepared, prepare, prepare_without_import
from etl.engine.repair.out_ids import rename_out_ids_of
from etl.engine.runtime import Begin, Runtime
from etl.errors import ConfigurationError
from etl.merge import Connections
from etl.outputs import versions
from etl.runs import Counters
from etl.store import FencingToken, NotedUndo, UndoCounters, Unit, UnitKind, undo_run

_sql = SqlTemplates(__package__)


@dataclass(frozen=True)
class Undone:
    """What an undo did. `counters`: instances restored, removed, kept (changed since); links
    linked and unlinked; references that wait no more, and links and files waiting again; aliases that are gone."""

    run: int
    as_run: int
    counters: UndoCounters
    out: Counters


def undo(runtime: Runtime, run: int) -> Undone:
    """Reverts what `run` changed, except what later runs changed; then the out_ tables follow.

    It may also be the number of a batch of records, or of the undo of one: such units only the store knows. If it is
    killed between the commits of a store and an import in two databases, the undo is done, and the next call
    only records it in the import. Raises ConfigurationError for an unknown run, MarkerHeld while a run is under way.
    """
    has_import = _has_import(runtime)
    (prepare if has_import else prepare_without_import)(runtime)
    undone = _undo(runtime, run, transaction, has_import=has_import)
    # A transaction does not see its own journal position; if this one fails, the next run catches up.
    out: Counters = {}
    if runtime.settings.has_out_migration:
        with runtime.out_connection() as connection:
            out = versions.bring_up_to_date(connection, runtime.versions)
    return Undone(run, undone.as_run, undone.counters, out)


def dry_undo(runtime: Runtime, run: int) -> Undone:
    """Does what `undo` does in the store, and rolls it back; raises what it raises. Other sources wait meanwhile."""
    undone = _undo(runtime, run, rollback_transaction, has_import=_has_import(runtime))
    return Undone(run, undone.as_run, undone.counters, {})


def _has_import(runtime: Runtime) -> bool:
    with transaction(runtime.engine) as connection:
        return is_prepared(connection, runtime, to_write=True)


def _undo(runtime: Runtime, run: int, begin: Begin, *, has_import: bool) -> NotedUndo:
    if not has_import:
        with begin(runtime.store_engine, **runtime.merge_settings) as store:
            return _revert_unit(runtime, store, run, begin)
    with begin(runtime.engine) as connection:
        runtime.handshake.lock_out_runs(connection)
        with runtime.connections(connection, begin) as connections:
            if _has_ended(connection, runtime, run):
                return _unheard(runtime, connections, run) or _revert(runtime, connections, run, begin)
            undone = _revert_unit(runtime, connections.store, run, begin)
            if begin is transaction:
                rename_out_ids_of(connections, runtime, run)
            return undone


def _number(runtime: Runtime, store: Connection, above: int, begin: Begin) -> int:
    if begin is rollback_transaction:
        return runtime.store.next_number(store, above=above, is_preview=True)
    # In a transaction of its own: other sources get numbers while this one lasts, and then wait at their fences.
    with transaction(runtime.store_engine) as beside:
        return runtime.store.next_number(beside, above=above)


def _revert(runtime: Runtime, connections: Connections, run: int, begin: Begin) -> NotedUndo:
    runtime.store_fence.shut_out(connections.store)
    as_run = _number(runtime, connections.store, runtime.highest_run(connections), begin)
    source = runtime.handshake.source(connections.imported)
    at = runtime.handshake.record_manual_run(connections.imported, _message(run), run=as_run)
    runtime.store_fence.raise_to(connections.store, FencingToken(source, as_run, 0))
    counters = undo_run(connections.store, runtime.company, runtime.store.schema, run=run, as_run=as_run, at=at)
    Unit(as_run, source, UnitKind.UNDO, at).finish(connections.store, runtime.store.schema, counters)
    undone = NotedUndo(as_run, at, counters)
    if not connections.is_single:
        runtime.store_fence.note_undo(connections.store, run, undone)
    return undone


def _other_source(store: Connection, runtime: Runtime, unit: int) -> str:
    """The source of an ended unit that is no run of in_ tables; "" if there is none. Raises ConfigurationError for an
    erasure."""
    row = fetch_one(store, _sql("unit_of_other_source", schema=runtime.store.schema), {"number": unit})
    if row and row.is_erasure:
        raise ConfigurationError(f"unit {unit} is an erasure, which nothing reverts: load the values again")
    return str(row.source) if row else ""


def _revert_unit(runtime: Runtime, store: Connection, unit: int, begin: Begin) -> NotedUndo:
    source = _other_source(store, runtime, unit)
    if not source:
        raise ConfigurationError(f"there is no ended run or batch {unit}: see `etl runs list`")
    runtime.store_fence.shut_out(store)
    as_unit = _number(runtime, store, unit, begin)
    now = server_time(store)
    counters = undo_run(store, runtime.company, runtime.store.schema, run=unit, as_run=as_unit, at=now)
    Unit(as_unit, source, UnitKind.UNDO, now).finish(store, runtime.store.schema, counters)
    return NotedUndo(as_unit, now, counters)


def _unheard(runtime: Runtime, connections: Connections, run: int) -> NotedUndo | None:
    """An undo that a killed call committed in the store alone; records it in the import."""
    undone = None if connections.is_single else runtime.store_fence.last_undo(connections.store, run)
    if undone is None or _has_ended(connections.imported, runtime, undone.as_run):
        return None
    runtime.handshake.record_manual_run(connections.imported, _message(run), run=undone.as_run, at=undone.at)
    return undone


def _has_ended(connection: Connection, runtime: Runtime, run: int) -> bool:
    return fetch_one(connection, _sql("ended_run", schema=runtime.in_schema), {"run": run}) is not None


def _message(run: int) -> str:
    return f"undo of run {run}"
