"""Accounts as values, and what Person gets from them."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from etl.errors import EnvironmentFault
from etl.settings import DirectorySettings
from etl.settings.directory_keys import DIRECTORY
from etl.sources.directory import needed_attributes, person_values
from etl.sources.directory.account import Account, account_of
from etl.sources.directory.filters import named_attributes
from etl.sources.directory.mapping import read_attributes
from tests.unit.settings.reading import settings_of

GUID = UUID("12345678-9abc-def0-1234-56789abcdef0")
NOW = datetime(2026, 1, 2, tzinfo=UTC)
FIELDS = ("surname", "name", "email", "position", "status", "adGuid", "accessLevel")


def account(**attributes: str | bytes | list[str | bytes]) -> Account:
    raw: dict[str, list[bytes]] = {"objectguid": [GUID.bytes_le], "samaccountname": [b"ann"]}
    for name, value in attributes.items():
        listed = value if isinstance(value, list) else [value]
        raw[name.lower()] = [one if isinstance(one, bytes) else one.encode() for one in listed]
    return account_of("CN=ann,DC=x", raw)


def settings(more: str = "") -> DirectorySettings:
    text = f"adHost=dc\nadBase=dc=x\nadUsername=etl\nadPassword=x\n{more}"
    return settings_of({DIRECTORY: text}).directory


def values(one: Account, more: str = "") -> dict[str, str | None]:
    return person_values(one, settings(more), FIELDS, NOW)


def test_what_person_gets() -> None:
    found = values(account(sn=" Цой ", givenName="Виктор", title="Певец", userAccountControl="512"))
    assert found == {
        "surname": "Цой",
        "name": "Виктор",
        "email": "ann",
        "position": "Певец",
        "status": "ACTIVE",
        "adGuid": "12345678-9abc-def0-1234-56789abcdef0",
    }


@pytest.mark.parametrize(
    ("attributes", "surname", "name"),
    [
        ({"displayName": "Цой Виктор Робертович"}, "Цой", "Виктор Робертович"),
        ({"displayName": "Цой"}, "Цой", None),
        ({}, "ann", None),
        ({"givenName": "Виктор", "displayName": "Цой В."}, None, "Виктор"),
        ({"sn": " "}, "ann", None),
    ],
)
def test_names_of_an_account_without_them(attributes: dict[str, str], surname: str | None, name: str | None) -> None:
    found = values(account(**attributes))
    assert (found["surname"], found["name"]) == (surname, name)


@pytest.mark.parametrize(
    ("attributes", "status"),
    [
        ({"userAccountControl": "512"}, "ACTIVE"),
        ({"userAccountControl": "514"}, "INACTIVE"),
        ({"userAccountControl": "262656"}, "ACTIVE"),
        ({"userAccountControl": "512", "pwdLastSet": "0"}, "ACTIVE"),
        ({"accountExpires": "0"}, "ACTIVE"),
        ({"accountExpires": "9223372036854775807"}, "ACTIVE"),
        ({"accountExpires": "130000000000000000"}, "INACTIVE"),
        ({"accountExpires": "150000000000000000"}, "ACTIVE"),
        ({"accountExpires": "9000000000000000000"}, "ACTIVE"),
    ],
)
def test_the_status(attributes: dict[str, str], status: str) -> None:
    assert values(account(**attributes))["status"] == status


def test_further_fields_and_several_values() -> None:
    found = person_values(
        account(telephoneNumber=["+7 702", "+7 701"]),
        settings("adAttribute.phone=telephoneNumber\nadStatusActive=ON\n"),
        ["phone", "status"],
        NOW,
    )
    assert found == {"phone": "+7 701", "status": "ON"}


def test_values_that_are_no_text_are_skipped() -> None:
    found = account(title=b"a\0b", sn=[b"\xff\xfe", "Цой".encode()])
    assert [(bad.attribute, bad.reason) for bad in found.bad_values] == [
        ("title", "has a zero byte"),
        ("sn", "is no text in UTF-8"),
    ]
    assert (values(found)["surname"], values(found)["position"]) == ("Цой", None)


def test_without_an_identity_there_is_no_account() -> None:
    with pytest.raises(EnvironmentFault, match="no objectGUID of CN=x"):
        account_of("CN=x", {"samaccountname": [b"x"]})


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("(department=IT)", ("department",)),
        ("(&(|(a=1)(b>=2))(!(c=*)))", ("a", "b", "c")),
        ("(userAccountControl:1.2.840.113556.1.4.803:=2)", ("userAccountControl",)),
        ("(cn=*\\28x=y\\29*)", ("cn",)),
        ("(a~=1)(a=2)", ("a",)),
        ("( cn = x )", ("cn",)),
    ],
)
def test_attributes_of_a_filter(text: str, names: tuple[str, ...]) -> None:
    assert named_attributes(text) == names


def test_attributes_that_must_be_known_and_those_that_are_read() -> None:
    found = settings("adUserFilter=(&(department=IT)(SN=*))\nadAttribute.phone=mobile")
    assert set(needed_attributes(found)) - set(read_attributes(found)) == {"department"}
    assert {"sn", "givenName", "title", "mobile", "objectGUID"} <= set(read_attributes(found))
    assert "SN" not in needed_attributes(found)
