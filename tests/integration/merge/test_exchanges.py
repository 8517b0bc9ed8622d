"""Unique values that change hands: what counts is the store after the batch, not the order or parts of the batch."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from etl.engine import Outcome, run_once, undo
from tests.fix_company import BOTH_LAYOUTS, STORE, MakeSite, Row, Site
from tests.sweeps import mostly_nightly

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
    """A company with one object, whose batches are taken in chunks of `chunk_rows` by `workers`."""

    def __init__(self, site: Site, chunk_rows: int, workers: int) -> None:
        self.site, self.chunk_rows = site, chunk_rows
        site.write("consumers/InMigration.workerCount", f"comeKafkaInMigration={workers}")

    def run(self, *rows: Row) -> Outcome:
        self.site.partner.redeliver("in_Thing", *rows)
        self.site.partner.hand_over()
        with self.site.runtime() as runtime:
            in_migration = replace(runtime.settings.in_migration, chunk_rows=self.chunk_rows)
            outcome = run_once(replace(runtime, settings=replace(runtime.settings, in_migration=in_migration)))
        [receipt] = outcome.receipts
        outcomes = receipt.created + receipt.changed + receipt.unchanged + receipt.removed + receipt.rejected
        assert receipt.claimed == len(rows) == outcomes
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


@pytest.fixture(
    params=mostly_nightly([(1000, 1), (1, 1), (2, 2)], always=[(1000, 1), (2, 2)]),
    ids=lambda pair: f"chunks_of_{pair[0]}",
)
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


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("is_reversed", [False, True], ids=["forward", "backward"])
def test_the_store_after_the_batch_is_judged(things: Things, case: str, is_reversed: bool) -> None:
    rows, changes, errors = CASES[case]
    things.start()
    before = things.state
    outcome = things.run(*(rows[::-1] if is_reversed else rows))
    assert (things.state, things.errors()) == (START | changes, errors)
    with things.site.runtime() as runtime:
        undo(runtime, outcome.run or 0)
    undone = things.state
    assert {one: undone[one] for one in before} == before
    assert all(undone[one][0] == "R" for one in undone.keys() - before.keys())


@pytest.fixture
def started(make_site: MakeSite) -> Things:
    things = Things(make_site({"Thing": DOCUMENT}, faultPatienceSeconds=0), 1000, 1)
    things.start()
    return things


def test_a_removed_one_holds_nothing_back_and_is_no_merge_target(started: Things) -> None:
    started.run(thing("a", removed=True))
    started.run(thing("0", name="na"), old("b", phone="pa"))
    assert started.state["0"] == ("A", "na", None, None)
    assert started.state["b"] == was("b", phone="pa")
    started.run(old("a"))
    assert started.errors() == [("a", TAKEN, "Name", "na"), ("a", TAKEN, "Phone", "pa")]
    started.run(old("a", name="new", phone=None))
    assert started.state["a"] == was("a", name="new", phone=None)


def test_a_rejected_ring_is_taken_when_its_broken_row_is_corrected(started: Things) -> None:
    started.run(*ring("a", "b", "c")[:2], old("c", name="na", amount="NaN"))
    assert started.site.partner.statuses("in_Thing") == {"ERROR": 3}
    started.site.partner("update in_Thing set amount = 1 where in_id = 'c'")
    assert started.site.etl("errors", "retry", "--table", "in_Thing").code == 0
    started.site.partner.hand_over()
    assert started.site.run().errors == 0
    assert {one: row[1] for one, row in started.state.items()} == {"a": "nb", "b": "nc", "c": "na", "d": "nd"}


def test_a_row_that_is_changed_while_it_is_judged_counts_as_it_stands_then(started: Things) -> None:
    """The run waits for the partner's change of a, and judges all rows of the chunk again."""
    site = started.site
    site.partner.redeliver(
        "in_Thing", old("a", name="nb"), old("b", name="na"), old("c", name="nd"), old("d", name="z")
    )
    site.partner.hand_over()
    with ThreadPoolExecutor(1) as pool, site.partner.holding() as session:
        with site.holding_after_claims():
            run = pool.submit(site.run)
            site.wait_for_blocked()
            session.execute("update in_Thing set name = 'new' where in_id = 'a'")
        site.wait_for_blocked(by=session.info.backend_pid)
        session.commit()
        assert run.result().errors == 0
    assert {one: row[1] for one, row in started.state.items()} == {"a": "new", "b": "na", "c": "nd", "d": "z"}


@BOTH_LAYOUTS
def test_rows_that_name_one_instance(started: Things) -> None:
    a = started.id_of("a")
    rows = [old("z", out_id=a, name="z", phone=None), thing("a", removed=True), old("b", name="na")]
    for batch in (rows, rows[::-1]):
        started.run(*batch)
        assert started.state == START | {"a": was("a", name="z", phone=None, email="z@X"), "b": was("b", name="na")}
        assert started.errors() == [("a", "ROW_OVERRULED", None, "z")]
    started.run(thing(None, out_id=a, name="1"), thing(None, out_id=a, name="2"), old("b", name="z"))
    codes = [error[1] for error in started.errors()]
    assert codes == ["OUT_ID_TWICE", "OUT_ID_TWICE", TAKEN]
    started.run(thing(None, out_id=a, name="1"), thing(None, out_id=a, name="1"))
    assert (started.errors(), started.state["a"]) == ([], ("A", "1", None, None))


def test_what_another_has_by_now_is_not_given_back(started: Things) -> None:
    """b has taken a's old name since, and d wants what a then keeps."""
    first = started.run(old("a", name="x"), old("d", name="na", phone="pd2"), old("c", phone=None))
    started.run(old("d", name="y", phone="pd2"))
    started.run(old("b", name="na"))
    with started.site.runtime() as runtime:
        undone = undo(runtime, first.run or 0)
    assert undone.counters["kept"] == 2  # a's name, and d's, which a later run has touched
    assert started.state == {
        "a": was("a", name="x"),
        "b": was("b", name="na"),
        "c": was("c"),
        "d": was("d", name="y"),
    }


def test_one_whose_name_is_another_s_by_now_does_not_return(started: Things) -> None:
    removal = started.run(thing("a", removed=True), old("b", phone="pa"))
    started.run(thing("0", name="na"))
    with started.site.runtime() as runtime:
        assert undo(runtime, removal.run or 0).counters["kept"] == 1
    assert started.state == START | {"a": was("a", state="R"), "0": ("A", "na", None, None)}


@BOTH_LAYOUTS
def test_rings_of_a_thousand_are_taken_and_undone(make_site: MakeSite) -> None:
    """Over three fields, chunks and workers. An undo that asked each row for all others took minutes here."""
    site = make_site({"Thing": DOCUMENT}, faultPatienceSeconds=0, copyTables="false", chunkRows=1000)
    site.write("consumers/InMigration.workerCount", "comeKafkaInMigration=2")
    site.partner(
        "insert into in_Thing (in_id, name, phone, email) "
        "select lpad(n::text, 4, '0'), 'n' || n, 'p' || n, n || '@x' from generate_series(0, 1999) n"
    )
    site.run()
    state = f"select _in_id, _state, name, phone, email from {STORE}.bo_Thing order by _in_id"
    before = site.look(state)
    site.partner(
        "update in_Thing set in_status = '', name = 'n' || (in_id::int + 1) % 2000, "
        "phone = 'p' || (3999 - in_id::int) % 2000, email = (in_id::int + 7) % 2000 || '@X'"
    )
    site.partner.hand_over()
    outcome = site.run()
    assert (outcome.errors, outcome.receipts[0].changed) == (0, 2000)
    with site.runtime() as runtime:
        assert undo(runtime, outcome.run or 0).counters["restored"] == 2000
    assert site.look(state) == before
