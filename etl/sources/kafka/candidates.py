"""Which records of a batch are merged, and in which order; the others were merged before, or repeat another one."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from etl.database import Connection
from etl.sources.kafka.faults import Fault
from etl.sources.kafka.message import Partition
from etl.sources.kafka.outcome import BatchOutcome
from etl.sources.kafka.positions import Locked
from etl.sources.kafka.reading import ReadBatch, Record
from etl.sources.kafka.record_store import RecordStore
from etl.sources.kafka.remembered import FirstRecord
from etl.sources.kafka.reports import Reports
from etl.sources.kafka.resent import stage_resent


@dataclass
class Candidates:
    """The batch in the order of its merge, and those of its records that are merged, numbered from 0 in that order."""

    batch: ReadBatch
    outcome: BatchOutcome
    resent: frozenset[str] = frozenset()
    """Origins of messages that were sent back and leave what was changed since."""
    records: dict[int, Record] = field(default_factory=dict)
    later: dict[int, list[int]] = field(default_factory=dict)
    """Records with the recordId of another one of the batch, which counts unless it is refused."""
    reports: Reports = field(default_factory=Reports)

    def report_repeated(self, record: Record, known: FirstRecord) -> None:
        """Of a record whose recordId another one had, which was merged: it is rejected unless both say the same."""
        if record.digest == known.digest:
            self.outcome.known += 1
            return
        self.outcome.reused += 1
        fault = Fault(
            "RECORD_ID_REUSED",
            "$.recordId",
            record.staged.objects[-1].shape.code,
            value=record.record_id,
            reason=known.origin,
            severity="warning",
        )
        self.reports.reject(record.message, [fault])


def choose_candidates(
    into: RecordStore, connection: Connection, batch: ReadBatch, locked: Locked, *, forgets: bool
) -> Candidates:
    """Leaves out records of messages that were merged by an earlier try, and those whose recordId is known, counted and
    reported. `forgets`: records are merged although their recordIds are known."""
    chosen = _older_first(into, connection, batch)
    offsets = locked.next_offsets
    for message, faults in batch.refused:
        if message.offset < offsets.get(Partition(message.topic, message.partition), 0):
            chosen.outcome.skipped += 1
        else:
            chosen.reports.reject(message, faults)
    _choose(chosen, locked)
    if forgets:
        into.remembered.forget(connection, chosen.records.values())
    for number, known in into.remembered.remember(connection, chosen.records, locked.at).items():
        chosen.report_repeated(chosen.records.pop(number), known)
        for again in chosen.later.pop(number, ()):
            chosen.report_repeated(chosen.batch.records[again], known)
    return chosen


def _older_first(into: RecordStore, connection: Connection, batch: ReadBatch) -> Candidates:
    """Records that were sent back, and are not to overwrite later ones, are merged before those of their batch."""
    outcome = BatchOutcome(messages=batch.messages, tombstones=batch.tombstones)
    if not into.rules.resent_loses:
        return Candidates(batch, outcome)
    sent_back = [record.message for record in batch.records if record.message.resent]
    resent = stage_resent(connection, sent_back, into.store.schema)
    if resent:
        batch = replace(batch, records=sorted(batch.records, key=lambda record: _age(record, resent)))
    return Candidates(batch, outcome, resent)


def _age(record: Record, older: frozenset[str]) -> tuple[bool, str, int, int]:
    resent = record.message.resent
    if not resent or record.message.origin not in older:
        return (True, "", 0, 0)
    return (False, record.message.topic, resent.partition, resent.offset)


def _choose(chosen: Candidates, locked: Locked) -> None:
    """Takes the records that were not merged by an earlier try; of several with one recordId the first."""
    records = chosen.batch.records
    ends = {(one.topic, one.number): offset for one, offset in locked.next_offsets.items()}
    # Of each partition the first message: what is usual is seen without a look at each.
    begins = {(one.message.topic, one.message.partition): one.message.offset for one in reversed(records)}
    ids = [one.record_id for one in records if one.record_id is not None]
    if not chosen.resent and len({*ids}) == len(ids) and all(ends.get(at, 0) <= begins[at] for at in begins):
        chosen.records = dict(enumerate(records))
        return
    first: dict[tuple[str, str], int] = {}
    for number, record in _as_received(chosen):
        message, record_id = record.message, record.record_id
        if message.offset < ends.get((message.topic, message.partition), 0):
            chosen.outcome.skipped += 1
            continue
        if record_id is not None:
            counts = first.setdefault((message.topic, record_id), number)
            if counts != number:
                chosen.later.setdefault(counts, []).append(number)
                continue
        chosen.records[number] = record


def _as_received(chosen: Candidates) -> Iterable[tuple[int, Record]]:
    """Numbered records: of several with one recordId the first message counts."""
    numbered = enumerate(chosen.batch.records)
    resent = chosen.resent
    return sorted(numbered, key=lambda one: not _age(one[1], resent)[0]) if resent else numbered
