"""Partitions of the journal: made ahead of the units that write there, dropped when all of their units are old.

A change goes to the partition of its unit's number, whose upper part is the time at which the unit began. Where there
is none (a clock that was wrong, a mirror's differences, which are of no unit) it goes to the default partition, which
is cleaned row by row.
"""

import logging
from dataclasses import dataclass
from typing import Final

import sqlalchemy

from etl.database import Connection, SqlTemplates, execute, fetch_all, transaction
from etl.errors import EtlError, TransientFault

_sql = SqlTemplates(__package__)
_log = logging.getLogger("in_pg_migration")

DEFAULT: Final = "journal_default"
_WEEKS_AHEAD: Final = 8
# Older units than these share one partition when the first ones are made.
_WEEKS_BACK: Final = 60
# Those who write or read meanwhile wait behind it.
_PATIENCE: Final = "1s"


@dataclass(frozen=True)
class JournalLayout:
    """Whether the journal has partitions, and whether another table must stay equal to it: between `etl upgrade start`
    and `etl upgrade finish`. Then nothing is cleaned."""

    is_partitioned: bool
    is_copied: bool

    @property
    def cleaned_table(self) -> str:
        """The table that is cleaned row by row."""
        return DEFAULT if self.is_partitioned else "journal"


@dataclass(frozen=True)
class Week:
    """A partition `name` for units with numbers from `first_unit` to below `after_unit`."""

    name: str
    first_unit: int
    after_unit: int


def layout_of(connection: Connection, schema: str) -> JournalLayout:
    [found] = fetch_all(connection, _sql("layout", schema=schema))
    return JournalLayout(found.is_partitioned, found.is_copied)


def partition_names(connection: Connection, schema: str, table: str) -> list[str]:
    return [row.name for row in fetch_all(connection, _sql("partitions", schema=schema, table=table))]


def weeks(connection: Connection, schema: str, *, weeks_back: int = _WEEKS_BACK) -> list[Week]:
    """The partitions that a journal should have now: from the week of the oldest unit on, and some weeks ahead."""
    values = {"weeks_back": weeks_back, "weeks_ahead": _WEEKS_AHEAD}
    rows = fetch_all(connection, _sql("weeks", schema=schema), values)
    return [Week(row.name, row.first_unit, row.after_unit) for row in rows]


def extend_partitions(engine: sqlalchemy.Engine, schema: str) -> list[str]:
    """Makes the partitions of this week and the next ones that are missing, each in a transaction of its own; returns
    their names. One whose lock is not free, or whose changes are in the default partition, is left out."""
    with transaction(engine) as connection:
        if not layout_of(connection, schema).is_partitioned:
            return []
        present = partition_names(connection, schema, "journal")
        missing = [week for week in weeks(connection, schema, weeks_back=0) if week.name not in present]
    return [week.name for week in missing if _attach(engine, schema, week)]


def _attach(engine: sqlalchemy.Engine, schema: str, week: Week) -> bool:
    try:
        with transaction(engine, lock_timeout=_PATIENCE, client_min_messages="warning") as connection:
            bounds = {"first_unit": week.first_unit, "after_unit": week.after_unit}
            for statement in _sql.script("attach_partition", schema=schema, name=week.name):
                execute(connection, statement, bounds)
    except EtlError as fault:
        _log.info("the partition %s.%s is not made now: %s", schema, week.name, fault)
        return False
    return True


def drop_old_partitions(engine: sqlalchemy.Engine, schema: str, *, before: int) -> int:
    """Drops partitions of which all units have numbers below `before` and which every out_ version and output has read;
    returns how many changes were in them. One that others use now is left to the next time."""
    with transaction(engine) as connection:
        layout = layout_of(connection, schema)
        if not layout.is_partitioned or layout.is_copied:
            return 0
        present = fetch_all(connection, _sql("partitions", schema=schema, table="journal"))
        old = [row.name for row in present if row.after_unit is not None and row.after_unit <= before]
    rows = 0
    for name in old:
        dropped = _drop(engine, schema, name)
        if dropped is None:
            break  # who uses this one would wait at the next one too
        rows += dropped
    return rows


def _drop(engine: sqlalchemy.Engine, schema: str, name: str) -> int | None:
    """How many changes were in it; None if its lock is not free."""
    try:
        with transaction(engine) as connection:
            [counted] = fetch_all(connection, _sql("rows_of", schema=schema, name=name))
        with transaction(engine, lock_timeout=_PATIENCE) as connection:
            execute(connection, _sql("lock_partitions", schema=schema))
            if name not in partition_names(connection, schema, "journal"):
                return 0  # another clean-up has dropped it
            [found] = fetch_all(connection, _sql("is_unread", schema=schema, name=name))
            if found.is_unread:
                return 0
            execute(connection, _sql("drop_partition", schema=schema, name=name))
    except TransientFault as fault:
        _log.info("the next clean-up drops the partition %s.%s: %s", schema, name, fault)
        return None
    return int(counted.rows)
