"""Syncs with a directory in metrics, checks and `etl status`: when, how many, what has stopped them."""

import os
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from etl.engine import Runtime, zone_of
from etl.errors import EtlError
from etl.monitoring.finding import Finding, ok, warning
from etl.notifications.telemetry import Measure, Sample

if TYPE_CHECKING:
    from etl.engine.directory import SyncsState

DONE_AT = Measure("etl.directory.synced", "s", "When the newest finished sync of users began, in seconds since 1970")
AGE = Measure("etl.directory.age", "s", "Seconds since the newest finished sync of all users began")
TOOK = Measure("etl.directory.took", "s", "How long the newest finished sync of all users took")
RUNNING = Measure("etl.directory.running", "1", "Whether a sync of all users is under way")
STOPPED = Measure("etl.directory.stopped", "1", "Whether a guard has stopped the newest sync of all users")
FAILED = Measure("etl.directory.failed", "1", "Whether the newest sync of all users failed, or was ended by force")
READ = Measure("etl.directory.read", "{user}", "Users that the newest finished sync has read")
CHANGED = Measure("etl.directory.sync", "{change}", "Changes of the newest finished sync, by kind", ("kind",))
LEFT_OUT = Measure("etl.directory.left_out", "{user}", "Users that the newest finished sync has left out")
KNOWN = Measure("etl.directory.known", "{user}", "People whom syncs have met in the directory")
VANISHED = Measure("etl.directory.vanished", "{user}", "Those of them whom the last reads did not have")

DIRECTORY_MEASURES: Final = (*(DONE_AT, AGE, TOOK, RUNNING, STOPPED, FAILED, READ, CHANGED, LEFT_OUT, KNOWN, VANISHED),)


def read_directory(runtime: Runtime, *, seconds: float = 60.0) -> "SyncsState | None":
    """The state of the syncs; None where no directory is configured, or where there is no store yet."""
    if not runtime.settings.directory.is_used:
        return None
    # Imported here: few companies have a directory, and every command of a moment would wait for it.
    from etl.engine.directory import read_syncs_state

    return read_syncs_state(runtime, seconds=seconds)


def measure_directory(runtime: Runtime, company: Mapping[str, str]) -> list[Sample]:
    """The metrics of a company's syncs; none where there is no directory, or where the store does not answer."""
    try:
        found = read_directory(runtime)
    except EtlError:
        return []
    return [] if found is None else list(_samples(found, company))


def _samples(found: "SyncsState", company: Mapping[str, str]) -> Iterator[Sample]:
    from etl.sources.directory.people.changes import CHANGE_KINDS, LeaveOut

    yield Sample(RUNNING, int(found.running is not None), company)
    yield Sample(STOPPED, int(found.is_stopped), company)
    yield Sample(FAILED, int(found.is_failed), company)
    yield Sample(KNOWN, found.people, company)
    yield Sample(VANISHED, found.vanished, company)
    done, age = found.done, found.age_seconds
    if done is None or age is None or done.ended_at is None:
        return
    yield Sample(DONE_AT, done.started_at.timestamp(), company)
    yield Sample(AGE, age, company)
    yield Sample(TOOK, (done.ended_at - done.started_at).total_seconds(), company)
    yield Sample(READ, done.users, company)
    yield Sample(LEFT_OUT, done.counts.get(LeaveOut.__name__, 0), company)
    for kind in CHANGE_KINDS:
        yield Sample(CHANGED, done.counts.get(kind, 0), {**company, "kind": kind})


def check_syncs(runtime: Runtime) -> Iterator[Finding]:
    """Whether syncs of all users come as scheduled, and end well; the directory itself is not asked."""
    found = read_directory(runtime)
    if found is None:
        return
    if found.newest is not None and (found.is_stopped or found.is_failed):
        state = "stopped" if found.is_stopped else "failed" if found.newest.result else "ended by force"
        accept = "see `etl ad sync --dry-run`; if it is meant, `etl ad sync --accept`"
        do = accept if found.is_stopped else "`etl ad check`, then `etl ad sync`"
        message = f": {found.newest.message}" if found.newest.message else ""
        yield warning("directory", f"the newest sync of all users was {state}{message}", do)
    elif found.done is None:
        yield warning("directory", "no sync of all users is done yet", "`etl ad check`, then `etl ad sync --dry-run`")
    elif _is_overdue(runtime, found):
        do = "start `etl run --loop`, which brings people by migrate of MigrateFromAdScheduler, or `etl ad sync`"
        yield warning("directory", f"the newest sync of all users is {_age(found)} old", do)
    else:
        yield ok("directory", f"{found.done.users:,} users read {_age(found)} ago, {found.vanished:,} people vanished")


def _is_overdue(runtime: Runtime, found: "SyncsState") -> bool:
    """Whether two scheduled times have passed since: one may have come while this very one was under way."""
    schedule = runtime.settings.directory.schedule
    if schedule.is_off or found.done is None:
        return False
    zone, start = zone_of(runtime.settings.in_migration.time_zone, os.environ), found.done.started_at
    first = schedule.next_after(start, zone, start=start)
    second = schedule.next_after(first, zone, start=start) if first else None
    return second is not None and second < found.looked_at


def _age(found: "SyncsState") -> str:
    return str(timedelta(seconds=round(found.age_seconds or 0)))
