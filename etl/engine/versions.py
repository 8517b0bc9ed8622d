"""What `etl out` does with a company's versions, and with their readers that confirm what they were given."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date

from etl.database import BRIEF, Connection, SqlTemplates, fetch_one, part_states, read_only_transaction, transaction
from etl.engine.preparation import (
    has_out_versions,
    has_store,
    is_prepared,
    prepare_mirror,
    prepare_store,
    refuse_elsewhere,
)
from etl.engine.runtime import Runtime
from etl.engine.topic_alerts import AlertKind, TopicAlerts
from etl.errors import ConfigurationError, EtlError
from etl.merge import Connections
from etl.outputs import versions
from etl.outputs.versions import (
    Built,
    OutReader,
    Retired,
    Switched,
    SwitchLosses,
    VersionBehind,
    VersionState,
)
from etl.quoting import fold
from etl.settings.catalogue import why_no_out_version
from etl.store import STORE

_sql = SqlTemplates(__package__)
_log = logging.getLogger("in_pg_migration")

# The version of the store's tables from which on they have the start of each unit.
_RECORDS_UNITS = 2


@dataclass(frozen=True)
class ListedVersion(VersionState):
    """A version with its lag: seconds since the start of the unit of work that wrote the oldest change not followed."""

    lag_seconds: float = 0.0


def list_versions(connection: Connection, runtime: Runtime, most: int | None = None) -> list[ListedVersion]:
    """All versions, oldest first; writes nothing. `behind` is counted up to `most`; above, it is some number above."""
    is_prepared(connection, runtime)  # raises where a newer program has made tables of the import
    with runtime.out_beside(connection) as out:
        states = versions.version_states(out, runtime.store.schema, most) if has_out_versions(out, runtime) else []
    with runtime.connections(connection) as connections:
        [store] = part_states(connections.store, runtime.store.schema, [STORE])
        if store.version is None or store.version < _RECORDS_UNITS:
            return [ListedVersion(**asdict(state)) for state in states]
        return [ListedVersion(**asdict(state), lag_seconds=_lag(connections, runtime, state)) for state in states]


def _lag(connections: Connections, runtime: Runtime, state: VersionState) -> float:
    if state.oldest_unit is None:
        return 0.0
    row = fetch_one(connections.store, _sql("lag", schema=runtime.store.schema), {"unit": state.oldest_unit})
    return round(float(row.seconds), 1) if row else 0.0


def build_version(runtime: Runtime, name: str | None, show: Callable[[int], None]) -> Built:
    """Makes and fills a version, by default the environment's. Raises as a run does when the metadata
    changed and the version did not.
    """
    if name is not None and (why := why_no_out_version(name)):
        raise ConfigurationError(f"{name[:64]!r} {why}")
    _need_store(runtime)
    _prepare_versions(runtime)
    with transaction(runtime.out_engine, client_min_messages="warning", **BRIEF) as connection:
        if name is None:
            versions.refuse_changed(versions.known_versions(connection, runtime.store.schema), runtime.versions)
    runtime.catch_up()
    version = name or runtime.versions.environment_version
    work_mem = f"{runtime.settings.in_migration.work_mem_mb}MB"
    return versions.build(runtime.out_engine, runtime.versions, version, show, work_mem=work_mem)


def read_switch_losses(runtime: Runtime, name: str | None, *, seconds: float) -> SwitchLosses:
    """What readers would lose by a switch to a version, or back to the previous one; writes nothing."""
    with read_only_transaction(runtime.out_engine, seconds=seconds) as connection:
        if not has_out_versions(connection, runtime):
            raise ConfigurationError("there is no out_ version yet: see `etl out list`")
        return versions.switch_losses(connection, runtime.versions, name)


def switch_version(runtime: Runtime, name: str, *, force: bool, patience: float) -> Switched:
    _need_store(runtime)
    runtime.catch_up()
    return versions.switch(runtime.out_engine, runtime.versions, name, force=force, patience=patience)


def roll_back_version(runtime: Runtime, *, force: bool, patience: float) -> Switched:
    _need_store(runtime)
    runtime.catch_up()
    return versions.roll_back(runtime.out_engine, runtime.versions, force=force, patience=patience)


def retire_version(runtime: Runtime, name: str, *, on: date | None, keep: bool, force: bool) -> Retired:
    """Announces the day of a version's end, takes that back, or drops the version."""
    _need_store(runtime)
    with transaction(runtime.out_engine, client_min_messages="warning", **BRIEF) as connection:
        if on or keep:
            return versions.announce(connection, runtime.versions, name, on)
        return versions.retire(connection, runtime.versions, name, force=force)


def list_readers(runtime: Runtime) -> list[OutReader]:
    """All readers, by version and name; writes nothing."""
    with transaction(runtime.out_engine) as out:
        if not has_out_versions(out, runtime):
            return []
        return versions.read_readers(out, runtime.store.schema)


def add_reader(runtime: Runtime, reader: str, role: str | None, version: str | None) -> tuple[str, str, bool]:
    """Adds a reader to a version, by default to the current one; `role` is by default that of `etl grants`. Returns the
    version's schema, the role, and whether it was added."""
    chosen = role or fold(f"{runtime.company.code}_reader")
    with _writing_readers(runtime) as connection:
        schema, is_new = versions.add_reader(connection, runtime.versions, version, reader, chosen)
    return schema, chosen, is_new


def remove_reader(runtime: Runtime, reader: str, version: str | None) -> str:
    """Removes a reader from a version, by default from the current one; returns the version's schema."""
    with _writing_readers(runtime) as connection:
        return versions.remove_reader(connection, runtime.versions, version, reader)


def reset_reader(runtime: Runtime, reader: str, version: str | None) -> str:
    """Lets the next delivery of a reader be a full delivery; returns the version's schema."""
    with _writing_readers(runtime) as connection:
        return versions.reset_reader(connection, runtime.versions, version, reader)


@contextmanager
def _writing_readers(runtime: Runtime) -> Iterator[Connection]:
    """A transaction of the out_ tables, in whose database the tables of readers are."""
    _need_store(runtime)
    _prepare_versions(runtime)
    with transaction(runtime.out_engine, client_min_messages="warning", **BRIEF) as connection:
        yield connection


def readers_beside(
    connection: Connection, runtime: Runtime, most: int | None, *, limit: int | None = None
) -> list[OutReader]:
    """As `list_readers`, counted up to `most`, in a transaction beside one of the import; all or the first ones."""
    if not runtime.settings.has_out_migration:
        return []
    with runtime.out_beside(connection) as out:
        if not has_out_versions(out, runtime):
            return []
        return versions.read_readers(out, runtime.store.schema, *([most] if most else []), limit=limit)


def absent_readers(runtime: Runtime) -> Iterator[tuple[OutReader, float]]:
    """Readers that have not confirmed for half of `readerDays`, with the days since; those that hold changes only."""
    for one in list_readers(runtime):
        days = one.seconds / 86_400
        if not one.retired_at and one.holds_changes and days > runtime.settings.out_migration.reader_days / 2:
            yield one, days


def clean_readers(runtime: Runtime) -> tuple[int, list[tuple[str, str]]]:
    """Retires readers that have been absent for `readerDays`, and deletes what all others have confirmed; returns how
    many changes were deleted, and who was retired: (schema, reader)."""
    schema, limit = runtime.store.schema, runtime.settings.in_migration.clean_limit
    with transaction(runtime.out_engine) as connection:
        if not has_out_versions(connection, runtime):
            return 0, []
        retired = versions.retire_readers(connection, schema, runtime.settings.out_migration.reader_days)
    total = 0
    while True:
        with transaction(runtime.out_engine) as connection:
            once = versions.delete_taken(connection, schema, limit)
        total += once
        if once < limit:
            return total, retired


def _prepare_versions(runtime: Runtime) -> None:
    """Makes what the golden store and its mirror lack of tables of ours."""
    with transaction(runtime.store_engine, client_min_messages="warning", **BRIEF) as connection:
        prepare_store(connection, runtime)
    if runtime.has_own_out:
        with transaction(runtime.out_engine, client_min_messages="warning", **BRIEF) as connection:
            prepare_mirror(connection, runtime)


def _need_store(runtime: Runtime) -> None:
    """Raises ConfigurationError where there is no golden store yet, and what `refuse_unfit` does."""
    with transaction(runtime.engine) as connection:
        is_prepared(connection, runtime, to_write=True)  # raises where a newer program has made tables of the import
    with transaction(runtime.store_engine) as connection:
        if not has_store(connection, runtime, to_write=True):
            raise ConfigurationError(
                f"there is no golden store {runtime.store.schema} yet: the first `etl run` or `etl kafka in` makes it"
            )
    refuse_elsewhere(runtime)


def versions_behind(runtime: Runtime) -> list[VersionBehind]:
    """The versions that did not follow in the last attempt; none where there are no out_ tables."""
    if not runtime.settings.has_out_migration:
        return []
    with read_only_transaction(runtime.out_engine) as connection:
        if not has_out_versions(connection, runtime):
            return []
        return versions.versions_behind(connection, runtime.store.schema)


def keep_version_alerts(runtime: Runtime, alerts: TopicAlerts | None = None) -> None:
    """Notes which versions do not follow, and which do again; the next command that sends alerts sends them. Never
    raises: what was merged is merged."""
    if not runtime.settings.has_out_migration:
        return
    try:
        wrong = {one.schema_name: _text(one) for one in versions_behind(runtime)}
    except EtlError as fault:
        _log.warning("whether all out_ versions follow could not be read: %s", fault)
        return
    (alerts or TopicAlerts(runtime, "versions")).keep(AlertKind.VERSION_BEHIND, wrong)


def _text(one: VersionBehind) -> str:
    return (
        f"the out_ version {one.schema_name} stays as it was, since a value of the store does not fit into its tables "
        f"({one.reason}): move its readers to a newer version, then `etl out retire {one.environment_version}`"
    )
