"""What a directory does that Samba does not show, by OpenLDAP's server: from its answers to people and groups."""

import subprocess
from collections.abc import Iterator

import pytest

from etl.engine.directory import SyncOutcome, directory_source, login, sync
from etl.errors import EnvironmentFault
from etl.settings.directory_keys import DIRECTORY
from scripts.openldap import BASE, BLIND, GROUP, LIMITED, PASSWORD, PEOPLE, OpenLdap
from tests.fix_company import STORE, MakeSite
from tests.integration.directory.conftest import DOCUMENTS, Office


@pytest.fixture(scope="module")
def openldap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenLdap]:
    started = OpenLdap(tmp_path_factory.mktemp("openldap"))
    try:
        started.start()
        yield started
    finally:
        started.stop()


@pytest.fixture
def beside(make_site: MakeSite, openldap: OpenLdap) -> Office:
    """A company with one working group, whose people are in that server."""
    office = Office(make_site(DOCUMENTS))
    office.feed({}, {"Central": GROUP}, {})
    return office


def configure(office: Office, server: OpenLdap, **changes: str) -> None:
    keys = {**server.config, "adGroupFieldCode": "AD_ROLE", **changes}
    office.site.write(DIRECTORY, "\n".join(f"{key}={value}" for key, value in keys.items()))


def synced(office: Office) -> SyncOutcome:
    with office.site.runtime() as runtime:
        return sync(runtime, directory_source(runtime))


def test_a_read_that_the_server_cuts_changes_nothing(beside: Office, openldap: OpenLdap) -> None:
    """Not at the first sync, when no person is known, and not later."""
    configure(beside, openldap, adUsername=LIMITED)
    with pytest.raises(EnvironmentFault, match="the controller cuts the answer, and a part counts as nothing"):
        synced(beside)
    assert (beside.people(), beside.noted()) == ({}, [])
    configure(beside, openldap)
    outcome = synced(beside)
    assert (len(beside.people()), len(beside.members()["Central"])) == (PEOPLE, PEOPLE // 2)
    reasons = [(one.login, one.reason) for one in outcome.left_out]
    assert reasons == [("twice", "two entries have this login")] * 2
    changes = beside.journal()
    configure(beside, openldap, adUsername=LIMITED)
    with pytest.raises(EnvironmentFault, match="cuts the answer"):
        synced(beside)
    assert beside.journal() == changes
    results = beside.site.look(f"select result from {STORE}.ad_run order by run")
    assert [row["result"] for row in results] == ["failed", "done", "failed"]


def test_memberships_that_the_account_may_not_read_do_not_end(beside: Office, openldap: OpenLdap) -> None:
    configure(beside, openldap)
    synced(beside)
    members = beside.members()
    configure(beside, openldap, adUsername=BLIND)
    outcome = synced(beside)
    assert [one.guard for one in outcome.stops] == ["roles"]
    assert beside.members() == members


def test_an_empty_password_is_refused_where_the_server_takes_it(beside: Office, openldap: OpenLdap) -> None:
    """The server takes it for no account at all, and says that it is right."""
    configure(beside, openldap)
    account = ("-D", f"cn=user01,{BASE}", "-w", "")
    asked = ("ldapwhoami", "-x", "-H", f"ldap://127.0.0.1:{openldap.port}", *account)
    assert subprocess.run(asked, capture_output=True, text=True, check=True).stdout == "anonymous\n"
    with beside.site.runtime() as runtime:
        assert [login(runtime, "user01", empty).is_let_in for empty in ("", " ", "\0")] == [False] * 3
        assert beside.people() == {}
        assert login(runtime, "user01", PASSWORD).is_let_in
        with pytest.raises(EnvironmentFault, match=r"2 accounts below .* have the login 'twice'"):
            login(runtime, "twice", PASSWORD)
    assert list(beside.people()) == ["user01"]
