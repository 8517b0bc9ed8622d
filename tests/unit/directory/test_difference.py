"""Status, values and memberships: what a sync changes, and what it leaves as people have set it."""

import pytest

from etl.sources.directory.people.changes import Change, Create, Deactivate, Join, Leave, Reactivate
from etl.sources.directory.people.difference import plan_sync
from etl.sources.directory.people.values import StoredState, SyncRules, Vanished
from tests.unit.directory.people import RULES, entry, group, guid, person, planned, said


def test_a_new_person_gets_all_values_and_access() -> None:
    [created] = planned([entry(1, "ann", name="Ann", is_active=False)], []).of(Create)
    assert created.values == {
        "surname": "ANN",
        "name": "Ann",
        "adGuid": guid(1),
        "email": "ann",
        "status": "INACTIVE",
        "accessLevel": "ACCESS_ALLOWED",
    }


def test_nothing_differs_the_second_time() -> None:
    plan = planned([entry(1, "ann", "r")], [person("p1", "ann", 1)], group("g1", "r", "p1"))
    assert plan.changes == ()


def test_only_given_fields_change_and_a_value_that_is_gone_empties_its_field() -> None:
    ann = person("p1", "ann", 1, values={"name": "Ann", "accessLevel": "FULL", "position": "boss"})
    [change] = planned([entry(1, "ann", name=None)], [ann]).changes
    assert isinstance(change, Change)
    assert (change.before, change.values) == ({"name": "Ann"}, {"name": None})


@pytest.mark.parametrize(
    ("status", "written", "is_active", "kind", "noted"),
    [
        ("ACTIVE", "ACTIVE", False, Deactivate, "INACTIVE"),
        ("INACTIVE", "INACTIVE", False, None, "INACTIVE"),
        ("INACTIVE", "INACTIVE", True, Reactivate, "ACTIVE"),
        ("INACTIVE", "ACTIVE", True, None, "ACTIVE"),  # an administrator's block stays
        ("INACTIVE", "ACTIVE", False, None, "ACTIVE"),  # and is not taken for the sync's own
        ("BLOCKED", "INACTIVE", True, None, "ACTIVE"),
        ("BLOCKED", "ACTIVE", False, None, "ACTIVE"),
        ("", "", True, Change, "ACTIVE"),
        ("", "", False, Change, "INACTIVE"),
    ],
)
def test_status(status: str, written: str, is_active: bool, kind: type | None, noted: str) -> None:
    ann = person("p1", "ann", 1, status=status, status_written=written)
    plan = planned([entry(1, "ann", is_active=is_active)], [ann])
    assert [type(one) for one in plan.changes] == ([kind] if kind else [])
    assert plan.noted[0].status_written == noted


@pytest.mark.parametrize(
    ("vanished", "expected"),
    [
        (Vanished.DEACTIVATE, ["deactivate ann: no longer among the accounts read", "remove ann from group g1"]),
        (Vanished.REMOVE, ["remove ann: no longer among the accounts read", "remove ann from group g1"]),
        (Vanished.KEEP, []),
    ],
)
def test_vanished_people(vanished: Vanished, expected: list[str]) -> None:
    """Only the directory's own: neither internal people nor those who wait for adoption."""
    people = [person("p1", "ann", 1), person("p2", "waiting"), person("p3", "root"), person("p4", "x@corp.kz", 4)]
    group_of_all = group("g1", "r", "p1", "p2", "p3", "p4")
    rules = SyncRules(manages_groups=True, vanished=vanished)
    plan = planned([entry(9, "bob", "r")], people, group_of_all, rules=rules)
    assert [text for text in said(plan.changes) if "bob" not in text] == expected
    assert plan.known == 1


@pytest.mark.parametrize(
    ("elsewhere", "reason"),
    [
        ({}, "no longer among the accounts read"),
        ({guid(1): ""}, "deleted in the directory, or hidden from adUsername"),
        ({guid(1): "cn=ann,ou=left"}, "moved out of adBase or adUserFilter, to cn=ann,ou=left"),
    ],
)
def test_where_a_vanished_person_is(elsewhere: dict[str, str], reason: str) -> None:
    plan = plan_sync([entry(2, "bob")], StoredState([person("p1", "ann", 1)]), RULES, elsewhere=elsewhere)
    assert said(plan.of(Deactivate)) == [f"deactivate ann: {reason}"]


def test_who_vanished_before_is_not_deactivated_twice() -> None:
    gone = person("p1", "ann", 1, status="INACTIVE", status_written="INACTIVE", is_vanished=True)
    plan = planned([entry(2, "bob")], [gone, person("p2", "bob", 2)])
    assert plan.changes == ()
    back = planned([entry(1, "ann"), entry(2, "bob")], [gone, person("p2", "bob", 2)])
    assert said(back.changes) == ["reactivate ann"]


def test_the_example_of_the_documentation() -> None:
    """In Problem and VPN, with the roles Central and problem: into Central, out of VPN and of a manual group."""
    groups = [group("central", "c"), group("problem", "p", "e"), group("vpn", "v", "e", "x"), group("manual", "", "e")]
    people = [person("e", "example", 1), person("x", "x@corp.kz")]
    plan = planned([entry(1, "example", "c", "p")], people, *groups)
    assert said(plan.changes) == [
        "join example to group central",
        "remove example from group manual",
        "remove example from group vpn",
    ]
    assert (plan.memberships, plan.leaving) == (3, 2)
    keeping = SyncRules(manages_groups=True, keeps_manual_groups=True)
    kept = planned([entry(1, "example", "c", "p")], people, *groups, rules=keeping)
    assert [one.group for one in kept.of(Leave)] == ["vpn"]


def test_without_a_field_of_groups_no_membership_is_touched() -> None:
    plan = planned([entry(1, "ann", "r")], [person("p1", "ann", 1)], group("g1", "r"), rules=SyncRules())
    assert plan.changes == ()
    assert plan.met_roles is None


def test_several_groups_with_one_role_and_a_group_that_is_held() -> None:
    groups = [group("g1", "r"), group("g2", "r"), group("g3", "old", "p1", is_held=True)]
    plan = planned([entry(1, "ann", "r"), entry(2, "new", "r")], [person("p1", "ann", 1)], *groups)
    joined = [(one.group, one.login, one.instance) for one in plan.of(Join)]
    assert joined == [("g1", "ann", "p1"), ("g2", "ann", "p1"), ("g1", "new", ""), ("g2", "new", "")]
    assert not plan.of(Leave)


def test_one_user_alone_touches_no_other() -> None:
    people = [person("p1", "ann", 1), person("p2", "bob", 2)]
    plan = planned([entry(1, "ann")], people, group("g1", "r", "p1", "p2"), is_complete=False)
    assert said(plan.changes) == ["remove ann from group g1"]
