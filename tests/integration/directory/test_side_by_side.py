"""Syncs beside each other, beside runs of the partner, and of one user alone."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from etl.engine.directory import SyncRunning
from etl.errors import ConfigurationError, FencedOut
from tests.fix_company import BOTH_LAYOUTS, OUT, STORE, MakeSite
from tests.integration.directory.conftest import DOCUMENTS, Office, entry, guid


def test_one_sync_of_all_at_a_time(office: Office) -> None:
    office.has(entry(1, "ann"))
    others: list[str] = []

    def meanwhile() -> None:
        office.during = lambda: None
        with pytest.raises(SyncRunning) as refused:
            office.sync()
        others.append(str(refused.value))
        with pytest.raises(SyncRunning) as refused:
            office.sync_one("ann")
        others.append(str(refused.value))

    office.during = meanwhile
    assert office.sync().counts == {"Create": 1}
    assert [text.split(":")[0] for text in others] == [
        "another sync of all users is under way",
        "a sync of all users is under way",
    ]
    assert office.sync_one("ANN").changes == ()


def test_an_elder_read_never_overwrites_a_later_one(office: Office) -> None:
    """Its lease has run out, and another one has taken its place: it writes nothing."""
    office.has(entry(1, "ann"))

    def freeze() -> None:
        office.during = lambda: None
        office.site.look(f"update {STORE}.ad_run set lease_until = clock_timestamp() returning 1")
        office.has(entry(1, "ann.new"))
        office.sync()
        office.has(entry(1, "ann"))

    office.during = freeze
    with pytest.raises(FencedOut):
        office.sync()
    assert list(office.people()) == ["ann.new"]
    results = office.site.look(f"select result from {STORE}.ad_run order by run")
    assert [row["result"] for row in results] == ["failed", "done"]


def test_one_user_alone(office: Office) -> None:
    office.feed({"b": "bob"}, {"G": "CN=g", "H": "CN=h"}, {})
    office.has(entry(1, "ann", "cn=g"), entry(2, "bob", "cn=g"))
    office.sync()
    office.has(entry(1, "Ann", "cn=h", name="A"), entry(2, "bob"), entry(3, "eve", "cn=h"))
    assert office.sync_one("unknown").changes == ()
    assert office.sync_one("ann", is_dry=True).counts == {"Rename": 1, "Change": 1, "Join": 1, "Leave": 1}
    assert office.sync_one("ann").counts == {"Rename": 1, "Change": 1, "Join": 1, "Leave": 1}
    assert office.sync_one("EVE").counts == {"Create": 1, "Join": 1}
    assert office.members() == {"G": ["bob"], "H": ["Ann", "eve"]}
    assert office.sync().counts == {"Leave": 1}


def test_many_users_at_once(office: Office) -> None:
    office.feed({}, {"G": "CN=g"}, {})
    office.has(*(entry(n, f"u{n}", "cn=g") for n in range(4)))
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda n: office.sync_one(f"u{n}", wait_seconds=30), range(4)))
    assert [one.counts for one in found] == [{"Create": 1, "Join": 1}] * 4
    assert office.members() == {"G": ["u0", "u1", "u2", "u3"]}


@BOTH_LAYOUTS
def test_beside_a_run_of_the_partner(make_site: MakeSite) -> None:
    """Each has its fields: what the partner hands over meanwhile is there, and so is what the sync brings."""
    office = Office(make_site(DOCUMENTS))
    office.feed({f"p{n}": f"u{n}" for n in range(20)}, {"G": "CN=g"}, {})
    office.has(*(entry(n, f"u{n}", "cn=g", name=f"N{n}") for n in range(20)))
    rows = [{"in_id": f"p{n}", "email": f"u{n}", "surname": f"U{n}", "accesslevel": "FULL"} for n in range(20)]
    office.site.partner.redeliver("in_person", *({**row, "out_id": None, "removed": False} for row in rows))
    office.site.partner.hand_over()
    barrier = Barrier(2)
    office.during = lambda: barrier.wait(60)
    with ThreadPoolExecutor(1) as pool:
        run = pool.submit(lambda: (barrier.wait(60), office.site.run()))
        assert office.sync().exit_code == 0
        run.result()
    office.during = lambda: None
    office.sync()
    found = office.site.look(f"select name, accesslevel, status, adguid from {STORE}.bo_person order by _in_id")
    wanted = [(f"N{n}", "FULL", "ACTIVE", guid(n)) for n in sorted(range(20), key=lambda n: f"p{n}")]
    assert [tuple(row.values()) for row in found] == wanted
    assert len(office.members()["G"]) == 20
    shown = office.site.look(
        f"select count(*) as n from {OUT}.person where name is not null", at=office.site.out_database
    )
    assert shown[0]["n"] == 20


def test_links_that_wait_for_a_person(office: Office) -> None:
    """The partner names the header by his objectGUID before the directory has brought this person."""
    fill = office.site.partner.fill
    fill("in_persongroup", {"in_id": "G", "name": "G"})
    fill("in_persongroup_header", {"persongroup_id": "G", "header_id": guid(1)})
    office.site.partner.hand_over()
    office.site.run()
    office.has(entry(1, "ann"))
    office.sync()
    assert office.site.value(f"select count(*) from {STORE}.link_persongroup_header") == 1
    assert office.site.value(f"select count(*) from {STORE}.boi_reference") == 0


def test_an_account_that_was_made_again(office: Office) -> None:
    """The former person gets it, with instance and login; the one whom a sync has made meanwhile is released."""
    office.feed({"r": "root"}, {"G": "CN=g"}, {})
    office.has(entry(1, "ann", "cn=g"))
    office.sync()
    ann = office.id_of("ann")
    office.has(entry(2, "ann", "cn=g"))
    office.sync()
    former = "ann~00000001"
    for login, number, reason in (
        ("unknown", guid(2), "no person has the login"),
        ("root", guid(2), "internal"),
        (former, "2", "no objectGUID"),
    ):
        with pytest.raises(ConfigurationError, match=reason):
            office.adopt(login, number)
    results = f"select array_agg(coalesce(result, '') order by run) from {STORE}.ad_run"
    assert office.site.value(results) == ["done", "done", "failed", "failed"], "none of them is under way"
    would = office.adopt(former, guid(2), is_dry=True)
    assert office.site.value(results) == ["done", "done", "failed", "failed"], "a dry run is not noted"
    done = office.adopt(former.upper(), f"{{{guid(2).upper()}}}")
    assert [str(one) for one in would.changes] == [str(one) for one in done.changes]
    assert office.members() == {"G": []}
    assert office.sync().exit_code == 0
    assert (office.id_of("ann"), office.members()) == (ann, {"G": ["ann"]})
    assert office.people() == {
        "ann": ("ACTUAL", "ACTIVE", "Ann"),
        "ann~00000002": ("ACTUAL", "INACTIVE", "Ann"),
        "root": ("ACTUAL", None, "r"),
    }
    assert office.sync().changes == ()
    assert office.adopt("ann", guid(2)).changes == ()
