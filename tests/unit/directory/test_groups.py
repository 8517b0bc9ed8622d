"""Groups of accounts: direct, nested, in a circle, primary; long lists that come in parts."""

from collections.abc import Mapping, Sequence

import pytest

from etl.errors import EnvironmentFault
from etl.sources.directory import Account, Group, Groups, same_name
from etl.sources.directory.groups import unparsed
from etl.sources.directory.ranges import whole


def group(name: str, *above: str, relative_id: int = 0) -> Group:
    return Group(f"guid of {name}", f"CN={name},DC=x", relative_id, tuple(f"CN={one},DC=X" for one in above))


def account(*groups: str, primary: int | None = None) -> Account:
    return Account("guid", "CN=a", "a", False, None, {}, tuple(f"cn={one},dc=x" for one in groups), primary)


def names(found: frozenset[str]) -> list[str]:
    return sorted(name.partition(",")[0].removeprefix("cn=") for name in found)


def test_direct_groups_alone() -> None:
    groups = Groups((group("inner", "outer"), group("outer")))
    assert names(groups.names_of(account("INNER"), nested=False)) == ["inner"]


def test_groups_of_groups() -> None:
    groups = Groups((group("a", "b"), group("b", "c", "d"), group("c"), group("d", "elsewhere")))
    assert names(groups.names_of(account("a"), nested=True)) == ["a", "b", "c", "d", "elsewhere"]


def test_groups_in_a_circle() -> None:
    groups = Groups((group("a", "b"), group("b", "c"), group("c", "a"), group("self", "self")))
    assert names(groups.names_of(account("b", "self"), nested=True)) == ["a", "b", "c", "self"]


def test_primary_groups_are_counted() -> None:
    groups = Groups((group("users", relative_id=513), group("other", relative_id=1000)))
    accounts = [account(primary=513), account(primary=513), account(primary=7), account()]
    assert groups.primary(accounts) == {same_name("CN=users,DC=x"): 2}


def test_a_group_is_found_however_its_name_is_written() -> None:
    groups = Groups((Group("guid", r"CN=Отдел \"A\, B\" \+ C,DC=x", 1, ()),))
    assert groups.find(r'cn="отдел \"a, b\" + c"; dc=X') is groups.listed[0]
    assert groups.find("CN=Отдел,DC=x") is None
    assert list(unparsed(["CN=a,DC=x", "just words"])) == ["just words"]


def test_a_long_list_is_read_to_its_end() -> None:
    """Windows sends 1,500 values at most; neither Samba nor OpenLDAP does so."""
    asked: list[str] = []

    def fetch(name: str) -> Mapping[str, Sequence[bytes]]:
        asked.append(name)
        first = int(name.partition("=")[2].partition("-")[0])
        last = "*" if first == 3000 else str(first + 1499)
        return {
            "dn": [],
            f"memberOf;Range={first}-{last}": [b"%d" % one for one in range(first, min(first + 1500, 3200))],
        }

    attributes = {"sn": [b"x"], "memberOf": [], "memberOf;range=0-1499": [b"%d" % one for one in range(1500)]}
    found = whole(attributes, fetch)
    assert found["memberof"] == tuple(b"%d" % one for one in range(3200))
    assert found["sn"] == (b"x",)
    assert asked == ["memberOf;range=1500-*", "memberOf;range=3000-*"]


@pytest.mark.parametrize("answer", [{}, {"memberOf;range=1-*": [b"x"]}, {"memberOf": [b"x"]}])
def test_a_list_that_is_not_continued_is_no_list(answer: Mapping[str, Sequence[bytes]]) -> None:
    with pytest.raises(EnvironmentFault, match="does not continue memberOf behind value 1"):
        whole({"memberOf;range=0-1": [b"a", b"b"]}, lambda _: answer)
