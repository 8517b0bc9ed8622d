"""Writes an output: what the journal has between its position and now, exactly once.

A step is one transaction of Kafka: records and one record of progress. Then the position moves in the store. Who
begins again takes the later of both, so a crash between the two repeats nothing and leaves nothing out.
"""

import logging
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

import sqlalchemy

from etl.database import Connection, PlacedPart, snapshot, transaction
from etl.errors import EnvironmentFault, EtlError, FencedOut
from etl.outputs.kafka.progress import OutputProgress, ProgressKey, transactional_id
from etl.outputs.kafka.reading import changed_objects, changed_rows
from etl.outputs.kafka.record_writers import record_writer
from etl.outputs.kafka.registry import (
    Lead,
    OutputPosition,
    Outputs,
    Unfinished,
    recreated_fault,
    unknown_changes_fault,
)
from etl.outputs.kafka.shape import OutputShape
from etl.outputs.kafka.transactions import RecordTransactions, SizeLimits, Unsent, fenced_or, topic_ids
from etl.outputs.versions.follow import has_changes
from etl.outputs.versions.follow import snapshot as current_snapshot
from etl.settings import KafkaConnection
from etl.settings.kafka_model import OutMigrationKafka
from etl.store.journal import hold_journal

_log = logging.getLogger("out_kafka_migration")

# A topic that is deleted and made again while it is written is noticed after this time.
_TOPICS_SECONDS = 10.0
# How often an idle writer renews its lease within the lease.
_BEATS = 4


@dataclass
class Written:
    """What an output has written: records, transactions of Kafka, and records that no topic takes."""

    records: int = 0
    steps: int = 0
    unsent: int = 0


@dataclass
class OutputWriter:
    """One output of a company. `owner` names this process, `check` is called between blocks of rows and may raise."""

    engine: sqlalchemy.Engine
    store_schema: str
    company: str
    shape: OutputShape
    output: OutMigrationKafka
    connection: KafkaConnection
    owner: str
    lease_seconds: float
    parts: tuple[PlacedPart, ...] = ()
    check: Callable[[], None] = lambda: None
    # PostgreSQL's settings for the transaction that reads.
    settings: Mapping[str, str] = field(default_factory=dict)
    written: Written = field(default_factory=Written)
    _lead: Lead | None = None
    _sender: RecordTransactions | None = None
    _limits: SizeLimits | None = None
    _step: int = 0
    # When the lease was renewed, on the monotonic clock.
    _alive_at: float = 0.0
    # When the topics are compared again, on the monotonic clock.
    _compare_at: float = 0.0

    @property
    def outputs(self) -> Outputs:
        return Outputs(self.store_schema, self.parts)

    def write_all(self) -> Written:
        """Performs steps until nothing is left; returns what this writer has written so far.

        Raises MarkerHeld while another process leads the output, TransientFault for what may be tried again, by this
        same writer: it takes another producer and reads the progress again.
        """
        try:
            while self._pass():
                pass
        except FencedOut as fault:
            self.close()
            raise fenced_or(fault) from None
        except BaseException:
            self._close_sender()
            raise
        return self.written

    def beat(self) -> None:
        """Renews the lease of a writer with nothing to do."""
        if self._lead is None or time.monotonic() < self._alive_at + self.lease_seconds / _BEATS:
            return
        with transaction(self.engine) as connection:
            self.outputs.beat(connection, self._lead)
        self._alive_at = time.monotonic()

    def close(self) -> None:
        """Gives the output up; another process may lead it at once."""
        self._close_sender()
        lead, self._lead = self._lead, None
        if lead is not None:
            with suppress(EtlError), transaction(self.engine) as connection:
                self.outputs.release(connection, lead)

    def _close_sender(self) -> None:
        sender, self._sender = self._sender, None
        self._compare_at = 0.0
        if sender is not None:
            sender.__exit__()

    def _begin(self) -> tuple[Lead, RecordTransactions]:
        """Leads the output with a producer of its own, from the later of both positions on."""
        if self._lead is not None and self._sender is not None:
            return self._lead, self._sender
        self._close_sender()
        with transaction(self.engine) as connection:
            self.outputs.register(connection, self.output.name)
        with transaction(self.engine) as connection:
            lead = self.outputs.take(connection, self.output.name, self.owner, self.lease_seconds)
        self._lead = lead
        if self._limits is None:
            self._limits = SizeLimits.of(self.connection, self.shape.topics)
        self._sender = RecordTransactions(
            self.connection,
            transactional_id(self.company, self.output.name),
            self.output.progress_topic,
            ProgressKey.of_output(self.company, self.output.name, lead.position.journal_id),
            self._limits,
            self._set_aside,
            self.company,
            self.check,
        )
        with transaction(self.engine) as connection:
            now = current_snapshot(connection)
        position = later(lead, self._sender.newest, now)
        if lead.is_new or position != lead.position:
            self._move(lead, position, 0)
        return self._lead or lead, self._sender

    def _move(self, lead: Lead, position: OutputPosition, records: int) -> None:
        with transaction(self.engine) as connection:
            self.outputs.move(connection, lead, position, records)
        self._lead = Lead(lead.name, lead.token, position, is_new=False)
        self._alive_at = time.monotonic()

    def _pass(self) -> bool:
        """Writes what changed up to now, or what is left of an earlier pass; returns whether there may be more."""
        lead, sender = self._begin()
        with snapshot(self.engine, **self.settings) as connection:
            hold_journal(connection, self.store_schema)
            position = lead.position
            unfinished = position.unfinished or self._window(connection, position)
            if unfinished is None:
                return False
            self._compare_topics()
            position = self._write(connection, lead, sender, position, unfinished)
        last = position.moved(position.step, None, unfinished.upto)
        if sender.is_open:
            self._commit(lead, sender, last)
        else:
            self._move(lead, last, 0)
        return True

    def _compare_topics(self) -> None:
        """Raises EnvironmentFault where a topic is another one than that which has the earlier records."""
        if time.monotonic() < self._compare_at:
            return
        found = topic_ids(self.connection, self.shape.topics)
        with transaction(self.engine) as connection:
            recreated = self.outputs.check_topics(connection, self.output.name, found)
        if recreated:
            raise recreated_fault(self.output.name, recreated)
        self._compare_at = time.monotonic() + _TOPICS_SECONDS

    def _window(self, connection: Connection, position: OutputPosition) -> Unfinished | None:
        """What is to be written now; None: nothing has changed."""
        upto = current_snapshot(connection)
        if not has_changes(connection, self.store_schema, position.snapshot, upto):
            return None
        touched = changed_objects(connection, self.store_schema, position.snapshot, upto)
        return Unfinished(upto, tuple(code for code in self.shape.codes if code in touched))

    def _write(
        self,
        connection: Connection,
        lead: Lead,
        sender: RecordTransactions,
        position: OutputPosition,
        unfinished: Unfinished,
    ) -> OutputPosition:
        """Sends the records of the objects that are left, and commits whenever there are enough; what is sent last is
        not committed yet. Returns the position of the last commit, with the highest step that was given."""
        instances, shapes = 0, self.shape.by_code
        send, has_tombstones = sender.send, self.output.tombstone
        for number, code in enumerate(unfinished.left):
            # Of each object a step of its own: an id may be that of instances of two objects.
            self._step = position.step + 1
            if code not in shapes:
                continue  # it is not written any more
            shape = shapes[code]
            topic, limits = shape.topic, self._limits or SizeLimits()
            records = record_writer(connection, self.store_schema, shape, self.output, limits)
            left = unfinished.left[number:]
            after = "" if number else unfinished.after
            rows = changed_rows(
                connection, self.store_schema, shape, self.output, position.snapshot, unfinished.upto, after
            )
            position = position.moved(self._step, position.unfinished or unfinished)
            prefix = f"{self.company}/{self.output.name}-{self._step}"
            for block in rows:
                self.check()
                for row in block:
                    if instances >= self.output.batch_records:
                        done = Unfinished(unfinished.upto, left, after)
                        if sender.is_open:
                            self._commit(lead, sender, position.moved(self._step, done))
                        instances = 0
                        self._step += 1
                        position = position.moved(self._step, done)
                        prefix = f"{self.company}/{self.output.name}-{self._step}"
                    instances += 1
                    after = row[0]
                    value = records.record(row, prefix)
                    if value is None:
                        continue
                    key = records.key(row)
                    send(topic, key, value)
                    if has_tombstones and records.has_tombstone(row):
                        send(topic, key, None)
            for field_code, number in records.without_content.items():
                _log.warning("%d records name a file of %s.%s without its content", number, code, field_code)
        return position

    def _commit(self, lead: Lead, sender: RecordTransactions, position: OutputPosition) -> None:
        number = sender.records
        sender.commit(OutputProgress.of(position, lead.token))
        self._move(lead, position, number)
        self.written.records += number
        self.written.steps += 1
        _log.info("the output %s has written %d records in step %d", self.output.name, number, position.step)

    def _set_aside(self, unsent: Unsent) -> None:
        """A record that its topic does not take: reported, or the end of the output."""
        what = f"the record of {unsent.bo} {unsent.instance} is too large: {unsent.message}"
        if self.output.when_too_large == "stop":
            raise EnvironmentFault(f"{what}; or let the output {self.output.name} continue with whenTooLarge=error")
        _log.error("%s", what)
        with transaction(self.engine) as connection:
            self.outputs.note_unsent(connection, self.output.name, self._step, vars(unsent))
        self.written.unsent += 1


def later(lead: Lead, progress: OutputProgress | None, now: str) -> OutputPosition:
    """The later of both positions. Raises EnvironmentFault where Kafka is ahead of a store that was restored: it knows
    transactions that are of the future of the snapshot `now`."""
    known = lead.position
    if progress is None:
        return known
    found = progress.position
    if lead.is_new:
        return known.moved(max(known.step, found.step), known.unfinished, known.snapshot)
    if found.step <= known.step:
        return known
    if found.journal_id != known.journal_id or _next_transaction(found.snapshot) > _next_transaction(now):
        raise unknown_changes_fault(lead.name)
    return found


def _next_transaction(snapshot_text: str) -> int:
    return int(snapshot_text.split(":")[1])
