"""What can be said about marker, run, tasks, waiting links and out_ versions, read in one transaction."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from etl.database import (
    Connection,
    PartState,
    SqlTemplates,
    fetch_all,
    lock_holders,
    notify_queue,
    read_only_transaction,
)
from etl.engine.preparation import read_import_state, states_at
from etl.engine.runtime import Runtime
from etl.engine.versions import ListedVersion, list_versions, readers_beside
from etl.errors import EtlError, LockTimeout
from etl.merge import Connections
from etl.merge.references import waiting_links
from etl.outputs.versions import MOST_BEHIND, OutReader
from etl.sources.in_tables.handshake import (
    Action,
    Decision,
    Marker,
    Running,
)
from etl.sources.in_tables.receipts import Receipt
from etl.store import BackupRecords, Hold, Holds, LastBackups

_sql = SqlTemplates(__package__, "etl.database")

# The tables in which a run shows its heartbeat and its end.
_LEASE_TABLES = ("process_tracking", "run", "run_fence", "runner")

Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Status:
    """What `etl status` shows. `decision` is what a runner would do now, with its reason; times are the
    database's. `is_marker_faulty`: the marker is ambiguous until the reason is dealt with. `warnings`: what
    other sessions do to the server that slows or blocks runs. `versions`: of each part of our tables;
    `is_unreadable`: this program cannot read them, and the reason says why. `holds`: where an operator lets nothing
    begin; `backups`: the last ones that the store has noted."""

    company: str
    in_schema: str
    decision: str
    reason: str
    marker: Row | None = None
    run: Row | None = None
    tasks: tuple[Row, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    errors: tuple[Row, ...] = ()
    waiting: tuple[Row, ...] = ()
    out_versions: tuple[ListedVersion, ...] = ()
    readers: tuple[OutReader, ...] = ()
    looked_at: datetime
    runners: tuple[Row, ...] = ()
    is_marker_faulty: bool = False
    warnings: tuple[str, ...] = ()
    versions: tuple[Row, ...] = ()
    is_unreadable: bool = False
    holds: tuple[Hold, ...] = ()
    backups: LastBackups | None = None


def read_status(runtime: Runtime, *, seconds: float = 60.0, only_run: bool = False, is_brief: bool = False) -> Status:
    """The state of a company's migration now; writes nothing, and gives up what takes longer than `seconds`.

    `only_run` leaves out what must be counted: receipts, errors, waiting links and out versions. `is_brief`, for those
    who ask all the time, leaves out errors and backups, and counts what versions have not followed up to MOST_BEHIND.
    """
    with (
        read_only_transaction(runtime.engine, seconds=seconds) as connection,
        runtime.connections(connection, read_only_transaction) as connections,
    ):
        [clock] = fetch_all(connection, _sql("clock"))
        is_ready, states = read_import_state(connection, runtime)
        versions = [*states, *_states_elsewhere(connections, runtime)]
        unread = _why_unread(versions)
        if unread or not is_ready:
            return _without_run(runtime, clock.now, versions, unread)
        holds = tuple(Holds(runtime.store.schema).all(connections.store))
        found = replace(_of_run(connection, runtime, clock.now, versions), holds=holds)
        return found if only_run else _with_counts(found, connections, runtime, is_brief=is_brief)


def _without_run(runtime: Runtime, now: datetime, versions: list[PartState], unread: str) -> Status:
    """Where there is no run yet, or where this program cannot read our tables."""
    reason = unread or f"no run has been started in schema {runtime.in_schema} yet"
    return Status(
        company=runtime.company.code,
        in_schema=runtime.in_schema,
        decision="none",
        reason=reason,
        looked_at=now,
        versions=_rows_of(versions),
        is_unreadable=bool(unread),
    )


def _of_run(connection: Connection, runtime: Runtime, now: datetime, versions: list[PartState]) -> Status:
    """Marker, newest run and what disturbs it: quickly read, however much there is."""
    decision, marker, running = _decide(connection, runtime)
    run = _rows(connection, "newest_run", schema=runtime.in_schema)
    number = {"run": run[0]["run"] if run else None}
    return Status(
        company=runtime.company.code,
        in_schema=runtime.in_schema,
        decision=decision.action,
        reason=decision.reason,
        looked_at=now,
        is_marker_faulty=decision.is_faulty,
        marker=vars(marker) if marker else None,
        run=run[0] if run else None,
        tasks=tuple(_rows(connection, "task_states", number, schema=runtime.in_schema)),
        runners=tuple(_rows(connection, "runners", number, schema=runtime.in_schema)),
        warnings=(
            *(one.newer_message for one in versions if one.is_newer),
            *_warnings(connection, runtime, is_running=running is not None),
        ),
        versions=_rows_of(versions),
    )


def _with_counts(found: Status, connections: Connections, runtime: Runtime, *, is_brief: bool) -> Status:
    """The same with what must be counted."""
    connection, number = connections.imported, found.run["run"] if found.run else None
    expiry = runtime.settings.in_migration.reference_expiry_minutes
    waiting = waiting_links(connections.store, runtime.company, runtime.store.schema, expiry)
    return replace(
        found,
        receipts=tuple(Receipt.of_run(connection, runtime.in_schema, number)) if number else (),
        errors=() if is_brief else _errors(connection, runtime, number),
        waiting=tuple(vars(one) for one in waiting),
        out_versions=tuple(list_versions(connection, runtime, MOST_BEHIND if is_brief else None)),
        readers=tuple(readers_beside(connection, runtime, MOST_BEHIND if is_brief else None)),
        backups=None if is_brief else BackupRecords(runtime.store.schema).last(connections.store),
    )


def _errors(connection: Connection, runtime: Runtime, run: int | None) -> tuple[Row, ...]:
    return tuple(_rows(connection, "errors_by_code", {"run": run}, schema=runtime.in_schema))


def _states_elsewhere(connections: Connections, runtime: Runtime) -> list[PartState]:
    """What is recorded of the parts in other databases than that of the import."""
    found = [] if connections.is_single else states_at(connections.store, runtime, runtime.store_engine)
    if runtime.settings.has_out_migration and runtime.out_engine not in (runtime.engine, runtime.store_engine):
        with read_only_transaction(runtime.out_engine) as out:
            found += states_at(out, runtime, runtime.out_engine)
    return found


def _why_unread(states: list[PartState]) -> str:
    """Why this program cannot read what is there; empty when it can."""
    for state in states:
        try:
            state.refuse_reading()
        except EtlError as refusal:
            return str(refusal)
    return ""


def _rows_of(states: list[PartState]) -> tuple[Row, ...]:
    return tuple(
        {
            "part": one.part.name,
            "schema": one.schema,
            "version": one.version,
            "oldest_writer": one.oldest_writer,
            "oldest_reader": one.oldest_reader,
            "made_by": one.made_by,
            "program": one.part.version,
        }
        for one in states
        if one.version is not None
    )


def _decide(connection: Connection, runtime: Runtime) -> tuple[Decision, Marker | None, Running | None]:
    """What a runner would do; a lock of another session on the marker is an answer too."""
    try:
        with connection.begin_nested():
            return runtime.handshake.decide(connection)
    except LockTimeout as fault:
        return Decision(Action.WAIT, str(fault), is_faulty=True), None, None


def _warnings(connection: Connection, runtime: Runtime, *, is_running: bool) -> Iterator[str]:
    waited_for = [row.holder for row in fetch_all(connection, _sql("blocking_runners"))]
    if waited_for:
        yield f"a runner waits for locks of {', '.join(waited_for)}"
    locked = lock_holders(connection, runtime.in_schema, _LEASE_TABLES) if is_running else []
    if locked:
        yield f"others hold what the run needs: {'; '.join(locked)}"
    queue = notify_queue(connection)
    if queue.is_filling:
        yield f"{queue}. Hand-overs are found by polling; `etl check` says what to do"


def _rows(connection: Connection, statement: str, values: Row | None = None, **variables: object) -> list[Row]:
    return [dict(row._mapping) for row in fetch_all(connection, _sql(statement, **variables), values)]
