"""The short switch from one table to the other, and back.

Before it the copy follows until little is left, and both tables are compared as of one position. Then one transaction
locks the table, copies what was written last, and exchanges the names. Where the lock is not free at once it is given
up and tried again: those who come meanwhile wait no longer than one try.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from etl.database import BRIEF, HELD_FROM, Connection, transaction
from etl.database.weekly import partition_names
from etl.engine import Runtime
from etl.errors import ConfigurationError, EnvironmentFault, EtlError, LockTimeout, TransientFault
from etl.operations.upgrade.change import ChangeState, OnlineChange, RecordedChange
from etl.operations.upgrade.filling import (
    FEW_ROWS,
    Tables,
    copy_privileges,
    follow,
    make_indexes,
    reachable,
    tables_of,
)
from etl.operations.upgrade.foreign import refuse_foreign
from etl.operations.upgrade.placed_change import PlacedChange
from etl.operations.upgrade.table_readers import naming_readers

# A run that writes more than it is copied meanwhile is waited for at most so often.
_ROUNDS: Final = 20
_LONGEST_TRY: Final = 2.0
_PAUSE_SECONDS: Final = 1.0
_TOO_LONG: Final = "the stop took too long, and was given up"
_QUERY_CANCELED: Final = "57014"


@dataclass(frozen=True)
class TableSwitch:
    """How long the table was locked, the wait for the lock included; after how many tries; and how many rows both
    tables had when they were compared."""

    seconds: float
    tries: int
    rows: int


@dataclass(frozen=True)
class SwitchLimits:
    """At most how many seconds a try may take, and how long to try again."""

    max_stop: float
    patience: float

    @property
    def lock_seconds(self) -> float:
        return min(_LONGEST_TRY, self.max_stop / 2)

    def require_short_stop(self, began: float) -> None:
        """Raises LockTimeout where others have waited for too long; statement_timeout is for each statement alone."""
        if time.monotonic() - began > self.max_stop:
            raise LockTimeout(_TOO_LONG)


def switch(
    runtime: Runtime, change: OnlineChange, limits: SwitchLimits, show: Callable[[str], None] = lambda line: None
) -> TableSwitch:
    """Uses the new table instead of the old one. Raises EnvironmentFault where the tables differ, or where the
    lock was not free within the patience."""
    ongoing = PlacedChange.of(runtime, change)
    with transaction(ongoing.engine) as connection:
        if ongoing.expect(connection, (ChangeState.READY,)).is_elsewhere:
            raise ConfigurationError(f"{change.name} was restored from a backup: `etl upgrade start` copies all again")
        refuse_foreign(connection, ongoing, change.table)
        tables = tables_of(connection, ongoing, change.table, change.next_table)
    return _exchange(ongoing, tables, ChangeState.SWITCHED, change.former_table, limits, show)


def roll_back(
    runtime: Runtime, change: OnlineChange, limits: SwitchLimits, show: Callable[[str], None] = lambda line: None
) -> TableSwitch | None:
    """Uses the former table again, with all that was written since, and drops the new one. Returns None where there was
    no switch."""
    ongoing = PlacedChange.of(runtime, change)
    switched = None
    with transaction(ongoing.engine) as connection:
        recorded = ongoing.expect(connection, (ChangeState.FILLING, ChangeState.READY, ChangeState.SWITCHED))
        if recorded.state is ChangeState.SWITCHED:
            refuse_foreign(connection, ongoing, change.table)
        tables = tables_of(connection, ongoing, change.table, change.former_table)
    if recorded.state is ChangeState.SWITCHED:
        if recorded.is_elsewhere:
            raise ConfigurationError(
                f"{change.name} was restored from a backup after its switch, and the former table does not know what "
                "was written since: `etl upgrade finish` drops it"
            )
        switched = _exchange(ongoing, tables, ChangeState.READY, change.next_table, limits, show)
    with (
        naming_readers(ongoing, change.next_table),
        transaction(ongoing.engine, lock_timeout="5s", **BRIEF) as connection,
    ):
        ongoing.expect(connection, (ChangeState.FILLING, ChangeState.READY), is_locked=True)
        ongoing.run(connection, "drop_next")
        ongoing.run(connection, "forget_change")
    return switched


def _exchange(
    ongoing: PlacedChange,
    tables: Tables,
    state: ChangeState,
    former_name: str,
    limits: SwitchLimits,
    show: Callable[[str], None],
) -> TableSwitch:
    tries, first_fault = 0, None
    compared: int | None = None
    while True:
        tries += 1
        try:
            if compared is None:
                make_indexes(ongoing, tables)
            rows = _catch_up(ongoing, tables, limits, _state_before(state))
            if compared is None:
                compared = _compare(ongoing, tables, _state_before(state))
            else:
                show(f"{rows} rows were written meanwhile")
            try:
                return TableSwitch(_try(ongoing, tables, state, former_name, limits), tries, compared)
            except EnvironmentFault as fault:
                if fault.sqlstate == _QUERY_CANCELED:  # one statement alone took longer than the stop may
                    raise LockTimeout(_TOO_LONG) from fault
                raise
        except TransientFault as fault:
            first_fault = first_fault or time.monotonic()
            if time.monotonic() - first_fault >= limits.patience:
                raise _given_up(ongoing, fault, tries) from fault
            show(str(fault))
        time.sleep(_PAUSE_SECONDS)


def _state_before(state: ChangeState) -> ChangeState:
    """In another state another switch or rollback has come first, or the answer to the commit of this one was lost."""
    return ChangeState.READY if state is ChangeState.SWITCHED else ChangeState.SWITCHED


def _catch_up(ongoing: PlacedChange, tables: Tables, limits: SwitchLimits, state: ChangeState) -> int:
    """Copies until what is left takes a quarter of the longest stop at most; returns how many rows were copied last."""
    for _ in range(_ROUNDS):
        upto = reachable(ongoing)
        began = time.monotonic()
        rows, _change = follow(ongoing, tables, states=(state,), upto=upto)
        if rows <= FEW_ROWS and time.monotonic() - began <= limits.max_stop / 4:
            return rows
    raise EnvironmentFault(
        f"{rows} rows are written to {ongoing.schema}.{ongoing.change.table} faster than they are copied: switch when "
        "no run is under way, or with a longer --max-stop"
    )


def _compare(ongoing: PlacedChange, tables: Tables, state: ChangeState) -> int:
    with transaction(ongoing.engine, statement_timeout="0") as connection:
        recorded = ongoing.expect(connection, (state,), is_locked=True)
        found = _counts(connection, ongoing, tables, recorded)
        if not found.is_equal and recorded.state is ChangeState.READY:
            for name in partition_names(connection, ongoing.schema, tables.target):
                ongoing.run(connection, "delete_cleaned", source=tables.source, target=name)
            found = _counts(connection, ongoing, tables, recorded)
        if not found.is_equal:
            raise EnvironmentFault(
                f"{ongoing.schema}.{tables.source} has {found.source_rows} rows and {tables.target} "
                f"{found.target_rows}, or rows differ, and nothing was switched. Before the switch `etl upgrade "
                "rollback` drops the new table, and `etl upgrade start` copies all again"
            )
        return int(found.source_rows)


def _counts(connection: Connection, ongoing: PlacedChange, tables: Tables, recorded: RecordedChange) -> Any:
    [found] = ongoing.read(connection, "compare", {"position": recorded.position}, **tables.variables)
    return found


def _try(ongoing: PlacedChange, tables: Tables, state: ChangeState, former_name: str, limits: SwitchLimits) -> float:
    """One transaction; returns how long those who write could not. Raises LockTimeout if the lock is not free,
    or the stop takes too long."""
    settings = {
        "lock_timeout": f"{limits.lock_seconds * 1000:.0f}ms",
        "statement_timeout": f"{limits.max_stop * 1000:.0f}ms",
        **BRIEF,
    }
    with naming_readers(ongoing, tables.source), transaction(ongoing.engine, **settings) as connection:
        # First the row: with the lock in hand no other upgrade is waited for.
        recorded = ongoing.expect(connection, (_state_before(state),), is_locked=True)
        began = time.monotonic()
        ongoing.run(connection, "lock_table", table=tables.source)
        follow(ongoing, tables, connection=connection)
        copy_privileges(connection, ongoing, tables.source, tables.target)
        limits.require_short_stop(began)
        _exchange_names(connection, ongoing, tables, former_name)
        ongoing.run(
            connection, "note_switch", {"state": state.value, "part": ongoing.change.part.name}, held_from=HELD_FROM
        )
        is_forward = state is ChangeState.SWITCHED
        oldest = ongoing.change.oldest_writer if is_forward else ongoing.writer_after_rollback(connection, recorded)
        values = {"part": ongoing.change.part.name, "oldest_writer": oldest, "is_forward": is_forward}
        ongoing.run(connection, "set_oldest_writer", values, held_from=HELD_FROM)
        limits.require_short_stop(began)
    return time.monotonic() - began


def _exchange_names(connection: Connection, ongoing: PlacedChange, tables: Tables, former_name: str) -> None:
    suffixes = ongoing.change.suffixes
    exchanged: dict[str, Any] = {"former_name": former_name, "target": tables.target, "suffixes": suffixes}
    if not ongoing.change.is_followed:
        ongoing.run_script(connection, "exchange", **exchanged)
        return
    [found] = ongoing.read(connection, "succession", target=tables.target)
    ongoing.run_script(connection, "exchange", **exchanged)
    ongoing.run(connection, "forget_succession")
    if found.relation != found.continues:
        ongoing.run(connection, "note_succession", {"relation": found.relation, "continues": found.continues})


def _given_up(ongoing: PlacedChange, fault: EtlError, tries: int) -> EtlError:
    return EnvironmentFault(
        f"{ongoing.schema}.{ongoing.change.table} was not switched in {tries} tries, and nothing has changed: {fault}"
    )
