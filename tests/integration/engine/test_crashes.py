"""A run that breaks at any point continues where it stopped, with the same effects as without the break."""

import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

import pytest
import sqlalchemy

from etl.engine import Outcome, Runtime, run_once
from tests.fix_company import APART, BOTH_LAYOUTS, CLAIMS, STORE, MakeSite, Site

pytestmark = pytest.mark.first_run


class Crash(BaseException):
    """Ends a run as a signal would."""


def crash_before_commit(runtime: Runtime, number: int) -> int:
    """Runs, and breaks it before its commit of that number; returns how many commits there were."""
    commits = 0

    def note(connection: sqlalchemy.Connection) -> None:
        nonlocal commits
        commits += 1
        if commits == number:
            raise Crash

    engines = {runtime.engine, runtime.store_engine, runtime.out_engine}
    for engine in engines:
        sqlalchemy.event.listen(engine, "commit", note)
    try:
        run_once(runtime)
    except Crash:
        pass
    finally:
        for engine in engines:
            sqlalchemy.event.remove(engine, "commit", note)
    return commits


def crash_at_statement(runtime: Runtime, number: int) -> int:
    """Runs, and breaks it before its statement or commit of that number, in any database; as of a dead runner nothing
    comes after it. Returns how many came before."""
    runner, sent = threading.get_ident(), 0

    def note(*_: Any) -> None:
        nonlocal sent
        if threading.get_ident() == runner:
            if sent + 1 >= number:
                raise Crash
            sent += 1

    engines = {runtime.engine, runtime.store_engine, runtime.out_engine}
    kinds = ("before_cursor_execute", "commit")
    for engine in engines:
        for kind in kinds:
            sqlalchemy.event.listen(engine, kind, note)
    try:
        run_once(runtime)
    except Crash:
        pass
    finally:
        for engine in engines:
            for kind in kinds:
                sqlalchemy.event.remove(engine, kind, note)
    return sent


def deliver(site: Site, number: int) -> None:
    """A batch with something new, something changed, a link, a link that waits, and one that has waited."""
    site.partner("truncate in_Client, in_Claim, in_Claim_Client, in_Claim_Watchers")
    site.partner.fill("in_Client", {"in_id": f"c{number}", "name": "new"}, {"in_id": "same", "name": f"name {number}"})
    site.partner.fill("in_Claim", {"in_id": f"k{number}", "title": "new"})
    site.partner.fill("in_Claim_Client", {"claim_id": f"k{number}", "client_id": f"c{number}"})
    site.partner.fill("in_Claim_Watchers", {"claim_id": f"k{number}", "watchers_id": f"c{number + 1}"})
    site.partner.hand_over()


def check_complete(site: Site, number: int, new_owner: Outcome, first_run: int) -> None:
    """All batches up to this one are in the store and out, each once."""
    assert site.count(f"{STORE}.bo_Client") == number + 2
    assert site.value(f"select name from {STORE}.bo_Client where _in_id = 'same'") == f"name {number}"
    assert site.count(f"{STORE}.bo_Claim") == site.count(f"{STORE}.link_Claim_Client") == number + 1
    assert site.count(f"{STORE}.link_Claim_Watchers") == number
    assert site.look(f"select target_value from {STORE}.boi_reference") == [{"target_value": f"c{number + 1}"}]
    doubled = f"select bo, field, instance, target from {STORE}.journal where change in ('created', 'linked')"
    assert site.look(f"{doubled} group by 1, 2, 3, 4 having count(*) > 1") == []
    assert site.count("out_demo_1_1.Client") == number + 2
    assert site.count("out_demo_1_1._Claim_Watchers_") == number
    assert site.value("select count(*) from in_tables.run where state <> 'done'") == 0
    assert site.count("in_tables.run") == number + 1
    assert site.partner.marker()["ins_inkafka_status"] == 1
    assert new_owner.run is None or new_owner.taken_over or first_run == 0


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    site = make_site(CLAIMS)
    deliver(site, 0)
    site.run()
    return site


@pytest.mark.nightly
@BOTH_LAYOUTS
def test_a_break_before_any_commit(site: Site, layout: str) -> None:
    # Apart, a task has three commits and more; in steps of four each kind has its turn.
    step = 4 if layout == APART else 1
    for batch in count(1):
        number = batch * step
        deliver(site, batch)
        with site.runtime() as runtime:
            commits = crash_before_commit(runtime, number)
        is_broken = commits >= number
        runs = site.look("select id from in_tables.run where state = 'running'")
        new_owner = site.run()
        check_complete(site, batch, new_owner, runs[0]["id"] if runs else 0)
        if not is_broken:
            break
    assert number > 20  # look, prepare, win, and a take and a commit for each task


def hand_over_full_set(site: Site, number: int) -> None:
    """All clients of before are left out, but one; and the partner compares."""
    site.partner("truncate in_Client, process_compare")
    site.partner.fill("in_Client", {"in_id": f"c{number}", "name": "new"}, {"in_id": "same", "name": f"name {number}"})
    site.partner("insert into process_expected (in_table, full_set, compare, rows) values ('in_Client', true, true, 2)")
    site.partner("insert into process_compare values ('in_Client', 'same', '0'), ('in_Client', 'gone', '0')")
    site.partner.hand_over()


@pytest.mark.nightly
@BOTH_LAYOUTS
def test_a_break_of_a_full_set_at_any_statement(site: Site, layout: str) -> None:
    for batch in count(1):
        hand_over_full_set(site, batch)
        with site.runtime() as runtime:
            is_broken = crash_at_statement(runtime, batch) == batch - 1
        site.look("update in_tables.run set heartbeat_at = heartbeat_at - interval '1 day' where state = 'running'")
        site.run()
        rows = site.look(f"select _in_id from {STORE}.bo_Client where _state <> 'REMOVED' order by 1")
        assert [row["_in_id"] for row in rows] == [f"c{batch}", "same"]
        doubled = f"select bo, instance from {STORE}.journal where change = 'removed' and field is null"
        assert site.look(f"{doubled} group by 1, 2 having count(*) > 1") == []
        assert site.partner("select in_id, in_status from in_Client order by 1") == [
            {"in_id": f"c{batch}", "in_status": "DONE"},
            {"in_id": "same", "in_status": "DONE"},
        ]
        assert site.count("in_tables.process_expected") == 0
        differences = site.look("select in_id, difference from in_tables.process_difference order by 1")
        assert [tuple(row.values()) for row in differences] == [
            (f"c{batch}", "extra"),
            ("gone", "missing"),
            ("same", "different"),
        ]
        assert site.partner.marker()["ins_inkafka_status"] == 1
        if not is_broken:
            break
    assert batch > 150


def test_a_backend_that_is_ended_is_a_fault_that_goes_away(site: Site) -> None:
    deliver(site, 1)
    with ThreadPoolExecutor(1) as pool, site.locking(f"{STORE}.bo_Client"):
        run = pool.submit(site.run)
        site.wait_for_blocked()
        site.look(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() "
            "and application_name like 'etl:%' and wait_event_type = 'Lock'"
        )
    assert run.result().exit_code == 0
    assert site.count(f"{STORE}.bo_Client") == 3
    assert site.value("select max(attempts) from in_tables.task") == 1
