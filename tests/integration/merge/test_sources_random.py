"""Random batches of records beside a small model that merges one record after the other."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.fix_company import MakeSite, Row
from tests.integration.merge.staged import Merged, Staged
from tests.integration.merge.test_sources import DOCUMENTS

_UNIQUE = ("Name", "Email")
_FIELDS = (*_UNIQUE, "Amount", "Kind")
_GOLDEN = ", ".join(_FIELDS)
_BATCHES = 60
RowResult = tuple[int | None, str | None]
"""A row's instance by number, or the code of its fault."""


@dataclass
class Instance:
    in_id: str | None
    state: str
    values: dict[str, Any]

    def shown(self) -> tuple[Any, ...]:
        return (self.in_id, self.state, *(self.values.get(name) for name in _FIELDS))


@dataclass
class Model:
    """Instances by number, further ids, and which store id each number has."""

    instances: dict[int, Instance] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)
    stored: dict[int, str] = field(default_factory=dict)

    def copy(self) -> "Model":
        copies = {n: Instance(one.in_id, one.state, dict(one.values)) for n, one in self.instances.items()}
        return Model(copies, dict(self.ids), dict(self.stored))

    def holder(self, name: str, value: Any) -> int | None:
        for number, one in self.instances.items():
            if one.state != "REMOVED" and value is not None and _same(name, one.values.get(name)) == _same(name, value):
                return number
        return None

    def merge(self, row: Row) -> RowResult:
        try:
            return self._merge(row), None
        except ValueError as fault:
            return None, str(fault)

    def _merge(self, row: Row) -> int | None:
        number, is_new_id = self._named(row)
        if row.get("state") == "REMOVED":
            if number is not None:
                self.instances[number].state = "REMOVED"
        else:
            number = self._changed(row, number)
        if number is not None and is_new_id:
            self.ids[row["in_id"]] = number
        return number

    def _named(self, row: Row) -> tuple[int | None, bool]:
        in_id, out_id = row.get("in_id"), row.get("out_id")
        by_in_id = self.ids.get(in_id) if in_id else None
        if out_id:
            number = next((n for n, stored in self.stored.items() if stored == out_id), None)
            if number is None:
                raise ValueError("OUT_ID_UNKNOWN")
            if by_in_id not in (None, number):
                raise ValueError("IN_ID_TAKEN")
            return number, bool(in_id) and by_in_id is None
        if in_id:
            return by_in_id, by_in_id is None
        values = {name: row[name] for name in _UNIQUE if row.get(name)}
        if not values:
            raise ValueError("NO_ID")
        found = {self.holder(name, value) for name, value in values.items()} - {None}
        if len(found) > 1:
            raise ValueError("UNIQUE_TAKEN")
        return next(iter(found), None), False

    def _changed(self, row: Row, number: int | None) -> int:
        if row.get("Kind") == "bad":
            raise ValueError("OPTION_UNKNOWN")
        old = self.instances.get(number) if number is not None else None
        given = {name: row[name] or None for name in _FIELDS if name in row}
        new = Instance(
            old.in_id if old else row.get("in_id"),
            row.get("state") or (old.state if old else "ACTUAL"),
            {**(old.values if old else {}), **given},
        )
        if new.state != "REMOVED" and any(
            self.holder(name, new.values.get(name)) not in (None, number) for name in _UNIQUE
        ):
            raise ValueError("UNIQUE_TAKEN")
        number = len(self.instances) if number is None else number
        self.instances[number] = new
        return number


def _same(name: str, value: Any) -> Any:
    return value.lower() if name == "Email" and value else value


def _row(choose: random.Random, model: Model, ids: list[str]) -> Row:
    row: Row = {}
    if choose.random() < 0.65:
        row["in_id"] = choose.choice(ids)
    if model.stored and choose.random() < 0.15:
        row["out_id"] = choose.choice([*model.stored.values(), "0123456789abcdef"])
    names = [f"n{number}" for number in range(8)]
    if choose.random() < 0.5:
        row["Name"] = choose.choice([*names, None])
    if choose.random() < 0.3:
        row["Email"] = choose.choice([*(f"{n}@x" for n in names), "N1@X", None])
    if choose.random() < 0.6:
        row["Amount"] = choose.choice([1, 2, 3, None])
    if choose.random() < 0.2:
        row["Kind"] = choose.choice(["new", "old", "bad", None])
    if choose.random() < 0.3:
        row["state"] = choose.choice(["ACTUAL", "REMOVED", "REMOVED", "ARCHIVED", "TEST"])
    return row


def _batches(choose: random.Random, model: Model) -> Iterator[tuple[list[Row], Model, list[RowResult]]]:
    """Batches of which merging together and one after the other is the same: no value is refused in one of several
    rows, as there the batch is judged as a whole."""
    ids = [f"i{number}" for number in range(6)]
    while True:
        rows = [_row(choose, model, ids) for _ in range(choose.choice([1, 1, 2, 4, 8, 16]))]
        after, outcomes, kept = model.copy(), [], []
        for row in rows:
            tried = after.copy()
            outcome = tried.merge(row)
            if outcome[1] == "UNIQUE_TAKEN" and len(rows) > 1:
                continue
            after = tried
            outcomes.append(outcome)
            kept.append(row)
        if kept:
            yield kept, after, outcomes


@pytest.mark.parametrize("seed", range(4))
def test_a_batch_is_merged_as_its_records_one_after_the_other(make_site: MakeSite, seed: int) -> None:
    records = Staged(make_site(DOCUMENTS))
    choose, model = random.Random(seed), Model()
    with records.site.runtime() as runtime, records.store(runtime) as connection:
        for _ in range(_BATCHES):
            rows, after, outcomes = next(_batches(choose, model))
            merged = records.merge_in(runtime, connection, rows, "Thing")
            _compare(rows, merged, after, outcomes)
            found = connection.exec_driver_sql(f"select _id, _in_id, _state, {_GOLDEN} from store_demo.bo_Thing")
            stored = {row[0]: tuple(row[1:]) for row in found}
            assert stored == {after.stored[n]: one.shown() for n, one in after.instances.items()}, rows
            model = after


def _compare(rows: list[Row], merged: Merged, after: Model, outcomes: list[RowResult]) -> None:
    codes = {(error.row_id, error.code) for error in merged.errors if error.severity == "error"}
    refused = {number for number, _ in codes}
    for number, (instance, code) in enumerate(outcomes, 1):
        assert code is None or (number, code) in codes, (number, rows, merged.errors)
        rejected = merged.results[number].action == "rejected"
        assert rejected == (number in refused) == (code is not None), (number, rows, merged.errors)
        if instance is not None:
            assert after.stored.setdefault(instance, str(merged.instance(number))) == merged.instance(number), rows
        elif code is None:
            assert merged.instance(number) is None, rows
    assert len(set(after.stored.values())) == len(after.stored)


@pytest.mark.parametrize("seed", range(2))
def test_values_that_change_hands_get_where_the_batch_gives_them(make_site: MakeSite, seed: int) -> None:
    """Each batch deals the values out again, in several rows of an instance, of which the last counts."""
    records = Staged(make_site(DOCUMENTS))
    choose = random.Random(seed)
    people = [f"p{number}" for number in range(12)]
    names = [f"n{number}" for number in range(16)]
    with records.site.runtime() as runtime, records.store(runtime) as connection:
        for _ in range(40):
            dealt = dict(zip(people, choose.sample(names, len(people)), strict=True))
            rows: list[Row] = [{"in_id": one, "Name": name} for one, name in dealt.items()]
            choose.shuffle(rows)
            rows = [part for row in rows for part in ({"in_id": row["in_id"], "Amount": 1}, row)[choose.randrange(2) :]]
            merged = records.merge_in(runtime, connection, rows, "Thing")
            assert merged.errors == []
            found = connection.exec_driver_sql("select _in_id, Name from store_demo.bo_Thing").all()
            assert {row[0]: row[1] for row in found} == dealt
