"""A company with people and working groups, and a directory whose entries a test writes."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from etl.engine.directory import DirectorySource, SyncOutcome, adopt_person, sync, sync_one
from etl.errors import EnvironmentFault
from etl.sources.directory.people.values import Entry, SyncRules
from etl.sources.directory.read import DirectoryRead
from etl.sources.directory.stored.projection import project
from tests.fix_company import STORE, MakeSite, Row, Site

_FLAGS = "needLoadFromInTables: true, needUploadToOutTable: true"
DOCUMENTS = {
    "Person": f"""
code: Person
orderIndex: 1
fields:
  - {{code: email, type: INPUT_EMAIL, {_FLAGS}}}
  - {{code: surname, type: INPUT_TEXT, {_FLAGS}}}
  - {{code: name, type: INPUT_TEXT, needUploadToOutTable: true}}
  - {{code: status, type: DROPDOWN_SINGLE, options: [ACTIVE, INACTIVE, BLOCKED], needUploadToOutTable: true}}
  - {{code: accessLevel, type: INPUT_TEXT, {_FLAGS}}}
  - {{code: adGuid, type: INPUT_TEXT}}
""",
    "PersonGroup": f"""
code: PersonGroup
orderIndex: 2
fields:
  - {{code: name, type: INPUT_TEXT, {_FLAGS}}}
  - {{code: AD_ROLE, type: INPUT_TEXT, {_FLAGS}}}
  - {{code: header, type: BO, viewType: SINGLE, {_FLAGS}}}
  - {{code: users, type: BO, linkMode: replace, {_FLAGS}}}
""",
}
RULES = SyncRules(manages_groups=True, max_vanished_share=100, max_leave_share=100)


def guid(number: int) -> str:
    return f"{number:08x}-0000-4000-8000-00000000000a"


def entry(number: int, login: str, *roles: str, is_active: bool = True, **values: str | None) -> Entry:
    mapped = {"surname": login.title(), "name": None, **values}
    return Entry(guid(number), login, f"CN={login},DC=corp", mapped, is_active, frozenset(map(str.casefold, roles)))


@dataclass
class Office:
    """The company beside a directory with `entries`, `groups` (DN -> GUID) and `primary_groups` (DN -> of how many);
    `moved` accounts are where none is read (GUID -> DN), unless it `cannot_say` so. `during` is called while it is
    read."""

    site: Site
    rules: SyncRules = RULES
    entries: dict[int, Entry] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)
    primary_groups: dict[str, int] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    cannot_say: bool = False
    during: Callable[[], Any] = lambda: None

    def has(self, *entries: Entry) -> None:
        self.entries = dict(enumerate(entries))

    def read_all(self) -> DirectoryRead:
        self.during()
        return DirectoryRead(list(self.entries.values()), "dc1", self.groups, self.primary_groups)

    def read_one(self, login: str) -> DirectoryRead:
        found = [one for one in self.entries.values() if one.login.casefold() == login.casefold()]
        return DirectoryRead(found, "dc1", self.groups)

    def dns_of(self, guids: Collection[str]) -> dict[str, str]:
        if self.cannot_say:
            raise EnvironmentFault("the directory dc1 cannot be reached")
        return {one: dn for one, dn in self.moved.items() if one in guids}

    def sync(self, *, is_dry: bool = False, accept: bool = False, **rules: Any) -> SyncOutcome:
        with self.site.runtime() as runtime:
            return sync(runtime, self._source(runtime.company, rules), is_dry=is_dry, accept=accept)

    def sync_one(self, login: str, **options: Any) -> SyncOutcome:
        with self.site.runtime() as runtime:
            return sync_one(runtime, self._source(runtime.company, {}), login, **options)

    def adopt(self, login: str, guid: str, **options: Any) -> SyncOutcome:
        with self.site.runtime() as runtime:
            return adopt_person(runtime, self._source(runtime.company, {}), login, guid, **options)

    def _source(self, company: Any, changed: Mapping[str, Any]) -> DirectorySource:
        rules = replace(self.rules, **changed)
        return DirectorySource(self, project(company, ["surname", "name"], "AD_ROLE"), rules, str.casefold)

    def people(self) -> dict[str, tuple[str, str | None, str | None]]:
        """E-mail address or login -> (state, status, surname)."""
        rows = self.site.look(f"select email, _state, status, surname from {STORE}.bo_person order by email")
        return {row["email"]: (row["_state"], row["status"], row["surname"]) for row in rows}

    def members(self) -> dict[str, list[str]]:
        """Name of a group -> its members."""
        rows = self.site.look(
            f"select g.name, array_agg(p.email order by p.email) filter (where p.email is not null) as emails "
            f"from {STORE}.bo_persongroup g left join {STORE}.link_persongroup_users l on l._owner = g._id "
            f"left join {STORE}.bo_person p on p._id = l._target group by g.name"
        )
        return {row["name"]: row["emails"] or [] for row in rows}

    def id_of(self, email: str) -> str:
        return str(self.site.value(f"select _id from {STORE}.bo_person where email = '{email}'"))

    def journal(self) -> int:
        return int(self.site.value(f"select count(*) from {STORE}.journal"))

    def noted(self) -> list[Row]:
        return self.site.look(f"select * from {STORE}.ad_person order by guid")

    def feed(self, people: Mapping[str, str], groups: Mapping[str, str], members: Mapping[str, list[str]]) -> None:
        """The partner hands over people (in_id -> e-mail address), groups (name -> role) and members (group -> in_ids)
        and the engine runs."""
        fill = self.site.partner.fill
        fill("in_person", *({"in_id": key, "email": email, "surname": key} for key, email in people.items()))
        fill("in_persongroup", *({"in_id": name, "name": name, "ad_role": role} for name, role in groups.items()))
        links = [(name, one) for name, found in members.items() for one in found]
        fill("in_persongroup_users", *({"persongroup_id": name, "users_id": one} for name, one in links))
        self.site.partner.hand_over()
        self.site.run()


@pytest.fixture
def office(make_site: MakeSite) -> Office:
    return Office(make_site(DOCUMENTS))
