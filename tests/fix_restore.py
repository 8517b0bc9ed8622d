"""Backups and restores by PostgreSQL's own programs."""

import os
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import psycopg
import pytest

from etl.config import open_source
from etl.embedded import EmbeddedServer, packaged_binaries
from etl.simulator.reading import ReaderClient
from tests.fix_company import (
    OUT,
    PARTNER_PASSWORD,
    PASSWORD,
    Ended,
    Site,
    partner_of,
    stored,
    superuser,
)
from tests.fix_database import SESSIONS, Database, create_database, running_server


def dump(database: Database, target: Path, *options: str) -> None:
    program("pg_dump", "-Fc", *options, "-f", str(target), *place_of(database.host, database.port), database.name)


def restore(server: EmbeddedServer, source: Path, name: str) -> None:
    place = place_of(str(server.socket_dir), server.port)
    with psycopg.connect(host=str(server.socket_dir), port=server.port, user="postgres", autocommit=True) as session:
        session.execute(f"create database {name}")
    restore_into(place, name, source, "--no-owner", "--no-privileges")


def restore_into(place: list[str], name: str, source: Path, *options: str) -> None:
    """By way of a script: the programs are newer than some servers, which do not know a setting that came with 17."""
    script = source.with_suffix(".sql")
    program("pg_restore", *options, "-f", str(script), str(source))
    script.write_text(script.read_text().replace("SET transaction_timeout = 0;\n", ""))
    program("psql", "-X", "-q", "-o", os.devnull, "-v", "ON_ERROR_STOP=1", *place, "-d", name, "-f", str(script))


def program(name: str, *arguments: str) -> None:
    """A program of the wheel, which works with older servers too."""
    program = packaged_binaries() / name
    environ = {"PATH": os.environ["PATH"], "PGCONNECT_TIMEOUT": "10"}
    done = subprocess.run([program, *arguments], env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def place_of(host: str, port: int) -> list[str]:
    return ["-h", host, "-p", str(port), "-U", "postgres"]


def empty_database(site: Site, original: Database, server: EmbeddedServer) -> Database:
    """One on another server for what is in `original`, with the roles of the company."""
    there = create_database(server, f"restored_{original.name}")
    with psycopg.connect(**superuser(there), autocommit=True) as session:
        if not session.execute("select 1 from pg_roles where rolname = %s", [site.engine_role]).fetchone():
            session.execute(f"create role {site.engine_role} login password '{stored(PASSWORD)}'")
            session.execute(f"create role {site.partner_role} login password '{stored(PARTNER_PASSWORD)}'")
        session.execute(f"grant create on database {there.name} to {site.engine_role}")
    return there


@contextmanager
def moved(site: Site, databases: Sequence[Database], folder: Path) -> Iterator[Site]:
    """The company as it is with its databases elsewhere: same roles, and a configuration of its own."""
    tree = folder / "moved"
    there = replace(site, url=f"file:{tree}", database=databases[0], out_database=databases[-1])
    there.store_database = databases[len(databases) // 2]
    new = dict(zip(site.databases, databases, strict=True))
    tree.mkdir()
    with open_source(site.url) as source:
        texts = source.snapshot().contents
    for path, text in texts.items():
        for old, now in new.items():
            text = text.replace(f"port={old.port}\ndbName={old.name}\n", f"port={now.port}\ndbName={now.name}\n")
        there.write(path, text)
    there.partner = partner_of(databases[0], site.partner_role)
    with there.partner.session:
        yield there


def drop_database(database: Database) -> None:
    SESSIONS.close(database)
    with psycopg.connect(**superuser(replace(database, name="postgres")), autocommit=True) as session:
        session.execute(f"drop database {database.name} with (force)")


Elsewhere = Callable[[Site], Site]


@pytest.fixture(scope="module")
def younger_server() -> Iterator[EmbeddedServer]:
    """Its transactions have lower numbers than those of the test server."""
    with running_server() as running:
        yield running


@pytest.fixture
def elsewhere(younger_server: EmbeddedServer) -> Iterator[Elsewhere]:
    """Gives the company empty databases on a second server, with its roles, and a configuration of its own."""
    with ExitStack() as stack:

        def move(site: Site) -> Site:
            databases = [empty_database(site, one, younger_server) for one in site.databases]
            for one in databases:
                stack.callback(drop_database, one)
            return stack.enter_context(moved(site, databases, site.home))

        yield move


@dataclass(frozen=True)
class ReaderCopy:
    """The copy of the out_ tables that the reader warehouse keeps elsewhere, and what it has confirmed."""

    tables: dict[str, dict[tuple[str, ...], str]] = field(default_factory=dict)
    confirmed: int | None = None

    @property
    def rows(self) -> int:
        return sum(map(len, self.tables.values()))


def read_on(site: Site, copy: ReaderCopy, *, is_full: bool | None = None) -> ReaderCopy:
    """The reader asks, reads and confirms; then its copy is equal to the out_ tables."""
    with site.runtime() as runtime:
        tables = {name: dict(rows) for name, rows in copy.tables.items()}
        client = ReaderClient(runtime.out_engine, OUT, "warehouse", tables, copy.confirmed)
        given = client.read()
        assert is_full in (None, given.is_full)
        client.confirm(given.upto_position)
        assert (client.compare(), client.faults) == (0, [])
        return ReaderCopy(client.copy, client.confirmed)


def done(ended: Ended) -> Ended:
    """A command that has succeeded."""
    assert ended.code == 0, ended
    return ended
