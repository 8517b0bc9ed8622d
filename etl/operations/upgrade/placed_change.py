"""Where a change is made, and the rule in which order its commands may be called."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy

from etl.database import Connection, execute, fetch_all, part_states, transaction
from etl.database.weekly import layout_of
from etl.engine import Runtime
from etl.errors import ConfigurationError
from etl.operations.upgrade.change import ChangeState, OnlineChange, RecordedChange, read_recorded
from etl.sources.in_tables.own_tables import IMPORT


@dataclass(frozen=True)
class PlacedChange:
    """A change in the schema of one company's store or import. `kept_days`: for how long the table's rows are kept."""

    change: OnlineChange
    engine: sqlalchemy.Engine
    schema: str
    kept_days: int

    @classmethod
    def of(cls, runtime: Runtime, change: OnlineChange) -> "PlacedChange":
        days = runtime.settings.in_migration
        if change.part is IMPORT:
            return cls(change, runtime.engine, runtime.in_schema, days.clean_days)
        return cls(change, runtime.store_engine, runtime.store.schema, days.kept_days)

    def is_possible(self, connection: Connection) -> bool:
        """Whether the part is there with the tables in which the change is noted."""
        [state] = part_states(connection, self.schema, [self.change.part])
        return state.version is not None and state.version >= self.change.oldest_writer

    def is_made(self, connection: Connection) -> bool:
        """Whether the table has its new form."""
        return layout_of(connection, self.schema, self.change.weekly).is_partitioned

    def recorded(self, connection: Connection, *, is_locked: bool = False) -> RecordedChange | None:
        return read_recorded(connection, self.change, self.schema, is_locked=is_locked)

    def expect(
        self, connection: Connection, states: Iterable[ChangeState], *, is_locked: bool = False
    ) -> RecordedChange:
        """The change's row, in one of the states; raises ConfigurationError with what to do otherwise, and
        EnvironmentFault where this program may not write."""
        [found] = part_states(connection, self.schema, [self.change.part])
        found.refuse_writing(is_upgrade=True)
        recorded = self.recorded(connection, is_locked=is_locked) if self.is_possible(connection) else None
        if recorded is None:
            raise ConfigurationError(f"{self.change.name} has not begun: `etl upgrade start` first")
        if recorded.state not in tuple(states):
            raise ConfigurationError(f"{self.change.name}: {_NEXT[recorded.state]}")
        return recorded

    def writer_after_rollback(self, connection: Connection, recorded: RecordedChange) -> int:
        """The oldest_writer of before the switch, or what something else has raised it to since: a migration, a pin, or
        `sources`."""
        [found] = part_states(connection, self.schema, [self.change.part])
        if found.is_newer or found.needed_to_write > self.change.oldest_writer:
            # What the migrations of a newer program ask for is not known here, so that nothing is lowered; and the
            # switch asked for less.
            return found.needed_to_write
        applied = (one.oldest_writer for one in self.change.part.migrations if one.version <= (found.version or 0))
        return max(recorded.writer_before or 0, *applied)

    def run(
        self, connection: Connection, statement: str, values: Mapping[str, object] | None = None, **variables: object
    ) -> int:
        named = {"name": self.change.name, **(values or {})}
        return execute(connection, self.change.sql(statement, self.schema, **variables), named)

    def run_script(
        self, connection: Connection, statement: str, values: Mapping[str, object] | None = None, **variables: object
    ) -> None:
        for one in self.change.script(statement, self.schema, **variables):
            execute(connection, one, values or {})

    def read(
        self, connection: Connection, statement: str, values: Mapping[str, object] | None = None, **variables: object
    ) -> list[sqlalchemy.Row[Any]]:
        named = {"name": self.change.name, **(values or {})}
        return fetch_all(connection, self.change.sql(statement, self.schema, **variables), named)


def changes_in(runtime: Runtime, changes: Iterable[OnlineChange], states: Iterable[ChangeState]) -> list[OnlineChange]:
    """Those of the changes that are in one of the states; raises ConfigurationError with what to do if none is, and
    EnvironmentFault where this program may not write."""
    found, faults, asked_for = [], [], tuple(states)
    for change in changes:
        placed = PlacedChange.of(runtime, change)
        with transaction(placed.engine) as connection:
            try:
                placed.expect(connection, asked_for)
                found.append(change)
            except ConfigurationError as fault:
                faults.append(fault)
    if not found:
        raise faults[0]
    return found


_NEXT = {
    ChangeState.FILLING: "the new table is not filled yet: `etl upgrade start` continues it",
    ChangeState.READY: "the new table is filled: `etl upgrade switch` uses it, `etl upgrade rollback` drops it",
    ChangeState.SWITCHED: (
        "it is switched: `etl upgrade finish` drops the former table, `etl upgrade rollback` uses it again"
    ),
    ChangeState.FINISHED: "it is finished: there is no rollback any more, only a backup (`etl restore`)",
}
