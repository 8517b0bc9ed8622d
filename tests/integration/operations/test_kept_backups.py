"""A folder of backups: which are there, and which are deleted; a disk without room."""

import fcntl
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from etl.errors import EnvironmentFault
from etl.monitoring import Level, check
from etl.operations import back_up, open_installation, prune
from etl.operations.backup import free_space
from tests.fix_company import CLAIMS, CODE, ONLY_ONE, MakeSite, Site
from tests.fix_restore import done
from tests.integration.operations.test_restore import filled, rewrite


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    """With a backup in its folder of backups, `day-4`."""
    site = filled(make_site(CLAIMS))
    done(site.etl("backup", "-o", "backups/day-4"))
    return site


def copies(site: Site, *days: int) -> Path:
    """The same backup as of earlier days."""
    folder = site.home / "backups"
    manifest = json.loads((folder / "day-4/manifest.json").read_text())
    for day in days:
        shutil.copytree(folder / "day-4", folder / f"day-{day}")
        rewrite(folder / f"day-{day}", manifest | {"taken_at": f"2026-01-0{day}T00:00:00Z", "backup_id": f"{day}"})
    return folder


def warnings_of_backups(site: Site) -> list[str]:
    """What `etl check` warns of, without the last backup itself."""
    found = [one for one in check(site.url, CODE, site.environ) if one.what == "backup"]
    return [one.found.split("; ")[1] for one in found if one.level is Level.WARNING]


def names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def damage(file: Path) -> None:
    """Another content of the same size."""
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)


@ONLY_ONE
def test_the_newest_stay(site: Site) -> None:
    folder = copies(site, 1, 2, 3)
    made = done(site.etl("backup", "--into", "backups", "--keep", "2"))
    assert made.out.count("deleted: ") == 3
    [new] = [one for one in names(folder) if one.startswith("demo-2")]
    assert names(folder) == ["day-4", new]
    listed = json.loads(done(site.etl("backup", "--into", "backups", "--list", "--json")).out)["backups"]
    assert [(Path(one["folder"]).name, one["state"], one["company"]) for one in listed] == [
        (new, "complete", "demo"),
        ("day-4", "complete", "demo"),
    ]
    assert "Nothing was deleted." in done(site.etl("backup", "--into", "backups", "--prune", "--keep", "2")).out


def ages_of_backups(site: Site) -> dict[str, float]:
    """Of the metrics."""
    page = done(site.etl("metrics", "--once")).out
    return {name: float(age) for name, age in re.findall(r"(?m)^etl_backup_(\w+)_seconds\{.*\} (.*)$", page)}


@ONLY_ONE
def test_what_is_relied_on_stays(site: Site) -> None:
    """The newest backup that is whole, and the newest one that was drilled, however many newer ones there are."""
    folder = copies(site, 1, 2, 3)
    checked = json.loads(done(site.etl("check", "--json")).out)["findings"]
    assert [one["level"] for one in checked if one["what"] == "backup"] == ["ok"]
    site.look("update store_demo.backup_record set taken_at = taken_at - interval '31 days'")
    assert warnings_of_backups(site) == ["none was restored in a drill so far"]
    ages = ages_of_backups(site)
    assert {name: int(age / 86400) for name, age in ages.items()} == {"age": 31, "drill_age": 31}
    said = done(site.etl("status")).out
    assert re.search(r"(?m)^Backups: the last one is of .*; none was restored in a drill so far\.$", said), said
    drilled = done(site.etl("restore", "--drill", "backups/day-1"))
    assert "not noted" not in drilled.err
    assert warnings_of_backups(site) == []
    assert ages_of_backups(site)["drill_age"] < 3600
    site.look("update store_demo.backup_record set drilled_at = drilled_at - interval '31 days'")
    assert warnings_of_backups(site)[0].startswith("the last drill was 2")
    for day in (3, 4):
        damage(folder / f"day-{day}/store.dump")
    (folder / "day-3/web.dump").unlink(missing_ok=True)
    pruned = prune(folder, 1)
    assert names(folder) == ["day-1", "day-2", "day-4"]
    assert [one.name for one in pruned.deleted] == ["day-3"]
    shown = done(site.etl("backup", "--into", "backups", "--list")).out.splitlines()
    assert [line.split("  ")[0] for line in shown] == ["complete"] * 3
    assert ["not drilled" in line for line in shown] == [True, True, False]
    for day in (1, 2):
        damage(folder / f"day-{day}/import.dump")
    refused = site.etl("backup", "--into", "backups", "--prune", "--keep", "1")
    assert (refused.code, "nothing was deleted of demo: no backup in" in refused.err) == (4, True), refused
    assert names(folder) == ["day-1", "day-2", "day-4"]


@ONLY_ONE
def test_what_is_used_stays_and_what_was_interrupted_goes(site: Site) -> None:
    folder = copies(site, 1, 2)
    for name in (".written.incomplete-a", ".killed.incomplete-b", ".day-0.incomplete-deleted"):
        shutil.copytree(folder / "day-1", folder / name)
    for name in ("photos", "photos.incomplete-1"):
        (folder / name).mkdir()
    with locked(folder / "day-1", fcntl.LOCK_SH), locked(folder / ".written.incomplete-a", fcntl.LOCK_EX):
        out = done(site.etl("backup", "--into", "backups", "--prune", "--keep", "1")).out
        refused = site.etl("restore", "backups/.written.incomplete-a")
    assert f"not deleted, as a process reads or writes it: backups/{'day-1'}" in out
    assert names(folder) == [".written.incomplete-a", "day-1", "day-4", "photos", "photos.incomplete-1"]
    assert (refused.code, "is written or deleted by another process" in refused.err) == (4, True), refused
    states = [line.split()[0] for line in done(site.etl("backup", "--into", "backups", "--list")).out.splitlines()]
    assert states == ["complete", "complete", "incomplete"]


@contextmanager
def locked(folder: Path, kind: int) -> Iterator[None]:
    """As a process has it that writes a backup, or restores it."""
    lock = os.open(folder, os.O_RDONLY)
    fcntl.flock(lock, kind)
    yield
    os.close(lock)


@ONLY_ONE
def test_a_disk_without_room(site: Site, open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refused with need and room before anything is written; and stopped while it is written."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(open_folder)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root mounts a small disk")
    try:
        refused = site.etl("backup", "-o", str(open_folder / "backup"))
        assert (refused.code, "3 MiB free, and it needs up to " in refused.err) == (4, True), refused
        assert "MiB for the backup and 64 MiB that stay free" in refused.err
        assert list(open_folder.iterdir()) == []
        rows = "select n, md5(n::text) || md5((n + 0.5)::text) from generate_series(1, 100000) n"
        site.partner(f"insert into in_client (in_id, name) {rows}")
        monkeypatch.setattr("etl.operations.backup.backup.needed", lambda *_: 0)
        with open_installation(site.url, None, site.environ) as installation:
            for left_free, said in (
                (3 << 19, "has 1 MiB free, and it needs 2 MiB"),
                (0, "cannot be written: No space"),
            ):
                monkeypatch.setattr(free_space, "LEFT_FREE", left_free)
                with pytest.raises(EnvironmentFault, match=said):
                    back_up(installation, open_folder / "backup")
                assert list(open_folder.iterdir()) == []
    finally:
        subprocess.run(["umount", "--lazy", open_folder], check=True)


@ONLY_ONE
@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "name the folder to write by -o, or a folder of backups by --into"),
        (("-o", "a", "--keep", "2"), "name it by --into"),
        (("--into", "a", "--prune"), "say by --keep how many backups stay"),
        (("--into", "a", "--list", "--keep", "2"), "--list changes nothing"),
        (("--into", "nowhere", "--list"), "nowhere cannot be read: No such file or directory"),
    ],
)
def test_options_that_do_not_fit(make_site: MakeSite, options: tuple[str, ...], said: str) -> None:
    refused = make_site(CLAIMS).etl("backup", *options)
    assert (refused.code, said in refused.err) == (2, True), refused
