"""The account that runs the embedded PostgreSQL: never root."""

import os
import pwd
from pathlib import Path

import pytest

from etl.embedded import account
from etl.embedded.account import Account, choose
from etl.errors import EnvironmentFault

only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root lends the server to another account")


def test_a_user_runs_it_as_itself(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 4711)
    monkeypatch.setattr(os, "getegid", lambda: 4712)
    assert choose(tmp_path) == Account("4711", 4711, 4712)


@only_root
def test_root_lends_it_to_the_owner_of_the_folder_else_to_an_account_that_is_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ordinary = pwd.getpwnam("nobody")
    owned, unknown = tmp_path / "owned", tmp_path / "unknown"
    for folder, uid in ((owned, ordinary.pw_uid), (unknown, 3_999_999_999)):
        folder.mkdir()
        os.chown(folder, uid, -1)
    assert choose(tmp_path / "missing", tmp_path, unknown, owned).uid == ordinary.pw_uid

    monkeypatch.setattr(account, "_by_name", {"postgres": Account("postgres", 70, 70)}.get)
    assert choose(unknown).name == "postgres"
    monkeypatch.setattr(account, "_by_name", {}.get)
    with pytest.raises(EnvironmentFault, match="no account postgres or nobody: make one"):
        choose(unknown)


def test_an_account_that_is_not_there() -> None:
    assert account._by_name("no such account") is None
    assert account._by_uid(3_999_999_999) is None


@only_root
def test_root_opens_what_it_makes_for_the_account(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    ordinary = pwd.getpwnam("nobody")
    other, ours = Account(ordinary.pw_name, ordinary.pw_uid, ordinary.pw_gid), Account("root", 0, 0)
    before = os.umask(0o077)
    try:
        other.open_folder(tmp_path / "theirs")
        ours.open_folder(tmp_path / "ours")
    finally:
        os.umask(before)
    assert [(tmp_path / name).stat().st_mode & 0o777 for name in ("theirs", "ours")] == [0o755, 0o700]
    other.open_folder(tmp_path / "ours")  # it is there already, and stays as it is
    assert (tmp_path / "ours").stat().st_mode & 0o777 == 0o700
    file = tmp_path / "file"
    file.touch()
    ours.take(file)
    assert file.stat().st_uid == 0
    other.take(file)
    assert file.stat().st_uid == ordinary.pw_uid


@only_root
def test_what_an_account_may_start_is_tried_as_the_account(tmp_path: Path) -> None:
    ordinary = pwd.getpwnam("nobody")
    other = Account(ordinary.pw_name, ordinary.pw_uid, ordinary.pw_gid)
    tmp_path.chmod(0o700)
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\nexit 0\n")
    program.chmod(0o755)
    assert Account("root", 0, 0).can_execute(program)
    assert not other.can_execute(program)
    assert not other.can_enter(tmp_path)
    assert other.run("id", "-u", timeout=10).stdout.strip() == str(ordinary.pw_uid)
