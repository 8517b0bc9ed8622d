"""The embedded server under its users: first and second use, several at once, killed ones, and root's detours."""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy

from etl.database import Access, open_engine, transaction
from etl.embedded import EmbeddedServer, packaged_binaries
from etl.errors import ConfigurationError, EnvironmentFault
from tests.fix_company import until
from tests.fix_database import binaries
from tests.integration.database.server_user import Actor, ourselves, unprivileged_account
from tests.sweeps import mostly_nightly

only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root lends the server to another account")


@pytest.fixture(params=[ourselves, unprivileged_account])
def actor(request: pytest.FixtureRequest) -> Actor:
    choose: Callable[[], Actor] = request.param
    return choose()


@pytest.fixture
def folder(open_folder: Path, actor: Actor) -> Path:
    actor.own(open_folder)
    folder = open_folder / "data of etl"
    folder.mkdir()
    actor.own(folder)
    return folder


def server_of(folder: Path, **options: Path) -> EmbeddedServer:
    return EmbeddedServer(folder, binaries=options.get("binaries", binaries()), common=folder.parent / "common")


def answers(socket_dir: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(socket_dir / ".s.PGSQL.5432"))
        except OSError:
            return False
        return True


def ask(socket_dir: Path, statement: str) -> object:
    engine = open_engine(Access(str(socket_dir), 5432, "postgres", "postgres"))
    with engine.connect() as connection:
        result = connection.execute(sqlalchemy.text(statement))
        answer = result.scalar_one() if result.returns_rows else None
        connection.commit()
    engine.dispose()
    return answer


def postmaster(socket_dir: Path) -> int:
    return int((socket_dir / "postmaster.pid").read_text().split()[0])


def test_second_use_finds_what_the_first_one_left(folder: Path, actor: Actor) -> None:
    first = actor.command(folder)
    socket_dir = first.enter()
    ask(socket_dir, "create table kept as select 1 as one")
    first.leave()
    assert not answers(socket_dir)

    second = actor.command(folder)
    assert ask(second.enter(), "select one from kept") == 1
    second.leave()
    assert not answers(socket_dir)


def test_two_commands_at_once_share_one_server(folder: Path, actor: Actor) -> None:
    for use in range(5):
        commands = [actor.command(folder).ready() for _ in range(2)]
        for command in commands:
            command.go()
        places = {command.arrived() for command in commands}
        assert len(places) == 1
        commands[use % 2].leave()
        assert answers(*places)
        commands[1 - use % 2].leave()
        assert not answers(*places)


def test_a_killed_command_neither_stops_the_server_nor_keeps_it(folder: Path, actor: Actor) -> None:
    killed, other = actor.command(folder), actor.command(folder)
    socket_dir = killed.enter()
    other.enter()
    killed.kill()
    assert ask(socket_dir, "select 1") == 1
    other.leave()
    assert not answers(socket_dir)


def test_the_server_of_a_killed_command_serves_the_next(folder: Path, actor: Actor) -> None:
    killed = actor.command(folder)
    socket_dir = killed.enter()
    left = postmaster(socket_dir)
    killed.kill()
    assert answers(socket_dir)

    new_owner = actor.command(folder)
    assert new_owner.enter() == socket_dir
    assert postmaster(socket_dir) == left
    new_owner.leave()
    assert not answers(socket_dir)


@pytest.mark.parametrize("seconds", mostly_nightly([0.05, 0.2, 0.4, 0.6], always=[0.05, 0.4]))
def test_a_command_killed_while_it_makes_or_starts_the_server(folder: Path, actor: Actor, seconds: float) -> None:
    killed = actor.command(folder).ready()
    killed.go()
    time.sleep(seconds)  # no wait for anything: the moment of the kill is what varies
    killed.kill()
    for _ in range(2):
        new_owner = actor.command(folder)
        socket_dir = new_owner.enter()
        assert ask(socket_dir, "select 1") == 1
        new_owner.leave()
        assert not answers(socket_dir)
    assert not list(folder.glob(".postgres.new-*"))


def test_a_killed_server_is_started_again(folder: Path, actor: Actor) -> None:
    unlucky = actor.command(folder)
    socket_dir = unlucky.enter()
    ask(socket_dir, "create table kept as select 1 as one")
    os.kill(postmaster(socket_dir), signal.SIGKILL)
    unlucky.leave()

    new_owner = actor.command(folder)
    assert ask(new_owner.enter(), "select one from kept") == 1
    new_owner.leave()


@pytest.mark.nightly
def test_a_server_that_is_killed_under_its_user_is_there_again(folder: Path) -> None:
    """As a service has it, which stays for months and opens connections now and then."""
    with server_of(folder) as server:
        access = Access(str(server.socket_dir), server.port, "postgres", server.username)
        engine = open_engine(access, revive=server.revive)
        for number in (signal.SIGKILL, signal.SIGQUIT):
            with transaction(engine) as connection:
                assert connection.execute(sqlalchemy.text("select 1")).scalar_one() == 1
            dying = Path(f"/proc/{postmaster(server.socket_dir)}")
            os.kill(int(dying.name), number)
            until(partial(_is_gone, dying), "the server is gone")
        with transaction(engine) as connection:
            assert connection.execute(sqlalchemy.text("select 1")).scalar_one() == 1
        engine.dispose()


def _is_gone(process: Path) -> bool:
    return not process.exists()


@pytest.mark.nightly
def test_a_stale_pid_file_that_names_another_process(folder: Path, actor: Actor) -> None:
    first = actor.command(folder)
    socket_dir = first.enter()
    pid_file = socket_dir / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    owner = pid_file.stat()
    first.leave()

    with subprocess.Popen(["sleep", "60"], user=owner.st_uid if os.geteuid() == 0 else None) as stranger:
        pid_file.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        os.chown(pid_file, owner.st_uid, owner.st_gid)
        new_owner = actor.command(folder)
        assert ask(new_owner.enter(), "select 1") == 1
        new_owner.leave()
        assert stranger.poll() is None
        stranger.kill()


@pytest.mark.nightly
def test_a_half_made_cluster_is_no_obstacle(folder: Path, actor: Actor) -> None:
    half = folder / ".postgres.new-abc"
    (half / "base").mkdir(parents=True)
    actor.own(half)
    actor.own(half / "base")
    command = actor.command(folder)
    assert ask(command.enter(), "select 1") == 1
    command.leave()
    assert not half.exists()


def test_a_long_path_puts_the_socket_into_a_private_short_folder(folder: Path, actor: Actor) -> None:
    deep = folder / ("x" * 60) / ("y" * 60)
    deep.mkdir(parents=True)
    actor.own(deep.parent)
    actor.own(deep)
    first, second = actor.command(deep), actor.command(deep)
    socket_dir = first.enter()
    assert socket_dir.parent == Path("/tmp")
    assert socket_dir.stat().st_mode & 0o777 == 0o700
    assert second.enter() == socket_dir
    assert ask(socket_dir, "select 1") == 1
    first.leave()
    second.leave()
    assert not answers(socket_dir)
    socket_dir.rmdir()


def test_only_the_account_gets_at_the_server(open_folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    with server_of(open_folder) as server:
        running = postmaster(server.socket_dir)
        assert server.data.stat().st_mode & 0o777 == 0o700
        assert ask(server.socket_dir, "show listen_addresses") == ""
        assert ask(server.socket_dir, "show fsync") == "on"
        assert ask(server.socket_dir, "show server_encoding") == "UTF8"
        assert ask(server.socket_dir, "select upper('ж') || (select 'Z' < 'a')::text") == "Жtrue"
        server.revive()
        assert postmaster(server.socket_dir) == running
        os.kill(running, signal.SIGKILL)
        server.revive()
        assert f"the embedded PostgreSQL of {open_folder} had died and was started again" in caplog.text
        assert ask(server.socket_dir, "select 1") == 1


def test_nothing_is_printed(open_folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with server_of(open_folder):
        pass
    assert capfd.readouterr() == ("", "")


def test_the_server_does_not_hold_our_locks(open_folder: Path) -> None:
    server = server_of(open_folder)
    server.start()
    assert server._users is not None
    os.close(server._users)  # as a kill would do
    server._users = None
    with (open_folder / "users.lock").open("r+") as users:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    with server_of(open_folder) as new_owner:
        socket_dir = new_owner.socket_dir
    assert not answers(socket_dir)


def test_a_server_that_cannot_start_shows_its_log(open_folder: Path) -> None:
    with server_of(open_folder) as server:
        conf = server.data / "postgresql.conf"
    conf.write_text(conf.read_text() + "shared_buffers = lots\n")
    with pytest.raises(EnvironmentFault, match=r"did not start(?s:.*)invalid value for parameter \"shared_buffers\""):
        server_of(open_folder).start()


def test_programs_that_are_not_there(open_folder: Path) -> None:
    server = EmbeddedServer(open_folder, binaries=open_folder / "nothing")
    with pytest.raises(EnvironmentFault, match=r"cannot run: .*No such file or directory"):
        server.start()
    server.stop()
    with (open_folder / "users.lock").open("r+") as users:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_another_folder_in_the_place_of_the_cluster(open_folder: Path) -> None:
    (open_folder / "postgres" / "photos").mkdir(parents=True)
    with pytest.raises(EnvironmentFault, match="not empty"):
        server_of(open_folder).start()


def test_without_the_wheel(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etl.embedded.server.WHEEL", "a_wheel_that_is_not_installed")
    with pytest.raises(ConfigurationError, match=r"pip install 'etl\[embedded\]'"):
        EmbeddedServer(open_folder).start()


@pytest.mark.nightly
@only_root
def test_root_keeps_the_data_elsewhere_when_the_account_cannot_enter(open_folder: Path) -> None:
    closed = open_folder / "closed"
    closed.mkdir(mode=0o700)
    common = open_folder / "common"
    for _ in range(2):
        with EmbeddedServer(closed / "etl", binaries=binaries(), common=common) as server:
            assert ask(server.socket_dir, "select 1") == 1
            assert server.data.parent == common
            assert (closed / "etl" / "postgres").readlink() == server.data
        assert not answers(server.data)
    assert closed.stat().st_mode & 0o777 == 0o700
    assert len(list(common.glob("postgres-*"))) == 1


@pytest.mark.nightly
@only_root
def test_root_copies_programs_that_the_account_cannot_reach(open_folder: Path) -> None:
    site = open_folder / "closed" / "site-packages"
    wheel = packaged_binaries().parents[1]
    for part in (f"{wheel.name}/pginstall18", f"{wheel.name}.libs"):
        shutil.copytree(wheel.parent / part, site / part, symlinks=True)
    site.parent.chmod(0o700)
    programs = site / wheel.name / "pginstall18" / "bin"
    with EmbeddedServer(open_folder / "etl", binaries=programs, common=open_folder / "common") as server:
        assert str(ask(server.socket_dir, "select version()")).startswith("PostgreSQL 18")
        assert server.data == open_folder / "etl" / "postgres"
    assert site.parent.stat().st_mode & 0o777 == 0o700
