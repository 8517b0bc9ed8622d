"""Notifies hooks and listeners of runs and feeds, as the settings say."""

import logging
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial

from etl.database import Connection, SqlTemplates, bring_up, fetch_all, notify, read_only_transaction, transaction
from etl.engine.preparation import is_prepared
from etl.engine.runtime import Runtime
from etl.errors import EtlError
from etl.notifications import freshness
from etl.notifications.freshness import Feed, FeedMonitor, HandOver
from etl.notifications.hooks import Event, Hooks
from etl.quoting.json_text import json_text
from etl.settings import Settings
from etl.sources.in_tables.handshake import Action, Decision, Marker
from etl.sources.in_tables.own_tables import IMPORT
from etl.sources.in_tables.receipts import Receipt

_sql = SqlTemplates(__package__)
_log = logging.getLogger("in_pg_migration")

_STOPPED = 2
_CHANNEL = "etl"


def hooks_of(settings: Settings) -> Hooks:
    """The configured hooks. The command does not see variables from which our values come."""
    in_migration = settings.in_migration
    secret = frozenset(one.origin.variable for one in settings.values if one.origin.variable)
    return Hooks(in_migration.hook_command, in_migration.hook_url.get_secret_value(), in_migration.hook_seconds, secret)


def notify_of_run(runtime: Runtime, run: int) -> None:
    """Notifies listening sessions in the database of the out_ tables that new data is out. The data is committed by
    now: if the server refuses the notification, nothing else is lost."""
    payload = {"company": runtime.company.code, "run": run, "out": runtime.out_version.schema}
    engine = runtime.out_engine if runtime.settings.has_out_migration else runtime.engine
    try:
        notify(engine, _CHANNEL, json_text(payload))
    except EtlError as fault:
        _log.warning("no listener was notified of run %s: %s", run, fault)


def notify_run(connection: Connection, runtime: Runtime, run: int, *, message: str = "") -> None:
    """Notifies the hooks that a run is done, or with a message why it was stopped. By now its effects are committed."""
    hooks = hooks_of(runtime.settings)
    if not hooks.are_called:
        return
    [clock] = fetch_all(connection, _sql("clock"))
    [errors] = fetch_all(connection, _sql("error_rows", schema=runtime.in_schema), {"run": run})
    receipts = [asdict(one) for one in Receipt.of_run(connection, runtime.in_schema, run)]
    out = runtime.out_version.schema if runtime.settings.has_out_migration else None
    details = {"run": run, "errors": errors.errors, "receipts": receipts, "out_schema": out}
    hooks.send_all(_run_event(runtime, clock.now, message, run, details))


def _run_event(runtime: Runtime, now: datetime, message: str, run: int, details: dict[str, object]) -> Event:
    name = "run.stopped" if message else "run.done"
    return Event(name, runtime.company.code, now, message or f"run {run} is done", details)


def notify_waiting(runtime: Runtime, run: int, fault: str) -> None:
    """Notifies the hooks that a run waits until the server is repaired; without a fault, that it continues."""
    message = f"run {run} waits: {fault}" if fault else f"run {run} continues"
    # The server may not answer, so the time is not read from it.
    now, name = datetime.now(UTC), "run.waiting" if fault else "run.waiting.over"
    hooks_of(runtime.settings).send_all(Event(name, runtime.company.code, now, message, {"run": run}))


def watch_feed(runtime: Runtime) -> Feed | None:
    """Checks whether the feed is late or stalled and notifies once; None when the settings do not ask for it.

    Never raises: a fault here must not end a run.
    """
    monitor = _feed_monitor(runtime)
    if not monitor.is_needed:
        return None
    try:
        with transaction(runtime.engine) as connection:
            hand_over = _hand_over(connection, runtime)
        return monitor.watch(hand_over)
    except EtlError as fault:
        _log.warning("the freshness of the feed could not be checked: %s", fault)
        return None


def read_feed(runtime: Runtime) -> Feed | None:
    """As `watch_feed`, without notifying or writing."""
    monitor = _feed_monitor(runtime)
    if not monitor.is_needed:
        return None
    with read_only_transaction(runtime.engine) as connection:
        hand_over = _hand_over(connection, runtime)
        return freshness.read_feed(connection, runtime.in_schema, hand_over, monitor.due, monitor.stalled_minutes)


def _feed_monitor(runtime: Runtime) -> FeedMonitor:
    in_migration = runtime.settings.in_migration
    return FeedMonitor(
        runtime.engine,
        runtime.in_schema,
        runtime.company.code,
        in_migration.due,
        in_migration.stalled_minutes,
        hooks_of(runtime.settings),
        partial(bring_up, schema=runtime.in_schema, parts=[IMPORT]),
    )


def _hand_over(connection: Connection, runtime: Runtime) -> HandOver:
    if not is_prepared(connection, runtime):
        return HandOver.NOTHING
    decision, marker, _ = runtime.handshake.decide(connection)
    return _state_of(decision, marker)


def _state_of(decision: Decision, marker: Marker | None) -> HandOver:
    if decision.action in (Action.INSERT, Action.START):
        return HandOver.READY
    if decision.action in (Action.HELD, Action.TAKE_OVER):
        return HandOver.RUNNING
    is_stopped = marker is not None and marker.ins_inkafka_status == _STOPPED
    return HandOver.STOPPED if is_stopped else HandOver.NOTHING
