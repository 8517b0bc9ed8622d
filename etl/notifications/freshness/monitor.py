"""Sends one alert and one all-clear, no matter how many runners check: a table row decides which runner sends it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy

from etl.database import Connection, SqlTemplates, execute, fetch_all, transaction
from etl.notifications.freshness.feed import Feed, HandOver, read_feed
from etl.notifications.hooks import Channel, Event, Hooks
from etl.settings.schedule.due import Due

_sql = SqlTemplates(__package__)

# Added to the hook's own time limit. If a runner dies while sending, another one sends the alert after that time.
_GRACE_SECONDS = 30.0


@dataclass(frozen=True)
class FeedMonitor:
    """Watches the feed of one import schema. `prepare` makes our tables there if they are missing."""

    engine: sqlalchemy.Engine
    schema: str
    company: str
    due: Due
    stalled_minutes: int | None
    hooks: Hooks
    prepare: Callable[[Connection], object]

    @property
    def is_needed(self) -> bool:
        """Whether the settings say when hand-overs are due, or how long they may stay unread."""
        return self.due.is_watched or self.stalled_minutes is not None

    def watch(self, hand_over: HandOver) -> Feed:
        """Reads the feed, records what has changed, and sends notifications. Writes nothing if nothing has changed."""
        with transaction(self.engine, client_min_messages="warning") as connection:
            self.prepare(connection)
            execute(connection, self._sql("note_ready"), {"is_ready": hand_over is HandOver.READY})
            feed = read_feed(connection, self.schema, hand_over, self.due, self.stalled_minutes)
            is_unsent = self._note(connection, {"late": feed.late_since, "stalled": feed.stalled_since})
        if is_unsent:
            self._send(feed)
        return feed

    def _note(self, connection: Connection, since: dict[str, datetime | None]) -> bool:
        """Raises and ends alerts; returns whether there is anything to send."""
        known = {row.kind: row for row in fetch_all(connection, self._sql("open_alerts"))}
        is_changed = False
        for kind, moment in since.items():
            is_raised = kind in known and known[kind].is_raised
            if moment and not is_raised:
                values = {"kind": kind, "since": moment, "channels": list(self.hooks.channels)}
                is_changed |= execute(connection, self._sql("raise_alert"), values) > 0
            if not moment and is_raised:
                execute(connection, self._sql("delete_unsent_alert"), {"kind": kind})
                is_changed |= execute(connection, self._sql("end_alert"), {"kind": kind}) > 0
        return is_changed or any(row.is_unsent for row in known.values())

    def _send(self, feed: Feed) -> None:
        with transaction(self.engine) as connection:
            seconds = {"seconds": self.hooks.seconds + _GRACE_SECONDS}
            claimed = fetch_all(connection, self._sql("claim_alerts"), seconds)
        for row in claimed:
            is_configured = row.channel in self.hooks.channels
            # A hook that was removed from the configuration meanwhile is not notified.
            if not is_configured or self.hooks.send(Channel(row.channel), self._event(row, feed)):
                done = "delete_closed_alert" if row.over_at else "note_sent"
                with transaction(self.engine) as connection:
                    execute(connection, self._sql(done), {"kind": row.kind, "channel": row.channel})

    def _event(self, row: Any, feed: Feed) -> Event:
        last = f"{feed.last_hand_over:%F %T %Z}" if feed.last_hand_over else "never"
        if row.kind == "late":
            text = f"a hand-over of {self.company} was due at {row.since:%F %T %Z}; the last one was {last}"
            over = f"{self.company} has handed over again, {last}"
        else:
            text = f"a hand-over of {self.company} should have been read by {row.since:%F %T %Z} and is not"
            over = f"the stalled hand-over of {self.company} has been read"
        details = {"since": row.since, "last_hand_over": feed.last_hand_over}
        name = f"feed.{row.kind}" + (".over" if row.over_at else "")
        return Event(name, self.company, row.now, over if row.over_at else text, details)

    def _sql(self, name: str) -> sqlalchemy.TextClause:
        return _sql(name, schema=self.schema)
