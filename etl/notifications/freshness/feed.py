"""What the tables say of hand-overs, judged; writes nothing."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from etl.database import Connection, SqlTemplates, fetch_all
from etl.notifications.freshness.judge import is_stalled, judge
from etl.settings.due import Due

_sql = SqlTemplates(__package__)


class Handed(StrEnum):
    """What the marker says: nothing to read, handed over and not begun, being read, stopped because of the rows."""

    NOTHING = "nothing"
    READY = "ready"
    RUNNING = "running"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Feed:
    """A company's feed now: when it was handed over last, and since when it is late or stalled; None: it is not."""

    now: datetime
    last_hand_over: datetime | None
    unread_since: datetime | None
    late_since: datetime | None
    stalled_since: datetime | None


def look(connection: Connection, schema: str, handed: Handed, due: Due, stalled_minutes: int | None) -> Feed:
    """The feed of a schema; before the first run and the first watch there is little to judge."""
    [known] = fetch_all(connection, _sql("known", schema=schema))
    [found] = fetch_all(connection, _sql("look", schema=schema, has_run=known.has_run, has_watch=known.has_watch))
    unread = {Handed.READY: found.ready_since, Handed.RUNNING: found.running_since, Handed.STOPPED: found.finished_at}
    since = found.last_run or found.watched_since
    unread_since = unread.get(handed)
    return Feed(
        now=found.now,
        last_hand_over=found.last_run,
        unread_since=unread_since,
        # A hand-over that waits to be read has come: then it may be stalled, but not late.
        late_since=judge(found.now, since, due) if since and handed is not Handed.READY else None,
        stalled_since=is_stalled(found.now, unread_since, stalled_minutes),
    )
