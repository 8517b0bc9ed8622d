"""The data of openflights.org as records of a topic: links by unique fields, repetitions, airports in two patches."""

import json
import random
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from etl.kafka import Producer
from etl.settings import KafkaConnection
from tests.acceptance import openflights
from tests.fix_company import STORE, Partner, Row, Site

FIELDS = {
    "Country": ("Ident", "Iso", "Dafif"),
    "Airport": ("Ident", "Name", "City", "Iata", "Icao", "Latitude", "Longitude", "Altitude", "Kind"),
    "Airline": ("Ident", "Name", "Iata", "Icao", "Callsign", "Active"),
    "Route": ("Codeshare", "Stops", "Equipment"),
}
LINKS = (
    ("Airport", "Country", "Country"),
    ("Route", "Airline", "Airline"),
    ("Route", "Source", "Airport"),
    ("Route", "Destination", "Airport"),
)
"""(object, field, object of the target)."""
_IDENT = "  - {code: Ident, type: INPUT_TEXT, isUnique: true, needLoadFromInTables: true, needUploadToOutTable: true}\n"
# What the first of an airport's two records gives.
_FIRST_PATCH = ("Ident", "Name", "City")
_REPEATED, _WITHOUT_ID = 0.02, 0.2


def documents() -> Mapping[str, str]:
    """Those of openflights, with the id of the data as a unique field of all that links point at."""
    return {
        code: text if code == "Route" else text.rstrip() + "\n" + _IDENT
        for code, text in openflights.documents().items()
    }


def deliver(partner: Partner, routes: int | None = None) -> None:
    """Everything into the in_ tables, or some routes and what they need; one of ten airports is missing then."""
    openflights.stage(partner)
    if routes:
        partner(f"delete from staging.routes where line > {routes}")
        unneeded = "where not exists (select from staging.{} r where {})"
        partner(f"delete from staging.airlines a {unneeded.format('routes', 'r.airline = a.id')}")
        partner(f"delete from staging.airports a {unneeded.format('routes', 'a.id in (r.source, r.destination)')}")
        partner("delete from staging.airports where right(id, 1) = '7'")
        partner(f"delete from staging.countries c {unneeded.format('airports', 'r.country = c.name')}")
    openflights.deliver(partner)
    for table in ("in_Country", "in_Airport", "in_Airline"):
        partner(f"update {table} set Ident = in_id")


@dataclass(frozen=True)
class Sent:
    """A record as it is sent; those of one instance have one key. `repeats` another one."""

    key: str
    value: bytes
    repeats: bool

    def partition(self, partitions: int) -> int:
        return zlib.crc32(self.key.encode()) % partitions


def records(partner: Partner, seed: int) -> list[Sent]:
    """What the in_ tables hold, in a random order: links come before their targets as often as after them."""
    choose = random.Random(seed)
    placed: list[tuple[float, Sent]] = []
    for key, patches in _instances(partner):
        places = sorted(choose.random() for _ in patches)
        for number, (place, patch) in enumerate(zip(places, patches, strict=True)):
            record_id = None if choose.random() < _WITHOUT_ID else f"{key}/{number}"
            value = json.dumps(patch | {"recordId": record_id}, ensure_ascii=False).encode()
            placed.append((place, Sent(key, value, repeats=False)))
            if record_id and choose.random() < _REPEATED:
                placed.append((choose.uniform(place, 1), Sent(key, value, repeats=True)))
    placed.sort(key=lambda one: one[0])
    return [one for _, one in placed]


def _instances(partner: Partner) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    links = _links(partner)
    for bo, codes in FIELDS.items():
        for row in partner(f"select in_id, {', '.join(codes)} from in_{bo}"):
            in_id = row["in_id"]
            given = {code: _text(row[code.lower()]) for code in codes if row[code.lower()] is not None}
            parts = [given]
            if bo == "Airport":
                parts = [
                    {code: value for code, value in given.items() if (code in _FIRST_PATCH) is first}
                    for first in (True, False)
                ]
            patches = [_record(bo, in_id, part) for part in parts]
            patches[-1]["boFields"] = links.get((bo, in_id), [])
            yield f"{bo}:{in_id}", patches


def _links(partner: Partner) -> dict[tuple[str, str], list[dict[str, str]]]:
    found: dict[tuple[str, str], list[dict[str, str]]] = {}
    for bo, field, target in LINKS:
        for row in partner(f"select {bo}_id as owner, {field}_id as target from in_{bo}_{field}"):
            item = {"fieldCode": field, "toBoCode": target, "toFieldCode": "Ident", "apiValue": row["target"]}
            found.setdefault((bo, row["owner"]), []).append(item)
    return found


def _record(bo: str, in_id: str, given: Mapping[str, str]) -> dict[str, Any]:
    fields = [{"code": code, "apiValue": value} for code, value in given.items()]
    return {"boCode": bo, "externalId": in_id, "fields": fields}


def record(bo: str, in_id: str, given: Mapping[str, str]) -> bytes:
    """A record without links, as it is sent."""
    return json.dumps(_record(bo, in_id, given)).encode()


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def send(connection: KafkaConnection, topic: str, partitions: int, sent: Sequence[Sent]) -> None:
    """Sends records; returns when the brokers have all of them."""
    with Producer(connection) as producer:
        for one in sent:
            producer.send(topic, one.key.encode(), one.value, partition=one.partition(partitions))


def stored(site: Site) -> dict[str, Counter[tuple[Any, ...]]]:
    """All that the store has, by external ids: instances, links, waiting links."""
    every = " union all ".join(f"select _id, _in_id from {STORE}.bo_{bo}" for bo in FIELDS)
    found: dict[str, Counter[tuple[Any, ...]]] = {}
    for bo, codes in FIELDS.items():
        found[bo] = _counted(site.look(f"select _in_id, _state, {', '.join(codes)} from {STORE}.bo_{bo}"))
    for bo, field, target in LINKS:
        found[f"{bo} {field}"] = _counted(
            site.look(
                f"select o._in_id as owner, t._in_id as target from {STORE}.link_{bo}_{field} l "
                f"left join {STORE}.bo_{bo} o on o._id = l._owner left join {STORE}.bo_{target} t on t._id = l._target"
            )
        )
    found["waiting"] = _counted(
        site.look(
            f"select r.bo, r.field, coalesce(o._in_id, r.owner_in_id) as owner, r.target_bo, r.target_value "
            f"from {STORE}.boi_reference r left join ({every}) o on o._id = r.owner"
        )
    )
    return found


def _counted(rows: Sequence[Row]) -> Counter[tuple[Any, ...]]:
    return Counter(tuple(row.values()) for row in rows)


def differences(
    expected: Mapping[str, Counter[tuple[Any, ...]]], found: Mapping[str, Counter[tuple[Any, ...]]]
) -> list[str]:
    """What is missing and what is too much, the first few of each."""
    wrong = []
    for name, rows in expected.items():
        for word, left in (("missing", rows - found[name]), ("too much", found[name] - rows)):
            if left:
                wrong.append(f"{name}: {left.total()} {word}: {list(left)[:3]}")
    return wrong
