"""The peers that run: what each needs from the package index, and its command in each configuration."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

ENVIRONMENTS = Path(__file__).resolve().parents[3] / ".services/peers"
PROGRAMS = Path(__file__).parent / "programs"

_PACKAGES = {
    "dlt": ["dlt[postgres]", "sqlalchemy", "psycopg[binary]", "psycopg2-binary", "connectorx", "pyarrow"],
    "pandas": ["pandas", "sqlalchemy", "psycopg[binary]"],
    "tap": ["meltanolabs-tap-postgres"],
    "target": ["meltanolabs-target-postgres"],
    "psycopg": ["psycopg[binary]"],
}
"""Virtual environment -> what is installed there. The Singer pair needs two: their needs contradict each other."""

NOT_RUN = {
    "sling": "its package fetches a program at run time; as a Go module the proxy does not serve it",
    "ingestr": "its package fetches a program at run time; as a Go module the proxy does not serve it",
}


@dataclass(frozen=True)
class Ends:
    """Where a peer reads and writes; `state` is a folder of its own that lasts from its first load to the next."""

    source: str
    destination: str
    port: int
    password: str
    state: Path


@dataclass(frozen=True)
class Peer:
    """A tool in one configuration. `is_default`: what its first page tells a newcomer to write."""

    name: str
    needs: tuple[str, ...]
    command: Callable[[Ends], list[str]]
    is_default: bool = False
    makes_own_table: bool = False


def provide(name: str) -> None:
    """Makes a virtual environment with what its peers need, unless it is there."""
    folder = ENVIRONMENTS / name
    if (folder / "ready").exists():
        return
    subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
    subprocess.run([folder / "bin/pip", "install", "--quiet", *_PACKAGES[name]], check=True)
    (folder / "ready").touch()


def _program(environment: str, program: str, *arguments: str) -> Callable[[Ends], list[str]]:
    python = str(ENVIRONMENTS / environment / "bin/python")
    return lambda ends: [
        python,
        str(PROGRAMS / f"{program}.py"),
        ends.source,
        ends.destination,
        *(str(ends.state) if argument == "STATE" else argument for argument in arguments),
    ]


def _singer(ends: Ends) -> list[str]:
    """Tap and target joined by a pipe, as Singer is meant; the catalog chooses the table, its key and full loads."""
    place = {"host": "127.0.0.1", "port": ends.port, "user": "etl", "password": ends.password}
    tap = _write(ends.state / "tap.json", {**place, "database": "peer_source", "filter_schemas": ["in_tables"]})
    target = _write(
        ends.state / "target.json",
        {**place, "database": "peer_target", "default_target_schema": "peer", "load_method": "upsert"},
    )
    catalog = ends.state / "catalog.json"
    read, load = ENVIRONMENTS / "tap/bin/tap-postgres", ENVIRONMENTS / "target/bin/target-postgres"
    discover = f"{read} --config {tap} --discover > {catalog}.all"
    choose = f"{sys.executable} {PROGRAMS / 'singer_catalog.py'} {catalog}.all {catalog}"
    pipe = f"{read} --config {tap} --catalog {catalog} | {load} --config {target}"
    return ["bash", "-c", f"set -eo pipefail; [ -e {catalog} ] || {{ {discover}; {choose}; }}; {pipe}"]


def _write(file: Path, settings: Mapping[str, object]) -> Path:
    file.write_text(json.dumps(settings), encoding="utf-8")
    return file


PEERS = (
    Peer(
        "dlt, pyarrow, upsert, csv",
        ("dlt",),
        _program("dlt", "dlt_merge", "pyarrow", "upsert", "csv", "STATE"),
        makes_own_table=True,
    ),
    Peer(
        "dlt, connectorx, upsert, csv",
        ("dlt",),
        _program("dlt", "dlt_merge", "connectorx", "upsert", "csv", "STATE"),
        makes_own_table=True,
    ),
    Peer(
        "dlt, its default",
        ("dlt",),
        _program("dlt", "dlt_merge", "sqlalchemy", "delete-insert", "-", "STATE"),
        is_default=True,
        makes_own_table=True,
    ),
    Peer("pandas", ("pandas",), _program("pandas", "pandas_merge"), is_default=True),
    Peer("psycopg, pipelined", ("psycopg",), _program("psycopg", "psycopg_rows", "many")),
    Peer("psycopg, row by row", ("psycopg",), _program("psycopg", "psycopg_rows", "one"), is_default=True),
    Peer("Singer, tap and target", ("tap", "target"), _singer, is_default=True, makes_own_table=True),
    Peer("the platform's method", ("psycopg",), _program("psycopg", "platform_method")),
)
