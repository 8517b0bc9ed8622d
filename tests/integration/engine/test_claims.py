"""Large in_ tables are claimed side by side, a task for each; what follows is planned when all are claimed."""

from dataclasses import replace

import pytest

from etl.engine import run_once
from etl.engine.runtime import Runtime
from etl.errors import EnvironmentFault, RunStopped
from tests.fix_company import CLAIMS, STORE, MakeSite, Row, Site

ROWS = 300
LARGE = ("in_Client", "in_Claim", "in_Claim_Client")


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    """The golden tables are there, and of four tables with rows three are more than a chunk."""
    site = make_site(CLAIMS, copyTables="false")
    assert site.run().run
    deliver(site)
    return site


def deliver(site: Site, removed: str = "false") -> None:
    numbers = f"from generate_series(1, {ROWS}) n"
    site.partner("truncate in_Client, in_Claim, in_Claim_Client, in_Claim_Watchers")
    site.partner(f"insert into in_Client (in_id, name, removed) select 'c' || n, 'name ' || n, {removed} {numbers}")
    site.partner(f"insert into in_Claim (in_id, title) select 'k' || n, 'title ' || n {numbers}")
    site.partner(f"insert into in_Claim_Client (claim_id, client_id) select 'k' || n, 'c' || n {numbers}")
    site.partner.fill("in_Claim_Watchers", {"claim_id": "k1", "watchers_id": "c1"})
    site.partner.hand_over()


def small(runtime: Runtime) -> Runtime:
    """Chunks so small are refused in a configuration; the engine does not mind them."""
    in_migration = replace(runtime.settings.in_migration, chunk_rows=90)
    return replace(runtime, settings=replace(runtime.settings, in_migration=in_migration))


def run(site: Site) -> None:
    with site.runtime() as runtime:
        assert run_once(small(runtime)).run


def tasks(site: Site) -> list[Row]:
    """Of the newest run, up to the first that merges rows."""
    return site.look(
        "select stage, kind, in_table, state, attempts, counters from in_tables.task "
        "where run = (select max(run) from in_tables.task) and stage <= 2 order by seq"
    )


def check_complete(site: Site) -> None:
    assert site.count(f"{STORE}.bo_Client") == site.count(f"{STORE}.link_Claim_Client") == ROWS
    receipts = site.look(
        "select in_table, claimed, created from in_tables.migration_receipt "
        "where run = (select max(run) from in_tables.migration_receipt) order by in_table"
    )
    assert {row["in_table"]: (row["claimed"], row["created"]) for row in receipts} == dict.fromkeys(
        LARGE, (ROWS, ROWS)
    ) | {"in_Claim_Watchers": (1, 1)}
    assert site.look("select 1 from in_tables.task where state <> 'done'") == []


def test_each_large_table_has_its_claim(site: Site) -> None:
    run(site)
    found = tasks(site)
    assert [(task["stage"], task["kind"]) for task in found] == [
        (0, "BEGIN"),
        *[(1, "CLAIM")] * len(LARGE),
        (2, "PLAN"),
    ]
    assert {task["in_table"]: task["counters"] for task in found if task["kind"] == "CLAIM"} == {
        table: {table: ROWS} for table in LARGE
    }
    assert found[0]["counters"] == {"in_Claim_Watchers": 1}
    check_complete(site)
    chunks = "select count(*) from in_tables.task where kind = 'MIGRATE_SINGLE_FIELDS' and in_table = 'in_Client'"
    assert site.value(chunks) == 4


def test_ids_with_gaps_are_divided_too(site: Site) -> None:
    site.partner("delete from in_Client where id % 3 = 0")
    run(site)
    assert site.look(
        "select claimed_rows, (counters ->> 'marked')::int as marked from in_tables.task "
        "where in_table = 'in_Client' and kind = 'MIGRATE_SINGLE_FIELDS' order by seq"
    ) == [{"claimed_rows": rows, "marked": rows} for rows in (90, 90, 20)]


def test_a_claim_that_fails_is_made_by_the_next_runner(site: Site) -> None:
    """Claimed tables stay claimed, and no row is claimed without a run."""
    site.look("alter table in_tables.in_Claim add constraint never check (in_status <> 'ON_WORK' or in_id is null)")
    with pytest.raises(EnvironmentFault, match="never"):
        run(site)
    states = {task["in_table"]: task["state"] for task in tasks(site)}
    assert states["in_Claim"] == "todo"
    assert states[""] == "todo"  # the plan
    site.look("alter table in_tables.in_Claim drop constraint never")
    run(site)
    check_complete(site)
    assert site.look("select fence from in_tables.run order by id desc limit 1") == [{"fence": 3}]


def test_a_plan_that_the_guard_stops_claims_nothing(site: Site) -> None:
    run(site)
    deliver(site, removed="true")
    with pytest.raises(RunStopped, match="remove 300 of 300 instances of Client"):
        run(site)
    for table in (*LARGE, "in_Claim_Watchers"):
        assert site.partner.statuses(table).keys() == {""}
    assert site.value(f"select count(*) from {STORE}.bo_Client where _state = 'ACTUAL'") == ROWS


def test_a_full_set_is_completed_when_all_parts_are_claimed(site: Site) -> None:
    """The rows that remove what it lacks are planned with those that were claimed side by side."""
    run(site)
    deliver(site)
    site.partner("delete from in_Client where id % 10 = 0")
    site.partner("insert into process_expected (in_table, full_set, rows) values ('in_Client', true, %s)", [ROWS - 30])
    run(site)
    found = tasks(site)
    assert [task["counters"] for task in found if task["kind"] == "PLAN"] == [{"in_Client": 30}]
    assert {task["in_table"]: task["counters"] for task in found if task["kind"] == "CLAIM"}["in_Client"] == {
        "in_Client": ROWS - 30
    }
    receipt = (
        "select claimed, unchanged, removed, vanished from in_tables.migration_receipt where in_table = 'in_Client' "
        "and run = (select max(run) from in_tables.migration_receipt)"
    )
    assert site.look(receipt) == [{"claimed": ROWS, "unchanged": ROWS - 30, "removed": 30, "vanished": 0}]
    assert site.partner.statuses("in_Client") == {"DONE": ROWS - 30}
    assert site.count(f"{STORE}.bo_Client where _state = 'REMOVED'") == 30
