"""What the builders share: programs, a copy of the sources, archives that are the same for the same contents."""

import gzip
import os
import shutil
import subprocess
import tarfile
from collections.abc import Mapping
from pathlib import Path

import etl

CHECKOUT = Path(__file__).resolve().parents[2]
VERSION = etl.__version__


class PackagingError(Exception):
    """What went wrong and what to do, for a person."""


def run(*command: object, cwd: Path | None = None, environ: Mapping[str, str] | None = None) -> str:
    """Runs a program and returns what it printed; PackagingError with the end of its output when it fails."""
    words = [str(word) for word in command]
    done = subprocess.run(
        words,
        cwd=cwd,
        env={**os.environ, **fixed(), **(environ or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = (done.stdout + done.stderr).strip()[-3000:]
        raise PackagingError(f"{' '.join(words[:4])} failed with {done.returncode}:\n{said}")
    return done.stdout


def need(program: str, package: str) -> str:
    """The path of a program; PackagingError names the package of Debian that has it."""
    if found := shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"):
        return found
    raise PackagingError(f"the program {program} is missing: apt-get install {package}")


def moment() -> int:
    """When files in packages were changed, seconds since 1970: SOURCE_DATE_EPOCH, else of the newest commit."""
    if given := os.environ.get("SOURCE_DATE_EPOCH"):
        return int(given)
    git = subprocess.run(
        ["git", "-C", CHECKOUT, "log", "-1", "--format=%ct"], capture_output=True, text=True, check=False
    )
    # A source archive has no commits, but the wheel's oldest date is 1980.
    return int(git.stdout) if git.returncode == 0 else 315_619_200


def fixed() -> dict[str, str]:
    """What makes programs write the same bytes again."""
    return {"SOURCE_DATE_EPOCH": str(moment()), "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0", "TZ": "UTC"}


def copy_of_sources(folder: Path) -> Path:
    """The tracked files of the checkout as they are now, with the same modes for every account."""
    listed = subprocess.run(["git", "-C", CHECKOUT, "ls-files", "-z"], capture_output=True, text=True, check=False)
    if listed.returncode:
        raise PackagingError(f"packages are built from a checkout of git: {CHECKOUT} is none")
    for name in filter(None, listed.stdout.split("\0")):
        source, target = CHECKOUT / name, folder / name
        if not source.is_file():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        target.chmod(0o755 if os.access(source, os.X_OK) else 0o644)
    for path in (folder, *folder.rglob("*")):
        if path.is_dir():
            path.chmod(0o755)
    return folder


def pack(folder: Path, archive: Path) -> Path:
    """A .tar.gz of a folder, whose bytes depend on nothing but names, contents and modes."""
    with (
        open(archive, "wb") as file,
        gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.GNU_FORMAT) as tar,
    ):
        for path in (folder, *sorted(folder.rglob("*"))):
            tar.add(path, str(path.relative_to(folder.parent)), recursive=False, filter=_anonymous)
    return archive


def _anonymous(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    entry.mtime = moment()
    return entry
