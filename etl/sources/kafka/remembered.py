"""Remembered recordIds: a record that a partner sends twice is merged once, while its id is remembered."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from etl.database import Connection, SqlTemplates, execute, fetch_all
from etl.sources.kafka.reading import Record

_sql = SqlTemplates(__package__)


@dataclass(frozen=True)
class Known:
    """A recordId that was merged before: the digest of its content, and from where it came ("" if it is not known)."""

    digest: int
    origin: str


@dataclass(frozen=True)
class RememberedRecords:
    """The remembered recordIds of a store's schema."""

    schema: str

    def remember(self, connection: Connection, records: Mapping[int, Record], at: datetime) -> dict[int, Known]:
        """Notes the ids of numbered records, of which no two have one id; returns those that are known already."""
        listed = [(number, record) for number, record in records.items() if record.record_id is not None]
        if not listed:
            return {}
        values = {
            "numbers": [number for number, _ in listed],
            "topics": [record.message.topic for _, record in listed],
            "record_ids": [record.record_id for _, record in listed],
            "digests": [record.digest for _, record in listed],
            "partitions": [record.message.partition for _, record in listed],
            "offsets": [record.message.offset for _, record in listed],
            "at": at,
        }
        rows = fetch_all(connection, _sql("remember_records", schema=self.schema), values)
        return self._known(connection, {row.number: records[row.number] for row in rows})

    def _known(self, connection: Connection, records: Mapping[int, Record]) -> dict[int, Known]:
        if not records:
            return {}
        values = {
            "numbers": list(records),
            "topics": [record.message.topic for record in records.values()],
            "record_ids": [record.record_id for record in records.values()],
        }
        rows = fetch_all(connection, _sql("known_records", schema=self.schema), values)
        found = {
            row.number: Known(row.digest, f"{records[row.number].message.topic}/{row.partition}/{row.record_offset}")
            for row in rows
        }
        # One that was cleaned between the two statements was known all the same.
        return {number: found.get(number, Known(record.digest, "")) for number, record in records.items()}

    def forget(self, connection: Connection, records: Iterable[Record]) -> None:
        """Forgets the ids of records that were not merged, or are to be merged once more."""
        listed = [record for record in records if record.record_id is not None]
        if listed:
            values = {
                "topics": [record.message.topic for record in listed],
                "record_ids": [record.record_id for record in listed],
            }
            execute(connection, _sql("forget_records", schema=self.schema), values)

    def clean(self, connection: Connection, *, hours: int, limit: int) -> int:
        """Forgets what was merged longer ago, at most `limit`; returns how many."""
        return execute(connection, _sql("clean_records", schema=self.schema), {"hours": hours, "limit": limit})
