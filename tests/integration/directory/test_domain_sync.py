"""The commands against a real domain, compared with what its own client shows."""

import base64
import json
import subprocess
import sys

import pytest

from etl.engine.directory import login
from etl.settings.directory_keys import DIRECTORY
from etl.settings.schedule.file import DIRECTORY_SCHEDULE
from scripts.domain_people import BASE, ODD, PASSWORD
from tests.acceptance.service import serving
from tests.documentation import DIRECTORY as PAGE
from tests.documentation import blocks
from tests.fix_company import STORE, MakeSite, Row, inherited
from tests.fix_directory import Domain, StartDomain, directory_script
from tests.integration.directory.conftest import DOCUMENTS, Office

GROUPS = {
    "Central": "cn=CENTRAL , ou=Группы рассылок;dc=corp,dc=test",
    "Problem": f"CN=problem,OU=Groups,{BASE}",
    "VPN": f"CN=vpn_user,OU=Groups,{BASE}",
    "Escaped": rf"CN=Отдел \22A\2C B\22 \2B C,OU=Groups,{BASE}",
    "None": f"CN=Empty,OU=Groups,{BASE}",
    "Manual": "",
}
NAMES = {"Central": "Central", "problem": "Problem", "vpn_user": "VPN"}


def shown(domain: Domain) -> dict[str, dict[str, list[str]]]:
    """Login -> attributes, of all people, as ldapsearch prints them."""
    wanted = "(&(objectCategory=person)(objectClass=user)(!(isCriticalSystemObject=TRUE)))"
    text = domain.ldif(wanted, "sAMAccountName", "sn", "givenName", "displayName", "userAccountControl", "memberOf")
    found = {}
    for block in text.split("\n\n"):
        values: dict[str, list[str]] = {}
        for line in filter(None, block.splitlines()):
            name, _, value = line.partition(": ")
            if name.endswith(":"):
                value = base64.b64decode(value).decode()
            values.setdefault(name.strip(":"), []).append(value)
        if "sAMAccountName" in values:
            found[values["sAMAccountName"][0]] = values
    return found


@pytest.fixture
def filled(make_site: MakeSite, domain: Domain) -> Office:
    """A company with working groups that name groups of the domain."""
    office = Office(make_site(DOCUMENTS))
    office.site.write(DIRECTORY, domain.text(adGroupFieldCode="AD_ROLE"))
    office.feed({"i": "i@corp.kz"}, GROUPS, {"Manual": ["i"], "VPN": ["i"]})
    return office


def answered(office: Office, *words: str, code: int = 0) -> Row:
    ended = office.site.etl("ad", *words, "--json")
    assert ended.code == code, ended
    return dict(json.loads(ended.out))


def test_people_and_groups_are_those_of_the_domain(filled: Office, domain: Domain) -> None:
    dry = answered(filled, "sync", "--dry-run", code=1)
    done = answered(filled, "sync", code=1)
    assert (dry["changes"], dry["counts"], filled.noted()[0]["guid"]) == (
        done["changes"],
        done["counts"],
        min(one["guid"] for one in done["changes"]),
    )
    assert sorted(one["login"] for one in done["left_out"]) == ["Root", "mail@inside"]
    expected = {one: values for one, values in shown(domain).items() if one not in ("Root", "mail@inside")}
    people = {one: found for one, found in filled.people().items() if one != "i@corp.kz"}
    assert sorted(people) == sorted(expected)
    assert len(people) == 300 + len(ODD) + 3 - 2
    for name, values in expected.items():
        is_disabled = int(values["userAccountControl"][0]) & 2 or name == "expired"
        assert people[name][1] == ("INACTIVE" if is_disabled else "ACTIVE"), name
        if "sn" in values:
            assert people[name][2] == values["sn"][0].strip(), name
    members = filled.members()
    for name, group in NAMES.items():
        wanted = [one for one, values in expected.items() if f"CN={name}," in " ".join(values.get("memberOf", ()))]
        assert sorted(set(members[group]) - {"i@corp.kz"}) == sorted(wanted), name
    assert set(members["Escaped"]) == {"user00000", "user00001", "user00002", "comma"}
    assert (members["None"], members["Manual"]) == ([], ["i@corp.kz"])
    assert "i@corp.kz" in members["VPN"]
    changes = filled.journal()
    again = answered(filled, "sync", code=1)
    assert (again["counts"], again["unit"], filled.journal()) == ({"LeaveOut": 2}, None, changes)
    listed = answered(filled, "status")["syncs"]
    assert [(one["result"], one["users"]) for one in listed] == [("done", 300 + len(ODD) + 3)] * 2
    lines = [line for block in blocks(PAGE) if block.language == "sh" for line in block.lines]
    shown_by = [filled.site.etl(*line.split()[1:]) for line in lines if not line.startswith("etl ad check")]
    assert [one.code for one in shown_by] == [1, 1, 0, 0], shown_by
    assert "Nothing is written: --dry-run." in shown_by[0].out
    assert "left out: Root: the login is that of the internal person root" in shown_by[1].out
    assert "2 LeaveOut" in shown_by[3].out


def test_each_kind_of_account_at_login(filled: Office, domain: Domain) -> None:
    """One answer outside; the person is synchronized after a right password only."""

    refused = [
        ("user00001", "wrong"),
        ("user00001", ""),
        ("user00001", " "),
        ("user00001", "a\0b"),
        ("unknown", PASSWORD),
        ("*", PASSWORD),
        ("user00001)(cn=*", PASSWORD),
        ("x" * 10_000, PASSWORD),
        ("i@corp.kz", PASSWORD),
        ("Root", PASSWORD),
        ("mustchange", PASSWORD),
    ]
    with filled.site.runtime() as runtime:
        first = login(runtime, "CORP\\USER00000 ", PASSWORD)
        assert (first.is_let_in, first.login) == (True, "user00000")
        assert [found for found in refused if login(runtime, *found).is_let_in] == []
        assert list(filled.people()) == ["i@corp.kz", "user00000"]
        assert filled.members()["Central"] == ["user00000"]
        assert "data 533" in login(runtime, "disabled", PASSWORD).reason
    assert filled.people()["disabled"][1] == "INACTIVE"
    assert called(filled, f"{PASSWORD}\n") == (0, "user00000 is let in\n")
    assert called(filled, "wrong\n") == (1, "login or password is wrong\n")
    filled.site.write(DIRECTORY, domain.text(adGroupFieldCode="AD_ROLE", adPort="1", useSSL="false"))
    assert called(filled, f"{PASSWORD}\n") == (75, "")
    assert filled.site.etl("ad", "sync").code == 4


def called(office: Office, typed: str) -> tuple[int, str]:
    """What the command says to the user of a login and a password on its standard input."""
    environ = {**office.site.environ, **inherited(), "ETL_CONFIG": office.site.url}
    command = [sys.executable, "-m", "etl", "ad", "login", "user00000"]
    done = subprocess.run(command, input=typed, capture_output=True, text=True, check=False, env=environ)
    return done.returncode, done.stdout


def test_the_service_brings_users_by_its_schedule(filled: Office, domain: Domain) -> None:
    """A change of the configuration counts at once; the service ends while a schedule waits."""
    filled.site.write(DIRECTORY_SCHEDULE, "migrate = repeat every 1 second")
    with serving(filled.site) as service:
        service.wait_for_log("the sync with the directory is done: 324 users", times=2)
        filled.site.write(DIRECTORY_SCHEDULE, "migrate = off")
        service.wait_for_log("the service continues")
    results = filled.site.look(f"select distinct result from {STORE}.ad_run")
    assert {row["result"] for row in results} <= {"done", None}
    assert len(filled.people()) == 300 + len(ODD) + 3 - 2 + 1


@pytest.fixture
def other_domain(_start_domain: StartDomain) -> Domain:
    """One that the test changes."""
    return _start_domain("--people", "60")


@pytest.mark.nightly
def test_the_next_day(make_site: MakeSite, other_domain: Domain) -> None:
    """Moved, renamed, disabled, deleted, and a group in another one."""
    office = Office(make_site(DOCUMENTS))
    office.site.write(DIRECTORY, other_domain.text(adGroupFieldCode="AD_ROLE", adNestedGroups="true"))
    office.feed({}, GROUPS, {})
    answered(office, "sync", code=1)
    before = {one: office.id_of(one) for one in office.people()}
    directory_script(other_domain.home, "next-day")
    done = answered(office, "sync", code=1)
    counts = {kind: number for kind, number in done["counts"].items() if kind not in ("Join", "Leave")}
    assert counts == {"Rename": 1, "Change": 1, "Deactivate": 2, "LeaveOut": 2}
    assert (office.id_of("renamed"), office.people()["renamed"][2]) == (before["torename"], "After")
    assert [office.people()[one][1] for one in ("todelete", "twice1", "tomove")] == [
        "INACTIVE",
        "INACTIVE",
        "ACTIVE",
    ]
    assert set(office.members()["None"]) == set(office.members()["Central"])
    assert "todelete" not in office.members()["Central"]
    vanished = office.site.look(f"select login from {STORE}.ad_person where vanished_since is not null")
    assert [row["login"] for row in vanished] == ["todelete"]
