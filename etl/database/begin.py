"""The begin of a transaction."""

from typing import Any

import psycopg
from psycopg.pq import ExecStatus
from sqlalchemy import Connection

from etl.database.connections import SETTINGS_OPTION
from etl.database.links import WatchedConnection
from etl.database.session import pin


def begin(connection: Connection, isolation: str = "read committed", **settings: str) -> None:
    """Begins a transaction and pins its settings, in one message. In each transaction, not once for a connection: a
    pooler may assign each of them another session.

    A connection that has died in the pool is replaced; links.py detects one that no longer carries data. Raises what
    the driver does.
    """
    asked = settings | dict(connection.get_execution_options().get(SETTINGS_OPTION, ()))
    statement = f"begin isolation level {isolation}; {pin(tuple(asked.items()))}"
    while True:
        link: Any = connection.connection.driver_connection
        was_used, link.was_used = link.was_used, True
        try:
            _send(link, statement)
        except psycopg.Error:
            connection.invalidate()
            if not was_used:
                raise
        else:
            return


def _send(link: WatchedConnection, statement: str) -> None:
    link.server_pid = None  # behind a pooler it may belong to another client by now
    with link.waiting():
        result = link.pgconn.exec_(statement.encode())
    if result.status != ExecStatus.TUPLES_OK:
        raise psycopg.errors.error_from_result(result)
    link.server_pid = int(result.get_value(0, result.nfields - 1) or 0)
