"""Link rows become links, or wait for what has not come."""

import pytest

from tests.fix_company import BOTH_LAYOUTS, STORE
from tests.integration.merge.conftest import Inbound

pytestmark = pytest.mark.usefixtures("both_ways")

OLD, NEW = "2024-01-01", "2024-02-01"


def clients(inbound: Inbound, *ids: str) -> None:
    inbound.partner.fill("in_Client", *({"in_id": one} for one in ids))


def claims(inbound: Inbound, *ids: str) -> None:
    inbound.partner.fill("in_Claim", *({"in_id": one} for one in ids))


def link(inbound: Inbound, field: str, claim: str, target: str, at: str = NEW) -> None:
    table, _, member = field.partition("_")
    column = "claim_id_2" if field == "Claim" else f"{table}_id"
    name = f"in_Claim_{table}" + (f"_{member}" if member else "")
    inbound.partner.fill(name, {"claim_id": claim, column: target, "inserted_date": at})


def test_a_single_link_is_the_newest_of_the_batch(inbound: Inbound) -> None:
    clients(inbound, "a", "b", "c")
    claims(inbound, "k")
    for target, at in (("a", OLD), ("c", NEW), ("b", OLD)):
        link(inbound, "Client", "k", target, at)
    outcome = inbound.merge()
    assert inbound.links("Client") == [("k", "c")]
    receipt = next(one for one in outcome.receipts if one.in_table == "in_Claim_Client")
    assert (receipt.claimed, receipt.created, receipt.unchanged) == (3, 1, 2)


def test_a_newer_single_link_takes_the_place_of_the_older(inbound: Inbound) -> None:
    clients(inbound, "a", "b")
    claims(inbound, "k")
    link(inbound, "Client", "k", "a", OLD)
    inbound.merge()
    link(inbound, "Client", "k", "b", NEW)
    inbound.merge()
    assert inbound.links("Client") == [("k", "b")]
    assert inbound.journal()[-2:] == [("Claim", "linked"), ("Claim", "unlinked")]


def test_an_older_single_link_does_not_come_back(inbound: Inbound) -> None:
    clients(inbound, "a", "b")
    claims(inbound, "k")
    link(inbound, "Client", "k", "b", NEW)
    inbound.merge()
    link(inbound, "Client", "k", "a", OLD)
    inbound.merge()
    assert inbound.links("Client") == [("k", "b")]


def test_many_links_add(inbound: Inbound) -> None:
    clients(inbound, "a", "b")
    claims(inbound, "k")
    link(inbound, "Watcher", "k", "a")
    inbound.merge()
    inbound.partner("delete from in_Claim_Watcher")
    link(inbound, "Watcher", "k", "b")
    inbound.merge()
    assert inbound.links("Watcher") == [("k", "a"), ("k", "b")]


@BOTH_LAYOUTS
def test_link_mode_replace_makes_the_batch_the_full_set_of_an_owner(inbound: Inbound) -> None:
    clients(inbound, "a", "b", "c")
    claims(inbound, "k", "l")
    for claim, target in (("k", "a"), ("k", "b"), ("k", "later"), ("l", "a")):
        link(inbound, "Team", claim, target)
    inbound.merge()
    assert inbound.links("Team") == [("k", "a"), ("k", "b"), ("l", "a")]
    inbound.partner("delete from in_Claim_Team")
    for target in ("b", "c"):
        link(inbound, "Team", "k", target)
    inbound.merge()
    assert inbound.links("Team") == [("k", "b"), ("k", "c"), ("l", "a")]
    assert inbound.waiting() == []


@BOTH_LAYOUTS
def test_a_composite_links_to_several_members(inbound: Inbound) -> None:
    clients(inbound, "same")
    inbound.partner.fill("in_Firm", {"in_id": "same"}, {"in_id": "f"})
    claims(inbound, "k")
    link(inbound, "Party_Client", "k", "same")
    link(inbound, "Party_Firm", "k", "same")
    link(inbound, "Party_Firm", "k", "f")
    inbound.merge()
    assert inbound.links("Party", "Client", "Firm") == [("k", "f"), ("k", "same"), ("k", "same")]
    kinds = inbound.site.look(f"select _target_bo, count(*) as n from {STORE}.link_Claim_Party group by 1 order by 1")
    assert kinds == [{"_target_bo": "Client", "n": 1}, {"_target_bo": "Firm", "n": 2}]


def test_a_self_link(inbound: Inbound) -> None:
    claims(inbound, "k", "l")
    link(inbound, "Claim", "k", "l")
    link(inbound, "Claim", "k", "k")
    inbound.merge()
    assert inbound.links("Claim", "Claim") == [("k", "k"), ("k", "l")]


@pytest.mark.parametrize("late", ["owner", "target", "both"])
def test_a_link_waits_until_its_ends_have_come(inbound: Inbound, late: str) -> None:
    if late == "owner":
        clients(inbound, "a")
    if late == "target":
        claims(inbound, "k")
    link(inbound, "Watcher", "k", "a")
    outcome = inbound.merge()
    assert inbound.waiting() == [("Watcher", "k", "a")]
    assert inbound.partner.statuses("in_Claim_Watcher") == {"WAITING": 1}
    assert next(one for one in outcome.receipts if one.in_table == "in_Claim_Watcher").waiting == 1
    since = inbound.site.value(f"select waiting_since from {STORE}.boi_reference")

    link(inbound, "Watcher", "never", "comes")
    inbound.merge()
    assert inbound.waiting() == [("Watcher", "k", "a"), ("Watcher", "never", "comes")]
    assert since == inbound.site.value(f"select waiting_since from {STORE}.boi_reference where owner_in_id = 'k'")

    if late != "owner":
        clients(inbound, "a")
    if late != "target":
        claims(inbound, "k")
    outcome = inbound.merge()
    assert outcome.resolved == 1
    assert inbound.links("Watcher") == [("k", "a")]
    assert inbound.waiting() == [("Watcher", "never", "comes")]
    assert inbound.partner.statuses("in_Claim_Watcher") == {"DONE": 1, "WAITING": 1}


def test_a_waiting_link_does_not_need_its_row_any_more(inbound: Inbound) -> None:
    claims(inbound, "k")
    link(inbound, "Watcher", "k", "a")
    inbound.merge()
    inbound.partner("truncate in_Claim_Watcher, in_Claim")
    clients(inbound, "a")
    inbound.merge()
    assert inbound.links("Watcher") == [("k", "a")]


def test_a_waiting_composite_link_is_of_one_member(inbound: Inbound) -> None:
    claims(inbound, "k")
    link(inbound, "Party_Client", "k", "x")
    inbound.merge()
    inbound.partner.fill("in_Firm", {"in_id": "x"})
    inbound.merge()
    assert inbound.waiting() == [("Party", "k", "x")]
    clients(inbound, "x")
    inbound.merge()
    assert inbound.waiting() == []
    assert inbound.links("Party", "Client") == [("k", "x")]


def test_a_waiting_single_link_that_is_older_gives_way(inbound: Inbound) -> None:
    clients(inbound, "b")
    claims(inbound, "k")
    link(inbound, "Client", "k", "a", OLD)
    inbound.merge()
    link(inbound, "Client", "k", "b", NEW)
    inbound.merge()
    clients(inbound, "a")
    inbound.merge()
    assert inbound.links("Client") == [("k", "b")]
    assert inbound.waiting() == []


@BOTH_LAYOUTS
def test_what_waits_too_long_becomes_an_error(inbound: Inbound) -> None:
    inbound.site.set(referenceExpiryMinutes=10)
    claims(inbound, "k")
    for target in ("a", "b"):
        link(inbound, "Watcher", "k", target)
    inbound.merge()
    waited = f"update {STORE}.boi_reference set waiting_since = clock_timestamp() - make_interval(mins => %s)"
    inbound.site.look(f"{waited} where target_value = 'a'", [11])
    inbound.site.look(f"{waited} where target_value = 'b'", [9])
    outcome = inbound.merge()
    assert outcome.exit_code == 1
    assert inbound.waiting() == [("Watcher", "k", "b")]
    [error] = inbound.site.errors()
    assert (error["code"], error["in_table"], error["in_id"], error["value"]) == (
        "REFERENCE_EXPIRED",
        "in_Claim_Watcher",
        "k",
        "a",
    )
    assert inbound.partner("select watcher_id, in_status from in_Claim_Watcher order by 1") == [
        {"watcher_id": "a", "in_status": "ERROR"},
        {"watcher_id": "b", "in_status": "WAITING"},
    ]


def test_an_equal_link_writes_nothing(inbound: Inbound) -> None:
    def deliver() -> None:
        inbound.partner("truncate in_Client, in_Claim, in_Claim_Client, in_Claim_Watcher, in_Claim_Team")
        clients(inbound, "a", "b")
        claims(inbound, "k")
        for field in ("Client", "Watcher", "Team"):
            link(inbound, field, "k", "a", NEW)
            link(inbound, field, "k", "missing", OLD)

    deliver()
    inbound.merge()
    before = inbound.site.fingerprint()
    deliver()
    inbound.merge()
    assert inbound.site.fingerprint() == before
    assert len(inbound.waiting()) == 3


def test_an_arrival_of_a_replaced_field_joins_the_others(inbound: Inbound) -> None:
    clients(inbound, "a")
    claims(inbound, "k")
    for target in ("a", "later"):
        link(inbound, "Team", "k", target)
    inbound.merge()
    clients(inbound, "later")
    inbound.merge()
    assert inbound.links("Team") == [("k", "a"), ("k", "later")]
