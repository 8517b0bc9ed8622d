"""People and entries as tests write them."""

from typing import Any

from etl.sources.directory.people.changes import AnyChange
from etl.sources.directory.people.difference import Plan, plan_sync
from etl.sources.directory.people.values import Entry, StoredGroup, StoredPerson, StoredState, SyncRules

RULES = SyncRules(manages_groups=True)


def guid(number: int) -> str:
    return f"{number:08x}-0000-4000-8000-00000000000a"


def entry(number: int, login: str, *roles: str, is_active: bool = True, **values: str | None) -> Entry:
    return Entry(guid(number), login, f"cn={login}", {"surname": login.upper(), **values}, is_active, frozenset(roles))


def person(
    instance: str, email: str, number: int = 0, *, status: str = "ACTIVE", state: str = "ACTUAL", **noted: Any
) -> StoredPerson:
    """One whom a sync has noted with the GUID of a number; 0: whom none has met."""
    values = {"email": email, "surname": email.upper(), "status": status, **noted.pop("values", {})}
    if number:
        values = {"adGuid": guid(number), **values}
        noted = {"guid": guid(number), "login": email, "dn": f"cn={email}", "status_written": "ACTIVE", **noted}
    return StoredPerson(instance, state, values, **noted)


def group(instance: str, role: str, *members: str, is_held: bool = False) -> StoredGroup:
    return StoredGroup(instance, role, frozenset(members), is_held)


def planned(
    entries: list[Entry],
    people: list[StoredPerson],
    *groups: StoredGroup,
    rules: SyncRules = RULES,
    is_complete: bool = True,
) -> Plan:
    return plan_sync(entries, StoredState(people, groups), rules, is_complete=is_complete)


def said(changes: tuple[AnyChange, ...] | list[AnyChange]) -> list[str]:
    return [str(one) for one in changes]
