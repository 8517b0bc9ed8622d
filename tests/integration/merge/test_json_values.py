"""JSON is compared by value: another spelling of what the store has is no change, and the store keeps its own."""

from typing import Any

import pytest
import sqlalchemy

from etl.database import bring_up, transaction
from etl.engine import dry_run
from etl.merge.rows import repeated
from etl.store import STORE as STORE_PART
from tests.fix_company import BOTH_LAYOUTS, ONE_AND_NIGHTLY_APART, STORE, MakeSite, Site

_FLAGS = "needLoadFromInTables: true, needUploadToOutTable: true"
KINDS = (
    *("PERIOD", "PERIOD_TIME", "CHECKLIST", "QUESTIONNAIRE", "PROGRESS_BAR", "GEO_POINT"),
    *("INPUT_TEXT_LANG", "TEXTAREA_LANG"),
)
DOCUMENT = "code: Thing\nfields:\n" + "".join(f"  - {{code: {kind}, type: {kind}, {_FLAGS}}}\n" for kind in KINDS)

# The same value, as a partner may write it one day and another.
SPELLINGS = {
    "PERIOD": (
        '{"startDate": "2024-01-31T09:00:00Z", "endDate": null}',
        '{"endDate":null,"startDate":"2024-01-31T09:00:00Z"}',
    ),
    "PERIOD_TIME": (
        '{"startDate": null, "endDate": null, "n": [1, 2.50]}',
        '\t{"n": [1.0, 25e-1], "startDate": null, "endDate": null}\n',
    ),
    "CHECKLIST": ('[{"label": "A", "checked": true}]', '[ {"checked":true,"label":"\\u0041"} ]'),
    "QUESTIONNAIRE": ('[{"rowId": "r/1", "columnId": "c"}]', '[{"columnId": "c", "rowId": "r\\/1"}]'),
    "PROGRESS_BAR": ('{"first": "RED", "second": "GREEN"}', '{"second":"GREEN","first":"BLUE","first":"RED"}'),
    "GEO_POINT": ('{"lat": 43.0, "lon": -0}', '{"lon": 0.00, "lat": 4.3e1}'),
    "INPUT_TEXT_LANG": ('{"RUS": "да", "ENG": "yes"}', '{"ENG": "yes", "RUS": "\\u0434\\u0430"}'),
    "TEXTAREA_LANG": ('{"RUS": "\\ud83d\\ude00", "KAZ": null}', '{"KAZ":null,"RUS":"😀"}'),
}
# Nearly the same, and yet another value.
OTHERS = {
    "PERIOD": '{"startDate": "2024-01-31T09:00:00+00:00", "endDate": null}',
    "PERIOD_TIME": '{"startDate": null, "endDate": null, "n": [2.5, 1]}',
    "CHECKLIST": '[{"label": "a", "checked": true}]',
    "QUESTIONNAIRE": '[{"rowId": "r/1 ", "columnId": "c"}]',
    "PROGRESS_BAR": '{"first": "RED"}',
    "GEO_POINT": '{"lat": 43.0001, "lon": 0}',
    "INPUT_TEXT_LANG": '{"RUS": "да"}',
    "TEXTAREA_LANG": '{"RUS": "😀", "KAZ": ""}',
}


@pytest.fixture(params=["stage", "passed"])
def site(make_site: MakeSite, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Site:
    if request.param == "passed":
        monkeypatch.setattr(repeated, "FROM_ROWS", 1)
    return make_site({"Thing": DOCUMENT})


def deliver(site: Site, values: dict[str, str]) -> None:
    site.partner.redeliver("in_Thing", *({"in_id": str(n), **values} for n in range(3)))
    site.partner.hand_over()


def receipt_counts(site: Site) -> dict[str, int]:
    [receipt] = site.run().receipts
    return {name: rows for name in ("created", "changed", "unchanged", "rejected") if (rows := getattr(receipt, name))}


@BOTH_LAYOUTS
@pytest.mark.parametrize("null_policy", ["clear", "keep"])
def test_another_spelling_is_no_change(site: Site, null_policy: str) -> None:
    site.set(nullPolicy=null_policy)
    deliver(site, {kind: first for kind, (first, _) in SPELLINGS.items()})
    assert receipt_counts(site) == {"created": 3}
    before = site.fingerprint()
    deliver(site, {kind: second for kind, (_, second) in SPELLINGS.items()})
    with site.runtime() as runtime:
        assert dry_run(runtime).changed == ()
    assert receipt_counts(site) == {"unchanged": 3}
    assert site.fingerprint() == before


@pytest.mark.parametrize("kind", KINDS)
def test_another_value_is_a_change_and_is_kept_as_it_is_written(site: Site, kind: str) -> None:
    first = {one: spellings[0] for one, spellings in SPELLINGS.items()}
    deliver(site, first)
    receipt_counts(site)
    deliver(site, {one: spellings[1] for one, spellings in SPELLINGS.items()} | {kind: OTHERS[kind]})
    assert receipt_counts(site) == {"changed": 3}
    stored = site.look(f"select * from {STORE}.bo_Thing")[0]
    assert {one: stored[one.lower()] for one in KINDS} == first | {kind: OTHERS[kind]}
    [change] = site.look(f"select distinct before from {STORE}.journal where before <> '{{}}'")
    assert change["before"] == {kind.lower(): first[kind]}


@pytest.mark.parametrize(("first", "second"), [("1.0", "1"), ("[1]", "[ 1 ]"), ('"a"', '"\\u0061"'), ("{}", " {} ")])
def test_a_text_that_opens_no_object_is_no_json(site: Site, first: str, second: str) -> None:
    """Of a text in languages only an object is JSON; and a text is never a spelling of JSON in a plain field."""
    deliver(site, {"INPUT_TEXT_LANG": first})
    receipt_counts(site)
    deliver(site, {"INPUT_TEXT_LANG": second})
    assert receipt_counts(site) == ({"unchanged": 3} if first == "{}" else {"changed": 3})


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ('{"a": 1, "a": 2}', '{"a": 2}', True),
        ('{"a": 2, "a": 1}', '{"a": 2}', False),
        ("1e2", "100.000", True),
        ("9007199254740993", "9007199254740992", False),
        ("0.1", "0.10000000000000000001", False),
        ("1e999999", "1e0999999", False),
        ('"\\u0000"', '"\\u0000" ', False),
        ('"\\ud800"', ' "\\ud800"', False),
        ("[" * 100_000 + "]" * 100_000, "[" * 100_000 + "]" * 100_000 + " ", False),
        ("{bad", "{bad ", False),
        ("{bad", "{bad", True),
    ],
)
def test_what_jsonb_cannot_hold_is_compared_as_text(
    engine: sqlalchemy.Engine, one: str, other: str, is_same: bool
) -> None:
    """No text stops a run."""
    with transaction(engine) as connection:
        connection.execute(sqlalchemy.text("create schema store_demo"))
        bring_up(connection, "store_demo", [STORE_PART])
        same: Any = connection.execute(
            sqlalchemy.text("select store_demo.same_json(:one, :other)"), {"one": one, "other": other}
        ).scalar_one()
    assert same is is_same


@ONE_AND_NIGHTLY_APART
@pytest.mark.parametrize("kind", KINDS)
def test_rows_of_one_instance_in_two_spellings_say_the_same(site: Site, kind: str) -> None:
    """Neither do they contradict each other, nor is one of them overruled."""
    deliver(site, {})
    receipt_counts(site)
    instance = site.value(f"select _id from {STORE}.bo_Thing where _in_id = '0'")
    no_id = {"in_id": None, "out_id": instance}
    site.partner.redeliver("in_Thing", *({**no_id, kind: spelling} for spelling in SPELLINGS[kind]))
    site.partner.hand_over()
    assert receipt_counts(site) == {"changed": 1, "unchanged": 1}
    assert site.errors() == []
    named = {"in_id": "0", "out_id": None, kind: OTHERS[kind]}, {"in_id": "1", "out_id": instance, kind: OTHERS[kind]}
    site.partner.redeliver("in_Thing", *({**no_id, kind: text} for text in (SPELLINGS[kind][0], OTHERS[kind])))
    site.partner.hand_over()
    assert receipt_counts(site) == {"rejected": 2}
    site.partner.redeliver("in_Thing", {**named[0], kind: " " + OTHERS[kind]}, {**named[1], "in_id": "also"})
    site.partner.hand_over()
    assert receipt_counts(site) == {"changed": 1, "unchanged": 1}
    assert site.errors() == []
