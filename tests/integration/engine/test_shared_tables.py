"""Workers share tables that are worth it, also those of less than a chunk."""

from importlib import import_module

import pytest

from etl.engine import run_once
from tests.fix_company import CLAIMS, OUT, STORE, MakeSite, Site
from tests.integration.engine.test_filling import deliver

WORTH_IT = 100
KINDS = ("CLAIM", "MIGRATE_SINGLE_FIELDS", "MIGRATE_BO_LINKS", "FILL_OUT")


@pytest.fixture
def site(make_site: MakeSite, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.setattr("etl.settings.model.WORTH_SHARING_ROWS", WORTH_IT)
    return make_site(CLAIMS, copyTables="false")


def run(site: Site, *, rows: int, workers: int, batch: int = 0) -> dict[str, int]:
    """A run with the chunks of the defaults; returns kind -> its tasks."""
    deliver(site, batch, rows)
    site.write("consumers/InMigration.workerCount", f"comeKafkaInMigration={workers}")
    with site.runtime() as runtime:
        assert rows < runtime.settings.in_migration.chunk_rows
        assert run_once(runtime).run
    latest = "where run = (select max(id) from in_tables.run)"
    tasks = site.look(f"select kind, count(*) as tasks from in_tables.task {latest} group by kind")
    return {task["kind"]: task["tasks"] for task in tasks if task["kind"] in KINDS}


@pytest.mark.first_run
def test_each_of_several_workers_gets_a_part(site: Site) -> None:
    rows = 3 * WORTH_IT
    # Two tables of rows, two of links; of these one holds single links, where only the whole batch knows the newest.
    assert run(site, rows=rows, workers=4) == {
        # Links are claimed at once, rows in parts of about a third of what one worker claims: by size, link tables
        # included, each data table (64 kB of 224) is 3.4 such parts.
        **{"CLAIM": 8, "MIGRATE_SINGLE_FIELDS": 4, "MIGRATE_BO_LINKS": 3},
        "FILL_OUT": 9,  # one makes the version, each of the others fills half a table
    }
    assert site.count(f"{STORE}.bo_Client") == site.count(f"{OUT}.Client") == rows
    assert site.count(f"{STORE}.link_Claim_Watchers") == site.count(f"{OUT}._Claim_Watchers_") == rows
    assert run(site, rows=rows, workers=4, batch=1) == {"CLAIM": 8, "MIGRATE_SINGLE_FIELDS": 4, "MIGRATE_BO_LINKS": 3}
    assert site.count(f"{STORE}.bo_Client") == site.count(f"{OUT}.Client") == 2 * rows


def test_a_large_table_has_a_part_for_each_worker_though_others_are_as_large(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("etl.sources.in_tables.claim.claim"), "_ROWS_OF_WORKER", WORTH_IT)
    assert run(site, rows=3 * WORTH_IT, workers=2)["MIGRATE_SINGLE_FIELDS"] == 4


@pytest.mark.parametrize(("rows", "workers"), [(WORTH_IT, 2), (3 * WORTH_IT, 1)], ids=["few rows", "one worker"])
def test_else_a_table_is_one_task(site: Site, rows: int, workers: int) -> None:
    tasks = run(site, rows=rows, workers=workers)
    assert (tasks["MIGRATE_SINGLE_FIELDS"], tasks["MIGRATE_BO_LINKS"]) == (2, 2)
    assert site.count(f"{STORE}.bo_Client") == site.count(f"{OUT}.Client") == rows


def test_a_table_is_analyzed_though_its_last_part_holds_little(site: Site) -> None:
    rows = 6000
    deliver(site, rows=rows)
    site.write("consumers/InMigration.workerCount", "comeKafkaInMigration=2")
    # What is ready lies at the front, as in pages that a vacuum has freed; all else was done by an earlier run.
    site.look("alter table in_tables.in_Client set (autovacuum_enabled = false)")
    site.look(f"update in_tables.in_Client set in_status = 'MIGRATED' where id > {rows // 3}")
    site.look("analyze in_tables.in_Client")
    assert "ON_WORK" not in statuses_known_to_the_planner(site)
    site.run()
    parts = claimed_by_parts(site)
    assert (sum(parts), parts[-1]) == (rows // 3, 0)
    assert "ON_WORK" in statuses_known_to_the_planner(site)


def statuses_known_to_the_planner(site: Site) -> str:
    columns = "schemaname = 'in_tables' and tablename = 'in_client' and attname = 'in_status'"
    return str(site.value(f"select cast(most_common_vals as text) from pg_stats where {columns}"))


def claimed_by_parts(site: Site) -> list[int]:
    rows = "select cast(counters ->> in_table as int) as rows from in_tables.task"
    parts = site.look(f"{rows} where kind = 'CLAIM' and in_table = 'in_Client' order by seq")
    return [part["rows"] for part in parts]
