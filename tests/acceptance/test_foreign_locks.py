"""Locks of other sessions: a run waits for them, names their owners, and keeps its lease: no runner takes it over."""

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import Thread
from typing import Any

import psycopg
import pytest

from tests.fix_company import CLAIMS, STORE, MakeSite, Row, Site, ended, superuser, until
from tests.sweeps import mostly_nightly

LEASE_SECONDS = 3
_MODES = ("share", "share row exclusive", "exclusive", "access exclusive")
_TABLES = ("run", "run_fence", "task", "err", "in_client", "migration_receipt")

LOCKS = [f"lock table in_tables.process_tracking in {mode} mode" for mode in _MODES]
LOCKS += [f"lock table in_tables.run in {mode} mode" for mode in _MODES]
LOCKS += [f"lock table in_tables.{table} in exclusive mode" for table in _TABLES if table != "run"]
LOCKS += [
    "select 1 from in_tables.process_tracking for update",
    "select 1 from in_tables.process_tracking for no key update",
    "update in_tables.process_tracking set load_status = 0",
    "delete from in_tables.process_tracking",
    "truncate in_tables.process_tracking",
    "select 1 from in_tables.run for update",
    "select 1 from in_tables.run_fence for update",
    "select 1 from in_tables.task for update",
]
# One of each table and of each kind: of a table or its rows, held by reading, writing or emptying it.
ALWAYS = [
    "lock table in_tables.process_tracking in access exclusive mode",
    "lock table in_tables.run in share mode",
    "lock table in_tables.in_client in exclusive mode",
    "update in_tables.process_tracking set load_status = 0",
    "truncate in_tables.process_tracking",
    "select 1 from in_tables.run_fence for update",
    "select 1 from in_tables.task for update",
]


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    site = make_site(CLAIMS, copyTables="false", leaseSeconds=LEASE_SECONDS, heartbeatSeconds=1)
    assert site.run().run
    site.partner.fill("in_Client", {"in_id": "c", "name": "client"})
    site.partner.hand_over()
    return site


@contextmanager
def holding(site: Site, statement: str) -> Iterator["psycopg.Connection[Any]"]:
    """A session that has done it and forgotten its transaction."""
    with psycopg.connect(**superuser(site.database), application_name="a report") as session:
        session.execute(statement)
        yield session
        session.rollback()


def owner(site: Site) -> Row:
    [row] = site.look("select id, owner, fence from in_tables.run order by id desc limit 1")
    return row


def longer_than_a_lease() -> None:
    over = time.monotonic() + LEASE_SECONDS + 1
    until(lambda: time.monotonic() > over, "a lease would have run out")


def warnings(site: Site) -> str:
    """Those of `etl status`, or why it can say nothing."""
    status = site.etl("status", "--json")
    return "\n".join(json.loads(status.out)["warnings"]) if status.code == 0 else status.err


@pytest.mark.parametrize("lock", mostly_nightly(LOCKS, always=ALWAYS))
def test_a_run_keeps_its_lease_and_waits(site: Site, lock: str) -> None:
    with ExitStack() as foreign:
        with site.locking(f"{STORE}.bo_Client"):
            running = site.start("run", "--json")
            site.wait_for_blocked()
            session = foreign.enter_context(holding(site, lock))
            before = session.execute("select id, owner, fence from in_tables.run order by id desc limit 1").fetchone()
            longer_than_a_lease()
            contender = site.etl("run")
            assert contender.code in (75, 4), contender.err
            if contender.code == 4:  # who cannot even read says whose lock that is
                assert f"session {session.info.backend_pid} of " in contender.err
        said = f"session {session.info.backend_pid} of "
        until(lambda: said in warnings(site), "status names who holds the lock")
    done = ended(running)
    assert done.code == 0, done.err
    assert not json.loads(done.out)["taken_over"]
    assert tuple(owner(site).values()) == before
    assert site.partner.statuses("in_Client") == {"DONE": 1}
    assert done.err.count("shows no heartbeat while other sessions hold process_tracking") <= 1
    if "process_tracking" in lock:
        assert "shows no heartbeat while other sessions hold process_tracking" in done.err
        assert said in done.err
    if "tables.run " in lock:
        assert "the lease cannot be renewed, nor taken over while other sessions hold run" in done.err


@pytest.mark.nightly
def test_a_session_that_waits_behind_a_reader_is_named_with_it(site: Site) -> None:
    """A change of the table waits for a long report, and every later session for both."""
    with ExitStack() as foreign:
        with site.locking(f"{STORE}.bo_Client"):
            running = site.start("run", "--json")
            site.wait_for_blocked()
            report = foreign.enter_context(holding(site, "select 1 from in_tables.process_tracking"))
            change = psycopg.connect(**superuser(site.database), application_name="a change")
            foreign.callback(change.close)
            altering = Thread(
                target=change.execute, args=["alter table in_tables.process_tracking add column extra text"]
            )
            altering.start()
            foreign.callback(altering.join)
            waits = "select count(*) from pg_locks where pid = %s and not granted"
            until(lambda: site.value(waits, [change.info.backend_pid]), "the change waits")
            before = owner(site)
            longer_than_a_lease()
            assert site.etl("run").code == 75
        until(lambda: f"session {change.info.backend_pid} of " in warnings(site), "status names the change")
        assert f"session {report.info.backend_pid} of " in warnings(site)
        report.rollback()
        altering.join()
        change.rollback()
    done = ended(running)
    assert done.code == 0, done.err
    assert owner(site) == before


@pytest.mark.nightly
def test_a_run_that_is_stopped_waits_for_the_marker_too(site: Site) -> None:
    site.set(copyTables="false", leaseSeconds=LEASE_SECONDS, heartbeatSeconds=1, errorLimit=0)
    site.partner.fill("in_Claim_Client", {"claim_id": "", "client_id": ""})
    site.partner.fill("in_Client", {"in_id": None, "name": "missing"})
    with ExitStack() as foreign:
        with site.locking(f"{STORE}.bo_Client"):
            running = site.start("run", "--json")
            site.wait_for_blocked()
            session = foreign.enter_context(holding(site, "update in_tables.process_tracking set load_status = 0"))
        longer_than_a_lease()
        assert site.etl("run").code == 75
        assert f"session {session.info.backend_pid} of " in warnings(site)
    assert ended(running).code == 3
    assert site.partner.marker()["ins_inkafka_status"] == 2


def test_a_start_that_a_lock_keeps_back_says_whose_it_is(site: Site) -> None:
    site.look(f"grant pg_read_all_stats to {site.engine_role}")
    with holding(site, "lock table in_tables.process_tracking in access exclusive mode") as session:
        said = f"locked by session {session.info.backend_pid} of "
        ran = site.etl("run")
        status = site.etl("status")
    assert ran.code == 4
    assert f"process_tracking: {said}" in ran.err
    assert "(a report), in a transaction since " in ran.err
    assert status.code == 0
    assert said in status.out
    assert site.run().run


@pytest.mark.nightly
def test_a_dead_owner_is_replaced_when_the_lock_is_gone(site: Site) -> None:
    with site.locking(f"{STORE}.bo_Client"):
        running = site.start("run")
        site.wait_for_blocked()
        running.kill()
        ended(running)
    with holding(site, "lock table in_tables.run in share mode") as session:
        longer_than_a_lease()
        contender = site.etl("run")
        assert contender.code == 75
        assert f"is not taken over: run: locked by session {session.info.backend_pid} of " in contender.err
    taken = site.etl("run", "--json")
    assert taken.code == 0, taken.err
    assert json.loads(taken.out)["taken_over"]
