"""Files that a killed server or program has left in the data directory."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from etl.embedded.account import Account
from etl.embedded.cluster import Cluster
from etl.errors import EnvironmentFault

READY = ["1767355200", "5432", "/tmp", "", "", "ready"]


@pytest.fixture
def cluster(tmp_path: Path) -> Cluster:
    made = Cluster(tmp_path / "bin", tmp_path / "postgres", Account("we", os.geteuid(), os.getegid()))
    made.data.mkdir()
    return made


@pytest.fixture
def process(cluster: Cluster) -> "Iterator[subprocess.Popen[bytes]]":
    """A process that works in the data directory, as a postmaster does."""
    with subprocess.Popen([sys.executable, "-c", "input()"], cwd=cluster.data, stdin=subprocess.PIPE) as started:
        yield started
        started.kill()


def note(cluster: Cluster, pid: int, *lines: str) -> None:
    (cluster.data / "postmaster.pid").write_text("\n".join([str(pid), str(cluster.data), *lines]))


def test_a_number_that_belongs_to_another_process_is_no_server(cluster: Cluster) -> None:
    assert cluster.postmaster() is None
    note(cluster, os.getpid(), *READY)
    assert cluster.postmaster() is None
    assert not (cluster.data / "postmaster.pid").exists()


def test_a_server_that_is_starting_is_waited_for(
    cluster: Cluster, process: "subprocess.Popen[bytes]", monkeypatch: pytest.MonkeyPatch
) -> None:
    note(cluster, process.pid)
    # Between two looks the server becomes ready.
    monkeypatch.setattr("etl.embedded.cluster.time.sleep", lambda _: note(cluster, process.pid, *READY))
    found = cluster.settled()
    assert found is not None
    assert (found.pid, found.port, found.is_ready) == (process.pid, 5432, True)

    note(cluster, process.pid)
    (cluster.data / "server.log").write_text("LOG: redo is in progress\n")
    monkeypatch.setattr("etl.embedded.cluster._START_SECONDS", -1)
    with pytest.raises(EnvironmentFault, match="is not ready: LOG: redo is in progress"):
        cluster.settled()


def test_children_of_a_killed_server_are_waited_for(cluster: Cluster, process: "subprocess.Popen[bytes]") -> None:
    """As long as they hold its memory the programs refuse to start; here pg_ctl only says so, once."""
    ready = "\\n".join([str(process.pid), str(cluster.data), *READY])
    cluster.binaries.mkdir()
    (cluster.binaries / "pg_ctl").write_text(
        f"""#!/bin/sh
cd {cluster.binaries}
if [ -e refused ]; then printf '{ready}' > {cluster.data}/postmaster.pid; exit 0; fi
touch refused
echo 'FATAL:  pre-existing shared memory block (key 1, ID 2) is still in use' >&2
exit 1
"""
    )
    (cluster.binaries / "pg_ctl").chmod(0o755)
    assert cluster.start(cluster.data).pid == process.pid
    (cluster.binaries / "pg_ctl").write_text("#!/bin/sh\necho 'no such option' >&2\nexit 1\n")
    with pytest.raises(EnvironmentFault, match="did not start: no such option"):
        cluster.start(cluster.data)


def test_what_killed_programs_left_is_removed(cluster: Cluster, tmp_path: Path) -> None:
    sockets, half = tmp_path / "sockets", tmp_path / ".postgres.new-abc"
    (half / "base").mkdir(parents=True)
    sockets.mkdir()
    for name in (".s.PGSQL.5432", ".s.PGSQL.5432.lock", "kept"):
        (sockets / name).write_text("")
    cluster.sweep(sockets)
    assert [one.name for one in sockets.iterdir()] == ["kept"]
    assert not half.exists()
