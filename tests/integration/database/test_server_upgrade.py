"""The embedded server of another major version: refused with what to do, and upgraded with the old data kept."""

import os
import shutil
from pathlib import Path

import psycopg
import pytest

from etl.embedded import EmbeddedServer, delete_old_data, packaged_binaries, upgrade_server
from etl.embedded.placement import installed_binaries
from etl.errors import ConfigurationError, EnvironmentFault, MarkerHeld

OLD = installed_binaries(16)


def asked(running: EmbeddedServer, statement: str) -> object:
    with psycopg.connect(host=str(running.socket_dir), port=running.port, user="postgres", autocommit=True) as session:
        found = session.execute(statement)
        return found.fetchall() if found.description else None


@pytest.fixture
def home(open_folder: Path) -> Path:
    """With data of PostgreSQL 16: rows, a role, and a setting of their own."""
    home = open_folder / "etl"
    with EmbeddedServer(home, binaries=OLD[0], common=open_folder / "common", settings={"work_mem": "7MB"}) as running:
        asked(running, "create table kept as select n, repeat('x', n) as text from generate_series(1, 1000) n")
        asked(running, "create role partner login password 'secret'")
        asked(running, "alter system set old_snapshot_threshold = 7")  # unknown to 18
    return home


KEPT = "select count(*), sum(length(text)) from kept"


def test_another_version_is_upgraded_and_the_old_data_stay(home: Path) -> None:
    common = home.parent / "common"
    with pytest.raises(EnvironmentFault, match="are of PostgreSQL 16, and this etl brings 18: `etl upgrade server`"):
        EmbeddedServer(home, common=common).start()
    done = upgrade_server(home, common=common)
    assert done
    assert (done.before, done.after, done.old) == (16, 18, home / "postgres-16")
    with EmbeddedServer(home, common=common) as running:
        assert asked(running, KEPT) == [(1000, 500500)]
        assert asked(running, "show server_version_num") >= [("180000",)]  # type: ignore[operator]
        assert asked(running, "select rolname from pg_roles where rolname = 'partner'") == [("partner",)]
        assert asked(running, "show work_mem") == [("7MB",)]
        assert asked(running, "show listen_addresses") == [("",)]
        assert asked(running, "show data_checksums") == [("off",)]
    assert upgrade_server(home, common=common) is None
    assert sorted(one.name for one in home.iterdir()) == ["postgres", "postgres-16", "start.lock", "users.lock"]
    # And back again.
    (home / "postgres").rename(home / "postgres-18")
    (home / "postgres-16").rename(home / "postgres")
    with EmbeddedServer(home, binaries=OLD[0], common=common) as running:
        assert asked(running, KEPT) == [(1000, 500500)]
    assert delete_old_data(home) == [home / "postgres-18"]
    assert delete_old_data(home) == []


def test_what_is_refused_leaves_the_data_as_they_are(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    common = home.parent / "common"
    with (
        EmbeddedServer(home, binaries=OLD[0], common=common) as running,
        pytest.raises(MarkerHeld, match="other processes use the embedded PostgreSQL"),
    ):
        upgrade_server(home, common=common)
    with pytest.raises(ConfigurationError, match=r"its programs \(postgres, .*\) are not in .*: install PostgreSQL 16"):
        upgrade_server(home, programs=packaged_binaries(), common=common)
    (home / "postgres-16").mkdir()
    with pytest.raises(ConfigurationError, match="postgres-16 exists already: move or delete"):
        upgrade_server(home, common=common)
    (home / "postgres-16").rmdir()
    full = shutil.disk_usage(home)._replace(free=1 << 20)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: full)
    with pytest.raises(EnvironmentFault, match=r"has 1 MiB free, and the upgrade needs \d+ MiB, as the old data stay"):
        upgrade_server(home, common=common)
    with EmbeddedServer(home, binaries=OLD[0], common=common) as running:
        assert asked(running, KEPT) == [(1000, 500500)]
    (home / "postgres" / "PG_VERSION").write_text("99\n")
    too_new = "are of PostgreSQL 99, and this etl brings 18: install the newer etl"
    with pytest.raises(EnvironmentFault, match=too_new):
        upgrade_server(home, common=common)
    with pytest.raises(EnvironmentFault, match=too_new):
        EmbeddedServer(home, common=common).start()


def test_a_home_that_a_shell_would_execute_is_not_upgraded(open_folder: Path) -> None:
    home = open_folder / "$(touch executed)"
    with EmbeddedServer(home, binaries=OLD[0], common=open_folder / "common"):
        pass
    with pytest.raises(ConfigurationError, match=r"have \$ in their names, which pg_upgrade gives to a shell"):
        upgrade_server(home, common=open_folder / "common")
    assert not list(open_folder.rglob("executed"))


def test_a_kill_between_the_renames_is_finished_by_the_next_start(open_folder: Path) -> None:
    home, common = open_folder / "etl", open_folder / "common"
    with EmbeddedServer(home, common=common) as running:
        asked(running, "create table kept as select 1 as one")
    os.rename(home / "postgres", home / ".postgres.upgraded")
    (home / "postgres-16").mkdir()
    with EmbeddedServer(home, common=common) as running:
        assert asked(running, "select one from kept") == [(1,)]
