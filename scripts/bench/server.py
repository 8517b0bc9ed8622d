"""The server of the benchmark: ordinary and durable. Databases are made on it, and what it counts is read."""

import os
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import psycopg

from etl.embedded import EmbeddedServer

Session = psycopg.Connection[tuple[Any, ...]]

ROLE = "etl"
PASSWORD = "bench"
"""For tools that reach the server over the network of this machine alone."""

LOOPBACK = "127.0.0.1"
TIDIED_BETWEEN = MappingProxyType({"autovacuum": "off"})
"""Settings where `tidy` does the work of autovacuum between the runs: by itself it falls into the run of one contestant
and not into the other's, and while it analyzes a table, updated rows find no room on their pages."""
_FEED = "feed"
# Those of the shared measurements, and two of a server that is set up for loading: it has its WAL's files and need not
# make them, and its buffers of WAL (16 MB in PostgreSQL's own choice) hold what two sessions write meanwhile.
# What is not named is PostgreSQL's own default: fsync and synchronous_commit are on.
_SETTINGS = {
    "shared_buffers": "2GB",
    "min_wal_size": "4GB",
    "max_wal_size": "8GB",
    "wal_buffers": "64MB",
    "fsync": "on",
    "synchronous_commit": "on",
}
_POLL_SECONDS = 0.01
_SQL = Path(__file__).parent / "sql"


@dataclass(frozen=True)
class Server:
    """A running server and the folder in which the configurations of the contestants lie."""

    home: Path
    host: str
    port: int
    data: Path

    def session(self, database: str = "postgres", user: str = ROLE) -> Session:
        """A session of its own, each statement its own transaction."""
        return psycopg.connect(
            host=self.host,
            port=self.port,
            user=user,
            dbname=database,
            autocommit=True,
            cursor_factory=psycopg.ClientCursor,
        )

    def administer(self, *statements: str) -> None:
        """Runs statements as superuser."""
        with self.session(user=EmbeddedServer.username) as session:
            for statement in statements:
                session.execute(statement)

    def make(self, database: str, template: str = _FEED) -> None:
        """A database created again, with the feed in it."""
        copying = (
            "" if int(self.version().split(".")[0]) < 15 else " strategy file_copy"
        )  # the only way of older servers
        self.administer(
            f"drop database if exists {database} with (force)",
            f"create database {database} owner {ROLE} template {template}{copying}",
        )

    def drop(self, database: str) -> None:
        self.administer(f"drop database if exists {database} with (force)")

    def checkpoint(self) -> None:
        """So that no contestant writes what the one before has left."""
        self.administer("checkpoint")

    def _pid(self) -> int:
        return int((self.data / "postmaster.pid").read_text().split()[0])

    def processor_seconds(self) -> float:
        """What all backends that have ended took of the processor: the server's own waited-for children."""
        fields = Path(f"/proc/{self._pid()}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")  # cutime and cstime of proc(5)

    def serving_seconds(self, *databases: str) -> float:
        """What the backends that serve databases now have taken of the processor."""
        ticks = 0
        for child in self._children():
            if self._serves(child, databases):
                with suppress(FileNotFoundError, ProcessLookupError):  # it has just ended
                    fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
                    ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def serving_ms(self, *databases: str) -> float:
        """The same in milliseconds, as exactly as Linux counts."""
        return sum(busy_ms(int(child)) for child in self._children() if self._serves(child, databases))

    def backend_seconds(self, session: Session) -> float:
        """What the backend of an open session has taken of the processor."""
        fields = Path(f"/proc/{session.info.backend_pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def await_end(self, *databases: str) -> None:
        """Until no process serves them and the server has counted what the last ones took."""
        while any(self._serves(child, databases) for child in self._children()):
            time.sleep(_POLL_SECONDS)

    def _children(self) -> list[str]:
        pid = self._pid()
        return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()

    @staticmethod
    def _serves(child: str, databases: tuple[str, ...]) -> bool:
        """By the title of the process: `postgres: etl floor [local] idle`; one that has just ended has none."""
        try:
            words = Path(f"/proc/{child}/cmdline").read_text().split()
        except (FileNotFoundError, ProcessLookupError):  # the latter if it ends between opening and reading
            return False
        return not words or any(database in words[2:3] for database in databases)

    def version(self) -> str:
        with self.session() as session:
            [version] = session.execute("show server_version").fetchone() or [""]
        return str(version)


def busy_ms(pid: int) -> float:
    """What all threads of a process that live have taken of the processor."""
    taken = 0
    with suppress(FileNotFoundError, ProcessLookupError):  # threads and processes end meanwhile
        for task in Path(f"/proc/{pid}/task").iterdir():
            with suppress(FileNotFoundError, ProcessLookupError):
                taken += int((task / "schedstat").read_text().split()[0])
    return taken / 1e6


@contextmanager
def running_server(
    rows: int, *, on_network: bool = False, also: Mapping[str, str] = MappingProxyType({})
) -> Iterator[Server]:
    """A server for the time of a `with` block, with a database that holds the feed of this many rows."""
    with empty_server(on_network=on_network, also=also) as server:
        server.administer(f"create database {_FEED} owner {ROLE} template template0")
        with server.session(_FEED) as session:
            run_script(session, "feed", {"rows": rows})
            session.execute("vacuum analyze")
        yield server


@contextmanager
def empty_server(*, on_network: bool = False, also: Mapping[str, str] = MappingProxyType({})) -> Iterator[Server]:
    """A server for the time of a `with` block, with our role and no database; `also` are further settings of it."""
    network = {"listen_addresses": LOOPBACK, "port": str(_free_port())} if on_network else {}
    buffers = {"shared_buffers": os.environ.get("BENCH_BUFFERS") or _SETTINGS["shared_buffers"]}
    settings = {**_SETTINGS, **buffers, **network, **also}
    home = Path(tempfile.mkdtemp(prefix="etl-bench-", dir=os.environ.get("BENCH_FOLDER") or None))
    home.chmod(0o755)
    try:
        with EmbeddedServer(home, binaries=binaries(), settings=settings) as embedded:
            server = Server(home, str(embedded.socket_dir), embedded.port, embedded.data)
            server.administer(f"create role {ROLE} login password '{PASSWORD}'")
            yield server
    finally:
        shutil.rmtree(home)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def binaries() -> Path | None:
    """The programs of the PostgreSQL under test; None means the wheel's."""
    chosen = os.environ.get("BENCH_POSTGRES_BIN") or os.environ.get("ETL_TEST_POSTGRES_BIN")
    return Path(chosen) if chosen else None


def run_script(session: Session, name: str, values: Mapping[str, object], folder: Path = _SQL) -> None:
    """The statements of <folder>/<name>.sql, each its own transaction."""
    for statement in (folder / f"{name}.sql").read_text(encoding="utf-8").split(";\n"):
        session.execute(escaped(statement, values), values)


def escaped(statement: str, values: Mapping[str, object]) -> str:
    """SQL's own `%` doubled, as psycopg asks for."""
    doubled = statement.replace("%", "%%")
    for name in values:
        doubled = doubled.replace(f"%%({name})s", f"%({name})s")
    return doubled
