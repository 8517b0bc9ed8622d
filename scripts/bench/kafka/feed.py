"""What partners send: records of about 570 bytes, the same at each call."""

import time
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from hashlib import md5
from typing import Any

import orjson
from confluent_kafka import KafkaError, Message, Producer

BRANCHES = 1_000
PARTITIONS = 6
_SECONDS = 60.0
_FIRST_DAY = date(1950, 1, 1)


def branches() -> Iterator[dict[str, Any]]:
    """The targets of all links."""
    for number in range(BRANCHES):
        code = f"BR-{number:04}"
        fields = [_field("Code", code), _field("Title", f"Branch {number}")]
        yield {"boCode": "Branch", "recordId": None, "externalId": code, "fields": fields, "boFields": []}


def clients(count: int, ids: str, *, is_flat: bool = False) -> Iterator[dict[str, Any]]:
    """Records of clients. `ids`: the beginning of their recordIds; flat ones have neither ids nor links."""
    for number in range(count):
        digest = md5(b"%d" % number).hexdigest()
        fields = [
            _field("Surname", digest[: 4 + number % 12].title()),
            _field("Name", digest[12 : 16 + number % 9].title()),
            _field("Patronymic", digest[20 : 26 + number % 6].title() if number % 10 else None),
            _field("Email", f"{digest[:10]}@example.com"),
            _field("Balance", f"{number * 7919 % 100_000_000 / 100:.2f}"),
            _field("Credit_limit", f"{number % 500 * 1000}"),
            _field("Born_at", f"{_FIRST_DAY + timedelta(days=number % 20_000)}"),
            _field("Vip", "false" if number % 20 else "true"),
        ]
        branch = f"BR-{number * 31 % BRANCHES:04}"
        link = {"fieldCode": "Branch", "toBoCode": None, "toFieldCode": "Code", "apiValue": branch}
        yield {
            "recordId": None if is_flat else f"{ids}-{number:08}",
            "externalId": f"C{digest[:19]}",
            "id": None,
            "boCode": "Client",
            "fields": fields,
            "boFields": [] if is_flat else [link],
            "unchangedUniqueFields": [],
            "state": "ACTUAL",
        }


def _field(code: str, value: str | None) -> dict[str, str | None]:
    return {"code": code, "apiValue": value}


class Delivery:
    """Records of one topic in an open transaction: readers see all of them at once, when it is committed."""

    def __init__(self, servers: str, topic: str, records: Iterable[dict[str, Any]]) -> None:
        self._producer = Producer(
            {
                "bootstrap.servers": servers,
                "transactional.id": f"bench-{topic}",
                "transaction.timeout.ms": 600_000,
                "linger.ms": 20,
                "log_level": 0,
            }
        )
        self._producer.init_transactions(_SECONDS)
        self._producer.begin_transaction()
        self._partitions: set[int] = set()
        count = 0
        for record in records:
            self._send(topic, record["externalId"].encode(), orjson.dumps(record))
            count += 1
        if left := self._producer.flush(_SECONDS):
            raise RuntimeError(f"{left} records were not sent to {topic}")
        self.offsets = count + len(self._partitions)
        """How many offsets it takes: its records, and the end of the transaction in each partition."""

    def _sent(self, error: KafkaError | None, message: Message) -> None:
        if error is not None:
            raise RuntimeError(str(error))
        self._partitions.add(message.partition() or 0)

    def _send(self, topic: str, key: bytes, value: bytes) -> None:
        while True:
            try:
                self._producer.produce(topic, value, key, on_delivery=self._sent)
                return
            except BufferError:
                self._producer.poll(0.1)

    def hand_over(self) -> float:
        """Commits them; returns when, by the monotonic clock."""
        began = time.monotonic()
        self._producer.commit_transaction(_SECONDS)
        return began


class Sender:
    """Sends records one by one, outside transactions."""

    def __init__(self, servers: str, topic: str) -> None:
        self._producer, self._topic = Producer({"bootstrap.servers": servers, "linger.ms": 0, "log_level": 0}), topic

    def send(self, record: dict[str, Any]) -> None:
        """Returns at once."""
        self._producer.produce(self._topic, orjson.dumps(record), record["externalId"].encode())
        self._producer.poll(0)
