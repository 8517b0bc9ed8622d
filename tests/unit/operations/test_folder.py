"""The folder of a backup: whole or not there, and read only when every file is what it was."""

import hashlib
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from etl.errors import ConfigurationError, EnvironmentFault
from etl.operations.backup.folder import (
    DIGEST,
    MANIFEST,
    ReadBackup,
    new_backup,
    open_backup,
    write_configuration,
    write_manifest,
)
from etl.operations.backup.manifest import FORMAT, Manifest

TEXTS = {"configs/A.txt": "a=1\n", "companies/demo/configs/A.txt": "a=2\n"}


def made(folder: Path) -> Path:
    with new_backup(folder) as inner:
        manifest = Manifest(
            format=FORMAT,
            backup_id="7",
            company="demo",
            made_by="0.1",
            programs=18,
            taken_at=datetime(2026, 11, 1, tzinfo=UTC),
            dumps=(),
            configuration=write_configuration(inner, TEXTS),
            left_out=(),
        )
        write_manifest(inner, manifest)
    return folder


def read_backup(folder: Path) -> ReadBackup:
    with open_backup(folder) as found:
        return found


def say(folder: Path, manifest: bytes) -> None:
    (folder / MANIFEST).write_bytes(manifest)
    (folder / DIGEST).write_text(hashlib.sha256(manifest).hexdigest())


def test_it_is_read_as_it_was_written(tmp_path: Path) -> None:
    found = read_backup(made(tmp_path / "deep" / "b"))
    assert (found.texts, found.manifest.company) == (TEXTS, "demo")
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["b"]


def test_nothing_is_overwritten_and_nothing_half_made_stays(tmp_path: Path) -> None:
    target = tmp_path / "b"

    def fail() -> None:
        with new_backup(target) as folder:
            (folder / "half").touch()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert list(tmp_path.iterdir()) == []
    left = tmp_path / ".b.incomplete-left"
    left.mkdir()
    (tmp_path / ".b.incomplete-file").touch()
    made(target)
    assert not left.exists(), "what a killed process has left"
    for there in (target, tmp_path / "link"):
        if not there.exists():
            os.symlink("nowhere", there)
        with pytest.raises(ConfigurationError, match="exists already: name a folder that does not"), new_backup(there):
            pass


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EnvironmentFault, match=r"file/b cannot be made: .*: choose another folder"):
        made(tmp_path / "file" / "b")


def test_what_is_no_backup(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"is no backup: it lacks manifest\.json$"):
        read_backup(tmp_path)
    (tmp_path / MANIFEST).mkdir()
    with pytest.raises(EnvironmentFault, match=r"^the manifest of .* cannot be read: "):
        read_backup(tmp_path)


def test_each_file_that_is_not_what_it_was_is_named(tmp_path: Path) -> None:
    folder = made(tmp_path / "b")
    first, second = (folder / "configuration" / path for path in TEXTS)
    first.write_text("a=7\n")
    second.write_text("longer")
    with pytest.raises(EnvironmentFault) as caught:
        read_backup(folder)
    assert str(caught.value).splitlines()[1:] == [
        "  configuration/companies/demo/configs/A.txt has 6 bytes instead of 4",
        "  configuration/configs/A.txt has another content",
    ]
    first.unlink()
    second.unlink()
    second.parent.rmdir()
    second.parent.touch()
    with pytest.raises(EnvironmentFault) as caught:
        read_backup(folder)
    assert str(caught.value).splitlines()[1:] == [
        "  configuration/companies/demo/configs/A.txt cannot be read: Not a directory",
        "  configuration/configs/A.txt is missing",
    ]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"format": FORMAT + 1}, rf"has format {FORMAT + 1}, made by etl 0\.1, and this etl reads formats up to"),
        ({"format": "x"}, "is no manifest: take another backup"),
        ({"made_by": None, "format": None}, "is no manifest: take another backup"),
        ({"more": 1}, "is no manifest: 1 faults; take another backup"),
    ],
)
def test_a_manifest_of_another_program(tmp_path: Path, change: dict[str, Any], why: str) -> None:
    folder = made(tmp_path / "b")
    known = json.loads((folder / MANIFEST).read_bytes())
    say(folder, json.dumps(known | change).encode())
    with pytest.raises(EnvironmentFault, match=why):
        read_backup(folder)


def test_a_manifest_that_is_damaged(tmp_path: Path) -> None:
    folder = made(tmp_path / "b")
    (folder / MANIFEST).write_bytes((folder / MANIFEST).read_bytes() + b" ")
    with pytest.raises(EnvironmentFault, match=rf"is damaged: it is not what {DIGEST} says; take another backup"):
        read_backup(folder)
    say(folder, b"no JSON")
    with pytest.raises(EnvironmentFault, match="is no manifest: take another backup"):
        read_backup(folder)
    (folder / DIGEST).write_bytes(b"\xff")
    with pytest.raises(EnvironmentFault, match="cannot be read"):
        read_backup(folder)
