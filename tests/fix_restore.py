"""Backups and restores by PostgreSQL's own programs."""

import os
import subprocess
from pathlib import Path

import psycopg

from etl.embedded import EmbeddedServer, packaged_binaries
from tests.fix_database import Database


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
