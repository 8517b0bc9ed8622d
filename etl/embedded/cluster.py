"""One data directory of PostgreSQL: made, started, watched and stopped with PostgreSQL's own programs.

Every function here runs under its caller's lock (`server.py`): no other process starts or stops this cluster
meanwhile.
"""

import re
import shlex
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from etl.embedded.account import Account
from etl.embedded.reserve import full_disk, is_disk_full
from etl.errors import EnvironmentFault

SUPERUSER = "postgres"

# Bounds, not expectations: a start takes 0.1 s, but after a power cut it first replays up to max_wal_size of journal.
_INIT_SECONDS = 120
_START_SECONDS = 120
_STOP_SECONDS = 60
_POLL_SECONDS = 0.05
_TAIL_LINES = 8
_NUMBER = re.compile(r"[0-9]{1,10}")

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
        return cls(_number(full[0]), _number(full[3]), Path(full[4]), full[7] == "ready")


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
    def version(self) -> int:
        """The major version that the data are of."""
        text = (self.data / "PG_VERSION").read_text(errors="replace")
        return _number(text.split(".")[0])

    @property
    def programs_version(self) -> int:
        """The major version of the programs."""
        output = self.account.run(self.binaries / "postgres", "--version", timeout=10).stdout
        return _number(output.split()[2].split(".")[0])

    @property
    def fresh_prefix(self) -> str:
        """How the name of a half-made data directory begins."""
        return f".{self.data.name}.new-"

    @property
    def _upgraded(self) -> Path:
        return self.data.with_name(f".{self.data.name}.upgraded")

    def create(self, settings: Mapping[str, str]) -> None:
        """Make the cluster under another name and rename it, so that a killed `initdb` leaves nothing half made."""
        fresh = Path(tempfile.mkdtemp(prefix=self.fresh_prefix, dir=self.data.parent))
        self.account.take(fresh)
        replace(self, data=fresh).make(self.data)
        with (fresh / "postgresql.conf").open("a") as conf:
            conf.writelines(f"{key} = {_quoted(value)}\n" for key, value in ({**_SETTINGS, **settings}).items())
        fresh.rename(self.data)

    def make(self, named: Path, *, checksums: bool | None = None) -> None:
        """Run initdb; `named`: what the directory will be called; `checksums` of pages, if not as the version does by
        itself."""
        # Only the account can open the socket (mode 0700), hence trust there; network ports need passwords.
        auth = ("--auth-local=trust", "--auth-host=scram-sha-256")
        pages = {None: (), True: ("--data-checksums",), False: ("--no-data-checksums",)}[checksums]
        options = ("-U", SUPERUSER, "--encoding=UTF8", *auth, *pages, *self._locale())
        result = self.account.run(self.binaries / "initdb", "-D", self.data, *options, timeout=_INIT_SECONDS)
        if result.returncode:
            raise EnvironmentFault(
                f"initdb could not make the embedded PostgreSQL in {named}: {last_lines(result.stderr)}"
            )

    def _locale(self) -> tuple[str, ...]:
        """Order by code point, case by Unicode, the same on every machine; servers before 17 use the system's
        locale."""
        if self.programs_version < 17:
            return ("--locale=C.UTF-8", "--lc-messages=C")
        return ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")

    def switch(self, fresh: Path, kept: Path) -> None:
        """Put `fresh` into the place of the data, which become `kept`; `finish_switch` ends it after a kill."""
        fresh.rename(self._upgraded)
        self.data.rename(kept)
        self.finish_switch()

    def finish_switch(self) -> None:
        """Only between the renames of a switch there are upgraded data, and none in their place."""
        if self._upgraded.is_dir() and not self.data.exists():
            self._upgraded.rename(self.data)

    def start(self, socket_dir: Path) -> Postmaster:
        """Start the server and wait until it answers, or raise EnvironmentFault with the end of its log; with the
        SQLSTATE of a full disk, if it is that."""
        self.sweep(socket_dir)
        deadline = time.monotonic() + _START_SECONDS
        while complaint := self._launch(socket_dir):
            # Children of a killed postmaster hold its memory until they notice; nothing but waiting helps.
            if is_disk_full(complaint):
                raise full_disk(self.data)
            if "shared memory block" not in complaint or time.monotonic() > deadline:
                raise EnvironmentFault(f"the embedded PostgreSQL in {self.data} did not start: {complaint}")
            time.sleep(_POLL_SECONDS)
        postmaster = self.postmaster()
        if postmaster is None:
            raise EnvironmentFault(f"the embedded PostgreSQL in {self.data} ended after its start: {self._tail()}")
        return postmaster

    def sweep(self, socket_dir: Path) -> None:
        """Remove what killed programs left: half-made clusters, a complete one whose switch was not begun, and locks of
        a socket whose number another process has.

        The socket's folder is this cluster's alone. A living server has been excluded by its postmaster.pid; what that
        may miss, PostgreSQL itself notices by its shared memory.
        """
        for socket in socket_dir.glob(".s.PGSQL.*"):
            socket.unlink(missing_ok=True)
        for leftover in (*self.data.parent.glob(self.fresh_prefix + "*"), self._upgraded):
            # An orphaned initdb may still write; the next start tries again.
            shutil.rmtree(leftover, ignore_errors=True)

    def _launch(self, socket_dir: Path) -> str:
        if self.log.exists():
            self.log.rename(self.log.with_name("server.log.1"))
        options = f"-k {shlex.quote(str(socket_dir))}"
        wait = ("-w", "-t", str(_START_SECONDS))
        result = self._control("start", *wait, "-l", self.log.name, "-o", options, timeout=_START_SECONDS + 10)
        return f"{last_lines(result.stderr)}\n{self._tail()}" if result.returncode else ""

    def stop(self) -> None:
        """Stop the server if it runs; remaining clients are disconnected."""
        if self.postmaster() is None:
            return
        wait = ("-w", "-t", str(_STOP_SECONDS))
        result = self._control("stop", "-m", "fast", *wait, timeout=_STOP_SECONDS + 10)
        if result.returncode and self.postmaster() is not None:
            raise EnvironmentFault(f"the embedded PostgreSQL in {self.data} did not stop: {last_lines(result.stderr)}")

    def _control(self, *command: str | Path, timeout: float) -> subprocess.CompletedProcess[str]:
        """pg_ctl puts what its options name between double quotes of a shell command, where $(…) would be executed. So
        the folder is named by PGDATA and the log by its name in the folder."""
        return self.account.run(
            self.binaries / "pg_ctl",
            "-s",
            *command,
            timeout=timeout,
            folder=self.data,
            environ={"PGDATA": str(self.data)},
        )

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
        restart of the machine, or when it has no number at all, as after a full disk: PostgreSQL itself would refuse to
        start. If a server still runs, its shared memory keeps a second one from starting.
        """
        file = self.data / "postmaster.pid"
        try:
            lines = file.read_text(errors="replace").splitlines()
        except FileNotFoundError:
            return None
        if lines and (pid := _number(lines[0])) and self._serves(pid):
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


def _number(text: str) -> int:
    """A number of at most ten digits, as pids and ports are; 0 for anything else."""
    return int(text) if _NUMBER.fullmatch(text.strip()) else 0


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def last_lines(text: str) -> str:
    """The end of what a program has said, on one line."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return " ".join(lines[-3:]) or "it gave no reason"
