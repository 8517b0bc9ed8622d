"""The decision table of the handshake, without I/O."""

from dataclasses import dataclass
from enum import StrEnum

from etl.sources.in_tables.handshake.marker import Marker, Running


class Action(StrEnum):
    INSERT = "insert"  # no marker row: insert one and start
    START = "start"  # the partner handed over: start on its row
    TAKE_OVER = "take_over"  # the owner's lease ran out: continue the run under a new fencing token
    HELD = "held"  # another runner owns it
    WAIT = "wait"  # nothing to do


@dataclass(frozen=True)
class Decision:
    """The action and its reason, a sentence that names the row.

    `is_faulty`: the marker table is ambiguous; the reason says what to do.
    """

    action: Action
    reason: str
    is_faulty: bool = False

    @property
    def starts(self) -> bool:
        """Whether this runner tries to acquire the run."""
        return self.action in (Action.INSERT, Action.START, Action.TAKE_OVER)


def decide(
    marker: Marker | None, running: Running | None, *, lease_seconds: float, table: str, accept: bool = False
) -> Decision:
    """What to do about the marker row with the highest id and our own running run.

    Our own row comes first: a marker that the partner deleted or rewrote mid-run starts no second run. With `accept`
    the operator hands over instead of the partner: a stopped run may start again.
    """
    if running is not None:
        return _about_running(running, lease_seconds)
    if marker is None:
        return Decision(Action.INSERT, f"{table} is empty: the partner handed over by clearing it")
    if marker.id is None or marker.same_id > 1:
        return Decision(Action.WAIT, _about_ids(marker, table), is_faulty=True)
    decision = _about_marker(marker, f"{table} id={marker.id}", accept=accept)
    if decision.action is Action.WAIT and marker.overlooked is not None:
        return Decision(Action.WAIT, _about_overlooked(marker, table), is_faulty=True)
    return decision


def _about_ids(marker: Marker, table: str) -> str:
    key = f"then `alter table {table} add primary key (id)`"
    if marker.id is None:
        return f"{table} has a row without an id: delete it or give it one, {key}"
    return f"{table} has {marker.same_id} rows with id={marker.id}: delete all of them but one, {key}"


def _about_overlooked(marker: Marker, table: str) -> str:
    return (
        f"{table} id={marker.overlooked} has load_status=1, but only the highest id counts, and that is "
        f"id={marker.id}, written by hand above what the sequence gives: delete that row, and leave id to its default"
    )


def _about_running(running: Running, lease_seconds: float) -> Decision:
    if running.beat_age is None:
        return Decision(Action.TAKE_OVER, f"run {running.run} was given up by its runner and continues")
    if running.beat_age > lease_seconds:
        age = f"{running.beat_age:.0f} s"
        return Decision(
            Action.TAKE_OVER, f"run {running.run} of runner {running.owner} has sent no heartbeat for {age}"
        )
    if running.beat_age < -lease_seconds:
        ahead = f"{-running.beat_age:.0f} s ahead of the database's clock, which was set back"
        return Decision(Action.TAKE_OVER, f"run {running.run} of runner {running.owner} has a heartbeat {ahead}")
    age = f"heartbeat {running.beat_age:.0f} s ago"
    return Decision(Action.HELD, f"run {running.run} is held by runner {running.owner}, {age}")


def _about_marker(marker: Marker, row: str, *, accept: bool) -> Decision:
    # A marker that says "occupied" without such a run was written by hand or comes from a restore; the
    # partner's columns decide.
    read, load = marker.ins_inkafka_status or 0, marker.load_status or 0
    match read, load:
        case (0, 1):
            return Decision(Action.START, f"{row} has load_status=1: the partner handed over")
        case (0 | 1, 0):
            return Decision(Action.WAIT, f"{row} has load_status=0: the partner has not handed over")
        case (1, 1):
            return Decision(Action.WAIT, f"{row} has ins_inkafka_status=1: that hand-over is finished")
        case (2, 0 | 1) if accept:
            return Decision(
                Action.START, f"{row} has ins_inkafka_status=2: that run was stopped, and is taken as it is"
            )
        case (2, 0 | 1):
            return Decision(Action.WAIT, f"{row} has ins_inkafka_status=2: that run was stopped; hand over again")
        case _:
            text = f"{row} has unknown values load_status={load}, ins_inkafka_status={read}: set them to 0 or 1"
            return Decision(Action.WAIT, text, is_faulty=True)
