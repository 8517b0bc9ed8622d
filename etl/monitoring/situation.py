"""All that decides what an operator has to know first, read at one time: see `verdict`."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from etl.database import Connection, SqlTemplates, fetch_all, read_only_transaction
from etl.engine import Runtime, Status, read_feed, read_status
from etl.errors import EtlError
from etl.monitoring.directory_state import read_directory
from etl.monitoring.topics import TopicsStatus
from etl.notifications.freshness import Feed
from etl.sources.in_tables.errors import ErrorLog

if TYPE_CHECKING:
    from etl.engine.directory import SyncsState

_sql = SqlTemplates(__package__, "etl.database")
# Of very many that were offered again or corrected not all are looked at for one that is still open.
_SEARCH_SECONDS = 0.1

QUARANTINED = "CHUNK_QUARANTINED"
"""The code of rows that were rejected unread, as their task ended its runner each time."""


@dataclass(frozen=True, kw_only=True)
class LockWait:
    """A session of ours that waits for a lock of another. `task` is the in_ table of its task, or what that does, ""
    between tasks; `pid` is 0 for a prepared transaction, which has no session; `since`: begin of the transaction that
    has the lock, None where the engine's role may not see it."""

    task: str = ""
    pid: int
    role: str
    application: str
    since: datetime | None = None
    seconds: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Situation:
    """`fault`: why there is no status; of its errors it has rows that were rejected unread alone. `services`: runners
    that wait for hand-overs now, by their sessions; None where they cannot be counted, as they only poll. `has_runs`:
    whether the import is switched on; `has_open_quarantine`: whether rows that were rejected unread are still to be
    offered again; `syncs`: None without a directory."""

    company: str
    status: Status | None = None
    fault: str = ""
    locks: tuple[LockWait, ...] = ()
    services: int | None = None
    topics: TopicsStatus | None = None
    feed: Feed | None = None
    has_runs: bool = True
    has_open_quarantine: bool = False
    syncs: "SyncsState | None" = None

    @property
    def lock_statement(self) -> str:
        """What an operator runs to see who has the lock; the engine ends no session of others. Empty without one."""
        if not self.locks:
            return ""
        pid = self.locks[0].pid
        if pid == 0:
            return "select gid, owner, prepared from pg_prepared_xacts order by prepared;"
        return (
            "select pid, usename, application_name, state, xact_start, query "  # noqa: S608
            f"from pg_stat_activity where pid = {pid:d};"
        )


def read_situation(runtime: Runtime, *, seconds: float = 5.0, topics: TopicsStatus | None = None) -> Situation:
    """What is so now; a database that is away is a situation too. `topics` are those that were read lately."""
    company, has_runs = runtime.company.code, runtime.settings.has_in_migration
    try:
        status = read_status(runtime, seconds=seconds, is_brief=True)
        return situation_of(runtime, status, seconds=seconds, topics=topics)
    except EtlError as fault:
        return Situation(company=company, fault=str(fault), topics=topics, has_runs=has_runs)


def situation_of(
    runtime: Runtime, status: Status, *, seconds: float = 5.0, topics: TopicsStatus | None = None
) -> Situation:
    """What is so now, where the status has been read."""
    found = Situation(
        company=runtime.company.code, status=status, topics=topics, has_runs=runtime.settings.has_in_migration
    )
    if status.is_unreadable:
        return found
    with read_only_transaction(runtime.engine, seconds=seconds) as connection:
        locks, services = tuple(_locks(connection, runtime, status)), _services(connection, runtime)
        status = replace(status, errors=_quarantined(connection, runtime, status))
        is_open = _has_open_quarantine(connection, runtime, status)
    found = replace(found, status=status, syncs=read_directory(runtime, seconds=seconds))
    return replace(found, locks=locks, services=services, feed=read_feed(runtime), has_open_quarantine=is_open)


def _locks(connection: Connection, runtime: Runtime, status: Status) -> Iterator[LockWait]:
    statement = _sql("lock_waits", schema=runtime.in_schema, has_tasks=bool(status.tasks))
    for row in fetch_all(connection, statement):
        yield LockWait(**row._mapping)


def _services(connection: Connection, runtime: Runtime) -> int | None:
    if not runtime.settings.in_migration.start_on_hand_over:
        return None
    [row] = fetch_all(connection, _sql("services"), {"me": f"etl:{runtime.owner}"})
    return int(row.services)


def _quarantined(connection: Connection, runtime: Runtime, status: Status) -> tuple[dict[str, Any], ...]:
    """Rows that were rejected unread, by table; of the other errors there may be millions."""
    if status.run is None or not any(row["state"] == "quarantined" for row in status.tasks):
        return ()
    values = {"tables": list(runtime.company.in_tables()), "code": QUARANTINED, "run": status.run["run"]}
    found = fetch_all(connection, _sql("quarantined_rows", schema=runtime.in_schema), values)
    return tuple(dict(row._mapping) for row in found)


def _has_open_quarantine(connection: Connection, runtime: Runtime, status: Status) -> bool:
    if status.run is None or not status.errors:
        return False
    log = ErrorLog(runtime.company, runtime.in_schema, runtime.in_schema)
    with runtime.connections(connection, read_only_transaction) as connections:
        choice = log.chosen(status.run["run"], None, QUARANTINED)
        found, _ = log.with_states(connection, connections, choice, 1, only_open=True, seconds=_SEARCH_SECONDS)
        return bool(found)
