"""The context of a merge: the connections, and the schemas and limits that every statement of this package needs."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from etl.database import Connection
from etl.merge.source import IN_TABLES, Source
from etl.runs import Chunk, Counters
from etl.store import Unit, UnitKind


@dataclass(frozen=True)
class Connections:
    """The open transactions of a task: `imported` in the database of the import, `store` in that of the store. In one
    database they are the same."""

    imported: Connection
    store: Connection

    @property
    def is_single(self) -> bool:
        """Whether in_ tables and golden tables are in one database."""
        return self.imported is self.store


def _no_marks(marked: int) -> None:
    """No marks to send: the in_ tables are in this database."""


class ValueLimits(Protocol):
    """Limits of values and waiting links, which settings and rules of records have."""

    @property
    def max_value_bytes(self) -> int: ...
    @property
    def max_row_bytes(self) -> int: ...
    @property
    def reference_expiry_minutes(self) -> int: ...


@dataclass(frozen=True)
class MergeContext:
    """Schemas and limits of one run. `started_at` is the run's start by the database's clock.

    `is_relayed`: the in_ tables are temporary copies of a task's rows beside the store; marks are noted beside them.
    `flush_statuses` may then send them: it receives their number. `has_expected`, `has_compare`: process_expected and
    process_compare are there, which in_ schemas of older versions lack until their DDL is applied."""

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
    source: Source = IN_TABLES
    kind: UnitKind = UnitKind.RUN
    is_relayed: bool = False
    has_expected: bool = False
    has_compare: bool = False
    flush_statuses: Callable[[int], None] = _no_marks

    @property
    def unit(self) -> Unit:
        return Unit(self.run, self.source.name, self.kind, self.started_at)

    @property
    def variables(self) -> dict[str, object]:
        return {
            "in_schema": self.in_schema,
            "store_schema": self.store_schema,
            "is_relayed": self.is_relayed,
            "has_origin": self.source.is_staged,
        }

    @classmethod
    def of_staged(
        cls, store_schema: str, unit: int, started_at: datetime, limits: ValueLimits, source: Source, kind: UnitKind
    ) -> "MergeContext":
        """Of a unit of work whose rows are staged in temporary tables, all in one chunk."""
        return cls(
            in_schema="pg_temp",
            store_schema=store_schema,
            run=unit,
            started_at=started_at,
            keep_on_null=False,
            max_value_bytes=limits.max_value_bytes,
            max_row_bytes=limits.max_row_bytes,
            reference_expiry_minutes=limits.reference_expiry_minutes,
            chunk_rows=1,
            undivided_rows=1,
            workers=1,
            source=source,
            kind=kind,
            is_relayed=True,
        )

    def relayed(self, in_schema: str, flush_statuses: Callable[[int], None] = _no_marks) -> "MergeContext":
        """The same context, with the in_ tables copied beside the store."""
        return replace(self, in_schema=in_schema, is_relayed=True, flush_statuses=flush_statuses)


class MergeFunction(Protocol):
    """Merges a chunk of the rows of one table, and returns counters."""

    def __call__(self, connection: Connection, /, *, chunk: Chunk, context: MergeContext) -> Counters:
        """`connection`: an open transaction of the store."""
