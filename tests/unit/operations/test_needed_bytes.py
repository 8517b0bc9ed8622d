"""What an upgrade needs on each file system of the servers."""

from pathlib import Path

import pytest

from etl.operations.upgrade.free_space import in_mib, needed_bytes


def other_file_system(folder: Path) -> Path:
    """A folder of another one, in which nothing is written."""
    device = folder.stat().st_dev
    found = (one for one in map(Path, ("/dev/shm", "/dev", "/proc", "/tmp")) if one.stat().st_dev != device)
    return next(found, Path())


def test_folders_of_one_file_system_need_all_together(tmp_path: Path) -> None:
    servers = [tmp_path / name for name in ("first", "second")]
    for one in servers:
        (one / "pg_wal").mkdir(parents=True)
    needs = [((str(one), str(one / "pg_wal")), 100, 7) for one in servers]
    assert set(needed_bytes(needs).values()) == {214}
    assert needed_bytes([]) == {}


def test_a_log_on_a_disk_of_its_own_needs_no_room_for_tables(tmp_path: Path) -> None:
    other = other_file_system(tmp_path)
    if not other.name:
        pytest.skip("there is one file system here")
    (tmp_path / "pg_wal").symlink_to(other)
    folders = (str(tmp_path), str(tmp_path / "pg_wal"))
    assert needed_bytes([(folders, 100, 7), (folders, 50, 3)]) == {folders[0]: 150, folders[1]: 10}


def test_bytes_for_people_are_rounded_up() -> None:
    assert [in_mib(one) for one in (0, 1, 1 << 20, 3 << 30)] == ["0 MiB", "1 MiB", "1 MiB", "3,072 MiB"]
