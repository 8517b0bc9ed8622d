"""Distinguished names are compared as the directory compares them, however they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.sources.directory.names import parse, same_name

EQUAL = [
    ("CN=vpn_user,OU=Groups,DC=ok,DC=kz", "cn = VPN_User , ou=groups,dc=OK,dc=kz"),
    (r"CN=a\,b,DC=x", r"CN=a\2Cb,DC=x"),
    (r"CN=a\,b,DC=x", 'CN="A,b",DC=x'),
    (r"CN=A\+B \<x\>\; c\\d \= e/f,DC=x", r"CN=A\2BB \3Cx\3E\3B c\5Cd \3D e/f,DC=x"),
    (r"CN=A\3Db,DC=x", "CN=A=b,DC=x"),
    ("CN=a,DC=x", "CN=a;DC=x"),
    ("CN=Отдел,DC=x", r"CN=\D0\9E\D1\82\D0\B4\D0\B5\D0\BB,DC=x"),
    ("CN=Группа  рассылок,DC=x", "CN=ГРУППА рассылок,DC=x"),
    ("CN=й,DC=x", "CN=й,DC=x"),
    (r"CN=\ край\ ,DC=x", "CN=край,DC=x"),
    ("CN=a+OU=b,DC=x", "OU=b + CN=A,DC=x"),
    (r"CN=\#number,DC=x", r"CN=\23number,DC=x"),
    ("  no name at all ", "No Name At  All"),
]
DIFFERENT = [
    ("CN=a,DC=x", "CN=b,DC=x"),
    ("CN=a,DC=x", "CN=a,DC=x,DC=y"),
    (r"CN=a\,OU\=b,DC=x", "CN=a,OU=b,DC=x"),
    ("CN=a,DC=x", "OU=a,DC=x"),
    ("CN=a", "a"),
]


@pytest.mark.parametrize(("one", "other"), EQUAL)
def test_equal_names(one: str, other: str) -> None:
    assert same_name(one) == same_name(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_names(one: str, other: str) -> None:
    assert same_name(one) != same_name(other)


def test_a_unit_that_is_called_like_a_part_of_a_name() -> None:
    """As the vendor's guide has it, Synchronization of working groups."""
    assert parse("CN=problem,OU=DC=ok,DC=kz") == ((("cn", "problem"),), (("ou", "dc=ok"),), (("dc", "kz"),))


@pytest.mark.parametrize("text", ["", "no name", "=a", "CN", "CN=a\\", 'CN="a', r"CN=\FF,DC=x", "CN=a,,DC=x", "a b=c"])
def test_what_is_no_name(text: str) -> None:
    assert parse(text) is None


def escaped(value: str) -> str:
    """As RFC 4514 wants a value written; every special letter in hexadecimal."""
    return "".join(f"\\{ord(letter):02x}" if letter in ',+"\\<>;=# \0' else letter for letter in value)


VALUES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)


@given(st.lists(VALUES, min_size=1, max_size=4))
def test_a_name_has_the_parts_of_which_it_was_made(values: list[str]) -> None:
    written = ",".join(f"OU={escaped(value)}" for value in values)
    parsed = parse(written)
    assert parsed is not None
    assert len(parsed) == len(values)
    assert parsed == parse(" ; ".join(f"ou = {escaped(value)}" for value in values))
