"""PostgreSQL for the tests: one server a session, one database a test, cloned from a template.

`ETL_TEST_POSTGRES_BIN=/usr/lib/postgresql/15/bin` runs them on another PostgreSQL than the wheel's. Several folders
with colons between them, as scripts/postgresql.py prints them, are shared out among the workers of pytest-xdist.
"""

import itertools
import os
import select
import shutil
import socket
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy
from psycopg.pq import TransactionStatus
from psycopg.rows import dict_row

from etl.database import Access, open_engine
from etl.embedded import EmbeddedServer, packaged_binaries
from etl.errors import ConfigurationError

LOOPBACK = "127.0.0.1"
_BINARIES = "ETL_TEST_POSTGRES_BIN"
_TEMPLATE = "etl_template"
_numbers = itertools.count(1)

# Speed for safety: nothing here has to survive a power cut.
_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "512MB",
    "max_connections": "200",
    "listen_addresses": LOOPBACK,
}


@dataclass(frozen=True)
class Database:
    """One database of the test server; over the unix socket its superuser needs no password."""

    name: str
    host: str
    port: int
    username: str

    @property
    def access(self) -> Access:
        return Access(self.host, self.port, self.name, self.username)

    @property
    def url(self) -> sqlalchemy.URL:
        return sqlalchemy.URL.create(
            "postgresql+psycopg", self.username, database=self.name, query={"host": self.host, "port": str(self.port)}
        )

    @cached_property
    def engine(self) -> sqlalchemy.Engine:
        return open_engine(self.access, "tests")

    def tcp(self, username: str, password: str) -> Access:
        """The same database over the network, where a role that the test has made needs its password (scram)."""
        return Access(LOOPBACK, self.port, self.name, username, password)


class Sessions:
    """The superuser's sessions between two questions of a test: to open one takes longer than most answers.

    The caller gets a session that is as if new, and for itself alone. Before a database is copied or
    dropped, or what its sessions have done must have been counted, `close` ends those that are left.
    """

    def __init__(self) -> None:
        self._idle: dict[Database, list[Session]] = defaultdict(list)

    @contextmanager
    def one(self, database: Database) -> Iterator["Session"]:
        """A session in autocommit; what it has set, locked and listened to ends with the block."""
        session = self._ready(database)
        try:
            yield session
        except BaseException:
            session.close()
            raise
        if session.info.transaction_status == TransactionStatus.IDLE:
            session.execute("discard all")
            self._idle[database].append(session)
        else:
            session.close()

    def _ready(self, database: Database) -> "Session":
        while idle := self._idle[database]:
            session = idle.pop()
            if not select.select([session.fileno()], [], [], 0)[0]:
                return session
            session.close()  # the server has said something unasked: that it has ended the session
        # Nothing is prepared: a session that is used often plans as a new one does.
        return psycopg.connect(
            host=database.host,
            port=database.port,
            dbname=database.name,
            user=database.username,
            autocommit=True,
            row_factory=dict_row,
            prepare_threshold=None,
        )

    def close_all(self, host: str) -> None:
        """Ends those of a server with its socket in this folder."""
        for database in [one for one in self._idle if one.host == host]:
            self.close(database)

    def close(self, database: Database) -> list[int]:
        """Ends those of a database that are not in use now; returns their pids at the server."""
        closed = self._idle.pop(database, [])
        pids = [session.info.backend_pid for session in closed]
        for session in closed:
            session.close()
        return pids


Session = psycopg.Connection[dict[str, Any]]
SESSIONS = Sessions()


def binaries() -> Path | None:
    """The programs of the PostgreSQL under test; None means the wheel's."""
    chosen = os.environ.get(_BINARIES)
    return Path(chosen) if chosen else None


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Of several PostgreSQL versions this process, and what it starts, gets one; the controller only names them."""
    folders = os.environ.get(_BINARIES, "").split(":")
    worker = getattr(config, "workerinput", {}).get("workerid", "")
    if worker or not config.getoption("numprocesses", None):
        os.environ[_BINARIES] = folder_of(worker, folders)


def folder_of(worker: str, folders: Sequence[str]) -> str:
    """The share of a worker (gw0, gw1, …; none without pytest-xdist): they take turns."""
    return folders[int(worker.removeprefix("gw") or 0) % len(folders)]


def pytest_report_header() -> list[str]:
    return [_described(folder) for folder in os.environ.get(_BINARIES, "").split(":")]


def _described(folder: str) -> str:
    try:
        program = (Path(folder) if folder else packaged_binaries()) / "postgres"
        version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    except (ConfigurationError, OSError) as error:
        return f"PostgreSQL: {error}"
    return f"PostgreSQL: {version} ({program.parent})"


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every account can enter, unlike pytest's own: for root, the server runs as another."""
    with make_open_folder() as folder:
        yield folder


@pytest.fixture(scope="session")
def server() -> Iterator[EmbeddedServer]:
    with running_server() as running:
        yield running


@contextmanager
def running_server(programs: Path | None = None, **settings: str) -> Iterator[EmbeddedServer]:
    """A server of its own for the time of a `with` block; `programs` are other ones than those under test."""
    chosen = {**_SETTINGS, "port": str(_free_port()), **settings}
    with (
        make_open_folder() as folder,
        EmbeddedServer(folder, binaries=programs or binaries(), settings=chosen) as running,
    ):
        yield running
        SESSIONS.close_all(str(running.socket_dir))


@pytest.fixture(scope="session")
def template(server: EmbeddedServer) -> Database:
    """The database that every test's own is cloned from."""
    return create_database(server, _TEMPLATE)


@pytest.fixture
def database(server: EmbeddedServer, template: Database) -> Iterator[Database]:
    """An empty database of this test alone."""
    with fresh_database(server, template) as database:
        yield database


@contextmanager
def fresh_database(server: EmbeddedServer, template: Database | None = None) -> Iterator[Database]:
    """A database for the time of a `with` block: empty, or a copy of a template."""
    database = create_database(server, f"test_{next(_numbers)}", template)
    yield database
    database.engine.dispose()
    SESSIONS.close(database)
    _administer(server, f"drop database {database.name} with (force)")


def create_database(server: EmbeddedServer, name: str, template: Database | None = None) -> Database:
    """A database that stays as long as the server: empty, or a copy of a template."""
    if template:
        SESSIONS.close(template)
    with SESSIONS.one(_postgres(server)) as session:
        # Files as they are: page by page through the log, as from 15 on, takes half as long again, and the drop too.
        how = "strategy file_copy" if session.info.server_version >= 150000 else ""
        session.execute(f"create database {name} template {template.name if template else 'template0'} {how}")
    return Database(name, str(server.socket_dir), server.port, server.username)


@pytest.fixture
def engine(database: Database) -> sqlalchemy.Engine:
    return database.engine


def _administer(server: EmbeddedServer, statement: str) -> None:
    with SESSIONS.one(_postgres(server)) as session:
        session.execute(statement)


def _postgres(server: EmbeddedServer) -> Database:
    return Database("postgres", str(server.socket_dir), server.port, server.username)


@contextmanager
def make_open_folder() -> Iterator[Path]:
    """A folder that every account can enter, for the time of a `with` block."""
    folder = Path(tempfile.mkdtemp(prefix="etl-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port
