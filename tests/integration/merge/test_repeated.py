"""Rows that repeat what the store has are passed without a stage, and nothing but the time shows it."""

from typing import Any

import pytest
import sqlalchemy

from etl.database import fetch_all
from etl.engine import dry_run
from etl.merge.rows import repeated, statements
from etl.merge.rows.statements import Merge
from tests.fix_company import STORE, MakeSite
from tests.integration.merge.conftest import Inbound

_IN = "needLoadFromInTables: true, needUploadToOutTable: true"
DOCUMENTS = {
    "Client": f"""
code: Client
fields:
  - {{code: Name, type: INPUT_TEXT, {_IN}}}
  - {{code: Amount, type: INPUT_NUMBER, {_IN}}}
  - {{code: Score, type: INPUT_NUMBER, onBadValue: skip_value, {_IN}}}
  - {{code: Born, type: DATE, inMigrationTimezoneMinutes: 300, {_IN}}}
  - {{code: Kind, type: RADIO_BUTTON_GROUP, options: [{{code: new}}, {{code: old, id: WbX5Wa8gcabbVbF1}}], {_IN}}}
  - {{code: Level, type: DROPDOWN_SINGLE, dictionary: Level, {_IN}}}
  - {{code: Place, type: GEO_POINT, {_IN}}}
""",
    "Level": f"""
code: Level
category: DICTIONARY
orderIndex: 9
fields:
  - {{code: code, type: INPUT_TEXT, {_IN}}}
""",
}
ROWS = 200
_FEED = f"""
truncate in_Client;
insert into in_Client (in_id, name, amount, score, born, kind, level, place)
select 'c' || n, 'Client ' || n, n, n, '2000-01-01 20:00+00', case when n % 2 = 0 then 'new' end, 'top',
    '{{"lat": 43.2, "lon": 76.9}}'
from generate_series(1, {ROWS}) n
"""


@pytest.fixture(params=["store is read once", "store is large"])
def passed(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows each chunk passed; small chunks go this way too, by both statements."""
    counts: list[int] = []
    run = repeated.pass_repeated

    def counted(*arguments: Any) -> tuple[int, Merge | None]:
        rows, rest = run(*arguments)
        assert (rest is None) is (rows == ROWS)
        counts.append(rows)
        return rows, rest

    monkeypatch.setattr(repeated, "FROM_ROWS", 1)
    if request.param == "store is large":
        monkeypatch.setattr(repeated, "READ_STORE_UP_TO", -1)
    monkeypatch.setattr("etl.merge.rows.single_fields.pass_repeated", counted)
    return counts


@pytest.fixture
def inbound(make_site: MakeSite, passed: list[int]) -> Inbound:
    """A feed was merged, and stands in the in_ table again."""
    inbound = Inbound(make_site(DOCUMENTS, copyTables="false"))
    inbound.partner("insert into in_Level (in_id, code) values ('l1', 'top'), ('l2', 'low')")
    inbound.partner(_FEED)
    assert receipt_counts(inbound) == {"created": ROWS}
    inbound.partner(_FEED)
    passed.clear()
    return inbound


def receipt_counts(inbound: Inbound) -> dict[str, int]:
    [receipt] = [one for one in inbound.merge().receipts if one.in_table == "in_Client"]
    words = ("created", "changed", "unchanged", "removed", "rejected")
    return {word: rows for word in words if (rows := getattr(receipt, word))}


def test_a_feed_of_nothing_new_writes_nothing(inbound: Inbound, passed: list[int]) -> None:
    before = inbound.golden(), inbound.journal()
    assert receipt_counts(inbound) == {"unchanged": ROWS}
    assert passed == [ROWS]
    assert (inbound.golden(), inbound.journal()) == before
    known = {row["_in_id"]: row["_id"] for row in inbound.golden().values()}
    rows = inbound.partner("select in_id, out_id, in_status from in_Client")
    assert {row["in_id"]: row["out_id"] for row in rows} == known
    assert {row["in_status"] for row in rows} == {"DONE"}


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ("name = 'other'", "changed"),
        ("name = null", "changed"),
        ("born = '2000-01-01 18:00+00'", "changed"),  # the day before, in the field's zone
        ("born = '2000-01-01 19:00+00'", "unchanged"),
        ("kind = 'old'", "changed"),
        ("kind = 'WbX5Wa8gcabbVbF1'", "changed"),
        ("kind = 'NEW'", "rejected"),
        ("level = 'low'", "changed"),
        ("level = 'none'", "rejected"),
        ("amount = 'NaN'", "rejected"),
        ("score = 'NaN'", "unchanged"),  # skipped, and reported in err
        ("place = 'nowhere'", "rejected"),
        ("out_id = 'missing'", "rejected"),
        ("removed = true", "removed"),
        ("in_id = null", "rejected"),
        ("in_id = ''", "rejected"),
        ("in_id = 'someone'", "created"),
    ],
)
def test_the_row_that_differs_is_left_to_the_stage(
    inbound: Inbound, passed: list[int], change: str, outcome: str
) -> None:
    inbound.partner(f"update in_Client set {change} where in_id = 'c2'")
    found = receipt_counts(inbound)
    assert found == ({"unchanged": ROWS} if outcome == "unchanged" else {"unchanged": ROWS - 1, outcome: 1})
    assert passed == [ROWS if change.startswith("born") and outcome == "unchanged" else ROWS - 1]
    assert len(inbound.faults()) == (outcome == "rejected" or change.startswith("score"))


def test_a_value_that_is_no_choice_any_more_is_rejected(inbound: Inbound, passed: list[int]) -> None:
    """It stands in the store as the row has it, and yet it is bad now."""
    inbound.partner("update in_Client set level = 'low' where in_id = 'c2'")
    assert receipt_counts(inbound) == {"unchanged": ROWS - 1, "changed": 1}
    inbound.partner("update in_Level set removed = true, in_status = '' where in_id = 'l2'")
    inbound.partner("update in_Client set in_status = ''")
    assert receipt_counts(inbound) == {"unchanged": ROWS - 1, "rejected": 1}


def test_null_keeps_where_the_policy_says_so(inbound: Inbound, passed: list[int]) -> None:
    inbound.site.set(nullPolicy="keep")
    inbound.partner("update in_Client set name = null, level = null, kind = null")
    assert receipt_counts(inbound) == {"unchanged": ROWS}
    assert passed == [ROWS]


def test_an_instance_that_was_removed_returns(inbound: Inbound, passed: list[int]) -> None:
    inbound.partner("update in_Client set removed = true where in_id = 'c2'")
    receipt_counts(inbound)
    inbound.partner("update in_Client set removed = false, in_status = ''")
    assert receipt_counts(inbound) == {"unchanged": ROWS - 1, "changed": 1}
    assert inbound.golden()["c2"]["_state"] == "ACTUAL"


def test_rows_of_one_instance_go_to_the_stage_together(inbound: Inbound, passed: list[int]) -> None:
    """One says something new, the other, which counts, what is known."""
    inbound.partner(
        "update in_Client set in_id = null, name = 'first', out_id = %s where in_id = 'c1'",
        [inbound.golden()["c2"]["_id"]],
    )
    assert receipt_counts(inbound) == {"unchanged": ROWS}
    assert [fault[2:] for fault in inbound.faults()] == [("ROW_OVERRULED", "info")]
    assert passed == [ROWS - 2]
    assert inbound.golden()["c2"]["name"] == "Client 2"


def test_a_row_after_that_of_the_same_instance_changes_nothing(inbound: Inbound, passed: list[int]) -> None:
    inbound.partner(
        "update in_Client set in_id = null, name = 'last', out_id = %s where in_id = 'c3'",
        [inbound.golden()["c2"]["_id"]],
    )
    assert receipt_counts(inbound) == {"unchanged": ROWS}
    assert passed == [ROWS - 2]
    assert inbound.golden()["c2"]["name"] == "Client 2"


def test_an_instance_with_two_ids_goes_to_the_stage_too(inbound: Inbound, passed: list[int]) -> None:
    known = inbound.golden()["c2"]["_id"]
    inbound.partner("update in_Client set in_id = 'also', out_id = %s where in_id = 'c1'", [known])
    receipt_counts(inbound)
    assert inbound.site.value(f"select instance from {STORE}.alias where in_id = 'also'") == known
    inbound.partner("update in_Client set out_id = null, in_status = '', name = 'first' where in_id = 'also'")
    inbound.partner("update in_Client set in_status = '' where in_id <> 'also'")
    passed.clear()
    assert receipt_counts(inbound) == {"unchanged": ROWS}
    assert passed == [ROWS - 2]
    assert inbound.golden()["c2"]["name"] == "Client 2"


def test_a_feed_of_changes_is_not_read_for_repeats(inbound: Inbound, passed: list[int]) -> None:
    inbound.partner("update in_Client set name = name || '!'")
    assert receipt_counts(inbound) == {"changed": ROWS}
    assert passed == [0]


def test_a_dry_run_merges_all_chunks_in_one_transaction(inbound: Inbound, passed: list[int]) -> None:
    inbound.site.set(chunkRows="1000")
    inbound.partner("insert into in_Client (in_id, name) select 'd' || n, 'Client' from generate_series(1, 1800) n")
    inbound.merge()
    inbound.partner("update in_Client set in_status = ''")
    inbound.partner("update in_Client set name = 'other' where in_id in ('c1', 'd1800')")
    passed.clear()
    with inbound.site.runtime() as runtime:
        [receipt] = [one for one in dry_run(runtime).receipts if one.in_table == "in_Client"]
    assert (receipt.changed, receipt.unchanged) == (2, 1998)
    assert passed == [999, 999]


@pytest.mark.parametrize("passed", ["store is read once"], indirect=True)
@pytest.mark.parametrize("statistics", ["none", "of one row", "of all rows"])
def test_the_plan_for_many_rows_does_not_depend_on_statistics(
    inbound: Inbound, passed: list[int], monkeypatch: pytest.MonkeyPatch, statistics: str
) -> None:
    if statistics == "of one row":
        inbound.partner("delete from in_Client where in_id <> 'c1'")
        inbound.partner("vacuum analyze in_Client")
        inbound.partner(_FEED.replace("truncate", "delete from"))
    elif statistics == "of all rows":
        inbound.partner("analyze in_Client")
    plans = []
    run = Merge.run

    def explained(merge: Merge, statement: str) -> int:
        if statement == "pass_many_repeated":
            explain = sqlalchemy.text(f"explain {statements._sql(statement, **merge.variables)}")
            plans.append("\n".join(str(line[0]) for line in fetch_all(merge.connection, explain, merge.values)))
        return run(merge, statement)

    monkeypatch.setattr(Merge, "run", explained)
    assert receipt_counts(inbound) == {"unchanged": ROWS}
    [plan] = plans
    assert "Hash Full Join" in plan
    assert plan.count("Tid Scan on in_client i") == plan.count("Nested Loop") == 1
