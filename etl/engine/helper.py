"""Help: a runner that did not acquire the run performs tasks for its owner.

The owner alone claims, plans, writes the marker and closes. A helper only writes within tasks, under the run's token.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import replace

from etl.database import transaction
from etl.engine.handlers import TaskHandlers
from etl.engine.hold import refuse_on_hold
from etl.engine.outcome import Outcome
from etl.engine.run import run_once
from etl.engine.run_context import heartbeat_of, open_merge_context, task_queue_of, workers_of
from etl.engine.runtime import Runtime
from etl.errors import FencedOut, MarkerHeld, RunStopped
from etl.notifications.telemetry import span
from etl.runs import TaskQueue
from etl.sources.in_tables.handshake import (
    Heartbeat,
    HelpersHeartbeat,
    Joining,
    RunLease,
)

_log = logging.getLogger("in_pg_migration")

# Seconds between two looks for the plan of a run that has just begun.
_POLL_SECONDS = 0.2


def run_or_help(runtime: Runtime, *, accept: bool = False) -> Outcome:
    """As `run_once`; while another runner has the marker, helps it until its run has ended, and looks again.

    Raises MarkerHeld when that run cannot be joined.
    """
    tasks = 0
    while True:
        try:
            return replace(run_once(runtime, accept=accept), helped=tasks)
        except MarkerHeld:
            refuse_on_hold(runtime)
            tasks += help_run(runtime)


def help_run(runtime: Runtime, *, check_cancelled: Callable[[], None] = lambda: None) -> int:
    """Joins the running run and performs its tasks until it ends or is taken over; returns their number. 0 also
    when no run is running: the caller looks again.

    Raises MarkerHeld when its owner works with another configuration, or when the owner must stop the run.
    """
    joining = Joining(runtime.handshake)
    with transaction(runtime.engine) as connection:
        _, running = runtime.handshake.read_state(connection)
    lease = joining.join(running) if running else None
    if lease is None:
        return 0
    _log.info("joined run %s of runner %s", lease.run, running.owner if running else "")
    queue = task_queue_of(runtime, lease, is_helper=True)
    try:
        with span("etl.help", company=runtime.company.code, run=lease.run):
            _help(runtime, queue, lease, check_cancelled)
    except FencedOut as end:
        _log.info("the help for run %s has ended: %s", lease.run, end)
    except RunStopped as stop:
        raise MarkerHeld(f"run {lease.run} is left to its owner: {stop}") from stop
    finally:
        joining.leave(lease)
    tasks = queue.performed()
    _log.info("helped with run %s: %d tasks", lease.run, tasks)
    return tasks


def _help(runtime: Runtime, queue: TaskQueue, lease: RunLease, check_cancelled: Callable[[], None]) -> None:
    beat_seconds = runtime.settings.in_migration.heartbeat_seconds
    beat = heartbeat_of(runtime.handshake, lease, beat_seconds, HelpersHeartbeat)
    with beat:
        queue.put_back_mine()
        if _is_planned(queue, beat, check_cancelled):
            handlers = TaskHandlers(runtime, queue, lease, open_merge_context(runtime, lease.run))
            workers_of(handlers, beat, check_cancelled).perform()


def _is_planned(queue: TaskQueue, beat: Heartbeat, check_cancelled: Callable[[], None]) -> bool:
    """Waits for the owner's plan; False when the run ends without one."""
    while not (left := queue.left()).is_planned:
        check_cancelled()
        beat.check()
        if left.is_over:
            return False
        time.sleep(_POLL_SECONDS)
    return True
