"""A company whose topics a real worker reads, as a process of its own."""

import json
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from etl.kafka import Partition, Producer
from etl.settings import KafkaConnection
from tests.acceptance.service import SIGNALS, Service
from tests.fix_company import CLAIMS, OUT, STORE, MakeSite, Site, until
from tests.fix_kafka import MakeTopic
from tests.integration.kafka.clients import connect

KAFKA, IN_KAFKA = "configs/KafkaConfig.txt", "configs/InMigrationKafkaConfig.txt"
# A killed member is given up after seconds, which the brokers of the tests allow, and the others soon learn of changes.
SESSION_TIMES = "option.session.timeout.ms=4000\noption.heartbeat.interval.ms=500\n"
WORKERS = "consumers/InMigration.workerCount"


def client(name: str, **given: Any) -> dict[str, Any]:
    """A record of a client."""
    return {
        "boCode": "Client",
        "externalId": name,
        "recordId": name,
        "fields": [{"code": "Name", "apiValue": f"Client {name}"}],
        **given,
    }


@dataclass
class Reading:
    """A site that reads a topic."""

    site: Site
    connection: KafkaConnection
    topic: str
    keys: dict[str, object] = field(default_factory=dict)

    def configure(self, **keys: object) -> None:
        """Keys of configs/InMigrationKafkaConfig.txt beside the topic."""
        # A group of its own: in a common one a test would wait for the killed members of another.
        mine = {"hasInMigrationKafka": "true", "topics": self.topic, "groupId": self.topic}
        self.keys |= mine | keys
        self.site.write(IN_KAFKA, "".join(f"{key}={value}\n" for key, value in self.keys.items()))

    def send(self, *records: Any, partition: int = 0) -> None:
        """Records as JSON; bytes as they are, None without a value."""
        with Producer(self.connection) as producer:
            for one in records:
                value = one if one is None or isinstance(one, bytes) else json.dumps(one).encode()
                producer.send(self.topic, b"key", value, partition=partition)

    @contextmanager
    def worker(self, *words: str, **environ: str) -> Iterator[Service]:
        """`etl kafka in`; ended at the end if it still lives."""
        service = Service(self.site.start(*(words or ("kafka", "in")), **environ))
        try:
            yield service
        finally:
            service.end()

    @contextmanager
    def worker_that_ends(self) -> Iterator[Service]:
        """As `worker`, and it leaves its group, so that the next one need not wait."""
        with self.worker() as service:
            yield service
            service.signal(signal.SIGTERM)
            assert service.wait_for_exit() == SIGNALS[signal.SIGTERM]

    def names(self) -> set[str]:
        """External ids of the clients in the store."""
        if not self.site.value(f"select to_regclass('{STORE}.bo_client') is not null", at=self.site.store_database):
            return set()
        return {row["_in_id"] for row in self.site.look(f"select _in_id from {STORE}.bo_client")}

    def shown(self) -> int:
        """Clients in the out_ table."""
        is_there = f"select to_regclass('{OUT}.client') is not null"
        return self.site.count(f"{OUT}.client") if self.site.value(is_there, at=self.site.out_database) else 0

    def wait_for(self, names: set[str]) -> None:
        """Until the store has these clients, and no others."""
        until(lambda: self.names() == names, f"the store has {len(names)} clients; it has {len(self.names())}")

    def position(self, number: int = 0) -> dict[str, Any]:
        """The row of a partition."""
        rows = self.site.look(
            f"select * from {STORE}.kafka_position where topic = %s and partition = %s", [self.topic, number]
        )
        return dict(rows[0]) if rows else {}

    def wait_for_position(self, offset: int, number: int = 0) -> None:
        until(lambda: self.position(number).get("next_offset") == offset, f"partition {number} is at {offset}")

    def wait_for_all_of(self, records: int) -> None:
        """Until this number of offsets is merged, in all partitions together."""
        is_there = f"select to_regclass('{STORE}.kafka_position') is not null"
        read = f"select coalesce(sum(next_offset), 0) from {STORE}.kafka_position where topic = %s"

        def is_read() -> bool:
            known = self.site.value(is_there, at=self.site.store_database)
            return bool(known and self.site.value(read, [self.topic]) == records)

        until(is_read, f"{records} records are merged")

    def written(self) -> int:
        """Changes that the journal has; each record of a new client makes one."""
        return self.site.count(f"{STORE}.journal")

    @property
    def partition(self) -> Partition:
        return Partition(self.topic, 0)


MakeReading = Callable[..., Reading]


@pytest.fixture
def make_reading(make_site: MakeSite, make_topic: MakeTopic, kafka_url: str) -> MakeReading:
    def make(*, partitions: int = 1, workers: int = 1, **keys: object) -> Reading:
        site = make_site(CLAIMS)
        site.write(KAFKA, f"servers={kafka_url}\n{SESSION_TIMES}")
        site.write(WORKERS, f"comeKafkaInMigration={workers}\n")
        found = Reading(site, connect(kafka_url), make_topic(partitions=partitions))
        found.configure(**keys)
        return found

    return make


@pytest.fixture
def reading(make_reading: MakeReading) -> Reading:
    return make_reading()
