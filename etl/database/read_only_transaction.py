"""Read-only transactions with short timeouts, which block no other session for long."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy
from sqlalchemy import Connection

from etl.database.transactions import transaction

# A reader that comes every second must not wait in a lock queue: later sessions would wait behind it.
_LOCK_PATIENCE = "1s"


@contextmanager
def read_only_transaction(engine: sqlalchemy.Engine, *, seconds: float = 10.0, **settings: str) -> Iterator[Connection]:
    """One read-only transaction; a statement that takes longer than `seconds` is cancelled."""
    patience = {"statement_timeout": f"{int(seconds * 1000)}ms", "lock_timeout": _LOCK_PATIENCE}
    with transaction(engine, transaction_read_only="on", **patience, **settings) as connection:
        yield connection
