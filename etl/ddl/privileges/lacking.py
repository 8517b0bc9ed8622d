"""What the engine's role lacks in a database, in sentences with the statement that helps."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from etl.database import Connection, SqlTemplates, fetch_all
from etl.ddl.privileges.grants import READ_BY_PARTNER
from etl.ddl.privileges.live import versions
from etl.errors import EnvironmentFault
from etl.quoting import fold

_sql = SqlTemplates(__package__)

_OWN: Final = (
    *READ_BY_PARTNER,
    *("run", "run_fence", "runner", "task", "copy_table_info", "freshness", "freshness_alert", "comparison_row"),
    *("etl_schema", "etl_step"),
)


@dataclass(frozen=True)
class Lack:
    """A missing privilege, the statement that grants it, and its purpose if that is not obvious.

    `is_revoked`: the role owns the table, and its privilege was revoked.
    """

    what: str
    cure: str
    purpose: str = ""
    is_revoked: bool = False

    def __str__(self) -> str:
        return f"{self.what}: {self.cure}" + (f" ({self.purpose})" if self.purpose else "")


@dataclass(frozen=True)
class Held:
    """Our schemas in a database; empty: it has none. `out` is the version that the environment names."""

    source: str = ""
    store: str = ""
    out: str = ""
    views: str = ""

    @property
    def schemas(self) -> list[str]:
        """All of them, as the catalog writes them."""
        return [fold(name) for name in dict.fromkeys((self.source, self.store, self.out, self.views)) if name]

    @property
    def engine_schemas(self) -> list[str]:
        """Schemas in which only the engine has tables."""
        return [fold(name) for name in (self.store, self.out) if name]


def lacking(connection: Connection, held: Held) -> list[Lack]:
    """One per missing privilege; empty when the role has all of them.

    In the schema of the import partners have tables too, in that of the views others may have theirs. Ownership of the
    in_ tables themselves is for `ddl.check_in_tables` to look at.
    """
    found = _needed_by_runs(connection, held)
    if found or not held.store:
        return found
    # The list of versions can be read.
    own = held.engine_schemas
    known = [name for name in versions(connection, held.store) if name not in own]
    asked = {"schemas": [*known, fold(held.views)]}
    there = [row.name for row in fetch_all(connection, _sql("engine_schemas"), asked) if row.is_there]
    further = [*own, *(name for name in there if name in known)]
    return [*_of_schemas(connection, there), *_of_relations(connection, held, further)]


def _needed_by_runs(connection: Connection, held: Held) -> list[Lack]:
    schemas = [fold(held.source), *held.engine_schemas] if held.source else held.engine_schemas
    return [*_of_schemas(connection, schemas), *_of_relations(connection, replace(held, views=""), held.engine_schemas)]


def _of_schemas(connection: Connection, schemas: list[str]) -> Iterator[Lack]:
    [engine] = fetch_all(connection, _sql("engine"))
    if not engine.may_stage:
        yield _lack("TEMPORARY", f"database {engine.database}", engine.role)
    found = fetch_all(connection, _sql("engine_schemas"), {"schemas": schemas})
    absent = [row.name for row in found if not row.is_there]
    if absent and not engine.may_create:
        purpose = f"for the schemas {', '.join(absent)}"
        yield _lack("CREATE", f"database {engine.database}", engine.role, purpose)
    for row in found:
        for right, may in (("USAGE", row.may_use), ("CREATE", row.may_create)):
            if row.is_there and not may:
                yield _lack(right, f"schema {row.name}", engine.role)


def _of_relations(connection: Connection, held: Held, own: list[str]) -> Iterator[Lack]:
    """Ownership cannot be granted, and without it a table cannot be altered later."""
    asked = {"in_schema": fold(held.source), "own": list(_OWN), "schemas": own, "views_schema": fold(held.views)}
    lacking_something = fetch_all(connection, _sql("relations_lacking"), asked)
    if not lacking_something:
        return
    [engine] = fetch_all(connection, _sql("engine"))
    for row in lacking_something:
        named = f"{row.schema}.{row.name}"
        if row.is_ours:
            yield replace(_lack(row.missing, named, engine.role), is_revoked=True)
        else:
            yield Lack(f"{named} belongs to {row.owner}", f"alter {row.kind} {named} owner to {engine.role}")


def _lack(right: str, named: str, role: str, purpose: str = "") -> Lack:
    return Lack(f"{right} on {named}", f"grant {right.lower()} on {named} to {role}", purpose)


def check_privileges(connection: Connection, held: Held) -> None:
    """Raise one EnvironmentFault with what the engine's role lacks to begin a run: views, further versions and
    privileges that it revoked from itself are not checked, since not every run needs them.
    """
    found = [one for one in _needed_by_runs(connection, held) if not one.is_revoked]
    if found:
        raise privileges_fault(connection, found)


def privileges_fault(connection: Connection, found: Sequence[Lack]) -> EnvironmentFault:
    [engine] = fetch_all(connection, _sql("engine"))
    listed = "\n".join(f"  {one}" for one in found)
    return EnvironmentFault(f"the engine's role {engine.role} lacks in database {engine.database}:\n{listed}")


def is_superuser(connection: Connection) -> str:
    """The role's name if it is a superuser, else nothing."""
    [engine] = fetch_all(connection, _sql("engine"))
    return str(engine.name) if engine.is_superuser else ""
