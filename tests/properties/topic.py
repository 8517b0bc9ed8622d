"""Batches of a topic: the records that a partner sends, merged as by a worker, and what the model says of them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from etl.database import transaction
from etl.engine import undo
from etl.engine.record_batches import merge_batch_with_retry, record_store_of
from etl.retry import RetryPolicy
from etl.runs import backoffs_of
from etl.sources.kafka.message import Message, Partition
from etl.sources.kafka.outcome import BatchOutcome
from etl.sources.kafka.positions import HeldPartition
from etl.sources.kafka.reading import read_batch
from etl.sources.kafka.record_store import SOURCE_NAME, RecordStore
from etl.sources.kafka.rules import RecordRules
from tests.fix_company import STORE
from tests.properties.model.records import Record, RecordLink, merge_record_links
from tests.properties.orders import Part, link_table, object_parts
from tests.properties.two_sources import BY_NAME, FIELDS, LINKS, Batch
from tests.properties.two_sources_site import SiteUnderTest

_PARTITION = Partition("things", 0)


def as_records(drawn: Batch) -> Batch:
    """The same with a record for each owner of links, which makes the owner where it is not there."""
    named = {one.in_id for one in drawn.records["Claim"]}
    owners = dict.fromkeys(one.owner for links in drawn.links.values() for one in links)
    more = [Record(owner, {}) for owner in owners if owner not in named]
    return replace(drawn, records={**drawn.records, "Claim": [*drawn.records["Claim"], *more]})


def record_parts(one: Batch) -> list[Part]:
    """What the model does of a batch: patches, folded field by field; then links, and all that waits is looked up."""

    def links(name: str) -> Part:
        given = one.links.get(name, [])
        return lambda world: merge_record_links(world, link_table(world, name), given, one.at, 0)

    return [*object_parts(one), *map(links, LINKS)]


def _value(value: Any) -> str | None:
    return None if value is None else str(value)


def _item(name: str, link: RecordLink) -> dict[str, Any]:
    is_named = link.target.startswith(BY_NAME)
    item = {
        "fieldCode": name,
        "toFieldCode": "Name" if is_named else "externalId",
        "apiValue": link.target.removeprefix(BY_NAME),
    }
    return item | ({"unlink": True} if link.removed else {})


def _sent(bo: str, one: Record, links: Sequence[dict[str, Any]]) -> dict[str, Any]:
    fields = [{"code": code, "apiValue": _value(value)} for code, value in one.given.items()]
    found = {"boCode": bo, "externalId": one.in_id, "fields": fields, "boFields": links}
    return found | ({"state": one.state} if one.state else {})


@dataclass
class TopicUnderTest(SiteUnderTest):
    """A site whose batches are records of a topic."""

    offset: int = 0
    held: list[HeldPartition] = field(default_factory=list)

    def merge(self, one: Batch) -> int:
        """A batch, tried again when it meets the run; it comes again, as after a lost answer. Returns its number."""
        into = record_store_of(self.runtime, RecordRules())
        if not self.held:
            with transaction(self.runtime.store_engine) as connection:
                self.held = into.positions.take(connection, {_PARTITION: 0}, "test")
        places = [(bo, record) for bo, records in one.records.items() for record in records]
        messages = [self._message(bo, record, one) for bo, record in places]
        outcome = self._merged(into, messages)
        assert outcome.unit is not None
        rejected = {
            row["record_offset"]
            for row in self.site.look(
                f"select record_offset from {STORE}.kafka_dead_letter where unit = {outcome.unit}"
            )
        }
        for bo in FIELDS:
            self.accepted[bo] = [
                message.offset not in rejected for (its, _), message in zip(places, messages, strict=True) if its == bo
            ]
        again = self._merged(into, messages)
        assert (again.unit, again.merged, again.skipped) == (None, 0, len(messages))
        origins = {(bo, message.origin) for (bo, _), message in zip(places, messages, strict=True)}
        origins |= {("link", message.origin) for message in messages}
        self.origins[outcome.unit] = (SOURCE_NAME, "batch", origins)
        self.waited |= {one for one in origins if one[0] == "link"}
        return outcome.unit

    def _message(self, bo: str, record: Record, one: Batch) -> Message:
        links = [
            _item(name, link)
            for name, its in one.links.items()
            for link in its
            if bo == "Claim" and link.owner == record.in_id
        ]
        value = json.dumps({**_sent(bo, record, links), "recordId": f"r{self.offset}"}).encode()
        self.offset += 1
        return Message(*_PARTITION, self.offset - 1, b"key", value)

    def _merged(self, into: RecordStore, messages: Sequence[Message]) -> BatchOutcome:
        policy = RetryPolicy(lambda fault: backoffs_of(fault, outage_seconds=1), wait=lambda _: True)
        return merge_batch_with_retry(into, read_batch(messages, into.company), self.held, policy)

    def undo(self, unit: int) -> int:
        number = undo(self.runtime, unit).as_run
        self.origins[number] = (self.origins[unit][0], "undo", set())
        return number
