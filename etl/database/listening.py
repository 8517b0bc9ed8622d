"""NOTIFY and LISTEN: notifications in transactions of their own, a listener with a connection of its own and a test
that notifications come through, and the server's queue of notifications."""

import contextlib
import secrets
import time
from dataclasses import dataclass

import psycopg
import psycopg.sql
import sqlalchemy

from etl.database.connections import location_of
from etl.database.faults import translate
from etl.database.links import WatchedConnection
from etl.database.sql_templates import SqlTemplates
from etl.database.transactions import execute, fetch_all, transaction

_sql = SqlTemplates(__package__)
_NOTIFY = sqlalchemy.text("select pg_notify(:channel, :payload)")

# PostgreSQL itself warns from here on. A full queue refuses every commit that notifies.
_FILLING = 0.5


@dataclass(frozen=True)
class NotifyQueue:
    """The server's queue of notifications: `usage` from 0 to 1; `holders`: sessions that may hold it, in words."""

    usage: float
    holders: tuple[str, ...]

    @property
    def is_filling(self) -> bool:
        """Whether it is so full that an operator should act."""
        return self.usage > _FILLING

    def __str__(self) -> str:
        held = "; in a transaction now: " + ", ".join(self.holders) if self.holders else ""
        return (
            f"the server's NOTIFY queue is {self.usage:.0%} full, because a session that LISTENs does not end its "
            f"transaction or reads nothing{held}"
        )


def notify_queue(connection: sqlalchemy.Connection) -> NotifyQueue:
    """Its usage; reading it also frees what all listeners have read."""
    [row] = fetch_all(connection, _sql("notify_queue"))
    return NotifyQueue(row.usage, tuple(row.holders))


def notify(engine: sqlalchemy.Engine, channel: str, payload: str) -> None:
    """Notifies in a transaction of its own: a full queue refuses the commit, and with it all that it holds.

    Raises EnvironmentFault when the server does not take it.
    """
    with transaction(engine) as connection:
        execute(connection, _NOTIFY, {"channel": channel, "payload": payload})


class Listener:
    """Receives the notifications of one channel. Raises TransientFault when its connection breaks; then it must be
    closed.

    A caller that does not read it for long must close it: the server keeps every notification of any database for it.
    """

    def __init__(self, engine: sqlalchemy.Engine, channel: str) -> None:
        self._engine, self._channel = engine, channel
        try:
            # A new connection that no pool keeps: one in the pool may be dead, and its later users must not inherit
            # LISTEN.
            pooled = engine.pool.recreate().connect()
            pooled.detach()
            self._connection: WatchedConnection = pooled.dbapi_connection  # type: ignore[assignment]
            self._connection.autocommit = True
            [self._connection.server_pid] = self._connection.execute("select pg_backend_pid()").fetchone() or [None]
            self._connection.execute(psycopg.sql.SQL("listen {}").format(psycopg.sql.Identifier(channel)))
        except (sqlalchemy.exc.SQLAlchemyError, psycopg.Error) as error:
            raise translate(error, location_of(engine)) from error

    def fileno(self) -> int:
        """For `select`: readable when a notification may have come."""
        return self._connection.fileno()

    def payloads(self) -> list[str]:
        """The payloads that have come since; does not wait."""
        return self._wait(0)

    def check(self) -> None:
        """Raises TransientFault when the server does not answer on this connection any more."""
        try:
            self._connection.execute("select 1")
        except psycopg.Error as error:
            raise translate(error, location_of(self._engine)) from error

    def proves_itself(self, seconds: float) -> bool:
        """Whether a notification from another connection arrives; behind a pooler in transaction mode none does."""
        token = secrets.token_hex(8)
        notify(self._engine, self._channel, token)
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            if token in self._wait(left, stop_after=1):
                return True
        return False

    def close(self) -> None:
        """Ends the connection; closing twice does no harm."""
        if not self._connection.closed:
            # A pooler may keep the server's session, whose LISTEN would hold the queue for ever.
            with contextlib.suppress(psycopg.Error):
                self._connection.execute("unlisten *")
        self._connection.close()

    def _wait(self, seconds: float, stop_after: int | None = None) -> list[str]:
        try:
            return [one.payload for one in self._connection.notifies(timeout=seconds, stop_after=stop_after)]
        except psycopg.Error as error:
            raise translate(error, location_of(self._engine)) from error
