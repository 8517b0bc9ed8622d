"""Transactions that pin their own settings and raise our errors, never a driver's."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
import sqlalchemy
from sqlalchemy import Connection, Row, TextClause, exc

from etl.database.begin import begin
from etl.database.connections import location_of
from etl.database.faults import FULL_QUEUE, translate
from etl.database.locking import name_holders
from etl.database.session import pin_session
from etl.errors import EtlError, LockTimeout

# For transactions that hold locks which no lease covers: the server ends the session of a frozen process, so that it
# does not block others for ever.
BRIEF = {"idle_in_transaction_session_timeout": "10s"}

Parameters = Mapping[str, Any]


@contextmanager
def transaction(engine: sqlalchemy.Engine, **settings: str) -> Iterator[Connection]:
    """One transaction: committed at the end, rolled back on any error.

    `settings` are PostgreSQL settings for this transaction only, e.g. work_mem="256MB" (units as PostgreSQL has them).
    Raises TransientFault or EnvironmentFault for errors of the server or the connection.
    """
    try:
        with translated(engine), engine.connect() as connection:
            begin(connection, **settings)
            with connection.begin():
                yield connection
    except EtlError as fault:
        if fault.sqlstate == FULL_QUEUE:
            _clear_notify_queue(engine)
        raise


@contextmanager
def rollback_transaction(engine: sqlalchemy.Engine, **settings: str) -> Iterator[Connection]:
    with translated(engine), engine.connect() as connection:
        begin(connection, **settings)
        yield connection
        connection.rollback()


@contextmanager
def repeatable_read(engine: sqlalchemy.Engine, **settings: str) -> Iterator[Connection]:
    """As `transaction`, but every statement sees the database of one moment; a write over what others have written
    since is refused (TransientFault with SERIALIZATION_FAILURE)."""
    with translated(engine), engine.connect() as connection:
        begin(connection, "repeatable read", **settings)
        with connection.begin():
            yield connection


@contextmanager
def snapshot(engine: sqlalchemy.Engine, **settings: str) -> Iterator[Connection]:
    """As `transaction`, for reading only: every statement sees the database of one moment."""
    with translated(engine), engine.connect() as connection:
        begin(connection, "repeatable read", transaction_read_only="on", **settings)
        yield connection
        connection.rollback()


def _clear_notify_queue(engine: sqlalchemy.Engine) -> None:
    """Frees what all listeners have read: PostgreSQL does so when the usage of the queue is read, but not when a
    notification is refused, so that without this the queue would stay full."""
    with suppress(EtlError), rollback_transaction(engine) as connection:
        connection.exec_driver_sql("select pg_catalog.pg_notification_queue_usage()")


@contextmanager
def translated(engine: sqlalchemy.Engine) -> Iterator[None]:
    """Translates errors of the server of `engine` or of the connection into ours; other exceptions pass.

    Used for each statement, not only for the transaction: with two open transactions an error must name the right one.
    """
    try:
        yield
    except (exc.SQLAlchemyError, psycopg.Error) as error:
        fault = translate(error, location_of(engine))
        raise (name_holders(engine, fault) if isinstance(fault, LockTimeout) else fault) from error


def execute_alone(engine: sqlalchemy.Engine, statement: TextClause) -> None:
    """Runs a statement that refuses to be part of a transaction, such as `reindex … concurrently`."""
    with translated(engine), engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.autocommit = True
        try:
            driver.execute(pin_session())
            driver.execute(statement.text)
        finally:
            connection.invalidate()


def execute(connection: Connection, statement: TextClause, parameters: Parameters | None = None) -> int:
    """Runs a statement and returns the number of rows it wrote (-1 where PostgreSQL counts none)."""
    with translated(connection.engine):
        return connection.execute(statement, parameters or {}).rowcount


def fetch_all(connection: Connection, statement: TextClause, parameters: Parameters | None = None) -> list[Row[Any]]:
    with translated(connection.engine):
        return list(connection.execute(statement, parameters or {}).all())


def fetch_one(connection: Connection, statement: TextClause, parameters: Parameters | None = None) -> Row[Any] | None:
    """The only row of a result, or None."""
    with translated(connection.engine):
        return connection.execute(statement, parameters or {}).one_or_none()
