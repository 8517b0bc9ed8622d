"""A whole domain of 5,000 people, day by day, beside a plain model; the part `directory` of `make nightly`.

`ETL_DIRECTORY_PEOPLE` makes it smaller.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pytest

from etl.engine.directory import login
from etl.settings.directory_keys import DIRECTORY
from scripts.domain import Controller
from scripts.domain_people import BASE, ODD, PASSWORD, changed
from tests.fix_company import STORE, MakeSite
from tests.fix_directory import Domain, StartDomain, directory_script
from tests.integration.directory.conftest import DOCUMENTS, Office
from tests.integration.directory.domain_model import Expected, expected, members
from tests.integration.directory.test_domain_sync import answered

pytestmark = pytest.mark.nightly

PEOPLE = int(os.environ.get("ETL_DIRECTORY_PEOPLE", "5000"))
WITH_POSITION = {
    **DOCUMENTS,
    "Person": f"{DOCUMENTS['Person']}  - {{code: position, type: INPUT_TEXT, needUploadToOutTable: true}}\n",
}
ROLES = {
    "Central": f"CN=Central,OU=Группы рассылок,{BASE}",
    "Problem": f"cn=PROBLEM , ou=Groups;{BASE}",
    "VPN": f"CN=vpn_user,OU=Groups,{BASE}",
    "Escaped": rf"CN=Отдел \22A\2C B\22 \2B C,OU=Groups,{BASE}",
    "Empty": f"CN=Empty,OU=Groups,{BASE}",
    "Manual": "",
}
NAMES = {"Central": "Central", "Problem": "problem", "VPN": "vpn_user", "Escaped": 'Отдел "A, B" + C', "Empty": "Empty"}
INTERNAL = "i@corp.kz"

StartOffice = Callable[..., Office]


@pytest.fixture
def whole_domain(_start_domain: StartDomain) -> Domain:
    """One that the test changes."""
    return _start_domain("--people", str(PEOPLE))


@dataclass
class Company:
    """The company beside the domain, and what must be in it."""

    office: Office
    domain: Domain

    def agrees(self, gone: Mapping[str, Expected], manual: tuple[str, ...] = ()) -> None:
        """Everything is as the model says; `gone` people are inactive, and what they were otherwise."""
        people = expected(self.domain)
        rows = self.office.site.look(
            f"select email, adguid, surname, name, position, status, _state from {STORE}.bo_person order by email"
        )
        found = {row.pop("email"): tuple(row.values()) for row in rows}
        known = {
            one.login: (one.guid, one.surname, one.name, one.position, one.status, "ACTUAL") for one in people.values()
        }
        known |= {
            one.login: (one.guid, one.surname, one.name, one.position, "INACTIVE", "ACTUAL") for one in gone.values()
        }
        found.pop(INTERNAL)
        assert found == known
        wanted = members(people, NAMES)
        wanted["VPN"] = sorted([*wanted["VPN"], INTERNAL])
        wanted["Manual"] = sorted([INTERNAL, *manual])
        assert {group: sorted(logins) for group, logins in self.office.members().items()} == wanted

    def ids(self) -> dict[str, str]:
        """objectGUID -> instance."""
        rows = self.office.site.look(f"select adguid, _id from {STORE}.bo_person where adguid is not null")
        return {row["adguid"]: row["_id"] for row in rows}


@pytest.fixture
def start(make_site: MakeSite, whole_domain: Domain) -> Callable[..., Company]:
    def begin(**changes: str) -> Company:
        """The partner has brought two users of the domain, both members of Manual and VPN, and an internal one."""
        office = Office(make_site(WITH_POSITION))
        office.site.write(DIRECTORY, whole_domain.text(adGroupFieldCode="AD_ROLE", **changes))
        office.feed(
            {"i": INTERNAL, "a": "USER00056", "c": "comma"},
            ROLES,
            {"Manual": ["i", "a", "c"], "VPN": ["i", "a", "c"], "Problem": ["a"], "Escaped": ["c"]},
        )
        return Company(office, whole_domain)

    return begin


def test_day_by_day(start: Callable[..., Company]) -> None:
    """A first sync, the same again, the day after; what a dry run shows is what the sync does."""
    company = start(adMaxVanishedShare="20")
    office = company.office
    dry, done = (answered(office, "sync", *words, code=1) for words in (["--dry-run"], []))
    assert (dry["changes"], dry["left_out"]) == (done["changes"], done["left_out"])
    assert sorted(one["login"] for one in done["left_out"]) == ["Root", "mail@inside"]
    company.agrees({})
    changes, ids, before = office.journal(), company.ids(), expected(company.domain)
    again = answered(office, "sync", code=1)
    assert (again["counts"], again["unit"], office.journal()) == ({"LeaveOut": 2}, None, changes)
    directory_script(company.domain.home, "next-day")
    dry, done = (answered(office, "sync", *words, code=1) for words in (["--dry-run"], []))
    assert dry["changes"] == done["changes"]
    texts = [one["text"] for one in done["changes"]]
    assert "deactivate todelete: deleted in the directory, or hidden from adUsername" in texts
    kinds = {kind: number for kind, number in done["counts"].items() if kind not in ("Join", "Leave")}
    assert kinds == {"Rename": 1, "Change": 1, "Deactivate": 2, "LeaveOut": 2}
    company.agrees({"todelete": before["todelete"]})
    assert company.ids() == ids
    changes = office.journal()
    assert answered(office, "sync", code=1)["counts"] == {"LeaveOut": 2}
    assert office.journal() == changes


@pytest.mark.parametrize("keeps", [False, True])
def test_the_example_of_groups(start: Callable[..., Company], keeps: bool) -> None:
    """user00056 is in Central and problem there, in Problem and VPN here; one user alone, at login, then all."""
    company = start(adKeepManualGroups=str(keeps).lower())
    office, manual = company.office, ("comma", "user00056") if keeps else ()
    done = answered(office, "sync-user", "user00056")
    texts = sorted(one["text"].rpartition(" ")[0] for one in done["changes"] if one["change"] in ("Join", "Leave"))
    of_manual = [] if keeps else ["remove user00056 from group"]
    assert texts == ["join user00056 to group", "remove user00056 from group", *of_manual]
    found = office.members()
    assert [("user00056" in found[name]) for name in ("Central", "Problem", "VPN", "Manual")] == [
        True,
        True,
        False,
        keeps,
    ]
    with office.site.runtime() as runtime:
        assert login(runtime, "comma", PASSWORD).is_let_in
    found = office.members()
    assert [("comma" in found[name]) for name in ("Central", "Escaped", "VPN", "Manual")] == [True, True, False, keeps]
    assert INTERNAL in found["VPN"]
    answered(office, "sync", code=1)
    company.agrees({}, manual)


OUTSIDE = "no account below adBase that matches adUserFilter has this login"
INTERNAL_LOGIN = "a login with @ is that of an internal user"
# Login as typed -> why it is refused, "" if it is not: the controller's number, or what etl says.
AT_LOGIN = {
    "user00000": "",
    "CORP\\USER00001": "",
    "renamed": "",
    "tomove": "",
    "signs": "",
    "smartcard": "data 52e",
    "логин.кириллица": "",
    "twice1": "data 533",
    "disabled": "data 533",
    "expired": "data 701",
    "mustchange": "data 773",
    "hash": "data 530",
    "tolock": "data 775",
    "torename": OUTSIDE,
    "todelete": OUTSIDE,
    "unknown": OUTSIDE,
    "PC0$": OUTSIDE,
    "Administrator": OUTSIDE,
    "Root": "the login is that of the internal person root",
    "mail@inside": INTERNAL_LOGIN,
}
NO_HOURS = changed(f"CN={ODD['hash'][0]},OU=Особые,{BASE}", "replace", "logonHours", bytes(21))


def test_each_state_of_an_account_at_login(start: Callable[..., Company]) -> None:
    """After the day that changes them: whom the directory lets in, and what becomes of the others."""
    company = start()
    office, home = company.office, company.domain.home
    directory_script(home, "next-day")
    Controller(home).change(NO_HOURS)
    with office.site.runtime() as runtime:
        wrong = [login(runtime, "tolock", "wrong") for _ in range(3)]
        wrong += [login(runtime, typed, "wrong") for typed in ("user00002", "disabled", "svc_0")]
        assert ["data 52e" in one.reason and not one.is_let_in for one in wrong] == [True] * 6
        assert login(runtime, "unknown", "wrong").reason == OUTSIDE
        found = {typed: login(runtime, typed, PASSWORD) for typed in AT_LOGIN}
    assert [typed for typed, one in found.items() if one.is_let_in] == [one for one, why in AT_LOGIN.items() if not why]
    assert [(typed, one.reason) for typed, one in found.items() if AT_LOGIN[typed] not in one.reason] == []
    statuses = {email: status for email, (_, status, _) in office.people().items() if status}
    off = dict.fromkeys(("twice1", "disabled", "expired"), "INACTIVE")
    on = ("user00000", "user00001", "renamed", "tomove", "signs", "логин.кириллица")
    assert statuses == dict.fromkeys(on, "ACTIVE") | off
    people = expected(company.domain)
    rows = office.site.look(f"select email, surname from {STORE}.bo_person where status is not null")
    assert {row["email"]: row["surname"] for row in rows} == {one: people[one].surname for one in statuses}
    answered(office, "sync", code=1)
    company.agrees({})
