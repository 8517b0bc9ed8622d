"""The embedded server on a disk that becomes full: it is not started in vain, and something is left to recover with."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from etl.embedded import EmbeddedServer
from etl.errors import EnvironmentFault
from etl.runs.error_class import ErrorClass, error_class_of
from tests.fix_company import until
from tests.fix_database import binaries


@pytest.fixture
def small_disk(open_folder: Path) -> Iterator[Path]:
    """Of 512 MiB, which every account may enter."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=512m,mode=777", "tmpfs", str(open_folder)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root mounts a small disk")
    yield open_folder
    subprocess.run(["umount", "--lazy", open_folder], check=True)


def filled(disk: Path) -> Path:
    """A file that takes what is free."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"\0" * (1 << 20))
    return filler


def session(server: EmbeddedServer) -> "psycopg.Connection[tuple[object, ...]]":
    return psycopg.connect(host=str(server.socket_dir), port=server.port, user="postgres", autocommit=True)


def dies(server: EmbeddedServer) -> None:
    """Its write-ahead log needs another file, for which there is no room."""
    pid = int((server.data / "postmaster.pid").read_text().split()[0])
    with suppress(psycopg.OperationalError), session(server) as writing:
        while True:
            writing.execute("select pg_logical_emit_message(true, 'etl', 'some text')")
            writing.execute("select pg_switch_wal()")
    until(lambda: not Path(f"/proc/{pid}").exists(), "the server has ended")


def test_the_reserve_is_for_the_next_command(small_disk: Path, caplog: pytest.LogCaptureFixture) -> None:
    home = small_disk / "etl"
    with EmbeddedServer(home, binaries=binaries(), common=small_disk / "common") as server:
        reserve = server.data / "etl.reserve"
        assert reserve.stat().st_size == 64 << 20
        with session(server) as writing:
            writing.execute("create table kept as select 1 as one")
        filler = filled(small_disk)
        dies(server)
        logs = []
        for _ in range(2):
            with pytest.raises(
                EnvironmentFault, match=r"is full, .* cannot start: free at least 128 MiB there"
            ) as refused:
                server.revive()
            assert error_class_of(refused.value) is ErrorClass.OUTAGE
            logs.append((server.data / "server.log").stat().st_ino)
        assert logs[0] == logs[1], "it was not started in vain"
        assert reserve.exists()
        with EmbeddedServer(home, binaries=binaries(), common=small_disk / "common") as other:
            with session(other) as asking:
                assert asking.execute("select one from kept").fetchone() == (1,)
            assert "64 MiB that were kept for that were freed" in caplog.text
            assert not reserve.exists()
    filler.unlink()
    with EmbeddedServer(home, binaries=binaries(), common=small_disk / "common") as server:
        assert reserve.exists()
        with session(server) as asking:
            assert asking.execute("select one from kept").fetchone() == (1,)
