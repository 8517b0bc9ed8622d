"""A run waits for a server that must be fixed: it keeps its lease, says so once, and continues by itself."""

import json
import logging
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

import pytest

from etl.errors import EnvironmentFault
from tests.crash import runner
from tests.fix_company import BOTH_LAYOUTS, CLAIMS, STORE, MakeSite, Row, Site, ended, until
from tests.integration.hooks.listener import listening

_FULL = """
create or replace function public.full_disk() returns trigger language plpgsql as $$
begin
    raise exception 'injected' using errcode = '{sqlstate}';
end $$;
create trigger full_disk before insert on {table} for each statement execute function public.full_disk();
"""
TABLES = ("bo_Client", "bo_Claim")


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    site = make_site(CLAIMS, copyTables="false")
    assert site.run().run
    site.partner.fill("in_Client", {"in_id": "c", "name": "client"})
    site.partner.fill("in_Claim", {"in_id": "k", "title": "claim"})
    site.partner.fill("in_Claim_Client", {"claim_id": "k", "client_id": "c"})
    site.partner.hand_over()
    return site


@contextmanager
def full(site: Site, sqlstate: str = "53100") -> Iterator[None]:
    """Nothing can be written into the golden tables."""
    for table in TABLES:
        site.look(_FULL.format(sqlstate=sqlstate, table=f"{STORE}.{table}"), at=site.store_database)
    yield
    for table in TABLES:
        site.look(f"drop trigger full_disk on {STORE}.{table}", at=site.store_database)


def waiting(site: Site) -> list[Row]:
    return site.look("select in_table, owner from in_tables.task where state = 'running' and error like 'waits: %'")


def owner(site: Site) -> Row:
    [row] = site.look("select owner, fence from in_tables.run order by id desc limit 1")
    return row


def check_merged_at_first_attempt(site: Site) -> None:
    """One attempt of each task, no crash counted, no reason left, everything merged."""
    tasks = site.look(
        "select distinct state, attempts, error from in_tables.task where run = (select max(id) from in_tables.run)"
    )
    assert tasks == [{"state": "done", "attempts": 1, "error": None}]
    assert site.count(f"{STORE}.bo_Client") == site.count(f"{STORE}.bo_Claim") == 1


@BOTH_LAYOUTS
@pytest.mark.parametrize("sqlstate", ["53100", "25006"])
def test_it_goes_on_when_the_server_is_fixed(
    site: Site, caplog: pytest.LogCaptureFixture, layout: str, sqlstate: str
) -> None:
    caplog.set_level(logging.INFO)
    site.write("consumers/InMigration.workerCount", "comeKafkaInMigration=2")
    with listening() as listener, ThreadPoolExecutor(1) as pool:
        site.edit("configs/InMigrationConfig.txt", "copyTables", f"hookUrl={listener.url}\ncopyTables")
        with full(site, sqlstate):
            running = pool.submit(site.run)
            until(lambda: len(waiting(site)) == len(TABLES), "both workers wait")
            first = owner(site)
            seen = json.loads(site.etl("status", "--json").out)
            reasons = [task["error"] for task in seen["tasks"] if task["state"] == "running"]
            assert reasons[0].startswith("waits: PostgreSQL ")
            assert "waits: PostgreSQL" in site.etl("status").out
        assert running.result().exit_code == 0
        assert listener.names == ["run.waiting", "run.waiting.over", "run.done"]
        assert listener.events[0]["message"].startswith(f"run {running.result().run} waits: PostgreSQL ")
    assert owner(site) == first
    assert not running.result().taken_over
    check_merged_at_first_attempt(site)
    reported = [record for record in caplog.records if "continues" in record.message]
    assert [record.levelname for record in reported] == ["ERROR", "INFO"]


def test_the_live_view_says_why_it_stands_still(site: Site) -> None:
    with ThreadPoolExecutor(1) as pool, full(site):
        running = pool.submit(site.run)
        until(lambda: waiting(site), "the run waits")
        watcher = site.start("status", "--watch", "--interval", "0.1")
        assert watcher.stdout
        line = watcher.stdout.readline()
        watcher.send_signal(signal.SIGTERM)
        ended(watcher)
    assert "waits: PostgreSQL" in line
    assert running.result().exit_code == 0


def test_patience_ends(site: Site) -> None:
    site.set(copyTables="false", faultPatienceSeconds=1)
    with full(site):
        with pytest.raises(EnvironmentFault, match="free disk space"):
            site.run()
        [left] = site.look("select heartbeat_at from in_tables.run where state = 'running'")
        assert left["heartbeat_at"] is None
        assert site.partner.statuses("in_Client") == {"ON_WORK": 1}
    assert site.run().taken_over


def test_a_helper_waits_too(site: Site) -> None:
    """The owner waits with one task and the helper with the other; neither takes anything over."""
    with full(site):
        first = site.start("run", "--json")
        until(lambda: len(waiting(site)) == 1, "the owner waits")
        helper = site.start("run", "--join", "--json")
        until(lambda: len({row["owner"] for row in waiting(site)}) == len(TABLES), "its helper waits")
        before = owner(site)
    assert [ended(process).code for process in (first, helper)] == [0, 0]
    assert owner(site) == before
    check_merged_at_first_attempt(site)


def long_pauses() -> None:
    """A runner that sleeps through a pause misses every deadline."""
    from etl.runs import error_class

    for meaning, backoffs in error_class._BACKOFFS.items():
        error_class._BACKOFFS[meaning] = tuple(
            replace(one, first=3600.0, longest=3600.0) if one.is_outage else one for one in backoffs
        )


@pytest.mark.parametrize("arguments", [["run"], ["run", "--loop"]])
@pytest.mark.parametrize("workers", [1, 2])
def test_a_signal_ends_the_wait(site: Site, arguments: list[str], workers: int) -> None:
    site.write("consumers/InMigration.workerCount", f"comeKafkaInMigration={workers}")
    environ = {**site.environ, "ETL_CONFIG": site.url, "HOME": str(site.home)}
    with full(site):
        process = runner.start(site.home, environ, long_pauses, *arguments)
        until(lambda: len(waiting(site)) == workers, "the workers wait")
        process.signal(signal.SIGTERM)
        assert process.ended().code == 143
        left = "select distinct state, crash_count from in_tables.task where in_table = 'in_Client' and state <> 'done'"
        assert site.look(left) == [{"state": "todo", "crash_count": 0}]
    assert site.run().taken_over


def test_a_signal_ends_a_helpers_wait(site: Site) -> None:
    environ = {**site.environ, "ETL_CONFIG": site.url, "HOME": str(site.home)}
    with full(site):
        first = site.start("run", "--json")
        until(lambda: len(waiting(site)) == 1, "the owner waits")
        helper = runner.start(site.home, environ, long_pauses, "run", "--join")
        until(lambda: len(waiting(site)) == len(TABLES), "its helper waits")
        helper.signal(signal.SIGTERM)
        assert helper.ended().code == 143
    assert ended(first).code == 0
