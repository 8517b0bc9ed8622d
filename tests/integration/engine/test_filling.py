"""A large first load: the out_ tables of the new version are filled by tasks of their own."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from typing import Any

import psycopg
import pytest

from etl.engine import Outcome, Runtime, build_version, list_versions, run_once
from tests.fix_company import APART, BOTH_LAYOUTS, CLAIMS, OUT, STORE, MakeSite, Site, superuser, until
from tests.integration.engine.test_crashes import Crash, crash_before_commit
from tests.integration.outputs.test_build import load
from tests.integration.outputs.writers import wrong_rows

pytestmark = pytest.mark.first_run

ROWS = 40
CHUNK_ROWS = 30
TABLES = ["Client", "Claim", "_Claim_Client_", "_Claim_Watchers_"]


@contextmanager
def large(site: Site, *, fill_seconds: int = 300, **settings: Any) -> Iterator[Runtime]:
    """Chunks so small are refused in a configuration; the engine does not mind them."""
    with site.runtime() as runtime:
        in_migration = replace(runtime.settings.in_migration, chunk_rows=CHUNK_ROWS)
        out_migration = replace(runtime.settings.out_migration, fill_seconds=fill_seconds)
        parts = {"in_migration": in_migration, "out_migration": out_migration, **settings}
        yield replace(runtime, settings=replace(runtime.settings, **parts))


def run(site: Site) -> Outcome:
    with large(site) as runtime:
        return run_once(runtime)


def deliver(site: Site, batch: int = 0, rows: int = ROWS) -> None:
    """New clients and claims in more than one chunk, each claim with a client and a watcher."""
    numbers = f"from generate_series({batch * rows}, {batch * rows + rows - 1}) n"
    site.partner("truncate in_Client, in_Claim, in_Claim_Client, in_Claim_Watchers")
    site.partner(f"insert into in_Client (in_id, name) select 'c' || n, 'name ' || n {numbers}")
    site.partner(f"insert into in_Claim (in_id, title) select 'k' || n, 'title ' || n {numbers}")
    for field in ("Client", "Watchers"):
        site.partner(f"insert into in_Claim_{field} (claim_id, {field}_id) select 'k' || n, 'c' || n {numbers}")
    site.partner.hand_over()


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    """A first batch is ready for two workers."""
    site = make_site(CLAIMS)
    site.write("consumers/InMigration.workerCount", "comeKafkaInMigration=2")
    deliver(site)
    return site


def fillings(site: Site) -> dict[str, str]:
    """out_ table -> state of its task in the newest run."""
    rows = site.look(
        "select in_table, state from in_tables.task where run = (select max(id) from in_tables.run) "
        "and kind = 'FILL_OUT' and in_table <> '' order by seq"
    )
    return {row["in_table"]: row["state"] for row in rows}


def counted(site: Site) -> dict[str, dict[str, int]]:
    """Title -> what the tasks for readers have counted, without zeros."""
    rows = site.look(
        "select title, counters from in_tables.task where run = (select max(id) from in_tables.run) "
        "and kind in ('FILL_OUT', 'RUN_PROCESSES') order by seq"
    )
    return {row["title"]: {name: number for name, number in row["counters"].items() if number} for row in rows}


def states(site: Site) -> dict[str, tuple[str, int, object]]:
    """Version -> (state, percent, when it was read)."""
    with site.runtime() as runtime, runtime.engine.begin() as connection:
        found = list_versions(connection, runtime)
    return {one.schema_name: (one.state, one.percent, one.last_read_at) for one in found}


def check_complete(site: Site, batches: int = 1, rows: int = ROWS) -> None:
    """Readers see everything, each once, and no reader is recorded meanwhile."""
    assert states(site) == {OUT: ("current", 100, None)}
    assert {table: site.count(f"{OUT}.{table}") for table in TABLES} == dict.fromkeys(TABLES, batches * rows)
    assert wrong_rows(site, OUT) == {}
    assert set(fillings(site).values()) <= {"done"}


def broken_off(site: Site, tasks: int = 1) -> None:
    """A run of one worker that is killed after this many tasks of filling; the first one makes the tables."""

    def check_cancelled() -> None:
        if site.count("in_tables.task where kind = 'FILL_OUT' and state = 'done'") >= tasks:
            raise Crash

    with large(site, worker_count=1) as runtime, pytest.raises(Crash):
        run_once(runtime, check_cancelled=check_cancelled)


@BOTH_LAYOUTS
def test_each_table_has_a_task_of_its_own(site: Site) -> None:
    outcome = run(site)
    assert fillings(site) == dict.fromkeys(TABLES, "done")
    assert counted(site) == {
        "Создание таблиц out_ / create out_ tables": {},
        "Заполнение / fill: Client": {"upserted": ROWS},
        "Заполнение / fill: Claim": {"upserted": ROWS},
        "Заполнение / fill: _Claim_Client_": {"linked": ROWS},
        "Заполнение / fill: _Claim_Watchers_": {"linked": ROWS},
        "Запуск процессов": {},
    }
    assert outcome.out == {"upserted": 2 * ROWS, "deleted": 0, "linked": 2 * ROWS, "unlinked": 0}
    check_complete(site)
    deliver(site, 1)
    assert run(site).out["upserted"] == 2 * ROWS
    assert fillings(site) == {}
    assert wrong_rows(site, OUT) == {}


def test_a_small_first_load_has_none(site: Site) -> None:
    site.partner("truncate in_Claim, in_Claim_Client, in_Claim_Watchers")
    site.partner(f"delete from in_Client where id > {CHUNK_ROWS}")
    assert run(site).out["upserted"] == CHUNK_ROWS
    assert fillings(site) == {}


def test_one_that_a_run_may_not_fill_to_its_end_has_none(site: Site) -> None:
    with large(site, fill_seconds=0) as runtime:
        run_once(runtime)
    assert fillings(site) == {}
    assert states(site) == {OUT: ("building", 0, None)}


def test_without_out_tables_there_is_none(site: Site) -> None:
    site.edit("configs/OutMigrationPostgresConfig.txt", "hasOutMigration=true", "hasOutMigration=false")
    assert run(site).out == {}
    assert fillings(site) == {}


def test_a_new_version_of_a_large_store_has_the_rows_of_a_build(site: Site) -> None:
    """Among them no removed instance, and no link of one."""
    run(site)
    site.environ["MYBPM_OUT_MIGRATION_VERSION"] = "2"
    site.partner("update in_Client set removed = in_id < 'c18', in_status = ''")
    site.partner("update in_Claim set removed = in_id >= 'k33', in_status = ''")
    site.partner.hand_over()
    outcome = run(site)
    assert list(fillings(site)) == TABLES
    assert 0 < outcome.out["linked"] < 2 * ROWS
    with site.runtime() as runtime:
        build_version(runtime, "3", lambda percent: None)
    assert states(site)["out_demo_1_3"] == states(site)["out_demo_1_2"] == ("live", 100, None)
    for table in TABLES:
        ours, theirs = (rows(site, f"out_demo_1_{version}.{table}") for version in (2, 3))
        assert ours == theirs
        assert 0 < len(ours) < ROWS
        assert ours == rows(site, f"{OUT}.{table}")


def rows(site: Site, table: str) -> list[str]:
    """All but what is a version's own."""
    found = site.look(f"select to_jsonb(t) - array['id', 'inserted_at', 'updated_at'] as row from {table} t")
    return sorted(repr(row["row"]) for row in found)


@pytest.mark.nightly
@BOTH_LAYOUTS
def test_a_break_before_a_commit(site: Site, layout: str) -> None:
    """In the last part of a run, from the making of the tables on."""
    tail, step = (50, 5) if layout == APART else (24, 2)
    with large(site) as runtime:
        last = crash_before_commit(runtime, 0)
    for batch in count(1):
        site.look(f"drop schema {OUT} cascade; drop schema out_demo cascade", at=site.out_database)
        site.look(f"delete from {STORE}.out_version where schema_name = '{OUT}'", at=site.out_database)
        deliver(site, batch)
        number = last - tail + batch * step
        with large(site) as runtime:
            commits = crash_before_commit(runtime, number)
        run(site)
        check_complete(site, batch + 1)
        assert list(fillings(site)) == TABLES
        if commits < number:
            break
    assert batch > tail / step / 2


@BOTH_LAYOUTS
def test_another_runner_goes_on_and_its_workers_fill_side_by_side(site: Site) -> None:
    broken_off(site)
    assert states(site) == {OUT: ("building", 0, None)}
    with ThreadPoolExecutor(1) as pool:
        with site.locking(f"{OUT}.Client"):
            new_owner = pool.submit(run, site)
            until(lambda: list(fillings(site).values()).count("done") == 3, "the other tables are filled")
            assert fillings(site)["Client"] == "running"
            assert states(site)[OUT][0] == "building"
        assert new_owner.result().taken_over
    check_complete(site)


@BOTH_LAYOUTS
def test_a_task_performed_again_finds_its_table_filled(site: Site) -> None:
    """As when a runner dies between the commit of the out database and that of the import."""
    broken_off(site, tasks=3)
    site.look("update in_tables.task set state = 'todo' where kind = 'FILL_OUT'")
    run(site)
    assert [table for table in TABLES if not counted(site)[f"Заполнение / fill: {table}"]] == ["Client", "Claim"]
    check_complete(site)


def test_a_build_that_comes_between_does_it_all(site: Site) -> None:
    broken_off(site, tasks=2)
    with site.runtime() as runtime:
        built = build_version(runtime, "1", lambda percent: None)
    assert sum(built.rows.values()) == 3 * ROWS
    assert sum(run(site).out.values()) == ROWS
    check_complete(site)


def test_a_build_at_the_same_time_waits_and_finishes(site: Site) -> None:
    broken_off(site)
    with ThreadPoolExecutor(2) as pool, large(site) as runtime:
        with site.locking(f"{OUT}.Client"):
            new_owner = pool.submit(run, site)
            until(lambda: fillings(site)["Client"] == "running", "the new owner fills")
            site.wait_for_blocked()
            built = pool.submit(build_version, runtime, "1", lambda percent: None)
            until(lambda: waiting_for(site, "out_version"), "the build waits for the version")
        assert sum(built.result().rows.values()) + sum(new_owner.result().out.values()) == 4 * ROWS
    check_complete(site)


def waiting_for(site: Site, table: str) -> list[dict[str, Any]]:
    """The backends that wait while they read or write the table."""
    return site.look(
        "select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' "
        "and query like %s",
        [f"%{table}%"],
        at=site.out_database,
    )


def test_tasks_leave_a_version_alone_that_someone_holds(site: Site) -> None:
    broken_off(site)
    with psycopg.connect(**superuser(site.out_database)) as session:
        session.execute(f"select 1 from {STORE}.out_version for update")
        assert sum(run(site).out.values()) == 0
        assert states(site) == {OUT: ("building", 0, None)}
    assert site.etl("out", "build").code == 0
    check_complete(site)


def test_a_version_that_was_followed_meanwhile_is_filled_by_its_follower(site: Site) -> None:
    broken_off(site, tasks=2)
    client = f"select _id from {STORE}.bo_Client where _in_id = 'c7'"
    site.look(f"update {STORE}.bo_Client set name = 'other' where _id = ({client})")
    site.look(f"insert into {STORE}.journal (bo, instance, change) select 'Client', _id, 'changed' from ({client}) c")
    with large(site) as runtime:
        build = build_version(runtime, "1", lambda percent: None)
    assert sum(build.rows.values()) >= 3 * ROWS
    run(site)
    check_complete(site)


def test_the_store_changes_meanwhile(site: Site) -> None:
    broken_off(site)
    with load(site):
        run(site)
    site.partner.hand_over()
    run(site)
    assert wrong_rows(site, OUT) == {}


def test_a_column_that_was_dropped_meanwhile_comes_back(site: Site) -> None:
    broken_off(site)
    site.look(f"alter table {OUT}.Client drop column name")
    run(site)
    assert wrong_rows(site, OUT) == {}
