"""Topics that are read and written: are they there, may we use them, do their limits suit what is set."""

import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from etl.engine.kafka_in.sharing import uneven_shares
from etl.errors import EtlError
from etl.kafka import Admin, GroupMember, Partition, Topic
from etl.monitoring.finding import Finding, error, ok, warning
from etl.quoting import shown
from etl.settings import InMigrationKafka, OutMigrationKafka, Settings
from etl.settings.kafka_keys import IN_KAFKA

# A record may be this much younger than now before it says that clocks differ.
_AHEAD_SECONDS = 60
_WORKERS = "consumers/InMigration.workerCount"


class TopicChecks:
    def __init__(self, admin: Admin, settings: Settings) -> None:
        self._admin, self._kafka, self._workers = admin, settings.kafka, settings.worker_count
        self._brokers = 1

    def all(self) -> Iterator[Finding]:
        """Raises what keeps all of them from being answered."""
        cluster = self._admin.cluster()
        self._brokers = len(cluster.brokers)
        yield ok("brokers", f"cluster {cluster.id or 'without an id'}: {', '.join(cluster.brokers)}")
        if self._kafka.in_migration.enabled:
            yield from self._reading(self._kafka.in_migration)
        for output in self._kafka.outputs:
            yield from self._writing(output)

    def _reading(self, source: InMigrationKafka) -> Iterator[Finding]:
        for name in source.topics:
            yield from _guarded(f"topic {name}", partial(self._read_topic, name, source))
        for name in dict.fromkeys(map(source.error_topic_of, source.topics)):
            yield from _guarded(f"error topic {name}", partial(self._error_topic, name, source))
        yield from _guarded(f"group {source.group_id}", partial(self._group, source))

    def _read_topic(self, name: str, source: InMigrationKafka) -> Iterator[Finding]:
        what = f"topic {name}"
        topic = self._admin.topic(name)
        if topic is None:
            yield error(what, "does not exist", f"make it, or correct topics in {IN_KAFKA}")
            return
        yield ok(what, self._described(topic))
        yield from self._may(what, topic, "READ")
        yield from self._shared(what, topic)
        yield from self._replicated(what, topic)
        yield from _guarded(what, partial(self._limits_of_read, what, topic, source))
        yield from _guarded(what, partial(self._clock, what, topic))

    def _described(self, topic: Topic) -> str:
        partitions = [Partition(topic.name, number) for number in range(topic.partitions)]
        bounds = self._admin.bounds(partitions)
        records = sum(high - low for low, high in bounds.values())
        return f"id {topic.id or 'unknown'}, {_counted(topic.partitions, 'partition')}, at most {records:,} records"

    @staticmethod
    def _may(what: str, topic: Topic, operation: str) -> Iterator[Finding]:
        if topic.operations and operation not in topic.operations:
            yield error(what, f"its ACLs do not allow {operation}", "have an administrator of Kafka allow it")

    def _shared(self, what: str, topic: Topic) -> Iterator[Finding]:
        """The vendor's rules for the number of consumers."""
        if uneven := uneven_shares(self._workers, topic.partitions):
            yield warning(what, uneven.found, f"set comeKafkaInMigration in {_WORKERS} to {uneven.better}")

    def _replicated(self, what: str, topic: Topic) -> Iterator[Finding]:
        if topic.replicas == 1 and self._brokers > 1:
            yield warning(what, "each partition is on one broker alone, and is away with it", "give it three replicas")

    def _limits_of_read(self, what: str, topic: Topic, source: InMigrationKafka) -> Iterator[Finding]:
        limits = self._admin.limits(topic.name)
        kept = "for ever" if limits.retention_ms is None else f"for {_span(limits.retention_ms / 1000)}"
        yield ok(what, f"records of at most {limits.max_message_bytes:,} bytes, kept {kept} ({limits.cleanup_policy})")
        if limits.max_message_bytes > source.max_record_bytes:
            allowed = source.max_record_bytes
            found = f"it takes {limits.max_message_bytes:,} bytes, and records over {allowed:,} are rejected"
            yield warning(what, found, f"raise maxRecordBytes in {IN_KAFKA}, or lower max.message.bytes of the topic")
        if "compact" in limits.cleanup_policy:
            found = "it is compacted: of several changes of one key Kafka keeps the last, others may never be read"
            yield warning(what, found, "set cleanup.policy=delete, unless each record has all fields")

    def _clock(self, what: str, topic: Topic) -> Iterator[Finding]:
        partitions = [Partition(topic.name, number) for number in range(topic.partitions)]
        try:
            newest = max((one or 0 for one in self._admin.newest_timestamps(partitions).values()), default=0)
        except EtlError:  # brokers before 3.0 do not know; nothing depends on it
            return
        if not newest:
            return
        age = time.time() - newest / 1000
        if age < -_AHEAD_SECONDS:
            found = f"its newest record is {_span(-age)} younger than now: a clock is wrong"
            yield warning(what, found, "correct that of the partner, the broker or this host; lag in seconds needs it")
        else:
            yield ok(what, f"its newest record is {_span(max(age, 0))} old")

    def _error_topic(self, name: str, source: InMigrationKafka) -> Iterator[Finding]:
        what, wait = f"error topic {name}", "rejected records wait in the golden store until then"
        topic = self._admin.topic(name)
        if topic is None:
            yield warning(what, f"does not exist: {wait}", f"make it, or correct errorTopic in {IN_KAFKA}")
            return
        yield ok(what, _counted(topic.partitions, "partition"))
        if topic.operations and "WRITE" not in topic.operations:
            yield warning(what, f"its ACLs do not allow WRITE: {wait}", "have an administrator of Kafka allow it")
        yield from _guarded(what, partial(self._room_for_errors, what, name, source))

    def _room_for_errors(self, what: str, name: str, source: InMigrationKafka) -> Iterator[Finding]:
        room = self._admin.limits(name).max_message_bytes
        for topic in source.topics:
            if source.error_topic_of(topic) == name and self._admin.topic(topic):
                largest = self._admin.limits(topic).max_message_bytes
                if room <= largest:
                    found = f"it takes {room:,} bytes, {topic} {largest:,}: the largest records lose their values here"
                    yield warning(what, found, "set its max.message.bytes to 10,000 more, since headers say the reason")

    def _group(self, source: InMigrationKafka) -> Iterator[Finding]:
        what = f"group {source.group_id}"
        group = self._admin.group(source.group_id)
        if group.operations and "READ" not in group.operations:
            yield error(what, "its ACLs do not allow READ", "have an administrator of Kafka allow it")
            return
        others = [one for one in group.members if one.client_id != self._kafka.connection.client_id]
        for member in others:
            yield _other_member(what, member, source.topics)
        if not others:
            yield ok(what, "may be joined")

    def _writing(self, output: OutMigrationKafka) -> Iterator[Finding]:
        for name in output.topics:
            yield from _guarded(f"output {output.name}", partial(self._written_topic, output, name))
        yield from _guarded(f"output {output.name}", partial(self._progress_topic, output))

    def _written_topic(self, output: OutMigrationKafka, name: str) -> Iterator[Finding]:
        what = f"output {output.name}: topic {name}"
        topic = self._admin.topic(name)
        if topic is None:
            yield error(what, "does not exist", "make it, or correct its name in the output's text")
            return
        yield ok(what, self._described(topic))
        yield from self._may(what, topic, "WRITE")
        yield from self._replicated(what, topic)
        yield from _guarded(what, partial(self._limits_of_written, what, output, name))

    def _limits_of_written(self, what: str, output: OutMigrationKafka, name: str) -> Iterator[Finding]:
        limits = self._admin.limits(name)
        yield ok(what, f"records of at most {limits.max_message_bytes:,} bytes ({limits.cleanup_policy})")
        if "compact" in limits.cleanup_policy and output.image == "changes":
            found = "it is compacted, and records have changed fields alone: readers would lose the others"
            yield error(what, found, "set outImage=full in the output's text, or cleanup.policy=delete of the topic")

    def _progress_topic(self, output: OutMigrationKafka) -> Iterator[Finding]:
        what, name = f"output {output.name}: progress topic {output.progress_topic}", output.progress_topic
        topic = self._admin.topic(name)
        if topic is None:
            do = "make it with one partition and cleanup.policy=compact"
            yield error(what, "does not exist: no record can be written exactly once", do)
            return
        if topic.partitions != 1:
            yield error(what, f"has {topic.partitions} partitions", "make it again with one")
        for operation in ("READ", "WRITE"):
            yield from self._may(what, topic, operation)
        yield from self._replicated(what, topic)
        yield from _guarded(what, partial(self._limits_of_progress, what, name))

    def _limits_of_progress(self, what: str, name: str) -> Iterator[Finding]:
        policy = self._admin.limits(name).cleanup_policy
        if "delete" in policy:
            found = f"has cleanup.policy={policy}: progress expires, and an output would begin without it"
            yield error(what, found, "set cleanup.policy=compact of the topic")
        else:
            yield ok(what, "compacted")


def _other_member(what: str, member: GroupMember, topics: Iterable[str]) -> Finding:
    """A member that has another client id than ours: what it takes is not merged."""
    taken = dict[str, list[str]]()
    for topic, number in member.partitions:
        if topic in topics:
            taken.setdefault(topic, []).append(str(number))
    found = f"{shown(member.client_id)} at {member.host} (member {shown(member.id)}) is none of etl's consumers"
    do = f"stop it or give it another group.id; or set another groupId in {IN_KAFKA}, or one clientId for all hosts"
    if not taken:
        return warning(what, f"{found}, and may be given partitions", do)
    parts = "; ".join(f"{topic}: partitions {', '.join(numbers)}" for topic, numbers in taken.items())
    return error(what, f"{found}, and has what is not merged then: {parts}", do)


def _guarded(what: str, check: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    try:
        yield from check()
    except EtlError as fault:
        yield error(what, str(fault), "settle what the message names, then check again")


def _counted(number: int, word: str) -> str:
    return f"{number} {word}" + ("" if number == 1 else "s")


def _span(seconds: float) -> str:
    for length, word in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {word}s"
    return f"{seconds:.0f} seconds"
