"""A store of the last version before migrations were recorded: refused, brought up, and right."""

from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from etl.embedded import EmbeddedServer
from etl.engine import prepare
from tests.fix_company import APART, BOTH_LAYOUTS, CLAIMS, MakeSite, ended, new_site
from tests.fix_database import Database, fresh_database
from tests.integration.upgrade.older import (
    CLAIM_CLIENT,
    CLIENTS,
    PROGRAM,
    VERSIONS,
    older_site,
    out,
    session,
    shape,
    written,
)

WRITING = (
    ("run",),
    ("run", "--accept"),
    ("run", "--dry-run"),
    ("undo", "1883118878527062016"),
    ("clean",),
    ("out", "build", "--version", "3"),
    ("out", "switch", "out_demo_1_2"),
    ("out", "rollback"),
    ("out", "retire", "out_demo_1_2", "--force"),
    ("errors", "retry", "--code", "NUMBER_NOT_FINITE"),
    ("generate-ddl", "--direction", "all", "--apply"),
    ("grants", "--apply"),
    ("errors", "list"),
    ("waiting",),
    ("out", "list"),
)

UNDESCRIBED = r"""
    select relname from pg_class
    where relnamespace::regnamespace::text in ('in_tables', 'store_demo') and relkind in ('r', 'v')
      and relname !~ '^(bo_|link_|in_|process_)' and coalesce(obj_description(oid), '') !~ '^[A-Z].+ .+ '
"""


@BOTH_LAYOUTS
def test_it_is_refused_with_the_command_that_helps(make_site: MakeSite, layout: str) -> None:
    site = older_site(make_site, layout)
    before = written(site)
    for command in WRITING:
        refused = site.etl(*command)
        assert (refused.code, "`etl upgrade start`" in refused.err) == (2, True), (command, refused)
    status = site.etl("status")
    assert (status.code, "has version 0" in status.out, f"version {PROGRAM['import']}" in status.out) == (
        0,
        True,
        True,
    ), status
    checked = site.etl("check")
    assert (checked.code, "has version 0" in checked.out) == (1, True)
    assert "`etl upgrade start`" in checked.out
    assert written(site) == before


@BOTH_LAYOUTS
def test_it_is_brought_up_and_goes_on(make_site: MakeSite, layout: str) -> None:
    site = older_site(make_site, layout)
    started = site.etl("upgrade", "start")
    assert started.code == 0, started
    parts = ["import", "store", "out"] + (["store", "out", "mirror"] if len(site.databases) > 1 else [])
    steps = [part for part in parts for _ in range(PROGRAM[part])]
    assert sorted(line.split()[1] for line in started.out.splitlines()) == sorted(steps)
    again = site.etl("upgrade", "start", "--json")
    assert (again.code, '"steps": []' in again.out, '"state": "ready"' in again.out) == (0, True, True), again

    taken_over = site.etl("run")
    assert (taken_over.code, "continues" in taken_over.out) == (0, True), taken_over
    assert "1 waiting links found their ends" in taken_over.out
    for schema in VERSIONS:
        assert out(site, schema) == (CLIENTS, CLAIM_CLIENT, {"first": "Renamed"})

    site.partner("truncate in_Client, in_Claim, in_Claim_Client, in_Claim_Watchers")
    site.partner.fill("in_Client", {"in_id": "later", "name": "Later", "amount": 1}, {"in_id": "c2", "name": "Two"})
    site.partner.hand_over()
    done = site.etl("run")
    assert done.code == 0, done
    assert set(out(site, VERSIONS[1])[0]) == CLIENTS.keys() - {"Client 2"} | {"Two", "Later"}
    undone = site.etl("undo", str(site.value("select max(id) from in_tables.run")))
    assert undone.code == 0, undone
    assert out(site, VERSIONS[1]) == (CLIENTS, CLAIM_CLIENT, {"first": "Renamed"})
    assert site.etl("out", "switch", VERSIONS[1]).code == 0
    assert {row["name"] for row in site.look("select name from out_demo.client")} == CLIENTS.keys()
    assert site.etl("clean").code == 0
    assert site.etl("check").code == 0


@BOTH_LAYOUTS
def test_what_is_brought_up_is_as_what_is_made(
    make_site: MakeSite, layout: str, tmp_path: Path, server: EmbeddedServer, template: Database
) -> None:
    older = older_site(make_site, layout)
    assert older.etl("upgrade", "start").code == 0
    with older.runtime() as runtime:
        prepare(runtime)
    folder = tmp_path / "made"
    folder.mkdir()
    with ExitStack() as stack:
        databases = [stack.enter_context(fresh_database(server, template)) for _ in older.databases]
        made = new_site(databases[0], folder, CLAIMS, others=databases[1:])
        stack.callback(made.partner.session.close)
        with made.runtime() as runtime:
            prepare(runtime)
        assert shape(older) == shape(made)
        assert [made.look(UNDESCRIBED, at=one) for one in made.databases] == [[] for _ in made.databases]


def test_two_upgrades_at_once_do_each_step_once(make_site: MakeSite, layout: str) -> None:
    site = older_site(make_site, layout)
    with session(site.store_database) as lock:
        lock.execute("lock table store_demo.journal in access share mode")
        lock.execute("lock table store_demo.unit_number in access share mode")
        both = [site.start("upgrade", "start") for _ in range(2)]
        site.wait_for_blocked()
        lock.rollback()
        results = [ended(process) for process in both]
    assert [one.code for one in results] == [0, 0], results
    assert sorted("has version" in one.out for one in results) == [False, True]
    steps = site.look("select part, version, count(*) as n from store_demo.etl_step group by 1, 2 order by 1, 2")
    made = [(part, version) for part in ("out", "store") for version in range(1, PROGRAM[part] + 1)]
    assert steps == [{"part": part, "version": version, "n": 1} for part, version in made]


@BOTH_LAYOUTS
@pytest.mark.parametrize("table", ["journal", "boi_reference"])
def test_an_upgrade_that_is_killed_continues_where_it_was(make_site: MakeSite, layout: str, table: str) -> None:
    """Between two steps, which nothing of the third one shows."""
    site = older_site(make_site, layout)
    recorded = "select version from store_demo.etl_schema where part = 'store'"
    with session(site.store_database) as lock:
        lock.execute(f"lock table store_demo.{table} in access share mode")
        process = site.start("upgrade", "start")
        site.wait_for_blocked()
        process.kill()
        ended(process)
    reached = site.value(recorded, at=site.store_database)
    assert reached == {"journal": 1, "boi_reference": 3}[table]
    for command in (("run",), ("undo", "1883118878527062016")):
        refused = site.etl(*command)
        assert (refused.code, "`etl upgrade start`" in refused.err) == (2, True), refused
    assert site.etl("status").code == 0
    started = site.etl("upgrade", "start")
    assert started.code == 0, started
    steps = [line for line in started.out.splitlines() if line.startswith("store_demo: store ")]
    mirrored = PROGRAM["store"] if layout == APART else 0
    assert len(steps) == PROGRAM["store"] - reached + mirrored
    assert site.etl("run").code == 0
    assert out(site, VERSIONS[1]) == (CLIENTS, CLAIM_CLIENT, {"first": "Renamed"})


def test_an_upgrade_waits_for_no_run_that_is_under_way(make_site: MakeSite, layout: str) -> None:
    """Neither for its owner nor for a helper; both are named."""
    site = older_site(make_site, layout)
    before = written(site)
    site.look("update in_tables.run set heartbeat_at = clock_timestamp() where state = 'running'")
    refused = site.etl("upgrade", "start")
    assert (refused.code, "works on run 1883118883543449600" in refused.err) == (75, True), refused
    site.look("update in_tables.run set heartbeat_at = null")
    site.look(
        "insert into in_tables.runner (run, owner, fence, host, pid, pinned, heartbeat_at) "
        "select max(id), 'a helper', 3, 'host', 1, '', clock_timestamp() from in_tables.run"
    )
    refused = site.etl("upgrade", "start")
    assert (refused.code, "runner a helper works on" in refused.err) == (75, True), refused
    site.look("delete from in_tables.runner where owner = 'a helper'")
    assert written(site)["shape"] == before["shape"]
    site.look("update in_tables.runner set heartbeat_at = clock_timestamp() - interval '1 hour'")
    assert site.etl("upgrade", "start").code == 0


def test_no_run_begins_during_an_upgrade(make_site: MakeSite, layout: str) -> None:
    site = older_site(make_site, layout)
    with session(site.store_database) as lock, session(site.database) as contender:
        lock.execute("lock table store_demo.unit_number in access share mode")
        upgrade = site.start("upgrade", "start")
        site.wait_for_blocked()
        with pytest.raises(psycopg.errors.LockNotAvailable):
            contender.execute("select 1 from in_tables.run_fence for update nowait")
        lock.rollback()
        assert ended(upgrade).code == 0
        contender.rollback()
        assert contender.execute("select 1 as n from in_tables.run_fence for update nowait").fetchall() == [{"n": 1}]


def test_tables_older_than_that_are_named(make_site: MakeSite, layout: str) -> None:
    site = older_site(make_site, layout)
    site.look("drop table store_demo.unit_number; alter table store_demo.file_alias drop column run")
    refused = site.etl("upgrade", "start")
    assert refused.code == 2, refused
    assert "unit_number.highest, file_alias.run" in refused.err
