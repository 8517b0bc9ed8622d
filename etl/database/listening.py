"""LISTEN on a connection of its own, and the proof that notifications come through."""

import secrets
import time

import psycopg
import psycopg.sql
import sqlalchemy

from etl.database.connections import place_of
from etl.database.faults import translate
from etl.database.transactions import execute, transaction

_NOTIFY = sqlalchemy.text("select pg_notify(:channel, :payload)")


class Listener:
    """Hears what is said on one channel. Raises TransientFault when its link breaks; then it must be closed."""

    def __init__(self, engine: sqlalchemy.Engine, channel: str) -> None:
        self._engine, self._channel = engine, channel
        try:
            pooled = engine.raw_connection()
            # Out of the pool: this connection keeps what no other user of it may find, its LISTEN.
            pooled.detach()
            self._connection: psycopg.Connection[object] = pooled.dbapi_connection  # type: ignore[assignment]
            self._connection.autocommit = True
            self._connection.execute(psycopg.sql.SQL("listen {}").format(psycopg.sql.Identifier(channel)))
        except (sqlalchemy.exc.SQLAlchemyError, psycopg.Error) as error:
            raise translate(error, place_of(engine)) from error

    def fileno(self) -> int:
        """For `select`: readable when something may have been said."""
        return self._connection.fileno()

    def heard(self) -> list[str]:
        """The payloads that have come since; does not wait."""
        return self._wait(0)

    def proves_itself(self, seconds: float) -> bool:
        """Whether what is said over another connection arrives; behind a pooler in transaction mode nothing does."""
        token = secrets.token_hex(8)
        with transaction(self._engine) as connection:
            execute(connection, _NOTIFY, {"channel": self._channel, "payload": token})
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            if token in self._wait(left, stop_after=1):
                return True
        return False

    def close(self) -> None:
        """Ends the connection; closing twice does no harm."""
        self._connection.close()

    def _wait(self, seconds: float, stop_after: int | None = None) -> list[str]:
        try:
            return [one.payload for one in self._connection.notifies(timeout=seconds, stop_after=stop_after)]
        except psycopg.Error as error:
            raise translate(error, place_of(self._engine)) from error
