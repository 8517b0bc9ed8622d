"""The differences of a sync: entries and people that belong together are compared, then memberships, then the guards
may stop it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from etl.sources.directory.people.changes import (
    AnyChange,
    Change,
    Create,
    Deactivate,
    Join,
    Leave,
    Reactivate,
    Rename,
)
from etl.sources.directory.people.identity import Identified, identify
from etl.sources.directory.people.values import (
    ACCESS_LEVEL,
    ACTUAL,
    AD_GUID,
    EMAIL,
    REMOVED,
    STATUS,
    Entry,
    StoredPerson,
    StoredState,
    SyncRules,
    Vanished,
)


@dataclass(frozen=True)
class Noted:
    """What a sync notes of a person for the next one; `instance` is "" for one who is created."""

    guid: str
    instance: str
    login: str
    dn: str
    status_written: str
    is_vanished: bool = False


@dataclass(frozen=True)
class Plan:
    """What a sync will do. `read`: how many entries there are; `known`: active people whom the directory owned before;
    `switched_off`: how many of them the sync deactivates or removes; `memberships`: how many of owned people it
    looked at, `leaving` of them end; `met_roles`: whether any entry has the role of any group, None without such;
    `matched`: how many people of the store have an entry, `blanked` of them lose the value of a field."""

    changes: tuple[AnyChange, ...]
    noted: tuple[Noted, ...]
    read: int
    known: int
    switched_off: int
    memberships: int
    leaving: int
    met_roles: bool | None
    matched: int = 0
    blanked: Mapping[str, int] = field(default_factory=dict)

    def of(self, *kinds: type[Any]) -> list[Any]:
        """The changes of some kinds, in their order."""
        return [one for one in self.changes if isinstance(one, kinds)]


def plan_sync(
    entries: Sequence[Entry],
    stored: StoredState,
    rules: SyncRules,
    *,
    is_complete: bool = True,
    elsewhere: Mapping[str, str] = MappingProxyType({}),
) -> Plan:
    """`is_complete`: the entries are all users of the directory; else only their own people are touched. `elsewhere`:
    where vanished ones are, GUID -> DN, "" for one whom the directory has no longer; of others that is not known."""
    found = identify(entries, stored.people, is_complete=is_complete)
    changes: list[AnyChange] = [*found.left_out, *found.passed_on]
    noted: list[Noted] = []
    for entry, person in found.pairs.values():
        changes += _differences(entry, person, rules)
        noted.append(_noted(entry, person, rules))
    logins = {one.instance: one.renamed for one in found.passed_on}
    for person in found.vanished:
        changes += _switched_off(person, rules, elsewhere.get(person.known_guid))
        noted.append(_noted_vanished(person, rules, logins.get(person.instance, person.email)))
    moves = list(_moves(found, stored, rules)) if rules.manages_groups else []
    owned = {one.instance for one in stored.people if one.known_guid and not one.is_internal}
    roles = {group.role for group in stored.groups if group.role and not group.is_held}
    is_known = {one.instance for one in stored.people if one.instance in owned and is_on(one, rules)}
    return Plan(
        changes=(*changes, *moves),
        noted=tuple(noted),
        read=len(entries),
        known=len(is_known),
        switched_off=len({one.instance for one in changes if isinstance(one, Deactivate)} & is_known),
        memberships=sum(len(group.members & owned) for group in stored.groups) if rules.manages_groups else 0,
        leaving=sum(isinstance(one, Leave) and one.instance in owned for one in moves),
        met_roles=any(entry.roles & roles for entry in entries) if rules.manages_groups and roles else None,
        matched=sum(person is not None for _, person in found.pairs.values()),
        blanked=_blanked(changes),
    )


def _blanked(changes: Iterable[AnyChange]) -> Mapping[str, int]:
    """Field -> how many people have a value there, and none after the changes."""
    return Counter(
        code
        for one in changes
        if isinstance(one, Change)
        for code, value in one.values.items()
        if not value and one.before.get(code)
    )


def _differences(entry: Entry, person: StoredPerson | None, rules: SyncRules) -> Iterator[AnyChange]:
    wanted = {**(entry.values or {}), AD_GUID: entry.guid}
    if person is None:
        status = rules.status_active if entry.is_active else rules.status_inactive
        own = {EMAIL: entry.login, STATUS: status, ACCESS_LEVEL: rules.access_level or None}
        yield Create(entry.guid, entry.login, {**wanted, **own})
        return
    if person.email != entry.login:
        yield Rename(entry.guid, person.instance, person.email, entry.login)
    status, written = _status(entry, person, rules)
    if not person.status and written:
        wanted[STATUS] = written
    values = {code: value for code, value in wanted.items() if (person.values.get(code) or None) != (value or None)}
    if values:
        before = {code: person.values.get(code) for code in values}
        yield Change(entry.guid, person.instance, entry.login, before, values, adopted=not person.known_guid)
    if person.state == REMOVED:
        yield Reactivate(entry.guid, person.instance, entry.login, restores=True)
    elif person.status and written == rules.status_active:
        yield Reactivate(entry.guid, person.instance, entry.login)
    if person.status and written == rules.status_inactive:
        yield Deactivate(entry.guid, person.instance, entry.login)


def _status(entry: Entry, person: StoredPerson, rules: SyncRules) -> tuple[str, str]:
    """(what the sync notes as its own status, what it writes; "" where the status stays).

    Only what the sync itself has written is made active again: what an administrator has set stays.
    """
    if not entry.is_active:
        if person.status in ("", rules.status_active):
            return rules.status_inactive, rules.status_inactive
        return person.status_written, ""
    if person.status == rules.status_inactive and person.status_written == rules.status_inactive:
        return rules.status_active, rules.status_active
    if not person.status:
        return rules.status_active, rules.status_active
    return rules.status_active, ""


def _noted(entry: Entry, person: StoredPerson | None, rules: SyncRules) -> Noted:
    if person is None:
        status = rules.status_active if entry.is_active else rules.status_inactive
        return Noted(entry.guid, "", entry.login, entry.dn, status)
    status, _ = _status(entry, person, rules)
    return Noted(entry.guid, person.instance, entry.login, entry.dn, status)


def is_on(person: StoredPerson, rules: SyncRules) -> bool:
    return person.state == ACTUAL and person.status in ("", rules.status_active)


def _switched_off(person: StoredPerson, rules: SyncRules, moved_to: str | None) -> Iterator[AnyChange]:
    guid, login = person.known_guid, person.email
    if rules.vanished is Vanished.REMOVE and person.state == ACTUAL:
        yield Deactivate(guid, person.instance, login, vanished=True, removes=True, moved_to=moved_to)
    elif rules.vanished is Vanished.DEACTIVATE and is_on(person, rules):
        yield Deactivate(guid, person.instance, login, vanished=True, moved_to=moved_to)


def _noted_vanished(person: StoredPerson, rules: SyncRules, login: str) -> Noted:
    status = person.status_written
    if rules.vanished is Vanished.REMOVE and person.state == ACTUAL:
        status = REMOVED
    elif rules.vanished is Vanished.DEACTIVATE and is_on(person, rules):
        status = rules.status_inactive
    return Noted(person.known_guid, person.instance, login, person.dn, status, is_vanished=True)


def _moves(found: Identified, stored: StoredState, rules: SyncRules) -> Iterator[AnyChange]:
    """Memberships become exactly the groups whose role a person has; those of people without an entry end."""
    groups = [one for one in stored.groups if not one.is_held and (one.role or not rules.keeps_manual_groups)]
    member_of: dict[str, set[str]] = {}
    with_role: dict[str, set[str]] = {}
    for group in groups:
        for instance in group.members:
            member_of.setdefault(instance, set()).add(group.instance)
        if group.role:
            with_role.setdefault(group.role, set()).add(group.instance)
    for entry, person in found.pairs.values():
        instance = person.instance if person else ""
        wanted = set().union(*(with_role.get(role, ()) for role in entry.roles))
        present = member_of.get(instance, set()) if instance else set()
        yield from (Join(group, entry.guid, instance, entry.login) for group in sorted(wanted - present))
        yield from (Leave(group, entry.guid, instance, entry.login) for group in sorted(present - wanted))
    if rules.vanished is Vanished.KEEP:
        return
    for person in found.vanished:
        left = sorted(member_of.get(person.instance, ()))
        yield from (Leave(group, person.known_guid, person.instance, person.email) for group in left)
