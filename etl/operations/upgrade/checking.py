"""What an upgrade will need and meet; nothing is written. A sample is copied and rolled back."""

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from etl.database import (
    Connection,
    SqlTemplates,
    fetch_all,
    lock_holders,
    read_only_transaction,
    rollback_transaction,
    transaction,
)
from etl.engine import Runtime, states_at
from etl.operations.upgrade.change import ChangeState, OnlineChange
from etl.operations.upgrade.filling import read_indexes, tables_of
from etl.operations.upgrade.foreign import foreign_objects
from etl.operations.upgrade.free_space import RESERVE_BYTES, free_bytes, in_mib, needed_bytes
from etl.operations.upgrade.other_programs import OtherProgram, other_programs
from etl.operations.upgrade.placed_change import PlacedChange
from etl.settings import renamed_lines
from etl.store import BackupRecords, LastBackups

_sql = SqlTemplates(__package__)

_SAMPLE_PAGES: Final = 512
# The copy is packed more densely than the original, and its indexes are new; WAL of both is kept for a while.
_SHARE: Final = 1.2
_FRESH_HOURS: Final = 24.0


@dataclass(frozen=True)
class Need:
    """What an online change needs. `seconds`: by the sample, with nothing else under way; with runs up to three times
    as long. `locks`: which locks it takes, in words."""

    change: str
    table: str
    state: str
    rows: int
    table_bytes: int
    data_bytes: int
    wal_bytes: int
    seconds: float
    locks: tuple[str, ...]


@dataclass(frozen=True)
class Findings:
    """`migrations`: pending ones as (schema, part, version, name, kind). `free`: folder of the server -> free bytes,
    empty where it is not known. `renamed`: keys of the configuration that have another name now. `programs`: other
    processes of ours. `backup`: the last one, None where none is noted. `obstacles`: with them the upgrade is not
    ready."""

    migrations: tuple[dict[str, object], ...] = ()
    needs: tuple[Need, ...] = ()
    free: dict[str, int] = field(default_factory=dict)
    renamed: tuple[str, ...] = ()
    programs: tuple[OtherProgram, ...] = ()
    backup: LastBackups | None = None
    warnings: tuple[str, ...] = ()
    obstacles: tuple[str, ...] = ()

    @property
    def is_needed(self) -> bool:
        """Whether there is something to upgrade."""
        return bool(self.migrations or self.needs or self.renamed)


def check_upgrade(
    runtime: Runtime, changes: Iterable[OnlineChange], texts: Mapping[str, str] = MappingProxyType({})
) -> Findings:
    """Looks at all databases, and at the texts of the configuration. Raises EnvironmentFault where a newer program has
    been."""
    migrations = tuple(_pending_migrations(runtime))
    found = [one for change in changes if (one := _findings_of(PlacedChange.of(runtime, change))) is not None]
    obstacles = [obstacle for one in found for obstacle in one.obstacles]
    free = {folder: left for one in found for folder, left in one.free.items()}
    needed = needed_bytes((one.free, one.need.data_bytes, one.need.wal_bytes) for one in found)
    obstacles += [
        f"{folder} has {in_mib(left)} left, and {in_mib(needed[folder])} are needed beside {in_mib(RESERVE_BYTES)} "
        "that stay free"
        for folder, left in free.items()
        if left < needed[folder] + RESERVE_BYTES
    ]
    programs = tuple(other_programs(runtime))
    with read_only_transaction(runtime.store_engine) as connection:
        backup = BackupRecords(runtime.store.schema).last(connection)
    warnings = [
        *dict.fromkeys(warning for one in found for warning in one.warnings),
        *(f"another version: {one}; runners of two versions share no run" for one in programs if one.is_other_version),
        *_backup_warnings(backup),
    ]
    return Findings(
        migrations,
        tuple(one.need for one in found),
        free,
        tuple(f"{one.path}, line {one.line}: {one.key.old} {one.key.warning}" for one in renamed_lines(texts)),
        programs,
        backup,
        tuple(warnings),
        tuple(obstacles),
    )


def _backup_warnings(backup: LastBackups | None) -> Iterator[str]:
    """A migration has no inverse, so that a backup of just before is the only inverse of it."""
    if backup is None:
        yield "no backup is noted in the store: `etl backup` first"
    elif backup.age_hours > _FRESH_HOURS:
        yield f"the last backup is {backup.age_hours / 24:.1f} days old: `etl backup` first"
    elif not backup.is_drilled:
        yield "the last backup was not restored in a drill: `etl restore --drill`"


def _pending_migrations(runtime: Runtime) -> Iterator[dict[str, object]]:
    for engine in dict.fromkeys((runtime.engine, runtime.store_engine, runtime.out_engine)):
        with transaction(engine) as connection:
            for state in states_at(connection, runtime, engine):
                state.refuse_writing(is_upgrade=True)
                for one in state.pending if state.version is not None else []:
                    yield {
                        "schema": state.schema,
                        "part": one.part,
                        "version": one.version,
                        "name": one.name,
                        "kind": one.kind.value,
                    }


@dataclass(frozen=True)
class _TableFindings:
    """Of one change."""

    need: Need
    free: dict[str, int]
    warnings: list[str]
    obstacles: list[str]


def _findings_of(ongoing: PlacedChange) -> _TableFindings | None:
    """None where nothing is to be done, or not yet."""
    table = ongoing.change.table
    with transaction(ongoing.engine) as connection:
        if not ongoing.is_possible(connection):
            return None
        recorded = ongoing.recorded(connection)
        if (ongoing.is_made(connection) and recorded is None) or (
            recorded is not None and recorded.state in (ChangeState.SWITCHED, ChangeState.FINISHED)
        ):
            return None
        obstacles = [
            f"{ongoing.schema}.{table} has {one}, which would stay with the former table"
            for one in foreign_objects(connection, ongoing, table)
        ]
        warnings = [f"locks: {one}" for one in lock_holders(connection, ongoing.schema, [table])]
        warnings += [row.warning for row in fetch_all(connection, _sql("old_transactions"))]
        free = free_bytes(connection)
    return _TableFindings(_need(ongoing, recorded.state.value if recorded else "pending"), free, warnings, obstacles)


def _need(ongoing: PlacedChange, state: str) -> Need:
    change = ongoing.change
    with rollback_transaction(ongoing.engine, statement_timeout="60s") as connection:
        [size] = fetch_all(connection, _sql("size", schema=ongoing.schema, table=change.table))
        seconds, written, pages = _sample(connection, ongoing, size.pages)
    share = size.pages / pages if pages else 0.0
    return Need(
        change=change.name,
        table=f"{ongoing.schema}.{change.table}",
        state=state,
        rows=size.rows,
        table_bytes=size.bytes,
        data_bytes=round(size.bytes * _SHARE),
        wal_bytes=round(written * share),
        seconds=round(seconds * share, 1),
        locks=(
            f"fill: reads {change.table}, and locks no one out",
            f"switch: {change.table} alone, for less than --max-stop, with tries of at most 2 seconds",
            f"finish: {change.former_table}, which no one uses",
        ),
    )


def _sample(connection: Connection, ongoing: PlacedChange, pages: int) -> tuple[float, int, int]:
    """Copies the first pages into a table of its own: seconds, bytes of WAL, pages."""
    copied = min(pages, _SAMPLE_PAGES)
    if not copied:
        return 0.0, 0, 0
    tables = tables_of(connection, ongoing, ongoing.change.table, f"{ongoing.change.table}_sample")
    began = time.monotonic()
    [first] = fetch_all(connection, _sql("wal_position"))
    ongoing.run(connection, "sample_table", target=tables.target)
    [now] = ongoing.read(connection, "snapshot", source=tables.source)
    window: dict[str, object] = {"first_page": 0, "after_page": copied, "position": now.upto}
    ongoing.run(connection, "fill_window", window, **tables.variables)
    index = next(one for one in read_indexes(connection, ongoing, tables) if one.is_there)
    connection.exec_driver_sql(index.statement)
    [last] = fetch_all(connection, _sql("wal_position"))
    return time.monotonic() - began, int(last.position - first.position), copied
