"""Which of PostgreSQL's programs are taken, and what is said when there are none."""

from pathlib import Path

import pytest

from etl.errors import ConfigurationError
from etl.operations.programs import NAMES, Programs


def programs(folder: Path, version: str, *names: str) -> Path:
    folder.mkdir()
    for name in names or NAMES:
        file = folder / name
        file.write_text(f"#!/bin/sh\necho '{name} (PostgreSQL) {version}'\n")
        file.chmod(0o755)
    return folder


def test_the_named_folder_counts_alone(tmp_path: Path) -> None:
    old, new = programs(tmp_path / "old", "15.3"), programs(tmp_path / "new", "99.1 (some packaging)")
    assert Programs.found(14, named=str(old)) == Programs(old, 15)
    assert Programs.found(15, environ={"PATH": str(new)}) == Programs(new, 99)


def test_older_ones_are_refused_with_what_to_do(tmp_path: Path) -> None:
    old = programs(tmp_path / "old", "15.3")
    with pytest.raises(ConfigurationError, match=r"is of version 15, and version 16 is needed: install"):
        Programs.found(16, named=str(old))


def test_a_folder_without_one_of_them_is_refused(tmp_path: Path) -> None:
    half = programs(tmp_path / "half", "18.1", "pg_dump", "psql")
    with pytest.raises(ConfigurationError, match=r"half lacks one of pg_dump, pg_restore, psql: name the folder"):
        Programs.found(16, named=str(half))
