"""The server itself fails in the middle of a run: the state stays clear, and the next run comes to the same end."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest

from etl.embedded import EmbeddedServer
from tests.crash.harness import Harness, connect, open_harness
from tests.crash.invariants import check_invariants
from tests.crash.proxy import Mode
from tests.fix_company import STORE, until
from tests.fix_database import Database, _free_port, binaries
from tests.fix_disk import full_disk

_MERGED = "-- Instances that differ, and only those"


def shorten_lock_timeout() -> None:
    """A lock is waited for so shortly that the tries are soon used up."""
    from etl.database import session

    session.PINNED["lock_timeout"] = "50ms"


@pytest.fixture
def harness(server: EmbeddedServer, template: Database, tmp_path: Path) -> Iterator[Harness]:
    with open_harness(server, template, tmp_path) as harness:
        harness.reset()
        harness.proxy.arm(None)
        yield harness


def check_run_completes(harness: Harness) -> None:
    assert harness.run().code == harness.code
    assert harness.differences() == ""


@pytest.fixture
def other_server() -> Iterator[EmbeddedServer]:
    """A server for one test; it survives an immediate stop, so it writes to disk (fsync)."""
    folder = Path(tempfile.mkdtemp(prefix="etl-test-"))
    folder.chmod(0o755)
    settings = {"port": str(_free_port()), "listen_addresses": "127.0.0.1", "shared_buffers": "32MB"}
    with EmbeddedServer(folder, binaries=binaries(), settings=settings) as running:
        yield running
    shutil.rmtree(folder)


def test_an_immediate_restart(other_server: EmbeddedServer, tmp_path: Path) -> None:
    """What was not committed is gone, and so are all connections, without a word."""
    template = Database("template0", str(other_server.socket_dir), other_server.port, other_server.username)
    with open_harness(other_server, template, tmp_path) as harness:
        harness.reset()
        harness.proxy.arm(None)
        cluster = other_server._cluster
        assert cluster
        with suppress(psycopg.OperationalError), harness.site.locking(f"{STORE}.bo_Client"):
            running = harness.start()
            harness.site.wait_for_blocked()
            stopped = cluster._control("stop", "-m", "immediate", "-w", timeout=60)
            assert stopped.returncode == 0, stopped.stderr
            broken = running.ended()
            cluster.start(other_server.socket_dir)
        assert broken.code == 4, broken
        assert "Traceback" not in broken.err
        harness.observer.close()
        harness.observer = connect(harness.site.database)
        assert harness.look("select in_status from in_tables.in_Client group by 1") == [{"in_status": "ON_WORK"}]
        harness.expire_lease()
        check_run_completes(harness)


def test_a_full_disk(harness: Harness, open_folder: Path) -> None:
    with _full_disk(harness, open_folder) as is_real:
        if is_real:
            stopped = harness.run()
        else:  # who may not mount gets the server's word without its reason
            places = [place for place, trip in enumerate(harness.trips, 1) if _MERGED in trip]
            stopped = harness.run_trial(places[0], Mode.DISK_FULL)
            harness.reset()
        assert stopped.code == 4, stopped
        assert "free disk space on the server, then run again" in stopped.err
        if is_real:
            begun = harness.look(
                "select state, owner from in_tables.task where kind = 'MIGRATE_SINGLE_FIELDS' and error <> ''"
            )
            assert begun == [{"state": "todo", "owner": None}]
    check_run_completes(harness)


@pytest.mark.nightly
def test_disk_space_is_freed_while_a_run_waits(harness: Harness, open_folder: Path) -> None:
    """The run keeps its lease and continues by itself: one notification, one attempt, one owner."""
    harness.site.edit("configs/InMigrationConfig.txt", "faultPatienceSeconds=0", "faultPatienceSeconds=600")
    with _full_disk(harness, open_folder) as is_real:
        if not is_real:
            pytest.skip("who may not mount cannot fill a disk")
        running = harness.start()
        until(lambda: harness.look("select 1 from in_tables.task where error like 'waits: %'"), "the run waits")
    ended = running.ended()
    assert ended.code == harness.code, ended
    assert ended.err.count("free disk space on the server") == 1
    newest = "run = (select max(run) from in_tables.task)"
    assert harness.look(f"select max(attempts) as attempts from in_tables.task where {newest}") == [{"attempts": 1}]
    assert len(harness.look(f"select 1 from in_tables.runner where {newest}")) == 1
    check_invariants(harness.look)


@contextmanager
def _full_disk(harness: Harness, folder: Path) -> Iterator[bool]:
    """The golden table lies on a full file system and has to grow; at the end it need not."""
    with full_disk(harness.site, folder) as is_real:
        if is_real:
            # Longer than what its page has left, and not to be compressed.
            long = "(select string_agg(md5(random()::text || n), '') from generate_series(1, 500) n)"
            harness.look(f"update in_tables.in_Client set name = name || {long} where in_id is not null")
        yield is_real
        if is_real:
            harness.look("update in_tables.in_Client set name = left(name, 3) where in_id is not null")


def test_a_lock_that_is_held_too_long(harness: Harness) -> None:
    harness.inject = shorten_lock_timeout
    with psycopg.connect(harness.observer.info.dsn, application_name="a report") as session:
        session.execute(f"lock table {STORE}.bo_Client in share mode")
        refused = harness.run()
    assert refused.code == 4, refused
    assert "end it or wait" in refused.err
    [left] = harness.look("select error from in_tables.task where kind = 'MIGRATE_SINGLE_FIELDS' and state = 'todo'")
    assert "lock timeout" in left["error"]
    harness.inject = None
    check_run_completes(harness)


@pytest.mark.nightly
def test_a_deadlock_is_over_with_the_next_try(harness: Harness) -> None:
    """The run holds rows of in_Client and waits for the store; the other one holds the store and waits for the rows."""
    with psycopg.connect(harness.observer.info.dsn) as other:
        other.execute("set deadlock_timeout = '1h'; set lock_timeout = '30s'")  # the run shall be the victim
        other.execute(f"select 1 from {STORE}.bo_Client where _in_id = 'changed' for update")
        running = harness.start()
        harness.site.wait_for_blocked()
        other.execute("update in_tables.in_Client set name = 'touched' where in_id = 'changed'")
        other.rollback()
    assert running.ended().code == harness.code
    assert harness.differences() == ""
    [most] = harness.look("select max(attempts) as n from in_tables.task")
    assert most["n"] == 1, "a fault that goes away is tried again by the same runner"
