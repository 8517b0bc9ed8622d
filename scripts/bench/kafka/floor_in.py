"""The floor of records in: parsed by msgspec, copied in binary, merged by hand-written statements; no more than that.

    python -m scripts.bench.kafka.floor_in DSN SERVERS TOPIC END [narrow]

Says `ready`, merges until the offsets of the partitions sum up to END, and prints what it took as JSON.
"""

import json
import os
import re
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

import msgspec
import psycopg
from confluent_kafka import Consumer, Message, TopicPartition

from scripts.bench.engine import peak_bytes
from scripts.bench.kafka.feed import PARTITIONS

BATCH = 25_000
_SQL = Path(__file__).parent / "sql"
_CALL_SECONDS = 0.1
_CODES = ("Surname", "Name", "Patronymic", "Email", "Balance", "Credit_limit", "Born_at", "Vip")
_KNOWN = frozenset(_CODES)
_TYPES = ("int4", "int4", "int8", "text", "int8", "text", *("text" for _ in _CODES), "text")
_COPY = (
    "copy stage (number, partition, record_offset, record_id, digest, in_id, surname, name, patronymic, email, "
    "balance, credit_limit, born_at, vip, branch) from stdin (format binary)"
)


class Item(msgspec.Struct, rename="camel", gc=False, omit_defaults=True):
    """A value."""

    code: str
    api_value: str | None = None


class Link(msgspec.Struct, rename="camel", gc=False, omit_defaults=True):
    """A link by its target's unique field."""

    field_code: str
    to_bo_code: str | None = None
    to_field_code: str | None = None
    api_value: str | None = None


class NarrowRecord(msgspec.Struct, rename="camel", gc=False):
    """A client as a sink takes it: what else the record says is passed over."""

    external_id: str
    record_id: str | None
    fields: list[Item]
    bo_fields: list[Link]


class Record(msgspec.Struct, rename="camel", gc=False, omit_defaults=True):
    """A client, with all that the format says of one."""

    bo_code: str
    external_id: str
    record_id: str | None = None
    id: str | None = None
    fields: list[Item] = []
    bo_fields: list[Link] = []
    unchanged_unique_fields: list[Item] = []
    state: str | None = None

    def check(self) -> None:
        """Refuses what the statements would take for something else."""
        if self.bo_code != "Client" or self.id is not None or self.state != "ACTUAL" or self.unchanged_unique_fields:
            raise ValueError(f"no plain client: {self}")
        if not _KNOWN.issuperset([one.code for one in self.fields]):
            raise ValueError(f"unknown fields: {self}")
        for one in self.bo_fields:
            if one.field_code != "Branch" or one.to_field_code != "Code" or one.to_bo_code is not None:
                raise ValueError(f"no link to a branch by its code: {self}")


def read_statements(name: str) -> list[tuple[str, str]]:
    """(name, statement) of each step of a script; `-- step` names them."""
    parts = re.split(r"^-- step (.+)\n", (_SQL / name).read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return [(name, text.strip().rstrip(";")) for name, text in zip(parts[::2], parts[1::2], strict=True)]


class Floor:
    """One session and its consumer."""

    def __init__(self, session: psycopg.Connection, servers: str, topic: str, script: str) -> None:
        self._session, self._topic = session, topic
        self._steps = read_statements(f"floor_{script}.sql")
        self._is_whole = script != "narrow"
        self._decode = msgspec.json.Decoder(Record).decode
        self._decode_narrow = msgspec.json.Decoder(NarrowRecord).decode
        session.execute("set work_mem = '256MB'")
        session.execute("set jit = off")
        session.execute(read_statements("floor_stage.sql")[0][1])
        for partition in range(PARTITIONS):
            session.execute(
                "insert into store_bench.kafka_position (topic, partition, next_offset, token, owner) "
                "values (%s, %s, 0, 1, 'floor') on conflict do nothing",
                [topic, partition],
            )
        rows = session.execute(
            "select partition, next_offset from store_bench.kafka_position where topic = %s", [topic]
        ).fetchall()
        session.commit()
        self.offsets: dict[int, int] = dict(rows)
        self._consumer = Consumer(
            {"bootstrap.servers": servers, "group.id": "floor", "enable.auto.commit": False, "log_level": 0}
        )
        self._places = [TopicPartition(topic, partition, offset) for partition, offset in rows]
        self._consumer.assign(self._places)

    def run(self, end: int) -> None:
        """Merges batches until the end is reached."""
        while sum(self.offsets.values()) < end:
            messages = self._next(end)
            self._merge(messages)

    def _next(self, end: int) -> list[Message]:
        messages: list[Message] = []
        while len(messages) < BATCH:
            messages += self._consumer.consume(BATCH - len(messages), _CALL_SECONDS)
            # Ends of transactions count too.
            for one in self._consumer.position(self._places):
                if one.offset >= 0:
                    self.offsets[one.partition] = one.offset
            if sum(self.offsets.values()) >= end:
                break
        return messages

    def _merge(self, messages: Sequence[Message]) -> None:
        session = self._session
        values: dict[str, Any] = {"topic": self._topic, "prefix": f"{self._topic}/"}
        values |= {"partitions": list(self.offsets), "offsets": list(self.offsets.values())}
        with session.cursor() as cursor:
            cursor.execute("truncate stage")
            with cursor.copy(_COPY) as copy:
                copy.set_types(_TYPES)
                for row in self._rows(messages):
                    copy.write_row(row)
            values["rows"] = len(messages)
            for name, statement in self._steps:
                if not _is_needed(name, values):
                    continue
                cursor.execute(statement, values)
                if cursor.description:
                    [values[name]] = cursor.fetchone() or [None]
                if name == "several" and values[name]:
                    raise ValueError("several records of one instance: they have to be folded")
                if name == "repeated":
                    values["rows"] = len(messages) - cursor.rowcount
        session.commit()

    def _rows(self, messages: Iterable[Message]) -> Iterable[tuple[object, ...]]:
        decode, decode_narrow, is_whole = self._decode, self._decode_narrow, self._is_whole
        encode = msgspec.json.Encoder().encode
        for number, message in enumerate(messages):
            value = message.value() or b""
            record: Record | NarrowRecord
            content = value
            if is_whole:
                record = decode(value)
                record.check()
                content = encode(record)
            else:
                record = decode_narrow(value)
            given = {one.code: one.api_value for one in record.fields}.get
            links = record.bo_fields
            digest = int.from_bytes(blake2b(content, digest_size=8).digest(), "big", signed=True)
            yield (
                number,
                message.partition(),
                message.offset(),
                record.record_id,
                digest,
                record.external_id,
                *map(given, _CODES),
                links[0].api_value if links else None,
            )


def _is_needed(step: str, values: Mapping[str, Any]) -> bool:
    """Most steps are not, where all records are known, or all instances, or none is."""
    if step == "repeated":
        return bool(values["remember"] < values["rows"])
    if step in ("lock", "remember", "upsert", "advance"):
        return True
    if not values["rows"] or (step.endswith(" known") and not values["known"]):
        return False
    return step != "create" or bool(values["known"] < values["rows"])


def main(dsn: str, servers: str, topic: str, end: str, script: str = "in") -> None:
    with psycopg.connect(dsn, cursor_factory=psycopg.ClientCursor) as session:
        floor = Floor(session, servers, topic, script)
        print("ready", flush=True)
        worked = time.process_time()
        floor.run(int(end))
        ended = time.monotonic()
        used = time.process_time() - worked
    peak = peak_bytes(os.getpid())
    print(json.dumps({"ended": ended, "cpu_seconds": used, "rss_bytes": peak}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
