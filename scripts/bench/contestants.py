"""The two who run against each other: engine and floor, each in a database of its own on the same server."""

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

_SCHEMAS = "in_tables", "store_bench", "out_bench_1_1"


@dataclass(frozen=True)
class Measured:
    """One run. `parts`: seconds by task or step. `database_seconds`: those in which a session was at work."""

    seconds: float
    wal_bytes: int
    temp_bytes: int
    database_seconds: float
    rss_bytes: int = 0
    cpu_seconds: float = 0.0
    parts: Mapping[str, float] = field(default_factory=dict)


@dataclass
class Contestant(ABC):
    """A database in which rows are fed and taken."""

    server: Server
    database: str

    @abstractmethod
    def make(self) -> None:
        """Everything anew, with empty tables."""

    @abstractmethod
    def work(self) -> Measured:
        """Takes what is ready, without WAL and the like counted."""

    @property
    def databases(self) -> tuple[str, ...]:
        return (self.database,)

    @contextmanager
    def session(self) -> Iterator[Session]:
        with self.server.session(self.database) as session:
            yield session

    def feed(self, script: str, **values: int) -> None:
        """The partner delivers by a script and hands over."""
        with self.session() as session:
            run_script(session, script, values)
            session.execute("delete from in_tables.process_tracking")

    def tidy(self) -> None:
        """What autovacuum has done between two days, done now, so that it does not fall into one of the runs."""
        for database in self.databases:
            with self.server.session(database, "postgres") as session:
                session.execute("vacuum (analyze, skip_locked)")

    def run(self) -> Measured:
        """Takes what is ready, measured."""
        self.server.checkpoint()
        before = self._counted()
        measured = self.work()
        after = self._counted()
        wal, temp, active = (int(late - early) for late, early in zip(after, before, strict=True))
        return replace(measured, wal_bytes=wal, temp_bytes=temp, database_seconds=active / 1_000_000)

    def _counted(self) -> tuple[int, ...]:
        """Bytes of WAL and of temporary files, microseconds of sessions at work."""
        names = ", ".join(f"'{name}'" for name in self.databases)
        with self.server.session(user="postgres") as session:
            row = session.execute(
                "select cast(pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0') as bigint), "
                "cast(sum(temp_bytes) as bigint), cast(sum(active_time) * 1000 as bigint) "
                f"from pg_stat_database where datname in ({names})"  # type: ignore[arg-type]
            ).fetchone()
        assert row
        return tuple(row)


@dataclass
class Engine(Contestant):
    """The real command. `apart`: store and out have databases of their own."""

    workers: int = 1
    apart: bool = False

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

    def configure(self) -> None:
        place = Place(self.server.host, self.server.port, self.database, ROLE)
        configure(self.home / "config", place, store=self._store, out=self._out, workers=self.workers)

    def work(self) -> Measured:
        ended = run_etl(self.home, "run")
        with self.session() as session:
            rows = session.execute(
                "select kind || ' ' || in_table, sum(extract(epoch from finished_at - started_at)) from in_tables.task "
                "where run = (select max(id) from in_tables.run) and finished_at is not null group by kind, in_table"
            ).fetchall()
        parts = {name.strip(): float(seconds) for name, seconds in rows}
        return Measured(ended.seconds, 0, 0, 0.0, ended.rss_bytes, ended.cpu_seconds, parts)


@dataclass
class Floor(Contestant):
    """The best hand-written SQL, in one session."""

    runs: int = 0

    def make(self) -> None:
        self.server.make(self.database, FLOOR_TEMPLATE)
        self.runs = 0

    def work(self) -> Measured:
        self.runs += 1
        with self.session() as session:
            started = time.monotonic()
            steps = run_floor(session, self.runs)
            seconds = time.monotonic() - started
        return Measured(seconds, 0, 0, 0.0, parts=steps.seconds)


def make_templates(server: Server) -> None:
    """Empty in_ tables for the engine, as after `etl generate-ddl --apply`; all tables for the floor."""
    for name in (ENGINE_TEMPLATE, FLOOR_TEMPLATE):
        template = Engine(server, name)
        template.configure()
        server.make(name)
        run_etl(template.home, "generate-ddl", "--apply")
    run_etl(Engine(server, FLOOR_TEMPLATE).home, "run")
