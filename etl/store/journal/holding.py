"""Transactions with one snapshot that read the journal: the table must be the one that the snapshot knows."""

from etl.database import Connection, SqlTemplates, execute, fetch_all
from etl.errors import TransientFault

_sql = SqlTemplates(__package__)


def hold_journal(connection: Connection, schema: str) -> None:
    """Before a transaction with one snapshot reads the journal, whose table stays the same until its end.

    Raises TransientFault if another table has taken its place since the snapshot, which would show too few changes.
    """
    [found] = fetch_all(connection, _sql("hold_journal", schema=schema))
    if not found.is_same:
        raise TransientFault(f"{schema}.journal was switched to another table just now: try again")


def hold_partitions(connection: Connection, schema: str) -> None:
    """Before a transaction deletes rows of the default partition: those who drop others wait for its end, or it for
    theirs, in the same order of locks."""
    execute(connection, _sql("hold_partitions", schema=schema))
