"""One data directory of PostgreSQL: made, started, watched and stopped with PostgreSQL's own programs.

Every function here runs under its caller's lock (`server.py`): no other process starts or stops this cluster
meanwhile.
"""

import shlex
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from etl.embedded.account import Account
from etl.errors import EnvironmentFault

SUPERUSER = "postgres"

# Bounds, not expectations: a start takes 0.1 s, but after a power cut it first replays up to max_wal_size of journal.
_INIT_SECONDS = 120
_START_SECONDS = 120
_STOP_SECONDS = 60
_POLL_SECONDS = 0.05
_TAIL_LINES = 8

# A laptop's share: a quarter of a gigabyte of cache, checkpoints rare for bulk loads, no network port.
_SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
}


@dataclass(frozen=True)
class Postmaster:
    """The contents of `postmaster.pid` of a running server."""

    pid: int
    port: int
    socket_dir: Path
    is_ready: bool

    @classmethod
    def from_lines(cls, lines: list[str]) -> "Postmaster":
        """Lines 1, 4, 5 and 8 of the file; a starting server adds them one after the other."""
        full = [*(line.strip() for line in lines), *[""] * 8]
        return cls(int(full[0]), int(full[3] or 0), Path(full[4]), full[7] == "ready")


@dataclass(frozen=True)
class Cluster:
    """A data directory, the programs that serve it and the account that runs them."""

    binaries: Path
    data: Path
    account: Account

    @property
    def log(self) -> Path:
        """The server's log since its last start; the log before lies beside it."""
        return self.data / "server.log"

    def exists(self) -> bool:
        """Whether the cluster has been made; a half-made one has another name."""
        return (self.data / "PG_VERSION").is_file()

    @property
    def _fresh(self) -> str:
        return f".{self.data.name}.new-"

    def create(self, settings: Mapping[str, str]) -> None:
        """Make the cluster under another name and rename it, so that a killed `initdb` leaves nothing half made."""
        fresh = Path(tempfile.mkdtemp(prefix=self._fresh, dir=self.data.parent))
        self.account.take(fresh)
        self._initdb(fresh)
        with (fresh / "postgresql.conf").open("a") as conf:
            conf.writelines(f"{key} = {_quoted(value)}\n" for key, value in ({**_SETTINGS, **settings}).items())
        fresh.rename(self.data)

    def _initdb(self, folder: Path) -> None:
        # Only the account can open the socket (mode 0700), hence trust there; network ports need passwords.
        auth = ("--auth-local=trust", "--auth-host=scram-sha-256")
        options = ("-U", SUPERUSER, "--encoding=UTF8", *auth, *self._locale())
        result = self.account.run(self.binaries / "initdb", "-D", folder, *options, timeout=_INIT_SECONDS)
        if result.returncode:
            raise EnvironmentFault(
                f"initdb could not make the embedded PostgreSQL in {self.data}: {_last(result.stderr)}"
            )

    def _locale(self) -> tuple[str, ...]:
        """Order by code point, case by Unicode, the same on every machine; servers before 17 use the system's
        locale."""
        version = self.account.run(self.binaries / "postgres", "--version", timeout=10).stdout
        if int(version.split()[2].split(".")[0]) < 17:
            return ("--locale=C.UTF-8", "--lc-messages=C")
        return ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")

    def start(self, socket_dir: Path) -> Postmaster:
        """Start the server and wait until it answers, or raise EnvironmentFault with the end of its log."""
        self._sweep(socket_dir)
        deadline = time.monotonic() + _START_SECONDS
        while complaint := self._launch(socket_dir):
            # Children of a killed postmaster hold its memory until they notice; nothing but waiting helps.
            if "shared memory block" not in complaint or time.monotonic() > deadline:
                raise EnvironmentFault(f"the embedded PostgreSQL in {self.data} did not start: {complaint}")
            time.sleep(_POLL_SECONDS)
        postmaster = self.postmaster()
        if postmaster is None:
            raise EnvironmentFault(f"the embedded PostgreSQL in {self.data} ended after its start: {self._tail()}")
        return postmaster

    def _sweep(self, socket_dir: Path) -> None:
        """Remove what killed programs left: half-made clusters, and locks of a socket whose number another process has.

        The socket's folder is this cluster's alone. A living server has been excluded by its postmaster.pid; what
        that may miss, PostgreSQL itself notices by its shared memory.
        """
        for socket in socket_dir.glob(".s.PGSQL.*"):
            socket.unlink(missing_ok=True)
        for leftover in self.data.parent.glob(self._fresh + "*"):
            shutil.rmtree(
                leftover, ignore_errors=True
            )  # an orphaned initdb may still write; the next start tries again

    def _launch(self, socket_dir: Path) -> str:
        if self.log.exists():
            self.log.rename(self.log.with_name("server.log.1"))
        options = f"-k {shlex.quote(str(socket_dir))}"
        wait = ("-w", "-t", str(_START_SECONDS))
        result = self._control("start", *wait, "-l", self.log, "-o", options, timeout=_START_SECONDS + 10)
        return f"{_last(result.stderr)}\n{self._tail()}" if result.returncode else ""

    def stop(self) -> None:
        """Stop the server if it runs; remaining clients are disconnected."""
        if self.postmaster() is None:
            return
        wait = ("-w", "-t", str(_STOP_SECONDS))
        result = self._control("stop", "-m", "fast", *wait, timeout=_STOP_SECONDS + 10)
        if result.returncode and self.postmaster() is not None:
            raise EnvironmentFault(f"the embedded PostgreSQL in {self.data} did not stop: {_last(result.stderr)}")

    def _control(self, *command: str | Path, timeout: float) -> subprocess.CompletedProcess[str]:
        return self.account.run(self.binaries / "pg_ctl", "-D", self.data, "-s", *command, timeout=timeout)

    def settled(self) -> Postmaster | None:
        """The running server, or None. Waits for one that is starting or stopping because the process that started it
        was killed."""
        deadline = time.monotonic() + _START_SECONDS
        while (postmaster := self.postmaster()) and not postmaster.is_ready:
            if time.monotonic() > deadline:
                raise EnvironmentFault(f"the embedded PostgreSQL in {self.data} is not ready: {self._tail()}")
            time.sleep(_POLL_SECONDS)
        return postmaster

    def postmaster(self) -> Postmaster | None:
        """The living server of this data directory, ready or not.

        A file that a killed server left is removed when its number now belongs to another process, as after a
        restart of the machine: PostgreSQL itself would refuse to start.
        """
        file = self.data / "postmaster.pid"
        try:
            lines = file.read_text().splitlines()
        except FileNotFoundError:
            return None
        if lines and self._serves(int(lines[0])):
            return Postmaster.from_lines(lines)
        file.unlink(missing_ok=True)
        return None

    def _serves(self, pid: int) -> bool:
        """Whether the process's working directory is this data directory, as a postmaster's always is."""
        return self.account.run("test", f"/proc/{pid}/cwd", "-ef", self.data, timeout=10).returncode == 0

    def _tail(self) -> str:
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-_TAIL_LINES:])
        except FileNotFoundError:
            return "it wrote no log"


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _last(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return " ".join(lines[-3:]) or "it gave no reason"
