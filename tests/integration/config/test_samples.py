"""zk_config/ is the table of keys, written out."""

import subprocess
import sys
from pathlib import Path

import pytest

from etl.resources import folder
from etl.settings.catalogue import FILES
from etl.settings.convert import convert
from etl.settings.samples import samples
from tests.unit.settings.reading import settings_of


def test_the_committed_samples_are_the_generated_ones() -> None:
    root = folder("zk_config")
    files = {path.relative_to(root).as_posix(): path.read_text("utf-8") for path in root.rglob("*") if path.is_file()}
    assert files == samples(), "run: python -m etl.settings.samples zk_config"


def test_the_samples_are_written_by_one_command(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "etl.settings.samples", str(tmp_path)], check=True)
    assert {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file()} == set(samples())


def test_the_samples_say_the_defaults() -> None:
    read, default = settings_of(samples()), settings_of({})
    assert [setting.value for setting in read.values] == [setting.value for setting in default.values]
    assert (read.in_migration, read.store_database) == (default.in_migration, default.store_database)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.path)
def test_every_key_has_a_comment_and_a_default_that_is_valid(file: object) -> None:
    text = samples()[file.path]  # type: ignore[attr-defined]
    for key in file.keys:  # type: ignore[attr-defined]
        assert key.comment.endswith(".")
        assert f"\n{key.name}={key.default}\n" in text
        convert(key, key.default)
