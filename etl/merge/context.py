"""Where a run reads and writes: the connections, and the names that every statement of this package needs."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from etl.database import Connection


@dataclass(frozen=True)
class Connections:
    """The open transactions of a task: on the side of the import and on that of the store. In one database they are one
    and the same."""

    source: Connection
    store: Connection

    @property
    def is_single(self) -> bool:
        """Whether in_ tables and golden tables can stand in one statement."""
        return self.source is self.store


def _stay(marked: int) -> None:
    """Marks stay where they are."""


@dataclass(frozen=True)
class MergeContext:
    """Schemas and limits of one run. `started_at` is the run's start by the database's clock.

    `is_relayed`: the in_ tables hold a task's rows on their way between databases; marks are noted beside them, and may
    go their way when `send_marks` learns how many there are."""

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
    flush_statuses: Callable[[int], None] = _stay

    @property
    def names(self) -> dict[str, object]:
        """For templates."""
        return {"in_schema": self.in_schema, "store_schema": self.store_schema, "is_relayed": self.is_relayed}

    def relayed(self, in_schema: str, flush_statuses: Callable[[int], None] = _stay) -> "MergeContext":
        """The same run, with its in_ tables beside the store's."""
        return replace(self, in_schema=in_schema, is_relayed=True, flush_statuses=flush_statuses)
