"""What a directory of texts takes, what is written beside a faulty text, and where all of it lies."""

import logging
import os
from pathlib import Path

import pytest

from etl.config import Clash, DirectorySource, etl_home, transfer
from etl.config.errors_beside import ErrorsBeside
from etl.errors import ConfigurationError, Problem
from etl.resources import folder


def test_a_text_and_a_folder_of_one_name_cannot_both_be_files(tmp_path: Path) -> None:
    texts = {"configs/a": "x=1\n", "configs/a/b.txt": "y=1\n"}
    said = "configs/a is a text and has texts below it"
    with DirectorySource(tmp_path) as target, pytest.raises(ConfigurationError, match=said):
        transfer(texts, target, Clash.REFUSE)
    assert not list(tmp_path.iterdir())


def test_faults_stand_beside_their_text_until_it_is_corrected(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "configs/B.errors.txt").mkdir(parents=True)  # nothing can be written there
    with DirectorySource(tmp_path) as source:
        beside = ErrorsBeside(source)
        faulty = Problem("is no number", f"{tmp_path}/configs/A.txt", 3, "chunkRows", 4, "chunkRows=x", 1)
        plain = Problem("is missing", f"{tmp_path}/configs/A.txt")
        elsewhere = Problem("is no time", "/etc/other.txt", 1)
        unwritable = Problem("is empty", f"{tmp_path}/configs/B.txt")
        with caplog.at_level(logging.WARNING):
            beside.write([faulty, plain, elsewhere, unwritable], ["configs/A.txt"])
            written = (tmp_path / "configs/A.errors.txt").read_text().splitlines()
            beside.write([], ["configs/A.txt", "configs/B.txt"])
    assert written[0].endswith(": etl does not take this text; what it took before still counts.")
    assert written[1:] == [
        "",
        "line 3, column 4: chunkRows: is no number",
        "    chunkRows=x",
        "       ¯",
        "",
        "is missing",
    ]
    assert not (tmp_path / "configs/A.errors.txt").exists()
    [said] = [record.getMessage() for record in caplog.records]
    assert said.startswith(f"{tmp_path}/configs/B.errors.txt: cannot be written: ")


def test_the_home_of_a_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(os, "geteuid", lambda: 4711)
    assert etl_home({}) == tmp_path / ".local/share/etl"
    assert etl_home({"XDG_DATA_HOME": "relative"}) == tmp_path / ".local/share/etl"
    assert etl_home({"XDG_DATA_HOME": "/data"}) == Path("/data/etl")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert etl_home({}) == Path("/var/lib/etl")


def test_an_installation_without_its_folders() -> None:
    with pytest.raises(FileNotFoundError, match="the installation of etl lacks its folder nothing: install it again"):
        folder("nothing")
