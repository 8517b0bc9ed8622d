"""Where a run reads and writes: the connections, and the names that every statement of this room needs."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from etl.database import Connection, Statements, keep_tables

_sql = Statements(__package__)


@dataclass(frozen=True)
class Sides:
    """The open transactions of a task: on the side of the import and on that of the store. In one database they are one
    and the same."""

    source: Connection
    store: Connection

    @property
    def is_one(self) -> bool:
        """Whether in_ tables and golden tables can stand in one statement."""
        return self.source is self.store


def _stay(marked: int) -> None:
    """Marks stay where they are."""


@dataclass(frozen=True)
class Place:
    """Schemas and limits of one run. `started_at` is the run's start by the database's clock.

    `is_relayed`: the in_ tables hold a task's rows on their way between databases; marks are noted beside them, and may
    go their way when `send_marks` is told how many there are."""

    in_schema: str
    store_schema: str
    run: int
    started_at: datetime
    keep_on_null: bool
    max_value_bytes: int
    max_row_bytes: int
    reference_expiry_minutes: int
    chunk_rows: int
    undivided_rows: int
    workers: int
    unserved_since: str | None  # a transaction id: what was created before it has its links; None: nobody knows
    is_relayed: bool = False
    send_marks: Callable[[int], None] = _stay

    @property
    def names(self) -> dict[str, object]:
        """For templates."""
        return {"in_schema": self.in_schema, "store_schema": self.store_schema, "is_relayed": self.is_relayed}

    def relayed(self, in_schema: str, send_marks: Callable[[int], None] = _stay) -> "Place":
        """The same run, with its in_ tables beside the store's."""
        return replace(self, in_schema=in_schema, is_relayed=True, send_marks=send_marks)


def create_tables(connection: Connection, in_schema: str) -> None:
    """Makes `err` and `migration_receipt` where they are missing."""
    keep_tables(connection, in_schema, "err", _sql.script("create", in_schema=in_schema))
