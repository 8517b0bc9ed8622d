"""Two transactions at once, each on a connection of its own: no link is lost, none stays beside its replacement."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy

from etl.database import transaction
from etl.engine import prepare
from etl.merge.links import lock_links
from etl.store import UndoCounters, undo_run
from tests.fix_company import BOTH_LAYOUTS, STORE, MakeSite
from tests.integration.merge.sources import DOCUMENTS, RECORDS, Records, Unit

NAMES: dict[str, dict[str, Any]] = {
    "external id": {"target_value": "x"},
    "unique value": {"target_field": "email", "target_value": "x@corp.kz"},
}


@pytest.fixture
def records(make_site: MakeSite) -> Iterator[Records]:
    site = make_site(DOCUMENTS)
    with site.runtime() as runtime:
        prepare(runtime)
        yield Records(site, runtime)


def served(records: Records, name: str) -> int:
    with records.unit() as unit:
        unit.links(name)
        return unit.counters["resolved"]


@pytest.mark.parametrize("name", ["Watcher", "Party"])
def test_a_reference_and_its_target_that_do_not_see_each_other_meet(records: Records, name: str) -> None:
    """Either may commit first, whether the target is made or gets its value; others have moved the position."""
    with records.unit() as unit:
        other = unit.instance("Claim", "other")
        unit.links(name, {"owner": other, "target_value": "never"})
    assert served(records, name) == 0
    for number, named in enumerate(NAMES.values()):
        for order in ("reference first", "target first"):
            case = f"{number} {order}"
            with records.unit() as unit:
                claim, old = unit.instance("Claim", case), unit.instance("Client", f"old {case}")
            with ExitStack() as first, ExitStack() as second:
                waits = (first if order == "reference first" else second).enter_context(records.unit())
                comes = (second if order == "reference first" else first).enter_context(records.unit())
                waits.links(name, {"owner": claim} | named)
                assert waits.statuses == {1: "WAITING"}
                if number:
                    comes.change("Client", old, "email", "X@corp.kz")
                else:
                    comes.instance("Client", "x")
                comes.links(name)
                assert comes.counters["resolved"] == 0
                first.close()
            assert served(records, name) == 1, case
            with records.unit() as unit:
                column = "email" if number else "_in_id"
                unit.look(f"update {STORE}.bo_Client set {column} = null where {column} ilike 'x%'")
    assert served(records, name) == 0
    assert [row[4] for row in records.waiting()] == ["never"]


def test_what_a_slower_transaction_brings_is_not_passed_over(records: Records) -> None:
    with records.unit() as unit:
        claim = unit.instance("Claim", "k")
        unit.links("Watcher", {"owner": claim, "target_value": "x"})
    assert served(records, "Watcher") == 0
    with records.unit() as slow:
        slow.instance("Client", "x")
        for _ in range(3):  # others look up references, close and commit meanwhile
            assert served(records, "Watcher") == 0
    assert served(records, "Watcher") == 1
    assert records.links("Watcher") == {("k", "x")}


@pytest.mark.parametrize("name", ["Watcher", "Party"])
@pytest.mark.parametrize("way", list(NAMES))
def test_a_reference_meets_what_an_older_transaction_brings(records: Records, name: str, way: str) -> None:
    """That one ends first, and others look up all that is there before the reference is."""
    with records.unit() as unit:
        claim = unit.instance("Claim", "k")
        unit.links(name, {"owner": claim, "target_value": "never"})
    assert served(records, name) == 0
    with ExitStack() as older, records.unit() as waits:
        comes = older.enter_context(records.unit())
        comes.instance("Client", "x", email="X@corp.kz")
        waits.links(name, {"owner": claim} | NAMES[way], serves=False)
        assert waits.statuses == {1: "WAITING"}
        older.close()
        for _ in range(3):
            assert served(records, name) == 0
    assert served(records, name) == 1
    assert records.links(name) == {("k", "x")}


def test_a_link_that_another_source_makes_during_a_unit_is_newer_than_its_start(records: Records) -> None:
    """The unit's own links have the time of its start."""
    with records.unit() as unit:
        claim = unit.instance("Claim", "k")
        for name in "ab":
            unit.instance("Client", name)
    with ExitStack() as earlier:
        unit = earlier.enter_context(records.unit(source=replace(RECORDS, is_ordered=False)))
        with records.unit() as later:
            later.links("Client", {"owner": claim, "target_value": "b"})
        unit.links("Client", {"owner": claim, "target_value": "a"})
    assert records.links("Client") == {("k", "b")}


def test_a_reference_that_was_taken_away_meanwhile_is_not_linked(records: Records) -> None:
    with records.unit() as unit:
        claim = unit.instance("Claim", "k")
        unit.links("Watcher", {"owner": claim, "target_value": "x"})
    waiting = threading.Thread(target=served, args=(records, "Watcher"))
    with records.unit() as unit:
        unit.links("Watcher", {"owner": claim, "target_value": "x", "removed": True})
        with records.unit() as other:
            other.instance("Client", "x")
        waiting.start()
        until_blocked(records)
    waiting.join(60)
    assert records.links("Watcher") == set()
    assert records.waiting() == []


def until_blocked(records: Records) -> None:
    """Waits until another session waits for a lock."""
    blocked = "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
    pause = threading.Event()
    for _ in range(600):
        if records.site.look(blocked, at=records.site.store_database):
            return
        pause.wait(0.1)
    pytest.fail("no session waits for a lock")


@pytest.mark.parametrize(("name", "waits"), [("Client", True), ("Team", True), ("Lead", True), ("Watcher", False)])
def test_links_that_replace_others_are_given_one_after_the_other(records: Records, name: str, waits: bool) -> None:
    with records.unit() as unit:
        claim = unit.instance("Claim", "k")
        for target in ("a", "b"):
            unit.instance("Client", target)
    done = threading.Event()

    def give(target: str) -> Callable[[Unit], Unit]:
        return lambda unit: unit.links(name, {"owner": claim, "target_value": target})

    def second() -> None:
        with records.unit() as unit:
            give("b")(unit)
        done.set()

    thread = threading.Thread(target=second)
    with records.unit() as unit:
        give("a")(unit)
        thread.start()
        if waits:
            until_blocked(records)
            assert not done.is_set()
        else:
            assert done.wait(60)
    thread.join(60)
    assert records.links(name) == ({("k", "b")} if waits else {("k", "a"), ("k", "b")})


def test_a_unit_with_several_fields_locks_them_in_one_order(records: Records) -> None:
    """However the fields are given, the two do not wait for each other; and longer than a statement's lock_timeout."""
    fields = [link for link in records.runtime.company.link_tables() if not link.field.only_adds_links]
    ready = threading.Barrier(2)
    failed: list[BaseException] = []

    def lock(links: list[Any]) -> None:
        try:
            with records.unit() as unit:
                ready.wait(60)
                for _ in range(20):
                    _lock(unit, links)
        except BaseException as fault:
            failed.append(fault)

    threads = [threading.Thread(target=lock, args=(links,)) for links in (fields, fields[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []


def _lock(unit: Unit, links: list[Any]) -> None:
    lock_links(unit.connection, links, unit.context)
    [row] = unit.look("select current_setting('lock_timeout') as setting")
    assert row["setting"] == "5s"


@BOTH_LAYOUTS
def test_runs_and_records_end_each_others_waiting(records: Records) -> None:
    partner = records.site.partner
    partner.fill("in_claim", {"in_id": "k"})
    partner.fill("in_claim_watcher", *({"claim_id": "k", "watcher_id": to} for to in ("c", "away", "old")))
    partner.hand_over()
    records.site.run()
    assert partner.statuses("in_claim_watcher") == {"WAITING": 3}
    with records.unit() as unit:
        [claim] = unit.look(f"select _id from {STORE}.bo_claim")
        rows = [{"owner": claim["_id"], "target_field": "email", "target_value": to} for to in ("m@x.kz", "n@x.kz")]
        unit.instance("Client", "c")
        unit.links("Watcher", *rows, {"owner_in_id": "k", "target_value": "away", "removed": True})
        unit.links("Party", {"owner": claim["_id"], "target_field": "email", "target_value": "M@x.kz"})
        unit.look(f"update {STORE}.boi_reference set waiting_since = '2020-01-01' where target_value = 'old'")
        unit.links("Watcher")
        assert [fault[0] for fault in unit.faults] == ["REFERENCE_EXPIRED"]
    partner("delete from in_claim")
    partner.fill("in_client", {"in_id": "m", "email": "M@x.kz"}, {"in_id": "c", "email": "n@x.kz"})
    partner.hand_over()
    outcome = records.site.run()
    assert outcome.resolved == 3
    assert records.links("Watcher") == {("k", "c"), ("k", "m")}
    assert records.links("Party") == {("k", "m")}
    states = {
        row["watcher_id"]: row["in_status"] for row in partner("select watcher_id, in_status from in_claim_watcher")
    }
    assert states == {"c": "DONE", "away": "DONE", "old": "ERROR"}
    assert records.site.count(f"{STORE}.pending_status") == 0


def test_undo_of_units_that_begin_and_end_waiting(records: Records) -> None:
    def undo(run: int) -> UndoCounters:
        with transaction(records.runtime.store_engine) as connection:
            number = records.runtime.store.next_number(connection)
            now = connection.execute(sqlalchemy.text("select now()")).scalar_one()
            company = records.runtime.company
            return undo_run(connection, company, STORE, run=run, as_run=number, at=now)

    with records.unit() as unit:
        claim = unit.instance("Claim", "k")
    with records.unit() as unit:
        begun = unit.context.run
        unit.links("Watcher", {"owner": claim, "target_field": "email", "target_value": "x@corp.kz"})
        unit.links("Party", {"owner": claim, "target_field": "email", "target_value": "x@corp.kz"})
        unit.links("Watcher", {"owner": claim, "target_field": "number", "target_value": "7"})
    before = records.waiting()
    assert len(before) == 3
    with records.unit() as unit:
        ended = unit.context.run
        unit.instance("Client", "x", email="X@corp.kz")
        unit.links("Watcher", {"owner": claim, "target_field": "number", "target_value": "7.0", "removed": True})
        unit.links("Party")
    assert records.waiting() == []
    linked = {"Watcher": records.links("Watcher"), "Party": records.links("Party")}
    assert linked == {"Watcher": {("k", "x")}, "Party": {("k", "x")}}
    counters = undo(ended)
    assert (counters["unlinked"], counters["waiting"]) == (2, 3)
    assert records.waiting() == before
    assert served(records, "Watcher") + served(records, "Party") == 0  # its target is removed again
    counters = undo(begun)
    assert counters["references"] == 3
    assert records.waiting() == []
