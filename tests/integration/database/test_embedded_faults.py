"""What keeps the embedded server from being made, started or stopped is said, with what to do."""

import logging
import os
import shlex
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from etl.embedded import server
from etl.embedded.server import EmbeddedServer, packaged_binaries
from etl.errors import ConfigurationError, EnvironmentFault
from tests.fix_database import binaries

only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root lends the server to another account")

MakePrograms = Callable[..., Path]


@pytest.fixture
def make_programs(open_folder: Path) -> MakePrograms:
    """A folder with PostgreSQL's programs, of which some do something else first: lines of shell."""

    def make(**instead: str) -> Path:
        real = binaries() or packaged_binaries()
        folder = open_folder / "programs" / "bin"
        folder.mkdir(parents=True)
        for program in ("initdb", "pg_ctl", "postgres"):
            script = folder / program
            call = f'exec {shlex.quote(str(real / program))} "$@"'
            script.write_text(f"#!/bin/sh\n{instead.get(program, '')}\n{call}\n")
            script.chmod(0o755)
        return folder

    return make


def server_of(folder: Path, programs: Path | None = None) -> EmbeddedServer:
    return EmbeddedServer(folder / "etl", binaries=programs or binaries(), common=folder / "common")


def test_a_server_that_is_not_started_has_no_address(open_folder: Path) -> None:
    server = server_of(open_folder)
    for ask in (lambda: server.data, lambda: server.port, lambda: server.socket_dir):
        with pytest.raises(EnvironmentFault, match=f"the embedded PostgreSQL of {open_folder}/etl is not started"):
            ask()
    server.revive()
    server.stop()
    assert not list(open_folder.iterdir())


def test_a_wheel_without_this_version(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "VERSION", 99)
    with pytest.raises(ConfigurationError, match="has no PostgreSQL 99: install it again"):
        EmbeddedServer(open_folder / "etl").start()


def test_a_cluster_that_cannot_be_made_says_why_and_leaves_nothing_half_made(
    open_folder: Path, make_programs: MakePrograms
) -> None:
    programs = make_programs(initdb="echo 'initdb: error: No space left on device' >&2; exit 1")
    with pytest.raises(EnvironmentFault, match=r"initdb could not make .*/etl/postgres: initdb: error: No space left"):
        server_of(open_folder, programs).start()
    with server_of(open_folder) as server:
        assert server.data == open_folder / "etl" / "postgres"
        assert not list((open_folder / "etl").glob(".postgres.new-*"))


def test_programs_that_say_nothing(open_folder: Path, make_programs: MakePrograms) -> None:
    silent = make_programs(pg_ctl="exit 0")
    with pytest.raises(EnvironmentFault, match="ended after its start: it wrote no log"):
        server_of(open_folder, silent).start()


def test_a_server_that_does_not_stop_is_a_warning(
    open_folder: Path, make_programs: MakePrograms, caplog: pytest.LogCaptureFixture
) -> None:
    programs = make_programs(pg_ctl='case "$*" in *" stop "*) exit 1;; esac')
    server = server_of(open_folder, programs)
    server.start()
    with caplog.at_level(logging.WARNING):
        server.stop()
    assert f"{open_folder}/etl/postgres did not stop: it gave no reason" in caplog.text
    with server_of(open_folder) as same:  # it serves the next one, who stops it
        assert same.data == open_folder / "etl" / "postgres"


def test_the_short_folder_of_a_socket_must_be_private(open_folder: Path) -> None:
    deep = open_folder / ("x" * 60) / ("y" * 60)
    deep.mkdir(parents=True)
    with EmbeddedServer(deep, binaries=binaries()) as server:
        short = server.socket_dir
    with EmbeddedServer(deep, binaries=binaries()) as server:
        assert server.socket_dir == short
    short.chmod(0o755)
    with pytest.raises(EnvironmentFault, match=f"{short} is not a private folder of .*: remove it"):
        EmbeddedServer(deep, binaries=binaries()).start()
    short.rmdir()


@only_root
def test_a_cluster_that_its_account_cannot_reach_any_more(open_folder: Path) -> None:
    with server_of(open_folder):
        pass
    open_folder.chmod(0o700)
    with pytest.raises(EnvironmentFault, match=r"account \w+ cannot enter .*/etl/postgres: open its parent folders"):
        server_of(open_folder).start()
    open_folder.chmod(0o755)


@pytest.mark.nightly
def test_a_pid_file_of_rubbish(open_folder: Path) -> None:
    with server_of(open_folder) as running:
        data = running.data
    for rubbish in (b"", b"nonsense\n", b"9" * 5000, b"\x00\xff\n", b"-1\n\nx\ny\n"):
        (data / "postmaster.pid").write_bytes(rubbish)
        with server_of(open_folder) as running:
            assert running.port == 5432
        assert not (data / "postmaster.pid").exists()


@pytest.mark.parametrize("name", ['$(touch executed) `touch executed` "; touch executed; " \' \\', "a, b"])
def test_a_home_whose_name_a_shell_would_execute(open_folder: Path, name: str) -> None:
    home = open_folder / name
    home.mkdir()
    owner = open_folder.stat()
    os.chown(home, owner.st_uid, owner.st_gid)
    for _ in range(2):
        with EmbeddedServer(home, binaries=binaries(), common=open_folder / "common") as running:
            assert running.data == home / "postgres"
            with psycopg.connect(host=str(running.socket_dir), port=running.port, user="postgres") as session:
                assert session.execute("select 1").fetchone() == (1,)
    assert not any(Path(one, "executed").exists() for one in ("/", Path.cwd(), open_folder, home, home / "postgres"))


def test_programs_in_a_folder_whose_name_a_shell_would_execute(open_folder: Path) -> None:
    folder = open_folder / "$(touch executed)"
    with pytest.raises(
        ConfigurationError, match=r"would give \$ to a shell, which executes it: install etl in another"
    ):
        EmbeddedServer(open_folder / "etl", binaries=folder).start()
    with pytest.raises(
        ConfigurationError, match=r"has letters that cannot be printed: name another folder in ETL_HOME"
    ):
        EmbeddedServer(open_folder / "a\nb", binaries=binaries()).start()
