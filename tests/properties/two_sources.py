"""A run of the in_ tables and a batch of records: drawn, done to the model in every order, and done to a store."""

import copy
import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from etl.database import transaction
from etl.engine import Runtime, run_once, undo
from etl.errors import TransientFault
from etl.merge.links import lock_links
from etl.metadata import names
from etl.metadata.company import LinkTable
from etl.store import FencingToken, UnitKind, undo_run
from etl.store import Unit as StoreUnit
from tests.fix_company import OUT, STORE, Row, Site
from tests.integration.merge.sources import Records
from tests.integration.merge.staged import RECORDS, Staged
from tests.properties.model import LinkRow, Policy, World
from tests.properties.model import Row as InRow
from tests.properties.model.delivered import CLAIMED
from tests.properties.model.links import merge_links
from tests.properties.model.records import Record, RecordLink, merge_record_links, merge_records
from tests.properties.model.rows import merge_rows
from tests.properties.model.world import Instance

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
FIELDS = {"Thing": ("Name", "Amount", "Note"), "Claim": ("Title",)}
UNIQUE = {"Thing": "Name", "Claim": ""}
LINKS = ("Client", "Watcher", "Team")
LINK_ROWS = [f"{name} rows" for name in LINKS]
_THINGS, _CLAIMS, _NAMES, _WORDS = "abcdef", "kl", ("x", "y", "z", "w"), ("p", "q", None)
_PAST, _NOW = datetime(2024, 5, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
"""Link rows have times long before, or that of their step, which counts hours from here in the model."""
BY_NAME = "="
"""A target that is named by its unique value: this before it."""
Part = Callable[["Both"], None]


@dataclass
class Both(World):
    """The model, and whether each row of the last batch was accepted."""

    accepted: dict[str, list[bool]] = field(default_factory=dict)

    def known(self, bo: str, in_id: str | None) -> Instance | None:
        if in_id and in_id.startswith(BY_NAME):
            live = (one for one in self.instances[bo].values() if one.state != "REMOVED")
            return next((one for one in live if one.values.get(UNIQUE[bo]) == in_id[1:]), None)
        return super().known(bo, in_id)

    def copy(self) -> "Both":
        return copy.deepcopy(self, {id(self.company): self.company})


@dataclass(frozen=True)
class Delivery:
    """What the partner hands over: rows by object, links by field."""

    rows: dict[str, list[Row]]
    links: dict[str, list[LinkRow]]

    def __str__(self) -> str:
        rows = [f"{bo}{list(row.values())}" for bo, of in self.rows.items() for row in of]
        links = [
            f"{name} {one.owner}-{one.target}{' removed' if one.removed else ''} {one.inserted:%Y-%m-%dT%H:%M:%S}"
            for name, of in self.links.items()
            for one in of
        ]
        return "\n    ".join(["run", *rows, *links])


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


# What is drawn


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
            at = choose.choice([_PAST, _NOW]) + timedelta(hours=step, seconds=n)
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
    return Batch({"Thing": things, "Claim": claims}, links, _NOW + timedelta(hours=step, minutes=30))


def _amount(choose: random.Random) -> Decimal | None:
    return choose.choice([Decimal(1), Decimal(2), Decimal(3), None])


def _pairs(choose: random.Random, names: Sequence[str] = ()) -> list[tuple[str, str]]:
    """Few of them, with an end that may not be there."""
    number = choose.choice([0, 1, 1, 2])
    targets = [*_THINGS, *names]
    return list({(choose.choice(_CLAIMS), choose.choice(targets)): None for _ in range(number)})


# The model


def link_table(world: World, name: str) -> LinkTable:
    return next(link for link in world.company.in_link_tables() if link.field.code == name)


def deliver(world: Both, given: Delivery) -> None:
    """The rows take the place of the old ones, and the run claims them."""
    for bo, rows in given.rows.items():
        world.rows[names.in_table(bo)] = [
            InRow(n, row["in_id"], None, row["removed"], {code: row[code] for code in FIELDS[bo]}, CLAIMED)
            for n, row in enumerate(rows)
        ]
    for name, links in given.links.items():
        world.links_in[link_table(world, name).name] = [
            LinkRow(one.owner, one.target, one.inserted, one.removed, CLAIMED) for one in links
        ]


def run_parts(policy: Policy) -> list[Part]:
    """The tasks of a run."""

    def rows(bo: str) -> Part:
        def merge(world: Both) -> None:
            table = names.in_table(bo)
            claimed = [row for row in world.rows[table] if row.status == CLAIMED]
            merge_rows(world, world.object_of(table), table, claimed, policy, 0)

        return merge

    def links(name: str) -> Part:
        return lambda world: ignore_result(merge_links(world, link_table(world, name), 0))

    return [*map(rows, FIELDS), *map(links, LINKS)]


def batch_parts(one: Batch) -> list[Part]:
    def records(bo: str) -> Part:
        return lambda world: world.accepted.update(
            {bo: merge_records(world, bo, UNIQUE[bo], one.records[bo], 0)},
        )

    def links(name: str) -> Part:
        return lambda world: merge_record_links(world, link_table(world, name), one.links[name], one.at, 0)

    return [*map(records, FIELDS), *(links(name) for name in LINKS if name in one.links)]


def ignore_result(_: object) -> None:
    """For functions that return something where nothing is needed."""


def in_every_order(worlds: Sequence[Both], one: Sequence[Part], other: Sequence[Part] = ()) -> list[Both]:
    """What may come of both: each keeps its own order."""
    reached: dict[tuple[int, int], list[Both]] = {(0, 0): list(worlds)}
    for i in range(len(one) + 1):
        for j in range(len(other) + 1):
            before = [(one[i - 1], reached[i - 1, j])] if i else []
            before += [(other[j - 1], reached[i, j - 1])] if j else []
            if before:
                reached[i, j] = distinct([after(world, part) for part, known in before for world in known])
    return reached[len(one), len(other)]


def after(world: Both, part: Part) -> Both:
    new = world.copy()
    part(new)
    return new


def distinct(worlds: Sequence[Both]) -> list[Both]:
    return list({repr((sorted(facts(one).items()), _times(one))): one for one in worlds}.values())


def _times(world: Both) -> list[Any]:
    """What no comparison asks, and a later link does."""
    ids = _in_ids(world)
    links = [(name, ids[owner], ids[to], one.at) for name, of in world.links.items() for (owner, to), one in of.items()]
    return sorted(links) + sorted(world.references.items())


def _in_ids(world: Both) -> dict[str, str]:
    return {one.id: one.in_id for of in world.instances.values() for one in of.values()}


def facts(world: Both) -> dict[str, Any]:
    """What a comparison asks: subject -> facts, by external ids."""
    ids = _in_ids(world)
    found: dict[str, Any] = {}
    for bo, codes in FIELDS.items():
        found[bo] = sorted(
            (one.in_id, one.state, [one.values.get(code) for code in codes]) for one in world.instances[bo].values()
        )
        found[f"{bo} rows"] = sorted((row.in_id, row.status) for row in world.rows[names.in_table(bo)])
        found[f"{bo} records"] = world.accepted.get(bo, [])
    found["alias"] = sorted((bo, in_id, ids[one]) for (bo, in_id), one in world.aliases.items())
    for name in LINKS:
        found[name] = sorted((ids[owner], ids[target]) for owner, target in world.links["Claim", name])
        rows = world.links_in[link_table(world, name).name]
        found[f"{name} rows"] = sorted((row.owner, row.target, row.status) for row in rows)
    found["waiting"] = sorted(
        {
            (one.field, _called(world, "Claim", one.owner), _called(world, "Thing", one.target))
            for one in world.references
        }
    )
    return found


def _called(world: Both, bo: str, in_id: str) -> str:
    known = world.known(bo, in_id)
    return known.in_id if known else in_id


def without_unit(
    stored: dict[tuple[str, str], Row], changes: dict[tuple[str, str], list[Row]], unit: int, undone: dict[int, int]
) -> dict[tuple[str, str], Row]:
    """The instances that an undo of the unit leaves, by the journal: a column gets back what it had before it, but
    not where a unit has changed it since that is not `undone` (undo -> its unit)."""
    left = {}
    for key, row in stored.items():
        mine = [one for one in changes.get(key, []) if one["run"] == unit]
        since = [one for one in changes.get(key, []) if mine and one["n"] > mine[0]["n"] and one["run"] != unit]
        gone = {one["run"] for one in since} & {*undone.values()}
        gone |= {as_run for as_run, its in undone.items() if its in gone}
        later = [one for one in since if one["run"] not in gone]
        if mine and mine[0]["change"] == "created":
            images = {} if later else {"_state": "REMOVED"}
        else:
            images = {column: old for one in reversed(mine) for column, old in (one["before"] or {}).items()}
        left[key] = row | {
            column: old for column, old in images.items() if not any(column in (one["before"] or {}) for one in later)
        }
    return left


# The store


@dataclass
class SiteUnderTest:
    """A site with both sources. `origins`: unit -> (source, kind, what its changes may name as their origin)."""

    site: Site
    runtime: Runtime
    accepted: dict[str, list[bool]] = field(default_factory=dict)
    origins: dict[int, tuple[str, str, set[tuple[str, str]]]] = field(default_factory=dict)
    waited: set[tuple[str, str]] = field(default_factory=set)

    def deliver(self, given: Delivery) -> None:
        for bo, rows in given.rows.items():
            self.site.partner.redeliver(names.in_table(bo), *rows)
        for name, links in given.links.items():
            rows = [
                {"claim_id": one.owner, f"{name}_id": one.target, "inserted_date": _real(one), "removed": one.removed}
                for one in links
            ]
            self.site.partner.redeliver(f"in_Claim_{name}", *rows)
            self.waited |= {("link", json.dumps([one.owner, one.target])) for one in links}
        self.site.partner.hand_over()

    def run(self) -> int:
        number = run_once(self.runtime).run
        assert number
        ids = {
            (bo, str(row["id"])) for bo in FIELDS for row in self.site.partner(f"select id from {names.in_table(bo)}")
        }
        self.origins[number] = (self.site.value("select source from in_tables.run_fence"), "run", ids)
        return number

    def merge(self, one: Batch) -> int:
        """A batch, again when it meets the run; returns its number."""
        with transaction(self.runtime.store_engine) as connection:
            number = self.runtime.store.next_number(connection)
        token = FencingToken(RECORDS.name, number, 1)
        with transaction(self.runtime.store_engine) as connection:
            self.runtime.store_fence.raise_to(connection, token)
        while True:
            try:
                self._merge(one, token)
            except TransientFault:
                continue
            return number

    def _merge(self, one: Batch, token: FencingToken) -> None:
        staged, fence = Staged(self.site), self.runtime.store_fence
        origins: set[tuple[str, str]] = set()
        with Records(self.site, self.runtime).unit() as unit:
            fence.hold(unit.connection, token)
            unit.context = replace(unit.context, run=token.unit)
            batch = StoreUnit(token.unit, RECORDS.name, UnitKind.BATCH, unit.context.started_at)
            batch.begin(unit.connection, STORE)
            for bo, records in one.records.items():
                rows = [
                    {"in_id": record.in_id, "state": record.state, "origin": f"record {n}", **record.given}
                    for n, record in enumerate(records)
                ]
                origins |= {(bo, row["origin"]) for row in rows}
                merged = staged.merge_in(self.runtime, unit.connection, rows, bo, token.unit) if rows else None
                results = merged.results if merged else {}
                self.accepted[bo] = [results[n].in_status == "DONE" for n in sorted(results)]
            tables = [link for link in self.runtime.company.link_tables() if link.field.code in one.links]
            lock_links(unit.connection, tables, unit.context)
            for name in LINKS:
                if name in one.links:
                    links = [_staged(link, f"{name} {n}") for n, link in enumerate(one.links[name])]
                    origins |= {("link", row["_origin"]) for row in links}
                    unit.links(name, *links)
            batch.finish(unit.connection, STORE, {})
        self.waited |= {one for one in origins if one[0] == "link"}
        self.origins[token.unit] = (RECORDS.name, "batch", origins)

    def undo(self, unit: int) -> int:
        """Reverts a run or a batch; returns the number of the undo."""
        source = self.origins[unit][0]
        if source != RECORDS.name:
            number = undo(self.runtime, unit).as_run
        else:
            with transaction(self.runtime.store_engine) as connection:
                self.runtime.store_fence.shut_out(connection)
                number, now = self.runtime.store.next_number(connection), datetime.now(UTC)
                counters = undo_run(connection, self.runtime.company, STORE, run=unit, as_run=number, at=now)
                StoreUnit(number, source, UnitKind.UNDO, now).finish(connection, STORE, counters)
        self.origins[number] = (source, "undo", set())
        return number

    def instances(self) -> dict[tuple[str, str], Row]:
        """(object, id) -> state and fields, by the names of their columns."""
        return {
            (bo, row.pop("_id")): row
            for bo, codes in FIELDS.items()
            for row in self.site.look(f"select _id, _state, {', '.join(codes)} from {STORE}.bo_{bo}")
        }

    def changes(self) -> dict[tuple[str, str], list[Row]]:
        """(object, id) -> what the journal has of it, in its order."""
        found: dict[tuple[str, str], list[Row]] = {}
        for row in self.site.look(
            f"select * from {STORE}.journal where field is null and change <> 'touched' order by n"
        ):
            found.setdefault((row["bo"], row["instance"]), []).append(row)
        return found

    def facts(self) -> dict[str, Any]:
        """The same subjects as those of the model."""
        found: dict[str, Any] = {}
        ids: dict[str, str] = {}
        for bo, codes in FIELDS.items():
            rows = self.site.look(f"select * from {STORE}.bo_{bo}")
            ids |= {row["_id"]: row["_in_id"] for row in rows}
            found[bo] = sorted(
                ((r["_in_id"], r["_state"], [r[code.lower()] for code in codes]) for r in rows),
                key=lambda one: one[:2],
            )
            rows = self.site.partner(f"select in_id, in_status from {names.in_table(bo)}")
            found[f"{bo} rows"] = sorted(tuple(row.values()) for row in rows)
            found[f"{bo} records"] = self.accepted.get(bo, [])
        aliases = self.site.look(f"select * from {STORE}.alias")
        found["alias"] = sorted((row["bo"], row["in_id"], ids[row["instance"]]) for row in aliases)
        for name in LINKS:
            rows = self.site.look(f"select _owner, _target from {STORE}.link_Claim_{name}")
            found[name] = sorted((ids[row["_owner"]], ids[row["_target"]]) for row in rows)
            rows = self.site.partner(f"select claim_id, {name}_id, in_status from in_Claim_{name}")
            found[f"{name} rows"] = sorted(tuple(row.values()) for row in rows)
        called = {("Claim", row[1]): row[2] for row in found["alias"] if row[0] == "Claim"}
        known = {row[1]: row[2] for row in found["alias"] if row[0] == "Thing"}
        by_name = {one[2][0]: one[0] for one in found["Thing"] if one[1] != "REMOVED" and one[2][0]}
        waits = set()
        for row in self.site.look(f"select * from {STORE}.boi_reference"):
            owner = ids[row["owner"]] if row["owner"] else called.get(("Claim", row["owner_in_id"]), row["owner_in_id"])
            value = row["target_value"]
            target = by_name.get(value, f"{BY_NAME}{value}") if row["target_field"] else known.get(value, value)
            waits.add((row["field"], owner, target))
        found["waiting"] = sorted(waits)
        return found

    def wrong_in_out(self) -> list[str]:
        """What the out_ version shows otherwise than the store."""
        wrong = []
        live: set[str] = set()
        for bo, codes in FIELDS.items():
            columns = ", ".join(codes)
            kept = self.site.look(f"select _id, {columns} from {STORE}.bo_{bo} where _state <> 'REMOVED'")
            shown = self.site.look(
                f"select system_id, {columns} from {OUT}.{names.out_table(bo)}", at=self.site.out_database
            )
            live |= {row["_id"] for row in kept}
            if sorted(map(_row, kept)) != sorted(map(_row, shown)):
                wrong.append(bo)
        for name in LINKS:
            rows = self.site.look(f"select _owner, _target from {STORE}.link_Claim_{name}")
            kept_links = {(row["_owner"], row["_target"]) for row in rows if {row["_owner"], row["_target"]} <= live}
            table = names.out_link_table("Claim", name)
            shown = self.site.look(f"select claim_id, {name}_id from {OUT}.{table}", at=self.site.out_database)
            if kept_links != {tuple(row.values()) for row in shown} or len(shown) != len(kept_links):
                wrong.append(name)
        return wrong

    def wrong_origins(self) -> Iterator[Row]:
        """Changes whose unit or origin is not right."""
        ids = {
            row["_id"]: row["_in_id"]
            for bo in FIELDS
            for row in self.site.look(f"select _id, _in_id from {STORE}.bo_{bo}")
        }
        for row in self.site.look(
            f"select j.run, j.bo, j.field, j.change, j.origin, u.source, u.kind from {STORE}.journal j "
            f"left join {STORE}.unit u on u.number = j.run order by j.n"
        ):
            source, kind, origins = self.origins.get(row["run"], ("", "", set()))
            if kind == "undo":
                is_right = row["origin"] is None
            elif row["field"] is None:
                is_right = (row["bo"], row["origin"]) in origins
            elif row["origin"] is None:
                is_right = row["change"] == "unlinked" and row["field"] == "Team"
            else:
                is_right = ("link", _by_in_id(row["origin"], ids)) in origins | self.waited
            if not is_right or (row["source"], row["kind"]) != (source, kind):
                yield row


def _real(link: LinkRow) -> datetime:
    return link.inserted if link.inserted < _NOW else datetime.now(UTC)


def _row(row: Row) -> str:
    return repr(list(row.values()))


def _by_in_id(origin: str, ids: dict[str, str]) -> str:
    if not origin.startswith("["):
        return origin
    owner, target = json.loads(origin)
    return json.dumps([ids.get(owner, owner), target])


def _staged(link: RecordLink, origin: str) -> Row:
    is_named = link.target.startswith(BY_NAME)
    given = {"owner_in_id": link.owner, "target_value": link.target.removeprefix(BY_NAME), "removed": link.removed}
    return given | {"target_field": "name" if is_named else None, "_origin": origin}
