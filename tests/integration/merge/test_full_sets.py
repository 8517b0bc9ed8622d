"""linkMode replace: the rows of an owner are its full set, whatever has come, waits, or is changed meanwhile."""

from tests.fix_company import BOTH_LAYOUTS
from tests.integration.merge.conftest import Inbound
from tests.integration.merge.test_links import NEW, OLD, claims, clients, link
from tests.integration.merge.test_meanwhile import claimed


def team(inbound: Inbound, *targets: str, claim: str = "k") -> None:
    """The partner's table holds this set alone."""
    inbound.partner("delete from in_Claim_Team")
    for target in targets:
        link(inbound, "Team", claim, target)


def test_the_set_of_an_owner_that_has_not_come(inbound: Inbound) -> None:
    team(inbound, "a")
    inbound.merge()
    team(inbound, "b")
    inbound.merge()
    assert inbound.waiting() == [("Team", "k", "b")]
    clients(inbound, "a", "b")
    claims(inbound, "k")
    inbound.merge()
    assert inbound.links("Team") == [("k", "b")]


def test_the_set_of_an_owner_by_another_of_its_ids(inbound: Inbound) -> None:
    clients(inbound, "b")
    claims(inbound, "k")
    team(inbound, "a")
    inbound.merge()
    [claim] = inbound.partner("select out_id from in_Claim")
    inbound.partner.redeliver("in_Claim", {"in_id": "other", "out_id": claim["out_id"]})
    team(inbound, "b", claim="other")
    inbound.merge()
    assert inbound.waiting() == []
    assert inbound.links("Team") == [("k", "b")]


@BOTH_LAYOUTS
def test_a_row_whose_link_is_no_longer_in_the_set_does_not_wait(inbound: Inbound) -> None:
    claims(inbound, "k")
    team(inbound, "a")
    inbound.merge()
    link(inbound, "Team", "k", "b")
    inbound.merge()
    assert inbound.waiting() == [("Team", "k", "b")]
    assert inbound.partner("select team_id, in_status from in_Claim_Team order by 1") == [
        {"team_id": "a", "in_status": "DONE"},
        {"team_id": "b", "in_status": "WAITING"},
    ]


def test_the_only_link_of_the_set_goes_before_a_newer_one_outside_it(inbound: Inbound) -> None:
    clients(inbound, "a", "b")
    claims(inbound, "k")
    link(inbound, "Chief", "k", "a", NEW)
    inbound.merge()
    inbound.partner("delete from in_Claim_Chief")
    link(inbound, "Chief", "k", "b", OLD)
    inbound.merge()
    assert inbound.links("Chief") == [("k", "b")]


def test_a_row_of_the_set_that_is_changed_while_its_task_waits_for_it(inbound: Inbound) -> None:
    """The row is taken after the others, and the others stay."""
    clients(inbound, "a", "b", "later")
    claims(inbound, "k")
    inbound.merge()
    team(inbound, "a", "b", "unknown")
    with inbound.partner.holding() as session, claimed(inbound, session) as run:
        session.execute("update in_tables.in_Claim_Team set inserted_date = now() where team_id = 'b'")
    assert run.result().errors == 0
    assert inbound.links("Team") == [("k", "a"), ("k", "b")]
    assert inbound.waiting() == [("Team", "k", "unknown")]
