"""A change of a table beside runs, and the row of online_change that says how far it is."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import TextClause

from etl.database import Connection, Part, SqlTemplates, fetch_one
from etl.database.weekly import WeeklyTable
from etl.sources.in_tables.errors import ERRORS
from etl.sources.in_tables.own_tables import IMPORT
from etl.store.journal import JOURNAL
from etl.store.own_tables import STORE

_sql = SqlTemplates(__package__, "etl.store")


class ChangeState(StrEnum):
    """How far a change is. READY: all is copied, and the new table follows. SWITCHED: the new table is used, and the
    former one is there."""

    FILLING = "filling"
    READY = "ready"
    SWITCHED = "switched"
    FINISHED = "finished"


class Follow(StrEnum):
    """How it is known what was written since a position. TRANSACTION: the column written_by has the number of the
    transaction, and the position is a snapshot. NUMBER: the position is a number of the rows' sequence up to which all
    transactions have ended. Rows are never updated."""

    TRANSACTION = "transaction"
    NUMBER = "number"


@dataclass(frozen=True)
class OnlineChange:
    """A table of `part` gets another form. `oldest_writer`: the version of the part that a program must have to write
    to it afterwards. `number`: its column with a sequence. `key`: the columns of its primary key in the new form.
    `indexes`: its other indexes, without the name of the table. `is_followed`: others read it by its number in the
    catalog, and must know that the new one continues it. `comment`: of the new table, for people."""

    name: str
    part: Part
    weekly: WeeklyTable
    oldest_writer: int
    follow: Follow
    number: str
    indexes: tuple[str, ...]
    comment: str
    key: tuple[str, ...] = ()
    is_followed: bool = False

    @property
    def table(self) -> str:
        return self.weekly.name

    @property
    def next_table(self) -> str:
        """The table in the new form before the switch."""
        return f"{self.table}_next"

    @property
    def former_table(self) -> str:
        """The table in the old form after the switch."""
        return f"{self.table}_former"

    @property
    def suffixes(self) -> list[str]:
        """Of all its indexes, that of the primary key included."""
        return [*(["pkey"] if self.key else []), *self.indexes]

    def sql(self, statement: str, schema: str, **variables: object) -> TextClause:
        return _sql(statement, **{**self._variables(schema), **variables})

    def script(self, statement: str, schema: str, **variables: object) -> list[TextClause]:
        return _sql.script(statement, **{**self._variables(schema), **variables})

    def _variables(self, schema: str) -> dict[str, object]:
        return {
            "schema": schema,
            "table": self.table,
            "number": self.number,
            "follow": self.follow.value,
            "key": self.key,
            "comment": self.comment,
        }


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


JOURNAL_PARTITIONS: Final = OnlineChange(
    "journal_partitions",
    STORE,
    JOURNAL,
    oldest_writer=13,
    follow=Follow.TRANSACTION,
    number="n",
    indexes=("written_by", "target", "instance"),
    comment="The changes of the golden tables, by the week in which their units began; see etl upgrade status.",
    is_followed=True,
)
ERR_PARTITIONS: Final = OnlineChange(
    "err_partitions",
    IMPORT,
    ERRORS,
    oldest_writer=5,
    follow=Follow.NUMBER,
    number="id",
    indexes=("run", "in_id", "code"),
    comment=(
        "What was rejected or noticed in the partner's rows, one row per fault; `etl errors codes` explains the codes."
    ),
    key=("id", "run"),
)
CHANGES: Final = (JOURNAL_PARTITIONS, ERR_PARTITIONS)
