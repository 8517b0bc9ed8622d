"""Fills the new table of a change: windows of pages first, then what was written meanwhile.

Each window is a transaction with the note of it, so that an interrupted fill continues where it was; two at once take
turns. Runs are not held up: nothing but their processor time is used, and less of it while they work.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from etl import __version__
from etl.database import Connection, SqlTemplates, execute, transaction
from etl.database.weekly import weeks
from etl.engine import Runtime
from etl.errors import EnvironmentFault
from etl.operations.upgrade.change import ChangeState, Follow, OnlineChange, RecordedChange
from etl.operations.upgrade.free_space import require_free_space
from etl.operations.upgrade.pace import Pacing
from etl.operations.upgrade.placed_change import PlacedChange
from etl.operations.upgrade.settling import settled_number
from etl.quoting import printable

_sql = SqlTemplates(__package__, "etl.database")

WINDOW_PAGES: Final = 1024
# A new table that follows by at most this number of rows at once is ready.
FEW_ROWS: Final = 20_000
# For how long to wait for those who write now, where the rest can be copied later as well.
_SHORT: Final = 2.0
_LONG = {"statement_timeout": "0", "lock_timeout": "5s", "client_min_messages": "warning"}


@dataclass(frozen=True)
class Tables:
    """From which table to which one is copied, and their columns."""

    source: str
    target: str
    columns: tuple[str, ...]

    @property
    def variables(self) -> dict[str, object]:
        return {"source": self.source, "target": self.target, "columns": self.columns}


def fill(
    runtime: Runtime,
    change: OnlineChange,
    *,
    show: Callable[[RecordedChange], None],
    show_wait: Callable[[str], None] = lambda reason: None,
    window_pages: int = WINDOW_PAGES,
) -> RecordedChange | None:
    """Begins or continues a change until its new table has all rows and follows; `show` is called after each window,
    `show_wait` with why it waits for an operator or for WAL.
    Returns None where there is nothing to do: the table has its new form already, or there is no store yet."""
    ongoing = PlacedChange.of(runtime, change)
    recorded = begin(ongoing)
    if recorded is None or recorded.state in (ChangeState.SWITCHED, ChangeState.FINISHED):
        return recorded
    with transaction(ongoing.engine) as connection:
        tables = tables_of(connection, ongoing, change.table, change.next_table)
    pacing = Pacing(runtime.store_engine, runtime.store.schema, ongoing.engine, show_wait)
    while not recorded.is_copied:
        recorded = pacing.in_turn(lambda: _copy_window(ongoing, tables, window_pages))
        show(recorded)
    pacing.in_turn(lambda: make_indexes(ongoing, tables))
    while True:
        rows, recorded = pacing.in_turn(lambda: follow(ongoing, tables, upto=reachable(ongoing)))
        show(recorded)
        if rows <= FEW_ROWS:
            break
    with transaction(ongoing.engine, **_LONG) as connection:
        # First the row, as the switch does: else each could wait for the other.
        ongoing.expect(connection, (ChangeState.FILLING, ChangeState.READY), is_locked=True)
        ongoing.run(connection, "analyze_target", target=tables.target)
        ongoing.run(connection, "note_state", {"state": ChangeState.READY.value})
    with transaction(ongoing.engine) as connection:
        return ongoing.recorded(connection)


def begin(ongoing: PlacedChange) -> RecordedChange | None:
    """Makes the new table, if there is none; after a restore it is filled from the beginning. Older rows than are kept
    share one partition, which the next clean-up drops."""
    with transaction(ongoing.engine) as connection:
        if not ongoing.is_possible(connection):
            return None
        recorded = ongoing.recorded(connection)
        begins = recorded.is_elsewhere if recorded else not ongoing.is_made(connection)
    position = settled_number(ongoing) if begins and ongoing.change.follow is Follow.NUMBER else None
    noted = {"made_by": __version__, "position": position}
    with transaction(ongoing.engine, **_LONG) as connection:
        execute(connection, _sql("lock_migrations"), {"schema": ongoing.schema})
        recorded = ongoing.recorded(connection, is_locked=True)
        if recorded is None and not ongoing.is_made(connection):
            _require_owner(connection, ongoing)
            listed = weeks(connection, ongoing.schema, ongoing.change.weekly, kept_days=ongoing.kept_days)
            bounds: dict[str, object] = {}
            for number, week in enumerate(listed):
                bounds |= {f"first_{number}": week.first_unit, f"after_{number}": week.after_unit}
            ongoing.run_script(connection, "create_next", bounds, weeks=listed)
            copy_privileges(connection, ongoing, ongoing.change.table, ongoing.change.next_table)
            ongoing.run(connection, "begin_change", noted)
        elif (
            recorded is not None
            and recorded.is_elsewhere
            and recorded.state in (ChangeState.FILLING, ChangeState.READY)
        ):
            ongoing.run(connection, "clear_next", target=ongoing.change.next_table)
            ongoing.run(connection, "begin_change", noted)
    with transaction(ongoing.engine) as connection:
        return ongoing.recorded(connection)


def _require_owner(connection: Connection, ongoing: PlacedChange) -> None:
    """Raises EnvironmentFault where the new table would have another owner than the old one."""
    [found] = ongoing.read(connection, "owner")
    if not found.is_ours:
        raise EnvironmentFault(
            f"{ongoing.schema}.{ongoing.change.table} is owned by {printable(found.owner)}, and the new table would "
            f"not be: run `etl upgrade start` as {printable(found.owner)}"
        )


def tables_of(connection: Connection, ongoing: PlacedChange, source: str, target: str) -> Tables:
    return Tables(source, target, tuple(row.name for row in ongoing.read(connection, "columns")))


def copy_privileges(connection: Connection, ongoing: PlacedChange, source: str, target: str) -> None:
    """Other roles may do with the one table what they may with the other, and no more."""
    for row in ongoing.read(connection, "privileges", source=source, target=target):
        connection.exec_driver_sql(row.statement)


def make_indexes(ongoing: PlacedChange, tables: Tables) -> None:
    """Those that the other table has, each in a transaction of its own, and by one session at a time."""
    with transaction(ongoing.engine) as connection:
        missing = [
            row.statement for row in read_indexes(connection, ongoing, tables) if row.is_there and not row.is_made
        ]
    for statement in missing:
        with transaction(ongoing.engine, **_LONG) as connection:
            execute(connection, _sql("lock_migrations"), {"schema": ongoing.schema})
            connection.exec_driver_sql(statement)


def read_indexes(connection: Connection, ongoing: PlacedChange, tables: Tables) -> list[Any]:
    """Each of the indexes of ours: whether both tables have it, and the statement that makes it on the target."""
    values = {"suffixes": ongoing.change.suffixes}
    return ongoing.read(connection, "indexes", values, source=tables.source, target=tables.target)


def reachable(ongoing: PlacedChange) -> str | None:
    """How far the new table can follow now, without a lock: a number, "0" where those who write do not end soon; None
    where the transaction itself decides."""
    if ongoing.change.follow is Follow.TRANSACTION:
        return None
    return settled_number(ongoing, seconds=_SHORT) or "0"


def follow(
    ongoing: PlacedChange,
    tables: Tables,
    *,
    states: Iterable[ChangeState] = (ChangeState.FILLING, ChangeState.READY, ChangeState.SWITCHED),
    upto: str | None = None,
    connection: Connection | None = None,
) -> tuple[int, RecordedChange]:
    """Copies what was written since the position, in one of the states, `upto` what `reachable` has said; returns how
    many rows that were. With a connection in its transaction, in which no one else writes unless `upto` is said."""
    if connection is None:
        with transaction(ongoing.engine, **_LONG) as own:
            return follow(ongoing, tables, states=states, upto=upto, connection=own)
    recorded = ongoing.expect(connection, states, is_locked=True)
    if upto is None:
        [now] = ongoing.read(connection, "snapshot", source=tables.source)
        upto = now.upto or "0"
    if ongoing.change.follow is Follow.NUMBER:
        upto = max(recorded.position, upto, key=int)
    rows = ongoing.run(connection, "follow_window", {"position": recorded.position, "upto": upto}, **tables.variables)
    ongoing.run(connection, "note_follow", {"upto": upto, "rows": rows})
    return rows, ongoing.expect(connection, ChangeState)


def _copy_window(ongoing: PlacedChange, tables: Tables, window_pages: int) -> RecordedChange:
    with transaction(ongoing.engine, **_LONG) as connection:
        recorded = ongoing.expect(connection, (ChangeState.FILLING, ChangeState.READY), is_locked=True)
        if not recorded.is_copied:
            require_free_space(connection)
            after = min(recorded.next_page + window_pages, recorded.pages)
            window: dict[str, object] = {
                "first_page": recorded.next_page,
                "after_page": after,
                "position": recorded.position,
            }
            rows = ongoing.run(connection, "fill_window", window, **tables.variables)
            ongoing.run(connection, "note_window", {"after_page": after, "rows": rows})
        return ongoing.expect(connection, ChangeState)
