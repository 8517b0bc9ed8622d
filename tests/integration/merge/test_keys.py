"""External ids as partners write them, and what one batch says twice about one instance.

By number of the failure catalogue: 48, 49 the same id or key twice · 50 empty, blank, case, normal forms · 51 one key
changed and removed in one batch, a link to what is removed there · 66 injection payloads as ids and values.
"""

import unicodedata

import psycopg
import pytest

from tests.fix_company import STORE, Row
from tests.integration.merge.conftest import Inbound
from tests.unit.metadata.test_hostile_codes import PAYLOADS

# Text that PostgreSQL can hold, and an id of at most 100 characters.
HOSTILE = [payload for payload in PAYLOADS if payload and "\0" not in payload and len(payload) <= 100]


def receipt_counts(inbound: Inbound, *rows: Row) -> dict[str, int]:
    inbound.partner.redeliver("in_Client", *rows)
    receipt = next(one for one in inbound.merge().receipts if one.in_table == "in_Client")
    names = ("created", "changed", "unchanged", "removed", "rejected")
    return {name: getattr(receipt, name) for name in names if getattr(receipt, name)}


def test_an_in_id_twice_fails_at_the_partners(inbound: Inbound) -> None:
    """48: a constraint is the judge, before any run."""
    inbound.partner.fill("in_Client", {"in_id": "a"})
    with pytest.raises(psycopg.errors.UniqueViolation):
        inbound.partner.fill("in_Client", {"in_id": "a"})


def test_ids_are_compared_as_they_are_written(inbound: Inbound) -> None:
    """50: nothing is trimmed, folded or normalised, and only the empty text is no id."""
    composed = unicodedata.normalize("NFC", "Й")
    ids = [
        " ",
        "  ",
        "a",
        "A",
        "a ",
        " a",
        "а",
        "ａ",
        composed,
        unicodedata.normalize("NFD", composed),
        "0",
        "00",
        "null",
    ]
    assert receipt_counts(inbound, *({"in_id": one, "name": one} for one in ids)) == {"created": len(ids)}
    assert {key: row["name"] for key, row in inbound.golden().items()} == {one: one for one in ids}
    assert receipt_counts(inbound, *({"in_id": one, "name": one} for one in reversed(ids))) == {"unchanged": len(ids)}
    assert receipt_counts(inbound, {"in_id": "", "name": "x"}, {"in_id": None, "name": "y"}) == {"rejected": 2}
    assert [fault[2] for fault in inbound.faults()] == ["NO_ID", "NO_ID"]


@pytest.mark.parametrize("removed_last", [True, False])
def test_one_instance_changed_and_removed_in_one_batch(inbound: Inbound, removed_last: bool) -> None:
    """51: what one row removes and another describes stays, in any order."""
    receipt_counts(inbound, {"in_id": "a", "name": "old"})
    anna = inbound.golden()["a"]["_id"]
    change: Row = {"in_id": "a", "out_id": None, "removed": False, "name": "new"}
    remove: Row = {"in_id": "z", "out_id": anna, "removed": True, "name": None}
    found = receipt_counts(inbound, *([change, remove] if removed_last else [remove, change]))
    assert found == {"changed": 1, "unchanged": 1}
    row = inbound.golden()["a"]
    assert (row["name"], row["_state"]) == ("new", "ACTUAL")
    assert inbound.faults() == [("z", None, "ROW_OVERRULED", "info")]


def test_a_link_to_what_the_batch_removes(inbound: Inbound) -> None:
    """51: the link is kept and shown when its end returns; it neither waits nor fails."""
    receipt_counts(inbound, {"in_id": "a", "name": "old"})
    inbound.partner.fill("in_Claim", {"in_id": "k"})
    inbound.partner.fill("in_Claim_Watcher", {"claim_id": "k", "watcher_id": "a"})
    assert receipt_counts(inbound, {"in_id": "a", "removed": True}) == {"removed": 1}
    assert inbound.links("Watcher") == [("k", "a")]
    assert inbound.waiting() == []
    assert inbound.partner.statuses("in_Claim_Watcher") == {"DONE": 1}


def test_payloads_as_ids_values_and_links_are_only_text(inbound: Inbound) -> None:
    """66: they come out as they went in, and every table is still there."""
    rows: list[Row] = [{"in_id": one, "name": one} for one in HOSTILE]
    assert receipt_counts(inbound, *rows) == {"created": len(HOSTILE)}
    assert {key: row["name"] for key, row in inbound.golden().items()} == {one: one for one in HOSTILE}
    inbound.partner.fill("in_Claim", *({"in_id": one, "title": one} for one in HOSTILE))
    inbound.partner.fill("in_Claim_Watcher", *({"claim_id": one, "watcher_id": one} for one in HOSTILE))
    assert receipt_counts(inbound, *rows) == {"unchanged": len(HOSTILE)}
    assert sorted(inbound.links("Watcher")) == sorted((one, one) for one in HOSTILE)


def test_payloads_as_bad_values_are_reported_as_they_are(inbound: Inbound) -> None:
    """66: in err too they are only text, whatever braces and per cents they hold."""
    short = [one for one in HOSTILE if len(one) <= 32]
    inbound.partner.fill("in_Client", *({"in_id": f"{n}", "kind": one} for n, one in enumerate(short)))
    inbound.merge()
    reported = {error["in_id"]: error for error in inbound.site.errors()}
    assert {key: error["value"] for key, error in reported.items()} == {f"{n}": one for n, one in enumerate(short)}
    shown = {one: one if one.strip() else f"'{one}'" for one in short}
    assert all(
        error["message"].startswith(f"Kind is {shown[error['value']]}, which is neither") for error in reported.values()
    )
    assert inbound.site.count(f"{STORE}.err") == len(short)
