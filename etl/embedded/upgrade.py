"""The data of an embedded PostgreSQL become those of another major version; the old data stay beside them.

    postgres/              the data; after the upgrade those of the new version
    .postgres.upgraded/    the new ones, complete, between two renames
    postgres-16/           the old ones, untouched

pg_upgrade copies everything into a folder of another name. If it is killed, the old data are in their place; between
the renames, the next start of the server, or the next upgrade, finishes what was begun.
"""

import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from etl.embedded.account import choose
from etl.embedded.cluster import Cluster
from etl.embedded.locks import without_users
from etl.embedded.pg_upgrade import PROGRAMS, checksums, is_shut_down, run_pg_upgrade, without_statistics
from etl.embedded.placement import COMMON, in_reach, installed_binaries, locate, of_shells, socket_dir
from etl.embedded.server import packaged_binaries
from etl.embedded.settings_file import carry_settings
from etl.errors import ConfigurationError, EnvironmentFault

_ROOM: Final = 256 << 20


@dataclass(frozen=True)
class UpgradedServer:
    """`old`: where the old data are now."""

    before: int
    after: int
    data: Path
    old: Path
    seconds: float


def upgrade_server(folder: Path, *, programs: Path | None = None, common: Path = COMMON) -> UpgradedServer | None:
    """Upgrades the data in a data folder of etl to the version of the package; None if there is nothing to do.

    `programs`: those of the version that the data have, if not the package's or the system's. Raises MarkerHeld while
    other processes use the server, ConfigurationError where programs or names do not suit, EnvironmentFault for what
    the disk and PostgreSQL say; then the old data are as before.
    """
    began = time.monotonic()
    folder, binaries = folder.absolute(), packaged_binaries()
    if not folder.is_dir():
        return None
    account = choose(folder / "postgres", folder)
    try:
        with without_users(folder):
            new = locate(account, folder, binaries, common)
            new.finish_switch()
            if not new.exists() or new.version == new.programs_version:
                return None
            old = _old_cluster(new, programs, common)
            before = old.version
            kept = new.data.with_name(f"{new.data.name}-{before}")
            _refuse_unfit(old, new, kept)
            fresh = _upgraded(old, new)
            new.switch(fresh, kept)
            shutil.rmtree(fresh.parent, ignore_errors=True)
            return UpgradedServer(before, new.version, new.data, kept, time.monotonic() - began)
    except (OSError, subprocess.SubprocessError) as fault:
        raise EnvironmentFault(f"the embedded PostgreSQL of {folder} cannot be upgraded: {fault}") from fault


def delete_old_data(folder: Path) -> list[Path]:
    """Deletes the data of versions that the server has no more; returns their folders. Raises MarkerHeld while other
    processes use the server."""
    data = (folder.absolute() / "postgres").resolve()
    if not (data / "PG_VERSION").is_file():
        return []
    with without_users(folder.absolute()):
        found = [
            one
            for one in sorted(data.parent.glob(f"{data.name}-[0-9]*"))
            if one.name.rpartition("-")[2].isdigit() and (one / "PG_VERSION").is_file() and not one.is_symlink()
        ]
        for one in found:
            shutil.rmtree(one)
    return found


def _old_cluster(new: Cluster, programs: Path | None, common: Path) -> Cluster:
    """The same data with the programs of their version."""
    version = new.version
    if version > new.programs_version:
        raise EnvironmentFault(
            f"the data in {new.data} are of PostgreSQL {version}, and this etl brings {new.programs_version}: install "
            "the newer etl"
        )
    found = [programs] if programs else installed_binaries(version)
    for one in found:
        old = Cluster(in_reach(new.account, one.absolute(), common), new.data, new.account)
        if old.programs_version == version and not [name for name in PROGRAMS if not (old.binaries / name).is_file()]:
            return old
    raise ConfigurationError(
        f"the data in {new.data} are of PostgreSQL {version}, and its programs ({', '.join(PROGRAMS)}) are not in "
        f"{', '.join(map(str, found)) or 'any known folder'}: install PostgreSQL {version} and name its folder bin by "
        "--programs; or make a backup with the older etl, and restore it"
    )


def _refuse_unfit(old: Cluster, new: Cluster, kept: Path) -> None:
    if found := of_shells(old.data, old.binaries, new.binaries):
        raise ConfigurationError(
            f"{new.data} or its programs have {found} in their names, which pg_upgrade gives to a shell: make a backup "
            "with the older etl, and restore it in a folder of another name"
        )
    if kept.exists():
        raise ConfigurationError(f"{kept} exists already: move or delete these older data, then try again")
    need = sum(path.lstat().st_size for path in new.data.rglob("*")) + _ROOM
    if (free := shutil.disk_usage(new.data.parent).free) < need:
        raise EnvironmentFault(
            f"the disk of {new.data} has {free >> 20:,} MiB free, and the upgrade needs {need >> 20:,} MiB, as the old "
            "data stay: free disk space, then try again"
        )


def _upgraded(old: Cluster, new: Cluster) -> Path:
    """A folder with the same data for the new version, whose server has been started and stopped."""
    old.stop()
    if not is_shut_down(old):
        old.start(socket_dir(old))
        old.stop()
    new.sweep(socket_dir(new))
    working = Path(tempfile.mkdtemp(prefix=new.fresh_prefix, dir=new.data.parent))
    try:
        new.account.take(working)
        fresh = replace(new, data=working / "data")
        fresh.make(new.data, checksums=checksums(old))
        run_pg_upgrade(old, fresh, working)
        carry_settings(old, fresh)
        running = fresh.start(socket_dir(fresh))
        try:
            without_statistics(fresh, running)
        finally:
            fresh.stop()
    except BaseException:
        shutil.rmtree(working, ignore_errors=True)
        raise
    return fresh.data
