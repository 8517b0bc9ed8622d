"""Reads what the store has of people and groups, in the transaction that merges."""

from collections.abc import Callable, Mapping, Sequence

from etl.database import Connection, SqlTemplates, fetch_all
from etl.metadata import names
from etl.sources.directory.people.values import AD_GUID, EMAIL, REMOVED, Entry, StoredGroup, StoredPerson, StoredState
from etl.sources.directory.stored.projection import DirectoryCompany

_sql = SqlTemplates(__package__)


def read_state(
    connection: Connection,
    schema: str,
    seen: DirectoryCompany,
    normalize: Callable[[str], str],
    directory_groups: Mapping[str, str],
    only: Entry | None = None,
) -> StoredState:
    """People whom the directory owns or may adopt, or with `only` that of this entry and the holder of its login; all
    groups with the memberships of these people. `normalize` is of DNs; `directory_groups`: normalized DN -> GUID."""
    people = _people(connection, schema, seen, only)
    if not seen.role_field:
        return StoredState(people)
    members: dict[str, set[str]] = {}
    link = names.store_link_table(seen.members.bo.code, seen.members.field.code)
    statement = _sql("members", schema=schema, golden_link=link)
    for row in fetch_all(connection, statement, {"people": [one.instance for one in people]}):
        members.setdefault(row.owner, set()).add(row.target)
    known = {row.role: row.guid for row in fetch_all(connection, _sql("known_groups", schema=schema))}
    present = set(directory_groups.values())
    golden = names.store_table(seen.members.bo.code)
    groups = []
    for row in fetch_all(connection, _sql("groups", schema=schema, golden=golden, role_field=seen.role_field)):
        role = normalize(row.role) if row.role and row.role.strip() else ""
        is_held = role not in directory_groups and known.get(role) in present
        groups.append(StoredGroup(row.instance, role, frozenset(members.get(row.instance, ())), is_held))
    return StoredState(people, groups)


def present_people(connection: Connection, schema: str) -> dict[str, str]:
    """objectGUID -> login of the people whom the last syncs have met."""
    return {row.guid: row.login for row in fetch_all(connection, _sql("present_people", schema=schema))}


def _people(connection: Connection, schema: str, seen: DirectoryCompany, only: Entry | None) -> Sequence[StoredPerson]:
    statement = _sql(
        "people",
        schema=schema,
        golden=names.store_table(seen.person.code),
        fields=seen.fields,
        guid_field=AD_GUID,
        login_field=EMAIL,
        only_one=only is not None,
    )
    values = {"guid": only.guid, "login": only.login} if only else {}
    return [
        StoredPerson(
            instance=row.instance,
            state=row.state,
            values={code: getattr(row, f"field_{number}") for number, code in enumerate(seen.fields)},
            guid=row.guid or "",
            login=row.login or "",
            dn=row.dn or "",
            status_written=REMOVED if row.is_undone and row.state == REMOVED else row.status_written or "",
            is_vanished=row.is_vanished,
        )
        for row in fetch_all(connection, statement, values)
    ]
