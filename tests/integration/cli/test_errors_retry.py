"""Rejected rows that come again: corrected by the partner alone, and with `etl errors retry`."""

import pytest

from tests.fix_company import BOTH_LAYOUTS, STORE, Row
from tests.integration.cli.conftest import error_id, fill
from tests.integration.merge.conftest import Inbound


def test_a_corrected_row_alone_is_taken_again(rejected: Inbound) -> None:
    rejected.partner("update in_Client set kind = 'new', in_status = '' where in_id = 'b'")
    before = {row["in_id"]: row["version"] for row in versions(rejected)}
    [receipt] = [one for one in rejected.merge().receipts if one.in_table == "in_Client"]
    assert (receipt.claimed, receipt.created) == (1, 1)
    assert set(rejected.golden()) == {"b", "c"}
    after = {row["in_id"]: row["version"] for row in versions(rejected)}
    assert {in_id for in_id in after if after[in_id] != before[in_id]} == {"b"}
    assert rejected.partner.statuses("in_Client") == {"DONE": 2, "ERROR": 1}


def versions(inbound: Inbound) -> list[Row]:
    return inbound.partner("select in_id, xmin::text as version from in_Client")


def test_retry_offers_the_row_of_one_error(rejected: Inbound) -> None:
    rejected.partner("update in_Client set kind = 'new' where in_id = 'b'")
    done = rejected.site.etl("errors", "retry", error_id(rejected, "OPTION_UNKNOWN"))
    assert done.out == "in_tables.in_Client: 1 rows are ready again\nThe next hand-over takes them.\n"
    [row] = rejected.partner("select in_id, occupied_id, occupied_at from in_Client where in_status = ''")
    assert row == {"in_id": "b", "occupied_id": None, "occupied_at": None}
    rejected.merge()
    assert set(rejected.golden()) == {"b", "c"}


def test_a_row_is_offered_again_once(rejected: Inbound) -> None:
    number = error_id(rejected, "OPTION_UNKNOWN")
    rejected.site.etl("errors", "retry", number)
    assert rejected.site.etl("errors", "retry", number).out.startswith("Nothing to offer again")


@pytest.mark.parametrize(
    ("choice", "ready"),
    [
        (["--code", "NUMBER_NOT_FINITE"], {"in_Client": 1, "in_Claim_Watcher": 0}),
        (["--table", "in_Client"], {"in_Client": 2, "in_Claim_Watcher": 0}),
        (["--code", "REFERENCE_EXPIRED"], {"in_Client": 0, "in_Claim_Watcher": 2}),
        (["--run", "newest"], {"in_Client": 2, "in_Claim_Watcher": 2}),
    ],
)
def test_retry_of_many(rejected: Inbound, choice: list[str], ready: dict[str, int]) -> None:
    newest = str(rejected.site.value("select max(id) from in_tables.run"))
    done = rejected.site.etl("errors", "retry", *(newest if word == "newest" else word for word in choice))
    assert done.code == 0
    assert {table: rejected.partner.statuses(table).get("", 0) for table in ready} == ready
    for table, rows in ready.items():
        assert (f"in_tables.{table}: {rows} rows are ready again" in done.out) == bool(rows)


@BOTH_LAYOUTS
def test_a_link_that_was_given_up_waits_again(rejected: Inbound) -> None:
    rejected.site.etl("errors", "retry", "--table", "in_Claim_Watcher")
    rejected.merge()
    assert rejected.partner.statuses("in_Claim_Watcher") == {"WAITING": 2}
    rejected.partner.fill("in_Client", {"in_id": "w"})
    rejected.partner.fill("in_Claim", {"in_id": "k"}, {"in_id": "l"})
    rejected.merge()
    assert rejected.links("Watcher") == [("k", "w"), ("l", "w")]


def test_retry_needs_to_know_which(rejected: Inbound) -> None:
    done = rejected.site.etl("errors", "retry")
    assert done.code == 2
    assert "say which errors: ids, --run, --table or --code" in done.err
    assert rejected.partner.statuses("in_Client") == {"DONE": 1, "ERROR": 2}


def test_retry_leaves_other_rows_alone(rejected: Inbound) -> None:
    """A row that has taken an error's id after a truncate, and one that the partner took back."""
    rejected.site.look("truncate in_tables.in_Client restart identity")
    fill(rejected, {"in_id": "x", "amount": "NaN"}, {"in_id": "y", "kind": "New"}, {"in_id": "z"})
    rejected.partner("update in_Client set in_status = 'ERROR'")
    rejected.partner("update in_Claim_Watcher set in_status = 'DONE'")
    assert rejected.site.etl("errors", "retry", "--code", "OPTION_UNKNOWN").out.startswith("Nothing to offer again")
    assert rejected.site.etl("errors", "retry", "--code", "REFERENCE_EXPIRED").out.startswith("Nothing to offer again")


def test_retry_offers_the_row_whose_file_did_not_come(inbound: Inbound) -> None:
    fill(inbound, {"in_id": "a", "photo": "p1"}, {"in_id": "b"})
    inbound.merge()
    inbound.site.look(f"update {STORE}.file_reference set waiting_since = '2020-01-01'")
    inbound.merge()
    inbound.partner.fill("in_fileStorage", {"file_id": "p1", "content": b"here now"})
    inbound.site.etl("errors", "retry", error_id(inbound, "FILE_UNKNOWN"))
    assert inbound.partner.statuses("in_Client") == {"": 1, "DONE": 1}
    inbound.merge()
    assert inbound.golden()["a"]["photo"] is not None


def test_a_content_over_the_cap_is_shown_and_needs_no_retry(inbound: Inbound) -> None:
    inbound.site.set(maxValueBytes=10)
    inbound.partner.fill("in_fileStorage", {"file_id": "f", "content": b"x" * 11})
    inbound.merge()
    number = error_id(inbound, "VALUE_TOO_LONG")
    assert "in_fileStorage" in inbound.site.etl("errors", "show", number).out
    assert inbound.site.etl("errors", "retry", number).out.startswith("Nothing to offer again")


def test_a_row_without_ids_can_be_fixed(inbound: Inbound) -> None:
    fill(inbound, {"in_id": None})
    inbound.merge()
    inbound.partner("update in_Client set in_id = 'fixed'")
    inbound.site.etl("errors", "retry", error_id(inbound, "NO_ID"))
    inbound.merge()
    assert set(inbound.golden()) == {"fixed"}
