"""The one sentence that an operator has to read first, and what can be done about it; no I/O."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from etl.database import FULL_DISK_ADVICE
from etl.engine import Status
from etl.engine.topic_alerts import AlertKind
from etl.monitoring.progress import Progress, progress, waits_for
from etl.monitoring.situation import QUARANTINED, Situation
from etl.notifications.alerts import Alert

# A run of which no task has ended for so long deserves a look, even if it says no reason.
STALLED_SECONDS = 300.0
# The keys that a guard against mass changes names when it stops a run.
_GUARDS = ("maxRemovedShare", "maxBlankedShare", "maxChangedShare", "maxUnlinkedShare")

# Numbers that name something, and are not to be grouped or rounded.
_NAMES = frozenset({"run", "pid"})

Row = Mapping[str, Any]


class Grade(StrEnum):
    """How urgent it is."""

    GOOD = "good"
    BUSY = "busy"
    WARNING = "warning"
    BAD = "bad"


class State(StrEnum):
    """What there is to say; each has a sentence. The more urgent ones come first."""

    AWAY = "away"
    UNREADABLE = "unreadable"
    ON_HOLD = "on_hold"
    OWNER_SILENT = "owner_silent"
    OWNER_REPLACED = "owner_replaced"
    LOCKED = "locked"
    DISK_FULL = "disk_full"
    SERVER_WAITED_FOR = "server_waited_for"
    STALLED = "stalled"
    MARKER_FAULTY = "marker_faulty"
    GUARD_STOPPED = "guard_stopped"
    STOPPED = "stopped"
    TOPICS_STOPPED = "topics_stopped"
    PARTITION_STOPPED = "partition_stopped"
    PARTITION_HELD = "partition_held"
    BROKERS_AWAY = "brokers_away"
    QUARANTINED = "quarantined"
    RUNNING = "running"
    NO_SERVICE = "no_service"
    HANDED_OVER = "handed_over"
    VERSION_BEHIND = "version_behind"
    SYNC_STOPPED = "sync_stopped"
    SYNC_FAILED = "sync_failed"
    LATE = "late"
    REJECTED = "rejected"
    SWITCHED_OFF = "switched_off"
    NEVER_RUN = "never_run"
    QUIET = "quiet"


class Act(StrEnum):
    """What an operator can do, or look at. The first four change something."""

    START = "start"
    ACCEPT = "accept"
    RETRY_QUARANTINED = "retry_quarantined"
    RELEASE = "release"
    SHOW_HOLDER = "show_holder"
    SHOW_RUN = "show_run"
    SHOW_ERRORS = "show_errors"
    SHOW_KAFKA = "show_kafka"
    SHOW_SYNC = "show_sync"
    SHOW_DIRECTORY = "show_directory"
    SHOW_CHECKS = "show_checks"
    SHOW_SCHEDULE = "show_schedule"
    SHOW_OUT = "show_out"


_GRADES = {
    Grade.GOOD: (State.QUIET, State.NEVER_RUN, State.SWITCHED_OFF),
    Grade.BUSY: (State.RUNNING, State.HANDED_OVER, State.OWNER_REPLACED),
    Grade.WARNING: (
        *(State.ON_HOLD, State.REJECTED, State.LATE, State.QUARANTINED, State.PARTITION_HELD, State.STALLED),
        *(State.VERSION_BEHIND, State.SYNC_STOPPED, State.SYNC_FAILED),
    ),
}
_ACTS: Mapping[State, tuple[Act, ...]] = {
    State.AWAY: (Act.SHOW_CHECKS,),
    State.UNREADABLE: (Act.SHOW_CHECKS,),
    State.ON_HOLD: (Act.RELEASE, Act.SHOW_RUN),
    State.OWNER_SILENT: (Act.START,),
    State.OWNER_REPLACED: (Act.SHOW_RUN,),
    State.LOCKED: (Act.SHOW_HOLDER, Act.SHOW_RUN),
    State.DISK_FULL: (Act.SHOW_CHECKS, Act.SHOW_RUN),
    State.SERVER_WAITED_FOR: (Act.SHOW_CHECKS, Act.SHOW_RUN),
    State.STALLED: (Act.SHOW_RUN, Act.SHOW_CHECKS),
    State.MARKER_FAULTY: (Act.SHOW_CHECKS,),
    State.GUARD_STOPPED: (Act.ACCEPT, Act.SHOW_RUN),
    State.STOPPED: (Act.SHOW_ERRORS, Act.SHOW_RUN),
    State.TOPICS_STOPPED: (Act.SHOW_KAFKA,),
    State.PARTITION_STOPPED: (Act.SHOW_KAFKA,),
    State.PARTITION_HELD: (Act.SHOW_KAFKA,),
    State.BROKERS_AWAY: (Act.SHOW_KAFKA,),
    State.QUARANTINED: (Act.RETRY_QUARANTINED, Act.SHOW_RUN),
    State.RUNNING: (Act.SHOW_RUN,),
    State.NO_SERVICE: (Act.START,),
    State.HANDED_OVER: (Act.START,),
    State.VERSION_BEHIND: (Act.SHOW_OUT,),
    State.SYNC_STOPPED: (Act.SHOW_SYNC,),
    State.SYNC_FAILED: (Act.SHOW_DIRECTORY,),
    State.LATE: (Act.SHOW_SCHEDULE,),
    State.REJECTED: (Act.SHOW_ERRORS, Act.SHOW_RUN),
    State.SWITCHED_OFF: (),
    State.NEVER_RUN: (),
    State.QUIET: (Act.SHOW_RUN,),
}


@dataclass(frozen=True)
class Verdict:
    """`values` fill the places of the sentence: numbers, texts, times; a name that ends with `seconds` is a duration.
    `detail`: what the engine itself says, in English, "" when the sentence says it all."""

    state: State
    values: Mapping[str, object] = field(default_factory=dict)
    detail: str = ""

    @property
    def grade(self) -> Grade:
        """How urgent it is."""
        return next((grade for grade, states in _GRADES.items() if self.state in states), Grade.BAD)

    @property
    def shown_values(self) -> dict[str, str | int | float | datetime | None]:
        """The values as the sentence shows them, and as JSON has them: numbers that name something are texts."""
        return {name: _shown(name, value) for name, value in self.values.items()}

    @property
    def acts(self) -> tuple[Act, ...]:
        """What fits, the most useful first; acts without something to show are left out."""
        lacking = {Act.SHOW_RUN} if self.values.get("run") is None else set()
        return tuple(one for one in _ACTS[self.state] if one not in lacking)


def _shown(name: str, value: object) -> str | int | float | datetime | None:
    if name in _NAMES and value is not None:
        return str(value)
    return value if isinstance(value, str | int | float | datetime | None) else str(value)


def verdict(now: Situation) -> Verdict:
    """The first that applies, in the order of urgency."""
    if now.status is None:
        return Verdict(State.AWAY, detail=now.fault)
    if now.status.is_unreadable:
        return Verdict(State.UNREADABLE, detail=now.status.reason)
    judges: tuple[Callable[[Situation, Status], Verdict | None], ...] = (
        _of_hold,
        _of_owner,
        _of_running,
        _of_marker,
        _of_topics,
        _of_newest,
        _of_hand_over,
        _of_versions,
        _of_syncs,
        _of_rest,
    )
    return next(found for one in judges if (found := one(now, now.status)))


def _of_hold(now: Situation, status: Status) -> Verdict | None:
    """That of all hosts: the others continue where one is held."""
    hold = next((one for one in status.holds if not one.host), None)
    if hold is None:
        return None
    values = {"run": _run(status), "since": hold.since, "by": hold.held_by, "reason": hold.reason}
    is_running = status.run is not None and status.run["state"] == "running"
    return Verdict(State.ON_HOLD, values, status.reason if is_running else "")


def _of_owner(now: Situation, status: Status) -> Verdict | None:
    if status.decision != "take_over":
        return None
    beat = status.run["beat_age"] if status.run else None
    values = {"run": _run(status), "seconds": max(beat or 0.0, 0.0)}
    return Verdict(State.OWNER_REPLACED if now.services else State.OWNER_SILENT, values, status.reason)


def _of_running(now: Situation, status: Status) -> Verdict | None:
    run = status.run
    if run is None or run["state"] != "running":
        return None
    so_far = progress(status.tasks, status.looked_at)
    idle = max((status.looked_at - _last_moved(run["started_at"], status.tasks)).total_seconds(), 0.0)
    values = {"run": run["run"], "since": run["started_at"], "idle_seconds": idle, **_pace(so_far)}
    if now.locks:
        first = now.locks[0]
        holder = {"task": first.task, "pid": first.pid, "role": first.role, "application": first.application}
        return Verdict(State.LOCKED, values | holder | {"lock_since": first.since})
    if reason := waits_for(status.tasks):
        return Verdict(State.DISK_FULL if FULL_DISK_ADVICE in reason else State.SERVER_WAITED_FOR, values, reason)
    if idle > STALLED_SECONDS:
        return Verdict(State.STALLED, values, "; ".join(status.warnings))
    return Verdict(State.RUNNING, values, "; ".join(status.warnings))


def _last_moved(started: datetime, tasks: tuple[Row, ...]) -> datetime:
    """When a task ended last; tasks of one kind and state are one row, so the end of the newest of them."""
    return max((row["finished_at"] for row in tasks if row["finished_at"]), default=started)


def _pace(so_far: Progress) -> dict[str, object]:
    return {
        "percent": int(100 * so_far.rows_done / so_far.rows) if so_far.rows else 0,
        "rows_done": so_far.rows_done,
        "rows": so_far.rows,
        "rate": round(so_far.rows_per_second or 0.0),
        "left_seconds": so_far.seconds_left or 0.0,
    }


def _of_marker(now: Situation, status: Status) -> Verdict | None:
    if status.is_marker_faulty:
        return Verdict(State.MARKER_FAULTY, {"run": _run(status)}, status.reason)
    is_stopped = status.marker is not None and status.marker["ins_inkafka_status"] == 2 and status.decision == "wait"
    if not is_stopped or status.run is None:
        return None
    message = str(status.run["message"] or "")
    values = {"run": _run(status), "at": status.run["finished_at"]}
    is_guard = any(name in message for name in _GUARDS)
    return Verdict(State.GUARD_STOPPED if is_guard else State.STOPPED, values, message)


def _of_topics(now: Situation, status: Status) -> Verdict | None:
    found = now.topics
    if found is None:
        return None
    run = {"run": _run(status)}
    if found.fault:
        return Verdict(State.BROKERS_AWAY, run, found.fault)
    for one in found.partitions:
        of_partition = run | {"partition": one.name, "since": one.since}
        if one.stopped:
            return Verdict(State.PARTITION_STOPPED, of_partition | {"offset": one.next_offset or 0}, one.stopped)
        if one.is_held:
            return Verdict(State.PARTITION_HELD, of_partition | {"offset": one.open_at or 0})
    stopped = next(_stopped(found.alerts), None)
    if stopped:
        return Verdict(
            State.TOPICS_STOPPED, run | {"subject": stopped.subject, "since": stopped.since}, stopped.message
        )
    return None


def _stopped(alerts: tuple[Alert, ...]) -> Iterator[Alert]:
    return (one for one in alerts if one.kind in (AlertKind.READING_STOPPED, AlertKind.OUTPUT_STOPPED))


def _of_newest(now: Situation, status: Status) -> Verdict | None:
    aside = sum(row["tasks"] for row in status.tasks if row["state"] == "quarantined")
    if not aside or status.run is None:
        return None
    rows = sum(row["rows"] for row in status.errors if row["code"] == QUARANTINED)
    # Once rows were offered again their errors stay, and the task stays set aside, until both are deleted.
    found = Verdict(State.QUARANTINED, {"run": _run(status), "tasks": aside, "rows": rows})
    return found if rows and now.has_open_quarantine else None


def _of_hand_over(now: Situation, status: Status) -> Verdict | None:
    if status.decision not in ("start", "insert") or not now.has_runs:
        return None
    values = {"run": _run(status)}
    return Verdict(State.NO_SERVICE if now.services == 0 else State.HANDED_OVER, values, status.reason)


def _of_versions(now: Situation, status: Status) -> Verdict | None:
    """A version that does not follow, until its readers have left it."""
    found = next((one for one in status.out_versions if one.stays_behind), None)
    if found is None:
        return None
    values = {"run": _run(status), "version": found.schema_name, "since": found.followed_at}
    return Verdict(State.VERSION_BEHIND, values, found.stays_behind or "")


def _of_syncs(now: Situation, status: Status) -> Verdict | None:
    """One that is under way may be the answer to the one before."""
    found = now.syncs
    if found is None or found.newest is None or found.running or not (found.is_stopped or found.is_failed):
        return None
    values = {"run": _run(status), "at": found.newest.started_at}
    return Verdict(State.SYNC_STOPPED if found.is_stopped else State.SYNC_FAILED, values, found.newest.message or "")


def _of_rest(now: Situation, status: Status) -> Verdict:
    if now.feed and (late := now.feed.late_since or now.feed.stalled_since):
        return Verdict(State.LATE, {"since": late, "last": now.feed.last_hand_over, "run": _run(status)})
    if status.run is None:
        return Verdict(State.NEVER_RUN if now.has_runs else State.SWITCHED_OFF)
    rejected = sum(one.rejected for one in status.receipts)
    values = {"run": _run(status), "at": status.run["finished_at"]}
    if rejected:
        claimed = sum(one.claimed for one in status.receipts)
        return Verdict(State.REJECTED, values | {"rows": rejected, "claimed": claimed})
    return Verdict(State.QUIET if now.has_runs else State.SWITCHED_OFF, values)


def _run(status: Status) -> int | None:
    return status.run["run"] if status.run else None
