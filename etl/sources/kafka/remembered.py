"""Remembered recordIds: a record that a partner sends twice is merged once, while its id is remembered."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from etl.database import Connection, SqlTemplates, copy_lines, execute, fetch_all
from etl.sources.kafka.reading import Record
from etl.sources.kafka.staged import column

_sql = SqlTemplates(__package__)


@dataclass(frozen=True)
class FirstRecord:
    """A recordId that was merged before: the digest of its content, and from where it came ("" if it is not known)."""

    digest: int
    origin: str


@dataclass(frozen=True)
class RememberedRecords:
    schema: str

    def remember(self, connection: Connection, records: Mapping[int, Record], at: datetime) -> dict[int, FirstRecord]:
        """Notes the ids of numbered records, of which no two have one id; returns those that are known already."""
        if all(record.record_id is None for record in records.values()):
            return {}
        execute(connection, _sql("create_given_records"))
        copy_lines(connection, _sql("copy_given_records"), _lines(records))
        [counted] = fetch_all(connection, _sql("remember_records", schema=self.schema), {"at": at})
        rows = fetch_all(connection, _sql("known_records", schema=self.schema), {"at": at}) if counted.known else []
        execute(connection, _sql("drop_given_records"))
        return {row.number: _known(row, records[row.number]) for row in rows}

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


def _lines(records: Mapping[int, Record]) -> Iterator[str]:
    for number, record in records.items():
        if (record_id := record.record_id) is not None:
            one = record.message
            yield f"{number}\t{one.topic}\t{column(record_id)}\t{record.digest}\t{one.partition}\t{one.offset}\n"


def _known(row: Row[Any], record: Record) -> FirstRecord:
    if row.digest is None:  # cleaned between the two statements
        return FirstRecord(record.digest, "")
    return FirstRecord(row.digest, f"{record.message.topic}/{row.partition}/{row.record_offset}")
