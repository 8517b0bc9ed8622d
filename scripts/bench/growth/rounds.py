"""One round: the same feeds into a store that grows, for the engine and for the floor."""

import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.bench.contestants import Contestant, Engine, Floor, Measured
from scripts.bench.judge import Digests, WrongResult, compare, digests_of, written
from scripts.bench.results import Results
from scripts.bench.server import Server, run_script

APART_FROM = 8_000_000
"""From this size on the engine's database is dropped before the floor's is made."""

MOST_NEW_ROWS = 3_000_000
DELTA_ROWS = 200_000
"""`delta_200000` changes the same number of rows in a store of each size."""

# Measured: 0.6 to 0.9 kB in the in_ table, store, journal and out_ table with their indexes; temporary files beside.
_BYTES_OF_ROW = 1_200
_BYTES_OF_WAL = 9_000_000_000
_WARM_ROWS = 1_000_000
_SQL = Path(__file__).parent / "sql"


@dataclass(frozen=True)
class Feed:
    """Addresses first to last, each `every`-th; `version` says which values they have."""

    name: str
    first: int
    last: int
    every: int = 1
    version: int = 0

    @property
    def rows(self) -> int:
        return (self.last - self.first) // self.every + 1


def feeds(rows: int) -> list[Feed]:
    """What the partner delivers, one after the other, to a store that has `rows` addresses after the first."""
    return [
        Feed("first_load", 1, rows),
        Feed("unchanged", 1, rows),
        Feed("delta", 7, rows, every=100, version=1),
        Feed("delta_200000", 1, rows, every=max(rows // DELTA_ROWS, 1), version=2),
        Feed("append", rows + 1, rows + min(rows, MOST_NEW_ROWS)),
    ]


def check_room(rows: int) -> None:
    """Raises SystemExit when the folder of the server has too little room for engine and floor."""
    folder = os.environ.get("BENCH_FOLDER") or tempfile.gettempdir()
    of_one = (rows + min(rows, MOST_NEW_ROWS)) * _BYTES_OF_ROW
    need = of_one * (2 if rows < APART_FROM else 1) + _BYTES_OF_WAL
    free = shutil.disk_usage(folder).free
    if free < need:
        raise SystemExit(
            f"BENCH_FOLDER: {rows:,} rows need {need / 1e9:.0f} GB, and {folder} has {free / 1e9:.0f} GB free: "
            "name another folder, or fewer rows"
        )


def warm_up(server: Server, rows: int) -> None:
    """A first load that is not measured, so that the first contestant does not pay for a new server's files."""
    engine = Engine(server, "warm_up")
    engine.make()
    deliver(engine, feeds(min(rows, _WARM_ROWS))[0])
    engine.run()
    engine.drop()


def deliver(one: Contestant, feed: Feed) -> None:
    with one.session() as session:
        values = {"first": feed.first, "last": feed.last, "every": feed.every, "version": feed.version}
        run_script(session, "deliver", values, _SQL)
        session.execute("delete from in_tables.process_tracking")


@dataclass
class Round:
    """One repetition on fresh databases."""

    server: Server
    rows: int
    number: int
    results: Results
    tell: Callable[[str], None]

    def play(self) -> None:
        engine, floor = Engine(self.server, "engine"), Floor(self.server, "floor", only="address")
        turns: Sequence[Contestant] = (engine, floor) if self.number % 2 else (floor, engine)
        together = self.rows < APART_FROM
        found: dict[str, list[Digests]] = {}
        for group in [turns] if together else [[one] for one in turns]:
            for one in group:
                one.make()
            for feed in feeds(self.rows):
                for one in group:
                    self._play(one, feed)
                    if together or feed.name == "append":
                        with one.session() as session:
                            found.setdefault(feed.name, []).append(digests_of(session, "growth"))
            for one in group:
                one.drop()
        for name, (first, second) in found.items():
            compare(first, second, name)

    def _play(self, one: Contestant, feed: Feed) -> None:
        deliver(one, feed)
        one.tidy()
        with one.session() as session:
            before = written(session)
        measured = one.run()
        with one.session() as session:
            if feed.name == "unchanged" and written(session) != before:
                raise WrongResult(f"{one.database} wrote into store or out_ tables though nothing had changed")
        self._note(feed, measured, is_floor=isinstance(one, Floor))

    def _note(self, feed: Feed, measured: Measured, *, is_floor: bool) -> None:
        self.results.note(feed.name, measured, is_floor=is_floor)
        per_row = measured.seconds / feed.rows * 1e6
        side = "floor " if is_floor else "engine"
        self.tell(
            f"{feed.name:13} round {self.number}  {side} {measured.seconds:8.2f} s  {per_row:6.2f} µs a row  "
            f"{measured.cpu_seconds:8.2f} s of the processor"
        )
