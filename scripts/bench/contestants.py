"""The two who run against each other: engine and floor, each in a database of its own on the same server."""

import json
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from scripts.bench.company import Place, configure
from scripts.bench.engine import run_etl
from scripts.bench.floor import run_floor
from scripts.bench.server import ROLE, Server, Session, run_script

ENGINE_TEMPLATE = "engine_template"
FLOOR_TEMPLATE = "floor_template"
# What these write is about as much as stays (min_wal_size).
_WARM_ROWS = 1_000_000


@dataclass(frozen=True)
class Measured:
    """One run. `run_seconds`: without the start and end of the process. `database_seconds`: those in which a session
    was active. `cpu_seconds`: processor time of process and backends. `parts`: seconds by task or step."""

    seconds: float
    run_seconds: float
    wal_bytes: int = 0
    temp_bytes: int = 0
    database_seconds: float = 0.0
    rss_bytes: int = 0
    process_cpu_seconds: float = 0.0
    cpu_seconds: float = 0.0
    parts: Mapping[str, float] = field(default_factory=dict)


@dataclass
class Contestant(ABC):
    """A database in which rows are fed and taken."""

    server: Server
    database: str

    @abstractmethod
    def make(self) -> None:
        """Everything again, with empty tables."""

    @abstractmethod
    def work(self) -> Measured:
        """Takes what is ready, without WAL and the like counted."""

    @property
    def databases(self) -> tuple[str, ...]:
        return (self.database,)

    @contextmanager
    def session(self, database: str = "") -> Iterator[Session]:
        """Into the database of the in_ tables, or another."""
        with self.server.session(database or self.database) as session:
            yield session

    def drop(self) -> None:
        for database in self.databases:
            self.server.drop(database)

    def feed(self, script: str, **values: int) -> None:
        """The partner delivers by a script and hands over."""
        with self.session() as session:
            run_script(session, script, values)
            session.execute("delete from in_tables.process_tracking")

    def tidy(self) -> None:
        """What autovacuum does in time, done now, so that it does not fall into one of the runs."""
        for database in self.databases:
            with self.server.session(database, "postgres") as session:
                session.execute("vacuum (analyze, skip_locked)")

    def run(self) -> Measured:
        """Takes what is ready, measured."""
        self.server.checkpoint()
        before = self._counted()
        measured = self.work()
        after = self._counted()
        wal, temp, active, processor = (late - early for late, early in zip(after, before, strict=True))
        return replace(
            measured,
            wal_bytes=int(wal),
            temp_bytes=int(temp),
            database_seconds=active,
            cpu_seconds=measured.process_cpu_seconds + processor,
        )

    def _counted(self) -> tuple[float, ...]:
        """Bytes of WAL and of temporary files, seconds of active sessions, of the processor for their backends."""
        names = ", ".join(f"'{name}'" for name in self.databases)
        self.server.await_end(*self.databases)
        with self.server.session(user="postgres") as session:
            row = session.execute(
                "select cast(pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0') as bigint), "
                "cast(sum(temp_bytes) as bigint), sum(active_time) / 1000 "
                f"from pg_stat_database where datname in ({names})"
            ).fetchone()
        assert row
        return (*map(float, row), self.server.processor_seconds())


@dataclass
class Engine(Contestant):
    """The real command. `apart`: store and out have databases of their own; `prepared`: a run without rows has made
    all tables."""

    workers: int = 1
    apart: bool = False
    copies: bool = False
    prepared: bool = False

    @property
    def home(self) -> Path:
        return self.server.home / self.database

    @property
    def databases(self) -> tuple[str, ...]:
        return (self.database, self._store, self._out) if self.apart else (self.database,)

    @property
    def _store(self) -> str:
        return f"{self.database}_store" if self.apart else ""

    @property
    def _out(self) -> str:
        return f"{self.database}_out" if self.apart else ""

    def make(self) -> None:
        self.configure()
        self.server.make(self.database, ENGINE_TEMPLATE)
        for name in self.databases[1:]:
            self.server.make(name, "template0")
        if self.prepared:  # not by a template: a copy of a database is taken for a restore
            self.work()

    def configure(self) -> None:
        place = Place(self.server.host, self.server.port, self.database, ROLE)
        configure(
            self.home / "config", place, store=self._store, out=self._out, workers=self.workers, copies=self.copies
        )

    def work(self) -> Measured:
        ended = run_etl(self.home, "run", "--json")
        outcome = json.loads(ended.out)
        return Measured(
            ended.seconds,
            outcome["seconds"],
            rss_bytes=ended.rss_bytes,
            process_cpu_seconds=ended.cpu_seconds,
            parts=self._tasks(outcome["run"]) if outcome["run"] else {},
        )

    def _tasks(self, run: int) -> dict[str, float]:
        """Kind and table -> seconds; with several workers, of all of them."""
        with self.session() as session:
            rows = session.execute(
                "select kind || ' ' || in_table, sum(extract(epoch from finished_at - started_at)) from in_tables.task "
                "where run = %s and kind <> 'NOP' group by kind, in_table order by min(seq)",
                [run],
            ).fetchall()
        return {name.strip(): float(seconds) for name, seconds in rows}


@dataclass
class Floor(Contestant):
    """The best hand-written SQL, in one session; `only`: of one table's steps."""

    only: str = ""
    runs: int = 0

    def make(self) -> None:
        self.server.make(self.database, FLOOR_TEMPLATE)
        self.runs = 0

    def work(self) -> Measured:
        self.runs += 1
        with self.session() as session:
            started = time.monotonic()
            steps = run_floor(session, self.runs, self.only)
            seconds = time.monotonic() - started
        return Measured(seconds, seconds, parts=steps.seconds)


def make_templates(server: Server) -> None:
    """Empty in_ tables for the engine, as after `etl generate-ddl --apply`; for the floor all, as after a run."""
    first, second = Engine(server, ENGINE_TEMPLATE), Engine(server, FLOOR_TEMPLATE)
    for one in (first, second):
        one.configure()
    server.make(ENGINE_TEMPLATE)
    run_etl(first.home, "generate-ddl", "--apply")
    second.make()
    run_etl(second.home, "run")


def warm_up(server: Server, script: str, rows: int) -> None:
    """A first load that is not measured: a new server makes the files of its WAL and touches its memory for the first
    time, for which the first contestant would pay."""
    engine = Engine(server, "warm_up")
    engine.make()
    engine.feed(script, rows=min(rows, _WARM_ROWS), version=0)
    engine.run()
    engine.drop()
