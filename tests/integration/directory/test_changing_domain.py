"""What changes in a domain, on a real controller; the suite shows the same with entries that its tests write."""

import base64
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from etl.engine.directory import SyncRunning, login
from etl.settings.directory_keys import DIRECTORY
from etl.sources.directory import open_directory
from scripts.domain import Controller
from scripts.domain_people import BASE, PASSWORD, changed, deleted, moved
from tests.fix_company import STORE, MakeSite, Row, ended, until
from tests.fix_directory import Domain, StartDomain, directory_script
from tests.integration.directory.conftest import DOCUMENTS, Office
from tests.integration.directory.test_domain_sync import answered, called

pytestmark = pytest.mark.nightly

STAFF, LEFT = f"OU=Сотрудники,{BASE}", f"OU=Уволенные,{BASE}"
ROLES = {name: f"CN={name},OU=Groups,{BASE}" for name in ("Empty", "problem", "vpn_user", "Primary", "gone")}
ROLES["Central"] = f"CN=Central,OU=Группы рассылок,{BASE}"

SOCKETS = shutil.ignore_patterns("ldapi")


@dataclass
class Changing:
    """A company beside a domain that the test changes; syncs bring its ordinary people, who are below `STAFF`."""

    office: Office
    domain: Domain

    def configure(self, **changes: str) -> None:
        text = self.domain.text(adGroupFieldCode="AD_ROLE", **{"adBase": STAFF, **changes})
        self.office.site.write(DIRECTORY, text)

    def sync(self, *words: str, code: int = 0) -> Row:
        return answered(self.office, "sync", *words, code=code)

    def change(self, *ldif: str) -> None:
        """Each in a transaction of its own."""
        Controller(self.domain.home).change("\n\n".join(ldif) + "\n")

    def dn(self, login: str) -> str:
        with open_directory(self.domain.settings()) as opened:
            found = opened.find(login)
        assert found, login
        return found.dn

    def guid(self, login: str) -> str:
        return str(self.office.site.value(f"select adguid from {STORE}.bo_person where email = '{login}'"))

    def status(self, login: str) -> str | None:
        return self.office.people()[login][1]

    def ids(self) -> dict[str, str]:
        rows = self.office.site.look(f"select email, _id from {STORE}.bo_person")
        return {row["email"]: row["_id"] for row in rows}

    def members(self, group: str) -> set[str]:
        return set(self.office.members()[group])


@pytest.fixture(scope="module")
def changing_domain(_start_domain: StartDomain) -> Domain:
    """Each test changes people of its own."""
    return _start_domain("--people", "60")


@pytest.fixture
def beside(make_site: MakeSite, changing_domain: Domain) -> Changing:
    found = Changing(Office(make_site(DOCUMENTS)), changing_domain)
    found.configure(adMaxVanishedShare="100", adMaxLeaveShare="100")
    return found


def account(name: str, login: str) -> str:
    lines = (
        f"dn:: {base64.b64encode(f'CN={name},{STAFF}'.encode()).decode()}",
        "changetype: add",
        "objectClass: user",
        f"sAMAccountName: {login}",
        "userAccountControl: 544",
    )
    return "\n".join(lines)


def test_logins_that_change_hands(beside: Changing) -> None:
    beside.sync()
    ids, former = beside.ids(), beside.guid("user00003")
    first, second = beside.dn("user00001"), beside.dn("user00002")
    others = ((first, "user00001@corp.test"), (second, "user00002@corp.test"))  # one of the other's is refused
    steps = ((first, "between"), (second, "user00001"), (first, "user00002"))
    beside.change(
        *(changed(dn, "delete", "userPrincipalName", name) for dn, name in others),
        *(changed(dn, "replace", "sAMAccountName", to) for dn, to in steps),
    )
    beside.change(deleted(beside.dn("user00003")), account("made again", "USER00003"))
    done = beside.sync()
    assert (done["counts"]["PassLoginOn"], done["counts"]["Create"], done["left_out"]) == (1, 1, [])
    now = beside.ids()
    assert (now["user00001"], now["user00002"]) == (ids["user00002"], ids["user00001"])
    left = f"user00003~{former[:8]}"
    assert (now[left], beside.status(left), beside.status("USER00003")) == (ids["user00003"], "INACTIVE", "ACTIVE")
    assert now["USER00003"] not in ids.values()
    changes = beside.office.journal()
    assert (beside.sync()["changes"], beside.office.journal()) == ([], changes)


def test_people_of_partner_and_administrator(beside: Changing) -> None:
    """Adopted, left alone, blocked; and one who is away for a time. The first sync of all cannot read."""
    office = beside.office
    mail = "user00012@corp.test"
    office.feed({"a": "USER00010", "Ахметов": mail}, ROLES, {"vpn_user": ["Ахметов"]})
    before, changes = beside.ids(), office.journal()
    beside.configure(adBase=f"OU=none,{BASE}")
    assert office.site.etl("ad", "sync").code == 4
    assert (beside.ids(), office.journal(), office.noted()) == (before, changes, [])
    beside.configure(adMaxVanishedShare="100", adMaxLeaveShare="100")
    beside.sync()
    now = beside.ids()
    assert (now["user00010"], now[mail], "USER00010" in now) == (before["USER00010"], before[mail], False)
    assert (office.people()[mail], office.people()["user00012"][2]) == (("ACTUAL", None, "Ахметов"), "Ахметов")
    assert mail in beside.members("vpn_user")
    homes = {one: beside.dn(one) for one in ("user00011", "user00014")}
    names = {one: dn.partition(",")[0] for one, dn in homes.items()}
    beside.change(*(moved(dn, names[one], LEFT) for one, dn in homes.items()))
    gone = beside.sync()
    assert gone["counts"]["Deactivate"] == 2
    texts = " ".join(one["text"] for one in gone["changes"])
    assert f"{names['user00014']},{LEFT}" in texts
    assert (beside.status("user00014"), "user00014" in beside.members("Central")) == ("INACTIVE", False)
    for blocked in ("user00011", "user00015"):
        office.site.look(f"update {STORE}.bo_person set status = 'BLOCKED' where email = '{blocked}' returning 1")
    beside.change(*(moved(f"{names[one]},{LEFT}", names[one], dn.partition(",")[2]) for one, dn in homes.items()))
    back = beside.sync()
    assert [one["text"] for one in back["changes"] if one["change"] == "Reactivate"] == ["reactivate user00014"]
    assert [beside.status(f"user000{one}") for one in (11, 14, 15)] == ["BLOCKED", "ACTIVE", "BLOCKED"]
    assert (beside.ids(), "user00014" in beside.members("Central")) == (now, True)


def test_groups_of_the_domain_that_change(beside: Changing) -> None:
    """The last member leaves; renamed, unknown, primary; more memberships end than the guard lets pass."""
    office = beside.office
    office.feed({}, ROLES, {})
    member = beside.dn("user00020")
    beside.change(*(changed(ROLES[group], "add", "member", member) for group in ("Empty", "Primary")))
    first = beside.sync()
    assert (beside.members("Empty"), beside.members("Primary")) == ({"user00020"}, {"user00020"})
    assert [text.partition(": ")[2] for text in first["warnings"] if "no group" in text] == [
        f"the directory has no group {ROLES['gone'].lower()}: correct the DN in the group"
    ]
    sid = base64.b64decode(beside.domain.ldif("(cn=Primary)", "objectSid").partition("objectSid:: ")[2].split()[0])
    beside.change(
        changed(ROLES["Empty"], "delete", "member", member),
        changed(member, "replace", "primaryGroupID", int.from_bytes(sid[-4:], "little")),
        moved(ROLES["problem"], "CN=problems", f"OU=Groups,{BASE}"),
    )
    held = beside.members("problem")
    second = beside.sync()
    warned = " ".join(second["warnings"])
    assert "is the primary group of 2 users" in warned or "is the primary group of 1 users" in warned
    assert "has another DN in the directory now, and its memberships stay: write the new DN" in warned
    assert (beside.members("Empty"), beside.members("Primary"), beside.members("problem")) == (set(), set(), held)
    new = {"in_id": "problem", "name": "problem", "ad_role": f"CN=problems,OU=Groups,{BASE}"}
    office.site.partner.redeliver("in_persongroup", {**new, "out_id": None, "removed": False})
    office.site.partner.hand_over()
    office.site.run()
    assert (beside.sync()["changes"], beside.members("problem")) == ([], held)
    beside.configure(adMaxLeaveShare="30")
    central = beside.members("Central")
    beside.change(*(changed(ROLES["Central"], "delete", "member", beside.dn(one)) for one in central))
    changes = office.journal()
    assert [one["guard"] for one in beside.sync(code=3)["stops"]] == ["adMaxLeaveShare"]
    assert (office.journal(), beside.members("Central")) == (changes, central)
    assert beside.sync("--accept")["counts"] == {"Leave": len(central)}
    assert beside.members("Central") == set()


@pytest.fixture
def restored_domain(_start_domain: StartDomain) -> Domain:
    return _start_domain("--people", "60")


def test_a_controller_that_was_restored(make_site: MakeSite, restored_domain: Domain) -> None:
    """A guard stops it: people of later days are not there. What is accepted is made right by the later controller."""
    beside = Changing(Office(make_site(DOCUMENTS)), restored_domain)
    beside.configure()
    office, data = beside.office, beside.domain.home / "data"
    earlier, later = data.with_name("earlier"), data.with_name("later")
    during_stop(beside.domain, lambda: shutil.copytree(data, earlier, symlinks=True, ignore=SOCKETS))
    beside.change(
        changed(beside.dn("user00001"), "replace", "sAMAccountName", "renamed"),
        changed(beside.dn("user00002"), "replace", "userAccountControl", 546),
        *(account(f"later {number}", f"later{number:02}") for number in range(20)),
    )
    beside.sync()
    whole, ids, changes = office.people(), beside.ids(), office.journal()
    during_stop(beside.domain, lambda: exchange(data, later, earlier))
    [stop] = beside.sync(code=3)["stops"]
    assert (stop["guard"], office.people(), office.journal()) == ("adMaxVanishedShare", whole, changes)
    beside.sync("--accept")
    assert [beside.status(one) for one in ("user00001", "user00002", "later00")] == ["ACTIVE", "ACTIVE", "INACTIVE"]
    during_stop(beside.domain, lambda: exchange(data, earlier, later))
    beside.sync()
    assert (office.people(), beside.ids()) == (whole, ids)


def during_stop(domain: Domain, act: Callable[[], object]) -> None:
    directory_script(domain.home, "stop")
    act()
    directory_script(domain.home, "start")


def exchange(current: Path, kept: Path, other: Path) -> None:
    current.rename(kept)
    other.rename(current)


def test_beside_a_run_and_a_login(beside: Changing) -> None:
    """Both wait for one lock at the same time; each has its fields. A login meanwhile is refused for a moment."""
    office, site = beside.office, beside.office.site
    office.feed({f"p{n}": f"user{n:05}" for n in range(20, 40)}, ROLES, {})
    beside.configure(adLoginWaitSeconds="1")
    assert site.etl("ad", "sync-user", "user00040").code == 0  # the index of people is there
    rows = [{"in_id": f"p{n}", "email": f"user{n:05}", "surname": "x", "accesslevel": "FULL"} for n in range(20, 40)]
    site.partner.redeliver("in_person", *({**row, "out_id": None, "removed": False} for row in rows))
    site.partner.hand_over()
    with site.locking(f"{STORE}.bo_person"):
        processes = [site.start("run")]
        site.wait_for_blocked()
        processes.append(site.start("ad", "sync"))
        with site.runtime() as runtime:
            running = f"select count(*) from {STORE}.ad_run where login is null and ended_at is null"
            until(lambda: site.value(running), "the sync of all users has begun")
            with pytest.raises(SyncRunning):
                login(runtime, "user00000", PASSWORD)
        assert called(office, f"{PASSWORD}\n") == (75, "")
        assert "user00000" not in office.people()
    assert [ended(one).code for one in processes] == [0, 0]
    assert called(office, f"{PASSWORD}\n") == (0, "user00000 is let in\n")
    beside.sync()
    query = (
        f"select email, accesslevel, adguid is not null as known, status from {STORE}.bo_person where _in_id like 'p%'"
    )
    found = [tuple(row.values()) for row in site.look(f"{query} order by email")]
    off = ("user00027", "user00038")
    assert found == [
        (one, "FULL", True, "INACTIVE" if one in off else "ACTIVE") for one in (f"user{n:05}" for n in range(20, 40))
    ]
