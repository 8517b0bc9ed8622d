"""Partitions of a table: made ahead of the units that write there, dropped when all of their units are old.

A row goes to the partition of its unit's number, whose upper part is the time at which the unit began. Where there is
none (a clock that was wrong, a row that is of no unit) it goes to the default partition, which is cleaned row by row.
"""

import logging
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import sqlalchemy

from etl.database import BRIEF, Connection, SqlTemplates, execute, fetch_all, transaction
from etl.errors import EtlError, TransientFault

_sql = SqlTemplates(__package__)
_log = logging.getLogger("in_pg_migration")

_WEEKS_AHEAD: Final = 8
_DAYS: Final = 7
# Those who write or read meanwhile wait behind it.
_PATIENCE: Final = "1s"
# Without statistics a new partition looks small, and would be read as a whole.
_BY_INDEX: Final = {"enable_seqscan": "off"}
_NO_TABLE: Final = "42P01"


@dataclass(frozen=True)
class WeeklyTable:
    """A table `name` with a column `run`, the number of a unit of work; the units are listed in the table `units` of
    the same schema, in its column `number`."""

    name: str
    units: str
    number: str

    @property
    def default(self) -> str:
        """The partition for what no other one is for."""
        return f"{self.name}_default"


@dataclass(frozen=True)
class TableLayout:
    """Whether a table has partitions, and whether another table must stay equal to it: between `etl upgrade start`
    and `etl upgrade finish`. Then nothing is cleaned."""

    table: WeeklyTable
    is_partitioned: bool
    is_copied: bool

    @property
    def cleaned_table(self) -> str:
        """The table that is cleaned row by row."""
        return self.table.default if self.is_partitioned else self.table.name


@dataclass(frozen=True)
class Week:
    """A partition `name` for units with numbers from `first_unit` to below `after_unit`."""

    name: str
    first_unit: int
    after_unit: int


def layout_of(connection: Connection, schema: str, table: WeeklyTable) -> TableLayout:
    [found] = fetch_all(connection, _sql("layout", schema=schema, table=table.name))
    return TableLayout(table, found.is_partitioned, found.is_copied)


def partition_names(connection: Connection, schema: str, table: str) -> list[str]:
    return [row.name for row in fetch_all(connection, _sql("partitions", schema=schema, table=table))]


def weeks(connection: Connection, schema: str, table: WeeklyTable, *, kept_days: int = 0) -> list[Week]:
    """The partitions that a table should have now: from the week of the oldest unit on, as far as its rows are kept,
    and some weeks ahead. No more of them: a reader of the table locks all partitions and their indexes."""
    values = {"weeks_back": math.ceil(kept_days / _DAYS), "weeks_ahead": _WEEKS_AHEAD}
    text = _sql("weeks", schema=schema, table=table.name, units=table.units, number=table.number)
    return [Week(row.name, row.first_unit, row.after_unit) for row in fetch_all(connection, text, values)]


def hold_partitions(connection: Connection, schema: str, table: WeeklyTable) -> None:
    """Before a transaction deletes rows of the default partition: those who drop others wait for its end, or it for
    theirs, in the same order of locks."""
    execute(connection, _sql("hold_partitions", schema=schema, table=table.name))


def hold_table(connection: Connection, schema: str, table: WeeklyTable) -> None:
    """Before a transaction with one snapshot reads the table, which stays the same until its end.

    Raises TransientFault if another table has taken its place since the snapshot, which would show too few rows.
    """
    [found] = fetch_all(connection, _sql("hold_table", schema=schema, table=table.name))
    if not found.is_same:
        raise TransientFault(f"{schema}.{table.name} was switched to another table just now: try again")


def extend_partitions(
    engine: sqlalchemy.Engine, schema: str, table: WeeklyTable, *, with_grants: bool = False
) -> list[str]:
    """Makes the partitions of this week and the next ones that are missing, each in a transaction of its own; returns
    their names. One whose lock is not free, or whose rows are in the default partition, is left out. `with_grants`:
    other roles may do with each partition what they may with the table."""
    with transaction(engine) as connection:
        if not layout_of(connection, schema, table).is_partitioned:
            return []
        present = partition_names(connection, schema, table.name)
        missing = [week for week in weeks(connection, schema, table) if week.name not in present]
        possible = [week for week in missing if not _is_in_default(connection, schema, table, week)]
    made = [week.name for week in possible if _attach(engine, schema, table, week)]
    if with_grants:
        _grant_lacking(engine, schema, table)
    return made


def _is_in_default(connection: Connection, schema: str, table: WeeklyTable, week: Week) -> bool:
    [found] = fetch_all(connection, _sql("has_rows_of_week", schema=schema, table=table.default), _bounds(week))
    return bool(found.has_rows)


def _attach(engine: sqlalchemy.Engine, schema: str, table: WeeklyTable, week: Week) -> bool:
    try:
        with transaction(engine, lock_timeout=_PATIENCE, client_min_messages="warning", **BRIEF) as connection:
            for statement in _sql.script("attach_partition", schema=schema, table=table.name, name=week.name):
                execute(connection, statement, _bounds(week))
    except EtlError as fault:
        _log.info("the partition %s.%s is not made now: %s", schema, week.name, fault)
        return False
    return True


def _bounds(week: Week) -> dict[str, int]:
    return {"first_unit": week.first_unit, "after_unit": week.after_unit}


def _grant_lacking(engine: sqlalchemy.Engine, schema: str, table: WeeklyTable) -> None:
    try:
        with transaction(engine, lock_timeout=_PATIENCE, **BRIEF) as connection:
            for row in fetch_all(connection, _sql("lacking_grants", schema=schema, table=table.name)):
                connection.exec_driver_sql(row.statement)
    except EtlError as fault:
        _log.info("the next clean-up grants what the partitions of %s.%s lack: %s", schema, table.name, fault)


IsUnread = Callable[[Connection, str], bool]
"""Whether a partition has rows that are still to be read, by its name."""


def drop_old_partitions(
    engine: sqlalchemy.Engine,
    schema: str,
    table: WeeklyTable,
    *,
    before: int,
    is_unread: IsUnread = lambda connection, name: False,
) -> int:
    """Drops partitions of which all units have numbers below `before` and which are read; returns how many rows were
    in them. One that others use now is left to the next time."""
    with transaction(engine) as connection:
        layout = layout_of(connection, schema, table)
        if not layout.is_partitioned or layout.is_copied:
            return 0
        present = fetch_all(connection, _sql("partitions", schema=schema, table=table.name))
        old = [row.name for row in present if row.after_unit is not None and row.after_unit <= before]
    rows = 0
    for name in old:
        dropped = _drop(engine, schema, table, name, is_unread)
        if dropped is None:
            break  # who uses this one would wait at the next one too
        rows += dropped
    return rows


def _drop(engine: sqlalchemy.Engine, schema: str, table: WeeklyTable, name: str, is_unread: IsUnread) -> int | None:
    """How many rows were in it; None if its lock is not free."""
    try:
        # First without a lock: what is still to be read stays, and its rows need not be counted.
        with transaction(engine, **_BY_INDEX) as connection:
            if is_unread(connection, name):
                return 0
        with transaction(engine) as connection:
            [counted] = fetch_all(connection, _sql("rows_of", schema=schema, name=name))
        with transaction(engine, lock_timeout=_PATIENCE, **BRIEF, **_BY_INDEX) as connection:
            execute(connection, _sql("lock_partitions", schema=schema, table=table.name))
            if name not in partition_names(connection, schema, table.name):
                return 0  # another clean-up has dropped it
            if is_unread(connection, name):
                return 0
            execute(connection, _sql("drop_partition", schema=schema, name=name))
    except TransientFault as fault:
        _log.info("the next clean-up drops the partition %s.%s: %s", schema, name, fault)
        return None
    except EtlError as fault:
        if fault.sqlstate != _NO_TABLE:
            raise
        return 0  # another clean-up has dropped it
    return int(counted.rows)
