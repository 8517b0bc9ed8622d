"""The table `task`: records, takes and marks tasks."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy

from etl.database import (
    Connection,
    PlacedPart,
    SqlTemplates,
    ensure_view,
    execute,
    fetch_all,
    fetch_one,
    refuse_newer,
    transaction,
)
from etl.errors import FencedOut
from etl.runs.counters import ClaimedRows, CounterName, Counters, TaskCounters
from etl.runs.task import (
    SHARED,
    Chunk,
    Kind,
    Task,
)

_sql = SqlTemplates(__package__, "etl.database")


@dataclass(frozen=True)
class ClaimedTask:
    """A task that this runner took.

    `attempts` includes this one, and so does `crash_count`: attempts that ended their runner, or failed because of the
    task itself. `last_error` is the error of the attempt before.
    """

    id: int
    task: Task
    attempts: int
    crash_count: int = 0
    last_error: str = ""

    @classmethod
    def from_row(cls, row: Any) -> "ClaimedTask":
        """A row of `sql/take.sql`."""
        chunk = Chunk(rows=row.claimed_rows, first=row.first_position, after=row.after_position)
        task = Task(row.seq, row.stage, Kind(row.kind), row.title, row.in_table, chunk, serial_key=row.serial_key)
        return cls(row.id, task, row.attempts, row.crash_count, row.last_error or "")


@dataclass(frozen=True)
class QueueState:
    """The unfinished tasks of a run: those that wait, and those that any runner performs.

    `is_over`: nothing is left for this runner. `lost`: helpers whose lease has run out. `unknown`: kinds of
    tasks that this version does not know.
    """

    todo: int
    running: int
    is_over: bool
    is_planned: bool = False
    lost: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


# These tasks count claimed rows by table; all others count what CounterName names.
_CLAIMING = (Kind.BEGIN, Kind.CLAIM, Kind.PLAN)


@dataclass(frozen=True)
class RecordedTask:
    """A task of the run as it is recorded. `claimed`: what it has claimed, if its kind claims rows; else `counters`."""

    kind: Kind
    table: str
    state: str
    counters: Counters
    claimed: ClaimedRows

    @classmethod
    def from_row(cls, row: sqlalchemy.Row[Any]) -> "RecordedTask":
        """From a row of `of_run`."""
        kind = Kind(row.kind)
        counters, claimed = ({}, row.counters) if kind in _CLAIMING else (row.counters, {})
        return cls(kind, row.in_table, row.state, counters, claimed)


@dataclass(frozen=True)
class TaskQueue:
    """The tasks of one run as this runner sees them, under the run's fencing token.

    A helper takes only tasks that merge rows, and none once its own lease or the owner's has run out. `parts` of the
    import's database are written to: no task begins where only newer programs may write.
    """

    engine: sqlalchemy.Engine
    schema: str
    run: int
    owner: str
    fence: int
    lease_seconds: float = 60.0
    is_helper: bool = False
    parts: tuple[PlacedPart, ...] = ()

    @staticmethod
    def create_view(connection: Connection, schema: str) -> None:
        """Makes the view `last_migration_state` where it is missing."""
        about = "What the newest run does, task by task"
        ensure_view(connection, schema, "last_migration_state", _sql("last_migration_state", schema=schema), about)

    @staticmethod
    def clean(connection: Connection, schema: str, *, before: int, limit: int) -> int:
        """Deletes tasks of runs with numbers below `before`, at most `limit`; returns how many."""
        return execute(connection, _sql("clean", schema=schema), {"before": before, "limit": limit})

    def record(self, connection: Connection, tasks: Iterable[Task]) -> None:
        """Inserts the tasks of a plan; tasks that exist are left unchanged."""
        rows = [_as_row(task) for task in tasks]
        execute(connection, self._sql("record"), {"run": self.run, "tasks": json.dumps(rows)})

    def inherit(self) -> None:
        """Frees the tasks that owners with lower tokens had taken."""
        with transaction(self.engine) as connection:
            execute(connection, self._sql("inherit"), {"run": self.run, "fence": self.fence})

    def take(self) -> ClaimedTask | None:
        """The next task that may run now, committed as taken; None: none may run now."""
        with transaction(self.engine) as connection:
            row = fetch_one(connection, self._sql("take"), self._mine() | {"kinds": self._kinds})
        return ClaimedTask.from_row(row) if row else None

    def left(self) -> QueueState:
        """The unfinished tasks of all runners."""
        with transaction(self.engine) as connection:
            [row] = fetch_all(connection, self._sql("left"), self._mine() | {"known": [kind.value for kind in Kind]})
        is_over = row.has_ended if self.is_helper else not row.todo and not row.running
        return QueueState(row.todo, row.running, is_over, row.is_planned, tuple(row.lost), tuple(row.unknown))

    def assert_fence(self, connection: Connection) -> None:
        """Locks the fence for the transaction. Raises FencedOut when a new owner has raised it, EnvironmentFault where
        a newer program has made tables that this one must not write to."""
        row = fetch_one(connection, self._sql("hold_fence"), self._mine())
        if row is None:
            raise FencedOut(f"run {self.run} was taken over by another runner; this one writes nothing more")
        refuse_newer(self.parts, row.noted)

    def done_counters(self, taken: ClaimedTask) -> TaskCounters | None:
        """The counters of a task that this owner finished although the answer to its commit was lost; else None."""
        with transaction(self.engine) as connection:
            row = fetch_one(connection, self._sql("done_counters"), self._mine() | {"id": taken.id})
        return row.counters if row else None

    def mark_done(
        self, connection: Connection, taken: ClaimedTask, counters: TaskCounters, quarantine: str = ""
    ) -> None:
        """Marks a task as done in the transaction of its effects, with the reason if it was set aside. Raises FencedOut
        when another owner has taken it."""
        state = {"state": "quarantined" if quarantine else "done", "error": quarantine or None}
        values = self._mine() | state | {"id": taken.id, "counters": json.dumps(counters)}
        if execute(connection, self._sql("mark_done"), values) != 1:
            raise FencedOut(f"task {taken.task.title} of run {self.run} is no longer this runner's")

    def put_back(self, taken: ClaimedTask, error: str, *, is_crash: bool = False) -> None:
        """Frees a task whose transaction was rolled back, with the reason; `is_crash`: its crash count rises."""
        values = {"id": taken.id, "error": error, "excused": int(not is_crash)}
        with transaction(self.engine) as connection:
            execute(connection, self._sql("put_back"), self._mine() | values)

    def note(self, taken: ClaimedTask, error: str) -> None:
        """Records why a running task waits, for `etl status`."""
        with transaction(self.engine) as connection:
            execute(connection, self._sql("note"), self._mine() | {"id": taken.id, "error": error})

    def put_back_mine(self) -> None:
        """Frees the tasks that this runner had begun as a helper before it broke off."""
        with transaction(self.engine) as connection:
            execute(connection, self._sql("put_back_mine"), self._mine())

    def put_back_lost(self, owners: Sequence[str]) -> None:
        """Frees the tasks that dismissed helpers had begun."""
        with transaction(self.engine) as connection:
            execute(connection, self._sql("put_back_lost"), self._mine() | {"owners": list(owners)})

    def performed(self) -> int:
        """How many tasks of the run this runner has finished."""
        with transaction(self.engine) as connection:
            [row] = fetch_all(connection, self._sql("performed"), self._mine())
        return int(row.tasks)

    def drop_remaining(self, connection: Connection) -> None:
        """Ends the tasks of a stopped run that were not performed."""
        execute(connection, self._sql("drop_rest"), {"run": self.run})

    def sum_of(self, connection: Connection, counter: CounterName) -> int:
        """One counter, summed over the tasks of the run that are done."""
        row = fetch_one(connection, self._sql("sum_of_counter"), {"run": self.run, "counter": counter})
        return int(row.rows) if row else 0

    def tasks(self, connection: Connection) -> list[RecordedTask]:
        """All tasks of the run with their counters, in order."""
        rows = fetch_all(connection, self._sql("of_run"), {"run": self.run})
        return [RecordedTask.from_row(row) for row in rows]

    def _sql(self, name: str) -> sqlalchemy.TextClause:
        return _sql(name, schema=self.schema, is_helper=self.is_helper, placed=self.parts)

    @property
    def _kinds(self) -> list[str]:
        return [kind.value for kind in Kind if kind in SHARED or not self.is_helper]

    def _mine(self) -> dict[str, object]:
        return {"run": self.run, "owner": self.owner, "fence": self.fence, "lease_seconds": self.lease_seconds}


def _as_row(task: Task) -> dict[str, object]:
    row = asdict(task)
    chunk = row.pop("chunk") or asdict(Chunk(rows=0))
    return {
        **row,
        "in_table": row.pop("table"),
        "first_position": chunk["first"],
        "after_position": chunk["after"],
        "claimed_rows": chunk["rows"],
    }
