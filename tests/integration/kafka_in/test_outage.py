"""The database or a broker goes away while topics are read: records wait, and reading continues by itself."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from etl.embedded import EmbeddedServer
from tests.acceptance.test_outages import Restartable
from tests.fix_company import CLAIMS, STORE, MakeSite, new_site
from tests.fix_database import LOOPBACK, SESSIONS, binaries, create_database
from tests.fix_kafka import KafkaCluster, MakeTopic, admin_at
from tests.integration.kafka.clients import connect
from tests.integration.kafka_in.conftest import KAFKA, Reading, client

pytestmark = pytest.mark.slow


@pytest.fixture
def restartable(
    open_folder: Path, tmp_path: Path, kafka_url: str, make_topic: MakeTopic
) -> Iterator[tuple[Reading, Restartable]]:
    with socket.create_server((LOOPBACK, 0)) as probe:
        port = probe.getsockname()[1]
    settings = {"port": str(port), "listen_addresses": LOOPBACK, "max_connections": "50"}
    with EmbeddedServer(open_folder, binaries=binaries(), settings=settings) as server:
        database = create_database(server, "alone")
        site = new_site(database, tmp_path, CLAIMS)
        site.write(KAFKA, f"servers={kafka_url}\n")
        reading = Reading(site, connect(kafka_url), make_topic())
        reading.configure(batchRecords=10)
        yield reading, Restartable(server)
        site.partner.session.close()
        SESSIONS.close_all(database.host)


def test_a_database_that_restarts(restartable: tuple[Reading, Restartable]) -> None:
    """Fault 6."""
    reading, server = restartable
    expected: set[str] = set()
    with reading.worker() as worker:
        for part in range(3):
            names = [f"c{part}-{n}" for n in range(100)]
            expected.update(names)
            reading.send(*(client(name, recordId=None) for name in names))
            server.restart()
        reading.wait_for(expected)
        reading.wait_for_position(300)
        assert worker.process.poll() is None
    assert reading.written() == 300
    assert reading.site.count(f"{STORE}.kafka_dead_letter") == 0
    assert reading.site.count(f"{STORE}.err") == 0


@pytest.mark.nightly
def test_a_leader_that_dies(make_site: MakeSite, kafka_cluster: KafkaCluster) -> None:
    """Fault 8: another broker leads its partitions from then on; nothing is lost or doubled, none is marked."""
    servers, topic = kafka_cluster.servers, kafka_cluster.make_topic(partitions=3)
    reading = Reading(make_site(CLAIMS), connect(servers), topic)
    reading.site.write(KAFKA, f"servers={servers}\noption.reconnect.backoff.max.ms=500\n")
    reading.configure()
    expected: set[str] = set()

    def send(part: str) -> None:
        for number in range(3):
            names = [f"{part}{number}-{n}" for n in range(20)]
            expected.update(names)
            reading.send(*(client(name, recordId=None) for name in names), partition=number)

    with reading.worker() as worker:
        send("before")
        reading.wait_for(expected)
        kafka_cluster.kill(admin_at(servers).list_topics(topic).topics[topic].partitions[0].leader)
        send("after")
        reading.wait_for(expected)
        assert worker.process.poll() is None
    assert reading.written() == len(expected) == 120
    assert [reading.position(number)["next_offset"] for number in range(3)] == [40] * 3
    assert reading.site.count(f"{STORE}.err") == 0
