"""How far changes are, and what of PostgreSQL's own long statements on our tables is under way."""

from dataclasses import dataclass

from etl.database import SqlTemplates, fetch_all, transaction
from etl.engine import Runtime
from etl.operations.upgrade.change import ChangeState, OnlineChange
from etl.operations.upgrade.placed_change import PlacedChange
from etl.quoting import fold

_sql = SqlTemplates(__package__)


@dataclass(frozen=True)
class LongStatement:
    """A long statement: `done` of `total` blocks or rows, as its phase counts."""

    command: str
    table: str
    phase: str
    done: int
    total: int


@dataclass(frozen=True)
class ChangeProgress:
    """A change: `state` is "pending" before it has begun, "made" for a table that was made in the new form. `percent`:
    of the pages that are copied. `rows_per_second` and `seconds_left` of a fill that is under way."""

    name: str
    schema: str
    state: str
    percent: float = 0.0
    rows: int = 0
    rows_per_second: float | None = None
    seconds_left: float | None = None
    statements: tuple[LongStatement, ...] = ()

    @property
    def next_command(self) -> str:
        """What is to be called next; empty where nothing is."""
        return _NEXT.get(self.state, "")


_NEXT = {
    "pending": "etl upgrade start",
    ChangeState.FILLING.value: "etl upgrade start",
    ChangeState.READY.value: "etl upgrade switch",
    ChangeState.SWITCHED.value: "etl upgrade finish",
}


def read_progress(runtime: Runtime, change: OnlineChange) -> ChangeProgress | None:
    """None where there is no store yet, or one in which changes are not noted."""
    ongoing = PlacedChange.of(runtime, change)
    with transaction(ongoing.engine) as connection:
        if not ongoing.is_possible(connection):
            return None
        statements = tuple(
            LongStatement(row.command, row.table_name, row.phase, row.done, row.total)
            for row in fetch_all(connection, _sql("long_statements"), {"schema": fold(ongoing.schema)})
        )
        if ongoing.recorded(connection) is None:
            state = "made" if ongoing.is_made(connection) else "pending"
            return ChangeProgress(change.name, ongoing.schema, state, statements=statements)
        [row] = fetch_all(connection, _sql("progress", schema=ongoing.schema), {"name": change.name})
    return ChangeProgress(
        change.name, ongoing.schema, row.state, row.percent, row.rows, row.rows_per_second, row.seconds_left, statements
    )
