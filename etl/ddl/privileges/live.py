"""The live server: existing roles, schemas and versions; executes a script."""

from collections.abc import Iterable
from dataclasses import dataclass

from etl.database import Connection, SqlTemplates, execute, fetch_all, fetch_one
from etl.ddl.privileges.grants import LATER_WRITTEN, READ_BY_PARTNER, Script
from etl.errors import EnvironmentFault
from etl.quoting import fold

_sql = SqlTemplates(__package__)


@dataclass(frozen=True)
class Server:
    """The current role in one database, and the existing ones of the given roles and schemas."""

    engine: str
    database: str
    is_open: bool
    roles: frozenset[str]
    schemas: frozenset[str]


def read_server(connection: Connection, roles: Iterable[str], schemas: Iterable[str]) -> Server:
    asked = {"roles": [fold(role) for role in roles], "schemas": [fold(schema) for schema in schemas]}
    [row] = fetch_all(connection, _sql("server"), asked)
    return Server(row.role, row.database, row.is_open, frozenset(row.roles), frozenset(row.schemas))


def read_by_partner(connection: Connection, schema: str) -> frozenset[str]:
    """Which of the relations that a partner reads or writes, and that a schema may lack, are there."""
    asked = {"schema": fold(schema), "names": [*READ_BY_PARTNER, *LATER_WRITTEN]}
    return frozenset(row.name for row in fetch_all(connection, _sql("relations"), asked))


def versions(connection: Connection, store_schema: str) -> list[str]:
    """Schemas of the out_ versions that a store follows; none before its first run."""
    known = fetch_one(connection, _sql("has_versions", store_schema=store_schema))
    if known is None or not known.is_there:
        return []
    return [row.name for row in fetch_all(connection, _sql("versions_known", store_schema=store_schema))]


def make_schema(connection: Connection, schema: str) -> None:
    """Make a schema that is missing, so that readers have their privileges in it before the first version is there."""
    execute(connection, _sql("make_schema", schema=schema))


def apply_script(connection: Connection, script: Script, role: str, schemas: Iterable[str]) -> bool:
    """Execute a script in the transaction that the connection is in; returns whether it changed anything.

    Raises EnvironmentFault when the role is missing or has granted privileges to others, or when a schema is not ours
    to grant.
    """
    asked = {"role": fold(role)}
    if role and not read_server(connection, [role], []).roles:
        raise EnvironmentFault(
            f"there is no role {role}: make it, or let an administrator run `etl grants --create-roles`"
        )
    values = {"schemas": [fold(schema) for schema in schemas]}
    passed_on = fetch_all(connection, _sql("passed_on"), asked | values)
    if passed_on:
        lines = "\n".join(f"  {row.statement};" for row in passed_on)
        raise EnvironmentFault(f"{role} has granted privileges to others and must revoke them first:\n{lines}")
    before = fetch_all(connection, _sql("privileges_of_role"), asked)
    for statement in script.statements:
        connection.exec_driver_sql(statement, execution_options={"no_parameters": True})
    useless = fetch_all(connection, _sql("useless_schemas"), asked | values)
    if useless:
        lines = "\n".join(f"  schema {row.name} belongs to {row.owner}, who must grant it" for row in useless)
        raise EnvironmentFault(f"the grants to {role} had no effect:\n{lines}")
    return before != fetch_all(connection, _sql("privileges_of_role"), asked)
