"""What the owner of a run and its helpers share: the tasks, the workers, and freeing the tasks of lost helpers."""

import logging
import time
from collections.abc import Callable, Sequence
from functools import partial

from etl.database import transaction
from etl.engine.handlers import TaskHandlers, merge_context_of
from etl.engine.notifications import notify_waiting
from etl.engine.outage_notifier import OutageNotifier
from etl.engine.runtime import Runtime
from etl.engine.workers import Workers
from etl.errors import TransientFault
from etl.merge import MergeContext
from etl.retry import RetryPolicy
from etl.runs import TaskQueue, backoffs_of
from etl.sources.in_tables.handshake import Handshake, Heartbeat, Joining, RunLease

_log = logging.getLogger("in_pg_migration")

# Seconds between two calls of check_cancelled within a pause.
_POLL_SECONDS = 0.2


def task_queue_of(runtime: Runtime, lease: RunLease, *, is_helper: bool = False) -> TaskQueue:
    """The tasks of a run that this runner owns or helps."""
    lease_seconds = runtime.handshake.lease_seconds
    parts = runtime.parts_at(runtime.engine)
    names = (runtime.engine, runtime.in_schema, lease.run, lease.owner, lease.fence)
    return TaskQueue(*names, lease_seconds, is_helper, parts)


def heartbeat_of(
    handshake: Handshake, lease: RunLease, beat_seconds: float, kind: type[Heartbeat] = Heartbeat
) -> Heartbeat:
    """The heartbeat of this runner for a run, not started yet."""
    return kind(
        handshake.engine,
        handshake.schema,
        lease,
        beat_seconds=beat_seconds,
        lease_seconds=handshake.lease_seconds,
        engines={handshake.engine, *handshake.other_engines},
    )


def open_merge_context(runtime: Runtime, run: int) -> MergeContext:
    """The context of a recorded run. A store in another database has been entered before."""
    with transaction(runtime.engine) as connection, runtime.connections(connection) as connections:
        return merge_context_of(connections, runtime, run)


def retry_policy_of(
    runtime: Runtime, queue: TaskQueue, beat: Heartbeat, check_cancelled: Callable[[], None]
) -> RetryPolicy:
    """How a runner retries the steps between its tasks."""

    def wait(seconds: float) -> bool:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            check_cancelled()
            time.sleep(min(left, _POLL_SECONDS))
        return True

    seconds = runtime.settings.in_migration.fault_patience_seconds
    backoffs = partial(backoffs_of, outage_seconds=seconds, only_outages=True)
    outage = OutageNotifier(queue, partial(notify_waiting, runtime, queue.run))
    return RetryPolicy(backoffs, beat.check, wait, partial(outage, None))


def workers_of(handlers: TaskHandlers, beat: Heartbeat, check_cancelled: Callable[[], None]) -> Workers:
    """This runner's workers for a run, as many as the configuration says."""
    runtime = handlers.runtime
    in_migration = runtime.settings.in_migration
    return Workers(
        handlers.queue,
        handlers,
        runtime.settings.worker_count,
        check_cancelled=check_cancelled,
        check=beat.check,
        cancel=runtime.handshake.cancel_backends,
        rescue=partial(_rescue, runtime.handshake, handlers.queue, handlers.lease),
        outage=OutageNotifier(handlers.queue, partial(notify_waiting, runtime, handlers.lease.run)),
        max_crashes=in_migration.task_attempts,
        patience_seconds=in_migration.fault_patience_seconds,
        settings=runtime.merge_settings,
    )


def _rescue(handshake: Handshake, queue: TaskQueue, lease: RunLease, owners: Sequence[str]) -> None:
    """Frees the tasks of lost helpers: dismisses the helpers, then ends their transactions."""
    if Joining(handshake).dismiss(lease, owners, only_lost=True):
        queue.put_back_lost(owners)
        _log.warning("run %s: what lost helpers had begun is free again (%s)", lease.run, ", ".join(owners))


def dismiss_helpers(handshake: Handshake, queue: TaskQueue, lease: RunLease) -> None:
    """Before a run is stopped all of its helpers must have ended."""
    joining = Joining(handshake)
    owners = [*joining.helpers(lease), *queue.left().lost]
    if owners and not joining.dismiss(lease, owners, only_lost=False):
        raise TransientFault(f"run {lease.run} could not be stopped: a helper's backend does not end")
