"""The fence of a store in another database: as run_fence beside the marker, it keeps the highest token beside the
store.

A runner raises the fence to its token before its first task and locks it in every transaction there; a later token
shuts out all earlier ones. The pair of run and token only ever rises, also when an import schema begins again.
"""

import json
from dataclasses import dataclass
from datetime import datetime

from etl.database import Connection, PlacedPart, SqlTemplates, execute, fetch_all, fetch_one, refuse_newer
from etl.errors import FencedOut
from etl.store import UndoCounters

_sql = SqlTemplates(__package__)


@dataclass(frozen=True)
class NotedUndo:
    """The undo of a run in the store, its own number and time; `counters` as `store.undo_run` gave them."""

    as_run: int
    at: datetime
    counters: UndoCounters


@dataclass(frozen=True)
class StoreFence:
    """The fence of one store schema; `parts` of its database are written to."""

    schema: str
    parts: tuple[PlacedPart, ...] = ()

    def raise_to(self, connection: Connection, run: int, fence: int) -> None:
        """Raises the fence to this token. Waits for open transactions of the tokens before.

        Raises FencedOut when a later one has raised it.
        """
        values = {"run": run, "fence": fence}
        if execute(connection, _sql("raise_store_fence", schema=self.schema), values) != 1:
            raise _fenced_out(run)

    def highest_run(self, connection: Connection) -> int:
        """The highest number of a run that raised the fence, 0 before the first."""
        return int(fetch_all(connection, _sql("store_fence_highest", schema=self.schema))[0].run)

    def hold(self, connection: Connection, run: int, fence: int) -> None:
        """Locks the fence for the transaction. Raises FencedOut when a new owner has raised it, and EnvironmentFault
        where a newer program has made tables that this one must not write to."""
        statement = _sql("hold_store_fence", schema=self.schema, placed=self.parts)
        row = fetch_one(connection, statement, {"run": run, "fence": fence})
        if row is None:
            raise _fenced_out(run)
        refuse_newer(self.parts, row.noted)

    def clean(self, connection: Connection, *, before: int) -> None:
        """Deletes the notes of undos with numbers below `before`."""
        execute(connection, _sql("clean_undos", schema=self.schema), {"before": before})

    def note_undo(self, connection: Connection, run: int, undo: NotedUndo) -> None:
        """Records the undo of a run beside the store, in case the commit in the import fails."""
        values = {"run": run, "as_run": undo.as_run, "at": undo.at, "counters": json.dumps(undo.counters)}
        execute(connection, _sql("note_undo", schema=self.schema), values)

    def last_undo(self, connection: Connection, run: int) -> NotedUndo | None:
        """The last undo of the run in this store."""
        row = fetch_one(connection, _sql("last_undo", schema=self.schema), {"run": run})
        return NotedUndo(row.as_run, row.undone_at, row.counters) if row else None


def _fenced_out(run: int) -> FencedOut:
    return FencedOut(f"run {run} was taken over by another runner; this one writes nothing more")
