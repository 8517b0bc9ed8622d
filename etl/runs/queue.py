"""The rows of table `task`: recorded, taken, marked."""

import json
from collections.abc import Iterable, Mapping, Sequence
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
from etl.runs.task import (
    SHARED,
    Chunk,
    Kind,
    Task,
)

_sql = SqlTemplates(__package__, "etl.database")

Counters = Mapping[str, int]


@dataclass(frozen=True)
class ClaimedTask:
    """A task that this runner took.

    `attempts` counts this time too, and so does `crash_count`: attempts that ended their runner, or broke off for no
    other reason than the task. `last_error` is that of the attempt before.
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
        task = Task(row.seq, row.stage, Kind(row.kind), row.title, row.in_table, chunk, row.lane)
        return cls(row.id, task, row.attempts, row.crash_count, row.last_error or "")


@dataclass(frozen=True)
class QueueState:
    """What is not finished of a run: tasks that wait, and tasks that anybody performs.

    `is_over`: nothing is left for this runner. `lost` are helpers that are gone, `unknown` are kinds of
    tasks that this version does not know.
    """

    todo: int
    running: int
    is_over: bool
    is_planned: bool = False
    lost: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class TaskQueue:
    """The tasks of one run as this runner sees them, under the run's fencing token.

    A helper takes only what merges rows, and begins nothing once its own lease or that of the run's owner has run out.
    `parts` of the import's database are written to: nothing begins where only newer programs may write.
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
        """Writes the tasks of a plan; those already there stay as they are."""
        rows = [_as_row(task) for task in tasks]
        execute(connection, self._sql("record"), {"run": self.run, "tasks": json.dumps(rows)})

    def inherit(self) -> None:
        """Frees what an owner with a lower token had taken."""
        with transaction(self.engine) as connection:
            execute(connection, self._sql("inherit"), {"run": self.run, "fence": self.fence})

    def take(self) -> ClaimedTask | None:
        """The next task that may run now, committed as taken; None: nothing may run now."""
        with transaction(self.engine) as connection:
            row = fetch_one(connection, self._sql("take"), self._mine() | {"kinds": self._kinds})
        return ClaimedTask.from_row(row) if row else None

    def left(self) -> QueueState:
        """What is not finished, by anybody."""
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

    def done_counters(self, taken: ClaimedTask) -> Counters | None:
        """The counters of a task that this owner did finish, when the answer to its commit was lost; else None."""
        with transaction(self.engine) as connection:
            row = fetch_one(connection, self._sql("done_counters"), self._mine() | {"id": taken.id})
        return row.counters if row else None

    def mark_done(self, connection: Connection, taken: ClaimedTask, counters: Counters, quarantine: str = "") -> None:
        """Marks a task in the transaction of its effects, or says why it was set aside. Raises FencedOut when it is no
        longer this owner's."""
        state = {"state": "quarantined" if quarantine else "done", "error": quarantine or None}
        names = self._mine() | state | {"id": taken.id, "counters": json.dumps(dict(counters))}
        if execute(connection, self._sql("mark_done"), names) != 1:
            raise FencedOut(f"task {taken.task.title} of run {self.run} is no longer this runner's")

    def put_back(self, taken: ClaimedTask, error: str, *, is_crash: bool = False) -> None:
        """Frees a task whose transaction was rolled back, with the reason; `is_strike` if the task is to blame."""
        values = {"id": taken.id, "error": error, "excused": int(not is_crash)}
        with transaction(self.engine) as connection:
            execute(connection, self._sql("put_back"), self._mine() | values)

    def note(self, taken: ClaimedTask, error: str) -> None:
        """Says of a task under way why it does not go on, for whoever looks."""
        with transaction(self.engine) as connection:
            execute(connection, self._sql("note"), self._mine() | {"id": taken.id, "error": error})

    def put_back_mine(self) -> None:
        """Frees what this runner had begun when it helped before and left in disorder."""
        with transaction(self.engine) as connection:
            execute(connection, self._sql("put_back_mine"), self._mine())

    def put_back_lost(self, owners: Sequence[str]) -> None:
        """Frees what dismissed helpers had begun."""
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

    def sum_of(self, connection: Connection, counter: str) -> int:
        """One counter, summed over the tasks of the run that are done."""
        row = fetch_one(connection, self._sql("sum_of_counter"), {"run": self.run, "counter": counter})
        return int(row.rows) if row else 0

    def tasks(self, connection: Connection) -> list[sqlalchemy.Row[Any]]:
        """All tasks of the run with state and counters, in order."""
        return fetch_all(connection, self._sql("of_run"), {"run": self.run})

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
