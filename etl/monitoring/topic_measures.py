"""The metrics of topics: reading, and outputs. Brokers that are away are one of them, and hold up no other for long."""

from collections.abc import Iterator
from typing import Final

from etl.engine import Runtime
from etl.engine.topic_alerts import AlertKind
from etl.errors import EtlError
from etl.monitoring.topics import TopicsStatus, read_topics_status
from etl.notifications.telemetry import Measure, Sample

UP = Measure("etl.kafka.up", "1", "Whether the brokers answered")
LAG = Measure("etl.kafka.lag", "{record}", "Records of a partition that are not merged yet", ("topic", "partition"))
LAG_AGE = Measure(
    "etl.kafka.lag.age",
    "s",
    "Age of the last merged record of a partition while others wait; else 0",
    ("topic", "partition"),
)
READ = Measure(
    "etl.kafka.read", "{record}", "Offset of a partition up to which it has been read", ("topic", "partition")
)
LOST = Measure(
    "etl.kafka.lost", "{record}", "Offsets of a partition that were gone before they were read", ("topic", "partition")
)
REJECTED = Measure(
    "etl.kafka.rejected",
    "{record}",
    "Rejected records that are kept, of the newest 100,000, by code",
    ("topic", "code"),
)
SHARE = Measure("etl.kafka.rejected.share", "1", "Rejected share of the records of the last hour, from 0 to 1")
UNSENT = Measure("etl.kafka.unsent", "{record}", "Rejected records that are not in the topic of errors yet", ("topic",))
STOPPED = Measure("etl.kafka.stopped", "1", "Whether a partition waits for an operator", ("topic", "partition"))
HELD = Measure(
    "etl.kafka.held",
    "1",
    "Whether a producer holds a partition by an open transaction for long",
    ("topic", "partition"),
)
READING_STOPPED = Measure("etl.kafka.reading.stopped", "1", "Whether reading has stopped because of errorLimit")
OUT_BEHIND = Measure(
    "etl.kafka.out.behind", "{change}", "Changes of the journal that an output has not written yet", ("output",)
)
OUT_LAG = Measure(
    "etl.kafka.out.lag", "s", "Seconds since the unit began whose changes an output has not written yet", ("output",)
)
OUT_STOPPED = Measure("etl.kafka.out.stopped", "1", "Whether an output waits for an operator", ("output",))
OUT_UNSENT = Measure(
    "etl.kafka.out.unsent", "{record}", "Records of an output that were too large for their topic", ("output",)
)
JOURNAL = Measure("etl.kafka.journal", "By", "Size of the journal, which is kept from the slowest output on")

TOPIC_MEASURES: Final = (
    *(UP, LAG, LAG_AGE, READ, LOST, REJECTED, SHARE, UNSENT, STOPPED, HELD, READING_STOPPED),
    *(OUT_BEHIND, OUT_LAG, OUT_STOPPED, OUT_UNSENT, JOURNAL),
)

Labels = dict[str, str]


def measure_topics(runtime: Runtime, company: Labels) -> list[Sample]:
    """The metrics of a company's topics now; none where nothing is read or written, or the store does not answer."""
    try:
        found = read_topics_status(runtime)
    except EtlError:
        return []
    return [] if found is None else [*_of_reading(found, company), *_of_outputs(found, company)]


def _of_reading(found: TopicsStatus, company: Labels) -> Iterator[Sample]:
    if not found.is_reading:
        return
    yield Sample(UP, int(not found.fault), company)
    yield Sample(READING_STOPPED, int(found.alert(AlertKind.READING_STOPPED) is not None), company)
    for one in found.partitions:
        labels = company | {"topic": one.topic, "partition": str(one.partition)}
        if one.lag is not None:
            yield Sample(LAG, one.lag, labels)
        if one.lag_seconds is not None and one.lag is not None:
            yield Sample(LAG_AGE, one.lag_seconds, labels)
        if one.next_offset is not None:
            yield Sample(READ, one.next_offset, labels)
        yield Sample(LOST, one.lost, labels)
        yield Sample(STOPPED, int(bool(one.stopped)), labels)
        yield Sample(HELD, int(one.is_held), labels)
    for topic in dict.fromkeys(one.topic for one in found.partitions):
        yield Sample(UNSENT, found.unsent.get(topic, 0), company | {"topic": topic})
        for code, records in found.rejected.get(topic, {}).items():
            yield Sample(REJECTED, records, company | {"topic": topic, "code": code})
    yield Sample(SHARE, found.rejected_share or 0.0, company)


def _of_outputs(found: TopicsStatus, company: Labels) -> Iterator[Sample]:
    for one in found.outputs:
        labels = company | {"output": one.name}
        is_stopped = one.needs_recovery or found.alert(AlertKind.OUTPUT_STOPPED, one.name) is not None
        yield Sample(OUT_BEHIND, one.changes, labels)
        yield Sample(OUT_LAG, one.lag_seconds if one.changes else 0.0, labels)
        yield Sample(OUT_STOPPED, int(is_stopped), labels)
        yield Sample(OUT_UNSENT, one.unsent, labels)
    if found.outputs:
        yield Sample(JOURNAL, found.journal_bytes, company)
