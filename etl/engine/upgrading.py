"""Brings the engine's own tables to the versions of this program, while no run is under way."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import sqlalchemy

from etl.database import BRIEF, Connection, Part, SqlTemplates, bring_up, execute, fetch_all, part_states, transaction
from etl.engine.preparation import states_at
from etl.engine.runtime import Runtime
from etl.errors import MarkerHeld
from etl.outputs.versions import MIRROR_PARTS
from etl.sources.in_tables.own_tables import IMPORT

_sql = SqlTemplates(__package__, "etl.database")

PARTS: Final = (IMPORT, *MIRROR_PARTS)

# How long to wait for another `etl upgrade start`, after which nothing is pending.
_PATIENCE = "60s"


@dataclass(frozen=True)
class AppliedMigration:
    """A migration that was applied: `part` of `schema` has `version` now; `name` is that of its file."""

    part: str
    schema: str
    version: int
    name: str


def program_versions() -> str:
    """The versions of the parts that this program makes, for people."""
    return ", ".join(f"{part.name} {part.version}" for part in PARTS)


def upgrade(runtime: Runtime) -> list[AppliedMigration]:
    """Applies all pending migrations, each in a transaction of its own, and returns them; parts that do not exist are
    left to the first run. If it is killed, the next call continues with the next migration.

    Raises MarkerHeld during a run, EnvironmentFault where only newer programs may write.
    """
    if not _are_pending(runtime):
        return []
    done: list[AppliedMigration] = []
    with transaction(runtime.engine, lock_timeout=_PATIENCE) as connection:
        fetch_all(connection, _sql("lock_upgrades"), {"schema": runtime.in_schema})
        with _without_runs(runtime):
            for engine in dict.fromkeys((runtime.store_engine, runtime.out_engine)):
                done += _apply(runtime, engine, [part for part in _parts(runtime, engine) if part is not IMPORT])
        return done + _apply(runtime, runtime.engine, [IMPORT])


def _are_pending(runtime: Runtime) -> bool:
    """Where nothing is, runs are not looked at. Raises EnvironmentFault where only newer programs may write."""
    found = []
    for engine in dict.fromkeys((runtime.engine, runtime.store_engine, runtime.out_engine)):
        with transaction(engine) as connection:
            found += states_at(connection, runtime, engine)
    for state in found:
        state.refuse_writing(is_upgrade=True)
    return any(state.version is not None and state.pending for state in found)


def _parts(runtime: Runtime, engine: sqlalchemy.Engine) -> list[Part]:
    return [one.part for one in runtime.parts_at(engine)]


def _apply(runtime: Runtime, engine: sqlalchemy.Engine, parts: list[Part]) -> list[AppliedMigration]:
    done: list[AppliedMigration] = []
    while True:
        with transaction(engine, client_min_messages="warning", lock_timeout=_PATIENCE, **BRIEF) as connection:
            states = [one for one in states_at(connection, runtime, engine) if one.part in parts]
            there = [one for one in states if one.version is not None]
            if IMPORT in parts and any(one.pending for one in there):
                execute(connection, _sql("lock_run_fence", schema=runtime.in_schema))
                _lock_out_runs(connection, runtime)
            steps = [
                AppliedMigration(step.part, schema, step.version, step.name)
                for schema in dict.fromkeys(one.schema for one in there)
                for step in bring_up(connection, schema, [one.part for one in there], is_offline=True, at_most=1)
            ]
        if not steps:
            return done
        done += steps


@contextmanager
def _without_runs(runtime: Runtime) -> Iterator[None]:
    with transaction(runtime.engine, lock_timeout=_PATIENCE) as connection:
        [state] = part_states(connection, runtime.in_schema, [IMPORT])
        if state.version is not None:
            _lock_out_runs(connection, runtime)
        yield


def _lock_out_runs(connection: Connection, runtime: Runtime) -> None:
    fetch_all(connection, _sql("lock_out_runs", schema=runtime.in_schema))
    lease = {"lease_seconds": runtime.settings.in_migration.lease_seconds}
    found = fetch_all(connection, _sql("live_runners", schema=runtime.in_schema), lease)
    if found:
        raise MarkerHeld(
            f"runner {found[0].owner} works on run {found[0].run}: stop all runners of schema {runtime.in_schema} "
            "or wait for the end of the run, then call `etl upgrade start` again"
        )
