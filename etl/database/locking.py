"""Names the sessions whose locks block ours, as far as they are visible."""

from collections.abc import Iterable
from typing import Final

import psycopg
import sqlalchemy
from sqlalchemy import exc

from etl.database.begin import begin
from etl.database.sql_templates import SqlTemplates
from etl.errors import EtlError
from etl.quoting import fold, printable

_sql = SqlTemplates(__package__)

FILL_LOCK: Final = 511_029_081
"""The first number of the advisory lock of a session that fills in_ tables; the second is the hash of their schema."""


def lock_holders(
    connection: sqlalchemy.Connection,
    schema: str = "",
    tables: Iterable[str] | None = None,
    *,
    counts_readers: bool = False,
) -> list[str]:
    """Descriptions of other sessions that hold locks on our tables now, in one schema or on the given tables. Readers
    are in the way only of who wants a table alone.

    Raises what the driver does.
    """
    values = {
        "schema": fold(schema) or None,
        "tables": None if tables is None else list(tables),
        "counts_readers": counts_readers,
    }
    return [
        f"{row.tables}: {'locked' if row.is_granted else 'wanted'} by {printable(row.holder)} of "
        f"{printable(row.username)} ({printable(row.application)})"
        + (f", in a transaction since {row.since}" if row.since else "")
        for row in connection.execute(_sql("lock_holders"), values)
    ]


def name_holders(engine: sqlalchemy.Engine, fault: EtlError) -> EtlError:
    """Adds the probable lock holders to a lock timeout; returns it unchanged if none is visible."""
    try:
        with engine.connect() as connection:
            begin(connection)
            holders = lock_holders(connection)
    except (exc.SQLAlchemyError, psycopg.Error):
        return fault
    named = type(fault)(str(fault) + "".join(f"\n  {holder}" for holder in holders))
    named.sqlstate, named.server_message = fault.sqlstate, fault.server_message
    return named
