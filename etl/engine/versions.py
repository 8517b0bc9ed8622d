"""What `etl out` does with a company's versions."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date

from etl import outbound
from etl.database import Connection, Statements, fetch_one, transaction
from etl.engine.preparation import is_prepared, prepare_mirror, prepare_store
from etl.engine.wiring import House
from etl.errors import ConfigurationError
from etl.outbound import Built, Retired, Switched, VersionState

_sql = Statements(__package__)


@dataclass(frozen=True)
class ListedVersion(VersionState):
    """A version with its lag: seconds since the run began that wrote the oldest change it has not followed."""

    lag_seconds: float = 0.0


def list_versions(connection: Connection, house: House) -> list[ListedVersion]:
    """All versions, oldest first; writes nothing."""
    if not is_prepared(connection, house):
        return []
    with house.out_beside(connection) as out:
        if house.has_own_out and not house.mirror.exists(out):
            return []
        states = outbound.version_states(out, house.store.schema)
    return [ListedVersion(**asdict(state), lag_seconds=_lag(connection, house, state)) for state in states]


def _lag(connection: Connection, house: House, state: VersionState) -> float:
    if state.oldest_run is None:
        return 0.0
    row = fetch_one(connection, _sql("lag", schema=house.in_schema), {"run": state.oldest_run})
    return round(float(row.seconds), 1) if row else 0.0


def build_version(house: House, name: str | None, show: Callable[[int], None]) -> Built:
    """Makes and fills a version, that of the environment if none is named. Raises as a run does when the metadata
    changed and the version did not.
    """
    _need_store(house)
    with transaction(house.store_engine, client_min_messages="warning") as connection:
        prepare_store(connection, house)
    with transaction(house.out_engine, client_min_messages="warning") as connection:
        if house.has_own_out:
            prepare_mirror(connection, house)
        if name is None:
            outbound.refuse_changed(outbound.known_versions(connection, house.store.schema), house.versions)
    house.catch_up()
    version = name or house.versions.environment_version
    work_mem = f"{house.settings.in_migration.work_mem_mb}MB"
    return outbound.build(house.out_engine, house.versions, version, show, work_mem=work_mem)


def switch_version(house: House, name: str, *, force: bool, patience: float) -> Switched:
    """Makes the views show a version."""
    _need_store(house)
    house.catch_up()
    return outbound.switch(house.out_engine, house.versions, name, force=force, patience=patience)


def roll_back_version(house: House, *, force: bool, patience: float) -> Switched:
    """Makes the views show the version that they showed before."""
    _need_store(house)
    house.catch_up()
    return outbound.roll_back(house.out_engine, house.versions, force=force, patience=patience)


def retire_version(house: House, name: str, *, on: date | None, keep: bool, force: bool) -> Retired:
    """Announces the day of a version's end, takes that back, or drops the version."""
    _need_store(house)
    with transaction(house.out_engine, client_min_messages="warning") as connection:
        if on or keep:
            return outbound.announce(connection, house.versions, name, on)
        return outbound.retire(connection, house.versions, name, force=force)


def _need_store(house: House) -> None:
    with transaction(house.engine) as connection:
        if not is_prepared(connection, house):
            raise ConfigurationError(
                f"no run has been started in schema {house.in_schema} yet: `etl run` makes the store"
            )
