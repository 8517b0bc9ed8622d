"""Which people and groups of the store belong to the directory, and which do not, for people who look."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from etl.database import Connection, SqlTemplates, fetch_all
from etl.metadata import names
from etl.sources.directory.people.values import AD_GUID, EMAIL
from etl.sources.directory.stored.projection import DirectoryCompany

_sql = SqlTemplates(__package__)


@dataclass(frozen=True)
class UnboundPerson:
    """A person who is not internal and whom no sync has met."""

    instance: str
    login: str


@dataclass(frozen=True)
class UnboundGroup:
    """A working group whose role was never a group of the directory."""

    instance: str
    role: str


@dataclass(frozen=True)
class Bound:
    """`known`: people whom syncs know, `vanished` of them are in no read any more. `people`: some of the
    `unbound_people`. `groups_without_role`: working groups that syncs only empty, or leave alone."""

    known: int = 0
    vanished: int = 0
    unbound_people: int = 0
    people: Sequence[UnboundPerson] = ()
    groups: Sequence[UnboundGroup] = ()
    groups_without_role: int = 0


def read_bound(
    connection: Connection, schema: str, seen: DirectoryCompany, normalize: Callable[[str], str], *, limit: int
) -> Bound:
    """`normalize` is of DNs; at most `limit` people."""
    [counted] = fetch_all(connection, _sql("known_people", schema=schema))
    golden = names.store_table(seen.person.code)
    statement = _sql("unbound_people", schema=schema, golden=golden, guid_field=AD_GUID, login_field=EMAIL)
    people = fetch_all(connection, statement, {"limit": limit})
    groups, without = _groups(connection, schema, seen, normalize)
    return Bound(
        counted.people,
        counted.vanished,
        people[0].total if people else 0,
        [UnboundPerson(one.instance, one.login) for one in people],
        groups,
        without,
    )


def _groups(
    connection: Connection, schema: str, seen: DirectoryCompany, normalize: Callable[[str], str]
) -> tuple[list[UnboundGroup], int]:
    if not seen.role_field:
        return [], 0
    golden = names.store_table(seen.members.bo.code)
    known = {row.role for row in fetch_all(connection, _sql("known_groups", schema=schema))}
    rows = fetch_all(connection, _sql("groups", schema=schema, golden=golden, role_field=seen.role_field))
    with_role = [row for row in rows if row.role and row.role.strip()]
    unbound = [UnboundGroup(row.instance, row.role) for row in with_role if normalize(row.role) not in known]
    return sorted(unbound, key=lambda one: one.role), len(rows) - len(with_role)
