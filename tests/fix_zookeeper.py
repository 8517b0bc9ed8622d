"""ZooKeeper for the tests: one real server a session, one chroot a test.

`ETL_TEST_ZOOKEEPER=host:port` runs the tests on that server; otherwise scripts/zookeeper starts one.
"""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from kazoo.client import KazooClient

_SCRIPT = Path(__file__).parent.parent / "scripts/zookeeper"


def _service(verb: str, home: Path, *options: str) -> str:
    done = subprocess.run(
        [sys.executable, _SCRIPT, verb, "--home", home, *options],
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    if done.returncode:
        pytest.fail(f"scripts/zookeeper {verb} failed:\n{done.stderr}", pytrace=False)
    return done.stdout.strip()


@pytest.fixture(scope="session")
def zookeeper_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """host:port of a running server; that none can be had is a failure, never a skip."""
    given = os.environ.get("ETL_TEST_ZOOKEEPER")
    if given:
        yield given
        return
    home = tmp_path_factory.mktemp("zookeeper")
    address = _service("start", home)
    try:
        yield address
    finally:
        _service("stop", home)


@dataclass(frozen=True)
class SecureZookeeper:
    """A server with TLS and SASL: host:port of its plain and of its secure port, the folder of its certificates."""

    plain: str
    secure: str
    tls: Path
    user: str = "engine"
    password: str = "s3cret of zk"


@pytest.fixture(scope="session")
def secure_zookeeper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecureZookeeper]:
    home = tmp_path_factory.mktemp("secure-zookeeper")
    plain, secure = _service("start", home, "--secure").split()
    yield SecureZookeeper(plain, secure, home / "tls")
    _service("stop", home)


class OwnZookeeper:
    """A server of one test alone, which it may stop and start again; what was written stays, the address does not."""

    def __init__(self, home: Path) -> None:
        self._home = home

    def start(self) -> str:
        """Its host:port."""
        return _service("start", self._home)

    def stop(self) -> None:
        _service("stop", self._home)


@pytest.fixture
def own_zookeeper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnZookeeper]:
    """A ZooKeeper that is not started yet."""
    server = OwnZookeeper(tmp_path_factory.mktemp("own-zookeeper"))
    yield server
    server.stop()


@pytest.fixture
def zookeeper_client(zookeeper_server: str) -> Iterator[KazooClient]:
    """A second pair of hands in ZooKeeper, beside the code under test."""
    client = KazooClient(hosts=zookeeper_server)
    client.start(timeout=10)
    try:
        yield client
    finally:
        client.stop()
        client.close()


@pytest.fixture
def zookeeper_chroot(zookeeper_client: KazooClient) -> str:
    """An empty node that belongs to this test alone."""
    chroot = f"/test-{secrets.token_hex(6)}"
    zookeeper_client.create(chroot)
    return chroot


@pytest.fixture
def zookeeper_url(zookeeper_server: str, zookeeper_chroot: str) -> str:
    """zookeeper://host:port/<the chroot of this test>."""
    return f"zookeeper://{zookeeper_server}{zookeeper_chroot}"
