"""Notifies hooks and listeners of runs and feeds, as the settings say."""

import json
import logging
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial

from etl.database import Connection, SqlTemplates, bring_up, fetch_all, notify, read_only_transaction, transaction
from etl.engine.preparation import is_prepared
from etl.engine.runtime import Runtime
from etl.errors import EtlError
from etl.notifications.freshness import (
    Feed,
    Handed,
    Watchman,
    look,
)
from etl.notifications.hooks import Event, Hooks
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
        notify(engine, _CHANNEL, json.dumps(payload))
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
    # The server is out of order, so the time is not read from it.
    now, name = datetime.now(UTC), "run.waiting" if fault else "run.waiting.over"
    hooks_of(runtime.settings).send_all(Event(name, runtime.company.code, now, message, {"run": run}))


def watch_feed(runtime: Runtime) -> Feed | None:
    """Checks whether the feed is late or stalled and notifies once; None when the settings do not ask for it.

    Never raises: what goes wrong here is no fault of a run.
    """
    watchman = _watchman(runtime)
    if not watchman.is_needed:
        return None
    try:
        with transaction(runtime.engine) as connection:
            handed = _handed(connection, runtime)
        return watchman.watch(handed)
    except EtlError as fault:
        _log.warning("whether the feed is fresh could not be seen: %s", fault)
        return None


def look_at_feed(runtime: Runtime) -> Feed | None:
    """As `watch_feed`, without notifying or writing."""
    watchman = _watchman(runtime)
    if not watchman.is_needed:
        return None
    with read_only_transaction(runtime.engine) as connection:
        handed = _handed(connection, runtime)
        return look(connection, runtime.in_schema, handed, watchman.due, watchman.stalled_minutes)


def _watchman(runtime: Runtime) -> Watchman:
    in_migration = runtime.settings.in_migration
    return Watchman(
        runtime.engine,
        runtime.in_schema,
        runtime.company.code,
        in_migration.due,
        in_migration.stalled_minutes,
        hooks_of(runtime.settings),
        partial(bring_up, schema=runtime.in_schema, parts=[IMPORT]),
    )


def _handed(connection: Connection, runtime: Runtime) -> Handed:
    if not is_prepared(connection, runtime):
        return Handed.NOTHING
    decision, marker, _ = runtime.handshake.decide(connection)
    return _what(decision, marker)


def _what(decision: Decision, marker: Marker | None) -> Handed:
    if decision.action in (Action.INSERT, Action.START):
        return Handed.READY
    if decision.action in (Action.HELD, Action.TAKE_OVER):
        return Handed.RUNNING
    is_stopped = marker is not None and marker.ins_inkafka_status == _STOPPED
    return Handed.STOPPED if is_stopped else Handed.NOTHING
