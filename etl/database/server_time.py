"""The clock of a server: other machines may have another time."""

from datetime import datetime

from sqlalchemy import Connection

from etl.database.sql_templates import SqlTemplates
from etl.database.transactions import fetch_all

_sql = SqlTemplates(__package__)


def server_time(connection: Connection) -> datetime:
    """The time by the server's clock now, not when the transaction began."""
    [row] = fetch_all(connection, _sql("server_time"))
    at: datetime = row.at
    return at
