"""What is drawn of two sources: a delivery of the in_ tables and a batch of records."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import reduce
from typing import Any

from etl.metadata import Company
from tests.fix_company import Row
from tests.properties.model import LinkRow
from tests.properties.model.records import Record, RecordLink

_BOTH = "needLoadFromInTables: true, needUploadToOutTable: true"
DOCUMENTS = {
    "Thing": f"""
code: Thing
orderIndex: 1
fields:
  - {{code: Name, type: INPUT_TEXT, isUnique: true, {_BOTH}}}
  - {{code: Amount, type: INPUT_NUMBER, {_BOTH}}}
  - {{code: Note, type: INPUT_TEXT, {_BOTH}}}
""",
    "Claim": f"""
code: Claim
orderIndex: 2
fields:
  - {{code: Title, type: INPUT_TEXT, {_BOTH}}}
  - {{code: Client, type: BO, bo: Thing, viewType: SINGLE, {_BOTH}}}
  - {{code: Watcher, type: BO, bo: Thing, {_BOTH}}}
  - {{code: Team, type: BO, bo: Thing, linkMode: replace, {_BOTH}}}
""",
}
_ORDERS = {
    "Amount,": "Amount, sources: [kafka, in_tables],",
    "Note,": 'Note, sources: [in_tables, "kafka:things"],',
    "Title,": 'Title, sources: ["kafka:other", in_tables],',
}
BY_ORDER = {
    name: reduce(lambda text, one: text.replace(*one), _ORDERS.items(), text) for name, text in DOCUMENTS.items()
}
"""The same with an order of sources for each field but the unique one."""


def _with_times(documents: dict[str, str]) -> dict[str, str]:
    time = f"fields:\n  - {{code: At, type: FULL_DATE, {_BOTH}}}\n"
    return {
        name: text.replace(f"code: {name}\n", f"code: {name}\nsourceTime: At\n").replace("fields:\n", time)
        for name, text in documents.items()
    }


BY_TIME = _with_times(DOCUMENTS)
"""With the time of each row and record."""
BY_ORDER_AND_TIME = _with_times(BY_ORDER)
FIELDS = {"Thing": ("Name", "Amount", "Note"), "Claim": ("Title",)}
UNIQUE = {"Thing": "Name", "Claim": ""}
LINKS = ("Client", "Watcher", "Team")
LINK_ROWS = [f"{name} rows" for name in LINKS]
_THINGS, _CLAIMS, _NAMES, _WORDS = "abcdef", "kl", ("x", "y", "z", "w"), ("p", "q", None)
_PAST, NOW = datetime(2024, 5, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
"""Link rows have times long before, or that of their step, which counts hours from here in the model."""
BY_NAME = "="
"""A target that is named by its unique value: this before it."""


@dataclass(frozen=True)
class Delivery:
    """What the partner hands over: rows by object, links by field; `full`: objects whose rows are a full set."""

    rows: dict[str, list[Row]]
    links: dict[str, list[LinkRow]]
    full: tuple[str, ...] = ()

    def __str__(self) -> str:
        rows = [f"{bo}{list(row.values())}" for bo, of in self.rows.items() for row in of]
        links = [
            f"{name} {one.owner}-{one.target}{' removed' if one.removed else ''} {one.inserted:%Y-%m-%dT%H:%M:%S}"
            for name, of in self.links.items()
            for one in of
        ]
        return "\n    ".join([f"run, full sets {self.full}" if self.full else "run", *rows, *links])


@dataclass(frozen=True)
class Batch:
    """Records by object, links by field; `at`: when it starts, later than what is delivered in its step."""

    records: dict[str, list[Record]]
    links: dict[str, list[RecordLink]]
    at: datetime

    def __str__(self) -> str:
        rows = [f"{bo} {one.in_id} {one.given} {one.state or ''}" for bo, of in self.records.items() for one in of]
        links = [
            f"{name} {one.owner}-{one.target}{' removed' if one.removed else ''}"
            for name, of in self.links.items()
            for one in of
        ]
        return "\n    ".join(["batch", *rows, *links])


@dataclass(frozen=True)
class PinOf:
    """A field of an instance, and the value that a person gives it."""

    bo: str
    in_id: str
    field: str
    value: Any
    until_changed: bool


def pin_of(choose: random.Random, present: Sequence[tuple[str, str]]) -> PinOf:
    """`present`: objects and external ids of instances."""
    bo, in_id = choose.choice(present)
    code = choose.choice(FIELDS[bo])
    values: dict[str, Sequence[Any]] = {"Name": (*_NAMES, None), "Amount": (Decimal(1), Decimal(2), Decimal(3), None)}
    return PinOf(bo, in_id, code, choose.choice(values.get(code, _WORDS)), choose.random() < 0.5)


def delivery(choose: random.Random, step: int) -> Delivery:
    rows: dict[str, list[Row]] = {"Thing": [], "Claim": []}
    for in_id in choose.sample(_THINGS, choose.randint(0, 4)):
        values = {
            "Name": choose.choice([*_NAMES, None, None]),
            "Amount": _amount(choose),
            "Note": choose.choice(_WORDS),
        }
        rows["Thing"].append({"in_id": in_id, "removed": choose.random() < 0.15, **values})
    for in_id in choose.sample(_CLAIMS, choose.randint(0, 2)):
        rows["Claim"].append({"in_id": in_id, "removed": False, "Title": choose.choice(_WORDS)})
    links: dict[str, list[LinkRow]] = {name: [] for name in LINKS}
    for name in LINKS:
        for n, (owner, target) in enumerate(_pairs(choose)):
            at = choose.choice([_PAST, NOW]) + timedelta(hours=step, seconds=n)
            links[name].append(LinkRow(owner, target, at, choose.random() < 0.15))
    return Delivery(rows, links)


def batch(choose: random.Random, step: int) -> Batch:
    """At most one row gives a name or returns its instance, and then none removes: see model.records."""
    named = choose.random() < 0.6
    things: list[Record] = []
    for in_id in choose.sample(_THINGS, choose.randint(1, 4)):
        given: dict[str, Any] = {}
        if named and not things:
            given["Name"] = choose.choice([*_NAMES, None])
        if choose.random() < 0.5:
            given["Amount"] = _amount(choose)
        if choose.random() < 0.5:
            given["Note"] = choose.choice(_WORDS)
        states = [None, None, "ACTUAL" if not things else None] if named else [None, None, "REMOVED"]
        things.append(Record(in_id, given, choose.choice(states)))
    claims = [Record(in_id, {"Title": choose.choice(_WORDS)}) for in_id in choose.sample(_CLAIMS, choose.randint(0, 1))]
    links = {}
    for name in choose.sample(LINKS, choose.randint(0, 2)):
        pairs = _pairs(choose, names=[f"{BY_NAME}{one}" for one in _NAMES])
        if pairs:
            links[name] = [
                RecordLink(owner, target, name != "Team" and choose.random() < 0.2) for owner, target in pairs
            ]
    return Batch({"Thing": things, "Claim": claims}, links, NOW + timedelta(hours=step, minutes=30))


def has_times(company: Company) -> bool:
    return any(bo.time_field for bo in company.objects)


def with_times(choose: random.Random, given: Delivery) -> Delivery:
    """The same, of `BY_TIME`; some rows have no time, and more of them remove."""
    rows = {
        bo: [row | {"At": _time(choose), "removed": row["removed"] or choose.random() < 0.2} for row in of]
        for bo, of in given.rows.items()
    }
    return replace(given, rows=rows)


def records_with_times(choose: random.Random, given: Batch) -> Batch:
    """The same, of `BY_TIME`; some records have no time, and some give another state."""

    def timed(one: Record) -> Record:
        may_say = "Name" in one.given or one.state == "ACTUAL"
        state = choose.choice([one.state, "ACTUAL", "ARCHIVED"]) if may_say else one.state
        return replace(one, given=one.given | ({"At": at} if (at := _time(choose)) else {}), state=state)

    records = {bo: [timed(one) for one in of] for bo, of in given.records.items()}
    return replace(given, records=records)


def _time(choose: random.Random) -> datetime | None:
    return choose.choice([None, *(_PAST + timedelta(days=n) for n in range(4))])


def _amount(choose: random.Random) -> Decimal | None:
    return choose.choice([Decimal(1), Decimal(2), Decimal(3), None])


def _pairs(choose: random.Random, names: Sequence[str] = ()) -> list[tuple[str, str]]:
    """Few of them, with an end that may not be there."""
    number = choose.choice([0, 1, 1, 2])
    targets = [*_THINGS, *names]
    return list({(choose.choice(_CLAIMS), choose.choice(targets)): None for _ in range(number)})
