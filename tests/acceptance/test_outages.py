"""The service while what it needs is away: it starts nothing on guesses, marks no row, and goes on by itself."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from etl.database import Access, open_engine
from etl.database.embedded import EmbeddedServer, packaged_binaries
from tests.acceptance.service import serving
from tests.fix_company import CLAIMS, STORE, MakeSite, Site, new_site
from tests.fix_database import LOOPBACK, Database, binaries

SCHEDULE = "scheduler/core/InMigrationScheduler.scheduler-config.txt"
NEVER = "tryToStartMigration = 31 feb * 10:00"


class Line:
    """A line to a server that can be cut and mended; its own address stays."""

    def __init__(self, server: str) -> None:
        host, _, port = server.rpartition(":")
        self._server = (host, int(port))
        self._pairs: list[socket.socket] = []
        self.port = 0
        self.mend()

    def mend(self) -> None:
        self._door = socket.create_server((LOOPBACK, self.port), reuse_port=True)
        self.port = self._door.getsockname()[1]
        threading.Thread(target=self._admit, args=(self._door,), daemon=True).start()

    def cut(self) -> None:
        for one in (self._door, *self._pairs):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self._pairs.clear()

    def _admit(self, door: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                caller, _ = door.accept()
                called = socket.create_connection(self._server)
                self._pairs += [caller, called]
                for ends in ((caller, called), (called, caller)):
                    threading.Thread(target=self._carry, args=ends, daemon=True).start()

    @staticmethod
    def _carry(source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def line(zookeeper_server: str) -> Iterator[Line]:
    line = Line(zookeeper_server)
    yield line
    line.cut()


def test_nothing_starts_while_zookeeper_is_away(
    make_site: MakeSite, line: Line, zookeeper_url: str, zookeeper_chroot: str
) -> None:
    site = make_site(CLAIMS, url=zookeeper_url, pollSeconds=1)
    site.write(SCHEDULE, NEVER)
    with serving(site, ETL_CONFIG=f"zookeeper://{LOOPBACK}:{line.port}{zookeeper_chroot}") as service:
        service.does(1)
        line.cut()
        service.says("no run starts while the configuration cannot be read")
        site.partner.fill("in_Client", {"in_id": "c1", "name": "Client"})
        site.partner.hand_over()
        # Meanwhile the configuration moves on; the service must not start on what it knew before.
        site.set(pollSeconds=1, chunkRows=5000)
        assert site.count("in_tables.run") == 1
        line.mend()
        service.says("the service goes on")
        service.does(2)
    assert site.count(f"{STORE}.bo_Client") == 1


def test_a_service_waits_for_its_first_configuration(
    make_site: MakeSite, line: Line, zookeeper_url: str, zookeeper_chroot: str
) -> None:
    site = make_site(CLAIMS, url=zookeeper_url)
    line.cut()
    with serving(site, ETL_CONFIG=f"zookeeper://{LOOPBACK}:{line.port}{zookeeper_chroot}") as service:
        service.says("no run starts while the configuration cannot be read")
        line.mend()
        service.does(1)


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
        engine = open_engine(Access(str(server.socket_dir), server.port, "postgres", server.username), "tests")
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("create database alone")
        engine.dispose()
        database = Database("alone", str(server.socket_dir), server.port, server.username)
        site = new_site(database, tmp_path, CLAIMS, leaseSeconds=3, heartbeatSeconds=1, pollSeconds=1)
        yield site, Restartable(server)
        site.partner.session.close()


def test_a_server_that_crashes_during_a_run(restartable: tuple[Site, Restartable]) -> None:
    site, server = restartable
    site.write(SCHEDULE, NEVER)
    with serving(site) as service:
        service.does(1)
        site.partner.fill("in_Client", {"in_id": "c1", "name": "Client"})
        with contextlib.suppress(Exception), site.locking(f"{STORE}.bo_Client"):
            site.partner.hand_over()
            site.wait_for_blocked()
            server.restart()
        service.does(2)
    assert site.count(f"{STORE}.bo_Client") == 1
    assert site.look("select distinct in_status from in_tables.in_client") == [{"in_status": "DONE"}]
