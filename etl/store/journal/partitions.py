"""The journal as a table of partitions: what is to be read of it stays, however old it is."""

from typing import Final

import sqlalchemy

from etl.database import Connection, SqlTemplates, fetch_all, weekly
from etl.database.weekly import TableLayout, WeeklyTable

_sql = SqlTemplates(__package__)

JOURNAL: Final = WeeklyTable("journal", units="unit", number="number")


def layout_of(connection: Connection, schema: str) -> TableLayout:
    return weekly.layout_of(connection, schema, JOURNAL)


def hold_journal(connection: Connection, schema: str) -> None:
    """Before a transaction with one snapshot reads the journal. Raises TransientFault if another table has taken its
    place since the snapshot."""
    weekly.hold_table(connection, schema, JOURNAL)


def hold_partitions(connection: Connection, schema: str) -> None:
    """Before a transaction deletes rows of the default partition."""
    weekly.hold_partitions(connection, schema, JOURNAL)


def extend_partitions(engine: sqlalchemy.Engine, schema: str) -> list[str]:
    """Makes the partitions that are missing; returns their names. Other roles may do with each what they may with the
    journal: programs that copy all tables, as pg_dump, read the partitions themselves."""
    return weekly.extend_partitions(engine, schema, JOURNAL, with_grants=True)


def drop_old_partitions(engine: sqlalchemy.Engine, schema: str, *, before: int) -> int:
    """Drops partitions of which all units have numbers below `before` and which every out_ version and output has read;
    returns how many changes were in them."""

    def is_unread(connection: Connection, name: str) -> bool:
        [found] = fetch_all(connection, _sql("is_unread", schema=schema, name=name))
        return bool(found.is_unread)

    return weekly.drop_old_partitions(engine, schema, JOURNAL, before=before, is_unread=is_unread)
