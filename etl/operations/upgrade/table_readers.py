"""Who reads a table that a command wants alone."""

from collections.abc import Iterator
from contextlib import contextmanager

from etl.database import lock_holders, transaction
from etl.errors import LockTimeout
from etl.operations.upgrade.placed_change import PlacedChange


@contextmanager
def naming_readers(ongoing: PlacedChange, table: str) -> Iterator[None]:
    """Adds to a lock timeout of the server who reads the table now; those who write there are named already."""
    try:
        yield
    except LockTimeout as fault:
        if not fault.server_message:
            raise
        with transaction(ongoing.engine) as connection:
            holders = lock_holders(connection, ongoing.schema, [table], counts_readers=True)
        lines = [line for line in holders if line not in str(fault)]
        raise LockTimeout("\n  ".join([str(fault), *lines])) from fault
