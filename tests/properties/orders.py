"""A delivery and a batch done to the model, in every order in which their parts may follow each other."""

import copy
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from etl.metadata import names
from etl.metadata.company import LinkTable
from tests.fix_company import Row
from tests.properties.expected import RECEIPT_COUNTS
from tests.properties.model import LinkRow, Policy, World
from tests.properties.model import Row as InRow
from tests.properties.model.delivered import CLAIMED, DONE
from tests.properties.model.full_sets import add_removals
from tests.properties.model.links import merge_links
from tests.properties.model.records import merge_record_links, merge_records
from tests.properties.model.rows import dependent_rows, merge_rows
from tests.properties.model.world import Instance
from tests.properties.two_sources import BY_NAME, FIELDS, LINKS, UNIQUE, Batch, Delivery

Part = Callable[["Both"], None]


@dataclass
class Both(World):
    """The model, and whether each row of the last batch was accepted. `unchanged`: records of the batch under way that
    were found to change nothing (object, in_id). `counts`: outcomes of rows of the newest delivery per table."""

    accepted: dict[str, list[bool]] = field(default_factory=dict)
    unchanged: set[tuple[str, str]] = field(default_factory=set)
    counts: dict[str, Counter[str]] = field(default_factory=dict)

    def known(self, bo: str, in_id: str | None) -> Instance | None:
        if in_id and in_id.startswith(BY_NAME):
            live = (one for one in self.instances[bo].values() if one.state != "REMOVED")
            return next((one for one in live if one.values.get(UNIQUE[bo]) == in_id[1:]), None)
        return super().known(bo, in_id)

    def copy(self) -> "Both":
        return copy.deepcopy(self, {id(self.company): self.company})


class Account(NamedTuple):
    """What a run says of its rows: receipts by table, and rows of err."""

    receipts: dict[str, dict[str, int]]
    errors: Counter[tuple[Any, ...]]


def link_table(world: World, name: str) -> LinkTable:
    return next(link for link in world.company.in_link_tables() if link.field.code == name)


def deliver(world: Both, given: Delivery) -> None:
    """The rows take the place of the old ones, and the run claims them."""
    for bo, rows in given.rows.items():
        world.rows[names.in_table(bo)] = [
            InRow(n, row["in_id"], None, row["removed"], _values(row), CLAIMED) for n, row in enumerate(rows)
        ]
    world.full_sets = [names.in_table(bo) for bo in given.full]
    world.counts, world.faults = {}, []
    for name, links in given.links.items():
        world.links_in[link_table(world, name).name] = [
            LinkRow(one.owner, one.target, one.inserted, one.removed, CLAIMED) for one in links
        ]


def _values(row: Row) -> dict[str, Any]:
    return {code: value for code, value in row.items() if code not in ("in_id", "removed")}


def run_parts(policy: Policy, *, has_full_set: bool = False) -> list[Part]:
    """The tasks of a run; before them it finds what full sets lack."""

    def begin(world: Both) -> None:
        for table in world.full_sets:
            add_removals(world, table, None)
        world.full_sets = []

    def rows(bo: str) -> Part:
        def merge(world: Both) -> None:
            table = names.in_table(bo)
            claimed = [row for row in world.rows[table] if row.status == CLAIMED]
            world.counts[table] = merge_rows(world, world.object_of(table), table, claimed, policy, 0)

        return merge

    def links(name: str) -> Part:
        def merge(world: Both) -> None:
            link = link_table(world, name)
            world.counts[link.name] = merge_links(world, link, 0)

        return merge

    return [*([begin] if has_full_set else []), *map(rows, FIELDS), *map(links, LINKS)]


def batch_parts(one: Batch) -> list[Part]:
    def links(name: str) -> Part:
        return lambda world: merge_record_links(world, link_table(world, name), one.links[name], one.at, 0)

    return [*object_parts(one), *(links(name) for name in LINKS if name in one.links)]


def object_parts(one: Batch) -> list[Part]:
    """The records of each object; those found to change nothing take no part."""

    def records(bo: str) -> Part:
        def merge(world: Both) -> None:
            left = [record for record in one.records[bo] if (bo, record.in_id) not in world.unchanged]
            merged = iter(merge_records(world, bo, UNIQUE[bo], left, 0))
            world.accepted[bo] = [(bo, of.in_id) in world.unchanged or next(merged) for of in one.records[bo]]
            world.unchanged -= {(bo, of.in_id) for of in one.records[bo]}

        return merge

    return [records(bo) for bo in FIELDS]


def looking_first(parts: list[Part], looks: list[Part]) -> list[Part]:
    """Each object's part comes in two: what changes nothing is found, then the rest is written.

    A source does not lock what it leaves as it is: until it ends, another source may change that.
    """
    pairs = [part for pair in zip(looks, parts, strict=False) for part in pair]
    return [*pairs, *parts[len(looks) :]]


def looks_of_run(policy: Policy, *, has_full_set: bool = False) -> list[Part]:
    """Rows that repeat what their instance has, or remove what is not there, are done where they touch nothing that
    another row touches."""

    def look(bo: str) -> Part:
        def find(world: Both) -> None:
            table = names.in_table(bo)
            claimed = [row for row in world.rows[table] if row.status == CLAIMED]
            meeting = [row.id for row in dependent_rows(world, world.object_of(table), claimed, policy)]
            for row in claimed:
                if row.id not in meeting and _changes_nothing(world, bo, row, policy):
                    row.status = DONE

        return find

    def look_at_nothing(_: Both) -> None:
        """Before it finds what full sets lack."""

    return [*([look_at_nothing] if has_full_set else []), *(look(bo) for bo in FIELDS)]


def _changes_nothing(world: Both, bo: str, row: InRow, policy: Policy) -> bool:
    then = world.copy()
    table = names.in_table(bo)
    [same] = [one for one in then.rows[table] if one.id == row.id]
    merge_rows(then, then.object_of(table), table, [same], policy, 0)
    return same.status == DONE and _golden(then, bo) == _golden(world, bo)


def looks_of_batch(one: Batch) -> list[Part]:
    """Records that repeat what their instance has, or remove what is not there, are found."""

    def look(bo: str) -> Part:
        def find(world: Both) -> None:
            for record in one.records[bo]:
                then = world.copy()
                is_merged = all(merge_records(then, bo, UNIQUE[bo], [record], 0))
                if is_merged and _golden(then, bo) == _golden(world, bo):
                    world.unchanged.add((bo, record.in_id))

        return find

    return [look(bo) for bo in FIELDS]


def _golden(world: Both, bo: str) -> tuple[Any, ...]:
    aliases = sorted(key for key in world.aliases if key[0] == bo)
    return (
        {key: (one.state, one.values) for key, one in world.instances[bo].items()},
        aliases,
        dict(world.pins),
        dict(world.owners),
    )


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
    return sorted(links) + sorted(world.references.items()) + sorted(world.restored) + sorted(world.unchanged)


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
        given = [row for row in world.rows[names.in_table(bo)] if not row.is_added]
        found[f"{bo} rows"] = sorted((row.in_id, row.status) for row in given)
        found[f"{bo} records"] = world.accepted.get(bo, [])
    found["pins"] = sorted((ids[one], code.lower(), pin.until_changed) for (one, code), pin in world.pins.items())
    found["owners"] = sorted((ids[one], code.lower(), *map(str, owner)) for (one, code), owner in world.owners.items())
    found["ids of full sets"] = sorted(world.full_ids)
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


def account(world: Both) -> Account:
    """Of the newest run, all of whose rows were there to its end."""
    receipts = {}
    for table, counts in world.counts.items():
        receipts[table] = {name: counts[name] for name in RECEIPT_COUNTS} | {"claimed": counts["marked"]}
    return Account(receipts, Counter((one.table, one.in_id, *one[4:]) for one in world.faults))


def differences(expected: Account, found: Account) -> Iterator[str]:
    """Line by line."""
    for table in expected.receipts.keys() | found.receipts.keys():
        mine, its = expected.receipts.get(table, {}), found.receipts.get(table, {})
        if mine != its:
            yield f"{table}: model {mine}\n    real {its}"
    yield from (f"model: {one}" for one in expected.errors - found.errors)
    yield from (f"real: {one}" for one in found.errors - expected.errors)


def _called(world: Both, bo: str, in_id: str) -> str:
    known = world.known(bo, in_id)
    return known.in_id if known else in_id


def without_unit(
    stored: dict[tuple[str, str], Row],
    changes: dict[tuple[str, str], list[Row]],
    unit: int,
    undone: dict[int, int],
    pinned: Collection[tuple[str, str]] = (),
) -> dict[tuple[str, str], Row]:
    """The instances that an undo of the unit leaves, by the journal: a column gets back what it had before it, but
    not where a unit has changed it since that is not `undone` (undo -> its unit), nor where it is `pinned` (instance,
    column). Columns that `stored` does not have are left out."""
    left = {}
    for key, row in stored.items():
        mine = [one for one in changes.get(key, []) if one["run"] == unit]
        since = [one for one in changes.get(key, []) if mine and one["n"] > mine[0]["n"] and one["run"] != unit]
        gone = {one["run"] for one in since} & {*undone.values()}
        gone |= {as_run for as_run, its in undone.items() if its in gone}
        later = [one for one in since if one["run"] not in gone]
        held = {column for instance, column in pinned if instance == key[1]}
        if mine and mine[0]["change"] == "created":
            images = {} if later or held else {"_state": "REMOVED"}
        else:
            images = {column: old for one in reversed(mine) for column, old in (one["before"] or {}).items()}
            images = {column: old for column, old in images.items() if column not in held}
        left[key] = row | {
            column: old
            for column, old in images.items()
            if column in row and not any(column in (one["before"] or {}) for one in later)
        }
    return left
