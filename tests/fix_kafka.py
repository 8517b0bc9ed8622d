"""Apache Kafka for the tests: one real broker a session, topics of a test's own; three brokers for tests that kill.

`ETL_TEST_KAFKA=host:port` runs the tests of one broker on that one; otherwise scripts/kafka starts brokers.
"""

import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from confluent_kafka.admin import AdminClient, NewTopic

_SCRIPT = Path(__file__).parent.parent / "scripts/kafka"
# The first start of all fetches Kafka.
_SECONDS = 900

MakeTopic = Callable[..., str]


def kafka_script(home: Path, *words: str) -> str:
    """What scripts/kafka prints."""
    done = subprocess.run(
        [sys.executable, _SCRIPT, "--home", home, *words], capture_output=True, text=True, check=False, timeout=_SECONDS
    )
    if done.returncode:
        pytest.fail(f"scripts/kafka {' '.join(words)} failed:\n{done.stderr}", pytrace=False)
    return done.stdout.strip()


def admin_at(servers: str) -> AdminClient:
    """A second pair of hands at the brokers, which says nothing when they are stopped."""
    return AdminClient({"bootstrap.servers": servers, "log_level": 0})


def make_topic_at(servers: str, name: str = "", *, partitions: int = 1, replicas: int = -1, **config: object) -> str:
    """A new topic, its options written with _ for dots; without a name it gets one of its own."""
    name = name or f"t-{secrets.token_hex(6)}"
    options = {key.replace("_", "."): str(value) for key, value in config.items()}
    admin = admin_at(servers)  # an answer comes only while the asking client lives
    [made] = admin.create_topics([NewTopic(name, partitions, replicas, config=options)]).values()
    made.result(30)
    return name


@pytest.fixture(scope="session")
def kafka_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """host:port of a running broker; that none can be had is a failure, never a skip."""
    given = os.environ.get("ETL_TEST_KAFKA")
    if given:
        yield given
        return
    home = tmp_path_factory.mktemp("kafka")
    try:
        yield kafka_script(home, "start")
    finally:
        kafka_script(home, "stop")


@pytest.fixture
def make_topic(kafka_url: str) -> MakeTopic:
    """Makes topics at the broker of the session: make_topic("", partitions=6, max_message_bytes=2000)."""

    def make(name: str = "", *, partitions: int = 1, replicas: int = -1, **config: object) -> str:
        return make_topic_at(kafka_url, name, partitions=partitions, replicas=replicas, **config)

    return make


@dataclass(frozen=True)
class KafkaCluster:
    """Three brokers, each of which a test may kill and start again."""

    servers: str
    home: Path

    def kill(self, *numbers: int) -> None:
        """Ends brokers (1, 2, 3) at once."""
        kafka_script(self.home, "kill", *map(str, numbers))

    def resume(self, *numbers: int) -> None:
        """Starts them again, on the same ports and with their data."""
        kafka_script(self.home, "resume", *map(str, numbers))

    def make_topic(self, name: str = "", *, partitions: int = 1, replicas: int = 3, **config: object) -> str:
        """A new topic, each partition on all three brokers unless fewer are asked for."""
        return make_topic_at(self.servers, name, partitions=partitions, replicas=replicas, **config)


@pytest.fixture(scope="session")
def kafka_brokers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaCluster]:
    """The three brokers of the session; tests take `kafka_cluster`, which has all of them running."""
    home = tmp_path_factory.mktemp("kafka-cluster")
    try:
        yield KafkaCluster(kafka_script(home, "start", "3"), home)
    finally:
        kafka_script(home, "kill", "1", "2", "3")


@pytest.fixture
def kafka_cluster(kafka_brokers: KafkaCluster) -> Iterator[KafkaCluster]:
    """Three running brokers; what the test has killed is started again afterwards."""
    yield kafka_brokers
    kafka_brokers.resume(1, 2, 3)


@dataclass(frozen=True)
class SecureKafka:
    """A broker with TLS, SASL and ACLs: who comes by `plain` may do all, `user` only what it was allowed."""

    plain: str
    secure: str
    tls: Path
    user: str = "engine"
    password: str = "s3cret of kafka"


@pytest.fixture(scope="session")
def secure_kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecureKafka]:
    home = tmp_path_factory.mktemp("secure-kafka")
    try:
        plain, secure = kafka_script(home, "start", "--secure").split()
        yield SecureKafka(plain, secure, home / "tls")
    finally:
        kafka_script(home, "stop")
