"""The rows of `reader`: added, removed, listed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from etl.database import Connection, SqlTemplates, execute, fetch_all, fetch_one
from etl.errors import ConfigurationError
from etl.metadata import names
from etl.metadata.out_structure import OutStructure
from etl.outputs.versions.choose import current_version, find_version
from etl.outputs.versions.readers.relations import (
    drop_relations,
    drop_views,
    forget_changes,
    grant,
    has_readers,
    make_relations,
    revoke,
)
from etl.outputs.versions.registry import VersionRow, known_versions, lock_version
from etl.outputs.versions.version import OutVersion, Versions
from etl.quoting import fold, shown

_sql = SqlTemplates(__package__)

MOST_BEHIND: Final = 1_000_000
"""Rows that a reader has not confirmed are counted so far; then there are more."""


@dataclass(frozen=True)
class OutReader:
    """A reader of a version. `behind`: rows that changed or left after what it has confirmed.

    `from_position`: what it has confirmed; `upto_position`: the end of what it was given and has not confirmed.
    `seconds` since it last confirmed or began a delivery, or was added.
    """

    schema_name: str
    reader: str
    role_name: str
    added_at: datetime
    delivery: int
    from_position: int | None
    upto_position: int | None
    asked_at: datetime | None
    taken_at: datetime | None
    retired_at: datetime | None
    position: int
    behind: int
    needs_full_delivery: bool
    seconds: float

    @property
    def state(self) -> str:
        """`retired`; `full_given` or `given`, not confirmed; `full_next`, or `waits` for changes."""
        if self.retired_at:
            return "retired"
        if self.upto_position is not None:
            return "full_given" if self.needs_full_delivery else "given"
        return "full_next" if self.needs_full_delivery else "waits"

    @property
    def holds_changes(self) -> bool:
        """Whether changes are kept for it."""
        return self.from_position is not None or self.upto_position is not None

    @classmethod
    def from_row(cls, row: Any) -> "OutReader":
        values = dict(row._mapping)
        return cls(**values | {"seconds": round(float(row.seconds), 1)})


def read_readers(
    connection: Connection, store_schema: str, most: int = MOST_BEHIND, *, limit: int | None = None
) -> list[OutReader]:
    """All readers by version and name, or the first ones."""
    if not has_readers(connection, store_schema):
        return []
    rows = fetch_all(connection, _sql("readers", store_schema=store_schema), {"most": most + 1, "limit": limit})
    return [OutReader.from_row(row) for row in rows]


def reader_roles(connection: Connection, version: OutVersion) -> dict[str, str]:
    """Reader -> role of one version."""
    if not has_readers(connection, version.store_schema):
        return {}
    rows = fetch_all(connection, _sql("reader_roles", **version.variables), {"schema_name": version.schema})
    return {row.reader: row.role_name for row in rows}


def add_reader(
    connection: Connection, versions: Versions, name: str | None, reader: str, role: str
) -> tuple[str, bool]:
    """Adds a reader to a version, by default to the current one; returns the version's schema, and false when it has
    that reader already. Raises ConfigurationError for a bad name, for a role that is not there, and for a reader with
    another role."""
    if not names.is_code(reader):
        raise ConfigurationError(f"{shown(reader)} cannot be the name of a reader: {names.CODE_RULE}")
    if not _role_is_there(connection, fold(role)):
        raise ConfigurationError(f"the server has no role {shown(role)}: `etl grants --create-roles --apply` makes it")
    known, structure = _locked(connection, versions, name)
    version = known.version
    there = reader_roles(connection, version)
    if reader in there:
        if there[reader] != fold(role):
            raise ConfigurationError(
                f"{reader} is a reader of {known.schema} with the role {there[reader]}: `etl out reader remove` first"
            )
        return known.schema, False
    if not there:
        make_relations(connection, version, structure)
    values = {"schema_name": known.schema, "reader": reader, "role": fold(role)}
    execute(connection, _sql("insert_reader", **version.variables), values)
    grant(connection, version, role)
    return known.schema, True


def remove_reader(connection: Connection, versions: Versions, name: str | None, reader: str) -> str:
    """Removes a reader, and with the last one of a version all that exists for them; returns the version's schema.
    Raises ConfigurationError where there is none of that name."""
    known, structure = _locked(connection, versions, name)
    version, values = known.version, {"schema_name": known.schema, "reader": reader}
    removed = fetch_one(connection, _sql("delete_reader", **version.variables), values)
    if removed is None:
        raise _unknown(version, reader)
    left = reader_roles(connection, version)
    if not left:
        drop_relations(connection, version, structure)
    elif removed.role_name not in left.values() and _role_is_there(connection, removed.role_name):
        revoke(connection, version, removed.role_name)
    return known.schema


def reset_reader(connection: Connection, versions: Versions, name: str | None, reader: str) -> str:
    """Lets a reader begin again with a full delivery; returns the version's schema. Raises ConfigurationError where
    there is none of that name."""
    known, _ = _locked(connection, versions, name)
    values = {"schema_name": known.schema, "reader": reader}
    if not execute(connection, _sql("reset_reader", **known.version.variables), values):
        raise _unknown(known.version, reader)
    return known.schema


def retire_readers(connection: Connection, store_schema: str, days: int) -> list[tuple[str, str]]:
    """Keeps nothing any more for readers that have not confirmed for so long; returns (schema, reader)."""
    if not has_readers(connection, store_schema):
        return []
    rows = fetch_all(connection, _sql("retire_readers", store_schema=store_schema), {"days": days})
    return [(row.schema_name, row.reader) for row in rows]


def delete_taken(connection: Connection, store_schema: str, limit: int) -> int:
    """Deletes changes that all readers of their version have; returns how many, at most `limit`. The transaction must
    be read committed."""
    if not has_readers(connection, store_schema) or not fetch_all(
        connection, _sql("lock_readers", store_schema=store_schema)
    ):
        return 0
    execute(connection, _sql("keep_from", store_schema=store_schema))
    return execute(connection, _sql("delete_taken", store_schema=store_schema), {"limit": limit})


def _locked(connection: Connection, versions: Versions, name: str | None) -> tuple[VersionRow, OutStructure]:
    """The version, locked until the transaction ends, with its structure. Raises ConfigurationError for one that is not
    whole, or whose tables were restored or made again."""
    found = known_versions(connection, versions.store_schema)
    chosen = find_version(found, name, versions) if name else current_version(found)
    known = lock_version(connection, chosen.version) if chosen else None
    if known is None:
        raise ConfigurationError("there is no current out_ version yet: see `etl out list`")
    if not known.was_whole:
        raise ConfigurationError(f"the version {known.schema} is not whole: `etl out build` finishes it")
    if known.position_is_stale or known.structure is None:
        raise ConfigurationError(f"the tables of {known.schema} were restored or made again: `etl run` compares them")
    return known, known.structure


def forget_readers(connection: Connection, version: OutVersion) -> None:
    """What a dropped version leaves: the schema of its readers and what was noted for them; `reader` follows it."""
    drop_views(connection, version)
    if has_readers(connection, version.store_schema):
        forget_changes(connection, version)


def _role_is_there(connection: Connection, role: str) -> bool:
    [found] = fetch_all(connection, _sql("role_exists"), {"role": role})
    return bool(found.is_there)


def _unknown(version: OutVersion, reader: str) -> ConfigurationError:
    return ConfigurationError(f"{version.schema} has no reader {shown(reader)}: `etl out reader list` shows them")
