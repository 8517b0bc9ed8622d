"""Migrations of tables of ours: the numbered files of a part, applied in order, and what a schema notes of them.

A part is a group of tables that lie in one schema and have one version. The number alone decides nothing: each version
says which version of the part a program must have to write there (`oldest_writer`) and to read (`oldest_reader`).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from importlib.resources import files
from typing import Final

from sqlalchemy import Connection

from etl import __version__
from etl.database.sql_templates import SqlTemplates
from etl.database.transactions import execute, fetch_all
from etl.errors import ConfigurationError, EnvironmentFault, OnHold
from etl.quoting import fold

_sql = SqlTemplates(__package__)

_FILE = re.compile(r"(\d{4})_(\w+)\.sql")
_HEADER = re.compile(r"-- kind: (additive|offline)\n-- oldest_writer: (\d+)\n-- oldest_reader: (\d+)\n")

HELD_FROM: Final = 1_000_000
"""From this `oldest_writer` on a part is held: it was restored, and no program writes there. What was recorded before
is the rest."""

CLOSED_FROM: Final = 2 * HELD_FROM
"""From this `oldest_writer` on a part is closed: an operator holds the company, and no program writes there."""

# What a schema of the last version before migrations were recorded counts as.
_UNRECORDED = 0


class StepKind(StrEnum):
    """Who applies a migration: any command that writes, or `etl upgrade start` while no run is under way."""

    ADDITIVE = "additive"
    OFFLINE = "offline"


@dataclass(frozen=True)
class Migration:
    """One file. `oldest_writer` and `oldest_reader` are the versions of the part that a program must have."""

    part: str
    version: int
    name: str
    kind: StepKind
    oldest_writer: int
    oldest_reader: int


@dataclass(frozen=True)
class Part:
    """Tables of ours with a version of their own: the files `<package>/<folder>/<version>_<name>.sql`.

    `recorded_from`: columns (table, column) that its tables have in a schema of the last version before migrations were
    recorded; by the first of these tables the part is recognised there.
    """

    name: str
    package: str
    folder: str
    recorded_from: tuple[tuple[str, str], ...]

    @cached_property
    def migrations(self) -> tuple[Migration, ...]:
        listed = sorted(one.name for one in files(self.package).joinpath(self.folder).iterdir())
        return tuple(self._read(name) for name in listed if _FILE.fullmatch(name))

    def _read(self, name: str) -> Migration:
        numbered, headed = _FILE.fullmatch(name), _HEADER.match(self.text(name.removesuffix(".sql")))
        if numbered is None or headed is None:
            raise ValueError(f"{self.package}/{self.folder}/{name} lacks its number or its header")
        kind, writer, reader = headed.groups()
        return Migration(self.name, int(numbered[1]), numbered[2], StepKind(kind), int(writer), int(reader))

    def text(self, name: str) -> str:
        return files(self.package).joinpath(self.folder, f"{name}.sql").read_text(encoding="utf-8")

    @property
    def version(self) -> int:
        """The version that this program brings a schema to."""
        return self.migrations[-1].version

    @cached_property
    def sql(self) -> SqlTemplates:
        return SqlTemplates(self.package, folder=self.folder)


@dataclass(frozen=True)
class PlacedPart:
    part: Part
    schema: str


@dataclass(frozen=True)
class PartState:
    """What a schema has of a part: `version` is None where it has nothing."""

    part: Part = field(repr=False)
    schema: str
    version: int | None = None
    oldest_writer: int = _UNRECORDED
    oldest_reader: int = _UNRECORDED
    made_by: str = ""

    @classmethod
    def noted(cls, placed: PlacedPart, row: str) -> "PartState":
        """From a row of etl_schema as `versions.jinja` writes it."""
        _, version, writer, reader, made_by = row.split(" ", 4)
        return cls(placed.part, placed.schema, int(version), int(writer), int(reader), made_by)

    @property
    def pending(self) -> list[Migration]:
        known = -1 if self.version is None else self.version
        return [one for one in self.part.migrations if one.version > known]

    def has(self, step: str) -> bool:
        """Whether the schema has what a migration made, by its name without the number. Raises ValueError where this
        program knows none of that name."""
        versions = [one.version for one in self.part.migrations if one.name == step]
        if not versions:
            raise ValueError(f"part {self.part.name} has no migration {step}")
        return self.version is not None and self.version >= versions[0]

    @property
    def is_newer(self) -> bool:
        """Whether a newer program has been here."""
        return self.version is not None and self.version > self.part.version

    @property
    def is_held(self) -> bool:
        """Whether it was restored and no program writes there yet."""
        return HELD_FROM <= self.oldest_writer < CLOSED_FROM

    @property
    def is_closed(self) -> bool:
        """Whether an operator lets no program write there."""
        return self.oldest_writer >= CLOSED_FROM

    @property
    def closed_message(self) -> str:
        """That it is closed, for people."""
        return f"schema {self.schema} is on hold: nothing is written; `etl status` says why"

    @property
    def needed_to_write(self) -> int:
        """The version of the part that a program must have to write there, held and closed or not."""
        return self.oldest_writer % HELD_FROM

    @property
    def held_message(self) -> str:
        """That it was restored, for people."""
        return (
            f"part {self.part.name} of schema {self.schema} was restored from a backup and is held: nothing is written"
        )

    @property
    def needs_upgrade(self) -> bool:
        """Whether a step is pending that no command makes beside its work."""
        return self.version is not None and any(one.kind is StepKind.OFFLINE for one in self.pending)

    @property
    def newer_message(self) -> str:
        """That a newer program has been here, for people."""
        return (
            f"part {self.part.name} of schema {self.schema} has version {self.version}, made by etl {self.made_by}, "
            f"and etl {__version__} has version {self.part.version}"
            + ("; this program may not write there" if self.needed_to_write > self.part.version else "")
        )

    def refuse_writing(self, *, is_upgrade: bool = False) -> None:
        """Raises EnvironmentFault where only newer programs may write, or none as it was restored, and OnHold, unless
        `is_upgrade`, where an operator has closed it."""
        if self.is_held:
            raise EnvironmentFault(f"{self.held_message}; `etl restore --activate` ends that")
        if self.is_closed and not is_upgrade:
            raise OnHold(f"{self.closed_message}, `etl release` ends that")
        if self.needed_to_write > self.part.version:
            raise EnvironmentFault(self._too_new(self.needed_to_write, "write"))

    def refuse_reading(self) -> None:
        """Raises EnvironmentFault where only newer programs may read, ConfigurationError where this one needs more."""
        if self.oldest_reader > self.part.version:
            raise EnvironmentFault(self._too_new(self.oldest_reader, "read"))
        self.refuse_older()
        if self.version is not None and self.pending:
            raise ConfigurationError(f"{self.older_message}: the next `etl run` brings it up")

    def refuse_older(self) -> None:
        """Raises ConfigurationError where a step is pending that no command makes beside its work."""
        if self.needs_upgrade:
            raise ConfigurationError(f"{self.older_message}: stop all runners, then run `etl upgrade start`")

    @property
    def older_message(self) -> str:
        """That this program works with a later version, for people."""
        return (
            f"part {self.part.name} of schema {self.schema} has version {self.version}, and etl {__version__} works "
            f"with version {self.part.version}"
        )

    def _too_new(self, oldest: int, act: str) -> str:
        return (
            f"part {self.part.name} of schema {self.schema} has version {self.version}, made by etl {self.made_by}, "
            f"and programs with version {oldest} or newer may {act} there; etl {__version__} has version "
            f"{self.part.version}: install the newer etl"
        )


def part_states(connection: Connection, schema: str, parts: Sequence[Part]) -> list[PartState]:
    """What a schema has of some parts; one statement, whatever is there."""
    if not parts:
        return []
    placed = [PlacedPart(part, schema) for part in parts]
    variables = {"schema": schema, "tables": [part.recorded_from[0][0] for part in parts]}
    [row] = fetch_all(connection, _sql("part_states", **variables))
    return states_of(placed, row.noted, row.are_there)


def states_of(placed: Sequence[PlacedPart], noted: Iterable[str] | None, are_there: Sequence[bool]) -> list[PartState]:
    """The states of parts of one schema from its rows of etl_schema, and which of the parts have tables there."""
    rows = {row.split(" ", 1)[0]: row for row in noted or ()}
    found = []
    for one, is_there in zip(placed, are_there, strict=True):
        if one.part.name in rows:
            found.append(PartState.noted(one, rows[one.part.name]))
        else:
            found.append(PartState(one.part, one.schema, _UNRECORDED if is_there else None))
    return found


def refuse_newer(placed: Sequence[PlacedPart], noted: Sequence[str | None]) -> None:
    """Raises EnvironmentFault where only newer programs may write, or none; `noted` as `versions.jinja` gives it."""
    for one, row in zip(placed, noted, strict=True):
        if row is None:
            raise EnvironmentFault(f"part {one.part.name} of schema {one.schema} is no longer recorded in etl_schema")
        PartState.noted(one, row).refuse_writing()


def bring_up(
    connection: Connection, schema: str, parts: Sequence[Part], *, is_offline: bool = False, at_most: int | None = None
) -> list[Migration]:
    """Applies what is pending in the transaction of the caller, and returns it; of a part that is not there, all.

    Raises EnvironmentFault where only newer programs may write, and ConfigurationError, unless `is_offline`, where a
    step is pending that must not be made beside runs. At most `at_most` steps. Who comes second waits, then finds it
    done.
    """
    if not _are_behind(connection, schema, parts, is_offline=is_offline):
        return []
    execute(connection, _sql("lock_migrations"), {"schema": schema})
    # Before the second look: to create something is to see what others have created meanwhile, which a session that has
    # looked in vain before does not learn from a look at the catalog.
    for statement in _sql.script("create_versions", schema=schema):
        execute(connection, statement)
    done: list[Migration] = []
    for state in _are_behind(connection, schema, parts, is_offline=is_offline):
        if state.version == _UNRECORDED:
            _refuse_unknown(connection, state)
        for migration in state.pending[: None if at_most is None else at_most - len(done)]:
            _apply(connection, state, migration)
            done.append(migration)
    return done


def _are_behind(connection: Connection, schema: str, parts: Sequence[Part], *, is_offline: bool) -> list[PartState]:
    states = part_states(connection, schema, parts)
    for state in states:
        state.refuse_writing(is_upgrade=is_offline)
        if not is_offline:
            state.refuse_older()
    return [state for state in states if state.pending]


def _apply(connection: Connection, state: PartState, migration: Migration) -> None:
    for statement in state.part.sql.script(f"{migration.version:04}_{migration.name}", schema=state.schema):
        execute(connection, statement)
    noted = {
        "part": migration.part,
        "version": migration.version,
        "name": migration.name,
        "oldest_writer": migration.oldest_writer,
        "oldest_reader": migration.oldest_reader,
        "made_by": __version__,
    }
    for name in ("note_version", "note_step"):
        execute(connection, _sql(name, schema=state.schema, held_from=HELD_FROM), noted)


def _refuse_unknown(connection: Connection, state: PartState) -> None:
    """Tables that are older than all that this program can bring up: raises ConfigurationError."""
    tables, columns = zip(*state.part.recorded_from, strict=True)
    asked = {"schema": fold(state.schema), "tables": list(tables), "columns": list(columns)}
    lacking = [row.name for row in fetch_all(connection, _sql("lacking_columns"), asked)]
    if lacking:
        raise ConfigurationError(
            f"part {state.part.name} of schema {state.schema} is older than what etl {__version__} can bring up: it "
            f"lacks {', '.join(lacking)}. Run the last etl that still works with it once, then `etl upgrade start`"
        )
