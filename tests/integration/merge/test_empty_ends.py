"""A link row with an empty or blank end can never arrive: it is rejected at once, and does not wait."""

import pytest

from tests.fix_company import BOTH_LAYOUTS, STORE
from tests.integration.merge.conftest import Inbound
from tests.integration.merge.test_links import claims, clients, link
from tests.integration.merge.test_removed_links import receipt_counts, remove

BLANKS = ["", " ", "   ", "\t", "\n", "\r\n", "\u00a0", "\u2003", "\u3000", "\u200b", "\ufeff", " \t\u00a0"]


@pytest.mark.parametrize("blank", BLANKS, ids=ascii)
def test_an_end_of_nothing_but_blanks(inbound: Inbound, blank: str) -> None:
    clients(inbound, "a")
    claims(inbound, "k")
    link(inbound, "Watcher", "k", blank)
    link(inbound, "Watcher", blank, "a")
    link(inbound, "Watcher", "k", "a")
    outcome = inbound.merge()
    assert receipt_counts(outcome, "in_Claim_Watcher") == {"created": 1, "rejected": 2}
    assert inbound.waiting() == []
    assert sorted(inbound.faults()) == sorted(
        [("k", "Watcher_id", "LINK_END_EMPTY", "error"), (blank, "Claim_id", "LINK_END_EMPTY", "error")]
    )
    assert outcome.exit_code == 1
    assert inbound.partner.statuses("in_Claim_Watcher") == {"DONE": 1, "ERROR": 2}


@BOTH_LAYOUTS
@pytest.mark.parametrize("field", ["Client", "Watcher", "Team", "Chief", "Party_Firm", "Claim"])
def test_in_every_kind_of_link_table(inbound: Inbound, field: str) -> None:
    claims(inbound, "k")
    link(inbound, field, "k", "")
    link(inbound, field, "", "")
    remove(inbound, field, "", "a")
    outcome = inbound.merge()
    table = f"in_Claim_{field}"
    assert receipt_counts(outcome, table) == {"rejected": 3}
    assert inbound.waiting() == []
    assert [error["value"] for error in inbound.site.errors()].count("") == 2
    [error] = [one for one in inbound.site.errors() if one["in_id"] == "k"]
    assert error["message"].startswith(f"{error['column_name']} is empty")
    assert error["in_table"] == table
    assert inbound.partner.statuses(table) == {"ERROR": 3}
    assert inbound.site.count(f"{STORE}.err") == 3


@BOTH_LAYOUTS
def test_it_is_no_part_of_a_set(inbound: Inbound) -> None:
    """An owner whose only row is rejected keeps its set."""
    clients(inbound, "a", "b")
    claims(inbound, "k", "l")
    for claim in ("k", "l"):
        link(inbound, "Team", claim, "a")
    inbound.merge()
    inbound.partner("delete from in_Claim_Team")
    link(inbound, "Team", "k", "")
    link(inbound, "Team", "l", "")
    link(inbound, "Team", "l", "b")
    inbound.merge()
    assert inbound.links("Team") == [("k", "a"), ("l", "b")]


def test_a_blank_that_is_an_id_is_linked(inbound: Inbound) -> None:
    """Odd, and legal: an instance is called so."""
    clients(inbound, " ")
    claims(inbound, "k")
    link(inbound, "Watcher", "k", " ")
    assert receipt_counts(inbound.merge(), "in_Claim_Watcher") == {"created": 1}
    assert inbound.links("Watcher") == [("k", " ")]


@BOTH_LAYOUTS
def test_what_waits_since_an_older_version_is_given_up(inbound: Inbound) -> None:
    claims(inbound, "k")
    link(inbound, "Watcher", "k", "later")
    inbound.merge()
    inbound.site.look(f"update {STORE}.boi_reference set target_value = ''")
    inbound.partner("update in_Claim_Watcher set watcher_id = ''")
    assert inbound.merge().exit_code == 1
    assert inbound.waiting() == []
    assert inbound.faults() == [("k", "Watcher_id", "LINK_END_EMPTY", "error")]
    assert inbound.partner.statuses("in_Claim_Watcher") == {"ERROR": 1}


@BOTH_LAYOUTS
def test_errors_of_every_part_of_a_table_arrive_once(inbound: Inbound) -> None:
    """Between databases too, where the errors of what waited are kept beside them."""
    inbound.site.set(chunkRows=1000)
    claims(inbound, "k")
    inbound.partner(
        "insert into in_Claim_Watcher (claim_id, watcher_id) "
        "select case when n % 1000 = 7 then '' else 'k' end, 'x' || n from generate_series(1, 5000) n"
    )
    outcome = inbound.merge()
    assert inbound.site.count("in_tables.task where in_table = 'in_Claim_Watcher' and title like '%%(%%/%%)'") > 1
    assert receipt_counts(outcome, "in_Claim_Watcher") == {"rejected": 5, "waiting": 4995}
    assert [(one["in_id"], one["code"]) for one in inbound.site.errors()] == [("", "LINK_END_EMPTY")] * 5


def test_the_error_can_be_offered_again(inbound: Inbound) -> None:
    claims(inbound, "k")
    link(inbound, "Watcher", "k", " ")
    inbound.merge()
    clients(inbound, " ")
    assert inbound.site.etl("errors", "retry", "--code", "LINK_END_EMPTY").code == 0
    assert receipt_counts(inbound.merge(), "in_Claim_Watcher") == {"created": 1}
