"""The rows of out_version: the versions, with position and state of filling."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from etl.database import Connection, SqlTemplates, execute, fetch_all, fetch_one
from etl.metadata.out_structure import OutStructure
from etl.outputs.versions.steps import Fill
from etl.outputs.versions.version import OutVersion

_sql = SqlTemplates(__package__, "etl.store")


@dataclass(frozen=True)
class VersionRow:
    """A row of out_version.

    `fill` is None when its tables are complete. `position_is_stale`: its position belongs to another server,
    database or set of tables, as after a restore, and is meaningless here.
    """

    version: OutVersion
    position: str
    structure: OutStructure | None
    fill: Fill | None
    was_whole: bool
    is_current: bool
    previous: str | None
    retire_on: date | None
    view_grants: dict[str, Any]
    position_is_stale: bool

    @classmethod
    def from_row(cls, row: Any, store_schema: str) -> "VersionRow":
        """A row of `sql/versions.sql`."""
        return cls(
            version=OutVersion(row.schema_name, store_schema, row.environment_version, row.code_version),
            position=row.position,
            structure=OutStructure.from_json(row.structure) if row.structure else None,
            fill=Fill.from_json(row.fill) if row.fill else None,
            was_whole=row.whole_at is not None,
            is_current=row.is_current,
            previous=row.previous,
            retire_on=row.retire_on,
            view_grants=row.view_grants,
            position_is_stale=row.position_is_stale,
        )

    @property
    def schema(self) -> str:
        return self.version.schema

    @property
    def is_whole(self) -> bool:
        """Whether its tables are complete up to its position."""
        return self.fill is None and self.was_whole


def known_versions(connection: Connection, store_schema: str) -> list[VersionRow]:
    """All versions by name; locks nothing, so that it does not wait for a running follower."""
    rows = fetch_all(connection, _sql("versions", store_schema=store_schema, lock=""))
    return [VersionRow.from_row(row, store_schema) for row in rows]


def lock_version(connection: Connection, version: OutVersion, *, waiting: bool = True) -> VersionRow | None:
    """The version, locked until the transaction ends; None when it is unknown, or locked and `waiting` is false."""
    lock = "wait" if waiting else "skip"
    statement = _sql("versions", store_schema=version.store_schema, lock=lock)
    row = fetch_one(connection, statement, {"schema_name": version.schema})
    return VersionRow.from_row(row, version.store_schema) if row else None


def share_version(connection: Connection, version: OutVersion) -> VersionRow | None:
    """The version, locked in share mode until the transaction ends; None when it is unknown, or locked by another
    session."""
    row = fetch_one(
        connection, _sql("versions", store_schema=version.store_schema, lock="share"), {"schema_name": version.schema}
    )
    return VersionRow.from_row(row, version.store_schema) if row else None


def register(connection: Connection, version: OutVersion, structure: OutStructure, fill: Fill, upto: str) -> None:
    """Inserts a new version, not filled yet; its position is the journal's when the filling began."""
    values = _values(version) | {
        "code_version": version.code_version,
        "environment_version": version.environment_version,
        "structure": json.dumps(structure.as_json()),
        "fill": json.dumps(fill.as_json()),
        "upto": upto,
    }
    execute(connection, _sql("register", **version.variables), values)


def restart(connection: Connection, version: OutVersion, structure: OutStructure, fill: Fill, upto: str) -> None:
    """Resets a version, whose tables are then compared with the store from the beginning."""
    values = _values(version) | {
        "structure": json.dumps(structure.as_json()),
        "fill": json.dumps(fill.as_json()),
        "upto": upto,
    }
    execute(connection, _sql("restart", **version.variables), values)


def move_position(connection: Connection, version: OutVersion, upto: str) -> None:
    """Moves the position to the snapshot; our own scans are subtracted from the readers'."""
    execute(connection, _sql("move_position", **version.variables), _values(version) | {"upto": upto})


def note_fill(connection: Connection, version: OutVersion, fill: Fill | None) -> None:
    """Records the state of the filling; None: the tables are complete."""
    values = _values(version) | {"fill": json.dumps(fill.as_json()) if fill else None}
    execute(connection, _sql("note_fill", **version.variables), values)


def note_beside(connection: Connection, version: OutVersion, step: int, rows: int) -> None:
    """Records a step that was done out of order, by a session that shares the version."""
    values = _values(version) | {"step": step, "rows": rows}
    execute(connection, _sql("note_beside", **version.variables), values)


def note_behind(connection: Connection, version: OutVersion, reason: str) -> None:
    """Records why the version did not follow."""
    execute(connection, _sql("note_behind", **version.variables), _values(version) | {"reason": reason})


def note_scans(connection: Connection, version: OutVersion) -> None:
    """Adds this transaction's scans of the version's tables to the count of our own."""
    execute(connection, _sql("note_scans", **version.variables), _values(version))
    execute(connection, _sql("flush_statistics"))


def _values(version: OutVersion) -> dict[str, object]:
    return {"schema_name": version.schema}
