"""Files in and out: `etl fill` and `etl export` beside a bare COPY of the same rows."""

import filecmp
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pyarrow.parquet

from scripts.bench.company import OUT
from scripts.bench.contestants import ENGINE_TEMPLATE, Contestant, Engine, Measured
from scripts.bench.engine import Ended, run_etl
from scripts.bench.judge import WrongResult
from scripts.bench.server import Server, Session

COLUMNS = "in_id, surname, name, patronymic, email, balance, credit_limit, born_at, vip"
_EXPORTED = ("client", "address", "_client_address_")
_BLOCK_BYTES = 1024 * 1024


def write_file(server: Server, rows: int) -> Path:
    """The feed's clients as one CSV file."""
    path = server.home / "clients.csv"
    feed = f"select {COLUMNS} from feed.client where v = 0 and i <= {rows} order by i"
    with server.session("feed") as session:
        _write(session.cursor(), f"copy ({feed}) to stdout (format csv, header)", path)
    return path


def filled(session: Session) -> dict[str, tuple[int, int]]:
    """What the in_ table holds, as `judge.digests` tells it."""
    query = (
        "select count(*), coalesce(sum(hashtextextended(cast(t as text), 0)), 0) "
        f"from (select {COLUMNS}, in_status from in_tables.in_client) t"
    )
    [rows, digest] = session.execute(query).fetchone() or [0, 0]
    return {"in_client": (int(rows), int(digest))}


@dataclass
class Fill(Engine):
    """The command, with an in_ table that is empty."""

    def work(self) -> Measured:
        ended = run_etl(self.home, "fill", "--json", "Client", str(self.server.home / "clients.csv"))
        [reported] = json.loads(ended.out)["files"]
        return _of_command(ended, reported["seconds"])


@dataclass
class BareFill(Contestant):
    """COPY of the same file into the same table, block by block as a driver does it."""

    def make(self) -> None:
        self.server.make(self.database, ENGINE_TEMPLATE)

    def work(self) -> Measured:
        copy = f"copy in_tables.in_client ({COLUMNS}) from stdin (format csv, header)"
        started, worked = time.monotonic(), time.process_time()
        path = self.server.home / "clients.csv"
        with self.session() as session, session.cursor().copy(copy) as stream, path.open("rb") as file:
            while block := file.read(_BLOCK_BYTES):
                stream.write(block)
        seconds = time.monotonic() - started
        return Measured(seconds, seconds, process_cpu_seconds=time.process_time() - worked)


@dataclass
class Export(Engine):
    """The command, of what a first load has left."""

    form: str = "parquet"

    @property
    def folder(self) -> Path:
        return self.home / "exported"

    def work(self) -> Measured:
        ended = run_etl(self.home, "export", "--json", "--format", self.form, "-o", str(self.folder))
        return _of_command(ended, sum(one["seconds"] for one in json.loads(ended.out)["tables"]))


@dataclass
class BareExport(Contestant):
    """COPY of the same tables into CSV files."""

    def make(self) -> None:
        """Reads what is there."""

    @property
    def folder(self) -> Path:
        return self.server.home / "copied"

    def work(self) -> Measured:
        self.folder.mkdir(exist_ok=True)
        started, worked = time.monotonic(), time.process_time()
        with self.session() as session:
            for table in _EXPORTED:
                copy = f"copy {OUT}.{table} to stdout (format csv, header)"
                _write(session.cursor(), copy, self.folder / f"{table}.csv")
        seconds = time.monotonic() - started
        return Measured(seconds, seconds, process_cpu_seconds=time.process_time() - worked)


def compare_files(exported: Export, copied: BareExport) -> None:
    """Raises WrongResult unless both wrote the same rows; of CSV, the same bytes."""
    for table in _EXPORTED:
        path = exported.folder / f"{table}.{exported.form}"
        same = copied.folder / f"{table}.csv"
        if exported.form == "csv" and not filecmp.cmp(path, same, shallow=False):
            raise WrongResult(f"{path.name} is not what COPY writes")
        if exported.form == "parquet":
            with copied.session() as session:
                [rows] = session.execute(f"select count(*) from {OUT}.{table}").fetchone() or [0]
            found = pyarrow.parquet.read_metadata(path).num_rows
            if found != rows:
                raise WrongResult(f"{path.name} has {found} rows, not {rows}")


def _write(cursor: psycopg.Cursor[tuple[Any, ...]], copy: str, path: Path) -> None:
    with cursor.copy(copy) as stream, path.open("wb") as file:
        for block in stream:
            file.write(block)


def _of_command(ended: Ended, seconds: float) -> Measured:
    return Measured(ended.seconds, seconds, rss_bytes=ended.rss_bytes, process_cpu_seconds=ended.cpu_seconds)
