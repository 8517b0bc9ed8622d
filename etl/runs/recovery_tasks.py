"""Tasks of a recovery from the golden store: rows of the table `task` beside those of runs, one for each object.

They belong to no run and have no fence: the transactions of Kafka shut out a second process, and in tables each part of
a task may be done twice.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from etl.database import Connection, SqlTemplates, execute, fetch_all
from etl.errors import EnvironmentFault

_sql = SqlTemplates(__package__)

KIND: Final = "RECOVER_INTO_TOPICS"
REMOVED_AS_ARCHIVED: Final = "RECOVER_REMOVED_AS_ARCHIVED"
REMOVALS_ONLY: Final = "RECOVER_REMOVALS_ONLY"
INTO_TOPICS: Final = (KIND, REMOVED_AS_ARCHIVED, REMOVALS_ONLY)
INTO_OUT: Final = "RECOVER_INTO_OUT"
INTO_MIRROR: Final = "RECOVER_INTO_MIRROR"
COMMANDS: Final[Mapping[str, str]] = {
    **dict.fromkeys(INTO_TOPICS, "etl kafka recover"),
    INTO_OUT: "etl recover",
    INTO_MIRROR: "etl recover",
}
"""Each kind of these tasks, for which no run has a handler, and the command that performs it."""


@dataclass(frozen=True)
class RecoveryTask:
    """The task of one object. `number`: of the recovery, from the same numbers as runs; `output`: of Kafka, or the
    schema that is written; `fill`: how far it is, where that is a filling of tables."""

    id: int
    number: int
    seq: int
    bo: str
    output: str
    topic: str
    state: str
    records: int
    kind: str = KIND
    fill: Any = field(default=None, compare=False)


@dataclass(frozen=True)
class RecoveryTasks:
    """The tasks of recoveries of some kinds in the schema of an import."""

    schema: str
    kinds: tuple[str, ...] = (KIND,)

    def refuse_unfinished(self, connection: Connection) -> None:
        """Raises EnvironmentFault while tasks of a run, or of a recovery of any kind, are not done. Another process
        that begins a recovery waits until the end of the transaction."""
        execute(connection, _sql("lock_recovery"), {"schema": self.schema})
        if found := RecoveryTasks(self.schema, tuple(COMMANDS)).unfinished(connection):
            raise EnvironmentFault(
                f"the recovery {found[0].number} has {len(found)} unfinished tasks: `{COMMANDS[found[0].kind]} "
                "--continue` performs them, --give-up drops them"
            )
        if (run := self.unfinished_run(connection)) is not None:
            raise EnvironmentFault(f"the run {run} has unfinished tasks: recover when it has ended")

    def unfinished(self, connection: Connection) -> list[RecoveryTask]:
        """Those that are not done, in their order."""
        rows = fetch_all(connection, _sql("recovery_tasks", schema=self.schema), {"kinds": list(self.kinds)})
        return [
            RecoveryTask(
                row.id,
                row.run,
                row.seq,
                row.in_table,
                row.output,
                row.topic,
                row.state,
                row.records,
                row.kind,
                row.fill,
            )
            for row in rows
        ]

    def unfinished_run(self, connection: Connection) -> int | None:
        """The number of a run that has unfinished tasks; None: there is none."""
        row = fetch_all(connection, _sql("unfinished_run", schema=self.schema), {"kinds": list(COMMANDS)})[0]
        return None if row.run is None else int(row.run)

    def create(
        self, connection: Connection, number: int, output: str, tasks: Iterable[tuple[str, str]], what: str = "records"
    ) -> None:
        """Records the tasks of a new recovery, of the first of the kinds: (business object, topic or schema) in their
        order."""
        rows = [
            {
                "seq": seq,
                "title": f"{what} of {bo} into {topic}",
                "bo": bo,
                "counters": {"records": 0, "output": output, "topic": topic},
            }
            for seq, (bo, topic) in enumerate(tasks, 1)
        ]
        values = {"number": number, "kind": self.kinds[0], "tasks": json.dumps(rows)}
        execute(connection, _sql("create_recovery", schema=self.schema), values)

    def move(
        self, connection: Connection, task: RecoveryTask, owner: str, records: int, *, is_done: bool, fill: Any = None
    ) -> None:
        """Records how many records or rows of a task are written, how far a filling is, and whether that is all."""
        values = {"id": task.id, "owner": owner, "records": records, "state": "done" if is_done else "running"}
        values |= {"fill": json.dumps(fill)}
        execute(connection, _sql("move_recovery", schema=self.schema), values)

    def drop(self, connection: Connection) -> int:
        """Gives up what is not done; returns how many tasks that were."""
        return execute(connection, _sql("drop_recovery", schema=self.schema), {"kinds": list(self.kinds)})
