"""What is past its age is forgotten: a part before each run, all of it by `etl clean`."""

import json
import logging
from typing import Any

import psycopg
import pytest

from etl.database import SqlTemplates, fetch_all, transaction
from etl.engine import clean, run_once
from tests.fix_company import OUT, OUT_CONFIG, STORE, MakeSite, Site, superuser

_FLAGS = "needLoadFromInTables: true, needUploadToOutTable: true"
DOCUMENTS = {"Client": f"code: Client\nfields:\n  - {{code: Amount, type: INPUT_NUMBER, {_FLAGS}}}\n"}
TASKS = 8  # of one object without links


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return make_site(DOCUMENTS)


def run(site: Site, *amounts: object) -> int:
    """A run that takes these amounts, the faulty ones among them too."""
    site.partner.redeliver("in_client", *({"in_id": n, "amount": amount} for n, amount in enumerate(amounts)))
    site.partner.hand_over()
    number = site.run().run
    assert number
    return number


def make_older(site: Site, number: int, days: int) -> int:
    """Makes a run that many days older, its number too; returns that number."""
    older = number - (days * 86_400_000 << 20)
    for table in ("task", "err", "migration_receipt"):
        site.look(f"update in_tables.{table} set run = %s where run = %s", [older, number])
    site.look(
        "update in_tables.run set id = %s, started_at = started_at - make_interval(days => %s),"
        " finished_at = finished_at - make_interval(days => %s) where id = %s",
        [older, days, days, number],
    )
    for table in ("journal", "err"):
        site.look(f"update {STORE}.{table} set run = %s where run = %s", [older, number])
    site.look(
        f"update {STORE}.unit set number = %s, started_at = started_at - make_interval(days => %s) where number = %s",
        [older, days, number],
    )
    return older


def cleaned(site: Site) -> dict[str, Any]:
    done = site.etl("clean", "--json")
    assert (done.code, done.err) == (0, ""), done
    found: dict[str, Any] = json.loads(done.out)
    return found


def counts(site: Site) -> dict[str, int]:
    tables = ("in_tables.err", "in_tables.task", "in_tables.run", f"{STORE}.journal")
    return {table.split(".")[1]: site.count(table) for table in tables}


def test_old_runs_are_forgotten_before_a_run(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="in_pg_migration")
    first, young = run(site, 1, 2, "NaN"), run(site, 3, 4, "NaN")
    old = make_older(site, first, days=11)
    assert counts(site) == {"err": 2, "task": 2 * TASKS, "run": 2, "journal": 4}
    caplog.clear()
    newest = run(site, 3, 4)
    assert {row["run"] for row in site.look("select run from in_tables.err")} == {young}
    assert {row["run"] for row in site.look("select run from in_tables.task")} == {young, newest}
    assert {row["id"] for row in site.look("select id from in_tables.run")} == {young, newest}
    assert {row["run"] for row in site.look(f"select run from {STORE}.journal")} == {young}
    reported = [record.getMessage() for record in caplog.records]
    assert reported[1:3] == ["g5mP3u7hF4 :: cleanErrorsTable start", "mX9xgIdrQt :: clean days = 10, limit = 10000"]
    assert reported[3].startswith("1RHJ7aF2vu :: errors cleaner deleted 1 rows in ")
    # For good: the receipt, and the error in the golden store.
    assert site.count(f"in_tables.migration_receipt where run = {old}") == 1
    assert site.count(f"{STORE}.err where run = {old}") == 1


def test_a_young_run_stays_whole(site: Site) -> None:
    make_older(site, run(site, 1, "NaN"), days=9)
    run(site, 2)
    before = counts(site)
    assert cleaned(site) == {
        "errors": 0,
        "tasks": 0,
        "runs": 0,
        "journal": 0,
        "units": 0,
        "ended": 0,
        "copies": [],
        "kept": {},
        "versions": [],
        "reader_changes": 0,
        "readers": [],
    }
    assert counts(site) == before


def test_a_run_takes_a_part_and_the_command_the_rest(site: Site) -> None:
    make_older(site, run(site, 1, *["NaN"] * 7), days=11)
    site.set(cleanLimit=3)
    run(site, 2)
    assert (site.count("in_tables.err"), site.count("in_tables.task")) == (4, 2 * TASKS - 3)
    assert cleaned(site) == {
        "errors": 4,
        "tasks": TASKS - 3,
        "runs": 0,
        "journal": 0,
        "units": 0,
        "ended": 0,
        "copies": [],
        "kept": {},
        "versions": [],
        "reader_changes": 0,
        "readers": [],
    }


def test_before_the_first_run_there_is_nothing_to_clean(site: Site) -> None:
    assert site.count("in_tables.run") == 0
    assert not any(cleaned(site).values())


def test_days_are_a_setting(site: Site) -> None:
    make_older(site, run(site, 1), days=3)
    run(site, 2)
    site.set(cleanDays=2)
    assert cleaned(site)["runs"] == 1


def test_the_journal_is_kept_for_the_history(site: Site) -> None:
    first = run(site, 1, "NaN")
    site.set(historyDays=30)
    run(site, 2)
    old = make_older(site, first, days=11)
    site.look(f"update {STORE}.unit set begun_after = '3', closed_by = '3' where number = {old}")
    done = cleaned(site)
    assert (done["runs"], done["errors"], done["journal"], done["units"]) == (1, 1, 0, 0)
    found = json.loads(site.etl("history", "Client", "0", "--json").out)
    assert ([one["unit"] for one in found["changes"]][-1], found["kept_days"]) == (str(old), 30)
    site.set(historyDays=5)
    # The days of the runs count where they are more.
    assert cleaned(site)["journal"] == 1


def test_the_newest_run_stays_however_old(site: Site) -> None:
    make_older(site, run(site, 1, "NaN"), days=300)
    before = counts(site)
    assert cleaned(site)["runs"] == 0
    assert counts(site) == before
    assert site.count("in_tables.last_migration_state") == TASKS


def test_a_run_that_has_not_ended_stays_and_all_after_it(site: Site) -> None:
    numbers = [run(site, amount) for amount in (1, 2, 3)]
    _, old, _ = [make_older(site, number, days) for number, days in zip(numbers, (40, 30, 20), strict=True)]
    site.look("update in_tables.run set state = 'running' where id = %s", [old])
    with site.runtime() as runtime:
        assert clean(runtime).runs == 1
    assert site.value("select min(id) from in_tables.run") == old


def test_the_journal_waits_for_every_version(site: Site) -> None:
    first = run(site, 1)
    # The version is no longer kept up: it has seen nothing since.
    site.edit(OUT_CONFIG, "hasOutMigration=true", "hasOutMigration=false")
    second = run(site, 2)
    run(site, 3)
    for number in (first, second):
        make_older(site, number, days=11)
    found = cleaned(site)
    follower = OUT if site.out_database == site.store_database else f"mirror in {site.out_database.name}"
    assert (found["journal"], found["kept"]) == (1, {f"{STORE}.journal": f"not yet followed by {follower}"})
    site.look(f"delete from {STORE}.out_version", at=site.store_database)
    assert cleaned(site)["journal"] == 1


def test_the_journal_waits_for_slower_transactions(site: Site) -> None:
    """What one of them has still to commit holds the versions back, and with them the journal."""
    first = run(site, 1)
    with psycopg.connect(**superuser(site.store_database)) as slower:
        slower.execute("select pg_current_xact_id()")
        second = run(site, 2)
        run(site, 3)
        for number in (first, second):
            make_older(site, number, days=11)
        assert cleaned(site)["journal"] == 1
    run(site, 4)
    assert cleaned(site)["journal"] == 1
    assert site.look(f"select amount from {OUT}.client") == [{"amount": 4}]


@pytest.mark.first_run
def test_a_company_that_never_ran(site: Site) -> None:
    done = site.etl("clean")
    assert (done.code, done.err) == (0, "")
    assert done.out == "Deleted 0 errors, 0 tasks, 0 runs, 0 rows of the journal, 0 copies.\n"


def test_a_run_does_not_fail_because_of_the_clean_up(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    make_older(site, run(site, 1, "NaN"), days=11)
    run(site, 2)
    site.look(f"revoke delete on in_tables.err from engine_{site.database.name}")
    run(site, 3)
    assert [
        record.levelname
        for record in caplog.records
        if "the next run will continue the clean-up" in record.getMessage()
    ] == ["WARNING"]


def test_nothing_to_clean_writes_nothing(site: Site) -> None:
    run(site, 1)
    before = site.fingerprint()
    cleaned(site)
    assert site.fingerprint() == before


@pytest.mark.parametrize(
    ("package", "statement", "index"),
    [
        ("sources.in_tables.errors", "clean_errors", "err_run"),
        ("runs", "clean", "task_run_seq_key"),
        ("sources.in_tables.handshake", "clean_runs", "run_pkey"),
        ("store", "clean_journal", "journal_written_by"),
    ],
)
def test_a_pass_finds_its_rows_by_an_index(site: Site, package: str, statement: str, index: str) -> None:
    """However long the table is: 50,000 rows of which none is old."""
    newest = run(site, 1)
    site.look(
        "insert into in_tables.err (run, in_table, code, message, message_rus, severity) "
        f"select {newest} + n, 'x', 'x', 'x', 'x', 'error' from generate_series(1, 50000) n"
    )
    site.look(
        f"insert into in_tables.task (run, seq, stage, kind, title) "
        f"select {newest} + n, 1, 1, 'NOP', 'x' from generate_series(1, 50000) n"
    )
    site.look(
        "insert into in_tables.run (id, company, marker_id, owner, fence, state) "
        f"select {newest} + n, 'demo', 1, 'x', 1, 'done' from generate_series(1, 50000) n"
    )
    site.look(
        f"insert into {STORE}.journal (run, bo, instance, change) "
        f"select {newest} + n, 'Client', 'x', 'changed' from generate_series(1, 50000) n"
    )
    for table in ("in_tables.err", "in_tables.task", "in_tables.run", f"{STORE}.journal"):
        site.look(f"vacuum analyze {table}")
    schemas = {"schema": STORE if package == "store" else "in_tables", "in_schema": "in_tables"}
    sql = SqlTemplates(f"etl.{package}")(
        statement, **schemas, table="err" if statement == "clean_errors" else "journal"
    )
    with (
        site.runtime() as runtime,
        transaction(runtime.store_engine if package == "store" else runtime.engine) as connection,
    ):
        explained = type(sql)(f"explain (costs off)\n{sql.text}")
        plan = "\n".join(row[0] for row in fetch_all(connection, explained, {"before": newest, "limit": 100}))
    assert f"using {index}" in plan or f"on {index}" in plan, plan
    assert "Tid Scan" in plan
    for table in ("err", "task", "run", "journal"):
        assert f"Seq Scan on {table}" not in plan, plan


def test_a_process_cleans_again_at_once_only_when_more_is_left(site: Site) -> None:
    """Else not within a minute: a service may take hundreds of hand-overs meanwhile."""

    def run_here() -> int:
        site.partner.redeliver("in_client", {"in_id": 1, "amount": 1})
        site.partner.hand_over()
        number = run_once(runtime).run
        assert number
        return number

    def old_tasks() -> int:
        return site.count(f"in_tables.task where run <= {older}")

    site.set(cleanLimit=TASKS)
    first, second = run(site, 1), run(site, 1)
    make_older(site, first, days=13)
    older = make_older(site, second, days=12)
    with site.runtime() as runtime:
        run_here()
        assert old_tasks() == TASKS
        run_here()
        assert old_tasks() == 0
        run_here()  # a pass that finds nothing
        older = make_older(site, run_here(), days=11)
        run_here()
        assert old_tasks() == TASKS
    with site.runtime() as runtime:
        run_here()
        assert old_tasks() == 0
