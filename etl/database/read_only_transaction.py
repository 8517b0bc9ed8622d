"""Transactions of those who only look: read-only, and neither patient nor in anybody's way for long."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy
from sqlalchemy import Connection

from etl.database.transactions import transaction

# Who looks every second must not queue behind a table lock: whoever comes next would queue behind the looker.
_LOCK_PATIENCE = "1s"


@contextmanager
def read_only_transaction(engine: sqlalchemy.Engine, *, seconds: float = 10.0, **settings: str) -> Iterator[Connection]:
    """One transaction that the server keeps from writing; a statement that takes longer than `seconds` is ended."""
    patience = {"statement_timeout": f"{int(seconds * 1000)}ms", "lock_timeout": _LOCK_PATIENCE}
    with transaction(engine, transaction_read_only="on", **patience, **settings) as connection:
        yield connection
