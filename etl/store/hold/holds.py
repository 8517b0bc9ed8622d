"""The holds of a store."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from etl.database import Connection, SqlTemplates, execute, fetch_all, part_states
from etl.store.own_tables import STORE

_sql = SqlTemplates(__package__)


@dataclass(frozen=True)
class Hold:
    """`host`: where no work begins, "" for all hosts. `closed_at`: since when no program writes, None before."""

    host: str
    reason: str
    held_by: str
    since: datetime
    closed_at: datetime | None = None

    def __str__(self) -> str:
        where = f"the host {self.host}" if self.host else "the company"
        end = f" --host {self.host}" if self.host else ""
        return (
            f"{where} is on hold since {self.since:%F %T %Z} by {self.held_by} ({self.reason}): "
            f"`etl release{end}` ends that"
        )


@dataclass(frozen=True)
class Holds:
    """The holds of a store's schema."""

    schema: str

    def all(self, connection: Connection) -> list[Hold]:
        """The holds, that of all hosts first; none where the store is not there, or from before there were holds."""
        [state] = part_states(connection, self.schema, [STORE])
        if not state.has("hold"):
            return []
        return [Hold(**row._mapping) for row in fetch_all(connection, _sql("holds", schema=self.schema))]

    def begin(self, connection: Connection, host: str, reason: str, held_by: str) -> bool:
        """Returns whether it is new; one that is there stays as it is."""
        values = {"host": host, "reason": reason, "held_by": held_by}
        return execute(connection, _sql("begin_hold", schema=self.schema), values) == 1

    def note_closed(self, connection: Connection) -> None:
        execute(connection, _sql("close_hold", schema=self.schema))

    def end(self, connection: Connection, hosts: Sequence[str]) -> int:
        """Returns how many there were."""
        return execute(connection, _sql("end_holds", schema=self.schema), {"hosts": list(hosts)})
