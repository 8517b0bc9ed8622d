"""Links of a source that is no in_ table: every way to name a target, what waits, what arrives, what is too late."""

from collections.abc import Iterator
from typing import Any

import pytest

from etl.engine import prepare
from tests.fix_company import STORE, MakeSite
from tests.integration.merge.sources import DOCUMENTS, Records

# (column of the target, its value in the store, how links may write it).
NAMED = [
    ("email", "Ann@Corp.kz", "aNN@corp.KZ"),
    ("email", "жанна@corp.kz", "ЖАННА@corp.kz"),
    ("number", 1, "1"),
    ("number", 1, "1.00"),
    ("number", -2.5, " -2.50000 "),
    ("number", 1000, "1e3"),
    ("seen", "2024-05-01 10:00+00", "2024-05-01T15:00:00+05:00"),
    ("chosen", True, "true"),
    ("kind", "old", "old"),
    ("kind", "old", "WbX5Wa8gcabbVbF1"),
    ("level", "L1", "L1"),
    ("phone", "+7 701 000", "+7 701 000"),
    ("phone", "o'Brien:x", "o'Brien:x"),
]
OTHERS = [
    ("email", "ann@corp.kz", "bob@corp.kz"),
    ("number", 1, "1.001"),
    ("kind", "old", "new"),
    ("phone", "a", "A"),
    ("seen", "2024-05-01 10:00+00", "2024-05-01 10:00:01+00"),
]


@pytest.fixture
def records(make_site: MakeSite) -> Iterator[Records]:
    site = make_site(DOCUMENTS)
    with site.runtime() as runtime:
        prepare(runtime)
        yield Records(site, runtime)


def test_targets_are_found_by_every_unique_field(records: Records) -> None:
    """Those that are there, and those that come later: with the value, or by getting it."""
    for number, (column, value, written) in enumerate(NAMED):
        with records.unit() as unit:
            unit.instance("Level", "L1", code="L1") if not number else None
            owner = unit.instance("Claim", f"there{number}")
            target = unit.instance("Client", f"c{number}", **{column: value})
            named = {"target_field": column, "target_value": written}
            unit.links("Watcher", {"owner": owner} | named)
            assert (unit.statuses, unit.faults) == ({1: "DONE"}, []), (column, written)
            unit.change("Client", target, column, None)
        with records.unit() as unit:
            owners = [unit.instance("Claim", f"{way}{number}") for way in ("changed", "created")]
            unit.links("Watcher", {"owner": owners[0]} | named)
            assert unit.statuses == {1: "WAITING"}
        with records.unit() as unit:
            unit.links("Watcher")
            assert unit.counters["resolved"] == 0
        with records.unit() as unit:
            unit.change("Client", target, column, value)
            unit.links("Watcher")
            assert unit.counters["resolved"] == 1, (column, written)
            unit.change("Client", target, column, None)
        with records.unit() as unit:
            unit.links("Watcher", {"owner": owners[1]} | named)
        with records.unit() as unit:
            late = unit.instance("Client", f"late{number}", **{column: value})
            unit.links("Watcher")
            assert unit.counters["resolved"] == 1, (column, written)
            unit.change("Client", late, column, None)
    expected = {(f"{way}{n}", f"c{n}") for n in range(len(NAMED)) for way in ("there", "changed")}
    assert records.links("Watcher") == expected | {(f"created{n}", f"late{n}") for n in range(len(NAMED))}
    assert records.waiting() == []


def test_other_values_wait_and_a_removed_instance_is_not_found_by_its_value(records: Records) -> None:
    with records.unit() as unit:
        claim = unit.instance("Claim", "k")
        for column, value, _ in OTHERS:
            unit.instance("Client", f"c {column}", **{column: value})
        gone = unit.instance("Client", "gone", email="gone@corp.kz")
        unit.remove("Client", gone)
        rows: list[dict[str, Any]] = [
            {"owner": claim, "target_field": column, "target_value": written} for column, _, written in OTHERS
        ]
        rows += [{"owner": claim, "target_field": "email", "target_value": "gone@corp.kz"}]
        rows += [{"owner_in_id": "later", "target_value": "c email"}, {"owner": claim, "target": gone}]
        unit.links("Watcher", *rows)
        assert unit.faults == []
        assert [unit.statuses[n + 1] for n in range(len(rows))] == ["WAITING"] * (len(rows) - 1) + ["DONE"]
    assert records.links("Watcher") == {("k", "gone")}
    with records.unit() as unit:
        unit.instance("Claim", "later")
        unit.instance("Client", "new_owner", email="GONE@corp.kz")
        unit.links("Watcher")
        assert unit.counters["resolved"] == 2
    assert records.links("Watcher") == {("k", "gone"), ("k", "new_owner"), ("later", "c email")}


def test_ends_that_can_never_be_are_rejected(records: Records) -> None:
    with records.unit() as unit:
        claim, client = unit.instance("Claim", "k"), unit.instance("Client", "c")
        by_value = [
            ("number", "one"), ("number", "NaN"), ("number", "1e30"), ("seen", "2024-02-31"), ("seen", "infinity"),
            ("chosen", "perhaps"), ("kind", "oldest"), ("level", "L9"), ("phone", "x" * 2001), ("number", "0x1F"),
            ("number", "1_000"), ("number", "-Infinity"), ("seen", "today"), ("seen", "NOW"),
            ("seen", "12:00 tomorrow"), ("seen", "epoch"), ("seen", "yesterday"), ("number", ""),
        ]  # fmt: skip
        empty = len(by_value) - 1
        rows: list[dict[str, Any]] = [
            {"owner": claim, "target_field": column, "target_value": value} for column, value in by_value
        ]
        rows += [{"owner": claim, "target_value": "x" * 101}, {"owner": claim, "target": "no such instance"}]
        rows += [{"owner": "no such instance", "target": client}, {"owner_in_id": "y" * 101, "target": client}]
        invalid = len(rows) - 1
        rows += [{"owner": claim, "target_field": name, "target_value": "x"} for name in ("name", "Email", "no_field")]
        rows += [{"owner": claim}, {"owner": claim, "target_value": " \u200b"}, {"target": client}]
        rows += [{"owner": claim, "removed": True}]
        unit.links("Watcher", *rows)
        codes = [code for code, _, _ in unit.faults]
        assert (
            codes
            == ["LINK_END_INVALID"] * empty
            + ["LINK_END_EMPTY"]
            + ["LINK_END_INVALID"] * (invalid - empty)
            + ["NOT_UNIQUE"] * 3
            + ["LINK_END_EMPTY"] * 4
        )
        assert set(unit.statuses.values()) == {"ERROR"}
        assert unit.faults[0][1:] == ("Watcher_id", "number one")
        assert unit.faults[empty + 3][1] == "Claim_id"
    assert records.waiting() == []


@pytest.mark.parametrize("member", ["Client", "Firm"])
def test_an_unknown_member_is_looked_up_in_all(records: Records, member: str) -> None:
    with records.unit() as unit:
        claim = unit.instance("Claim", "k")
        unit.instance("Client", "both", email="both@corp.kz")
        unit.instance("Firm", "both", email="BOTH@corp.kz")
        unit.instance(member, "there", email="there@corp.kz")
        unit.links(
            "Party",
            {"owner": claim, "target_value": "there"},
            {"owner": claim, "target_value": "both"},
            {"owner": claim, "target_field": "email", "target_value": "Both@corp.kz"},
            {"owner": claim, "target_value": "later"},
            {"owner": claim, "target_field": "email", "target_value": "later@corp.kz"},
            {"owner": claim, "target_field": "email", "target_value": "two@corp.kz"},
            {"owner": claim, "target_value": "gone"},
            {"owner_in_id": "new", "target_field": "number", "target_value": "7"},
            {"owner": claim, "target_field": "kind", "target_value": "oldest"},
            {"owner": claim, "target_field": "name", "target_value": "x"},
        )
        states = ["DONE", "ERROR", "ERROR", *["WAITING"] * 5, "ERROR", "ERROR"]
        assert [unit.statuses[n + 1] for n in range(10)] == states
        assert [code for code, _, _ in unit.faults] == ["AMBIGUOUS", "AMBIGUOUS", "LINK_END_INVALID", "NOT_UNIQUE"]
    assert records.links("Party") == {("k", "there")}
    with records.unit() as unit:  # what waits, given again and taken away
        unit.links("Party", {"owner": claim, "target_value": "gone", "removed": True})
        assert unit.statuses == {1: "DONE"}
    shown = records.site.etl("waiting", "--explain").out
    assert "Client or Firm" in shown
    assert "email two@corp.kz" in shown
    with records.unit() as unit:
        unit.instance("Claim", "new")
        unit.instance(member, "later")
        unit.instance(member, "mailed", email="LATER@corp.kz")
        unit.instance(member, "seven", number=7 if member == "Client" else "7")
        unit.instance("Client", "one", email="two@corp.kz")
        unit.instance("Firm", "two", email="two@corp.kz")
        unit.links("Party")
        assert [code for code, _, _ in unit.faults] == ["AMBIGUOUS"]
    found = {("k", "there"), ("k", "later"), ("k", "mailed"), ("new", "seven")}
    assert records.links("Party") == found
    assert records.waiting() == []
    members = {row["m"] for row in records.site.look(f"select _target_bo as m from {STORE}.link_Claim_Party")}
    assert members == {member}
