"""A link that takes every byte and carries none: no process waits for it for ever, none counts as alive by it."""

import json
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.acceptance.middlebox import Middlebox, middlebox
from tests.acceptance.service import manager
from tests.crash import runner
from tests.crash.runner import Runner
from tests.fix_company import (
    CLAIMS,
    IMPORT_CONFIG,
    ONLY_APART,
    STORE,
    STORE_CONFIG,
    MakeSite,
    Row,
    Site,
    is_measured,
    until,
)
from tests.fix_database import LOOPBACK

SCHEDULE = "scheduler/core/InMigrationScheduler.scheduler-config.txt"
NEVER = "tryToStartMigration = 31 feb * 10:00"

# Of tasks: what merges rows, what marks them, what ends the task, and its commit or that of the heartbeat.
WORK = [b"insert into store_demo.bo_Client", b"update in_tables.in_Client", b"set state = 'done'", b"COMMIT"]


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    site = make_site(CLAIMS, copyTables="false", leaseSeconds=9, heartbeatSeconds=1)
    assert site.run().run
    site.partner.fill("in_Client", {"in_id": "c", "name": "client"})
    site.partner.hand_over()
    return site


@pytest.fixture
def box(site: Site) -> Iterator[Middlebox]:
    with middlebox(site.database.port) as box:
        site.edit(IMPORT_CONFIG, f"port={site.database.port}", f"port={box.port}")
        yield box


def shorten_timeouts() -> None:
    """What takes a quarter of a minute takes seconds."""
    from etl.database import connections, links
    from etl.engine.service import hand_over_listener

    connections._CONNECT_SECONDS = 3
    links._SILENT_SECONDS, links._ASK_SECONDS, links._TRAVEL_SECONDS = 2.0, 3.0, 1.0
    hand_over_listener._CHECK_SECONDS = 1.0


def leave_silent_links_open() -> None:
    """Silent links are not closed."""
    from etl.database import links
    from etl.engine.service import loop

    links._SILENT_SECONDS, loop._STUCK_SECONDS = 3600.0, 3.0


def start(site: Site, *arguments: str, inject: Callable[[], None] = shorten_timeouts, **environ: str) -> Runner:
    environ = {**site.environ, "ETL_CONFIG": site.url, "HOME": str(site.home), **environ}
    return runner.start(site.home, environ, inject, *arguments)


@contextmanager
def serving(site: Site, inject: Callable[[], None] = shorten_timeouts, **environ: str) -> Iterator[Runner]:
    service = start(site, "run", "--loop", "--json", inject=inject, **environ)
    try:
        yield service
    finally:
        if is_measured() and service.is_running():
            service.signal(signal.SIGTERM)
            service.process.join(10)
        service.end()


def output_of(path: Path) -> str:
    """What a process has written so far; a fork may take its time to open the file."""
    return path.read_text() if path.exists() else ""


def wait_for_log(started: Runner, text: str, times: int = 1) -> None:
    try:
        until(lambda: output_of(started.err).count(text) >= times, f"it says {text!r}")
    except pytest.fail.Exception as failure:
        raise AssertionError(f"{failure}; it says:\n{output_of(started.err)}") from failure


def wait_for_runs(service: Runner, runs: int) -> None:
    try:
        until(lambda: len(output_of(service.out).splitlines()) >= runs, f"{runs} runs are done")
    except pytest.fail.Exception as failure:
        raise AssertionError(f"{failure}; it says:\n{output_of(service.err)}") from failure


def owner(site: Site) -> Row:
    [row] = site.look("select owner, fence from in_tables.run order by id desc limit 1")
    return row


def nothing_is_rejected(site: Site) -> None:
    assert site.count("in_tables.err") == 0
    assert site.look("select 1 from in_tables.task where state = 'quarantined'") == []


@pytest.mark.parametrize("with_question", [True, False])
@pytest.mark.parametrize("words", WORK)
def test_the_link_of_the_work(site: Site, box: Middlebox, words: bytes, with_question: bool) -> None:
    with site.locking_rows("in_tables.in_Client"):
        running = start(site, "run", "--json")
        site.wait_for_blocked()
        # The heartbeat writes of its own accord; its words are others, but its commit is one too.
        box.swallow_from(words, with_question=with_question)
    done = running.ended()
    assert box.swallowed.is_set()
    assert done.code == 0, done.err
    assert "Traceback" not in done.err
    assert site.partner.statuses("in_Client") == {"DONE": 1}
    assert site.count(f"{STORE}.bo_Client") == 1
    nothing_is_rejected(site)


@pytest.mark.parametrize("with_question", [True, False])
@pytest.mark.parametrize("words", [b"set heartbeat_at = clock_timestamp()\nwhere id", b"set periodic_update_time"])
def test_the_link_of_the_heartbeat(site: Site, box: Middlebox, words: bytes, with_question: bool) -> None:
    with site.locking(f"{STORE}.bo_Client"):
        running = start(site, "run", "--json")
        site.wait_for_blocked()
        before = owner(site)
        box.swallow_from(words, with_question=with_question)
        assert box.swallowed.wait(30)
        site.look("update in_tables.run set heartbeat_at = '2001-01-01' where state = 'running'")
        age = "select extract(epoch from clock_timestamp() - heartbeat_at) from in_tables.run where state = 'running'"
        until(lambda: site.value(age) < 5, "the lease is renewed over another link")
    done = running.ended()
    assert done.code == 0, done.err
    assert owner(site) == before


@pytest.mark.nightly
def test_all_links_at_once_end_the_run_as_a_lost_server_does(site: Site, box: Middlebox) -> None:
    with site.locking(f"{STORE}.bo_Client"):
        running = start(site, "run", "--json")
        site.wait_for_blocked()
        box.swallow_all()
        done = running.ended()
    assert done.code == 4, done.err
    assert "is no longer ours: its connections are closed" in done.err
    assert "Traceback" not in done.err
    nothing_is_rejected(site)
    box.carry()
    site.look("update in_tables.run set heartbeat_at = '2001-01-01' where state = 'running'")
    assert site.run().taken_over
    assert site.partner.statuses("in_Client") == {"DONE": 1}


def test_a_server_that_lets_in_and_says_nothing(site: Site, box: Middlebox) -> None:
    box.swallow_all()
    for command in (["run"], ["status"], ["check"]):
        done = start(site, *command).ended()
        assert done.code in (1, 4), done
        assert "timeout expired" in done.out + done.err
        assert "Traceback" not in done.err


@pytest.mark.nightly
def test_a_service_that_waits_and_one_that_runs(site: Site, box: Middlebox) -> None:
    site.set(copyTables="false", leaseSeconds=9, heartbeatSeconds=1, pollSeconds=1)
    site.write(SCHEDULE, NEVER)
    with serving(site) as service:
        wait_for_runs(service, 1)
        box.swallow_all()
        wait_for_log(service, "trying again later")
        box.carry()
        site.partner.fill("in_Client", {"in_id": "d", "name": "client"})
        site.partner.hand_over()
        wait_for_runs(service, 2)
        with site.locking(f"{STORE}.bo_Client"):
            site.partner.fill("in_Client", {"in_id": "e", "name": "client"})
            site.partner.hand_over()
            site.wait_for_blocked()
            box.swallow_all()
            wait_for_log(service, "is no longer ours: its connections are closed")
            wait_for_log(service, "trying again later", 2)
            box.carry()
        wait_for_runs(service, 3)
        service.signal(signal.SIGTERM)
        assert service.ended().code == 143
    assert site.partner.statuses("in_Client") == {"DONE": 3}
    nothing_is_rejected(site)


@pytest.mark.nightly
@pytest.mark.parametrize("with_question", [True, False])
def test_the_link_that_listens(site: Site, box: Middlebox, with_question: bool) -> None:
    """With so rare polls a hand-over is found by hearing alone."""
    site.set(copyTables="false", pollSeconds=3600)
    site.write(SCHEDULE, NEVER)
    with serving(site) as service:
        wait_for_runs(service, 1)
        listening = "select pid from pg_stat_activity where query ilike 'listen%' or query = 'select 1'"
        [before] = until(lambda: site.look(listening), "the service listens")
        box.swallow_from(b"select 1", with_question=with_question)
        wait_for_log(service, "hand-overs are not noticed until the server is back")
        until(lambda: [row for row in site.look(listening) if row != before], "the service listens again")
        site.partner.fill("in_Client", {"in_id": "d", "name": "client"})
        site.partner.hand_over()
        wait_for_runs(service, 2)


@pytest.mark.nightly
def test_the_watchdog_is_not_fed_while_no_one_answers(site: Site, box: Middlebox, tmp_path: Path) -> None:
    """As if silent links were not closed: systemd sees that the service hangs, while it waits or runs."""

    site.set(copyTables="false", leaseSeconds=3600, heartbeatSeconds=1000, pollSeconds=1, hookSeconds=1)
    path = str(tmp_path / "manager")
    with (
        manager(path) as heard,
        serving(site, leave_silent_links_open, NOTIFY_SOCKET=path, WATCHDOG_USEC="300000") as service,
    ):
        with site.locking(f"{STORE}.bo_Client"):
            site.wait_for_blocked()
            until(lambda: heard.count("WATCHDOG=1") > 3, "the watchdog is fed")
            box.swallow_all()
        wait_until_quiet(heard)
        assert service.process.exitcode is None


def wait_until_quiet(heard: list[str]) -> None:
    """Until no word has come for several times as long as there is between two of them."""

    until(lambda: _quiet_once(heard), "the watchdog is left alone")


def _quiet_once(heard: list[str]) -> bool:
    before, over = heard.count("WATCHDOG=1"), time.monotonic() + 3.0
    while time.monotonic() < over:
        if heard.count("WATCHDOG=1") > before:
            return False
        time.sleep(0.05)
    return True


@pytest.mark.nightly
@ONLY_APART
@pytest.mark.parametrize("words", [b"insert into store_demo.bo_Client", b"store_fence", b"COMMIT", b"\x00\x00PGCOPY"])
def test_the_link_to_a_store_of_its_own(make_site: MakeSite, words: bytes) -> None:
    site = make_site(CLAIMS, copyTables="false", leaseSeconds=9, heartbeatSeconds=1)
    assert site.run().run
    site.partner.fill("in_Client", {"in_id": "c", "name": "client"})
    site.partner.hand_over()
    with middlebox(site.database.port) as box:
        site.edit(STORE_CONFIG, f"port={site.database.port}", f"port={box.port}")
        with site.locking_rows("in_tables.in_Client"):
            running = start(site, "run", "--json")
            site.wait_for_blocked()
            box.swallow_from(words, with_question=True)
        done = running.ended()
    assert done.code == 0, done.err
    assert site.count(f"{STORE}.bo_Client") == 1
    nothing_is_rejected(site)


@pytest.mark.nightly
def test_a_statement_that_takes_long_is_let_alone(site: Site, box: Middlebox) -> None:
    """Many times as long as a silent link is tolerated: the server is seen working."""
    with site.locking(f"{STORE}.bo_Client"):
        running = start(site, "run", "--json")
        site.wait_for_blocked()
        over = time.monotonic() + 12
        until(lambda: time.monotonic() > over, "it has taken several times as long")
    done = running.ended()
    assert done.code == 0, done.err
    assert "a connection is closed" not in done.err


@pytest.mark.nightly
def test_zookeeper_that_takes_all_and_answers_nothing(
    make_site: MakeSite, zookeeper_server: str, zookeeper_url: str, zookeeper_chroot: str
) -> None:
    site = make_site(CLAIMS, url=zookeeper_url, pollSeconds=1)
    site.write(SCHEDULE, NEVER)
    with middlebox(int(zookeeper_server.rpartition(":")[2])) as box:
        url = f"zookeeper://{LOOPBACK}:{box.port}{zookeeper_chroot}"
        with serving(site, ETL_CONFIG=url) as service:
            wait_for_runs(service, 1)
            box.swallow_all()
            wait_for_log(service, "no run starts while the configuration cannot be read")
            for command in (["run"], ["config", "check"], ["status"]):
                done = start(site, *command, ETL_CONFIG=url).ended()
                assert done.code in (2, 4), done
                assert "cannot reach ZooKeeper" in done.out + done.err
                assert "Traceback" not in done.err
            box.carry()
            site.partner.fill("in_Client", {"in_id": "d", "name": "client"})
            site.partner.hand_over()
            wait_for_runs(service, 2)
            service.signal(signal.SIGTERM)
            assert service.ended().code == 143
    assert json.loads(service.out.read_text().splitlines()[0])["exit_code"] == 0
