"""Tasks of a recovery into topics: rows of the table `task` beside those of runs, one for each business object.

They belong to no run and have no fence: the transactions of Kafka shut out a second process.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from etl.database import Connection, SqlTemplates, execute, fetch_all

_sql = SqlTemplates(__package__)

KIND = "RECOVER_INTO_TOPICS"
"""The kind of these tasks, for which no run has a handler."""


@dataclass(frozen=True)
class RecoveryTask:
    """The task of one object. `number`: of the recovery, from the same numbers as runs."""

    id: int
    number: int
    seq: int
    bo: str
    output: str
    topic: str
    state: str
    records: int


@dataclass(frozen=True)
class RecoveryTasks:
    """The tasks of recoveries in the schema of an import."""

    schema: str

    def lock(self, connection: Connection) -> None:
        """Waits for another process that begins a recovery; until the end of the transaction."""
        execute(connection, _sql("lock_recovery"), {"schema": self.schema})

    def unfinished(self, connection: Connection) -> list[RecoveryTask]:
        """Those that are not done, in their order."""
        rows = fetch_all(connection, _sql("recovery_tasks", schema=self.schema), {"kind": KIND})
        return [
            RecoveryTask(row.id, row.run, row.seq, row.in_table, row.output, row.topic, row.state, row.records)
            for row in rows
        ]

    def unfinished_run(self, connection: Connection) -> int | None:
        """The number of a run that has unfinished tasks; None: there is none."""
        row = fetch_all(connection, _sql("unfinished_run", schema=self.schema), {"kind": KIND})[0]
        return None if row.run is None else int(row.run)

    def create(self, connection: Connection, number: int, output: str, tasks: Iterable[tuple[str, str]]) -> None:
        """Records the tasks of a new recovery: (business object, topic) in their order."""
        rows = [
            {
                "seq": seq,
                "title": f"records of {bo} into {topic}",
                "bo": bo,
                "counters": {"records": 0, "output": output, "topic": topic},
            }
            for seq, (bo, topic) in enumerate(tasks, 1)
        ]
        values = {"number": number, "kind": KIND, "tasks": json.dumps(rows)}
        execute(connection, _sql("create_recovery", schema=self.schema), values)

    def move(self, connection: Connection, task: RecoveryTask, owner: str, records: int, *, is_done: bool) -> None:
        """Records how many records of a task are written, and whether these are all."""
        values = {"id": task.id, "owner": owner, "records": records, "state": "done" if is_done else "running"}
        execute(connection, _sql("move_recovery", schema=self.schema), values)

    def drop(self, connection: Connection) -> int:
        """Gives up what is not done; returns how many tasks that were."""
        return execute(connection, _sql("drop_recovery", schema=self.schema), {"kind": KIND})
