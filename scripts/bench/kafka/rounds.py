"""The scenarios: what is sent, who reads or writes it in turn, and what must be true afterwards."""

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

import orjson
from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition

from scripts.bench.contestants import Measured
from scripts.bench.judge import WrongResult, compare, digests_of
from scripts.bench.kafka import feed
from scripts.bench.kafka.broker import Broker
from scripts.bench.kafka.company import FLAT, LINKED, Flow
from scripts.bench.kafka.contestants import Engine, Floor
from scripts.bench.kafka.feed import PARTITIONS, Delivery
from scripts.bench.server import Server

IN = ("first_load", "known", "again")
"""One after the other on the same tables."""
BESIDE = ("out", "first_load_2", "narrow", "single")
SCENARIOS = (*IN, *BESIDE)

_LINKED, _FLAT = "linked_template", "flat_template"
_BRANCHES, _NOTHING = "branches", "nothing"
_SINGLES = 200
_LOOK_SECONDS = 0.005
_SEEN = """
select count(*) from out_bench_1_1.client
where system_id in (select _id from store_bench.bo_client where _in_id = %s)
"""
_TABLES = ("bo_client", "link_client_branch", "journal", "kafka_record", "boi_reference")
_WRITTEN = " + ".join(
    f"(select count(*) from store_bench.{name} where cast(cast(xmin as text) as bigint) >= %(since)s)"
    for name in _TABLES
)


@dataclass
class Results:
    """The runs, by scenario; `single`: seconds from the sending of a record until it is seen, of each."""

    engine: dict[str, list[Measured]] = field(default_factory=dict)
    floor: dict[str, list[Measured]] = field(default_factory=dict)
    single: list[float] = field(default_factory=list)


def make_templates(server: Server, broker: Broker) -> None:
    """Databases as the engine has made them: with branches, and with nothing."""
    broker.make_topic(_BRANCHES, PARTITIONS)
    broker.make_topic(_NOTHING, PARTITIONS)
    for name, topic, documents in ((_LINKED, _BRANCHES, LINKED), (_FLAT, _NOTHING, FLAT)):
        engine = Engine(server, broker, name, topic, Flow(documents, topic))
        server.make(name, "template0")
        with engine.running() as service:
            if topic == _BRANCHES:
                service.take(Delivery(broker.servers, topic, feed.branches()))


@dataclass
class Round:
    """One repetition on fresh databases and topics."""

    server: Server
    broker: Broker
    rows: int
    number: int
    results: Results
    tell: Callable[[str], None]

    def play(self, wanted: Collection[str]) -> None:
        """What is asked for."""
        if set(wanted) & {*IN, "out"}:
            self._chain(wanted)
        if "first_load_2" in wanted:
            self._two_workers()
        if "narrow" in wanted:
            self._narrow()
        if "single" in wanted:
            self._single()

    def _engine(self, name: str, documents: dict[str, str], **given: object) -> Engine:
        topic = f"{name}-{self.number}"
        return Engine(self.server, self.broker, name, topic, Flow(documents, topic, **given))  # type: ignore[arg-type]

    def _floor(self, name: str) -> Floor:
        return Floor(self.server, self.broker, name, f"{name}-{self.number}")

    def _chain(self, wanted: Collection[str]) -> None:
        out = f"out-{self.number}"
        engine, floor = self._engine("engine", LINKED, out_topic=out), self._floor("floor")
        for one in (engine, floor):
            one.make(_LINKED)
        for topic in (out, f"floor-{out}"):
            self.broker.make_topic(topic, PARTITIONS)
            self.broker.make_topic(f"{topic}.progress", 1, cleanup_policy="compact")
        engine.configure()
        engine.write_out()  # it begins here
        with floor.session() as session:
            [after] = session.execute("select cast(pg_current_xact_id() as text)").fetchone() or [""]
        with engine.running() as service:
            for name in IN:
                if name != "first_load" and name not in wanted:
                    continue
                self._scenario(name, engine, floor, service.take)
        if "out" in wanted:
            self._turns("out", engine.write_out, lambda: floor.write_out(f"floor-{out}", after))
            compare_topics(self.broker, out, f"floor-{out}")
        for one in (engine, floor):
            one.drop()

    def _scenario(self, name: str, engine: Engine, floor: Floor, take: Callable[[Delivery], Measured]) -> None:
        ids = "second" if name == "again" else "first"
        mine, its = (Delivery(self.broker.servers, one.topic, feed.clients(self.rows, ids)) for one in (engine, floor))
        with engine.session() as session:
            [since] = session.execute("select cast(cast(pg_current_xact_id() as text) as bigint)").fetchone() or [0]
        self._turns(name, lambda: take(mine), lambda: floor.take(its))
        with engine.session() as session, floor.session() as other:
            compare(digests_of(session, "kafka"), digests_of(other, "kafka"), name)
        if name == "known":
            with engine.session() as session:
                [written] = session.execute(f"select {_WRITTEN}", {"since": since}).fetchone() or [0]
            if written:
                raise WrongResult(f"known wrote {written} rows")

    def _two_workers(self) -> None:
        engine = self._engine("engine_2", LINKED, workers=2)
        engine.make(_LINKED)
        with engine.running() as service:
            delivery = Delivery(self.broker.servers, engine.topic, feed.clients(self.rows, "first"))
            self._note("first_load_2", service.take(delivery))
        self._expect(engine, self.rows)
        engine.drop()

    def _narrow(self) -> None:
        engine, floor = self._engine("engine_flat", FLAT), self._floor("floor_flat")
        for one in (engine, floor):
            one.make(_FLAT)
        mine, its = (
            Delivery(self.broker.servers, one.topic, feed.clients(self.rows, "", is_flat=True))
            for one in (engine, floor)
        )
        with engine.running() as service:
            self._turns("narrow", lambda: service.take(mine), lambda: floor.take(its, "narrow"))
        for one in (engine, floor):
            self._expect(one, self.rows)
            one.drop()

    def _expect(self, one: Engine | Floor, rows: int) -> None:
        with one.session() as session:
            [found] = session.execute("select count(*) from store_bench.bo_client").fetchone() or [0]
        if found != rows:
            raise WrongResult(f"{one.database} has {found} clients, not {rows}")

    def _single(self) -> None:
        engine = self._engine("engine_seen", LINKED, shows=True)
        engine.make(_LINKED)
        with engine.running() as service:
            service.take(Delivery(self.broker.servers, engine.topic, feed.clients(1, "first")))
            sender = feed.Sender(self.broker.servers, engine.topic)
            with engine.session() as session:
                for number, record in enumerate(feed.clients(_SINGLES, "single")):
                    record["externalId"] = f"single-{number}"
                    # Not in step with the engine's own ticks.
                    time.sleep(number * 37 % 100 / 1000)
                    began = time.monotonic()
                    sender.send(record)
                    while not (session.execute(_SEEN, [record["externalId"]]).fetchone() or [0])[0]:
                        time.sleep(_LOOK_SECONDS)
                    self.results.single.append(time.monotonic() - began)
        engine.drop()

    def _turns(self, name: str, engine: Callable[[], Measured], floor: Callable[[], Measured]) -> None:
        turns = [(engine, False), (floor, True)]
        for act, is_floor in turns if self.number % 2 else reversed(turns):
            self._note(name, act(), is_floor=is_floor)

    def _note(self, name: str, measured: Measured, *, is_floor: bool = False) -> None:
        (self.results.floor if is_floor else self.results.engine).setdefault(name, []).append(measured)
        who = "floor" if is_floor else "engine"
        self.tell(
            f"{name:14} round {self.number}  {who:6} {measured.run_seconds:7.2f} s  cpu {measured.cpu_seconds:6.2f} "
            f"({measured.process_cpu_seconds:.2f} of the process)  WAL {measured.wal_bytes / 1e6:.0f} MB  "
            f"{measured.rss_bytes >> 20} MiB"
        )


def compare_topics(broker: Broker, topic: str, other: str) -> None:
    """Raises WrongResult unless both hold the same records, but for recordIds and times."""
    found, expected = (_records(broker, one) for one in (topic, other))
    if found != expected:
        raise WrongResult(f"out: {len(found ^ expected)} records of {topic} and {other} are in one of them only")


def _records(broker: Broker, topic: str) -> set[bytes]:
    consumer = Consumer({"bootstrap.servers": broker.servers, "group.id": "judge", "enable.partition.eof": True})
    consumer.assign([TopicPartition(topic, number, OFFSET_BEGINNING) for number in range(PARTITIONS)])
    found, ended = set(), 0
    while ended < PARTITIONS:
        for message in consumer.consume(10_000, 1.0):
            if message.error():
                ended += 1
                continue
            record = orjson.loads(message.value() or b"{}")
            for item in (*record["fields"], *record["boFields"]):
                del item["updatedAt"]
            del record["recordId"], record["id"]
            found.add(orjson.dumps(record, option=orjson.OPT_SORT_KEYS))
    consumer.close()
    return found
