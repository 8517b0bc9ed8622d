"""The rows of alerts, and who sends them: a row decides, so that each is sent once however many processes look."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy

from etl.database import Connection, SqlTemplates, execute, fetch_all, transaction
from etl.notifications.hooks import Channel, Event, Hooks

_sql = SqlTemplates(__package__)

# Added to the hook's own time limit: another process sends the alert then, if this one has died.
_GRACE_SECONDS = 30.0


@dataclass(frozen=True)
class Alert:
    """Something that is wrong. `kind`: the name of its event; `subject`: of which output or partition, "" for all."""

    kind: str
    subject: str
    message: str
    since: datetime


@dataclass(frozen=True)
class Alerts:
    schema: str

    def are_there(self, connection: Connection) -> bool:
        [row] = fetch_all(connection, self._sql("has_alerts"))
        return bool(row.is_there)

    def open(self, connection: Connection) -> list[Alert]:
        """What is wrong now; none where the table has not been made."""
        if not self.are_there(connection):
            return []
        rows = fetch_all(connection, self._sql("open_alerts"))
        return [Alert(row.kind, row.subject, row.message, row.since) for row in rows]

    def begin(self, connection: Connection, kind: str, subject: str, message: str, channels: Collection[str]) -> bool:
        """Notes that something is wrong from now on; returns whether that is new."""
        values = {"kind": kind, "subject": subject, "message": message}
        return execute(connection, self._sql("begin_alert"), values | {"channels": list(channels)}) > 0

    def end(self, connection: Connection, kind: str, subjects: Collection[str] | None, kept: Collection[str]) -> bool:
        """Notes that it is over for these subjects (None: for all), but not for the `kept` ones; returns whether that
        is new."""
        values = {"kind": kind, "subjects": None if subjects is None else list(subjects), "kept": list(kept)}
        ended = execute(connection, self._sql("end_alerts"), values) > 0
        execute(connection, self._sql("delete_alerts"))
        return ended

    def _sql(self, name: str) -> sqlalchemy.TextClause:
        return _sql(name, schema=self.schema)


@dataclass(frozen=True)
class AlertSender:
    engine: sqlalchemy.Engine
    schema: str
    company: str
    hooks: Hooks

    @property
    def channels(self) -> list[str]:
        """Who is notified; the log has it anyway."""
        return [one for one in self.hooks.channels if one is not Channel.LOG]

    def send(self) -> None:
        """Sends what no process has sent; what fails is sent again later, five times in all."""
        with transaction(self.engine) as connection:
            if not Alerts(self.schema).are_there(connection):
                return
            seconds = {"seconds": self.hooks.seconds + _GRACE_SECONDS}
            claimed = fetch_all(connection, self._sql("claim_alerts"), seconds)
        for row in claimed:
            for channel in row.unsent:
                # A hook that was removed from the configuration meanwhile is not notified.
                if channel not in self.channels or self.hooks.send(Channel(channel), self._event(row)):
                    self._note_sent(row, channel)

    def _note_sent(self, row: Any, channel: str) -> None:
        values = {"kind": row.kind, "subject": row.subject, "is_over": row.over_at is not None, "channel": channel}
        with transaction(self.engine) as connection:
            execute(connection, self._sql("note_sent"), values)
            execute(connection, self._sql("delete_alerts"))

    def _event(self, row: Any) -> Event:
        details = {"subject": row.subject, "since": row.since}
        if row.over_at is None:
            return Event(row.kind, self.company, row.now, row.message, details)
        return Event(f"{row.kind}.over", self.company, row.now, f"over: {row.message}", details)

    def _sql(self, name: str) -> sqlalchemy.TextClause:
        return _sql(name, schema=self.schema)
