"""Which person an entry is: never by values that happen to be equal."""

import pytest

from etl.sources.directory.people.changes import Create, LeaveOut
from tests.unit.directory.people import entry, guid, person, planned, said


def test_the_noted_guid_counts_before_login_and_ad_guid() -> None:
    """Renamed, moved, new login: the same person."""
    ann = person("p1", "ann", 1)
    copy = person("p2", "copy", values={"adGuid": guid(1)})
    plan = planned([entry(1, "ann.new")], [ann, copy])
    assert said(plan.changes) == ["rename ann to ann.new", "change ann.new: surname"]
    assert plan.noted[0].instance == "p1"


def test_ad_guid_in_the_store_is_enough() -> None:
    plan = planned([entry(1, "ann")], [person("p1", "ann", values={"adGuid": guid(1).upper()})])
    assert said(plan.changes) == ["change ann: adGuid"]  # written in small letters


def test_two_people_with_one_ad_guid_are_left_out() -> None:
    people = [person(f"p{n}", f"ann{n}", values={"adGuid": guid(1)}) for n in (1, 2)]
    [left_out] = planned([entry(1, "ann")], people).changes
    assert "2 people have the adGuid" in str(left_out)


def test_a_person_with_the_login_in_other_case_is_adopted() -> None:
    plan = planned([entry(1, "Ann")], [person("p1", "aNN")])
    assert said(plan.changes) == ["rename aNN to Ann", "adopt Ann: adGuid"]
    assert plan.noted[0].status_written == "ACTIVE"


@pytest.mark.parametrize(
    "other",
    [
        person("p1", "ann", state="REMOVED"),
        person("p1", "ann", values={"adGuid": guid(7)}),
        person("p1", "ann@corp.kz"),
    ],
)
def test_others_are_never_adopted(other: object) -> None:
    """Nor is a person taken over whose values are equal: the login waits, or a new person is made."""
    plan = planned([entry(1, "ann"), entry(7, "bob")], [other])  # type: ignore[list-item]
    assert all("adopt ann" not in text for text in said(plan.changes))
    assert not any(one.guid == guid(1) and one.instance == "p1" for one in plan.noted)


@pytest.mark.parametrize("login", ["root", "Root", " ROOT ", "ann@corp.kz", "", " ", "a\x00b"])
def test_logins_of_internal_people_are_left_out(login: str) -> None:
    plan = planned([entry(1, login), entry(2, "bob")], [person("p1", "root"), person("p2", "ann@corp.kz")])
    assert [type(one) for one in plan.changes] == [LeaveOut, Create]
    assert [one.login for one in plan.of(Create)] == ["bob"]


def test_who_is_left_out_has_not_vanished() -> None:
    plan = planned([entry(1, "ann@corp.kz")], [person("p1", "ann", 1)])
    assert [type(one) for one in plan.changes] == [LeaveOut]
    assert plan.of(LeaveOut)[0].instance == "p1"


def test_a_person_who_became_internal_is_left_out() -> None:
    [left_out] = planned([entry(1, "ann")], [person("p1", "ann@corp.kz", 1)]).changes
    assert "is internal now" in str(left_out)


def test_a_person_whom_a_user_removed_is_left_out_and_one_whom_a_sync_removed_returns() -> None:
    by_user = person("p1", "ann", 1, state="REMOVED")
    by_sync = person("p2", "bob", 2, state="REMOVED", status_written="REMOVED", is_vanished=True)
    plan = planned([entry(1, "ann"), entry(2, "bob")], [by_user, by_sync])
    assert [str(one).split(":")[0] for one in plan.changes] == ["leave out ann", "reactivate bob"]


def test_two_logins_are_exchanged() -> None:
    plan = planned([entry(1, "bob"), entry(2, "ann")], [person("p1", "ann", 1), person("p2", "bob", 2)])
    assert sorted(one for one in said(plan.changes) if "rename" in one) == ["rename ann to bob", "rename bob to ann"]
    assert not plan.of(LeaveOut)


def test_the_login_of_a_person_who_vanished_is_passed_on() -> None:
    plan = planned([entry(2, "Ann")], [person("p1", "ann", 1)])
    assert said(plan.changes) == [
        "pass the login ann on: the former person becomes ann~00000001",
        "create Ann",
        "deactivate ann: no longer among the accounts read",
    ]
    assert {one.guid: one.login for one in plan.noted} == {guid(2): "Ann", guid(1): "ann~00000001"}


def test_a_login_that_another_person_keeps_is_refused() -> None:
    """Of one user alone it is not known whether the holder is still there; his refusal may free no login."""
    people = [person("p1", "ann", 1), person("p2", "bob", 2)]
    alone = planned([entry(2, "ann")], people, is_complete=False)
    assert [type(one) for one in alone.changes] == [LeaveOut]
    chain = planned([entry(1, "root"), entry(2, "ann"), entry(3, "bob")], people)
    assert [one.login for one in chain.of(LeaveOut)] == ["root", "ann", "bob"]
    assert len(chain.changes) == 3


def test_two_entries_with_one_login_are_left_out() -> None:
    plan = planned([entry(1, "ann"), entry(2, "ANN"), entry(3, "bob")], [])
    assert [type(one) for one in plan.changes] == [LeaveOut, LeaveOut, Create]
