"""The syncs of a store: one of all users at a time, each with a lease, its numbers and what became of it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from etl.database import Connection, SqlTemplates, execute, fetch_all
from etl.sources.directory.people.changes import LeaveOut

_sql = SqlTemplates(__package__)


class SyncResult(StrEnum):
    """DONE: merged, or nothing differed. STOPPED: by a guard. FAILED: the directory or the store was not usable. Only
    DONE changes anything."""

    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True)
class ListedSync:
    """A sync as it is listed. `login`: of a sync of one user; `result` is None until the end, and of one that was
    killed."""

    run: int
    owner: str
    login: str | None
    started_at: datetime
    ended_at: datetime | None
    controller: str | None
    users: int
    counts: Mapping[str, int]
    left_out: Sequence[Mapping[str, str]]
    result: str | None
    message: str | None
    is_running: bool


@dataclass(frozen=True)
class Syncs:
    """`lease_seconds`: for how long a sync counts as under way after it has begun or renewed its lease."""

    schema: str
    owner: str
    lease_seconds: int

    def begin(self, connection: Connection, run: int, *, login: str | None = None) -> bool:
        """Records the beginning; False where a sync of all users is under way."""
        execute(connection, _sql("lock_syncs", schema=self.schema))
        values = {"run": run, "owner": self.owner, "login": login, "lease_seconds": self.lease_seconds}
        return execute(connection, _sql("begin_sync", schema=self.schema), values) == 1

    def renew(self, connection: Connection, run: int) -> None:
        values = {"run": run, "lease_seconds": self.lease_seconds}
        execute(connection, _sql("renew_sync", schema=self.schema), values)

    def end(
        self,
        connection: Connection,
        run: int,
        result: SyncResult,
        *,
        controller: str = "",
        users: int = 0,
        counts: Mapping[str, int],
        left_out: Sequence[LeaveOut] = (),
        message: str | None = None,
    ) -> None:
        values = {
            "run": run,
            "result": result.value,
            "controller": controller or None,
            "users": users,
            "counts": json.dumps(dict(counts)),
            "left_out": json.dumps([{"guid": one.guid, "login": one.login, "reason": one.reason} for one in left_out]),
            "message": message,
        }
        execute(connection, _sql("end_sync", schema=self.schema), values)

    def clean(self, connection: Connection, *, days: int) -> None:
        """Forgets syncs that began longer ago."""
        execute(connection, _sql("clean_syncs", schema=self.schema), {"days": days})

    def newest(self, connection: Connection, limit: int) -> list[ListedSync]:
        rows = fetch_all(connection, _sql("syncs", schema=self.schema), {"limit": limit})
        return [ListedSync(**row._mapping) for row in rows]
