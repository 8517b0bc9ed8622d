"""The run's token in a store of its own database: what the fence is beside the marker, this is beside the golden store.

A runner raises the fence before its first task and holds it in every transaction there; who raises it later shuts out
all before. The pair of run and token only ever rises, also when an import schema and its tokens begin again.
"""

import json
from dataclasses import dataclass
from datetime import datetime

from etl.database import Connection, PlacedPart, SqlTemplates, execute, fetch_all, fetch_one, refuse_newer
from etl.errors import FencedOut

_sql = SqlTemplates(__package__)


@dataclass(frozen=True)
class NotedUndo:
    """A run taken back in the store, as which run and when; `counters` as `store.undo_run` gave them."""

    as_run: int
    at: datetime
    counters: dict[str, int]


@dataclass(frozen=True)
class StoreFence:
    """The fence of one store schema; `parts` of its database are written to."""

    schema: str
    parts: tuple[PlacedPart, ...] = ()

    def raise_to(self, connection: Connection, run: int, fence: int) -> None:
        """Lets in this token and no other. Waits for open transactions of who was in.

        Raises FencedOut when a later one has raised it.
        """
        values = {"run": run, "fence": fence}
        if execute(connection, _sql("raise_store_fence", schema=self.schema), values) != 1:
            raise _fenced_out(run)

    def highest_run(self, connection: Connection) -> int:
        """The highest number of a run that was let in, 0 before the first."""
        return int(fetch_all(connection, _sql("store_fence_highest", schema=self.schema))[0].run)

    def hold(self, connection: Connection, run: int, fence: int) -> None:
        """Holds the fence as it is for the transaction. Raises FencedOut when a new owner has raised it, and
        EnvironmentFault where a newer program has made tables that this one must not write to."""
        statement = _sql("hold_store_fence", schema=self.schema, placed=self.parts)
        row = fetch_one(connection, statement, {"run": run, "fence": fence})
        if row is None:
            raise _fenced_out(run)
        refuse_newer(self.parts, row.noted)

    def clean(self, connection: Connection, *, before: int) -> None:
        """Forgets what was taken back as runs with numbers below `before`."""
        execute(connection, _sql("clean_undos", schema=self.schema), {"before": before})

    def note_undo(self, connection: Connection, run: int, undo: NotedUndo) -> None:
        """Notes beside the store that a run was taken back: the import may never hear of it."""
        values = {"run": run, "as_run": undo.as_run, "at": undo.at, "counters": json.dumps(undo.counters)}
        execute(connection, _sql("note_undo", schema=self.schema), values)

    def last_undo(self, connection: Connection, run: int) -> NotedUndo | None:
        """The last time that the run was taken back here."""
        row = fetch_one(connection, _sql("last_undo", schema=self.schema), {"run": run})
        return NotedUndo(row.as_run, row.undone_at, row.counters) if row else None


def _fenced_out(run: int) -> FencedOut:
    return FencedOut(f"run {run} was taken over by another runner; this one writes nothing more")
