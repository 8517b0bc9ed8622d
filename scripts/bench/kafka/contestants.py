"""The two who run against each other: the engine's real commands, and the floor as a program of its own."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg

from scripts.bench.company import Place
from scripts.bench.contestants import Measured
from scripts.bench.engine import children, peak_bytes, run_etl
from scripts.bench.kafka.broker import Broker
from scripts.bench.kafka.company import Flow, configure
from scripts.bench.kafka.feed import PARTITIONS, Delivery
from scripts.bench.server import ROLE, Server, Session

_POLL_SECONDS = 0.03
_PATIENCE_SECONDS = 600.0
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Reader:
    """A database into which a topic is read, and the program that reads it while `running`."""

    server: Server
    broker: Broker
    database: str
    topic: str
    end: int = 0
    """The sum of the offsets of all partitions when all that was handed over is merged."""

    def make(self, template: str) -> None:
        """The database, a copy, and an empty topic."""
        self.server.make(self.database, template)
        self.broker.make_topic(self.topic, PARTITIONS)

    def drop(self) -> None:
        self.server.drop(self.database)

    @contextmanager
    def session(self) -> Iterator[Session]:
        with self.server.session(self.database) as session:
            yield session

    def tidy(self) -> None:
        """What autovacuum does in time, done now, so that it does not fall into what is measured."""
        with self.server.session(self.database, "postgres") as session:
            session.execute("vacuum (analyze, skip_locked)")
        self.server.checkpoint()

    def counted(self) -> tuple[int, float]:
        """Bytes of WAL, and seconds of the processor of all backends of the database so far."""
        with self.server.session(user="postgres") as session:
            [wal] = session.execute(
                "select cast(pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0') as bigint)"
            ).fetchone() or [0]
        return wal, self.server.processor_seconds() + self.server.serving_seconds(self.database)


class Engine(Reader):
    """`etl kafka in`, as a service that waits for records."""

    def __init__(self, server: Server, broker: Broker, database: str, topic: str, flow: Flow) -> None:
        super().__init__(server, broker, database, topic)
        self.flow = flow

    @property
    def home(self) -> Path:
        return self.server.home / self.database

    def configure(self, flow: Flow | None = None) -> None:
        place = Place(self.server.host, self.server.port, self.database, ROLE)
        configure(self.home / "config", place, self.broker.servers, self.topic, flow or self.flow)

    @contextmanager
    def running(self) -> Iterator["Service"]:
        """The service, once its workers have taken all partitions."""
        self.configure()
        environ = {**os.environ, "ETL_HOME": str(self.home), "ETL_CONFIG": f"file:{self.home / 'config'}"}
        command = [sys.executable, "-m", "etl", "kafka", "in"]
        with (self.home / "err").open("ab") as err:
            process = subprocess.Popen(command, env=environ, stdout=err, stderr=err)
        service = Service(self, process)
        try:
            service.await_start()
            yield service
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(_PATIENCE_SECONDS)
        self.server.await_end(self.database)

    def write_out(self) -> Measured:
        """`etl kafka out`, less the same command with nothing to write: its start."""
        self.tidy()
        first, second = (self._out() for _ in range(2))
        return replace(
            first,
            run_seconds=first.seconds - second.seconds,
            cpu_seconds=first.cpu_seconds - second.cpu_seconds,
            process_cpu_seconds=first.process_cpu_seconds - second.process_cpu_seconds,
        )

    def _out(self) -> Measured:
        wal, used = self.counted()
        ended = run_etl(self.home, "kafka", "out", "--json")
        self.server.await_end(self.database)
        late_wal, late = self.counted()
        return Measured(
            ended.seconds,
            ended.seconds,
            wal_bytes=late_wal - wal,
            rss_bytes=ended.rss_bytes,
            process_cpu_seconds=ended.cpu_seconds,
            cpu_seconds=ended.cpu_seconds + late - used,
        )


@dataclass
class Service:
    """A running engine. Its further workers are processes that it has started."""

    engine: Engine
    process: "subprocess.Popen[bytes]"

    def await_start(self) -> None:
        """Until each worker has its share of the partitions."""
        workers = self.engine.flow.workers
        query = (
            f"select count(*) = {workers} and min(n) = {PARTITIONS // workers} from (select count(*) as n "
            "from store_bench.kafka_position where topic = %s and owner is not null group by owner) t"
        )
        self._until(query, [self.engine.topic])

    def take(self, delivery: Delivery) -> Measured:
        """Hands records over, and measures until they are merged."""
        engine = self.engine
        engine.tidy()
        wal, used = engine.counted()
        own = self._processor_seconds()
        began = delivery.hand_over()
        engine.end += delivery.offsets
        looking = self._until(
            "select coalesce(sum(next_offset), 0) >= %s from store_bench.kafka_position where topic = %s",
            [engine.end, engine.topic],
        )
        seconds = time.monotonic() - began
        own = self._processor_seconds() - own
        late_wal, late = engine.counted()
        late -= looking
        return Measured(
            seconds,
            seconds,
            wal_bytes=late_wal - wal,
            rss_bytes=sum(map(peak_bytes, self._processes())),
            process_cpu_seconds=own,
            cpu_seconds=own + late - used,
        )

    def _processor_seconds(self) -> float:
        return sum(map(_processor_seconds, self._processes()))

    def _processes(self) -> list[int]:
        return [self.process.pid, *children(self.process.pid)]

    def _until(self, query: str, values: list[object]) -> float:
        """Asks until the answer is yes; returns what the asking took of the server's processor."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        with self.engine.session() as session:
            while not _answer(session, query, values):
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"the engine does not read:\n{(self.engine.home / 'err').read_text()[-3000:]}")
                time.sleep(_POLL_SECONDS)
            return self.engine.server.backend_seconds(session)


def _processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _answer(session: Session, query: str, values: list[object]) -> object:
    """False while the engine has not made its tables."""
    try:
        return (session.execute(query, values).fetchone() or [False])[0]
    except psycopg.errors.UndefinedTable:
        return False


class Floor(Reader):
    """The hand-written programs."""

    @property
    def dsn(self) -> str:
        return f"host={self.server.host} port={self.server.port} user={ROLE} dbname={self.database}"

    def take(self, delivery: Delivery, script: str = "in") -> Measured:
        """Hands records over, and measures until they are merged."""
        self.end += delivery.offsets
        self.tidy()
        wal, used = self.counted()
        words = [self.dsn, self.broker.servers, self.topic, f"{self.end}", script]
        with _program("floor_in", *words) as process:
            assert process.stdout
            process.stdout.readline()
            began = delivery.hand_over()
            answer = process.stdout.readline()
        self.server.await_end(self.database)
        late_wal, late = self.counted()
        reported = json.loads(answer)
        seconds = reported["ended"] - began
        return Measured(
            seconds,
            seconds,
            wal_bytes=late_wal - wal,
            rss_bytes=reported["rss_bytes"],
            process_cpu_seconds=reported["cpu_seconds"],
            cpu_seconds=reported["cpu_seconds"] + late - used,
        )

    def write_out(self, topic: str, after: str) -> Measured:
        """Writes what transactions since `after` have changed."""
        self.tidy()
        wal, used = self.counted()
        with _program("floor_out", self.dsn, self.broker.servers, topic, after) as process:
            assert process.stdout
            answer = process.stdout.readline()
        self.server.await_end(self.database)
        late_wal, late = self.counted()
        reported = json.loads(answer)
        return Measured(
            reported["seconds"],
            reported["seconds"],
            wal_bytes=late_wal - wal,
            rss_bytes=reported["rss_bytes"],
            process_cpu_seconds=reported["cpu_seconds"],
            cpu_seconds=reported["cpu_seconds"] + late - used,
        )


@contextmanager
def _program(name: str, *words: str) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-m", f"scripts.bench.kafka.{name}", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        yield process
    if process.returncode:
        raise RuntimeError(f"{name} ended with {process.returncode}")
