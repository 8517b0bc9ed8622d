"""The made-up partner's rows: the same for a seed, of every type, bad where they are meant to be."""

import random
from collections.abc import Iterator

import pytest

from etl.errors import ConfigurationError
from etl.metadata import parse_company
from etl.simulator import SCENARIOS
from etl.simulator.address import address_of
from etl.simulator.play import TableReport
from etl.simulator.rows import Row, Warehouse
from etl.simulator.scenarios import (
    Crash,
    HandOverStep,
    PartnerStep,
    Write,
)
from tests.contracts import company


def steps(seed: int, name: str) -> list[PartnerStep]:
    runtime = Warehouse(company(), seed)
    first = list(SCENARIOS["good"](runtime, random.Random(seed), 10))
    return first + list(SCENARIOS[name](runtime, random.Random(seed), 10))


def writes(of: list[PartnerStep]) -> Iterator[Write]:
    for step in of:
        match step:
            case Write():
                yield step
            case HandOverStep():
                yield from step.late
            case Crash():
                yield from step.written + step.torn
            case _:
                pass


def rows(of: list[PartnerStep], table: str, *, bad: bool = False) -> list[Row]:
    return [row for write in writes(of) if write.table == table and write.is_bad == bad for row in write.rows]


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_same_seed_gives_the_same_steps(name: str) -> None:
    assert steps(1, name) == steps(1, name)
    mine, yours = steps(1, name), steps(2, name)
    assert not {row["in_id"] for row in rows(mine, "in_Everything")} & {
        row["in_id"] for row in rows(yours, "in_Everything")
    }


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_hands_over(name: str) -> None:
    assert any(isinstance(step, HandOverStep) for step in steps(1, name)[1:])


def test_rows_have_a_value_of_every_type() -> None:
    [first, *_] = rows(steps(1, "good"), "in_Everything")
    assert not [column for column, value in first.items() if value is None]


def test_a_good_partner_takes_links_away_that_were_given() -> None:
    runtime = Warehouse(company(), 1)
    given: dict[str, set[tuple[str, ...]]] = {}
    gone = 0
    for write in writes([step for n in range(3) for step in SCENARIOS["good"](runtime, random.Random(n), 10)]):
        known = given.setdefault(write.table, set())
        keys = {tuple(str(row[column]) for column in write.key) for row in write.rows}
        if len(write.key) == 2 and write.rows[0].get("removed"):
            assert keys <= known
            gone += len(keys)
            known -= keys
        else:
            known |= keys
    assert gone > 0


def test_a_good_partner_changes_and_removes() -> None:
    given = rows(steps(1, "good"), "in_Everything")
    again = [row for row in given if [one["in_id"] for one in given].count(row["in_id"]) > 1]
    assert {row["removed"] for row in given} == {False} or any(row["removed"] for row in given)
    assert len({str(row) for row in again}) == len(again) > 0


def test_unique_values_stay_unique_over_versions_and_seeds() -> None:
    mails: dict[str, str] = {}
    for seed in (1, 2, 9999):
        for row in rows(steps(seed, "good"), "in_Everything"):
            assert mails.setdefault(row["Mail"], row["in_id"]) == row["in_id"]


def test_bad_rows_are_bad() -> None:
    bad = rows(steps(1, "bad-types"), "in_Everything", bad=True)
    assert bad
    for row in bad:
        assert "NaN" in row.values() or "no such option" in row.values() or "{" in row.values()
    # A table where no value can be bad: no id.
    assert [row["in_id"] for row in rows(steps(1, "bad-types"), "in_Keyed", bad=True)] == [""]


@pytest.mark.parametrize(
    ("reported", "agrees"),
    [
        (TableReport(handed=3, bad=1, receipts={"claimed": 3, "rejected": 1}, err=1), True),
        (TableReport(handed=3, receipts={"claimed": 2}), False),
        (TableReport(handed=3, receipts={"claimed": 4}), False),
        (TableReport(handed=3, bad=1, receipts={"claimed": 3}, err=1), False),
        (TableReport(handed=3, bad=1, receipts={"claimed": 3, "rejected": 1}), False),
        (TableReport(handed=3, receipts={"claimed": 3}, unsettled=1), False),
    ],
    ids=str,
)
def test_when_a_table_agrees(reported: TableReport, agrees: bool) -> None:
    assert reported.agrees == agrees


def test_addresses() -> None:
    found = address_of("postgresql://shop%5Fpartner@db.example:5433/shop?sslmode=require")
    assert (found.host, found.port, found.database, found.username) == ("db.example", 5433, "shop", "shop_partner")
    assert found.sslmode == "require"
    assert address_of("postgresql:///shop?host=/run/pg").host == "/run/pg"


@pytest.mark.parametrize(
    "url", ["shop", "postgresql://h", "postgresql://h:x/d", "postgresql://a:b@h/d", "postgresql://h/d?x=1"]
)
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(ConfigurationError):
        address_of(url)


def test_rows_that_come_late_are_written_once() -> None:
    """Whichever run takes them, they are counted once."""
    runtime = Warehouse(company(), 1)
    given = [step for name in ("late", "good", "good") for step in SCENARIOS[name](runtime, random.Random(1), 10)]
    written = [row["in_id"] for row in rows(given, "in_Everything")]
    assert len(runtime.late) == 15
    assert not [in_id for in_id in runtime.late if written.count(in_id) > 1]


def test_removed_rows_stay_removed_and_unique_values_that_cannot_differ_are_left_out() -> None:
    runtime = Warehouse(company(), 3)
    for number in range(3):
        list(SCENARIOS["good"](runtime, random.Random(number), 40))
    assert runtime.removed
    bo = runtime.company.object("Everything")
    gone = [number for code, number in runtime.removed if code == bo.code]
    assert not set(gone) & set(runtime.present(bo))
    assert all(runtime.row(bo, number)["removed"] for number in gone)
    text = "code: Day\nfields:\n  - {code: On, type: DATE, isUnique: true, needLoadFromInTables: true}\n"
    days = Warehouse(parse_company("demo", {"Day.yaml": text}), 1)
    assert [days.row(days.company.object("Day"), number)["On"] for number in (1, 2)] == [None, None]
