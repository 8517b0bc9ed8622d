"""A whole run, seen from its bookkeeping tables: tasks, receipts, status, and what an idle tick costs."""

import json
from typing import Any

import pytest
import sqlalchemy

from etl.engine import read_status, run_once
from etl.errors import EnvironmentFault
from tests.fix_company import BOTH_LAYOUTS, CLAIMS, STORE, MakeSite, Site

pytestmark = pytest.mark.first_run


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    site = make_site(CLAIMS)
    site.partner.fill("in_Client", {"in_id": "a", "name": "Anna"}, {"in_id": "b", "amount": "NaN"})
    site.partner.fill("in_Claim", {"in_id": "k", "title": "Claim"})
    site.partner.fill("in_Claim_Client", {"claim_id": "k", "client_id": "b"})
    return site


def test_the_tasks_of_a_run_stand_in_the_view_in_their_order(site: Site) -> None:
    outcome = site.run()
    tasks = site.look("select * from in_tables.last_migration_state")
    assert [task["kind"] for task in tasks] == [
        "BEGIN",
        "MIGRATE_SINGLE_FIELDS",
        "MIGRATE_SINGLE_FIELDS",
        "NOP",
        "MIGRATE_BO_LINKS",
        "NOP",
        "MIGRATE_IN_MIGRATED_AT",
        "MIGRATE_IN_MIGRATED_AT",
        "FIX_PROCESS_TRACKING",
        "COPY_ERR",
        "RUN_PROCESSES",
        "NOP",
    ]
    assert {(task["run"], task["state"], task["attempts"]) for task in tasks} == {(outcome.run, "done", 1)}
    finished = [task["finished_at"] for task in tasks]
    assert finished == sorted(finished)
    assert site.count("in_tables.task where owner is null") == 0


@BOTH_LAYOUTS
def test_what_a_run_reports_is_what_it_has_written_down(site: Site) -> None:
    outcome = site.run()
    assert (outcome.exit_code, outcome.errors, outcome.resolved) == (1, 1, 0)
    rows = {
        receipt.in_table: (receipt.claimed, receipt.created, receipt.rejected, receipt.waiting)
        for receipt in outcome.receipts
    }
    assert rows == {
        "in_Client": (2, 1, 1, 0),
        "in_Claim": (1, 1, 0, 0),
        "in_Claim_Client": (1, 0, 0, 1),
        "in_Claim_Watchers": (0, 0, 0, 0),
    }
    with site.runtime() as runtime:
        status = read_status(runtime)
    assert status.receipts == outcome.receipts
    assert status.run is not None
    assert (status.run["run"], status.run["state"]) == (outcome.run, "done")
    assert [(row["field"], row["links"]) for row in status.waiting] == [("Client", 1)]
    assert [(row["code"], row["rows"]) for row in status.errors] == [("NUMBER_NOT_FINITE", 1)]
    assert [row.behind for row in status.out_versions] == [0]


def test_status_before_and_after_the_first_run(site: Site) -> None:
    before = site.etl("status")
    assert (before.code, before.err) == (0, "")
    assert before.out.startswith("Nothing has run yet. ")
    assert "no run has been started in schema in_tables yet" in before.out
    site.run()
    after = site.etl("status")
    assert (after.code, after.err) == (0, "")
    for words in ("load_status=0", "NUMBER_NOT_FINITE", "out_demo_1_1", "in_Client"):
        assert words in after.out
    found: Any = json.loads(site.etl("status", "--json").out)
    assert found["decision"] == "wait"
    assert found["run"]["state"] == "done"
    assert found["verdict"]["state"] == "rejected"
    first, second, *_ = after.out.splitlines()
    assert first == found["verdict"]["sentence"]
    assert second == f"  See the rejected rows: etl errors list --run {found['run']['run']}"


def test_an_idle_tick_writes_nothing(site: Site) -> None:
    site.run()
    before = site.fingerprint()
    with site.runtime() as runtime:
        written: list[str] = []

        def note(*arguments: Any) -> None:
            statement = str(arguments[2]).lstrip().lower()
            if not statement.startswith(("select", "--")) or "insert into" in statement or "update " in statement:
                written.append(statement)

        sqlalchemy.event.listen(runtime.engine, "before_cursor_execute", note)
        assert run_once(runtime).run is None
        sqlalchemy.event.remove(runtime.engine, "before_cursor_execute", note)
    assert written == []
    assert site.fingerprint() == before


def test_readers_are_notified_with_the_commit(site: Site) -> None:
    with site.reader() as session:
        session.execute("listen etl")
        outcome = site.run()
        notified = next(session.notifies(timeout=10, stop_after=1))
    assert json.loads(notified.payload) == {"company": "demo", "run": str(outcome.run), "out": "out_demo_1_1"}


def test_a_run_that_its_environment_broke_is_free_and_marks_no_row(site: Site) -> None:
    site.run()
    site.partner("update in_Client set amount = 1, name = 'B', in_status = '' where in_status = 'ERROR'")
    site.partner.hand_over()
    site.look(f"revoke insert, update on {STORE}.bo_Client from engine_{site.database.name}")
    with pytest.raises(EnvironmentFault):
        site.run()
    assert site.count("in_tables.err") == 1
    assert site.partner.marker()["ins_inkafka_status"] == 0
    assert "ERROR" not in site.partner.statuses("in_Client")
    site.look(f"grant insert, update on {STORE}.bo_Client to engine_{site.database.name}")
    outcome = site.run()
    assert outcome.exit_code == 0
    assert site.count(f"{STORE}.bo_Client") == 2
    assert site.count(f"{STORE}.boi_reference") == 0
