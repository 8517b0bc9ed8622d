"""The two loads: what the partner sent, what the reading made of it, and what the output wrote."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from etl.database import Connection, SqlTemplates, fetch_all, transaction
from etl.demo.kafka.records import Messages, first_records, second_records
from etl.demo.kafka.topics import DemoTopics
from etl.demo.stage import Stage
from etl.engine import Runtime
from etl.engine.kafka_in import RecordReading
from etl.engine.kafka_out.outputs import write_outputs
from etl.engine.preparation import prepare_without_import
from etl.engine.record_batches import record_store_of, show_batches
from etl.errors import EnvironmentFault
from etl.kafka import Admin, Partition, Producer, read_to_end
from etl.merge.references import waiting_links
from etl.sources.kafka.outbox import Outbox
from etl.sources.kafka.record_store import RecordStore
from etl.sources.kafka.rules import rules_of

_sql = SqlTemplates(__package__)

_READ_SECONDS: Final = 120.0
_POLL_SECONDS: Final = 0.05
_STOP_SECONDS: Final = 5.0
_OUTPUT: Final = "out"


@dataclass(frozen=True)
class Rejected:
    code: str
    path: str
    value: str | None
    message: str
    offset: str


@dataclass
class RecordLoad:
    """One load: messages by kind, batches that merged them, records by what became of them (`records`), instances and
    links by table (`tables`), rejected records, links that wait, and records that the output wrote."""

    title: str
    sent: tuple[tuple[int, str], ...]
    seconds: float = 0.0
    batches: int = 0
    records: dict[str, int] = field(default_factory=dict)
    tables: dict[str, dict[str, int]] = field(default_factory=dict)
    rejected: tuple[Rejected, ...] = ()
    waiting: tuple[dict[str, Any], ...] = ()
    written: int = 0


def loads(stage: Stage, topics: DemoTopics) -> Iterator[RecordLoad]:
    """The two loads, each performed when it is iterated; records are read beside them, by the service's own code.

    Raises EnvironmentFault when no broker answers, or what was sent is not read in time.
    """
    runtime = stage.runtime
    prepare_without_import(runtime)
    write_outputs(runtime)  # from here on changes are written
    with _reading(runtime, stage.environ) as reading:
        yield _load(runtime, topics, reading, "First load", tuple(first_records()))
        yield _load(runtime, topics, reading, "Second load: changes and corrections", tuple(second_records()))


def written_records(topics: DemoTopics) -> list[dict[str, Any]]:
    found = read_to_end(topics.connection, Partition(topics.written, 0))
    return [json.loads(one.value) for one in found if one.value]


@contextmanager
def _reading(runtime: Runtime, environ: Mapping[str, str]) -> Iterator[RecordReading]:
    reading = RecordReading(runtime.settings, runtime.company, environ, lambda: None)  # outputs are written below
    reading.start()
    try:
        yield reading
    finally:
        reading.end()
        reading.join(_STOP_SECONDS)


def _load(
    runtime: Runtime, topics: DemoTopics, reading: RecordReading, title: str, sent: tuple[Messages, ...]
) -> RecordLoad:
    into = record_store_of(runtime, rules_of(runtime.settings.kafka.in_migration))
    before = _newest_unit(into)
    begun = time.monotonic()
    with Producer(topics.connection) as producer:
        for one in sent:
            for key, value in one.messages:
                producer.send(topics.read, key.encode(), value)
    _wait_until_read(into, topics, reading)
    load = RecordLoad(title, tuple((len(one.messages), one.what) for one in sent), time.monotonic() - begun)
    show_batches(runtime)
    load.written = write_outputs(runtime)[_OUTPUT].records
    with transaction(into.engine) as connection:
        _add_receipts(connection, into, load, before)
        found = waiting_links(connection, runtime.company, into.store.schema, into.rules.reference_expiry_minutes)
    load.waiting = tuple(vars(one) for one in found)
    return load


def _wait_until_read(into: RecordStore, topics: DemoTopics, reading: RecordReading) -> None:
    """Until all records are merged and all dead letters are sent."""
    with Admin(topics.connection) as admin:
        ends = {one: high for one, (_, high) in admin.bounds(topics.partitions).items()}
    deadline = time.monotonic() + _READ_SECONDS
    while not _is_read(into, ends):
        if reading.failed:
            raise reading.failed
        if time.monotonic() > deadline:
            raise EnvironmentFault(f"records were not read within {_READ_SECONDS:.0f} seconds: is the broker there?")
        time.sleep(_POLL_SECONDS)


def _is_read(into: RecordStore, ends: Mapping[Partition, int]) -> bool:
    with transaction(into.engine) as connection:
        read = {Partition(*one.partition): one.next_offset for one in into.positions.all(connection)}
        return all(read.get(one, 0) >= end for one, end in ends.items()) and not Outbox(into.store.schema).unsent(
            connection
        )


def _newest_unit(into: RecordStore) -> int:
    with transaction(into.engine) as connection:
        [row] = fetch_all(connection, _sql("newest_unit", store_schema=into.store.schema))
    return int(row.number)


def _add_receipts(connection: Connection, into: RecordStore, load: RecordLoad, before: int) -> None:
    for row in fetch_all(connection, _sql("receipts", store_schema=into.store.schema), {"before": before}):
        load.batches += 1
        for table, counts in row.receipt.items():
            sums = load.records if table == "records" else load.tables.setdefault(table, {})
            for name, rows in counts.items():
                sums[name] = sums.get(name, 0) + rows
    load.tables = {table: load.tables[table] for table in sorted(load.tables)}
    rejected = fetch_all(connection, _sql("rejected", store_schema=into.store.schema), {"before": before})
    load.rejected = tuple(
        Rejected(row.code, row.path, row.value, row.message, f"{row.partition}/{row.record_offset}") for row in rejected
    )
