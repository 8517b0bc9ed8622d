"""Syncs with a directory, from its entries to store, journal, receipts and out_ tables."""

import json

import pytest

from etl.engine import read_unit, undo
from etl.errors import EnvironmentFault
from etl.sources.directory.people.values import Vanished
from tests.fix_company import OUT, STORE
from tests.integration.directory.conftest import Office, entry, guid


def test_a_first_sync_and_the_same_again(office: Office) -> None:
    """Created with values and access; adopted whom a partner brought; the second time has nothing to do."""
    office.feed({"a": "ANN", "i": "ann@corp.kz", "r": "root"}, {"Central": "CN=C", "Manual": ""}, {"Central": ["i"]})
    office.groups = {"cn=c": guid(50)}
    office.has(entry(1, "ann", "CN=C", name="Ann"), entry(2, "bob", is_active=False), entry(3, "Root"))
    before = office.id_of("ANN")
    outcome = office.sync()
    assert (outcome.exit_code, next(str(one) for one in outcome.left_out)[:15]) == (1, "leave out Root:")
    assert office.id_of("ann") == before
    assert office.people() == {
        "ann": ("ACTUAL", "ACTIVE", "Ann"),
        "ann@corp.kz": ("ACTUAL", None, "i"),
        "bob": ("ACTUAL", "INACTIVE", "Bob"),
        "root": ("ACTUAL", None, "r"),
    }
    assert office.members() == {"Central": ["ann", "ann@corp.kz"], "Manual": []}
    rows = office.site.look(f"select email, status, accesslevel from {OUT}.person where status is not null order by 1")
    shown = [tuple(row.values()) for row in rows]
    assert shown == [("ann", "ACTIVE", None), ("bob", "INACTIVE", "ACCESS_ALLOWED")]
    assert office.site.value(f"select count(*) from {OUT}._persongroup_users_") == 2
    with office.site.runtime() as runtime:
        unit = read_unit(runtime, outcome.unit or 0).unit
    assert (unit.kind, unit.source) == ("sync", "directory")
    assert '"created": 1' in json.dumps(unit.receipt)
    changes = office.journal()
    again = office.sync()
    assert (again.changes, again.unit, office.journal()) == ((), None, changes)
    assert [row["login"] for row in office.noted()] == ["ann", "bob"]


def test_a_dry_run_is_what_the_sync_does_and_writes_nothing(office: Office) -> None:
    office.feed({"a": "ann"}, {"G": "CN=g"}, {})
    office.has(entry(1, "ann", "cn=g"), entry(2, "bob", "cn=g"))
    changes = office.journal()
    dry = office.sync(is_dry=True)
    assert (office.journal(), office.noted()) == (changes, [])
    assert office.site.value(f"select count(*) from {STORE}.ad_run") == 0
    done = office.sync()
    assert [str(one) for one in dry.changes] == [str(one) for one in done.changes]
    assert dry.counters == done.counters


def test_two_exchange_logins_and_one_gets_that_of_a_leaver(office: Office) -> None:
    office.has(*(entry(n, login) for n, login in ((1, "ann"), (2, "bob"), (3, "eve"))))
    office.sync()
    ids = {login: office.id_of(login) for login in ("ann", "bob", "eve")}
    office.has(entry(1, "bob"), entry(2, "ann"), entry(4, "Eve"))
    outcome = office.sync()
    assert outcome.exit_code == 0
    assert (office.id_of("bob"), office.id_of("ann")) == (ids["ann"], ids["bob"])
    assert office.id_of("eve~00000003") == ids["eve"]
    assert office.people()["eve~00000003"][1] == "INACTIVE"
    assert office.people()["Eve"][:2] == ("ACTUAL", "ACTIVE")
    office.has(entry(1, "bob"), entry(2, "ann"), entry(4, "Eve"))
    assert office.sync().changes == ()


def test_only_what_a_sync_switched_off_comes_back(office: Office) -> None:
    both = [entry(1, "ann"), entry(2, "bob")]
    office.has(*both, entry(3, "eve"))
    office.sync()
    office.has(entry(3, "eve"))
    assert office.sync().counts == {"Deactivate": 2}
    office.site.look(f"update {STORE}.bo_person set status = 'BLOCKED' where email = 'bob' returning 1")
    office.has(*both, entry(3, "eve"))
    assert [str(one) for one in office.sync().changes] == ["reactivate ann"]
    assert [one[1] for one in office.people().values()] == ["ACTIVE", "BLOCKED", "ACTIVE"]


def test_vanished_people_may_be_removed_and_return(office: Office) -> None:
    office.feed({}, {"G": "CN=g"}, {})
    office.has(entry(1, "ann", "cn=g"), entry(2, "bob", "cn=g"))
    office.sync()
    ann = office.id_of("ann")
    office.has(entry(2, "bob", "cn=g"))
    office.sync(vanished=Vanished.REMOVE)
    assert (office.people()["ann"][0], office.members()) == ("REMOVED", {"G": ["bob"]})
    assert office.sync(vanished=Vanished.REMOVE).changes == ()
    office.has(entry(1, "ann", "cn=g"), entry(2, "bob", "cn=g"))
    assert office.sync(vanished=Vanished.REMOVE).counts == {"Reactivate": 1, "Join": 1}
    assert (office.id_of("ann"), office.people()["ann"][0]) == (ann, "ACTUAL")


def test_the_last_member_leaves_and_others_stay(office: Office) -> None:
    """A full set of the partner is none of the sync's; an internal member and the header stay."""
    office.feed({"i": "i@corp.kz"}, {"G": "CN=g", "H": "CN=h", "Manual": ""}, {"H": ["i"]})
    office.has(entry(1, "ann", "cn=g", "cn=h"), entry(2, "bob", "cn=x"))
    office.sync()
    assert office.members() == {"G": ["ann"], "H": ["ann", "i@corp.kz"], "Manual": []}
    office.has(entry(1, "ann", "cn=h"), entry(2, "bob"))
    office.sync()
    assert office.members() == {"G": [], "H": ["ann", "i@corp.kz"], "Manual": []}
    assert office.site.value(f"select count(*) from {OUT}._persongroup_users_") == 2


def test_guards_stop_before_anything_changes(office: Office) -> None:
    office.feed({}, {"G": "CN=g"}, {})
    people = [entry(n, f"u{n}", "cn=g") for n in range(1, 6)]
    office.has(*people)
    office.sync()
    changes = office.journal()
    office.has()
    stopped = office.sync(accept=True)
    assert (stopped.exit_code, [one.guard for one in stopped.stops]) == (3, ["empty read"])
    office.has(*people[:3])
    stopped = office.sync(max_vanished_share=10)
    assert [one.guard for one in stopped.stops] == ["adMaxVanishedShare"]
    assert (stopped.unit, office.journal()) == (None, changes)
    runs = office.site.look(f"select result, message from {STORE}.ad_run order by run")
    assert [row["result"] for row in runs] == ["done", "stopped", "stopped"]
    assert "2 of 5 active people" in runs[-1]["message"]
    assert office.sync(max_vanished_share=10, accept=True).counts == {"Deactivate": 2, "Leave": 2}


def test_whom_the_merge_refuses_is_left_out(office: Office) -> None:
    office.feed({}, {"G": "CN=g"}, {})
    office.has(entry(1, "ann", "cn=g"), entry(2, "x" * 3000, "cn=g"))
    outcome = office.sync()
    assert (outcome.exit_code, outcome.counts) == (1, {"Create": 1, "Join": 1, "LeaveOut": 1})
    assert outcome.left_out[0].reason.startswith("UNIQUE_TOO_LONG: ")
    assert office.members() == {"G": ["ann"]}
    [error] = office.site.look(f"select code, in_table, run from {STORE}.err")
    assert tuple(error.values()) == ("UNIQUE_TOO_LONG", "in_Person", outcome.unit)
    assert [row["login"] for row in office.noted()] == ["ann"]


def test_an_undo_and_the_next_sync(office: Office) -> None:
    office.feed({"a": "ann"}, {"G": "CN=g"}, {})
    columns = "email, surname, status, adguid"
    before = office.site.look(f"select _id, {columns} from {STORE}.bo_person")
    office.has(entry(1, "Ann", "cn=g"), entry(2, "bob", "cn=g"))
    unit = office.sync().unit
    with office.site.runtime() as runtime:
        undo(runtime, unit or 0)
    after = office.site.look(f"select _id, {columns} from {STORE}.bo_person where _state = 'ACTUAL'")
    assert (after, office.members()) == (before, {"G": []})
    office.sync()
    assert office.members() == {"G": ["Ann", "bob"]}
    assert office.people()["bob"][:2] == ("ACTUAL", "ACTIVE")


def test_a_read_that_fails_changes_nothing(office: Office) -> None:
    office.has(entry(1, "ann"))
    office.sync()
    changes = office.journal()

    def fail() -> None:
        raise EnvironmentFault("the directory dc1 cannot be reached")

    office.during = fail
    with pytest.raises(EnvironmentFault, match="cannot be reached"):
        office.sync()
    assert office.journal() == changes
    last = office.site.look(f"select result, message from {STORE}.ad_run order by run")[-1]
    assert tuple(last.values()) == ("failed", "the directory dc1 cannot be reached")
