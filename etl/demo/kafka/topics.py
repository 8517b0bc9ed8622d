"""The topics of a demo: made at its begin, with names that nothing else has, and deleted at its end."""

import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from etl.errors import ConfigurationError, EtlError
from etl.kafka import Admin, Partition
from etl.settings import KafkaConnection
from etl.settings.kafka_keys import IN_KAFKA, KAFKA, OUT_KAFKA

_SERVERS = re.compile(r"[A-Za-z0-9_.-]+:[0-9]{1,5}(,[A-Za-z0-9_.-]+:[0-9]{1,5})*")
_PARTITIONS = 2
# The first answer of a broker is not waited for longer than that.
_SECONDS = 5.0


@dataclass(frozen=True)
class Topics:
    """A broker, the topic that the partner writes, and the one that the store's changes go into."""

    connection: KafkaConnection
    read: str
    written: str

    @property
    def errors(self) -> str:
        return f"{self.read}.errors"

    @property
    def progress(self) -> str:
        return f"{self.written}.progress"

    @property
    def partitions(self) -> list[Partition]:
        return [Partition(self.read, number) for number in range(_PARTITIONS)]


@contextmanager
def open_topics(servers: str) -> Iterator[Topics]:
    """Topics at these brokers for the time of a `with` block.

    Raises ConfigurationError for servers that are none, EnvironmentFault when no broker answers.
    """
    if not _SERVERS.fullmatch(servers):
        raise ConfigurationError(f"{servers!r} names no broker: write host:port")
    connection = KafkaConnection(servers, "etl-demo", {}, "--servers")
    name = f"etl-demo-{secrets.token_hex(4)}"
    topics = Topics(connection, f"{name}-in", f"{name}-out")
    with Admin(connection, seconds=_SECONDS) as first:
        first.cluster()
    with Admin(connection) as admin:
        made: list[str] = []
        try:
            for topic, partitions, options in _wanted(topics):
                made.append(topic)
                admin.create_topic(topic, partitions=partitions, options=options)
            yield topics
        finally:
            for topic in made:
                with suppress(EtlError):  # a broker that is gone has taken them along
                    admin.delete_topic(topic)


def _wanted(topics: Topics) -> Iterator[tuple[str, int, Mapping[str, str]]]:
    yield topics.read, _PARTITIONS, {}
    yield topics.errors, 1, {"max.message.bytes": "2000000"}
    yield topics.written, 1, {}
    yield topics.progress, 1, {"cleanup.policy": "compact"}


def kafka_texts(topics: Topics) -> dict[str, dict[str, str]]:
    """Text of the configuration -> the demo's values."""
    return {
        KAFKA: {"servers": topics.connection.servers},
        IN_KAFKA: {"hasInMigrationKafka": "true", "topics": topics.read, "groupId": topics.read},
        OUT_KAFKA: {"hasOutMigrationKafka": "true", "topic": topics.written},
    }
