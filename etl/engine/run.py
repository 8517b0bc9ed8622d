"""One run, as `etl run` performs it.

acquire   one runner owns the run, others help it or end: etl/sources/in_tables/handshake
plan      the task BEGIN claims what is ready and records all other tasks: planning.py, etl/runs/plan.py
execute   workers take task after task, each one transaction: workers.py, handlers.py, etl/merge
publish   the out_ versions follow the journal, and hooks are notified: etl/outputs/versions
close     the run's row says done, and listeners are notified

A run that breaks off at any point is taken over by the next runner, which finds its finished tasks.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from etl.database import SqlTemplates, fetch_all, transaction
from etl.engine.cleaning import clean_before_run
from etl.engine.damage import damage_message
from etl.engine.handlers import TaskHandlers, merge_context_of
from etl.engine.hold import hold_here
from etl.engine.notifications import notify_of_run, notify_run
from etl.engine.outcome import Outcome
from etl.engine.preparation import enter_store, is_prepared, prepare
from etl.engine.run_context import (
    dismiss_helpers,
    heartbeat_of,
    retry_policy_of,
    task_queue_of,
    workers_of,
)
from etl.engine.runtime import Runtime
from etl.engine.workers import Workers, refuse_unknown
from etl.errors import DamageFound, EnvironmentFault, EtlError, MarkerHeld, OnHold, RunStopped, TransientFault
from etl.merge import MergeContext
from etl.notifications.telemetry import span
from etl.retry import Backoff, RetryPolicy, after_transient, allow
from etl.runs import CounterName, Kind, TaskQueue
from etl.runs.plan import FIRST
from etl.sources.in_tables.claim import unread_after_run
from etl.sources.in_tables.handshake import Action, Decision, Handshake, RunLease, Running
from etl.sources.in_tables.receipts import Receipt

_sql = SqlTemplates(__package__)
_log = logging.getLogger("in_pg_migration")


# A runner that was faster may hold the locks that preparing and acquiring take.
_ACQUIRING = RetryPolicy(after_transient(Backoff(first=0.4, longest=0.8, tries=2)))


def run_once(runtime: Runtime, *, accept: bool = False, check_cancelled: Callable[[], None] = allow) -> Outcome:
    """One look at the marker and, if it says so, one whole run.

    With `accept` a batch may remove or empty any number of rows, and the rows of a stopped run are taken as they are.
    `check_cancelled` is called before each task and raises when no further one may begin.

    Raises MarkerHeld when another runner has it, OnHold when an operator lets none begin, RunStopped when the run ends
    before its rows do, FencedOut when a new owner took over, EnvironmentFault when something must be fixed first (the
    run is then free for the next runner).
    """
    if not runtime.settings.has_in_migration:
        return Outcome("hasInMigration is false in configs/InMigrationPostgresConfig.txt: no run starts")
    decision, lease = acquire(runtime, accept=accept)
    if lease is None:
        return _not_started(decision)
    _log.info("w7qP9r57 :: start migration by companyCode=%s run=%s", runtime.company.code, lease.run)
    started = time.monotonic()
    queue = task_queue_of(runtime, lease)
    with span("etl.run", company=runtime.company.code, run=lease.run, taken_over=lease.taken_over):
        beat_seconds = runtime.settings.in_migration.heartbeat_seconds
        with _freeing(runtime.handshake, lease), heartbeat_of(runtime.handshake, lease, beat_seconds) as beat:
            between = retry_policy_of(runtime, queue, beat, check_cancelled)
            handlers = _enter(runtime, queue, lease, between, accept=accept)
            with _stopping(handlers, between):
                workers = workers_of(handlers, beat, check_cancelled)
                plan(handlers, workers, between)
                execute(workers)
                publish(workers)
                close(handlers, between)
        return _outcome(runtime, queue, decision, lease, time.monotonic() - started)


def acquire(runtime: Runtime, *, accept: bool) -> tuple[Decision, RunLease | None]:
    """Makes this runner the owner of a run, if the marker says that one starts; else there is no lease.

    An idle tick is one cheap look that writes nothing. An owner that is to be replaced loses its sessions first.
    """
    decision, replaced = _read_marker(runtime, accept=accept)
    if decision and not decision.starts:
        return decision, None
    _refuse_on_hold(runtime, decision)
    for attempt in _ACQUIRING.attempts("acquiring a run"):
        with attempt:
            try:
                _end_sessions(runtime, replaced)
                prepare(runtime)
                acquired = runtime.handshake.acquire(accept=accept)
            except TransientFault:
                # A runner that was faster holds locks; then the marker says so, or that the run is done.
                decision, replaced = _read_marker(runtime, accept=accept)
                if decision is None or decision.starts:
                    raise
                acquired = decision, None
    return acquired


def _refuse_on_hold(runtime: Runtime, decision: Decision | None) -> None:
    """On a hold of all hosts a run that was begun is still ended, by whichever runner."""
    hold = hold_here(runtime)
    if hold and (hold.host or hold.closed_at or decision is None or decision.action is not Action.TAKE_OVER):
        raise OnHold(str(hold))


def plan(handlers: TaskHandlers, workers: Workers, between: RetryPolicy) -> None:
    """Performs BEGIN, which claims what is ready, checks it for mass changes and records all other tasks; large tables
    are claimed by tasks of their own. A run that was taken over may have its plan: then its other tasks follow."""
    clean_before_run(handlers.runtime)
    between.run_with_retry(f"beginning run {handlers.lease.run}", partial(_begin, handlers.queue, handlers.lease))
    if not handlers.lease.taken_over:
        workers.perform(until=Kind.BEGIN)


def execute(workers: Workers) -> None:
    """Performs the tasks that merge the rows, mark them, fix the marker and report errors to the partner."""
    workers.perform(until=Kind.COPY_ERR)


def publish(workers: Workers) -> None:
    """Performs the tasks that are left: FILL_OUT and RUN_PROCESSES write the out_ version, NOTIFY calls hooks."""
    workers.perform()


def close(handlers: TaskHandlers, between: RetryPolicy) -> None:
    """Says in the run's row that it is done, and notifies listeners."""
    between.run_with_retry(f"closing run {handlers.lease.run}", partial(_close, handlers))


def _read_marker(runtime: Runtime, *, accept: bool) -> tuple[Decision | None, Running | None]:
    """What the marker asks for, and the run whose owner is replaced; no decision while our tables do not exist."""
    with transaction(runtime.engine) as connection:
        if not is_prepared(connection, runtime, to_write=True):
            return None, None
        decision, _, running = runtime.handshake.decide(connection, accept=accept)
    if running and (running.beat_age or 0) < 0 and decision.starts and runtime.handshake.is_beating(running):
        return _read_marker(runtime, accept=accept)
    return decision, running if decision.action is Action.TAKE_OVER else None


def _end_sessions(runtime: Runtime, replaced: Running | None) -> None:
    """Ends those of a replaced owner: open transactions of a frozen one would block the preparation and the merge."""
    if replaced is None:
        return
    # A newer version may have planned it: checked before anything is written.
    queue = TaskQueue(runtime.engine, runtime.in_schema, replaced.run, "", replaced.fence)
    refuse_unknown(replaced.run, queue.left())
    runtime.handshake.refuse_locked(replaced)
    runtime.handshake.end_backends(replaced)


def _not_started(decision: Decision) -> Outcome:
    if decision.starts or decision.action is Action.HELD:
        raise MarkerHeld(f"another runner was first: {decision.reason}")
    _log.info("12VQDGGLXH :: миграция не началась: %s", decision.reason)
    return Outcome(decision.reason)


def _enter(runtime: Runtime, queue: TaskQueue, lease: RunLease, between: RetryPolicy, *, accept: bool) -> TaskHandlers:
    """Enters the store and records the run there as a unit of work."""
    between.run_with_retry(f"entering the store for run {lease.run}", partial(enter_store, runtime, lease))
    context = between.run_with_retry(f"recording run {lease.run}", partial(_begin_unit, runtime, lease.run))
    return TaskHandlers(runtime, queue, lease, context, accept)


@contextmanager
def _stopping(handlers: TaskHandlers, between: RetryPolicy) -> Iterator[None]:
    """Stops the run when its rows do not let it continue, or when the server's data are damaged."""

    def stop(fault: EtlError) -> None:
        between.run_with_retry(f"stopping run {handlers.lease.run}", partial(_stop, handlers, str(fault)))

    try:
        yield
    except RunStopped as fault:
        stop(fault)
        raise
    except EnvironmentFault as fault:
        if not fault.is_damage:
            raise
        damage = DamageFound(damage_message(handlers.runtime, fault))
        stop(damage)
        raise damage from fault


@contextmanager
def _freeing(handshake: Handshake, lease: RunLease) -> Iterator[None]:
    """Frees the lease of a run that breaks off; after a lost connection the run's row tells whether it was closed."""
    try:
        yield
    except RunStopped:
        raise
    except TransientFault:
        if not _is_done(handshake, lease):
            _give_up(handshake, lease)
            raise
    except BaseException:
        _give_up(handshake, lease)
        raise


def _is_done(handshake: Handshake, lease: RunLease) -> bool:
    """Whether this runner closed the run although the answer was lost. Raises RunStopped if it was stopped."""
    try:
        with transaction(handshake.engine) as connection:
            state, message = handshake.state_of(connection, lease)
    except EnvironmentFault:
        return False  # the fault that is being raised says more
    if state == "stopped":
        raise RunStopped(message)
    return state == "done"


def _begin_unit(runtime: Runtime, run: int) -> MergeContext:
    """The store knows of the run from here on; what is cleaned then is older than it."""
    with transaction(runtime.engine) as connection, runtime.connections(connection) as connections:
        context = merge_context_of(connections, runtime, run)
        context.unit.begin(connections.store, context.store_schema)
        return context


def _begin(queue: TaskQueue, lease: RunLease) -> None:
    if lease.taken_over:
        queue.inherit()
    with transaction(queue.engine) as connection:
        queue.assert_fence(connection)
        queue.record(connection, [FIRST])


def _close(handlers: TaskHandlers) -> None:
    runtime, queue, lease = handlers.runtime, handlers.queue, handlers.lease
    with transaction(runtime.engine) as connection:
        queue.assert_fence(connection)
        with handlers.connections(connection) as connections:
            handlers.close_done(connections)
        runtime.handshake.end(connection, lease, state="done")
    notify_of_run(runtime, lease.run)
    if runtime.settings.has_out_migration:
        # Here, since a look at the marker does not need it.
        from etl.engine.versions import keep_version_alerts

        keep_version_alerts(runtime)


def _stop(handlers: TaskHandlers, message: str) -> None:
    """Stops a run: rows that were not merged are ready again, the marker says 2 until the next hand-over."""
    runtime, queue, lease = handlers.runtime, handlers.queue, handlers.lease
    dismiss_helpers(runtime.handshake, queue, lease)
    with transaction(runtime.engine) as connection:
        queue.assert_fence(connection)
        with handlers.connections(connection) as connections:
            handlers.close_stopped(connections)
            queue.drop_remaining(connection)
            runtime.handshake.finish_marker(connection, lease, status=2)
            runtime.handshake.end(connection, lease, state="stopped", message=message)
    try:
        with transaction(runtime.engine) as connection:
            notify_run(connection, runtime, lease.run, message=message)
    except EnvironmentFault as fault:
        _log.warning("no hook was notified that run %s was stopped: %s", lease.run, fault)


def _give_up(handshake: Handshake, lease: RunLease) -> None:
    # The next runner need not wait for the lease; if even this fails, it waits.
    try:
        handshake.give_up(lease)
    except EtlError as error:
        _log.warning("the lease of run %s could not be freed and must run out: %s", lease.run, error)


def _outcome(runtime: Runtime, queue: TaskQueue, decision: Decision, lease: RunLease, seconds: float) -> Outcome:
    with transaction(runtime.engine) as connection:
        tasks = queue.tasks(connection)
        [errors] = fetch_all(connection, _sql("error_rows", schema=runtime.in_schema), {"run": lease.run})
        receipts = Receipt.of_run(connection, runtime.in_schema, lease.run)
        claimed = {one.in_table for one in receipts if one.claimed}
        unread = [str(one) for one in unread_after_run(connection, runtime.company, runtime.in_schema, claimed)]
    for sentence in unread:
        _log.warning("%s", sentence)
    out = Counter[CounterName]()
    for task in tasks:
        if task.kind in (Kind.FILL_OUT, Kind.RUN_PROCESSES):
            out.update(task.counters)
    return Outcome(
        reason=decision.reason,
        run=lease.run,
        taken_over=lease.taken_over,
        receipts=tuple(receipts),
        errors=errors.errors,
        resolved=sum(task.counters.get("resolved", 0) for task in tasks),
        out_schema=runtime.out_version.schema if runtime.settings.has_out_migration else "",
        out=dict(out),
        seconds=seconds,
        unread=tuple(unread),
    )
