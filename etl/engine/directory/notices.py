"""Notifies hooks of a sync of all users: that it is done, was stopped by a guard, or has failed."""

from datetime import UTC, datetime
from typing import Any

from etl.engine.directory.outcome import SyncOutcome
from etl.engine.notifications import hooks_of
from etl.engine.runtime import Runtime
from etl.notifications.hooks import Event

_MOST_NAMED = 100


def notify_sync(runtime: Runtime, outcome: SyncOutcome) -> None:
    """By now its effects are committed. Hooks that fail are logged."""
    name = "sync.stopped" if outcome.stops else "sync.done"
    message = "; ".join(map(str, outcome.stops)) or f"the sync {outcome.run} of all users is done"
    _send(runtime, name, message, _details(outcome))


def notify_failure(runtime: Runtime, fault: Exception) -> None:
    """Nothing was changed."""
    _send(runtime, "sync.failed", f"the sync of all users failed: {fault}", {})


def _details(outcome: SyncOutcome) -> dict[str, Any]:
    left_out = [{"login": one.login, "reason": one.reason} for one in outcome.left_out[:_MOST_NAMED]]
    return {
        "run": outcome.run,
        "controller": outcome.controller,
        "users": outcome.users,
        "counts": dict(outcome.counts),
        "left_out": left_out,
        "stops": [one.guard for one in outcome.stops],
    }


def _send(runtime: Runtime, name: str, message: str, details: dict[str, Any]) -> None:
    hooks = hooks_of(runtime.settings)
    if hooks.are_called:
        # The store may be what has failed, so the time is not read from it.
        hooks.send_all(Event(name, runtime.company.code, datetime.now(UTC), message, details))
