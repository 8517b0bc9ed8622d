"""What the engine's role lacks in a database, in sentences with the statement that helps."""

from collections.abc import Iterator, Sequence
from typing import Final

from etl.database import Connection, Statements, fetch_all
from etl.errors import EnvironmentFault
from etl.quoting import fold
from etl.rights.grants import READ_BY_PARTNER

_sql = Statements(__package__)

_OWN: Final = (
    *READ_BY_PARTNER,
    *("run", "run_fence", "runner", "task", "copy_table_info", "freshness", "freshness_alert"),
)


def lacking(connection: Connection, in_schema: str | None, schemas: Sequence[str]) -> list[str]:
    """A line per missing right; nothing when the role can do its work.

    `in_schema` is the import's, where partners have tables too (None: the import is another database); `schemas` are
    the engine's alone. Ownership of the in_ tables themselves is for `ddl.check_in_tables` to look at.
    """
    [engine] = fetch_all(connection, _sql("engine"))
    names = [fold(name) for name in ((in_schema,) if in_schema else ()) + tuple(schemas)]
    lines = list(_of_database(connection, names))
    asked = {"in_schema": fold(in_schema or ""), "own": list(_OWN), "schemas": [fold(name) for name in schemas]}
    for row in fetch_all(connection, _sql("foreign_relations"), asked):
        place = f"{row.schema}.{row.name}"
        lines.append(f"{place} belongs to {row.owner}: alter table {place} owner to {engine.role}")
    return lines


def _of_database(connection: Connection, schemas: list[str]) -> Iterator[str]:
    [engine] = fetch_all(connection, _sql("engine"))
    if not engine.may_stage:
        yield _line("TEMPORARY", f"database {engine.database}", engine.role)
    found = fetch_all(connection, _sql("engine_schemas"), {"schemas": schemas})
    absent = [row.name for row in found if not row.is_there]
    if absent and not engine.may_create:
        yield f"{_line('CREATE', f'database {engine.database}', engine.role)} (for the schemas {', '.join(absent)})"
    for row in found:
        for right, may in (("USAGE", row.may_use), ("CREATE", row.may_create)):
            if row.is_there and not may:
                yield _line(right, f"schema {row.name}", engine.role)


def _line(right: str, place: str, role: str) -> str:
    return f"{right} on {place}: grant {right.lower()} on {place} to {role}"


def check_rights(connection: Connection, in_schema: str | None, schemas: Sequence[str]) -> None:
    """Raise one EnvironmentFault with everything that the engine's role lacks."""
    lines = lacking(connection, in_schema, schemas)
    if lines:
        [engine] = fetch_all(connection, _sql("engine"))
        listed = "\n".join(f"  {line}" for line in lines)
        raise EnvironmentFault(f"the engine's role {engine.role} lacks in database {engine.database}:\n{listed}")


def is_superuser(connection: Connection) -> str:
    """The role's name if it is a superuser, else nothing."""
    [engine] = fetch_all(connection, _sql("engine"))
    return str(engine.role) if engine.is_superuser else ""
