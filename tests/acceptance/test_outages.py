"""The service while what it needs is away: it starts nothing on guesses, marks no row, and continues by itself."""

import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from etl.embedded import EmbeddedServer, packaged_binaries
from tests.acceptance.relay import Relay
from tests.acceptance.service import serving
from tests.fix_company import CLAIMS, IMPORT_CONFIG, STORE, MakeSite, Site, new_site
from tests.fix_database import LOOPBACK, SESSIONS, binaries, create_database
from tests.fix_zookeeper import OwnZookeeper

SCHEDULE = "scheduler/core/InMigrationScheduler.scheduler-config.txt"
NEVER = "tryToStartMigration = 31 feb * 10:00"


@pytest.fixture
def line(zookeeper_server: str) -> Iterator[Relay]:
    line = Relay(zookeeper_server)
    yield line
    line.cut()


def test_nothing_starts_while_zookeeper_is_away(
    make_site: MakeSite, line: Relay, zookeeper_url: str, zookeeper_chroot: str
) -> None:
    site = make_site(CLAIMS, url=zookeeper_url, pollSeconds=1)
    site.write(SCHEDULE, NEVER)
    with serving(site, ETL_CONFIG=f"zookeeper://{LOOPBACK}:{line.port}{zookeeper_chroot}") as service:
        service.wait_for_runs(1)
        line.cut()
        service.wait_for_log("no run starts while the configuration cannot be read")
        site.partner.fill("in_Client", {"in_id": "c1", "name": "Client"})
        site.partner.hand_over()
        # Meanwhile the configuration moves on; the service must not start on what it knew before.
        site.set(pollSeconds=1, chunkRows=5000)
        assert site.count("in_tables.run") == 1
        line.fix()
        service.wait_for_log("the service continues")
        service.wait_for_runs(2)
    assert site.count(f"{STORE}.bo_Client") == 1


@pytest.mark.nightly
def test_a_service_waits_for_its_first_configuration(
    make_site: MakeSite, line: Relay, zookeeper_url: str, zookeeper_chroot: str
) -> None:
    site = make_site(CLAIMS, url=zookeeper_url)
    line.cut()
    with serving(site, ETL_CONFIG=f"zookeeper://{LOOPBACK}:{line.port}{zookeeper_chroot}") as service:
        service.wait_for_log("no run starts while the configuration cannot be read")
        line.fix()
        service.wait_for_runs(1)


def test_a_run_whose_session_expires_ends_as_it_began(
    make_site: MakeSite, line: Relay, zookeeper_url: str, zookeeper_chroot: str
) -> None:
    site = make_site(CLAIMS, url=zookeeper_url, pollSeconds=1)
    site.write(SCHEDULE, NEVER)
    with serving(site, ETL_CONFIG=f"zookeeper://{LOOPBACK}:{line.port}{zookeeper_chroot}") as service:
        service.wait_for_runs(1)
        with site.locking(f"{STORE}.bo_Client"):
            hand_over(site, "c1")
            site.wait_for_blocked()
            line.expire()
            site.edit(IMPORT_CONFIG, "hasInMigration=true", "hasInMigration=false")
        service.wait_for_runs(2)
        service.wait_for_log("no run starts: hasInMigration is false")
        hand_over(site, "c2")
        site.edit(IMPORT_CONFIG, "hasInMigration=false", "hasInMigration=true")
        service.wait_for_runs(3)
    assert site.count(f"{STORE}.bo_Client") == 2
    assert site.count("in_tables.run") == 3


def test_a_run_during_which_zookeeper_restarts_ends_and_no_other_begins(
    make_site: MakeSite, own_zookeeper: OwnZookeeper
) -> None:
    line = Relay(own_zookeeper.start())
    site = make_site(CLAIMS, url=f"zookeeper://{LOOPBACK}:{line.port}/etl", pollSeconds=1)
    site.write(SCHEDULE, NEVER)
    with serving(site) as service:
        service.wait_for_runs(1)
        with site.locking(f"{STORE}.bo_Client"):
            hand_over(site, "c1")
            site.wait_for_blocked()
            own_zookeeper.stop()
        service.wait_for_runs(2)
        service.wait_for_log("no run starts while the configuration cannot be read")
        hand_over(site, "c2")
        assert site.count("in_tables.run") == 2
        line.server = own_zookeeper.start()
        service.wait_for_runs(3)
    assert site.count(f"{STORE}.bo_Client") == 2
    line.cut()


def hand_over(site: Site, client: str) -> None:
    site.partner.fill("in_Client", {"in_id": client, "name": "Client"})
    site.partner.hand_over()


class Restartable:
    """A PostgreSQL of this test alone, which it may restart as after a crash."""

    def __init__(self, server: EmbeddedServer) -> None:
        self._server = server

    def restart(self) -> None:
        cluster = self._server._cluster
        assert cluster
        program = (binaries() or packaged_binaries()) / "pg_ctl"
        log = cluster.data / "restarted.log"
        done = cluster.account.run(
            program, "-D", cluster.data, "-m", "immediate", "-w", "-l", log, "restart", timeout=60
        )
        assert done.returncode == 0, done.stderr


@pytest.fixture
def restartable(open_folder: Path, tmp_path: Path) -> Iterator[tuple[Site, Restartable]]:
    with socket.create_server((LOOPBACK, 0)) as probe:
        port = probe.getsockname()[1]
    settings = {"port": str(port), "listen_addresses": LOOPBACK, "max_connections": "50"}
    with EmbeddedServer(open_folder, binaries=binaries(), settings=settings) as server:
        database = create_database(server, "alone")
        site = new_site(database, tmp_path, CLAIMS, leaseSeconds=3, heartbeatSeconds=1, pollSeconds=1)
        yield site, Restartable(server)
        site.partner.session.close()
        SESSIONS.close_all(database.host)


def test_a_server_that_crashes_during_a_run(restartable: tuple[Site, Restartable]) -> None:
    site, server = restartable
    site.write(SCHEDULE, NEVER)
    with serving(site) as service:
        service.wait_for_runs(1)
        site.partner.fill("in_Client", {"in_id": "c1", "name": "Client"})
        with contextlib.suppress(Exception), site.locking(f"{STORE}.bo_Client"):
            site.partner.hand_over()
            site.wait_for_blocked()
            server.restart()
        service.wait_for_runs(2)
    assert site.count(f"{STORE}.bo_Client") == 1
    assert site.look("select distinct in_status from in_tables.in_client") == [{"in_status": "DONE"}]
