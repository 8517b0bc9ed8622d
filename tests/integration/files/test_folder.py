"""`etl fill --files`: only regular files of the folder, and just as they were when they were looked at."""

import os
import socket
from pathlib import Path

import pytest

from etl.engine import read_configuration
from etl.errors import ConfigurationError
from etl.files import in_tables
from etl.files.folder import _found, _opened, _stream
from tests.integration.files.conftest import SqlClient

IS_ROOT = os.geteuid() == 0


@pytest.fixture
def scans(client: SqlClient) -> Path:
    folder = client.folder / "scans"
    folder.mkdir()
    (folder / "good").write_bytes(b"good")
    return folder


def refused(client: SqlClient, folder: Path) -> str:
    said = client.refused("fill", "--files", folder)
    assert client.site.partner("select 1 from in_fileStorage") == []
    return said


def test_links_are_not_followed(client: SqlClient, scans: Path) -> None:
    secret = client.write("secret", "secret")
    for name, target in (("absolute", secret), ("relative", "../secret"), ("dangling", "nowhere"), ("own", "good")):
        (scans / name).symlink_to(target)
    (scans / "folder").symlink_to(client.folder)
    (scans / "chain").symlink_to("absolute")
    said = refused(client, scans)
    for name in ("absolute", "relative", "dangling", "own", "folder", "chain"):
        assert f"{scans / name}: is a symbolic link: put the file itself into the folder" in said


def test_what_is_no_file_is_not_opened(client: SqlClient, scans: Path) -> None:
    os.mkfifo(scans / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(scans / "socket"))
        said = refused(client, scans)
    assert f"{scans / 'pipe'}: is not a regular file" in said
    assert f"{scans / 'socket'}: is not a regular file" in said


@pytest.mark.skipif(not IS_ROOT, reason="only root gives files away")
def test_a_further_name_of_someone_elses_file(client: SqlClient, scans: Path) -> None:
    secret = client.write("secret", "secret")
    os.chown(scans, 12345, 12345)
    os.link(secret, scans / "further")
    assert "is a further name (hard link) of a file that belongs to another user" in refused(client, scans)
    os.chown(secret, 12345, 12345)
    [reported] = client.fill("--files", scans)
    assert reported["rows"] == 2


@pytest.mark.skipif(not IS_ROOT, reason="a device needs root")
def test_a_device_is_not_opened(client: SqlClient, scans: Path) -> None:
    try:
        os.mknod(scans / "zero", 0o20666, os.makedev(1, 5))
    except PermissionError:
        pytest.skip("no devices here")
    assert "is not a regular file" in refused(client, scans)


def test_names_that_no_file_id_holds(client: SqlClient, scans: Path) -> None:
    Path(os.fsdecode(os.fsencode(scans) + b"/\xff.pdf")).write_bytes(b"")
    (scans / ("x" * 33)).write_bytes(b"")
    said = refused(client, scans)
    assert "\\xff.pdf: the name is the file_id, and is not in UTF-8" in said
    assert "which holds 32 characters" in said


def test_hidden_files_and_folders_are_passed_over(client: SqlClient, scans: Path) -> None:
    (scans / ".hidden").symlink_to("/etc/passwd")
    (scans / "inner").mkdir()
    (scans / "inner/file").write_bytes(b"x")
    [reported] = client.fill("--files", scans)
    assert reported["rows"] == 1


@pytest.mark.parametrize("change", ["longer", "shorter", "another", "link", "same length", "gone"])
def test_a_file_that_changes_meanwhile_is_not_loaded(client: SqlClient, scans: Path, change: str) -> None:
    storage = in_tables(read_configuration(client.site.url, None, client.site.environ)[1])["in_filestorage"]
    path = scans / "good"
    with _opened(scans) as at:
        files = _found(at, scans, storage, 1000)
        os.utime(path, ns=(0, 0))
        match change:
            case "longer":
                path.write_bytes(b"good and more")
            case "shorter":
                path.write_bytes(b"g")
            case "same length":
                path.write_bytes(b"evil")
            case "another":
                client.write("other", "good").replace(path)
            case "link":
                path.unlink()
                path.symlink_to("/etc/passwd")
            case "gone":
                path.unlink()
        with pytest.raises(ConfigurationError, match=r"changed while the folder was read|cannot be read"):
            list(_stream(at, files, scans, lambda *_: None))
