"""The data of openflights.org by in_ tables and by a topic that contradict each other: the metadata say what counts."""

import csv
import io
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from etl.embedded import EmbeddedServer
from etl.kafka import Producer
from tests.acceptance import openflights
from tests.acceptance.openflights_topic import Sent
from tests.acceptance.test_openflights_topic import Hosts, hosts
from tests.fix_company import OUT, STORE, Site, new_site, until
from tests.fix_database import Database, fresh_database
from tests.fix_kafka import make_topic_at

_SEED = 26
_PARTITIONS = 3
_BOTH = "needLoadFromInTables: true, needUploadToOutTable: true"
# Code -> its fields, and where they stand in the file.
FIELDS = {"Airport": {"Name": 1, "City": 2, "Iata": 4}, "Airline": {"Name": 1, "Callsign": 5, "Country": 6}}
FILES = {"Airport": "airports", "Airline": "airlines"}
TIMED = "Airline"
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


def documents(topic: str) -> dict[str, str]:
    """Airports have sources in their order, airlines times, and one of their fields both."""
    text = f"type: INPUT_TEXT, {_BOTH}"
    return {
        "Airport": f"""
code: Airport
sources: [in_tables, kafka]
fields:
  - {{code: Name, sources: ["kafka:{topic}", in_tables], {text}}}
  - {{code: City, {text}}}
  - {{code: Iata, sources: [kafka, in_tables], {text}}}
""",
        "Airline": f"""
code: Airline
sourceTime: ChangedAt
sourceTimeFromMessage: true
fields:
  - {{code: Name, {text}}}
  - {{code: Callsign, sources: [in_tables, kafka], {text}}}
  - {{code: Country, {text}}}
  - {{code: ChangedAt, type: FULL_DATE, {_BOTH}}}
""",
    }


# Which source counts more, where not both count alike.
_FIRST = {
    ("Airport", "Name"): "kafka",
    ("Airport", "City"): "in_tables",
    ("Airport", "Iata"): "kafka",
    ("Airline", "Callsign"): "in_tables",
}


class Saying(NamedTuple):
    """What a source says of an instance, and of when that is."""

    source: str
    bo: str
    in_id: str
    at: datetime | None
    given: dict[str, str | None]


@dataclass
class Deliveries:
    """Two hand-overs and two portions of records, in the order in which each source brings them."""

    rows: tuple[list[Saying], list[Saying]]
    records: tuple[list[Saying], list[Saying]]

    def expected(self) -> dict[tuple[str, str], dict[str, Any]]:
        """The model: of each field what the source says that counts more, of that the newest, of that the last."""
        best: dict[tuple[str, str, str], tuple[tuple[bool, datetime, int], Any]] = {}
        for number, one in enumerate([*self.rows[0], *self.rows[1], *self.records[0], *self.records[1]]):
            given: dict[str, Any] = one.given | ({"ChangedAt": one.at} if one.bo == TIMED else {})
            for field, value in given.items():
                at = (one.at if one.bo == TIMED else None) or _LONG_AGO
                counts = (_FIRST.get((one.bo, field)) == one.source, at, number)
                key = (one.bo, one.in_id, field)
                if key not in best or best[key][0] < counts:
                    best[key] = (counts, value)
        found: dict[tuple[str, str], dict[str, Any]] = {}
        for (bo, in_id, field), (_, value) in best.items():
            found.setdefault((bo, in_id), dict.fromkeys(_columns(bo)))[field.lower()] = value
        return found


def deliveries(count: int) -> Deliveries:
    choose = random.Random(_SEED)
    known = [(bo, row[0], _values(bo, row)) for bo in FIELDS for row in _lines(bo, count)]
    times = {(bo, in_id): _times(choose) for bo, in_id, _ in known}
    rows = tuple(list(_rows(choose, known, times, number)) for number in (1, 2))
    records = tuple(list(_records(choose, known, times, number)) for number in (1, 2))
    return Deliveries((rows[0], rows[1]), (records[0], records[1]))


def _lines(bo: str, count: int) -> list[list[str]]:
    text = openflights.content(FILES[bo]).decode()
    return list(csv.reader(io.StringIO(text), escapechar="\\", doublequote=False))[:count]


def _values(bo: str, row: Sequence[str]) -> dict[str, str | None]:
    found = {field: row[place] for field, place in FIELDS[bo].items()}
    return {field: None if value in ("", "N", r"\N") else value for field, value in found.items()}


def _times(choose: random.Random) -> Iterator[datetime]:
    """No two of an instance are the same: then the last to come would count. Brokers delete what is some days old."""
    begin = datetime.now(UTC).replace(microsecond=0) - timedelta(days=2)
    return iter([begin + timedelta(minutes=minute) for minute in choose.sample(range(2_000), 20)])


Known = list[tuple[str, str, dict[str, str | None]]]
Times = dict[tuple[str, str], Iterator[datetime]]


def _rows(choose: random.Random, known: Known, times: Times, number: int) -> Iterator[Saying]:
    """Of the first hand-over some instances are missing; some rows have no time, and some no values."""
    for bo, in_id, values in known:
        if choose.random() < 0.8:
            given = {
                field: None if value is None or choose.random() < 0.1 else f"{value} by row {number}"
                for field, value in values.items()
            }
            at = None if choose.random() < 0.2 else next(times[bo, in_id])
            yield Saying("in_tables", bo, in_id, at, given)


def _records(choose: random.Random, known: Known, times: Times, number: int) -> Iterator[Saying]:
    """Each gives some fields; in no order."""
    found = []
    for bo, in_id, values in known:
        for repetition in range(choose.randrange(3)):
            fields = choose.sample(sorted(values), choose.randrange(1, len(values) + 1))
            given: dict[str, str | None] = {
                field: f"{values[field] or ''} by record {number}.{repetition}" for field in fields
            }
            found.append(Saying("kafka", bo, in_id, next(times[bo, in_id]), given))
    choose.shuffle(found)
    yield from found


def send(reading: Hosts, sayings: Sequence[Saying]) -> None:
    """Of half of the records the message has the time, and of the others the record."""
    with Producer(reading.connection) as producer:
        for number, one in enumerate(sayings):
            assert one.at
            of_message = number % 2 == 0
            given = one.given | ({} if of_message or one.bo != TIMED else {"ChangedAt": f"{one.at:%Y-%m-%dT%H:%M:%SZ}"})
            fields = [{"code": code, "apiValue": value} for code, value in given.items()]
            record = {"boCode": one.bo, "externalId": one.in_id, "fields": fields}
            sent = Sent(f"{one.bo}:{one.in_id}", json.dumps(record).encode(), repeats=False)
            at = int(one.at.timestamp() * 1000) if of_message else 0
            partition = sent.partition(_PARTITIONS)
            producer.send(reading.topic, sent.key.encode(), sent.value, partition=partition, timestamp_ms=at)
    reading.sent += len(sayings)


def run(site: Site, sayings: Sequence[Saying]) -> int:
    for bo in FIELDS:
        rows = [{"in_id": one.in_id, **one.given, "ChangedAt": one.at} for one in sayings if one.bo == bo]
        if bo != TIMED:
            rows = [{key: value for key, value in row.items() if key != "ChangedAt"} for row in rows]
        site.partner.redeliver(f"in_{bo}", *rows)
    site.partner.hand_over()
    number = site.run().run
    assert number
    return number


def _columns(bo: str) -> list[str]:
    return [field.lower() for field in (*FIELDS[bo], *(["ChangedAt"] if bo == TIMED else []))]


def stored(site: Site) -> dict[tuple[str, str], dict[str, Any]]:
    found = {}
    for bo in FIELDS:
        for row in site.look(f"select _in_id, {', '.join(_columns(bo))} from {STORE}.bo_{bo}"):
            found[bo, row.pop("_in_id")] = row
    return found


def differ_for_readers(site: Site) -> set[tuple[Any, ...]]:
    """Instances that the out_ tables do not show as they are."""
    found = set()
    for bo, fields in FIELDS.items():
        columns = ", ".join(fields)
        golden = site.look(f"select _id, {columns} from {STORE}.bo_{bo}")
        shown = site.look(f"select system_id, {columns} from {OUT}.{bo}")
        found |= {tuple(row.values()) for row in golden} ^ {tuple(row.values()) for row in shown}
    return found


def codes(site: Site, schema: str) -> set[str]:
    return {row["code"] for row in site.look(f"select distinct code from {schema}.err")}


# Two functions: of the cases of one `make test` would take the second alone (tests/sweeps.py).
def test_some_of_two_sources_that_contradict_each_other(
    server: EmbeddedServer, template: Database, tmp_path: Path, kafka_url: str
) -> None:
    load_both(250, server, template, tmp_path, kafka_url)


@pytest.mark.nightly
def test_all_of_two_sources_that_contradict_each_other(
    server: EmbeddedServer, template: Database, tmp_path: Path, kafka_url: str
) -> None:
    load_both(100_000, server, template, tmp_path, kafka_url)


def load_both(count: int, server: EmbeddedServer, template: Database, tmp_path: Path, kafka_url: str) -> None:
    """Rows and records come beside each other, in any order."""
    topic, given = make_topic_at(kafka_url, partitions=_PARTITIONS), deliveries(count)
    with fresh_database(server, template) as database:
        site = new_site(database, tmp_path, documents(topic))
        with hosts(site, kafka_url, topic, _PARTITIONS, workers=2, batch=100) as reading:
            reading.start()
            send(reading, given.records[0])
            run(site, given.rows[0])
            reading.wait_for_all()
            run(site, given.rows[1])
            send(reading, given.records[1])
            reading.wait_for_all()
            assert stored(site) == given.expected()
            # Both have lost some.
            assert codes(site, "in_tables") == codes(site, STORE) == {"VALUE_OUTRANKED", "VALUE_OUTDATED"}
            until(lambda: not differ_for_readers(site), "readers see what counts")
        site.partner.session.close()
