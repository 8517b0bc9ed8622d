"""Who is told of runs and feeds, from the settings of a house."""

import json
import logging
from dataclasses import asdict
from datetime import UTC, datetime

from etl.database import Connection, Statements, fetch_all, looking, notify, transaction
from etl.engine.preparation import is_prepared
from etl.engine.wiring import House
from etl.errors import EtlError
from etl.freshness import Feed, Handed, Watchman, look
from etl.handshake import Action, Decision, Marker
from etl.hooks import Event, Hooks
from etl.inbound import Receipt
from etl.settings import Settings

_sql = Statements(__package__)
_log = logging.getLogger("in_pg_migration")

_STOPPED = 2
_CHANNEL = "etl"


def hooks_of(settings: Settings) -> Hooks:
    """The configured hooks. The command does not see variables from which our values come."""
    in_migration = settings.in_migration
    secret = frozenset(one.origin.variable for one in settings.values if one.origin.variable)
    return Hooks(in_migration.hook_command, in_migration.hook_url.get_secret_value(), in_migration.hook_seconds, secret)


def notify_of_run(house: House, run: int) -> None:
    """Notifies whoever listens where the out_ tables are that new data is out. By now it is committed, and nothing is
    lost when the server does not take the notification."""
    payload = {"company": house.company.code, "run": run, "out": house.out_version.schema}
    engine = house.out_engine if house.settings.has_out_migration else house.engine
    try:
        notify(engine, _CHANNEL, json.dumps(payload))
    except EtlError as fault:
        _log.warning("nobody was notified of run %s: %s", run, fault)


def tell_run(connection: Connection, house: House, run: int, *, message: str = "") -> None:
    """Tells the hooks that a run is done, or with a message why it was stopped. By now its effects are committed."""
    hooks = hooks_of(house.settings)
    if not hooks.are_called:
        return
    [clock] = fetch_all(connection, _sql("clock"))
    [errors] = fetch_all(connection, _sql("error_rows", schema=house.in_schema), {"run": run})
    receipts = [asdict(one) for one in Receipt.of_run(connection, house.in_schema, run)]
    out = house.out_version.schema if house.settings.has_out_migration else None
    details = {"run": run, "errors": errors.errors, "receipts": receipts, "out_schema": out}
    hooks.tell_all(_run_event(house, clock.now, message, run, details))


def _run_event(house: House, now: datetime, message: str, run: int, details: dict[str, object]) -> Event:
    name = "run.stopped" if message else "run.done"
    return Event(name, house.company.code, now, message or f"run {run} is done", details)


def tell_waiting(house: House, run: int, fault: str) -> None:
    """Tells the hooks that a run waits for somebody who mends the server; without a fault, that it goes on."""
    message = f"run {run} waits: {fault}" if fault else f"run {run} goes on"
    # The server is what is out of order, so nobody asks it for the time.
    now, name = datetime.now(UTC), "run.waiting" if fault else "run.waiting.over"
    hooks_of(house.settings).tell_all(Event(name, house.company.code, now, message, {"run": run}))


def watch_feed(house: House) -> Feed | None:
    """Looks whether the feed is late or stalled and tells whom it concerns, once; None when nobody asked for it.

    Never raises: what goes wrong here is no fault of a run.
    """
    watchman = _watchman(house)
    if not watchman.is_needed:
        return None
    try:
        with transaction(house.engine) as connection:
            handed = _handed(connection, house)
        return watchman.watch(handed)
    except EtlError as fault:
        _log.warning("whether the feed is fresh could not be seen: %s", fault)
        return None


def look_at_feed(house: House) -> Feed | None:
    """The same without telling or writing; None when nobody asked for it."""
    watchman = _watchman(house)
    if not watchman.is_needed:
        return None
    with looking(house.engine) as connection:
        handed = _handed(connection, house)
        return look(connection, house.in_schema, handed, watchman.due, watchman.stalled_minutes)


def _watchman(house: House) -> Watchman:
    in_migration = house.settings.in_migration
    return Watchman(
        house.engine,
        house.in_schema,
        house.company.code,
        in_migration.due,
        in_migration.stalled_minutes,
        hooks_of(house.settings),
    )


def _handed(connection: Connection, house: House) -> Handed:
    if not is_prepared(connection, house):
        return Handed.NOTHING
    decision, marker, _ = house.handshake.decide(connection)
    return _what(decision, marker)


def _what(decision: Decision, marker: Marker | None) -> Handed:
    if decision.action in (Action.INSERT, Action.START):
        return Handed.READY
    if decision.action in (Action.HELD, Action.TAKE_OVER):
        return Handed.RUNNING
    is_stopped = marker is not None and marker.ins_inkafka_status == _STOPPED
    return Handed.STOPPED if is_stopped else Handed.NOTHING
