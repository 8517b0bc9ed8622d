"""What only ZooKeeper can do to us."""

import socket
import threading
import time

import pytest
from kazoo.client import KazooClient
from kazoo.security import make_digest_acl

from etl.config import open_source
from etl.config.zookeeper import ZooKeeperSource
from etl.errors import ConfigurationError


def test_a_mere_folder_is_no_text(zookeeper_client: KazooClient, zookeeper_chroot: str, zookeeper_url: str) -> None:
    zookeeper_client.create(f"{zookeeper_chroot}/configs/A.txt", b"1", makepath=True)
    zookeeper_client.create(f"{zookeeper_chroot}/both/B.txt", b"2", makepath=True)
    zookeeper_client.set(f"{zookeeper_chroot}/both", b"3")
    with open_source(zookeeper_url) as source:
        assert source.snapshot().contents == {"configs/A.txt": "1", "both": "3", "both/B.txt": "2"}


def test_version_is_the_transaction_of_the_last_change(
    zookeeper_client: KazooClient, zookeeper_chroot: str, zookeeper_url: str
) -> None:
    zookeeper_client.create(f"{zookeeper_chroot}/A.txt", b"1")
    with open_source(zookeeper_url) as source:
        version = source.snapshot().texts["A.txt"].version
    assert version == str(zookeeper_client.exists(f"{zookeeper_chroot}/A.txt").mzxid)


def test_nodes_that_come_and_go_do_not_disturb_a_snapshot(
    zookeeper_client: KazooClient, zookeeper_chroot: str, zookeeper_url: str
) -> None:
    zookeeper_client.create(f"{zookeeper_chroot}/A.txt", b"1")
    done = threading.Event()

    def mark_shared() -> None:
        while not done.is_set():
            zookeeper_client.create(f"{zookeeper_chroot}/shaky", b"2")
            zookeeper_client.delete(f"{zookeeper_chroot}/shaky")
            time.sleep(0.02)

    other = threading.Thread(target=mark_shared)
    other.start()
    try:
        with open_source(zookeeper_url) as source:
            for _ in range(200):
                assert source.snapshot().contents["A.txt"] == "1"
    finally:
        done.set()
        other.join()


def test_two_writers_of_the_same_new_node(zookeeper_url: str) -> None:
    start, problems = threading.Barrier(4), list[Exception]()

    def write(number: int) -> None:
        try:
            with open_source(zookeeper_url) as source:
                source.snapshot()
                start.wait(timeout=30)
                for step in range(20):
                    source.write(f"deep/er/{step}.txt", str(number))
        except Exception as error:
            problems.append(error)

    writers = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert problems == []
    with open_source(zookeeper_url) as source:
        assert len(source.snapshot().texts) == 20


def test_a_server_that_is_not_there(capfd: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        servers = f"127.0.0.1:{unused.getsockname()[1]}"
        source = ZooKeeperSource(f"zookeeper://{servers}/mybpm", timeout=1)
        with pytest.raises(ConfigurationError) as caught:
            source.snapshot()
    assert str(caught.value) == f"cannot reach ZooKeeper at {servers}: start it or correct ETL_CONFIG"
    assert capfd.readouterr().err == ""


def test_a_server_that_does_not_answer() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        source = ZooKeeperSource(f"zookeeper://127.0.0.1:{silent.getsockname()[1]}/mybpm", timeout=1)
        with pytest.raises(ConfigurationError, match="cannot reach ZooKeeper at"):
            source.write("a.txt", "1")


def test_the_first_server_may_be_down(zookeeper_server: str, zookeeper_chroot: str) -> None:
    with open_source(f"zookeeper://127.0.0.1:1,{zookeeper_server}{zookeeper_chroot}") as source:
        assert source.snapshot().contents == {}


def test_a_node_of_someone_else(zookeeper_client: KazooClient, zookeeper_chroot: str, zookeeper_url: str) -> None:
    acl = [make_digest_acl("other", "else", all=True)]
    zookeeper_client.create(f"{zookeeper_chroot}/secret.txt", b"1", acl=acl)
    with open_source(zookeeper_url) as source:
        with pytest.raises(ConfigurationError, match=f"does not let us read {zookeeper_chroot}: its ACL"):
            source.snapshot()
        with pytest.raises(ConfigurationError, match=f"does not let us write {zookeeper_chroot}: its ACL"):
            source.write("secret.txt", "2")


def test_a_text_of_the_servers_limit_is_refused_before_the_server_cuts_the_line(zookeeper_url: str) -> None:
    with open_source(zookeeper_url) as source:
        with pytest.raises(ConfigurationError, match=r"a\.txt: is too large: a ZooKeeper node holds less than 1 MiB"):
            source.write("a.txt", "#" * (1024 * 1024))
        source.write("a.txt", "#" * (1024 * 1024 - 4096))
        assert len(source.snapshot().contents["a.txt"]) == 1024 * 1024 - 4096
