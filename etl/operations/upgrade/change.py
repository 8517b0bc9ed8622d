"""A change of a table beside runs, and the row of online_change that says how far it is."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import TextClause

from etl.database import Connection, Part, SqlTemplates, fetch_one
from etl.store.own_tables import STORE

_sql = SqlTemplates(__package__, "etl.store")


class ChangeState(StrEnum):
    """How far a change is. READY: all is copied, and the new table follows. SWITCHED: the new table is used, and the
    former one is there."""

    FILLING = "filling"
    READY = "ready"
    SWITCHED = "switched"
    FINISHED = "finished"


@dataclass(frozen=True)
class OnlineChange:
    """`table` of `part` gets another form. `oldest_writer`: the version of the part that a program must have to write
    to it afterwards."""

    name: str
    part: Part
    table: str
    oldest_writer: int

    @property
    def next_table(self) -> str:
        """The table in the new form before the switch."""
        return f"{self.table}_next"

    @property
    def former_table(self) -> str:
        """The table in the old form after the switch."""
        return f"{self.table}_former"

    def sql(self, statement: str, schema: str, **variables: object) -> TextClause:
        return _sql(statement, **{"schema": schema, "table": self.table, **variables})

    def script(self, statement: str, schema: str, **variables: object) -> list[TextClause]:
        return _sql.script(statement, **{"schema": schema, "table": self.table, **variables})


@dataclass(frozen=True)
class RecordedChange:
    """A row of online_change; `is_elsewhere`: its position is of another server or database, as after a restore."""

    name: str
    state: ChangeState
    position: str
    is_elsewhere: bool
    next_page: int
    pages: int
    rows: int
    writer_before: int | None
    made_by: str
    started_at: datetime
    changed_at: datetime

    @classmethod
    def of_row(cls, row: Any) -> "RecordedChange":
        return cls(**{**row._mapping, "state": ChangeState(row.state)})

    @property
    def is_copied(self) -> bool:
        """Whether all pages were copied, so that the rest is to follow."""
        return self.next_page >= self.pages


def read_recorded(
    connection: Connection, change: OnlineChange, schema: str, *, is_locked: bool = False
) -> RecordedChange | None:
    """The change's row, if it has begun; `is_locked`: until the end of the transaction no other session has it."""
    row = fetch_one(connection, change.sql("recorded_change", schema, is_locked=is_locked), {"name": change.name})
    return None if row is None else RecordedChange.of_row(row)


JOURNAL_PARTITIONS: Final = OnlineChange("journal_partitions", STORE, "journal", 13)
