"""The fences of a store: the highest fencing token of each of its sources.

A source raises its fence to a token before its first transaction, and holds it in every transaction; a later token of
the same source shuts out all earlier ones. The pair of unit and token only ever rises. Other sources have their own.
"""

import json
from dataclasses import dataclass
from datetime import datetime

from etl.database import Connection, PlacedPart, SqlTemplates, execute, fetch_all, fetch_one, refuse_newer
from etl.errors import FencedOut
from etl.store.undo import UndoCounters

_sql = SqlTemplates(__package__, "etl.store")


@dataclass(frozen=True)
class FencingToken:
    """What a source shows at its fence: its name, unique at the store (at most 63 characters), the number of its unit
    of work, and a number that rises when another process continues the unit."""

    source: str
    unit: int
    fence: int


@dataclass(frozen=True)
class NotedUndo:
    """The undo of a run in the store, its own number and time; `counters` as `store.undo_run` gave them."""

    as_run: int
    at: datetime
    counters: UndoCounters


def sources_lock(schema: str) -> str:
    """What the advisory lock is called that a new source of the store takes."""
    return f"etl sources {schema}"


@dataclass(frozen=True)
class StoreFence:
    """The fences of one store schema; `parts` of its database are written to."""

    schema: str
    parts: tuple[PlacedPart, ...] = ()

    def raise_to(self, connection: Connection, token: FencingToken) -> None:
        """Raises the source's fence to this token. Waits for open transactions of the tokens before.

        Raises FencedOut when a later one has raised it.
        """
        values = vars(token)
        lock = {"source": token.source, "sources": sources_lock(self.schema)}
        execute(connection, _sql("lock_new_source", schema=self.schema), lock)
        execute(connection, _sql("adopt_fence", schema=self.schema), values)
        before = fetch_one(connection, _sql("lock_store_fence", schema=self.schema), values)
        if execute(connection, _sql("raise_store_fence", schema=self.schema), values) != 1:
            raise _fenced_out(token)
        if before and before.unit < token.unit:
            execute(connection, _sql("abandon_unit", schema=self.schema), {"number": before.unit})

    def hold(self, connection: Connection, token: FencingToken) -> None:
        """Locks the source's fence for the transaction. Raises FencedOut when a later token has raised it, and
        EnvironmentFault where a newer program has made tables that this one must not write to."""
        statement = _sql("hold_store_fence", schema=self.schema, placed=self.parts)
        row = fetch_one(connection, statement, vars(token))
        if row is None:
            raise _fenced_out(token)
        refuse_newer(self.parts, row.noted)

    def shut_out(self, connection: Connection) -> None:
        """Keeps all sources from writing until the transaction ends; waits for their open transactions."""
        execute(connection, _sql("shut_out", schema=self.schema))

    def highest_unit(self, connection: Connection, source: str | None = None) -> int:
        """The highest number of a unit that raised a fence, 0 before the first; with `source` only its own."""
        return int(fetch_all(connection, _sql("highest_unit", schema=self.schema), {"source": source})[0].unit)

    def clean(self, connection: Connection, *, before: int) -> None:
        """Deletes the notes of undos with numbers below `before`."""
        execute(connection, _sql("clean_undos", schema=self.schema), {"before": before})

    def note_undo(self, connection: Connection, run: int, undo: NotedUndo) -> None:
        """Records the undo of a run beside the store, in case the commit in the import fails."""
        values = {"run": run, "as_run": undo.as_run, "at": undo.at, "counters": json.dumps(undo.counters)}
        execute(connection, _sql("note_undo", schema=self.schema), values)

    def last_undo(self, connection: Connection, run: int) -> NotedUndo | None:
        row = fetch_one(connection, _sql("last_undo", schema=self.schema), {"run": run})
        return NotedUndo(row.as_run, row.undone_at, row.counters) if row else None


def _fenced_out(token: FencingToken) -> FencedOut:
    return FencedOut(f"run {token.unit} was taken over by another runner; this one writes nothing more")
