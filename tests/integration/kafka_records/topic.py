"""A topic without a broker: its messages are given to the reading and the merging of batches, as a worker would."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from msgspec import structs

from etl.database import transaction
from etl.engine import Runtime
from etl.engine.record_batches import merge_batch_with_retry, record_store_of
from etl.retry import RetryPolicy
from etl.runs import backoffs_of
from etl.sources.kafka.message import Message, Partition, Resent
from etl.sources.kafka.outcome import BatchOutcome
from etl.sources.kafka.positions import HeldPartition
from etl.sources.kafka.reading import read_batch
from etl.sources.kafka.record_store import RecordStore
from etl.sources.kafka.rules import RecordRules
from tests.fix_company import STORE, Row, Site

EXAMPLES = Path(__file__).parents[2] / "data" / "guide_records"
TOPIC = "demo"


def example(name: str) -> dict[str, Any]:
    """A JSON example of the vendor's guide; `{...}`, which is no JSON, is an empty object."""
    text = (EXAMPLES / f"{name}.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text.replace("{...}", "{}"))
    return found


def record(bo: str, external_id: str | None = None, **given: Any) -> dict[str, Any]:
    """A record that gives these fields. Of the vendor's keys `id`, `record_id`, `state` and `links` (boFields)."""
    keys = {"id": "id", "record_id": "recordId", "state": "state", "links": "boFields"}
    found: dict[str, Any] = {"boCode": bo, "externalId": external_id}
    found |= {keys[key]: given.pop(key) for key in list(given) if key in keys}
    return found | {"fields": [{"code": code, "apiValue": value} for code, value in given.items()]}


def link(field: str, value: str, to: str = "externalId", **more: Any) -> dict[str, Any]:
    """An item of boFields in the standard form."""
    return {"fieldCode": field, "toFieldCode": to, "apiValue": value, **more}


def nest(field: str, inner: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An item of boFields in the recursive form."""
    return {"fieldCode": field, "boiInput": inner, **more}


@dataclass(repr=False)
class Topic:
    """One partition of a topic and the store where it goes."""

    site: Site
    runtime: Runtime
    rules: RecordRules = field(default_factory=RecordRules)
    name: str = TOPIC
    number: int = 0
    offset: int = 0
    held: list[HeldPartition] = field(default_factory=list)

    @property
    def into(self) -> RecordStore:
        return record_store_of(self.runtime, self.rules)

    @property
    def partition(self) -> Partition:
        return Partition(self.name, self.number)

    def take(self, owner: str = "test") -> list[HeldPartition]:
        """Becomes the owner of the partition."""
        with transaction(self.runtime.store_engine) as connection:
            self.held = self.into.positions.take(connection, {self.partition: 0}, owner)
        return self.held

    def messages(self, *records: Any) -> list[Message]:
        """The next messages of the partition: objects as JSON, bytes as they are, None without a value."""
        found = []
        for one in records:
            value = one if one is None or isinstance(one, bytes) else json.dumps(one, ensure_ascii=False).encode()
            found.append(Message(self.name, self.number, self.offset, b"key", value, 1_700_000_000_000 + self.offset))
            self.offset += 1
        return found

    def sent_back(self, offset: int, given: dict[str, Any], attempt: int = 2) -> Message:
        """The record that was rejected at an offset, as the next message of the partition."""
        [message] = self.messages(given)
        return structs.replace(message, resent=Resent(attempt, self.number, offset))

    def send(self, *records: Any, **options: Any) -> BatchOutcome:
        """Merges records as one batch."""
        return self.merge(self.messages(*records), **options)

    def merge(self, messages: Sequence[Message], **options: Any) -> BatchOutcome:
        """Merges messages as one batch."""
        held = self.held or self.take()
        into = self.into
        policy = RetryPolicy(lambda fault: backoffs_of(fault, outage_seconds=1))
        return merge_batch_with_retry(into, read_batch(messages, into.company), held, policy, **options)

    @contextmanager
    def with_rules(self, **changed: Any) -> Iterator["Topic"]:
        """The same under other rules, for a while."""
        before = self.rules
        self.rules = replace(self.rules, **changed)
        try:
            yield self
        finally:
            self.rules = before

    def stored(self, bo: str, columns: str = "*") -> dict[str, Row]:
        """External id (or id, without one) -> instance."""
        rows = self.site.look(f"select _id, _in_id, _state, {columns} from {STORE}.bo_{bo}")
        return {row["_in_id"] or row["_id"]: row for row in rows}

    def values(self, bo: str, columns: str) -> dict[str, tuple[Any, ...]]:
        """External id -> the values of columns."""
        rows = self.site.look(f"select _in_id, {columns} from {STORE}.bo_{bo}")
        return {row.pop("_in_id"): tuple(row.values()) for row in rows}

    def links(self, bo: str, field: str) -> set[tuple[str, str]]:
        """(owner, target) by external ids."""
        names = [
            row["tablename"]
            for row in self.site.look(
                "select tablename from pg_tables where schemaname = 'store_demo' and tablename like 'bo\\_%' "
                "and tablename <> 'boi_reference'",
                at=self.site.store_database,
            )
        ]
        targets = " union all ".join(f"select _id, coalesce(_in_id, _id) as called from {STORE}.{one}" for one in names)
        rows = self.site.look(
            f"with every as ({targets}) select o.called as owner, t.called as target from {STORE}.link_{bo}_{field} l "
            "join every o on o._id = l._owner join every t on t._id = l._target"
        )
        return {(row["owner"], row["target"]) for row in rows}

    def waiting(self) -> list[tuple[str, str, str, str, str]]:
        """(object, field, member, field of the target, value) of the links that wait."""
        rows = self.site.look(
            f"select bo, field, target_bo, target_field, target_value from {STORE}.boi_reference order by 1, 2, 3, 4, 5"
        )
        return [tuple(row.values()) for row in rows]

    def faults(self, severity: str = "error") -> list[tuple[int | None, str, str | None]]:
        """(offset, code, path) of err, in the order of the messages."""
        rows = self.site.look(
            f"select record_offset, code, path from {STORE}.err where severity = %s order by run, id", [severity]
        )
        return [tuple(row.values()) for row in rows]

    def dead(self) -> list[tuple[int, str]]:
        """(offset, code) of the dead letters."""
        rows = self.site.look(f"select record_offset, code from {STORE}.kafka_dead_letter order by id")
        return [tuple(row.values()) for row in rows]

    def next_offset(self) -> int:
        return int(self.site.value(f"select next_offset from {STORE}.kafka_position where partition = {self.number}"))
