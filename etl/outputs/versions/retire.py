"""Retires a version: announces the day, and drops the schema when no reader needs it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from etl.database import Connection, SqlTemplates, execute, fetch_all, fetch_one
from etl.errors import ConfigurationError
from etl.metadata import names
from etl.outputs.versions.choose import find_version
from etl.outputs.versions.readers import forget_readers, reader_roles
from etl.outputs.versions.registry import VersionRow, known_versions, lock_version
from etl.outputs.versions.version import Versions
from etl.quoting import fold

_sql = SqlTemplates(__package__)

LATELY_DAYS = 7
"""A version that was read within this many days is in use."""


@dataclass(frozen=True)
class Retired:
    """The result for a version: dropped, or announced for a day (None: announcement withdrawn)."""

    schema: str
    is_dropped: bool
    retire_on: date | None = None


def announce(connection: Connection, versions: Versions, name: str, on: date | None) -> Retired:
    """Records the day from which the version may be dropped, also in a comment on its schema; None withdraws it."""
    known = find_version(known_versions(connection, versions.store_schema), name, versions)
    if known.is_current and on:
        raise ConfigurationError(f"{known.schema} is the current version: switch to another one first")
    execute(connection, _sql("announce", **known.version.variables), {"schema_name": known.schema, "on": on})
    comment = f"'out_ version {known.version.environment_version}, to be dropped from {on} on'" if on else "null"
    execute(connection, _sql("comment_schema", schema=known.schema, comment=comment))
    return Retired(known.schema, is_dropped=False, retire_on=on)


def retire(connection: Connection, versions: Versions, name: str, *, force: bool = False) -> Retired:
    """Drops a version with its schema. Raises ConfigurationError with every reason against it; `force` overrides all,
    and what depends on its tables is dropped with them.
    """
    known = find_version(known_versions(connection, versions.store_schema), name, versions)
    lock_version(connection, known.version)
    if not force:
        why = list(reasons_against(connection, versions, known))
        if why:
            lines = "\n".join(f"  {one}" for one in why)
            raise ConfigurationError(f"{known.schema} stays; with --force it is dropped anyway:\n{lines}")
    variables = known.version.variables
    forget_readers(connection, known.version)
    execute(connection, _sql("drop_version", **variables))
    execute(connection, _sql("forget_version", **variables), {"schema_name": known.schema, "previous": known.previous})
    return Retired(known.schema, is_dropped=True)


def due_to_retire(connection: Connection, versions: Versions) -> list[str]:
    """The versions whose announced day has come."""
    rows = fetch_all(connection, _sql("due_to_retire", store_schema=versions.store_schema))
    return [row.schema_name for row in rows]


def reasons_against(connection: Connection, versions: Versions, known: VersionRow) -> Iterator[str]:
    """The reasons to keep the version, as sentences. Its tables are locked, so that no new object can depend on
    them."""
    structure = known.structure or versions.wanted
    live = {row.name for row in fetch_all(connection, _sql("shapes_of"), {"schema": known.schema})}
    ours = {fold(name) for name in structure.tables}
    if live & ours:
        execute(connection, _sql("lock_tables", schema=known.schema, tables=sorted(live & ours)))
    if known.is_current:
        yield "it is the current version: `etl out switch` to another one first"
    elif known.schema == versions.newest.schema:
        yield f"MYBPM_OUT_MIGRATION_VERSION={versions.environment_version} names it: the next run would make it again"
    row = fetch_one(connection, _sql("retiring", **known.version.variables), {"schema_name": known.schema})
    if row and row.is_early:
        yield f"its announced day is {row.retire_on}"
    yield from _reads(connection, known)
    for reader in reader_roles(connection, known.version):
        yield f"its reader {reader} confirms what it is given: `etl out reader remove {reader}`"
    readers_schema = names.out_reader_schema(known.schema)
    rows = fetch_all(
        connection, _sql("dependents"), {"schema": known.schema, "but": [versions.views_schema, readers_schema]}
    )
    yield from (f"{one.dependent} depends on its table {one.relation}" for one in rows)
    strange = sorted(live - ours)
    if strange:
        yield f"its schema holds what is not ours: {', '.join(strange)}"


def _reads(connection: Connection, known: VersionRow) -> Iterator[str]:
    values = {"schema_name": known.schema, "days": LATELY_DAYS}
    row = fetch_one(connection, _sql("reads", **known.version.variables), values)
    if row and not row.is_counted:
        yield "PostgreSQL counts no reads (track_counts is off, or it is 14), so its readers are unknown"
    elif row and row.is_lately:
        yield f"it was read, last at about {row.last_read_at:%Y-%m-%d %H:%M} UTC, less than {LATELY_DAYS} days ago"
