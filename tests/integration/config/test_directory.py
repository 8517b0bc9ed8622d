"""What only a directory can do to us."""

import os
import re
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from etl.config import Clash, DirectorySource, open_source, transfer
from etl.errors import ConfigurationError
from tests.integration.database.server_user import python_path, unprivileged_account

only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")


def test_new_files_are_for_their_owner_only(tmp_path: Path) -> None:
    open_source(str(tmp_path)).write("configs/A.txt", "password=x")
    assert stat.S_IMODE((tmp_path / "configs/A.txt").stat().st_mode) == 0o600


def test_a_file_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "A.txt").write_text("1")
    (tmp_path / "A.txt").chmod(0o640)
    open_source(str(tmp_path)).write("A.txt", "2")
    assert stat.S_IMODE((tmp_path / "A.txt").stat().st_mode) == 0o640


@only_root
def test_what_root_writes_belongs_to_the_owner_of_the_folder(tmp_path: Path) -> None:
    os.chown(tmp_path, 65534, 65533)
    source = open_source(str(tmp_path))
    for text in ("1", "2"):
        source.write("companies/shop/A.txt", text)
        made = [tmp_path / "companies", tmp_path / "companies/shop", tmp_path / "companies/shop/A.txt"]
        assert {(one.stat().st_uid, one.stat().st_gid) for one in made} == {(65534, 65533)}
    source.write_errors("companies/shop/A.txt", "line 1")
    assert (tmp_path / "companies/shop/A.errors.txt").stat().st_uid == 65534
    # A tree that is exported stays root's.
    DirectorySource(tmp_path, is_private=True).write("secrets/B.txt", "3")
    assert {(tmp_path / one).stat().st_uid for one in ("secrets", "secrets/B.txt")} == {0}


@only_root
def test_a_text_that_the_account_may_not_read_is_named_with_the_cure(open_folder: Path) -> None:
    account = unprivileged_account()
    folder = open_folder / "config"
    folder.mkdir()
    open_source(str(folder)).write("configs/InMigrationConfig.txt", "companyCode=shop")

    def checked() -> "subprocess.CompletedProcess[str]":
        command = [account.python, "-m", "etl", "--config", f"file:{folder}", "check"]
        environ = {"PYTHONPATH": python_path(), "HOME": str(open_folder), "LANG": "C.UTF-8"}
        return subprocess.run(
            command,
            user=account.uid,
            extra_groups=[],
            env=environ,
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
        )

    said = " ".join(checked().stdout.split())
    [cure] = re.findall(
        r"cannot be read: Permission denied for the account \w+: as root, `([^`]+)` gives it the tree", said
    )
    assert (cure.split()[:2], cure.split()[-1]) == (["chown", "-R"], str(folder))
    subprocess.run(cure.split(), check=True)
    assert "cannot be read" not in checked().stdout


def test_a_reader_sees_the_old_text_or_the_new_one(tmp_path: Path) -> None:
    source, done = open_source(str(tmp_path)), threading.Event()
    versions = {"a" * 200_000, "b" * 200_000}
    source.write("A.txt", min(versions))

    def rewrite() -> None:
        for _ in range(50):
            for version in versions:
                source.write("A.txt", version)
        done.set()

    writer = threading.Thread(target=rewrite)
    writer.start()
    seen = set()
    while not done.is_set():
        seen |= set(source.snapshot().contents.values())
    writer.join()
    assert seen <= versions
    assert os.listdir(tmp_path) == ["A.txt"]


def test_links_are_followed_as_kubernetes_makes_them(tmp_path: Path) -> None:
    (tmp_path / "..2026_01_01").mkdir()
    (tmp_path / "..2026_01_01/A.txt").write_text("1")
    (tmp_path / "..data").symlink_to("..2026_01_01")
    (tmp_path / "A.txt").symlink_to("..data/A.txt")
    (tmp_path / "configs").symlink_to("..data")
    assert open_source(str(tmp_path)).snapshot().contents == {"A.txt": "1", "configs/A.txt": "1"}


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real/A.txt").write_text("1")
    (tmp_path / "A.txt").symlink_to("real/A.txt")
    open_source(str(tmp_path)).write("A.txt", "2")
    assert (tmp_path / "A.txt").is_symlink()
    assert (tmp_path / "real/A.txt").read_text() == "2"


def test_a_link_to_a_folder_above_is_not_followed_for_ever(tmp_path: Path) -> None:
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs/A.txt").write_text("1")
    (tmp_path / "configs/loop").symlink_to(tmp_path)
    assert "configs/A.txt" in open_source(str(tmp_path)).snapshot().contents


def test_a_dangling_link_is_named(tmp_path: Path) -> None:
    (tmp_path / "A.txt").symlink_to("nowhere")
    with pytest.raises(ConfigurationError, match=r"A\.txt: is listed but not there"):
        open_source(str(tmp_path)).snapshot()


def test_a_link_to_itself_is_named(tmp_path: Path) -> None:
    (tmp_path / "A.txt").symlink_to("A.txt")
    with pytest.raises(ConfigurationError, match=r"A\.txt: cannot be read: Too many levels"):
        open_source(str(tmp_path)).snapshot()


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "A.txt")
    with pytest.raises(ConfigurationError, match=r"A\.txt: is not a regular file"):
        open_source(str(tmp_path)).snapshot()


def test_a_name_that_is_no_text_is_named(tmp_path: Path) -> None:
    (Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.txt"))).write_text("1")
    with pytest.raises(ConfigurationError, match="has a name that is not a printable text") as caught:
        open_source(str(tmp_path)).snapshot()
    assert str(caught.value).isascii()


def test_the_directory_may_not_be_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("1")
    for url in (f"{tmp_path}/file", f"{tmp_path}/file/below"):
        with pytest.raises(ConfigurationError, match=r"is not a directory|cannot be read: Not a directory"):
            open_source(url).snapshot()


def test_a_file_in_the_way_of_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "configs").write_text("1")
    with pytest.raises(ConfigurationError, match=r"configs/A\.txt: cannot be written: "):
        open_source(str(tmp_path)).write("configs/A.txt", "1")
    (tmp_path / "A.txt").mkdir()
    with pytest.raises(ConfigurationError, match=r"A\.txt: cannot be written: "):
        open_source(str(tmp_path)).write("A.txt", "1")
    assert sorted(os.listdir(tmp_path)) == ["A.txt", "configs"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "A.txt").write_text("1")
    (tmp_path / "A.txt").chmod(0)
    with pytest.raises(ConfigurationError, match=r"A\.txt: cannot be read: Permission denied"):
        open_source(str(tmp_path)).snapshot()


def test_a_text_that_is_also_a_folder_does_not_fit_into_a_directory(tmp_path: Path) -> None:
    texts = {"configs": "1", "configs/A.txt": "2"}
    with pytest.raises(ConfigurationError, match="configs is a text and has texts below it"):
        transfer(texts, open_source(str(tmp_path)), Clash.KEEP)
    assert os.listdir(tmp_path) == []


def test_a_directory_needs_no_kazoo() -> None:
    program = "import sys, etl.config; etl.config.open_source('file:/x'); sys.exit('kazoo' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
