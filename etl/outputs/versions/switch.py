"""Switches readers from one version to another, and back, without an error for any of them."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

import sqlalchemy

from etl import ddl
from etl.database import BRIEF, Connection, SqlTemplates, fetch_all, transaction
from etl.errors import ConfigurationError, EtlError, LockTimeout
from etl.outputs.versions.choose import current_version, find_version
from etl.outputs.versions.follow import follow, snapshot
from etl.outputs.versions.registry import (
    VersionRow,
    known_versions,
    lock_version,
    note_scans,
)
from etl.outputs.versions.upkeep import reconcile
from etl.outputs.versions.version import Versions
from etl.outputs.versions.views import ViewLoss, ViewMove, losses, move_views
from etl.quoting import printable
from etl.retry import Backoff, RetryPolicy

_sql = SqlTemplates(__package__)
_log = logging.getLogger("in_pg_migration")

# For how long readers are waited for is an option.
_BACKOFF = Backoff(first=0.1, longest=0.5)


@dataclass(frozen=True)
class Switched:
    """The result of a switch: the current version, the one before, and what was done to each view (view -> act)."""

    current: str
    previous: str | None
    views: dict[str, str]


@dataclass(frozen=True)
class SwitchLosses:
    """What a switch to a version would take from readers; `current`: what the views show now, "" before the first."""

    schema: str
    current: str
    losses: tuple[ViewLoss, ...]


def switch_losses(connection: Connection, versions: Versions, name: str | None) -> SwitchLosses:
    """What readers would lose, by a switch to a version, or back to the previous one. Raises ConfigurationError where
    there is none."""
    found = known_versions(connection, versions.store_schema)
    target = find_version(found, name, versions) if name else _previous(found)
    current = current_version(found)
    return SwitchLosses(target.schema, current.schema if current else "", losses(connection, versions, target))


def switch(
    engine: sqlalchemy.Engine, versions: Versions, name: str, *, force: bool = False, patience: float = 60.0
) -> Switched:
    """Makes a version the current one. Raises ConfigurationError when it is not complete, or when `force` is needed."""
    return _with_retry(
        engine, versions, lambda found: find_version(found, name, versions), patience, force=force, is_rollback=False
    )


def roll_back(
    engine: sqlalchemy.Engine, versions: Versions, *, force: bool = False, patience: float = 60.0
) -> Switched:
    """Makes the previous version current. Raises ConfigurationError when there is none."""
    return _with_retry(engine, versions, _previous, patience, force=force, is_rollback=True)


def _previous(found: list[VersionRow]) -> VersionRow:
    current = current_version(found)
    earlier = current.previous if current else None
    known = next((one for one in found if one.schema == earlier), None)
    if known is None:
        raise ConfigurationError("no version was current before this one: see `etl out list`")
    return known


def _with_retry(
    engine: sqlalchemy.Engine,
    versions: Versions,
    choose: Callable[[list[VersionRow]], VersionRow],
    patience: float,
    *,
    force: bool,
    is_rollback: bool,
) -> Switched:
    """Tries until the views are free: each try waits for a moment only, so that no reader waits longer.

    A reader of several views locks them in its own order. The next try first waits for the view that a reader was found
    to hold, which leads to the view that the reader locks first: there it queues behind us and holds nothing.
    """
    first = ""

    def attempt() -> Switched:
        with transaction(engine, client_min_messages="warning", **BRIEF) as connection:
            found = known_versions(connection, versions.store_schema)
            before = current_version(found)
            target = choose(found)
            moves = _move(connection, versions, target, force=force, is_rollback=is_rollback, first=first)
        return Switched(target.schema, before.schema if before else None, _acts(moves))

    def backoffs(fault: EtlError) -> list[Backoff]:
        nonlocal first
        if not isinstance(fault, LockTimeout):
            return []
        first = fault.relation
        return [replace(_BACKOFF, seconds=patience)]

    try:
        return RetryPolicy(backoffs).run_with_retry(f"switching {versions.views_schema}", attempt)
    except LockTimeout as fault:
        raise _with_readers(engine, versions) from fault


def _move(
    connection: Connection, versions: Versions, target: VersionRow, *, force: bool, is_rollback: bool, first: str
) -> list[ViewMove]:
    """All versions follow to the same snapshot, so that readers see the same data before and after."""
    if not target.is_whole or target.position_is_stale:
        raise _not_whole(target)
    for one in known_versions(connection, versions.store_schema):
        known = lock_version(connection, one.version) if one.is_whole else None
        if known:
            try:
                known, structure = reconcile(connection, versions, known)
            except ddl.UnfitTables as fault:
                if known.schema == target.schema:
                    raise
                _log.warning("%s", fault)  # readers may be moving from this very version
                continue
            if known.schema == target.schema and known.fill:
                raise _not_whole(known)
            if any(follow(connection, known, structure, snapshot(connection)).values()):
                note_scans(connection, known.version)
    return move_views(connection, versions, target, force=force, is_rollback=is_rollback, first=first)


def _not_whole(known: VersionRow) -> ConfigurationError:
    percent = f", {known.fill.percent} % of it is filled" if known.fill else ""
    return ConfigurationError(f"the version {known.schema} is not whole{percent}: `etl out build` finishes it")


def _acts(moves: list[ViewMove]) -> dict[str, str]:
    return {move.view: str(move.act) for move in moves}


def _with_readers(engine: sqlalchemy.Engine, versions: Versions) -> LockTimeout:
    """Names the readers for whose locks it was waited."""
    with transaction(engine) as connection:
        rows = fetch_all(connection, _sql("readers_now"), {"schema": versions.views_schema})
    reported = "".join(
        f"\n  session {row.pid} of {printable(row.username)}, for {row.seconds} s: {row.views}" for row in rows
    )
    return LockTimeout(f"the views of {versions.views_schema} are being read, and stay as they were:{reported}")
