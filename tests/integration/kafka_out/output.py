"""An output of a company into topics of the test's own: what is merged, what is written, what a reader finds."""

import json
from dataclasses import dataclass, field
from typing import Any

from confluent_kafka import IsolationLevel, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from etl.engine import Runtime
from etl.engine.kafka_out.outputs import output_writer, write_outputs
from etl.kafka import Message, Partition, TransactionalProducer, read_to_end
from etl.outputs.kafka.writing import OutputWriter, Written
from etl.settings import KafkaConnection
from etl.settings.kafka_keys import KAFKA, OUT_KAFKA, output_path
from etl.sources.kafka.rules import RecordRules
from tests.fix_company import Site
from tests.fix_kafka import MakeTopic, admin_at
from tests.integration.kafka_records.topic import Topic

Record = dict[str, Any]


@dataclass
class Output:
    """A company with an output named out, and its topic."""

    site: Site
    servers: str
    make_topic: MakeTopic
    topic: str
    rules: RecordRules = field(default_factory=lambda: RecordRules(creates_unknown_ids=True))
    # The owner of the partition that records are merged from.
    source: Topic | None = None
    names: tuple[str, ...] = ("out",)
    _asking: tuple[str, AdminClient] | None = None

    def configure(self, *, other: dict[str, dict[str, object]] | None = None, **keys: object) -> None:
        """Keys of the output, __ for a dot, or with `other` of several ones by name."""
        self.site.write(KAFKA, f"servers={self.servers}")
        base = {"hasOutMigrationKafka": "true", "topic": self.topic, **keys}
        self.site.write(OUT_KAFKA, _lines(base))
        self.names = tuple(other or ["out"])
        for name, own in (other or {}).items():
            self.site.write(output_path(name), _lines(own))

    def progress_of(self, topic: str) -> str:
        """Makes the topic of progress of a topic."""
        return self.make_topic(f"{topic}.progress", cleanup_policy="compact")

    def send(self, runtime: Runtime, *records: Record) -> None:
        """Merges records into the store as one batch."""
        if self.source is None:
            self.source = Topic(self.site, runtime, self.rules)
        self.source.runtime = runtime
        outcome = self.source.send(*records)
        assert outcome.rejected == 0, self.source.faults()

    def merge(self, *records: Record) -> None:
        """The same with a runtime of its own."""
        with self.site.runtime() as runtime:
            self.send(runtime, *records)

    def write(self) -> dict[str, Written]:
        """`etl kafka out` inside this process."""
        with self.site.runtime() as runtime:
            return write_outputs(runtime)

    def writer(self, runtime: Runtime, name: str = "out") -> OutputWriter:
        [output] = [one for one in runtime.settings.kafka.outputs if one.name == name]
        return output_writer(runtime, output)

    @property
    def connection(self) -> KafkaConnection:
        return KafkaConnection(self.servers, "test", {}, "K.txt")

    def settle(self, topic: str) -> None:
        """Waits until readers see what was committed a moment ago, and ends what a killed writer has left open: the
        next producer of each name does both."""
        if self._has_open_transactions(topic):
            for name in (*self.names, "out-recovery"):
                with TransactionalProducer(self.connection, f"etl-demo-{name}") as next_one:
                    next_one.init()

    def _has_open_transactions(self, topic: str) -> bool:
        if self._asking is None or self._asking[0] != self.servers:
            self._asking = (self.servers, admin_at(self.servers))
        ends: list[int] = []
        for level in (IsolationLevel.READ_COMMITTED, IsolationLevel.READ_UNCOMMITTED):  # in this order
            last = {TopicPartition(topic, 0): OffsetSpec.latest()}
            [asked] = self._asking[1].list_offsets(last, isolation_level=level).values()
            ends.append(asked.result(30).offset)
        return ends[0] < ends[1]

    def messages(self, topic: str = "", *, is_settled: bool = False) -> list[Message]:
        """All committed messages of the only partition. `is_settled`: a writer is at it, which must not be fenced."""
        if not is_settled:
            self.settle(topic or self.topic)
        return list(read_to_end(self.connection, Partition(topic or self.topic, 0)))

    def records(self, topic: str = "") -> list[Record]:
        """Their records; a tombstone is an empty one."""
        return [json.loads(one.value) if one.value else {} for one in self.messages(topic)]


def _lines(keys: dict[str, object]) -> str:
    return "\n".join(f"{key.replace('__', '.')}={value}" for key, value in keys.items())


def values(record: Record, key: str = "fields") -> dict[str, str | None]:
    """Code -> value of the items."""
    return {one["code"]: one["apiValue"] for one in record.get(key, [])}


def links(record: Record, key: str = "boFields") -> set[tuple[str, str | None, str, str | None]]:
    """(field, object, field of the target, value) of the items that end no link."""
    return {
        (one["fieldCode"], one["toBoCode"], one["toFieldCode"], one["apiValue"])
        for one in record.get(key, [])
        if "unlink" not in one
    }


def unlinks(record: Record) -> set[tuple[str, str | None, str, str | None]]:
    """The same of those that do."""
    return {
        (one["fieldCode"], one["toBoCode"], one["toFieldCode"], one["apiValue"])
        for one in record.get("boFields", [])
        if one.get("unlink") is True
    }
