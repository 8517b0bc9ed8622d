"""The live catalog under our names: what PostgreSQL has, as values."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row

from etl.database import Connection, SqlTemplates, fetch_all
from etl.quoting import fold

_sql = SqlTemplates(__package__)
_KINDS = {
    "v": "a view",
    "m": "a materialized view",
    "f": "a foreign table",
    "p": "a partitioned table",
    "i": "an index",
    "I": "an index",
    "S": "a sequence",
    "c": "a type",
}


@dataclass(frozen=True)
class LiveIndex:
    """An index on one column; the words are those of `tables.Index`."""

    name: str
    column: str
    is_unique: bool
    of_live: bool
    ignores_case: bool
    is_constraint: bool

    @property
    def form(self) -> tuple[str, bool, bool, bool]:
        """The properties that make two indexes equivalent."""
        return self.column, self.is_unique, self.of_live, self.ignores_case


@dataclass(frozen=True)
class Relation:
    """A relation with one of our names. `dangers`: why our role must not use it, as sentences; empty if it may."""

    kind: str
    dangers: tuple[str, ...]
    has_rows: bool
    columns: dict[str, str] = field(default_factory=dict)
    indexes: tuple[LiveIndex, ...] = ()

    @property
    def is_table(self) -> bool:
        return self.kind == "r"

    @property
    def kind_name(self) -> str:
        """`a view`, `an index`, …"""
        return _KINDS.get(self.kind, "no table")


def schema_exists(connection: Connection, schema: str) -> bool:
    return bool(fetch_all(connection, _sql("schema_exists"), {"schema": fold(schema)})[0][0])


def relations(connection: Connection, schema: str, names: Iterable[str]) -> dict[str, Relation]:
    """The existing relations by folded name."""
    asked = {"schema": fold(schema), "names": [fold(name) for name in names]}
    columns: dict[str, dict[str, str]] = {}
    for row in fetch_all(connection, _sql("columns"), asked):
        columns.setdefault(row.name, {})[row.column] = row.type
    indexes: dict[str, list[LiveIndex]] = {}
    for row in fetch_all(connection, _sql("indexes"), asked):
        shape = {"of_live": row.of_live, "ignores_case": row.ignores_case, "is_constraint": row.is_constraint}
        indexes.setdefault(row.name, []).append(LiveIndex(row.index_name, row.column, row.is_unique, **shape))
    return {
        row.name: Relation(
            row.kind,
            tuple(_dangers(row)),
            row.has_rows,
            columns.get(row.name, {}),
            tuple(indexes.get(row.name, ())),
        )
        for row in fetch_all(connection, _sql("relations"), asked)
    }


def _dangers(row: Row[Any]) -> Iterable[str]:
    if not row.is_ours:
        yield f"belongs to the role {row.owner}"
    if row.triggers:
        yield f"carries triggers: {', '.join(row.triggers)}"
    if row.rules:
        yield f"carries rules: {', '.join(row.rules)}"
    if row.row_security:
        yield "has row security"
    if row.inherits:
        yield "inherits or is inherited from"
