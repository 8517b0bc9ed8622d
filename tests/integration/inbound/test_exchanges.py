"""Unique values that change hands: what counts is the store after the batch, not the order or parts of the batch."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from etl.engine import Outcome, run_once, undo
from tests.fix_company import STORE, MakeSite, Row, Site

_FLAGS = "needLoadFromInTables: true, needUploadToOutTable: true"
DOCUMENT = f"""
code: Thing
fields:
  - {{code: Name, type: INPUT_TEXT, isUnique: true, {_FLAGS}}}
  - {{code: Phone, type: INPUT_PHONE, isUnique: true, {_FLAGS}}}
  - {{code: Email, type: INPUT_EMAIL, isUnique: true, {_FLAGS}}}
  - {{code: Amount, type: INPUT_NUMBER, {_FLAGS}}}
"""
# in_id -> (state, name, phone, email)
State = dict[str, tuple[Any, ...]]


class Things:
    """A company with one object, whose batches are taken in chunks of so many rows by so many workers."""

    def __init__(self, site: Site, chunk_rows: int, workers: int) -> None:
        self.site, self.chunk_rows = site, chunk_rows
        site.write("consumers/InMigration.workerCount", f"comeKafkaInMigration={workers}")

    def run(self, *rows: Row) -> Outcome:
        self.site.partner.redeliver("in_Thing", *rows)
        self.site.partner.hand_over()
        with self.site.house() as house:
            in_migration = replace(house.settings.in_migration, chunk_rows=self.chunk_rows)
            outcome = run_once(replace(house, settings=replace(house.settings, in_migration=in_migration)))
        [receipt] = outcome.receipts
        fates = receipt.created + receipt.changed + receipt.unchanged + receipt.removed + receipt.rejected
        assert receipt.claimed == len(rows) == fates
        assert receipt.merged == len([one for one in self.errors() if one[1] == "MERGED_BY_VALUE"])
        return outcome

    def start(self) -> None:
        """a, b, c and d, each with values of its own."""
        self.run(*(thing(one, name=f"n{one}", phone=f"p{one}", email=f"{one}@X") for one in "abcd"))

    @property
    def state(self) -> State:
        rows = self.site.look(f"select * from {STORE}.bo_Thing")
        return {row["_in_id"]: (row["_state"][0], row["name"], row["phone"], row["email"]) for row in rows}

    def errors(self) -> list[tuple[str, str, str | None, str | None]]:
        return sorted((one["in_id"] or "", one["code"], one["column_name"], one["value"]) for one in self.site.errors())

    def id_of(self, in_id: str) -> str:
        return str(self.site.value(f"select _id from {STORE}.bo_Thing where _in_id = '{in_id}'"))


def thing(in_id: str | None, **values: Any) -> Row:
    values = {name.strip("_"): value for name, value in values.items()}
    return {"in_id": in_id, "out_id": None, "removed": False, "name": None, "phone": None, "email": None} | values


def old(in_id: str, **values: Any) -> Row:
    """A row for one of the things that are there, with the values that it has."""
    return thing(in_id, **{"name": f"n{in_id}", "phone": f"p{in_id}", "email": f"{in_id}@X"} | values)


def was(in_id: str, **values: str | None) -> tuple[Any, ...]:
    row = old(in_id, **values)
    return (values.get("state", "A"), row["name"], row["phone"], row["email"])


@pytest.fixture(params=[(1000, 1), (1, 1), (2, 2), (3, 1)], ids=lambda pair: f"chunks_of_{pair[0]}")
def things(make_site: MakeSite, request: pytest.FixtureRequest) -> Things:
    return Things(make_site({"Thing": DOCUMENT}, faultPatienceSeconds=0), *request.param)


START: State = {one: was(one) for one in "abcd"}


def ring(*members: str, field: str = "name") -> list[Row]:
    """Each takes what the next one has."""
    after = dict(zip(members, [*members[1:], members[0]], strict=True))
    return [old(one, **{field: old(after[one])[field]}) for one in members]


TAKEN = "UNIQUE_TAKEN"
# rows -> the state and the errors that come of them after `start`, in any order of the rows
CASES: dict[str, tuple[list[Row], State, list[tuple[Any, ...]]]] = {
    "a swap": (ring("a", "b"), {"a": was("a", name="nb"), "b": was("b", name="na")}, []),
    "a ring of four": (
        ring("a", "b", "c", "d"),
        {one: was(one, name=f"n{other}") for one, other in zip("abcd", "bcda", strict=True)},
        [],
    ),
    "rings over two fields": (
        [old("a", name="nb", phone="pc"), old("b", name="na", phone="pa"), old("c", phone="pb")],
        {
            "a": was("a", name="nb", phone="pc"),
            "b": was("b", name="na", phone="pa"),
            "c": was("c", phone="pb"),
        },
        [],
    ),
    "a ring of e-mails in other letters": (
        [old("a", email="B@x"), old("b", email="A@x")],
        {"a": was("a", email="B@x"), "b": was("b", email="A@x")},
        [],
    ),
    "a chain that ends in a value of its own": (
        [old("a", name="nb"), old("b", name="nc"), old("c", name="new")],
        {"a": was("a", name="nb"), "b": was("b", name="nc"), "c": was("c", name="new")},
        [],
    ),
    "a chain that ends in null": (
        [old("a", name="nb"), old("b", name=None)],
        {"a": was("a", name="nb"), "b": was("b", name=None)},
        [],
    ),
    "a chain that ends in a removal": (
        [old("a", name="nb"), old("b", name="nc"), thing("c", removed=True)],
        {"a": was("a", name="nb"), "b": was("b", name="nc"), "c": was("c", state="R")},
        [],
    ),
    "a chain that ends in a new row": (
        [old("a", name="nb"), old("b", name="x"), thing("0", name="na", phone="0")],
        {"a": was("a", name="nb"), "b": was("b", name="x"), "0": ("A", "na", "0", None)},
        [],
    ),
    "a newcomer with the name of one that is removed": (
        [thing("a", removed=True), thing("0", name="na", email="A@x")],
        {"a": was("a", state="R"), "0": ("A", "na", None, "A@x")},
        [],
    ),
    "a newcomer whose value only changes its letters": (
        [old("a", email="A@x"), thing("0", email="a@x", name="0")],
        {"a": ("A", "0", None, "a@x")},
        [("0", "MERGED_BY_VALUE", "Email", "a@x")],
    ),
    "a newcomer with the name of one that is left alone": (
        [thing("0", name="na", phone="0")],
        {"a": ("A", "na", "0", None)},
        [("0", "MERGED_BY_VALUE", "Name", "na")],
    ),
    "a newcomer that frees what another takes": (
        [thing("0", name="na", phone="0"), old("b", phone="pa")],
        {"a": ("A", "na", "0", None), "b": was("b", phone="pa")},
        [("0", "MERGED_BY_VALUE", "Name", "na")],
    ),
    "newcomers with one value": (
        [thing("0", name="x", phone="0"), thing("1", name="x", phone="1"), thing("2", phone="1", name="y")],
        {"0": ("A", "y", "1", None)},
        [("1", "MERGED_BY_VALUE", "Name", "x"), ("2", "MERGED_BY_VALUE", "Phone", "1")],
    ),
    "a value that its holder keeps": (
        [old("a", name="nb"), old("b", phone="x")],
        {"b": was("b", phone="x")},
        [("a", TAKEN, "Name", "nb")],
    ),
    "a value of one that is left alone, and all that depends on it": (
        [old("a", name="nb"), old("b", name="nc"), old("c", name="nd"), thing("0", name="na")],
        {},
        [
            ("0", TAKEN, "Name", "na"),
            ("a", TAKEN, "Name", "nb"),
            ("b", TAKEN, "Name", "nc"),
            ("c", TAKEN, "Name", "nd"),
        ],
    ),
    "a value handed over by a row that is rejected for something else": (
        [old("a", name="nb"), old("b", name="nc"), old("c", name="x", amount="NaN"), thing("0", name="nc")],
        {},
        [
            ("0", TAKEN, "Name", "nc"),
            ("a", TAKEN, "Name", "nb"),
            ("b", TAKEN, "Name", "nc"),
            ("c", "NUMBER_NOT_FINITE", "Amount", "NaN"),
        ],
    ),
    "two that want one free value": (
        [old("b", name="x"), old("a", name="x"), old("c", name="nb")],
        {"a": was("a", name="x")},
        [("b", TAKEN, "Name", "x"), ("c", TAKEN, "Name", "nb")],
    ),
    "two that want one value, one of which gets nothing": (
        [old("a", name="x", phone="pd"), old("b", name="x")],
        {"b": was("b", name="x")},
        [("a", TAKEN, "Phone", "pd")],
    ),
}


def batches(rows: list[Row]) -> Iterator[list[Row]]:
    yield rows
    yield rows[::-1]


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("is_reversed", [False, True], ids=["forward", "backward"])
def test_the_store_after_the_batch_is_judged(things: Things, case: str, is_reversed: bool) -> None:
    rows, changes, errors = CASES[case]
    things.start()
    before = things.state
    outcome = things.run(*(rows[::-1] if is_reversed else rows))
    assert (things.state, things.errors()) == (START | changes, errors)
    with things.site.house() as house:
        undo(house, outcome.run or 0)
    undone = things.state
    assert {one: undone[one] for one in before} == before
    assert all(undone[one][0] == "R" for one in undone.keys() - before.keys())
