"""The account of the operating system that runs the embedded PostgreSQL, and what it can access."""

import os
import pwd
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from etl.errors import EnvironmentFault


@dataclass(frozen=True)
class Account:
    """An account other than root: PostgreSQL refuses to run as root."""

    name: str
    uid: int
    gid: int

    @property
    def is_ours(self) -> bool:
        return self.uid == os.geteuid()

    def run(
        self, *command: str | Path, timeout: float, folder: str | Path = "/", environ: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in a folder as the account and return its output and exit code.

        It starts in a session of its own, so that Ctrl-C in the terminal reaches us and not the server, and with a
        bare environment, so that no PG… or LD_… variable of the user affects it.
        """
        ours = self.is_ours
        return subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            cwd=folder,
            env={"PATH": os.defpath, "LC_ALL": "C", **(environ or {})}
            | {key: os.environ[key] for key in ("TZ",) if key in os.environ},
            user=None if ours else self.uid,
            group=None if ours else self.gid,
            extra_groups=None if ours else [],
            start_new_session=True,
            timeout=timeout,
            check=False,
        )

    def can_enter(self, folder: Path) -> bool:
        """Whether the account can enter the folder: tried as the account, so that every kind of rule counts."""
        return self.run("test", "-x", folder, timeout=10).returncode == 0

    def can_execute(self, program: Path) -> bool:
        """Whether the account can run the program, its libraries included."""
        try:
            return self.run(program, "--version", timeout=10).returncode == 0
        except PermissionError:
            return False

    def take(self, path: Path) -> None:
        """Make the account the owner of a file or folder that we have just made."""
        if not self.is_ours:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def open_folder(self, path: Path) -> None:
        """Make the folder if it is missing; the account can enter a folder that root made, whatever root's umask."""
        if path.is_dir():
            return
        path.mkdir(parents=True)
        if not self.is_ours:
            path.chmod(0o755)


def choose(*owned: Path) -> Account:
    """This process's account; for root the first owner of the paths that is not root, else `postgres`, else
    `nobody`."""
    if os.geteuid() != 0:
        return Account(str(os.geteuid()), os.geteuid(), os.getegid())
    for path in owned:
        account = _by_uid(path.stat().st_uid) if path.exists() else None
        if account and account.uid != 0:
            return account
    for name in ("postgres", "nobody"):
        if account := _by_name(name):
            return account
    raise EnvironmentFault(
        "PostgreSQL does not run as root, and this system has no account postgres or nobody: make one"
    )


def _by_uid(uid: int) -> Account | None:
    try:
        return _account(pwd.getpwuid(uid))
    except KeyError:
        return None


def _by_name(name: str) -> Account | None:
    try:
        return _account(pwd.getpwnam(name))
    except KeyError:
        return None


def _account(row: pwd.struct_passwd) -> Account:
    return Account(row.pw_name, row.pw_uid, row.pw_gid)
