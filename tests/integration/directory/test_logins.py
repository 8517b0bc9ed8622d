"""Sign-ins of users and of the account that reads: no password locks an account, and no more is read than one user."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from etl.database import SqlTemplates, fetch_all, transaction
from etl.engine.directory import TooManyTries, login
from etl.errors import EnvironmentFault
from etl.settings.directory_keys import DIRECTORY
from etl.sources.directory import Account, Groups, stored
from etl.sources.directory.client.directory import OpenDirectory
from scripts.domain_people import PASSWORD
from tests.fix_company import STORE, MakeSite
from tests.fix_directory import Domain
from tests.integration.directory.conftest import DOCUMENTS, Office
from tests.integration.directory.test_domain_sync import GROUPS, answered, called

WRONG = "s3cret-of-nowhere"


@pytest.fixture
def filled(make_site: MakeSite, domain: Domain) -> Office:
    office = Office(make_site(DOCUMENTS))
    office.site.write(DIRECTORY, domain.text(adGroupFieldCode="AD_ROLE"))
    office.feed({}, GROUPS, {})
    return office


def wrong_tries(domain: Domain, login: str) -> int:
    """As the directory has counted them."""
    found = domain.ldif(f"(sAMAccountName={login})", "badPwdCount")
    return int(found.partition("badPwdCount: ")[2].partition("\n")[0] or 0)


def test_a_refused_account_is_tried_once_by_all(filled: Office, domain: Domain) -> None:
    site, account = filled.site, "svc_1@corp.test"
    site.write(DIRECTORY, domain.text(adUsername=account, adPassword=WRONG))
    first = site.etl("ad", "sync")
    assert (first.code, "the password is wrong (49, data 52e)" in first.err) == (4, True)
    for words in (("sync",), ("sync", "--dry-run"), ("sync-user", "user00000"), ("check",)):
        ended = site.etl("ad", *words)
        assert ended.code == (1 if words == ("check",) else 4)
        assert "it is not tried again" in ended.out + ended.err
        assert "correct adUsername or adPassword in" in ended.out + ended.err
    assert called(filled, f"{PASSWORD}\n") == (75, "")
    assert wrong_tries(domain, "svc_1") == 1
    status = answered(filled, "status")
    assert (status["refused_account"]["account"], status["refused_account"]["reason"]) == (
        account,
        "the password is wrong (49, data 52e)",
    )
    shown = site.etl("ad", "status").out
    assert "etl ad check --try-again" in shown
    assert site.etl("ad", "check", "--try-again").code == 1
    assert wrong_tries(domain, "svc_1") == 2
    kept = json.dumps(site.look(f"select * from {STORE}.ad_refusal"), default=str)
    assert WRONG not in kept + shown + json.dumps(status)
    site.write(DIRECTORY, domain.text(adUsername=account))
    assert answered(filled, "status")["refused_account"] is None, "other settings are tried"
    assert site.etl("ad", "sync-user", "user00000").code == 0
    assert (site.look(f"select * from {STORE}.ad_refusal"), wrong_tries(domain, "svc_1")) == ([], 0)


def test_a_refused_account_is_tried_once_at_the_same_time(filled: Office, domain: Domain) -> None:
    filled.site.write(DIRECTORY, domain.text(adUsername="svc_2@corp.test", adPassword=WRONG))
    filled.site.etl("ad", "status")

    def attempt(_: int) -> str:
        with pytest.raises(EnvironmentFault) as refused:
            login(runtime, "user00000", PASSWORD)
        return str(refused.value)

    with filled.site.runtime() as runtime, ThreadPoolExecutor(4) as pool:
        found = list(pool.map(attempt, range(4)))
    assert sum("it is not tried again" in one for one in found) == 3
    assert wrong_tries(domain, "svc_2") == 1


@pytest.mark.parametrize("account", ["disabled", "mustchange", "expired"])
def test_an_account_that_is_only_switched_off_is_tried_again(filled: Office, domain: Domain, account: str) -> None:
    filled.site.write(DIRECTORY, domain.text(adUsername=f"{account}@corp.test"))
    for _ in range(2):
        assert "it is not tried again" not in filled.site.etl("ad", "sync").err
    assert filled.site.look(f"select * from {STORE}.ad_refusal") == []


def test_wrong_passwords_of_a_user_lock_no_account(filled: Office, domain: Domain) -> None:
    """The domain locks after three; also who knows the password then waits, and an unknown login gets the same."""
    filled.site.write(DIRECTORY, domain.text(adLoginTries="2"))
    with filled.site.runtime() as runtime:
        for typed in ("user00003", "CORP\\USER00003 "):
            assert login(runtime, typed, WRONG).reason == "the password is wrong (49, data 52e)"
        for password in (WRONG, PASSWORD):
            with pytest.raises(TooManyTries) as refused:
                login(runtime, "User00003", password)
            assert 1700 < refused.value.seconds <= 1800
        assert wrong_tries(domain, "user00003") == 2
        assert [login(runtime, "unknown", WRONG).is_let_in for _ in range(2)] == [False] * 2
        with pytest.raises(TooManyTries):
            login(runtime, "UNKNOWN", WRONG)
        assert login(runtime, "user00004", PASSWORD).is_let_in, "others come in"
        # Right passwords do not add up, nor those of an account that is only switched off.
        assert all(login(runtime, "user00004", PASSWORD).is_let_in for _ in range(3))
        assert all("data 533" in login(runtime, "disabled", PASSWORD).reason for _ in range(3))
        filled.site.look(f"update {STORE}.ad_try set tried_at = tried_at - interval '30 minutes' returning 1")
        assert login(runtime, "user00003", PASSWORD).is_let_in
        assert filled.site.look(f"select login from {STORE}.ad_try") == []
        assert login(runtime, "user00000", PASSWORD).is_let_in
        assert [login(runtime, "user00000", WRONG).is_let_in for _ in range(2)] == [False] * 2
        assert called(filled, f"{PASSWORD}\n") == (75, ""), "of all processes"
        filled.site.look(f"delete from {STORE}.ad_try returning 1")
        assert login(runtime, "user00000", PASSWORD).is_let_in


def test_one_user_reads_the_groups_of_one_user(filled: Office, domain: Domain, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same groups as a sync of all users, nested ones too, and none is held or ended by what was not read."""
    filled.site.write(DIRECTORY, domain.text(adGroupFieldCode="AD_ROLE", adNestedGroups="true"))
    assert answered(filled, "sync", code=1)["counts"]["Join"] > 0
    before = filled.members()
    asked: list[str] = []
    of_one = OpenDirectory.groups_of

    def noted(self: OpenDirectory, account: Account, *, nested: bool) -> Groups:
        asked.append(account.login)
        return of_one(self, account, nested=nested)

    monkeypatch.setattr(OpenDirectory, "groups", lambda *_: pytest.fail("all groups are read"))
    monkeypatch.setattr(OpenDirectory, "groups_of", noted)
    with filled.site.runtime() as runtime:
        for name in ("user00000", "user00001", "comma", "nonames"):
            found = login(runtime, name, PASSWORD)
            assert found.outcome
            assert (found.outcome.changes, found.outcome.warnings) == ((), ())
    assert asked == ["user00000", "user00001", "comma", "nonames"], "each once"
    assert filled.members() == before


def test_one_person_among_many_is_found_by_indexes(filled: Office, domain: Domain) -> None:
    assert filled.site.etl("ad", "sync-user", "user00000").code == 0
    rows = "from generate_series(1, 20000) n"
    filled.site.look(
        f"insert into {STORE}.bo_person (_id, _in_id, _created_at, _modified_at, email, adguid) "
        f"select 'many' || n, 'many' || n, now(), now(), 'many' || n, gen_random_uuid()::text {rows} returning 1"
    )
    filled.site.look(
        f"insert into {STORE}.ad_person (guid, instance, login, dn, status_written) "
        f"select gen_random_uuid()::text, 'many' || n, 'many' || n, '', '' {rows} returning 1"
    )
    statement = SqlTemplates(stored.__name__)(
        "people",
        schema=STORE,
        golden="bo_Person",
        fields=["email"],
        guid_field="adGuid",
        login_field="email",
        only_one=True,
    )
    with filled.site.runtime() as runtime, transaction(runtime.store_engine) as connection:
        for table in ("bo_person", "ad_person"):
            connection.exec_driver_sql(f"analyze {STORE}.{table}")
        explained = type(statement)(f"explain (costs off)\n{statement.text}")
        found = fetch_all(connection, explained, {"guid": "00000000-0000-4000-8000-00000000000a", "login": "Many7"})
        plan = "\n".join(row[0] for row in found)
    assert "Seq Scan on bo_person" not in plan, plan
    assert "Seq Scan on ad_person" not in plan, plan
    assert all(index in plan for index in ("ad_guid_of_person", "ad_person_login")), plan
