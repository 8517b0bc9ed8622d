"""Merges a batch of records in one transaction of the store: objects, links, errors, and the partitions' positions.

A record is one unit: a fault of any object or link of its tree rejects all of it. A record that takes no part at all
is simply left out; where one has taken part already, the batch is merged again without it. What the server refuses is
found by halving the batch. That takes many tries: over a number of them the batch is to be merged in parts.
"""

import logging
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from etl.database import Connection, transaction
from etl.errors import EtlError
from etl.merge import MergeContext
from etl.metadata.field_types import Category
from etl.runs import Counters
from etl.runs.error_class import is_data_error
from etl.sources.kafka.candidates import Candidates, choose_candidates
from etl.sources.kafka.faults import Fault
from etl.sources.kafka.files import store_files
from etl.sources.kafka.links import merge_batch_links
from etl.sources.kafka.message import Message
from etl.sources.kafka.numbering import Numbering
from etl.sources.kafka.objects import ObjectsRefused, merge_objects
from etl.sources.kafka.outcome import BatchOutcome, add_all
from etl.sources.kafka.positions import HeldPartition, Locked
from etl.sources.kafka.reading import ReadBatch
from etl.sources.kafka.record_store import RecordStore
from etl.sources.kafka.remembered import FirstRecord
from etl.sources.kafka.shapes import ObjectShape

_log = logging.getLogger("in_kafka_migration")

Judge = Callable[[frozenset[tuple[str, int, int]]], None]
"""Called before the commit with the (topic, partition, offset) of all messages that are rejected; raises to roll the
batch back."""

# So often a batch is merged again without the records that were refused; then it is halved.
_ROUNDS = 3
# Tries of one transaction. A batch of so few records is tried as often as it takes.
_TRIES = 64
SMALL_BATCH: Final = 32
"""Records of which a batch is merged however many of them are refused."""
# Faults that depend on other records: what is refused for one of them may be accepted without another record.
_DEPENDENT = frozenset(
    {
        "UNIQUE_TAKEN",
        "IN_ID_TAKEN",
        "OUT_ID_UNKNOWN",
        "OPTION_UNKNOWN",
        "TOO_MANY_DUPLICATES",
        "FILE_UNKNOWN",
        "SYSTEM_FIELD_MISSING",
        "AMBIGUOUS",
        "LINK_END_INVALID",
    }
)


class TooManyTries(EtlError):
    """Too many records of a batch are refused for one transaction: it is merged in parts."""


def merge_batch(
    into: RecordStore,
    batch: ReadBatch,
    held: Iterable[HeldPartition],
    *,
    is_second_try: bool = False,
    forgets: bool = False,
    judge: Judge | None = None,
) -> BatchOutcome:
    """Merges a batch and moves the positions of its partitions, in one transaction; returns what it did.

    `held`: its partitions, as they were taken. `is_second_try`: the same batch met a fault that another transaction may
    have caused. `forgets`: records are merged although their recordIds are known. `judge` may refuse the batch.
    Raises FencedOut when another worker has taken a partition over, or TooManyTries: then nothing was done. Of a
    TransientFault the caller tries the same batch again.
    """
    with transaction(into.engine, **into.settings) as connection:
        locked = into.positions.lock(connection, held)
        chosen = choose_candidates(into, connection, batch, locked, forgets=forgets)
        work = _Work(into, connection, locked, chosen, is_second_try=is_second_try)
        work.perform()
        if judge:
            judge(work.reports.rejected)
        into.positions.advance(connection, batch.next_offsets, batch.timestamps)
    return work.outcome


@dataclass
class _Merged:
    """What a part of the batch did, as far as it is not undone."""

    counters: dict[str, Counters] = field(default_factory=dict)
    notes: list[tuple[Message | None, Fault]] = field(default_factory=list)
    served: set[tuple[str, str, str]] = field(default_factory=set)

    def add(self, other: "_Merged") -> None:
        add_all(self.counters, other.counters)
        self.notes += other.notes
        self.served |= other.served


@dataclass
class _Round:
    """One try to merge records: what it did, which records are refused, and which of them have taken part; `notes` are
    of single records."""

    merged: _Merged = field(default_factory=_Merged)
    refused: dict[int, list[Fault]] = field(default_factory=dict)
    partial: set[int] = field(default_factory=set)
    notes: list[tuple[int, Fault]] = field(default_factory=list)


class _Work:
    """The work on one batch in its transaction. Records are numbered from 0, in their order."""

    def __init__(
        self, into: RecordStore, connection: Connection, locked: Locked, chosen: Candidates, *, is_second_try: bool
    ) -> None:
        self.into = into
        self.connection = connection
        self.locked = locked
        self.is_second_try = is_second_try
        self.chosen, self.outcome, self.reports = chosen, chosen.outcome, chosen.reports
        self.batch, self.records, self.later, self.resent = chosen.batch, chosen.records, chosen.later, chosen.resent
        self.refused: dict[int, list[Fault]] = {}
        self.fields = into.link_fields
        self.numbering = Numbering((), into.company)
        self.tries = 0

    def perform(self) -> None:
        """Merges the records, and writes what is to be reported."""
        merged = _Merged()
        if not self.records and not self.reports.faults:
            return
        unit = self.outcome.unit = self.into.next_unit()
        context = self.into.context(unit, self.locked)
        schema = self.into.store.schema
        context.unit.begin(self.connection, schema)
        if self.records:
            merged = self._merge_all(context)
        self._report(merged)
        outcome = self.outcome
        outcome.counters = merged.counters
        outcome.merged = len(self.records) - len(self.refused)
        outcome.dead_letters = len(self.reports.dead)
        outcome.rejected = outcome.dead_letters - outcome.reused
        self.reports.write(
            self.connection, schema, unit, self.locked.at, max_value_bytes=self.into.rules.max_record_bytes
        )
        self.into.store.advance_positions(self.connection, unit, merged.served)
        context.unit.finish(self.connection, schema, outcome.receipt)

    def _report(self, merged: _Merged) -> None:
        for number, faults in sorted(self.refused.items()):
            self.reports.reject(self.records[number].message, faults)
        if self.refused:
            self.into.remembered.forget(self.connection, [self.records[number] for number in self.refused])
        for number, record in self.records.items():
            if record.tree and record.tree.notes and number not in self.refused:
                merged.notes += [(record.message, note) for note in record.tree.notes]
        for first, numbers in self.later.items():
            counts = next((one for one in (first, *numbers) if one in self.records and one not in self.refused), None)
            if counts is None:
                continue
            record = self.batch.records[counts]
            if counts != first:
                self.into.remembered.remember(self.connection, {counts: record}, self.locked.at)
            for again in numbers:
                if again not in self.records:
                    same = FirstRecord(record.digest, record.message.origin)
                    self.chosen.report_repeated(self.batch.records[again], same)
        self.reports.faults += merged.notes

    def _merge_all(self, context: MergeContext) -> _Merged:
        """Merges all records. Where one is refused whose recordId came once more in the batch, with that one."""
        self.numbering = Numbering(self.batch.records, self.into.company)
        while True:
            merged = _Merged()
            if not self.later:
                self._merge(sorted(self.records), context, merged)
                return merged
            with self.connection.begin_nested() as savepoint:
                self._merge(sorted(self.records), context, merged)
                again = self._next_of_refused()
                if again:
                    savepoint.rollback()
            if not again:
                return merged
            self.records |= {number: self.batch.records[number] for number in again}

    def _next_of_refused(self) -> list[int]:
        found = []
        for first, numbers in self.later.items():
            tried = [one for one in (first, *numbers) if one in self.records]
            if all(one in self.refused for one in tried) and len(tried) <= len(numbers):
                found.append(numbers[len(tried) - 1])
        return found

    def _merge(self, numbers: Sequence[int], context: MergeContext, merged: _Merged) -> None:
        for _ in range(_ROUNDS):
            left = [number for number in numbers if number not in self.refused]
            if not left:
                return
            self._count_try()
            try:
                with self.connection.begin_nested() as savepoint:
                    tried = self._try(left, context)
                    if tried.partial:
                        savepoint.rollback()
            except ObjectsRefused as fault:
                for one, reason in fault.reasons.items():
                    of_record = self.refused.setdefault(self.numbering.record_of_object(one), [])
                    of_record.append(Fault("ROW_QUARANTINED", reason=reason))
                continue
            except EtlError as fault:
                if not self._may_be_a_record(fault):
                    raise
                if len(left) == 1:
                    self.refused[left[0]] = [Fault("ROW_QUARANTINED", reason=fault.server_message or str(fault))]
                    return
                _log.info("a batch of %d records is halved: %s", len(left), fault)
                break
            if not tried.partial:
                self.refused |= tried.refused
                merged.add(tried.merged)
                return
            self.refused |= self._final(tried)
        left = [number for number in numbers if number not in self.refused]
        middle = len(left) // 2
        for part in (left[:middle], left[middle:]) if middle else (left,):
            self._merge(part, context, merged)

    def _count_try(self) -> None:
        self.tries += 1
        if self.tries > _TRIES and len(self.batch.records) > SMALL_BATCH:
            raise TooManyTries("too many records of the batch are refused")

    def _final(self, tried: _Round) -> dict[int, list[Fault]]:
        """The refusals that no other record can have caused which takes no part the next time."""
        first = min(tried.partial)
        touched = {row.shape for number in tried.partial for row in self.batch.records[number].staged.objects}
        return {
            number: faults
            for number, faults in tried.refused.items()
            if number <= first or not all(self._depends(fault, touched) for fault in faults)
        }

    def _depends(self, fault: Fault, touched: Collection[ObjectShape]) -> bool:
        """Whether records that gave objects of the shapes `touched`, and are left out, may have caused a fault."""
        if fault.code not in _DEPENDENT:
            return False
        shape = self.into.company.shapes.get(fault.bo)
        link = shape.links.get(fault.field or "") if shape else None
        codes = {fault.bo} if link is None else set(link.members)
        return any(one.code in codes or one.bo.category is Category.DICTIONARY for one in touched)

    def _may_be_a_record(self, fault: EtlError) -> bool:
        # Another transaction may have written the same unique value: then the second try sees it.
        return is_data_error(fault) and (self.is_second_try or fault.sqlstate != "23505")

    def _try(self, numbers: Sequence[int], context: MergeContext) -> _Round:
        tried = _Round()
        refused_objects: dict[int, int] = {}
        numbering = self.numbering
        by_shape, links = numbering.parts(numbers)
        older = [n for n in numbers if self.batch.records[n].message.origin in self.resent] if self.resent else []
        trees = [self.batch.records[number].tree for number in numbers]
        files = [file for tree in trees if tree for file in tree.files or ()]
        if files:
            counters, expired = store_files(self.connection, files, self.into.company.company, context)
            tried.merged.counters["in_fileStorage"] = counters
            tried.merged.notes += [(None, fault) for fault in expired]
        changed: set[str] = set()
        for number, shape in enumerate(sorted(by_shape, key=self.into.company.order)):
            done = merge_objects(
                self.connection,
                by_shape[shape],
                numbering.object_row,
                context,
                keep_instances=bool(links),
                is_first=number == 0,
                older=[n for n, _ in by_shape[shape] if numbering.record_of_object(n) in older] if older else (),
            )
            tried.merged.counters[f"in_{shape.code}"] = done.counters
            if any(done.counters.get(name) for name in ("created", "changed", "removed", "aliased")):
                changed.add(shape.code)
            self._take_object_faults(tried, done.rejected, done.faults, refused_objects)
        near = self.fields.near(changed) if changed else []
        done_links = merge_batch_links(
            self.connection, links, self.fields, near, context, row_of=numbering.link_row, older=older
        )
        for table, counters in done_links.counters.items():
            tried.merged.counters[table] = counters
        tried.merged.served |= set(done_links.served)
        tried.merged.notes += done_links.waited
        for number, fault in done_links.faults:
            if (record := numbering.record_of_link(number)) not in tried.refused:
                _, owner = numbering.link_row(number)
                tried.refused[record] = [replace(fault, external_id=owner.external_id)]
                tried.partial.add(record)
        tried.partial |= {
            number for number, rows in refused_objects.items() if rows < len(self.batch.records[number].staged.objects)
        }
        tried.merged.notes += [
            (self.batch.records[number].message, fault) for number, fault in tried.notes if number not in tried.refused
        ]
        return tried

    def _take_object_faults(
        self,
        tried: _Round,
        rejected: Sequence[int],
        faults: Sequence[tuple[int, Fault]],
        refused_objects: dict[int, int],
    ) -> None:
        owners = {one: self.numbering.record_of_object(one) for one in (*rejected, *(of for of, _ in faults))}
        refused = {owners[one] for one in rejected}
        for one in rejected:
            refused_objects[owners[one]] = refused_objects.get(owners[one], 0) + 1
        for one, fault in faults:
            number = owners[one]
            if fault.severity != "error":
                tried.notes.append((number, fault))
            elif number in refused:
                tried.refused.setdefault(number, []).append(fault)
        for number in refused:
            tried.refused.setdefault(number, [Fault("ROW_QUARANTINED", reason="the merge does not say why")])
