"""The run's token in a store of its own database: what the fence is beside the marker, this is beside the golden store.

A runner opens the gate before its first task and holds it in every transaction there; who opens it later shuts it for
all before. The pair of run and token only ever rises, also when an import schema and its tokens begin anew.
"""

from dataclasses import dataclass

from etl.database import Connection, Statements, execute, fetch_all, fetch_one, keep_tables
from etl.errors import FencedOut

_sql = Statements(__package__)


@dataclass(frozen=True)
class Gate:
    """The gate of one store schema."""

    schema: str

    def create(self, connection: Connection) -> None:
        """Makes our tables beside the store where they are missing."""
        keep_tables(connection, self.schema, "relay_gate", _sql.script("create_gate", schema=self.schema))

    def open(self, connection: Connection, run: int, fence: int) -> None:
        """Lets in this token and no other. Waits for open transactions of who was in.

        Raises FencedOut when a later one has opened it.
        """
        values = {"run": run, "fence": fence}
        if execute(connection, _sql("open_gate", schema=self.schema), values) != 1:
            raise _fenced_out(run)
        execute(connection, _sql("note_run", schema=self.schema), values)

    def hold(self, connection: Connection, run: int, fence: int) -> None:
        """Keeps the gate as it is for the transaction. Raises FencedOut when an heir has opened it."""
        if fetch_one(connection, _sql("hold_gate", schema=self.schema), {"run": run, "fence": fence}) is None:
            raise _fenced_out(run)

    def unserved_since(self, connection: Connection, first_run: int) -> str:
        """The transaction here before which nothing was written by that run or a later one."""
        [row] = fetch_all(connection, _sql("gate_unserved", schema=self.schema), {"first_run": first_run})
        return str(row.unserved_since)

    def clean(self, connection: Connection, *, before: int) -> None:
        """Forgets runs with numbers below `before`."""
        execute(connection, _sql("clean_gate", schema=self.schema), {"before": before})


def _fenced_out(run: int) -> FencedOut:
    return FencedOut(f"run {run} was taken over by another runner; this one writes nothing more")
