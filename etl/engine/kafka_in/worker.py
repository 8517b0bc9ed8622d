"""One worker: a consumer that polls in its own thread, and a second thread that merges what was read.

While one batch is merged the next one is read and parsed. When that one is full too, the partitions are paused and
polling continues, so that the group keeps this member however long a merge or an outage of the database takes.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from etl.database import transaction
from etl.engine.kafka_in.assignment import FINISH_SECONDS, ROLLBACK_SECONDS, Assignment
from etl.engine.kafka_in.batches import Batch, BatchLimits, Gathering
from etl.engine.kafka_in.error_share import ErrorShare
from etl.engine.kafka_in.jobs import StoreThread
from etl.engine.kafka_in.outage_log import OutageLog
from etl.engine.kafka_in.taking import TakenPartitions, client_partitions, take_partitions
from etl.engine.record_batches import batch_policy, merge_batch_with_retry
from etl.engine.runtime import Runtime
from etl.errors import EnvironmentFault, EtlError, FencedOut, RunStopped
from etl.kafka import Admin, Consumer, Received, Trouble, TroubleKind
from etl.kafka import Partition as ClientPartition
from etl.settings import InMigrationKafka
from etl.sources.kafka.message import Message, Partition
from etl.sources.kafka.outcome import BatchOutcome
from etl.sources.kafka.positions import HeldPartition, PartitionPosition
from etl.sources.kafka.record_store import RecordStore
from etl.sources.kafka.resent import resent_of

_log = logging.getLogger("in_kafka_migration")

# Of one call of the client: some more may be in memory than a batch takes.
_RECORDS_A_CALL = 1_000
_CALL_SECONDS = 0.01
_WAITING_SECONDS = 0.03
_IDLE_SECONDS = 0.1
# A full batch waits so long for the one before it, until its partitions are paused; pausing throws away what the client
# has read ahead.
_PATIENCE_SECONDS = 1.5
# Between two looks whether the partitions are still ours, whether an operator has moved one, whether topics are the
# same, and whether a topic that was missing is there.
_CHECK_SECONDS = 3.0
_AGAIN_SECONDS = 0.5
_QUESTION_SECONDS = 5.0
_RELEASE_SECONDS = 0.5


class TopicsChanged(EnvironmentFault):
    """Topics are other ones than their positions are of, are gone, or may not be seen."""

    def __init__(self, topics: Iterable[str]) -> None:
        self.topics = frozenset(topics)
        super().__init__(f"topics were deleted, made again or closed to us: {', '.join(sorted(self.topics))}")


@dataclass(frozen=True)
class SharedReading:
    """What all workers of a host share. `committed` is called after each batch, `taken` when partitions have come, with
    the number of partitions of each topic."""

    runtime: Runtime
    into: RecordStore
    source: InMigrationKafka
    committed: Callable[[BatchOutcome], None]
    taken: Callable[[Mapping[str, int]], None]


class Worker:
    """Reads the partitions that the group gives to it until `stop` is called."""

    def __init__(self, shared: SharedReading, owner: str, name: str) -> None:
        self._shared, self._owner, self._name = shared, owner, name
        self._source, self._into = shared.source, shared.into
        connection = shared.runtime.settings.kafka.connection
        self._stopping = threading.Event()
        self._store = StoreThread(f"{name}-store")
        self._consumer = Consumer(connection, self._source.group_id, Message, resent_of)
        self._admin = Admin(connection, seconds=_QUESTION_SECONDS)
        limits = BatchLimits(self._source.batch_records, self._source.batch_bytes, self._source.batch_millis / 1000)
        self._gathering = Gathering(self._into.company, limits)
        self._assignment = Assignment(self._consumer, self._store, self._gathering)
        self._outages = OutageLog(name)
        self._share = ErrorShare(self._source.error_limit)
        # A batch that could not be merged, and is tried again before anything else is.
        self._again: Batch | None = None
        self._is_paused = self._has_received = False
        self._full_since: float | None = None
        self._check_at = 0.0

    def stop(self) -> None:
        """Asks it to end, from any thread."""
        self._stopping.set()

    def run(self) -> None:
        """Reads until it is stopped. Raises RunStopped when too many records are rejected, EnvironmentFault when the
        brokers refuse the sign-in."""
        try:
            self._consumer.subscribe(self._source.topics, self._assignment)
            while not self._stopping.is_set():
                self._step()
        finally:
            self._finish()

    def _step(self) -> None:
        self._store.settle()
        if not self._store.is_busy:
            self._begin_job()
        if not self._may_read():
            return
        busy = self._store.is_busy or self._gathering.has_messages or self._again is not None
        # Short calls one after the other only while records come.
        is_whole_call = busy and self._has_received and not self._is_paused
        idle = _WAITING_SECONDS if busy and not self._is_paused else _IDLE_SECONDS
        count, seconds = (_RECORDS_A_CALL, _CALL_SECONDS) if is_whole_call else (1, idle)
        self._receive(self._consumer.consume(count, seconds), is_whole_call=is_whole_call)

    # What is read.

    def _receive(self, received: Received[Message], *, is_whole_call: bool) -> None:
        for trouble in received.troubles:
            self._take_trouble(trouble)
        if received.messages:
            self._outages.end_brokers_wait()
        elif self._consumer.trouble:
            self._outages.say_brokers_wait(self._consumer.trouble)
        self._has_received = bool(received.messages)
        if not self._assignment.held:
            return
        messages = received.messages
        if messages and not is_whole_call:  # the first one after a pause: what came with it is there by now
            more = self._consumer.consume(_RECORDS_A_CALL, _CALL_SECONDS)
            messages = [*messages, *more.messages]
            for trouble in more.troubles:
                self._take_trouble(trouble)
        self._gathering.receive(messages, self._positions(), self._assignment.held)

    def _positions(self) -> dict[Partition, int]:
        asked = self._consumer.positions(client_partitions(self._assignment.held))
        return {Partition(*one): offset for one, offset in asked.items()}

    def _take_trouble(self, trouble: Trouble) -> None:
        if trouble.kind is TroubleKind.OUT_OF_RANGE:
            self._assignment.take_again([Partition(trouble.topic, trouble.partition)], _AGAIN_SECONDS)
            return
        self._outages.say(f"{trouble.topic} {trouble.kind}", f"{trouble.topic} is not read: {trouble.text}")

    def _may_read(self) -> bool:
        """Whether the client is to be asked now. While a full batch waits for the one before it, it is not, or it is
        polled with its partitions paused."""
        if not self._gathering.is_full:
            self._full_since = None
            if self._is_paused:
                self._consumer.resume(client_partitions(self._assignment.held))
                self._is_paused = False
        elif not self._is_paused:
            now = time.monotonic()
            self._full_since = self._full_since or now
            if self._store.is_busy and now - self._full_since < _PATIENCE_SECONDS:
                self._store.wait(_IDLE_SECONDS)
                return False
            self._consumer.pause(client_partitions(self._assignment.held))
            self._is_paused = True
        return True

    # What is done in the store.

    def _begin_job(self) -> None:
        if self._outages.is_waiting:
            return
        now = time.monotonic()
        if self._assignment.gone:
            self._release()
        elif self._assignment.wanted and now >= self._assignment.take_at:
            self._take()
        elif now >= self._check_at:
            self._check()
        else:
            self._merge()

    def _release(self) -> None:
        gone, self._assignment.gone = self._assignment.gone, []

        def act() -> None:
            with transaction(self._into.engine) as connection:
                self._into.positions.release(connection, gone)

        self._store.do("release", act, self._ended)

    def _ended(self, result: Callable[[], None]) -> None:
        try:
            result()
        except EtlError as fault:
            self._wait_after(fault)

    def _take(self) -> None:
        wanted = frozenset(self._assignment.wanted)
        self._store.do(
            "take",
            lambda: take_partitions(self._into, self._admin, wanted, self._owner, self._source),
            lambda result: self._taken(wanted, result),
        )

    def _taken(self, wanted: frozenset[Partition], result: Callable[[], TakenPartitions]) -> None:
        try:
            taken = result()
        except EtlError as fault:
            self._wait_after(fault)
            return
        self._outages.end_store_wait()
        mine = self._assignment.accept(taken)
        for topic in sorted({one.topic for one in taken.missing & self._assignment.wanted}):
            text = f"the topic {topic} is not there: it is read once it has been made"
            if topic in taken.hidden:
                text = f"{topic} is not read: {taken.hidden[topic]}"
            self._outages.say(f"{topic} missing", text)
        if self._assignment.wanted:
            self._assignment.take_at = time.monotonic() + _CHECK_SECONDS
        for one, held in mine.items():
            self._outages.say(f"{one}", f"{one} is read from offset {held.next_offset} on", logging.INFO)
        if mine:
            self._consumer.start({ClientPartition(*one): held.next_offset for one, held in mine.items()})
            if self._is_paused:
                self._consumer.pause(client_partitions(mine))
        self._shared.taken(taken.sizes)

    def _check(self) -> None:
        held = dict(self._assignment.held)

        def act() -> tuple[list[PartitionPosition], frozenset[str]]:
            with transaction(self._into.engine) as connection:
                found = self._into.positions.all(connection)
            return found, self._changed_topics(held)

        self._store.do("check", act, self._checked)

    def _checked(self, result: Callable[[], tuple[list[PartitionPosition], frozenset[str]]]) -> None:
        self._check_at = time.monotonic() + _CHECK_SECONDS
        try:
            positions, changed = result()
        except EtlError as fault:
            self._wait_after(fault)
            return
        self._outages.end_store_wait()
        known = {one.partition: one for one in positions}
        moved = self._assignment.moved(known)
        for one in moved:
            self._outages.say(f"{one}", f"{one} is no longer this worker's: its batch is given up", logging.INFO)
        self._assignment.leave_alone(moved)
        self._assignment.want_free(known)
        self._assignment.take_again([one for one in self._assignment.held if one.topic in changed])

    def _merge(self) -> None:
        batch, self._again = self._again, None
        if batch is not None:
            batch = batch.kept(self._assignment.held, self._into.company)
        elif self._gathering.is_due or self._is_at_end():
            batch = self._gathering.take(self._assignment.held)
        if batch is not None and (batch.messages or batch.moves(self._assignment.held)):
            self._store.do("merge", lambda: self._merged_in_store(batch), lambda result: self._merged(batch, result))

    def _is_at_end(self) -> bool:
        """Whether there is nothing further to read, so that what was read is merged at once."""
        batch = self._gathering.batch
        if not batch.messages and not batch.moves(self._assignment.held):
            return False
        ends = {one: self._consumer.bounds(ClientPartition(*one))[1] for one in self._assignment.held}
        positions = self._positions()
        return all(0 <= end <= positions.get(one, -1) for one, end in ends.items())

    def _merged_in_store(self, batch: Batch) -> tuple[BatchOutcome, frozenset[tuple[str, int, int]]]:
        """In the other thread."""
        rejected: frozenset[tuple[str, int, int]] = frozenset()
        if changed := self._changed_topics(batch.held):
            raise TopicsChanged(changed)

        def judge(found: frozenset[tuple[str, int, int]]) -> None:
            nonlocal rejected
            rejected = found
            self._share.judge(batch.messages, found)

        policy = replace(
            batch_policy(self._shared.runtime, self._store.sleep),
            before_try=self._store.refuse_cancelled,
            notify=self._outages.say_store_waits,
        )
        outcome = merge_batch_with_retry(self._into, batch.read, list(batch.held.values()), policy, judge=judge)
        return outcome, rejected

    def _changed_topics(self, held: Mapping[Partition, HeldPartition]) -> frozenset[str]:
        """Topics that are not those of these positions any more, or cannot be seen any more."""
        ids = {one.partition.topic: one.topic_id for one in held.values() if one.topic_id}
        if not ids:
            return frozenset()
        now, hidden = self._admin.visible_topics(ids)
        other = {name for name, topic in now.items() if topic is None or (topic.id and topic.id != ids[name])}
        return frozenset({*other, *hidden})

    def _merged(self, batch: Batch, result: Callable[[], tuple[BatchOutcome, frozenset[tuple[str, int, int]]]]) -> None:
        try:
            outcome, rejected = result()
        except RunStopped:
            raise
        except TopicsChanged as changed:
            self._again = batch
            self._assignment.take_again([one for one in self._assignment.held if one.topic in changed.topics])
        except FencedOut as fenced:
            _log.info("%s", fenced)
            self._again, self._check_at = batch, 0.0
        except EtlError as fault:
            self._again = batch
            self._wait_after(fault)
        else:
            self._outages.end_store_wait()
            self._share.note(batch.messages, rejected)
            self._committed(batch, outcome)

    def _committed(self, batch: Batch, outcome: BatchOutcome) -> None:
        mirrored = {}
        for partition, offset in batch.read.next_offsets.items():
            mine = self._assignment.held.get(partition)
            if mine and mine.token == batch.held[partition].token:
                self._assignment.held[partition] = replace(mine, next_offset=max(offset, mine.next_offset))
                mirrored[ClientPartition(*partition)] = offset
        self._consumer.mirror(mirrored)
        if outcome.unit is not None:
            _log.info(
                "batch %d: %d records merged, %d known, %d rejected",
                outcome.unit,
                outcome.merged,
                outcome.known,
                outcome.rejected,
            )
        self._shared.committed(outcome)

    def _wait_after(self, fault: EtlError) -> None:
        """Nothing is done in the store for a while; no record is marked. Polling continues."""
        if not self._store.is_cancelled:
            self._outages.wait_for_store(fault)

    def _finish(self) -> None:
        """Ends the batch in the store or rolls it back, gives the partitions back, leaves the group."""
        self._assignment.is_ending = True
        try:
            if not self._store.wait(FINISH_SECONDS - _RELEASE_SECONDS):
                self._store.cancel(ROLLBACK_SECONDS / 2)
            self._settle_last()
            self._assignment.give_all_back()
            if self._assignment.gone and not self._store.is_busy:
                self._release()
                self._store.wait(_RELEASE_SECONDS)
            self._consumer.close()
        except EtlError as fault:
            _log.info("%s has ended: %s", self._name, fault)
        finally:
            self._store.close()

    def _settle_last(self) -> None:
        try:
            self._store.settle()
        except EtlError as fault:
            _log.info("the last batch was not merged: %s", fault)
