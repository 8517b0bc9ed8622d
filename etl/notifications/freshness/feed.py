"""Reads from the run tables when hand-overs came and were read; writes nothing."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from etl.database import Connection, SqlTemplates, fetch_all
from etl.notifications.freshness.due_times import late_since, stalled_since
from etl.settings.schedule.due import Due

_sql = SqlTemplates(__package__)


class HandOver(StrEnum):
    """The state of the newest hand-over: none is unread, ready to be read, being read, or its run was stopped."""

    NOTHING = "nothing"
    READY = "ready"
    RUNNING = "running"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Feed:
    """A company's feed now: when the last hand-over came, and since when it is late or stalled (None: it is not)."""

    now: datetime
    last_hand_over: datetime | None
    unread_since: datetime | None
    late_since: datetime | None
    stalled_since: datetime | None


def read_feed(connection: Connection, schema: str, hand_over: HandOver, due: Due, stalled_minutes: int | None) -> Feed:
    """The feed of an import schema. Before the first run the time counts from when it was first watched."""
    [known] = fetch_all(connection, _sql("known", schema=schema))
    [found] = fetch_all(connection, _sql("read_feed", schema=schema, has_run=known.has_run, has_watch=known.has_watch))
    unread = {
        HandOver.READY: found.ready_since,
        HandOver.RUNNING: found.running_since,
        HandOver.STOPPED: found.finished_at,
    }
    since = found.last_run or found.watched_since
    unread_since = unread.get(hand_over)
    return Feed(
        now=found.now,
        last_hand_over=found.last_run,
        unread_since=unread_since,
        # A hand-over that is ready has arrived: it may be stalled, but it is not late.
        late_since=late_since(found.now, since, due) if since and hand_over is not HandOver.READY else None,
        stalled_since=stalled_since(found.now, unread_since, stalled_minutes),
    )
