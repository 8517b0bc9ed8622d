"""Rows become instances: which one, and what is done to it."""

import re

import pytest

from etl.sources.in_tables.receipts import Receipt
from tests.fix_company import STORE, Row
from tests.integration.merge.conftest import Inbound


def receipt(receipts: tuple[Receipt, ...], table: str = "in_Client") -> Receipt:
    return next(one for one in receipts if one.in_table == table)


def test_a_new_row_creates_an_instance(inbound: Inbound) -> None:
    inbound.partner.fill("in_Client", {"in_id": "a", "name": "Anna", "amount": "1.5"})
    outcome = inbound.merge()
    row = inbound.golden()["a"]
    assert re.fullmatch("[A-Za-z0-9@~]{16}", row["_id"])
    assert (row["name"], float(row["amount"]), row["_state"]) == ("Anna", 1.5, "ACTUAL")
    assert row["_created_at"] == row["_modified_at"] == row["_in_migrated_at"]
    assert receipt(outcome.receipts) == Receipt("in_Client", claimed=1, created=1)
    [delivered] = inbound.partner("select * from in_Client")
    assert (delivered["in_status"], delivered["out_id"], delivered["occupied_id"]) == ("DONE", row["_id"], outcome.run)
    assert inbound.journal() == [("Client", "created")]


def test_new_ids_grow_with_time_and_in_ids(inbound: Inbound) -> None:
    inbound.partner.fill("in_Client", {"in_id": "m"}, {"in_id": "x"}, {"in_id": "n"})
    inbound.merge()
    inbound.partner.redeliver("in_Client", {"in_id": "b"}, {"in_id": "a"})
    inbound.merge()
    golden = inbound.golden()
    assert sorted(golden, key=lambda in_id: str(golden[in_id]["_id"])) == ["m", "n", "x", "a", "b"]


def test_an_equal_row_writes_nothing(inbound: Inbound) -> None:
    rows: list[Row] = [
        {"in_id": "a", "name": "Anna", "kind": "old", "born": "2000-01-02"},
        {"in_id": "b", "name": None},
    ]
    for row in rows:
        inbound.partner.fill("in_Client", row)
    inbound.merge()
    before = inbound.site.fingerprint()
    inbound.partner("delete from in_Client")
    for row in rows:
        inbound.partner.fill("in_Client", row)
    assert receipt(inbound.merge().receipts) == Receipt("in_Client", claimed=2, unchanged=2)
    assert inbound.site.fingerprint() == before


def test_a_difference_is_written_and_only_it(inbound: Inbound) -> None:
    rows = [{"in_id": "a", "name": "Anna"}, {"in_id": "b", "name": "Bela"}]
    inbound.partner.fill("in_Client", *rows)
    inbound.merge()
    before = inbound.golden()
    inbound.partner.redeliver("in_Client", {"in_id": "a", "name": "Anne"}, rows[1])
    assert receipt(inbound.merge().receipts) == Receipt("in_Client", claimed=2, changed=1, unchanged=1)
    after = inbound.golden()
    assert after["b"] == before["b"]
    assert after["a"]["name"] == "Anne"
    assert after["a"]["_modified_at"] > before["a"]["_modified_at"] == after["a"]["_created_at"]
    assert after["a"]["_id"] == before["a"]["_id"]
    assert inbound.journal()[2:] == [("Client", "changed")]


def test_an_empty_batch_deletes_nothing(inbound: Inbound) -> None:
    inbound.partner.fill("in_Client", {"in_id": "a", "name": "Anna"})
    inbound.merge()
    inbound.partner.redeliver("in_Client")
    before = inbound.site.fingerprint()
    assert inbound.merge().exit_code == 0
    assert inbound.site.fingerprint() == before


def test_removed_and_returned(inbound: Inbound) -> None:
    inbound.partner.fill("in_Client", {"in_id": "a", "name": "Anna", "amount": 1})
    inbound.merge()
    inbound.partner.redeliver("in_Client", {"in_id": "a", "removed": True, "name": "ignored", "amount": "NaN"})
    outcome = inbound.merge()
    assert receipt(outcome.receipts) == Receipt("in_Client", claimed=1, removed=1)
    assert outcome.errors == 0
    removed = inbound.golden()["a"]
    assert (removed["_state"], removed["name"], int(removed["amount"])) == ("REMOVED", "Anna", 1)

    inbound.partner.redeliver("in_Client", {"in_id": "a", "removed": True})
    assert receipt(inbound.merge().receipts) == Receipt("in_Client", claimed=1, unchanged=1)

    inbound.partner.redeliver("in_Client", {"in_id": "a", "name": "Anna", "amount": 1})
    assert receipt(inbound.merge().receipts) == Receipt("in_Client", claimed=1, changed=1)
    assert inbound.golden()["a"]["_state"] == "ACTUAL"
    assert inbound.golden()["a"]["_id"] == removed["_id"]
    assert inbound.journal() == [("Client", "created"), ("Client", "removed"), ("Client", "returned")]


def test_removing_what_was_never_there_makes_nothing(inbound: Inbound) -> None:
    inbound.partner.fill("in_Client", {"in_id": "a", "removed": True})
    assert receipt(inbound.merge().receipts) == Receipt("in_Client", claimed=1, unchanged=1)
    assert inbound.golden() == {}
    assert inbound.partner.statuses("in_Client") == {"DONE": 1}


def test_the_out_id_goes_before_the_in_id(inbound: Inbound) -> None:
    inbound.partner.fill("in_Client", {"in_id": "a", "name": "Anna"}, {"in_id": "b", "name": "Bela"})
    inbound.merge()
    bela = inbound.golden()["b"]["_id"]
    inbound.partner.redeliver("in_Client", {"in_id": None, "out_id": bela, "name": "By out_id"})
    assert receipt(inbound.merge().receipts).changed == 1
    assert {key: row["name"] for key, row in inbound.golden().items()} == {"a": "Anna", "b": "By out_id"}


def test_a_new_in_id_of_a_known_instance_becomes_an_alias(inbound: Inbound) -> None:
    inbound.partner.fill("in_Client", {"in_id": "a", "name": "Anna"})
    inbound.merge()
    anna = inbound.golden()["a"]["_id"]
    inbound.partner.redeliver("in_Client", {"in_id": "other", "out_id": anna, "name": "Anna"})
    assert receipt(inbound.merge().receipts) == Receipt("in_Client", claimed=1, unchanged=1)
    assert inbound.site.look(f"select bo, in_id, instance from {STORE}.alias") == [
        {"bo": "Client", "in_id": "other", "instance": anna}
    ]

    inbound.partner.redeliver("in_Client", {"in_id": "other", "name": "By alias"})
    inbound.partner.fill("in_Claim", {"in_id": "k"})
    inbound.partner.fill("in_Claim_Client", {"claim_id": "k", "client_id": "other"})
    inbound.merge()
    assert {key: row["name"] for key, row in inbound.golden().items()} == {"a": "By alias"}
    assert inbound.links("Client") == [("k", "a")]


def test_two_rows_of_one_instance_in_one_batch(inbound: Inbound) -> None:
    """One counts, whatever their order: the one with the higher in_id. The other is reported."""
    inbound.partner.fill("in_Client", {"in_id": "a", "name": "Anna"})
    inbound.merge()
    anna = inbound.golden()["a"]["_id"]
    rows = [{"in_id": "z", "out_id": anna, "name": "one"}, {"in_id": "a", "out_id": None, "name": "other"}]
    inbound.partner.redeliver("in_Client", *rows)
    assert receipt(inbound.merge().receipts) == Receipt("in_Client", claimed=2, changed=1, unchanged=1)
    assert inbound.golden()["a"]["name"] == "one"
    assert inbound.faults() == [("a", None, "ROW_OVERRULED", "info")]
    assert inbound.partner.statuses("in_Client") == {"DONE": 2}


def test_an_out_id_that_names_nothing(inbound: Inbound) -> None:
    inbound.partner.fill("in_Client", {"in_id": "a", "out_id": "0123456789abcdef", "name": "Anna"})
    outcome = inbound.merge()
    assert outcome.exit_code == 1
    assert receipt(outcome.receipts) == Receipt("in_Client", claimed=1, rejected=1)
    assert inbound.golden() == {}
    assert inbound.partner("select in_status, out_id from in_Client") == [
        {"in_status": "ERROR", "out_id": "0123456789abcdef"}
    ]
    [error] = inbound.site.errors()
    assert (error["code"], error["value"], error["severity"]) == ("OUT_ID_UNKNOWN", "0123456789abcdef", "error")
    assert error["message"].startswith("out_id 0123456789abcdef names no instance")
    assert error["message_rus"].startswith("out_id 0123456789abcdef не соответствует")


@pytest.mark.parametrize("empty", [None, ""])
def test_a_row_without_any_id(inbound: Inbound, empty: str | None) -> None:
    inbound.partner.fill("in_Client", {"in_id": empty, "out_id": empty, "name": "Missing"})
    assert receipt(inbound.merge().receipts).rejected == 1
    [error] = inbound.site.errors()
    [row] = inbound.partner("select id from in_Client")
    assert (error["code"], error["row_id"], error["in_table"]) == ("NO_ID", row["id"], "in_Client")


def test_an_in_id_of_another_instance(inbound: Inbound) -> None:
    inbound.partner.fill("in_Client", {"in_id": "a", "name": "Anna"}, {"in_id": "b", "name": "Bela"})
    inbound.merge()
    before = inbound.golden()
    inbound.partner.redeliver("in_Client", {"in_id": "a", "out_id": before["b"]["_id"], "name": "Whose?"})
    inbound.merge()
    assert inbound.faults() == [("a", None, "IN_ID_TAKEN", "error")]
    assert inbound.golden() == before


def test_a_corrected_row_is_taken_again_and_no_other(inbound: Inbound) -> None:
    inbound.partner.fill("in_Client", {"in_id": "a", "amount": "NaN"}, {"in_id": "b", "amount": 2})
    assert receipt(inbound.merge().receipts) == Receipt("in_Client", claimed=2, created=1, rejected=1)
    inbound.partner("update in_Client set amount = 1, in_status = '' where in_status = 'ERROR'")
    assert receipt(inbound.merge().receipts) == Receipt("in_Client", claimed=1, created=1)
    assert sorted(inbound.golden()) == ["a", "b"]
    assert inbound.faults() == []


def test_errors_are_kept_in_the_golden_store(inbound: Inbound) -> None:
    inbound.partner.fill("in_Client", {"in_id": "a", "amount": "NaN"})
    outcome = inbound.merge()
    columns = "id, run, in_table, row_id, in_id, column_name, code, message, message_rus, value, severity, created_at"
    kept = inbound.site.look(f"select {columns} from {STORE}.err")
    assert kept == inbound.site.look(f"select {columns} from in_tables.err")
    assert [row["run"] for row in kept] == [outcome.run]


def test_ids_are_case_sensitive_and_hostile_ones_are_only_text(inbound: Inbound) -> None:
    ids = ["A", "a", "Ä", "a ", "'; drop table x; --", "%s", ":name", '"', "\\", "😀", "x" * 100]
    inbound.partner.fill("in_Client", *({"in_id": one, "name": one} for one in ids))
    assert receipt(inbound.merge().receipts).created == len(ids)
    assert {key: row["name"] for key, row in inbound.golden().items()} == {one: one for one in ids}
