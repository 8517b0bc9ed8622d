"""A command that uses the embedded server, as a process: started, asked to begin, asked to end, or killed."""

import os
import pwd
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

import etl
from tests.fix_company import inherited
from tests.fix_database import binaries

_COMMAND = """
import sys
from pathlib import Path
from etl.embedded import EmbeddedServer

folder, common, binaries = sys.argv[1:]
print("imported", flush=True)
sys.stdin.readline()
with EmbeddedServer(Path(folder), common=Path(common), binaries=Path(binaries) if binaries else None) as server:
    print(server.socket_dir, flush=True)
    sys.stdin.readline()
"""


@dataclass(frozen=True)
class Actor:
    """An account that runs commands, with an interpreter that it can reach."""

    python: str
    uid: int | None = None  # None: ourselves

    def command(self, folder: Path) -> "ServerUser":
        process = subprocess.Popen(
            [self.python, "-c", _COMMAND, folder, folder.parent / "common", binaries() or ""],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd="/",
            env={"PATH": os.defpath, **inherited(), "HOME": str(folder.parent), "PYTHONPATH": python_path()},
            user=self.uid,
            group=None if self.uid is None else pwd.getpwuid(self.uid).pw_gid,
            extra_groups=None if self.uid is None else [],
        )
        return ServerUser(process)

    def own(self, folder: Path) -> None:
        if self.uid is not None:
            os.chown(folder, self.uid, -1)


@dataclass(frozen=True)
class ServerUser:
    process: subprocess.Popen[str]

    def ready(self) -> "ServerUser":
        """Wait until the command has imported all and stands before the door."""
        assert self._line() == "imported"
        return self

    def go(self) -> None:
        self._say()

    def arrived(self) -> Path:
        """Wait until the command uses the server; the folder of its socket."""
        line = self._line()
        assert line, f"the command failed with exit code {self.process.wait(10)}"
        return Path(line)

    def enter(self) -> Path:
        self.ready().go()
        return self.arrived()

    def leave(self) -> None:
        self._say()
        assert self.process.wait(30) == 0
        self._close()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(30)
        self._close()

    def _line(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def _say(self) -> None:
        assert self.process.stdin
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def _close(self) -> None:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()
        self.process.stdout.close()


def ourselves() -> Actor:
    return Actor(sys.executable)


def unprivileged_account() -> Actor:
    """An ordinary user; the test is skipped where we cannot become one or it cannot read this installation."""
    if os.geteuid() != 0:
        pytest.skip("only root can act as another user")
    uid = pwd.getpwnam("nobody").pw_uid
    for python in filter(None, (sys.executable, shutil.which("python3.11", path="/usr/bin"))):
        probe = [python, "-c", "import etl.embedded.server, psycopg"]
        environment = {"PYTHONPATH": python_path()}
        try:
            if not subprocess.run(probe, user=uid, extra_groups=[], env=environment, cwd="/", check=False).returncode:
                return Actor(python, uid)
        except PermissionError:
            continue
    pytest.skip("the unprivileged account cannot read this installation")


def python_path() -> str:
    return os.pathsep.join(
        [str(Path(etl.__file__).parents[1]), *(path for path in sys.path if "site-packages" in path)]
    )
