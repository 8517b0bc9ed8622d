"""The data of openflights.org by topic: whatever dies meanwhile, the store is the one that in_ tables give."""

import signal
import socket
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from etl.embedded import EmbeddedServer
from etl.settings import KafkaConnection
from tests.acceptance import openflights_topic
from tests.acceptance.openflights_topic import FIELDS, LINKS, Sent, differences, records, send, stored
from tests.acceptance.service import Service
from tests.acceptance.test_openflights import ROWS
from tests.acceptance.test_outages import Restartable
from tests.fix_company import OUT, STORE, Site, new_site, until
from tests.fix_database import LOOPBACK, Database, binaries, create_database, fresh_database
from tests.fix_kafka import KafkaCluster, make_topic_at
from tests.integration.kafka.clients import connect

_SEED = 21
# A killed member is given up after two seconds, so that others read its partitions soon.
_CLIENT = "option.session.timeout.ms=2000\noption.heartbeat.interval.ms=300\n"
_LONG_SECONDS = 600.0


@pytest.fixture
def folder(tmp_path: Path) -> Callable[[str], Path]:
    def make(name: str) -> Path:
        (tmp_path / name).mkdir()
        return tmp_path / name

    return make


@contextmanager
def loaded_by_rows(database: Database, folder: Path, routes: int | None = None) -> Iterator[Site]:
    """A company whose in_ tables have the data, and whose store has been loaded through them."""
    site = new_site(database, folder, openflights_topic.documents())
    try:
        site.look(f"grant create on database {database.name} to {site.partner_role}")
        openflights_topic.deliver(site.partner, routes)
        site.partner.hand_over()
        site.run()
        yield site
    finally:
        site.partner.session.close()


@dataclass
class Hosts:
    """A company that reads a topic on several hosts, which are processes here."""

    site: Site
    connection: KafkaConnection
    topic: str
    partitions: int
    sent: int = 0
    running: list[Service] = field(default_factory=list)

    def start(self) -> Service:
        service = Service(self.site.start_program("kafka", "in"))
        self.running.append(service)
        return service

    def end(self, service: Service, number: signal.Signals) -> None:
        service.signal(number)
        assert service.wait_for_exit() == (-number if number is signal.SIGKILL else 143)
        self.running.remove(service)

    def end_all(self) -> None:
        for service in self.running:
            service.end()

    def send(self, portion: Sequence[Sent]) -> None:
        send(self.connection, self.topic, self.partitions, portion)
        self.sent += len(portion)

    def read(self) -> int:
        """How many offsets are merged."""
        if not self.site.value(f"select to_regclass('{STORE}.kafka_position') is not null"):
            return 0
        return int(self.site.value(f"select coalesce(sum(next_offset), 0) from {STORE}.kafka_position"))

    def wait_until_in_the_middle(self, before: int) -> None:
        """Until something of the last portion is merged, and most of it is not."""
        until(lambda: self.read() > before, "a batch is merged", seconds=_LONG_SECONDS)

    def wait_for_all(self) -> None:
        def is_all() -> bool:
            ended = [one for one in self.running if one.process.poll() is not None]
            assert not ended, "\n".join(line for one in ended for line in one.log[-20:])
            return self.read() == self.sent

        until(is_all, f"all of {self.sent} offsets are merged; {self.read()} are", seconds=_LONG_SECONDS)

    def check(self, expected: dict[str, Counter[tuple[Any, ...]]], records: int) -> None:
        """Nothing is lost: the store is as expected. Nothing is doubled: each record was merged by one batch, each
        instance and each link made once."""
        found = stored(self.site)
        assert differences(expected, found) == []
        assert self.read() == self.sent
        merged = f"select sum((receipt->'records'->>'merged')::int) from {STORE}.unit where source = 'kafka'"
        assert self.site.value(merged) == records
        made = f"select change, count(*) as n from {STORE}.journal where change in ('created', 'linked') group by 1"
        counts = {row["change"]: row["n"] for row in self.site.look(made)}
        assert counts["created"] == sum(found[bo].total() for bo in FIELDS)
        assert counts["linked"] == sum(found[f"{bo} {code}"].total() for bo, code, _ in LINKS)
        assert self.site.count(f"{STORE}.kafka_dead_letter") == 0
        assert self.site.count(f"{STORE}.err") == 0
        for bo in FIELDS:
            until(
                lambda bo=bo: self.site.count(f"{OUT}.{bo}") == found[bo].total(),  # type: ignore[misc]
                f"readers see {bo}",
            )


@contextmanager
def hosts(
    site: Site, servers: str, topic: str, partitions: int, *, workers: int, batch: int, **more: str
) -> Iterator[Hosts]:
    keys = {"hasInMigrationKafka": "true", "topics": topic, "groupId": topic, "batchRecords": batch, **more}
    site.write("configs/KafkaConfig.txt", f"servers={servers}\n{_CLIENT}")
    site.write("configs/InMigrationKafkaConfig.txt", "".join(f"{key}={value}\n" for key, value in keys.items()))
    site.write("consumers/InMigration.workerCount", f"comeKafkaInMigration={workers}\n")
    found = Hosts(site, connect(servers), topic, partitions)
    try:
        yield found
    finally:
        found.end_all()


def portions(sent: Sequence[Sent], count: int) -> list[Sequence[Sent]]:
    size = -(-len(sent) // count)
    return [sent[first : first + size] for first in range(0, len(sent), size)]


def test_some_of_it_with_a_killed_worker(
    server: EmbeddedServer, template: Database, folder: Callable[[str], Path], kafka_url: str
) -> None:
    topic = make_topic_at(kafka_url, partitions=3)
    with (
        fresh_database(server, template) as first,
        fresh_database(server, template) as second,
        loaded_by_rows(first, folder("rows"), routes=300) as rows,
    ):
        every, expected = records(rows.partner, _SEED), stored(rows)
        assert expected["waiting"]
        site = new_site(second, folder("topic"), openflights_topic.documents())
        with hosts(site, kafka_url, topic, 3, workers=2, batch=50) as reading:
            reading.send(every)
            killed = reading.start()
            reading.wait_until_in_the_middle(0)
            reading.end(killed, signal.SIGKILL)
            assert reading.read() < reading.sent
            reading.start()
            reading.wait_for_all()
            reading.check(expected, sum(not one.repeats for one in every))
        site.partner.session.close()


@pytest.mark.nightly
def test_all_of_it_while_everything_dies(folder: Callable[[str], Path], kafka_cluster: KafkaCluster) -> None:
    """Three hosts; workers and brokers killed, one host joins and one leaves, and the database restarts."""
    topic = kafka_cluster.make_topic(partitions=6)
    with ExitStack() as stack:
        server = stack.enter_context(own_server(folder("server")))
        names = ("rows", "topic")
        databases = [create_database(server, name) for name in names]
        rows = stack.enter_context(loaded_by_rows(databases[0], folder("rows")))
        every, expected = records(rows.partner, _SEED), stored(rows)
        assert {bo: expected[bo].total() for bo in FIELDS} == ROWS
        site = new_site(databases[1], folder("topic"), openflights_topic.documents())
        stack.callback(site.partner.session.close)
        reading = stack.enter_context(hosts(site, kafka_cluster.servers, topic, 6, workers=2, batch=1_000))
        first, second = reading.start(), reading.start()

        def kill_a_worker() -> None:
            reading.end(first, signal.SIGKILL)
            reading.start()

        def kill_a_broker() -> None:
            kafka_cluster.kill(1)

        def kill_another_broker() -> None:
            kafka_cluster.resume(1)
            kafka_cluster.kill(2)

        def restart_the_database() -> None:
            kafka_cluster.resume(2)
            Restartable(server).restart()

        def let_a_host_join() -> None:
            reading.start()

        def let_a_host_leave() -> None:
            reading.end(second, signal.SIGTERM)

        def kill_all_workers() -> None:
            for one in list(reading.running):
                reading.end(one, signal.SIGKILL)
            Restartable(server).restart()
            reading.start()
            reading.start()

        acts = (
            kill_a_worker,
            kill_a_broker,
            kill_another_broker,
            restart_the_database,
            let_a_host_join,
            let_a_host_leave,
            kill_all_workers,
        )
        for act, portion in zip(acts, portions(every, len(acts)), strict=True):
            before = reading.read()
            reading.send(portion)
            reading.wait_until_in_the_middle(before)
            act()
        reading.wait_for_all()
        reading.check(expected, sum(not one.repeats for one in every))


@contextmanager
def own_server(folder: Path) -> Iterator[EmbeddedServer]:
    """A PostgreSQL that keeps what it has committed when it is restarted as after a crash."""
    with socket.create_server((LOOPBACK, 0)) as probe:
        port = probe.getsockname()[1]
    settings = {"port": str(port), "listen_addresses": LOOPBACK, "max_connections": "100"}
    with EmbeddedServer(folder, binaries=binaries(), settings=settings) as server:
        yield server


def test_what_a_clash_of_unique_values_becomes(
    server: EmbeddedServer, template: Database, folder: Callable[[str], Path], kafka_url: str
) -> None:
    """The one difference: a row is merged into the instance that has its unique value, a record is rejected."""
    airports = [("1", "Goroka"), ("2", "Madang")]
    with fresh_database(server, template) as first, fresh_database(server, template) as second:
        rows = new_site(first, folder("rows"), openflights_topic.documents())
        for in_id, name in airports:
            rows.partner.redeliver("in_Airport", {"in_id": in_id, "Name": name, "Ident": "the same"})
            rows.partner.hand_over()
            rows.run()
        assert names(rows) == {"1": "Madang"}
        assert rows.look(f"select in_id from {STORE}.alias") == [{"in_id": "2"}]
        site = new_site(second, folder("topic"), openflights_topic.documents())
        with hosts(site, kafka_url, make_topic_at(kafka_url), 1, workers=1, batch=1) as reading:
            reading.send(
                [
                    Sent(in_id, openflights_topic.record("Airport", in_id, {"Name": name, "Ident": "the same"}), False)
                    for in_id, name in airports
                ]
            )
            reading.start()
            reading.wait_for_all()
        assert names(site) == {"1": "Goroka"}
        letters = site.look(f"select record_offset, code from {STORE}.kafka_dead_letter")
        assert letters == [{"record_offset": 1, "code": "UNIQUE_TAKEN"}]
        for one in (rows, site):
            one.partner.session.close()


def names(site: Site) -> dict[str, str]:
    return {row["_in_id"]: row["name"] for row in site.look(f"select _in_id, name from {STORE}.bo_airport")}


@pytest.mark.nightly
@pytest.mark.parametrize("routes", [300, None], ids=["some of it", "all of it"])
def test_a_recovery_that_an_empty_store_reads_gives_an_equal_one(
    server: EmbeddedServer, template: Database, folder: Callable[[str], Path], kafka_url: str, routes: int | None
) -> None:
    """Instances and links; a link that waits is not of the store yet, so that no record has it."""
    topic = make_topic_at(kafka_url, partitions=6)
    make_topic_at(kafka_url, f"{topic}.progress", cleanup_policy="compact")
    with (
        fresh_database(server, template) as first,
        fresh_database(server, template) as second,
        loaded_by_rows(first, folder("rows"), routes) as rows,
    ):
        rows.write("configs/KafkaConfig.txt", f"servers={kafka_url}\n")
        rows.write("configs/OutMigrationKafkaConfig.txt", f"hasOutMigrationKafka=true\ntopic={topic}\n")
        recovering = Service(rows.start("kafka", "recover"))
        recovering.process.wait(_LONG_SECONDS)
        assert recovering.wait_for_exit() == 0, recovering.log
        expected = {name: found for name, found in stored(rows).items() if name != "waiting"}
        site = new_site(second, folder("topic"), openflights_topic.documents())
        with hosts(site, kafka_url, topic, 6, workers=2, batch=5_000, unknownId="create") as reading:
            reading.start()
            is_read = f"select 1 from {STORE}.kafka_position having count(*) = 6"
            until(lambda: reading.read() and site.look(is_read), "all partitions are read")
            until(lambda: site.etl("kafka", "lag", "--max", "0").code == 0, "all of it is read", seconds=_LONG_SECONDS)
        assert differences(expected, stored(site)) == []
        site.partner.session.close()
