"""Each run and each undo is a unit of work in the store: once, with its times and its receipt."""

import json
import signal
from typing import Any

import pytest

from etl.engine import undo
from etl.errors import RunStopped
from tests.fix_company import BOTH_LAYOUTS, CLAIMS, ONLY_APART, STORE, MakeSite, Row, Site, ended, until
from tests.integration.engine.test_apart import killed_while, new_owner

NO_COUNTS = frozenset({"run", "in_table", "ordinal", "started_at", "finished_at"})


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    site = make_site(CLAIMS, leaseSeconds=3, heartbeatSeconds=1)
    site.partner.fill("in_Client", {"in_id": "a", "name": "Anna"}, {"in_id": "bad", "amount": "NaN"})
    site.partner.fill("in_Claim", {"in_id": "k", "title": "First"})
    site.partner.fill("in_Claim_Client", {"claim_id": "k", "client_id": "a"}, {"claim_id": "k", "client_id": "late"})
    site.partner.hand_over()
    return site


def units(site: Site) -> list[Row]:
    return site.look(f"select * from {STORE}.unit order by number")


def source_of(site: Site) -> Any:
    """The name of the import at its fence, which no other import has."""
    return site.value("select source from in_tables.run_fence", at=site.database)


def make_older(site: Site, number: object) -> None:
    """Eleven days."""
    site.look("update in_tables.run set started_at = started_at - interval '11 days' where id = %s", [number])
    site.look(f"update {STORE}.unit set started_at = started_at - interval '11 days' where number = %s", [number])


def receipts(site: Site, run: object) -> dict[str, Any]:
    rows = site.look("select * from in_tables.migration_receipt where run = %s", [run])
    return {
        row["in_table"]: {
            name: count for name, count in row.items() if name not in NO_COUNTS and (count or name != "held")
        }
        for row in rows
    }


@BOTH_LAYOUTS
def test_a_run_is_a_unit_with_its_receipt(site: Site, layout: str) -> None:
    run = site.run().run
    [unit] = units(site)
    assert (unit["number"], unit["source"], unit["kind"]) == (run, source_of(site), "run")
    [started] = site.look("select started_at from in_tables.run where id = %s", [run])
    assert unit["started_at"] == started["started_at"]
    [receipt] = site.look("select distinct started_at from in_tables.migration_receipt where run = %s", [run])
    assert receipt == started
    assert unit["finished_at"] >= unit["started_at"]
    written = receipts(site, run)
    assert written["in_Client"]["rejected"] == 1
    assert unit["receipt"] == written


@BOTH_LAYOUTS
def test_a_stopped_run_is_closed_too(site: Site, layout: str) -> None:
    site.run()
    site.set(leaseSeconds=3, heartbeatSeconds=1, errorLimit=1)
    site.partner.redeliver("in_Client", *({"in_id": f"b{n}", "amount": "NaN"} for n in range(3)))
    site.partner.fill("in_Claim", {"in_id": "k2", "title": "Second"})
    site.partner.hand_over()
    with pytest.raises(RunStopped):
        site.run()
    [state] = site.look("select id, state, started_at from in_tables.run order by id desc limit 1")
    assert state["state"] == "stopped"
    unit = units(site)[-1]
    assert (unit["number"], unit["kind"], unit["started_at"]) == (state["id"], "run", state["started_at"])
    assert unit["finished_at"] is not None
    assert unit["receipt"]["in_Client"]["rejected"] == receipts(site, state["id"])["in_Client"]["rejected"] == 3


@BOTH_LAYOUTS
def test_a_run_that_the_guard_stops_at_its_beginning(site: Site, layout: str) -> None:
    """What its first task has written is rolled back, its row in `unit` too; the end writes it."""
    site.partner("insert into in_Client (in_id, name) select 'c' || n, 'x' from generate_series(1, 200) n")
    site.run()
    site.set(leaseSeconds=3, heartbeatSeconds=1, maxRemovedShare=10)
    site.partner("update in_Client set removed = true, in_status = ''")
    site.partner.hand_over()
    with pytest.raises(RunStopped):
        site.run()
    unit = units(site)[-1]
    assert unit["number"] == site.value("select max(id) from in_tables.run")
    assert unit["finished_at"] is not None


@BOTH_LAYOUTS
def test_an_undo_is_a_unit(site: Site, layout: str) -> None:
    run = site.run().run
    assert run
    with site.runtime() as runtime:
        undone = undo(runtime, run)
    unit = units(site)[-1]
    assert (unit["number"], unit["source"], unit["kind"]) == (undone.as_run, source_of(site), "undo")
    assert unit["receipt"] == undone.counters
    assert unit["started_at"] == site.value("select started_at from in_tables.run where id = %s", [undone.as_run])
    assert unit["finished_at"] is not None


@BOTH_LAYOUTS
def test_a_dry_run_leaves_none(site: Site, layout: str) -> None:
    assert site.etl("run", "--dry-run").code == 1
    assert units(site) == []


@BOTH_LAYOUTS
def test_a_run_that_is_taken_over_is_one_unit(site: Site, layout: str) -> None:
    with site.holding_after_claims():
        process = site.start("run")
        site.wait_for_blocked()
        [unit] = units(site)
        assert (unit["finished_at"], unit["receipt"]) == (None, None)
        process.kill()
        assert ended(process).code == -signal.SIGKILL
    assert new_owner(site).code == 1
    [after] = units(site)
    assert (after["number"], after["started_at"]) == (unit["number"], unit["started_at"])
    assert after["finished_at"] is not None
    assert after["receipt"]["in_Client"]["created"] == 1


@ONLY_APART
def test_a_run_that_is_killed_while_it_is_closed(site: Site, layout: str) -> None:
    """The store has its end, the import has not; the next runner repeats it."""
    with killed_while(site, "in_tables.run", "update", "new.state = 'done'", "run"):
        pass
    [unit] = units(site)
    assert unit["finished_at"] is not None
    assert site.value("select state from in_tables.run") == "running"
    assert new_owner(site).code == 1
    [after] = units(site)
    assert (after["number"], after["receipt"]) == (unit["number"], unit["receipt"])
    assert after["finished_at"] > unit["finished_at"]


@BOTH_LAYOUTS
def test_units_go_with_the_journal_and_not_before(site: Site, layout: str) -> None:
    old = site.run().run
    site.partner.redeliver("in_Client", {"in_id": "a", "name": "Anne"})
    site.partner.hand_over()
    young = site.run().run
    make_older(site, old)
    site.look(f"update {STORE}.out_version set journal_position = '3:3:'", at=site.store_database)
    kept = json.loads(site.etl("clean", "--json").out)
    assert (kept["journal"], kept["units"]) == (0, 0)
    assert [unit["number"] for unit in units(site)] == [old, young]
    site.look(f"delete from {STORE}.out_version", at=site.store_database)
    cleaned = json.loads(site.etl("clean", "--json").out)
    assert (cleaned["journal"] > 0, cleaned["units"]) == (True, 1)
    assert [unit["number"] for unit in units(site)] == [young]
    assert {row["run"] for row in site.look(f"select run from {STORE}.journal")} == {young}


@BOTH_LAYOUTS
def test_a_unit_that_never_ended_goes_when_its_rows_are_gone(site: Site, layout: str) -> None:
    """A run that an operator gave up."""
    old = site.run().run
    assert old is not None
    site.partner.hand_over()
    site.run()
    site.look(f"update {STORE}.unit set closed_by = null, finished_at = null where number = %s", [old])
    make_older(site, old)
    site.set(cleanLimit=1)
    with site.runtime() as runtime, runtime.store_engine.begin() as connection:
        assert runtime.store.clean_units(connection, before=old + 1, limit=10) == 0
    assert json.loads(site.etl("clean", "--json").out)["units"] == 1


@BOTH_LAYOUTS
def test_the_next_run_closes_what_was_given_up(site: Site, layout: str) -> None:
    with site.holding_after_claims():
        process = site.start("run")
        site.wait_for_blocked()
        process.kill()
        ended(process)
    given_up = units(site)[0]["number"]
    until(lambda: not site.look("select 1 from pg_stat_activity where application_name like 'etl:%'"), "it is gone")
    site.look("update in_tables.run set state = 'stopped' where id = %s", [given_up])
    site.look("update in_tables.process_tracking set load_status = 1, ins_inkafka_status = 0")
    site.partner.hand_over()
    assert site.run().run != given_up
    first, second = units(site)
    assert (first["number"], first["finished_at"], first["closed_by"] is not None) == (given_up, None, True)
    assert second["finished_at"] is not None
