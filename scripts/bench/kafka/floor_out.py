"""The floor of changes out: columns by a cursor of the server, JSON by orjson, transactions of Kafka with progress.

    python -m scripts.bench.kafka.floor_out DSN SERVERS TOPIC AFTER

AFTER: the first transaction whose changes are written. Prints what it took as JSON.
"""

import json
import os
import sys
import time
from collections.abc import Iterator
from typing import Any

import orjson
import psycopg
from confluent_kafka import Producer

from scripts.bench.company import CODE
from scripts.bench.engine import peak_bytes
from scripts.bench.kafka.floor_in import read_statements

RECORDS = 50_000
_ROWS = 5_000
_SECONDS = 60.0
_HEADERS: list[tuple[str, str | bytes | None]] = [("content-type", b"application/json"), ("etl-company", CODE.encode())]
_CODES = ("Surname", "Name", "Patronymic", "Email", "Balance", "Credit_limit", "Born_at", "Vip")


def write(session: psycopg.Connection, notes: psycopg.Connection, servers: str, topic: str, after: str) -> None:
    """Writes a record of each client that was changed; `notes`: a session for the position."""
    (_, read), (_, move) = read_statements("floor_out.sql")
    notes.execute(
        "insert into store_bench.kafka_output (name, journal_position, place, token) "
        "values ('floor', pg_current_snapshot(), '', 1)"
    )
    notes.commit()
    producer = Producer(
        {
            "bootstrap.servers": servers,
            "transactional.id": f"floor-{topic}",
            "acks": "all",
            "compression.type": "lz4",
            "partitioner": "murmur2_random",
            "log_level": 0,
        }
    )
    producer.init_transactions(_SECONDS)
    step, records = 0, 0
    for rows in _blocks(session, read, after):
        if not records:
            producer.begin_transaction()
        for row in rows:
            _send(producer, topic, f"Client:{row[0]}".encode(), _record(row, f"floor-{step}"))
        producer.poll(0)
        records += len(rows)
        if records >= RECORDS or len(rows) < _ROWS:
            step += 1
            producer.produce(f"{topic}.progress", orjson.dumps({"step": step, "after": rows[-1][0]}), b"floor")
            producer.commit_transaction(_SECONDS)
            notes.execute(move, {"step": step, "records": records})
            notes.commit()
            records = 0
    if records:
        producer.commit_transaction(_SECONDS)


def _blocks(session: psycopg.Connection, read: str, after: str) -> Iterator[list[tuple[Any, ...]]]:
    with session.cursor() as plain:
        statement = psycopg.ClientCursor(session).mogrify(read, {"after": after})
        plain.execute("set work_mem = '256MB'")
        plain.execute("set jit = off")
    with session.cursor(name="floor") as cursor:
        cursor.execute(statement)
        while rows := cursor.fetchmany(_ROWS):
            yield rows


def _send(producer: Producer, topic: str, key: bytes, value: bytes) -> None:
    while True:
        try:
            producer.produce(topic, value, key, headers=_HEADERS)
            return
        except BufferError:
            producer.poll(0.1)


def _record(row: tuple[Any, ...], position: str) -> bytes:
    instance, external_id, state, at, is_new, before, *values, codes = row
    changed = {name for image in before for name in image} if before else ()
    return orjson.dumps(
        {
            "recordId": f"{position}-{instance}",
            "externalId": external_id,
            "id": instance,
            "boCode": "Client",
            "fields": [
                {"code": code, "apiValue": value, "updatedAt": at}
                for code, value in zip(_CODES, values, strict=True)
                if (value is not None if is_new else code.lower() in changed)
            ],
            "boFields": [
                {"fieldCode": "Branch", "toBoCode": None, "toFieldCode": "Code", "apiValue": code, "updatedAt": at}
                for code in codes or ()
            ],
            "state": state,
        }
    )


def main(dsn: str, servers: str, topic: str, after: str) -> None:
    with psycopg.connect(dsn) as session, psycopg.connect(dsn) as notes:
        began, worked = time.monotonic(), time.process_time()
        write(session, notes, servers, topic, after)
        seconds, used = time.monotonic() - began, time.process_time() - worked
    peak = peak_bytes(os.getpid())
    print(json.dumps({"seconds": seconds, "cpu_seconds": used, "rss_bytes": peak}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
