"""A real domain is read whole: the same accounts and groups that the directory's own client shows."""

import re
from datetime import UTC, datetime

import pytest

from etl.sources.directory import Account, Groups, needed_attributes, open_directory, person_values, same_name
from scripts.domain_people import ODD
from tests.fix_directory import BASE, Domain

SPECIAL = f"OU=Особые,{BASE}"


@pytest.fixture(scope="module")
def accounts(domain: Domain) -> list[Account]:
    with open_directory(domain.settings()) as opened:
        return opened.accounts()


@pytest.fixture(scope="module")
def groups(domain: Domain) -> Groups:
    with open_directory(domain.settings()) as opened:
        return opened.groups()


def by_login(accounts: list[Account], login: str) -> Account:
    [found] = [account for account in accounts if account.login == login]
    return found


def group_names(groups: Groups, account: Account, *, nested: bool) -> set[str]:
    """The names of the groups of the domain in which an account is."""
    found = groups.names_of(account, nested=nested)
    return {group.dn.split(",")[0].removeprefix("CN=") for group in groups.listed if same_name(group.dn) in found}


def test_all_people_and_no_others(domain: Domain, accounts: list[Account]) -> None:
    """Contacts, computers and what the domain keeps for itself are left out; referrals are no entries."""
    shown = domain.ldif("(&(objectCategory=person)(objectClass=user))", "objectGUID")
    critical = domain.ldif("(&(objectClass=user)(isCriticalSystemObject=TRUE)(!(objectClass=computer)))", "objectGUID")
    assert len(accounts) == shown.count("objectGUID::") - critical.count("objectGUID::") == 300 + len(ODD) + 3
    assert len({account.guid for account in accounts}) == len(accounts)
    logins = {account.login for account in accounts}
    assert logins >= {"user00000", "user00299", "svc_2", *ODD}
    assert not {"Administrator", "Guest", "krbtgt"} & logins
    assert not [login for login in logins if login.endswith("$")]


def test_the_same_with_pages_of_any_size(domain: Domain, accounts: list[Account]) -> None:
    with open_directory(domain.settings(adPageSize="7")) as opened:
        assert opened.accounts() == accounts


@pytest.mark.parametrize("way", [{"adStartTls": "true"}, {"adUsername": "CORP\\svc_0"}, {}])
def test_each_way_in_reads_the_same(domain: Domain, accounts: list[Account], way: dict[str, str]) -> None:
    with open_directory(domain.settings(useSSL="false", **way)) as opened:
        assert opened.accounts() == accounts


def test_a_filter_leaves_accounts_out(domain: Domain) -> None:
    settings = domain.settings(adUserFilter="(!(description=service account))", adBase=f"OU=Службы,{BASE}")
    with open_directory(settings) as opened:
        assert opened.accounts() == []
    with open_directory(domain.settings(adUserFilter="(department=Риски)")) as opened:
        assert len(opened.accounts()) == 60


def test_an_account_as_person_gets_it(domain: Domain, accounts: list[Account]) -> None:
    settings = domain.settings()

    def values(login: str) -> tuple[str | None, ...]:
        found = person_values(by_login(accounts, login), settings, fields, datetime.now(UTC))
        return tuple(found[field] for field in fields)

    fields = ("surname", "name", "position", "email", "status")
    assert values("user00013") == ("Нұрланова", "Ольга", "Должность 6", "user00013", "ACTIVE")
    assert values("user00005") == ("Өтеген", "Иван", "Должность 5", "user00005", "INACTIVE")
    assert values("blanks") == ("край", None, None, "blanks", "ACTIVE")
    assert values("nosurname") == ("Цой", "Виктор Робертович", None, "nosurname", "ACTIVE")
    assert values("nonames") == ("nonames", None, None, "nonames", "ACTIVE")
    assert values("логин.кириллица") == ("Логин", None, None, "логин.кириллица", "ACTIVE")
    inactive = {login for login in ODD if values(login)[4] == "INACTIVE"}
    assert inactive == {"expired", "disabled"}


def test_the_identity_is_that_of_the_directory(domain: Domain, accounts: list[Account]) -> None:
    account = by_login(accounts, "comma")
    escaped = "".join(f"\\{byte:02x}" for byte in bytes.fromhex(account.guid.replace("-", "")))
    # As a filter wants it: the first three parts with their bytes the other way round.
    order = [3, 2, 1, 0, 5, 4, 7, 6, *range(8, 16)]
    value = "".join(escaped[3 * one : 3 * one + 3] for one in order)
    assert re.search(r"(?m)^sAMAccountName: comma$", domain.ldif(f"(objectGUID={value})", "sAMAccountName"))


def test_values_that_are_no_text_are_skipped(domain: Domain, accounts: list[Account]) -> None:
    bad = {(account.login, one.attribute, one.reason) for account in accounts for one in account.bad_values}
    assert bad == {("badtext", "title", "has a zero byte")}
    settings = domain.settings(adAttribute__photo="thumbnailPhoto", adUserFilter="(sAMAccountName=user00001)")
    with open_directory(settings) as opened:
        [account] = opened.accounts()
    assert [(one.attribute, one.reason) for one in account.bad_values] == [("thumbnailphoto", "is no text in UTF-8")]
    assert account.texts["sn"] == ("Петрова",)


def test_direct_and_nested_groups(accounts: list[Account], groups: Groups) -> None:
    first = by_login(accounts, "user00000")
    direct = {"Все", "Central", "problem", "vpn_user", "Level0", r"Отдел \"A\, B\" \+ C"}
    named = {one for one in direct if "\\" not in one}
    assert group_names(groups, first, nested=False) >= named
    assert group_names(groups, first, nested=False) & {"Level1", "Level2", "Level3"} == set()
    assert group_names(groups, first, nested=True) >= named | {"Level1", "Level2", "Level3"}


def test_groups_in_a_circle_are_each_there_once(accounts: list[Account], groups: Groups) -> None:
    second = by_login(accounts, "user00001")
    assert group_names(groups, second, nested=False) & {"Circle1", "Circle2"} == {"Circle1"}
    assert group_names(groups, second, nested=True) & {"Circle1", "Circle2"} == {"Circle1", "Circle2"}


def test_a_group_is_found_however_its_name_is_written(groups: Groups) -> None:
    for written in (
        rf"cn=отдел \"a\, b\" \+ c, OU=Groups,{BASE}",
        rf'CN="Отдел \"A, B\" + C",ou=groups,{BASE.lower()}',
        rf"CN=Отдел \22A\2c B\22  \2b C;OU=Groups;{BASE}",
    ):
        found = groups.find(written)
        assert found
        assert found.dn.startswith("CN=Отдел ")
    assert groups.find(f"CN=gone,OU=Groups,{BASE}") is None


def test_primary_groups_are_known(accounts: list[Account], groups: Groups) -> None:
    users = groups.find(f"CN=Domain Users,CN=Users,{BASE}")
    assert users
    assert groups.primary(accounts)[same_name(users.dn)] == len(accounts)
    assert "Domain Users" not in group_names(groups, accounts[0], nested=False)


def test_attributes_that_the_directory_does_not_have(domain: Domain) -> None:
    settings = domain.settings(adUserFilter="(&(sn=*)(noSuchAttribute=x))", adAttribute__phone="alsoMissing")
    with open_directory(settings) as opened:
        # Without the check both would go unseen.
        assert opened.accounts() == []
        assert opened.unknown_attributes(needed_attributes(settings)) == ["alsoMissing", "noSuchAttribute"]
        assert opened.unknown_attributes(needed_attributes(domain.settings())) == []
