"""Where data and programs of the embedded PostgreSQL lie, by what the account can enter; files, without a server."""

import os
import shutil
from pathlib import Path

import pytest

from etl.embedded.account import Account
from etl.embedded.placement import WHEEL, _rename_unless_there, locate, socket_dir
from etl.errors import EnvironmentFault

only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root lends the server to another account")
OURS = Account("we", os.geteuid(), os.getegid())
STRANGER = Account("stranger", 65_534, 65_534)


def programs(folder: Path, *, mode: int = 0o755) -> Path:
    """A wheel's folder whose program only says its version, with a library beside it; returns that of the programs."""
    home = folder / "site-packages" / WHEEL / "pginstall18"
    for part in ("bin", "lib", "share"):
        (home / part).mkdir(parents=True)
    libraries = home.parents[1] / f"{WHEEL}.libs"
    libraries.mkdir()
    (libraries / "libpq.so").write_text("")
    (home / "bin/postgres").write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 18.1'\n")
    (home / "bin/postgres").chmod(0o755)
    (home / "share/link").symlink_to("nowhere")
    (home / "share/private").write_text("")
    (home / "share/private").chmod(0o600)
    folder.chmod(mode)
    return home / "bin"


def test_data_and_programs_that_the_account_can_use_stay(tmp_path: Path) -> None:
    binaries = programs(tmp_path / "wheel")
    found = locate(OURS, tmp_path, binaries, tmp_path / "common")
    assert (found.data, found.binaries) == (tmp_path / "postgres", binaries)
    assert not (tmp_path / "common").exists()


@only_root
def test_data_that_the_account_cannot_enter_lie_elsewhere(open_folder: Path) -> None:
    binaries, closed = programs(open_folder / "wheel"), open_folder / "closed"
    closed.mkdir(mode=0o700)
    for _ in range(2):  # a second time the link leads there
        found = locate(STRANGER, closed, binaries, open_folder / "common")
        assert found.data.parent == open_folder / "common"
        assert (closed / "postgres").readlink() == found.data
        found.data.mkdir(exist_ok=True)
    assert closed.stat().st_mode & 0o777 == 0o700


@only_root
def test_programs_that_the_account_cannot_run_are_copied_once(open_folder: Path) -> None:
    binaries, data = programs(open_folder / "closed", mode=0o700), open_folder / "data"
    data.mkdir(mode=0o755)
    copied = locate(STRANGER, data, binaries, open_folder / "common").binaries
    assert copied == open_folder / "common/postgresql-18.1" / WHEEL / "pginstall18/bin"
    assert STRANGER.can_execute(copied / "postgres")
    assert (copied.parents[2] / f"{WHEEL}.libs/libpq.so").stat().st_mode & 0o777 == 0o644
    assert (copied.parent / "share/private").stat().st_mode & 0o777 == 0o644
    assert (copied.parent / "share/link").is_symlink()
    (copied / "postgres").write_text((copied / "postgres").read_text() + "# kept\n")
    assert locate(STRANGER, data, binaries, open_folder / "common").binaries == copied
    assert "# kept" in (copied / "postgres").read_text()
    shutil.rmtree(binaries.parents[2] / f"{WHEEL}.libs")  # of other builds the programs need none
    shutil.rmtree(copied.parents[2])
    again = locate(STRANGER, data, binaries, open_folder / "common").binaries
    assert sorted(one.name for one in again.parents[2].iterdir()) == [WHEEL]


def test_a_folder_of_another_account_in_the_place_of_the_sockets(tmp_path: Path) -> None:
    deep = tmp_path / ("x" * 60) / ("y" * 60)
    deep.mkdir(parents=True)
    cluster = locate(OURS, deep, programs(tmp_path / "wheel"), tmp_path / "common")
    short = socket_dir(cluster)
    try:
        assert short.parent == Path("/tmp")
        short.chmod(0o755)
        with pytest.raises(EnvironmentFault, match="is not a private folder of we: remove it"):
            socket_dir(cluster)
    finally:
        short.rmdir()


def test_of_two_copies_made_at_once_one_stays(tmp_path: Path) -> None:
    first, second, target = tmp_path / "first", tmp_path / "second", tmp_path / "target"
    for one in (first, second):
        one.mkdir()
        (one / "postgres").write_text(one.name)
    _rename_unless_there(first, target)
    _rename_unless_there(second, target)
    assert (target / "postgres").read_text() == "first"
    assert not second.exists()
    second.mkdir()
    with pytest.raises(FileNotFoundError):
        _rename_unless_there(second, tmp_path / "no-such-folder/target")
    assert not second.exists()
