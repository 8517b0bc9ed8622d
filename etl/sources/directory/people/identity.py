"""Which person of the store an entry is: by the GUID that a sync noted, by adGuid, or by adoption. Never by values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from etl.sources.directory.people.changes import LeaveOut, PassLoginOn
from etl.sources.directory.people.values import ACTUAL, REMOVED, Entry, StoredPerson, login_fault

_GUID_DIGITS: Final = 8


@dataclass
class Identified:
    """Entries with their people (None: a new one), by GUID; people who are in no entry of a complete read; entries that
    are left out; and logins that are passed on."""

    pairs: dict[str, tuple[Entry, StoredPerson | None]] = field(default_factory=dict)
    vanished: list[StoredPerson] = field(default_factory=list)
    left_out: list[LeaveOut] = field(default_factory=list)
    passed_on: list[PassLoginOn] = field(default_factory=list)


def identify(entries: Iterable[Entry], people: Sequence[StoredPerson], *, is_complete: bool) -> Identified:
    """`is_complete`: the entries are all users of the directory, so that who is not among them has vanished."""
    found = Identified()
    by_guid = {entry.guid: entry for entry in entries}
    owned = _owned(people)
    if is_complete:
        found.vanished = [one for guid, (one, *_) in owned.items() if guid not in by_guid and not one.is_internal]
    adoptable = _adoptable(people)
    logins = _repeated(by_guid.values())
    for entry in sorted(by_guid.values(), key=lambda one: one.guid):
        known = owned.get(entry.guid, [])
        person = known[0] if known else adoptable.get(_login(entry.login))
        if reason := login_fault(entry.login) or _identity_fault(entry, known, logins):
            instance = person.instance if known and person else ""
            found.left_out.append(LeaveOut(entry.guid, entry.login, reason, instance))
        else:
            found.pairs[entry.guid] = (entry, person)
    _settle_logins(found, people)
    return found


def passed_login(login: str, guid: str) -> str:
    """The login that a vanished person keeps when another one gets the login."""
    return f"{login}~{guid[:_GUID_DIGITS]}"


def _owned(people: Sequence[StoredPerson]) -> dict[str, list[StoredPerson]]:
    """GUID -> its people: whom a sync noted counts before one who only has the adGuid."""
    found: dict[str, list[StoredPerson]] = {}
    for one in people:
        if one.guid:
            found[one.guid] = [one]
    for one in people:
        guid = one.known_guid
        if guid and not one.guid and not (guid in found and found[guid][0].guid):
            found.setdefault(guid, []).append(one)
    return found


def _adoptable(people: Sequence[StoredPerson]) -> dict[str, StoredPerson]:
    return {
        _login(one.email): one
        for one in people
        if one.email and not one.known_guid and not one.is_internal and one.state == ACTUAL
    }


def _repeated(entries: Iterable[Entry]) -> set[str]:
    seen: set[str] = set()
    repeated: set[str] = set()
    for entry in entries:
        login = _login(entry.login)
        (repeated if login in seen else seen).add(login)
    return repeated


def _identity_fault(entry: Entry, known: Sequence[StoredPerson], repeated: set[str]) -> str:
    if _login(entry.login) in repeated:
        return "two entries have this login"
    if len(known) > 1:
        return f"{len(known)} people have the adGuid {entry.guid}: clear it in all but one of them"
    if known and known[0].is_internal:
        return f"his person is internal now, with the e-mail address {known[0].email}"
    if known and known[0].state == REMOVED and known[0].status_written != REMOVED:
        return "his person was removed, not by a sync: restore it, or exclude the entry by adUserFilter"
    return ""


def _settle_logins(found: Identified, people: Sequence[StoredPerson]) -> None:
    """Of each wanted login: who has it gives it up by an entry of his own, or because he has vanished."""
    # One that was removed without a sync holds no login back.
    holders = {_login(one.email): one for one in people if one.email and (one.state != REMOVED or one.guid)}
    gone = {one.instance: one for one in found.vanished}
    gone |= {one.instance: one for one in people if one.is_vanished}
    while refused := _refused(found.pairs, holders, gone):
        # One that takes no part keeps the login, which another entry may want.
        for guid, reason in refused.items():
            entry, person = found.pairs.pop(guid)
            instance = person.instance if person else ""
            found.left_out.append(LeaveOut(guid, entry.login, reason, instance))
    partners = {person.instance for _, person in found.pairs.values() if person}
    for entry, person in found.pairs.values():
        holder = holders.get(_login(entry.login))
        if holder and holder.instance not in partners and (person is None or holder.instance != person.instance):
            renamed = passed_login(holder.email, holder.known_guid)
            found.passed_on.append(PassLoginOn(holder.known_guid, holder.instance, holder.email, renamed))


def _refused(
    pairs: Mapping[str, tuple[Entry, StoredPerson | None]],
    holders: Mapping[str, StoredPerson],
    gone: Mapping[str, StoredPerson],
) -> dict[str, str]:
    partners = {person.instance for _, person in pairs.values() if person}
    refused = {}
    for guid, (entry, _) in pairs.items():
        holder = holders.get(_login(entry.login))
        if holder and holder.instance not in partners and holder.instance not in gone:
            refused[guid] = f"the person {holder.instance} has this login and is another one: see etl ad adopt"
    return refused


def _login(text: str) -> str:
    return text.strip().casefold()
