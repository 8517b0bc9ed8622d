"""Instances found by their key or by a unique value."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from etl.engine import run_once
from tests.fix_company import MakeSite, Row, Site

_FLAGS = "needLoadFromInTables: true, needUploadToOutTable: true"
_PERSON = f"""
code: Citizen
fields:
  - {{code: Iin, type: INPUT_TEXT, useAsKeyInMigration: true}}
  - {{code: Email, type: INPUT_EMAIL, isUnique: true, {_FLAGS}}}
  - {{code: Name, type: INPUT_TEXT, {_FLAGS}}}
"""


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return make_site({"Citizen": _PERSON})


def _golden(site: Site) -> list[tuple[str, str, str, str]]:
    rows = site.look("select _in_id, iin, email, name from store_demo.bo_citizen order by _in_id")
    return [tuple(row.values()) for row in rows]


def test_a_new_row_with_a_known_email_becomes_that_instance(site: Site) -> None:
    site.partner.fill("in_citizen", {"in_id": "a", "email": "x@example.com", "name": "Ann"})
    site.run()
    site.partner.hand_over()
    site.partner.fill("in_citizen", {"in_id": "b", "email": "x@example.com", "name": "Anna"})
    outcome = site.run()
    assert (outcome.receipts[0].created, outcome.receipts[0].changed) == (0, 1)
    assert _golden(site) == [("a", "b", "x@example.com", "Anna")]
    assert site.look("select in_id from store_demo.alias") == [{"in_id": "b"}]


def test_rows_of_one_batch_that_meet_are_taken_in_their_order(site: Site) -> None:
    site.partner.fill(
        "in_citizen",
        {"in_id": "a", "email": "x@example.com", "name": "1"},
        {"in_id": "b", "email": "x@example.com", "name": "2"},
        {"in_id": "c", "email": "y@example.com", "name": "3"},
        {"in_id": "d", "email": "x@example.com", "name": "4"},
    )
    outcome = site.run()
    [receipt] = outcome.receipts
    assert (receipt.claimed, receipt.created, receipt.changed) == (4, 2, 2)
    assert _golden(site) == [("a", "d", "x@example.com", "4"), ("c", "c", "y@example.com", "3")]


def test_a_known_row_cannot_take_the_unique_value_of_another(site: Site) -> None:
    site.partner.fill(
        "in_citizen",
        {"in_id": "a", "email": "x@example.com", "name": "1"},
        {"in_id": "b", "email": "y@example.com", "name": "2"},
    )
    site.run()
    site.partner.hand_over()
    site.partner("update in_citizen set email = 'x@example.com', in_status = '' where in_id = 'b'")
    outcome = site.run()
    assert outcome.errors == 1
    assert site.look("select code, column_name, value from in_tables.err") == [
        {"code": "UNIQUE_TAKEN", "column_name": "Email", "value": "x@example.com"}
    ]


def test_an_email_given_up_in_a_batch_is_free_for_the_next_row(site: Site) -> None:
    site.partner.fill("in_citizen", {"in_id": "a", "email": "x@example.com", "name": "1"})
    site.run()
    site.partner.hand_over()
    site.partner("delete from in_citizen")
    site.partner.fill(
        "in_citizen",
        {"in_id": "a", "email": "new@example.com", "name": "1"},
        {"in_id": "b", "email": "x@example.com", "name": "2"},
    )
    site.run()
    assert _golden(site) == [("a", "a", "new@example.com", "1"), ("b", "b", "x@example.com", "2")]


def test_an_email_given_up_in_a_batch_is_free_for_a_known_row(site: Site) -> None:
    site.partner.fill("in_citizen", {"in_id": "a", "email": "x@example.com"}, {"in_id": "b", "email": "y@example.com"})
    site.run()
    site.partner.hand_over()
    site.partner("delete from in_citizen")
    site.partner.fill("in_citizen", {"in_id": "a", "email": "z@example.com"}, {"in_id": "b", "email": "x@example.com"})
    outcome = site.run()
    assert outcome.errors == 0
    assert [row[:3] for row in _golden(site)] == [("a", "a", "z@example.com"), ("b", "b", "x@example.com")]


def test_a_contradiction_of_ids_is_one_fault(site: Site) -> None:
    site.partner.fill("in_citizen", {"in_id": "a", "name": "1"}, {"in_id": "b", "name": "2"})
    site.run()
    [row] = site.partner("select out_id from in_citizen where in_id = 'a'")
    site.partner.hand_over()
    site.partner.redeliver("in_citizen", {"in_id": "b", "out_id": row["out_id"]})
    site.run()
    assert [fault["code"] for fault in site.errors()] == ["IN_ID_TAKEN"]


ONE_IN_TWO_CASES = [
    ("Ä.Ö@X", "ä.ö@x"),
    ("ҒӘҢ@ПОЧТА.ҚЗ", "ғәң@почта.қз"),
    ("ẞ@x", "ß@x"),
    ("ΟΔΟΣ@x", "οδοσ@x"),
    ("Ǆ@x", "ǆ@x"),
    ("\u212a@x", "k@x"),  # the sign of kelvins
    ("Éa@x", "éA@X"),
]
TWO_THAT_LOOK_ALIKE = [
    ("ß@x", "ss@x"),
    ("e\u0301@x", "é@x"),
    ("ı@x", "i@x"),
    ("x@x ", "x@x"),
    ("а@x", "a@x"),  # Cyrillic and Latin
]


@pytest.mark.parametrize(("one", "other"), ONE_IN_TWO_CASES)
def test_letters_of_every_script_have_two_cases(site: Site, one: str, other: str) -> None:
    """Merged within a batch and by a later one; what the last row says is stored as it is given."""
    site.partner.fill("in_citizen", {"in_id": "a", "email": one}, {"in_id": "b", "email": other})
    [receipt] = site.run().receipts
    assert (receipt.created, receipt.merged) == (1, 1)
    site.partner.redeliver("in_citizen", {"in_id": "c", "email": one})
    site.partner.hand_over()
    [receipt] = site.run().receipts
    assert (receipt.changed, receipt.merged) == (1, 1)
    assert [row[2] for row in _golden(site)] == [one]


@pytest.mark.parametrize(("one", "other"), TWO_THAT_LOOK_ALIKE)
def test_other_letters_are_other_addresses(site: Site, one: str, other: str) -> None:
    site.partner.fill("in_citizen", {"in_id": "a", "email": one}, {"in_id": "b", "email": other})
    [receipt] = site.run().receipts
    assert (receipt.created, receipt.merged, receipt.rejected) == (2, 0, 0)


def test_empty_emails_name_no_one(site: Site) -> None:
    site.partner.fill("in_citizen", *({"in_id": str(n), "email": "", "name": "x"} for n in range(5)))
    assert site.run().receipts[0].created == 5


def test_a_careless_constant_is_refused_after_the_last_pass(site: Site) -> None:
    site.partner.fill("in_citizen", *({"in_id": f"{n:03}", "email": "-", "name": str(n)} for n in range(60)))
    [receipt] = site.run().receipts
    assert (receipt.created, receipt.changed, receipt.rejected) == (1, 49, 10)
    assert [
        (row["code"], row["n"]) for row in site.look("select code, count(*) n from in_tables.err group by 1 order by 1")
    ] == [
        ("MERGED_BY_VALUE", 49),
        ("TOO_MANY_DUPLICATES", 10),
    ]


def _load(site: Site, *rows: Row, chunk_rows: int = 1000) -> None:
    """Hands rows over. Chunks so small are refused in a configuration; the engine does not mind them."""
    site.partner.redeliver("in_citizen", *rows)
    site.partner.hand_over()
    with site.runtime() as runtime:
        in_migration = replace(runtime.settings.in_migration, null_policy="keep", chunk_rows=chunk_rows)
        run_once(replace(runtime, settings=replace(runtime.settings, in_migration=in_migration)))


def _in_turn(rows: list[Row], is_reversed: bool) -> Iterable[Row]:
    return reversed(rows) if is_reversed else rows


@pytest.fixture
def with_a_removed_one(site: Site) -> Site:
    """The citizen a was removed with an address that b has got since; what rows leave out is kept."""
    _load(site, {"in_id": "a", "email": "x@example.com", "name": "Ann"})
    _load(site, {"in_id": "a", "removed": True})
    _load(site, {"in_id": "b", "email": "x@example.com", "name": "Bob"})
    return site


def test_one_that_returns_cannot_take_the_value_that_it_had(with_a_removed_one: Site) -> None:
    site = with_a_removed_one
    _load(site, {"in_id": "a", "name": "Anna"})
    assert site.look("select in_id, code, column_name, value from in_tables.err") == [
        {"in_id": "a", "code": "UNIQUE_TAKEN", "column_name": "Email", "value": "x@example.com"}
    ]
    assert site.look("select _state from store_demo.bo_citizen where _in_id = 'a'") == [{"_state": "REMOVED"}]


@pytest.mark.parametrize("chunk_rows", [1000, 1])
@pytest.mark.parametrize("is_reversed", [False, True])
def test_one_that_returns_takes_the_value_that_is_given_up(
    with_a_removed_one: Site, chunk_rows: int, is_reversed: bool
) -> None:
    site = with_a_removed_one
    rows = [{"in_id": "a", "name": "Anna"}, {"in_id": "b", "email": "y@example.com"}, {"in_id": "c", "name": "Cyr"}]
    _load(site, *_in_turn(rows, is_reversed), chunk_rows=chunk_rows)
    assert site.look("select in_id, code from in_tables.err") == []
    assert _golden(site) == [
        ("a", "a", "x@example.com", "Anna"),
        ("b", "b", "y@example.com", "Bob"),
        ("c", "c", None, "Cyr"),
    ]


@pytest.mark.parametrize("chunk_rows", [1000, 1])
@pytest.mark.parametrize("is_reversed", [False, True])
def test_one_that_returns_with_its_value_comes_before_a_new_one(site: Site, chunk_rows: int, is_reversed: bool) -> None:
    _load(site, {"in_id": "b", "email": "x@example.com", "name": "Bob"})
    _load(site, {"in_id": "b", "removed": True})
    rows = [{"in_id": "a", "email": "X@example.com", "name": "Ann"}, {"in_id": "b", "name": "Boris"}]
    _load(site, *_in_turn(rows, is_reversed), chunk_rows=chunk_rows)
    assert _golden(site) == [("b", "a", "X@example.com", "Ann")]
