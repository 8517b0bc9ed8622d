"""Another account for a person whom the store has: one that was made again for the same human being."""

from collections.abc import Sequence

from etl.sources.directory.people.changes import AnyChange, Change, Deactivate, Leave, PassLoginOn
from etl.sources.directory.people.difference import Noted, Plan, is_on
from etl.sources.directory.people.identity import passed_login
from etl.sources.directory.people.values import ACTUAL, AD_GUID, StoredPerson, StoredState, SyncRules


def plan_adoption(login: str, guid: str, stored: StoredState, rules: SyncRules) -> Plan:
    """The person of a login gets the account; another one who had it is released: without adGuid, inactive, out of all
    groups and under another login. Raises ValueError with the reason where that cannot be."""
    chosen = _chosen(login, stored.people)
    changes: list[AnyChange] = []
    if chosen.known_guid != guid:
        before = {AD_GUID: chosen.values.get(AD_GUID)}
        changes.append(Change(guid, chosen.instance, chosen.email, before, {AD_GUID: guid}, adopted=True))
    for other in stored.people:
        if other.known_guid == guid and other.instance != chosen.instance:
            changes += _released(other, guid, stored, rules)
    noted = Noted(guid, chosen.instance, chosen.email, chosen.dn, chosen.status_written or rules.status_active)
    return Plan(tuple(changes), (noted,), 0, 0, 0, 0, 0, None)


def _chosen(login: str, people: Sequence[StoredPerson]) -> StoredPerson:
    found = [one for one in people if one.email.casefold() == login.casefold()]
    if not found:
        raise ValueError(f"no person has the login {login}: write it as the e-mail field has it")
    if found[0].is_internal:
        raise ValueError(f"{login} is an internal person, whom no account of the directory can own")
    if found[0].state != ACTUAL:
        raise ValueError(f"the person {login} is {found[0].state}: restore the instance first")
    return found[0]


def _released(other: StoredPerson, guid: str, stored: StoredState, rules: SyncRules) -> list[AnyChange]:
    if other.is_internal:
        raise ValueError(f"the internal person {other.email} has the adGuid {guid}: clear it there first")
    released: list[AnyChange] = [
        Change(guid, other.instance, other.email, {AD_GUID: other.values.get(AD_GUID)}, {AD_GUID: None}),
        PassLoginOn(guid, other.instance, other.email, passed_login(other.email, guid)),
    ]
    if is_on(other, rules):
        released.append(Deactivate(guid, other.instance, other.email))
    if rules.manages_groups:
        groups = sorted(group.instance for group in stored.groups if other.instance in group.members)
        released += [Leave(group, guid, other.instance, other.email) for group in groups]
    return released
