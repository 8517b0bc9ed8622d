"""What a partner's program may do in a batch, as steps: rows to write, statements that fail, hand-overs, a crash."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from etl.contract.samples import table_of
from etl.metadata import names
from etl.metadata.business_object import BusinessObject
from etl.quoting import fold
from etl.simulator.rows import Row, Warehouse, refused_columns


@dataclass(frozen=True)
class Write:
    """Rows for one table; those with the same `key` as earlier ones take their place. `is_bad`: to be rejected."""

    table: str
    key: tuple[str, ...]
    rows: tuple[Row, ...]
    is_bad: bool = False


@dataclass(frozen=True)
class RefusedRow:
    table: str
    row: Row = field(repr=False)


@dataclass(frozen=True)
class HandOverStep:
    """Hands over, continues to write the late rows, and waits until a run has read."""

    late: tuple[Write, ...] = ()


@dataclass(frozen=True)
class Crash:
    """The program begins a load, writes a part of the rows, and is killed in the middle of a transaction."""

    written: tuple[Write, ...]
    torn: tuple[Write, ...]


@dataclass(frozen=True)
class FullSetStep:
    """Deletes rows, then says that the table is a full set; a run removes them. `rows`: how many it takes besides."""

    table: str
    key: tuple[str, ...]
    deleted: tuple[Row, ...]
    rows: int | None


@dataclass(frozen=True)
class CompareStep:
    """Asks for a comparison of a table with these (id, hash); `differences`: what it must find, (id, difference)."""

    table: str
    given: tuple[tuple[str, str], ...]
    differences: frozenset[tuple[str, str]]


PartnerStep = CompareStep | FullSetStep | Write | RefusedRow | HandOverStep | Crash
Scenario = Callable[[Warehouse, random.Random, int], Iterator[PartnerStep]]


def _good(warehouse: Warehouse, chance: random.Random, rows: int) -> Iterator[PartnerStep]:
    """New rows, changed ones, removed ones, links, removed links, files."""
    yield from _changes(warehouse, chance, rows)
    yield from _new(warehouse, chance, rows)
    yield HandOverStep()


def _duplicate(warehouse: Warehouse, chance: random.Random, rows: int) -> Iterator[PartnerStep]:
    """The same rows are written again and again, before the hand-over and after it."""
    fresh = list(_new(warehouse, chance, rows))
    yield from fresh
    yield from fresh
    yield HandOverStep()
    yield from fresh
    yield HandOverStep()


def _late(warehouse: Warehouse, chance: random.Random, rows: int) -> Iterator[PartnerStep]:
    """Rows are still written after the hand-over: that run, or the next one, takes them."""
    first, late = _halves(warehouse, list(_new(warehouse, chance, rows)))
    # Nothing says which run takes them, so they are not written twice.
    warehouse.late |= {row["in_id"] for step in late for row in step.rows if "in_id" in row}
    for link in warehouse.links:
        warehouse.linked[link.name] = {}
    yield from first
    yield HandOverStep(tuple(late))


def _out_of_order(warehouse: Warehouse, chance: random.Random, rows: int) -> Iterator[PartnerStep]:
    steps = list(_new(warehouse, chance, rows))
    links = {link.name for link in warehouse.links}
    yield from (step for step in steps if step.table in links)
    yield HandOverStep()
    yield from (step for step in steps if step.table not in links)
    yield HandOverStep()


def _full_set(warehouse: Warehouse, chance: random.Random, rows: int) -> Iterator[PartnerStep]:
    """All rows that are still there are written again; those that are not, a run removes."""
    read = {bo.code: _not_late(warehouse, bo) for bo in warehouse.objects}
    yield from _new(warehouse, chance, rows)
    for bo in warehouse.objects:
        # Dropdowns name the rows of dictionaries. A table of few instances is not guarded; a tenth is always allowed.
        chosen = [] if bo.code in _dictionaries(warehouse) else read[bo.code]
        gone = sorted(chance.sample(chosen, len(chosen) // 10))
        deleted = tuple(warehouse.row(bo, number) for number in gone)
        warehouse.removed |= {(bo.code, number) for number in gone}
        left = tuple(warehouse.row(bo, number) for number in _not_late(warehouse, bo))
        yield Write(table_of(bo), ("in_id",), left)
        # Of late rows nothing says which run takes them.
        yield FullSetStep(table_of(bo), ("in_id",), deleted, None if warehouse.late else len(left))
    yield HandOverStep()


def _compare(warehouse: Warehouse, chance: random.Random, rows: int) -> Iterator[PartnerStep]:
    """All rows are written again, then compared: one is left out, one has another hash, one was never given."""
    yield from _new(warehouse, chance, rows)
    for bo in warehouse.objects:
        present = warehouse.present(bo)
        yield Write(table_of(bo), ("in_id",), tuple(warehouse.row(bo, number) for number in present))
        given = {warehouse.samples.in_id(bo, number): warehouse.hash(bo, number) for number in present}
        found = set[tuple[str, str]]()
        if len(given) > 1:
            extra, different = chance.sample(sorted(given), 2)
            never = f"{warehouse.samples.prefix}-{fold(bo.code)}-never"
            found = {(extra, "extra"), (different, "different"), (never, "missing")}
            del given[extra]
            given |= {different: given[different][::-1] + "x", never: "0"}
        yield CompareStep(table_of(bo), tuple(given.items()), frozenset(found))
    yield HandOverStep()


def _not_late(warehouse: Warehouse, bo: BusinessObject) -> list[int]:
    return [n for n in warehouse.present(bo) if warehouse.samples.in_id(bo, n) not in warehouse.late]


def _bad_types(warehouse: Warehouse, chance: random.Random, rows: int) -> Iterator[PartnerStep]:
    """Among good rows there are values that the engine rejects, and some that PostgreSQL does not even take."""
    yield from _new(warehouse, chance, rows)
    for bo in warehouse.objects:
        for column in refused_columns(bo):
            row = warehouse.row(bo, 1) | {"in_id": f"{warehouse.samples.prefix}-refused"}
            yield RefusedRow(table_of(bo), row | {column: "neither number nor date"})
        last = warehouse.given[bo.code]
        bad = {
            row["in_id"]: row
            for row in (warehouse.bad_row(bo, last - n, chance) for n in range(min(rows, last) // 10 + 1))
        }
        yield Write(table_of(bo), ("in_id",), tuple(bad.values()), is_bad=True)
    yield HandOverStep()


def _crash(warehouse: Warehouse, chance: random.Random, rows: int) -> Iterator[PartnerStep]:
    """The program is killed during a load, is started again, and writes the whole batch again."""
    steps = list(_new(warehouse, chance, rows))
    yield Crash(*(tuple(half) for half in _halves(warehouse, steps)))
    yield from steps
    yield HandOverStep()


SCENARIOS: Final[dict[str, Scenario]] = {
    "good": _good,
    "duplicate": _duplicate,
    "late": _late,
    "out-of-order": _out_of_order,
    "bad-types": _bad_types,
    "crash": _crash,
    "full-set": _full_set,
    "compare": _compare,
}
"""By the name that the command knows."""


def _new(warehouse: Warehouse, chance: random.Random, rows: int) -> Iterator[Write]:
    files = warehouse.new_files(rows // 10 + 1)
    if files:
        yield Write(names.FILE_STORAGE, ("file_id",), tuple(files))
    numbers = {}
    for bo in warehouse.objects:
        numbers[bo.code] = warehouse.new_numbers(bo, rows)
        yield Write(table_of(bo), ("in_id",), tuple(warehouse.row(bo, number) for number in numbers[bo.code]))
    for link in warehouse.links:
        targets = warehouse.present(link.member)
        made = tuple(warehouse.link(link, owner, chance.choice(targets)) for owner in numbers[link.bo.code])
        yield Write(link.name, (link.owner_column, link.target_column), made)


def _changes(warehouse: Warehouse, chance: random.Random, rows: int) -> Iterator[Write]:
    for bo in warehouse.objects:
        present = _not_late(warehouse, bo)
        chosen = sorted(chance.sample(present, min(len(present), rows // 5)))
        removed = set() if bo.code in _dictionaries(warehouse) else set(chosen[: len(chosen) // 4])
        for number in chosen:
            if number in removed:
                warehouse.removed.add((bo.code, number))
            else:
                warehouse.change(bo, number)
        if chosen:
            yield Write(table_of(bo), ("in_id",), tuple(warehouse.row(bo, number) for number in chosen))
    for link in warehouse.links:
        given = sorted(warehouse.linked.get(link.name, ()))
        gone = sorted(chance.sample(given, len(given) // 10))
        if gone:
            taken = tuple(warehouse.removed_link(link, *ends) for ends in gone)
            yield Write(link.name, (link.owner_column, link.target_column), taken)


def _dictionaries(warehouse: Warehouse) -> set[str]:
    """Their rows are never removed: dropdowns name them."""
    fields = (one for bo in warehouse.objects for one in bo.loaded_fields)
    return {one.dictionary for one in fields if one.dictionary}


def _halves(warehouse: Warehouse, steps: list[Write]) -> tuple[list[Write], list[Write]]:
    """Two parts of a batch; what dropdowns and file fields name comes with the first one."""
    named = {names.in_table(code) for code in _dictionaries(warehouse)} | {names.FILE_STORAGE}
    cuts = [len(step.rows) if step.table in named else len(step.rows) // 2 for step in steps]
    first = [replace(step, rows=step.rows[:cut]) for step, cut in zip(steps, cuts, strict=True)]
    second = [replace(step, rows=step.rows[cut:]) for step, cut in zip(steps, cuts, strict=True)]
    return first, [step for step in second if step.rows]
