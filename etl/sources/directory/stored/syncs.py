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


@dataclass(frozen=True, kw_only=True)
class SyncsState:
    """Syncs of all users: `newest` is over, however it ended; `done` is the newest that was not stopped and did not
    fail; `running` is under way. `people` are known, `vanished` of them were not in the last reads."""

    looked_at: datetime
    newest: ListedSync | None = None
    done: ListedSync | None = None
    running: ListedSync | None = None
    people: int = 0
    vanished: int = 0

    @property
    def age_seconds(self) -> float | None:
        """Since the newest sync that is done began to read; None where there is none."""
        return (self.looked_at - self.done.started_at).total_seconds() if self.done else None

    @property
    def is_stopped(self) -> bool:
        """Whether a guard has stopped the newest one."""
        return self.newest is not None and self.newest.result == SyncResult.STOPPED

    @property
    def is_failed(self) -> bool:
        """Whether the newest one could not read the directory or write the store, or was ended by force."""
        return self.newest is not None and self.newest.result in (SyncResult.FAILED, None)


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

    def state(self, connection: Connection) -> "SyncsState":
        """Of the syncs of all users, and of the people whom they know."""
        rows = fetch_all(connection, _sql("state_of_syncs", schema=self.schema))
        syncs = [ListedSync(**row._mapping) for row in rows]
        [known] = fetch_all(connection, _sql("known_people", schema=self.schema))
        return SyncsState(
            looked_at=known.now,
            newest=next((one for one in reversed(syncs) if not one.is_running), None),
            done=next((one for one in reversed(syncs) if one.result == SyncResult.DONE), None),
            running=next((one for one in syncs if one.is_running), None),
            people=known.people,
            vanished=known.vanished,
        )

    def newest(self, connection: Connection, limit: int) -> list[ListedSync]:
        rows = fetch_all(connection, _sql("syncs", schema=self.schema), {"limit": limit})
        return [ListedSync(**row._mapping) for row in rows]
