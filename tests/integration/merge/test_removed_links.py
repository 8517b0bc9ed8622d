"""A link row with `removed = true` takes that link away: there, waiting, or in a set, by whatever ids it is named."""

import pytest

from etl.engine import Outcome
from etl.sources.in_tables.receipts import Receipt
from tests.fix_company import BOTH_LAYOUTS, STORE
from tests.integration.merge.conftest import Inbound
from tests.integration.merge.test_links import NEW, OLD, claims, clients, link

BOTH_WAYS = pytest.mark.usefixtures("both_ways")


def remove(inbound: Inbound, field: str, claim: str, target: str, at: str = NEW) -> None:
    """The partner inserts a row, or marks the one that is there."""
    table, _, member = field.partition("_")
    column = "claim_id_2" if field == "Claim" else f"{table}_id"
    name = f"in_Claim_{table}" + (f"_{member}" if member else "")
    inbound.partner(
        f"insert into {name} (claim_id, {column}, inserted_date, removed) values (%s, %s, %s, true) "
        f"on conflict (claim_id, {column}) do update set removed = true, in_status = ''",
        [claim, target, at],
    )


def receipt(outcome: Outcome, table: str) -> Receipt:
    return next(one for one in outcome.receipts if one.in_table == table)


def receipt_counts(outcome: Outcome, table: str) -> dict[str, int]:
    """What became of the table's rows, without what became of none."""
    one = receipt(outcome, table)
    names = ("created", "changed", "unchanged", "removed", "rejected", "waiting")
    return {name: getattr(one, name) for name in names if getattr(one, name)}


@pytest.fixture
def linked(inbound: Inbound) -> Inbound:
    """Two claims with two watchers each."""
    clients(inbound, "a", "b", "c")
    claims(inbound, "k", "l")
    for claim in ("k", "l"):
        for target in ("a", "b"):
            link(inbound, "Watcher", claim, target)
    inbound.merge()
    return inbound


@BOTH_WAYS
@BOTH_LAYOUTS
def test_a_removed_row_takes_its_link_away_and_no_other(linked: Inbound) -> None:
    remove(linked, "Watcher", "k", "a")
    link(linked, "Watcher", "l", "c")
    outcome = linked.merge()
    assert linked.links("Watcher") == [("k", "b"), ("l", "a"), ("l", "b"), ("l", "c")]
    assert receipt_counts(outcome, "in_Claim_Watcher") == {"removed": 1, "created": 1}
    assert linked.partner.statuses("in_Claim_Watcher") == {"DONE": 5}
    assert outcome.exit_code == 0
    assert sorted(linked.journal()[-2:]) == [("Claim", "linked"), ("Claim", "unlinked")]


@BOTH_LAYOUTS
def test_the_last_link_of_an_owner_goes_too_and_comes_back(linked: Inbound) -> None:
    remove(linked, "Watcher", "k", "a")
    remove(linked, "Watcher", "k", "b")
    assert receipt_counts(linked.merge(), "in_Claim_Watcher") == {"removed": 2}
    assert linked.links("Watcher") == [("l", "a"), ("l", "b")]
    linked.partner("update in_Claim_Watcher set removed = false, in_status = '' where claim_id = 'k'")
    assert receipt_counts(linked.merge(), "in_Claim_Watcher") == {"created": 2}
    assert linked.links("Watcher") == [("k", "a"), ("k", "b"), ("l", "a"), ("l", "b")]


@BOTH_LAYOUTS
@pytest.mark.parametrize(
    ("claim", "target"), [("k", "c"), ("k", "missing"), ("missing", "a"), ("missing", "no one")], ids="/".join
)
def test_a_link_that_never_was_is_unchanged(linked: Inbound, claim: str, target: str) -> None:
    remove(linked, "Watcher", claim, target)
    outcome = linked.merge()
    assert receipt_counts(outcome, "in_Claim_Watcher") == {"unchanged": 1}
    assert linked.waiting() == []
    assert linked.partner.statuses("in_Claim_Watcher") == {"DONE": 5}
    assert (outcome.exit_code, linked.site.errors()) == (0, [])


@BOTH_LAYOUTS
@pytest.mark.parametrize("late", ["owner", "target", "both"])
def test_a_link_that_waits_waits_no_longer(inbound: Inbound, late: str) -> None:
    if late == "owner":
        clients(inbound, "a")
    if late == "target":
        claims(inbound, "k")
    link(inbound, "Watcher", "k", "a")
    link(inbound, "Watcher", "other", "a")
    inbound.merge()
    remove(inbound, "Watcher", "k", "a")
    assert receipt_counts(inbound.merge(), "in_Claim_Watcher") == {"removed": 1}
    assert inbound.waiting() == [("Watcher", "other", "a")]
    assert inbound.partner.statuses("in_Claim_Watcher") == {"DONE": 1, "WAITING": 1}
    claims(inbound, *({"k", "other"} - set(inbound.golden("Claim"))))
    clients(inbound, *({"a"} - set(inbound.golden())))
    inbound.merge()
    assert inbound.links("Watcher") == [("other", "a")]


@BOTH_LAYOUTS
def test_an_end_that_arrives_with_the_removal(inbound: Inbound) -> None:
    """What waited becomes a link, and goes."""
    claims(inbound, "k")
    link(inbound, "Watcher", "k", "a")
    inbound.merge()
    clients(inbound, "a")
    remove(inbound, "Watcher", "k", "a")
    assert receipt_counts(inbound.merge(), "in_Claim_Watcher") == {"removed": 1}
    assert (inbound.links("Watcher"), inbound.waiting()) == ([], [])


@BOTH_LAYOUTS
def test_a_reference_by_another_id_of_its_owner(inbound: Inbound) -> None:
    claims(inbound, "k")
    link(inbound, "Watcher", "k", "a")
    inbound.merge()
    [claim] = inbound.partner("select out_id from in_Claim")
    inbound.partner.redeliver("in_Claim", {"in_id": "alias", "out_id": claim["out_id"]})
    remove(inbound, "Watcher", "alias", "a")
    assert receipt_counts(inbound.merge(), "in_Claim_Watcher") == {"removed": 1}
    assert inbound.waiting() == []
    assert inbound.partner.statuses("in_Claim_Watcher") == {"DONE": 2}


@BOTH_WAYS
@BOTH_LAYOUTS
@pytest.mark.parametrize(
    ("brought", "removed", "stays"),
    [(OLD, NEW, False), (NEW, OLD, True), (NEW, NEW, False)],
    ids=["old", "new", "same"],
)
def test_one_link_by_two_ids_is_as_the_newer_row_says(
    linked: Inbound, brought: str, removed: str, *, stays: bool
) -> None:
    [claim] = linked.partner("select out_id from in_Claim where in_id = 'k'")
    linked.partner.redeliver("in_Claim", {"in_id": "alias", "out_id": claim["out_id"]})
    linked.partner("delete from in_Claim_Watcher")
    link(linked, "Watcher", "k", "a", brought)
    remove(linked, "Watcher", "alias", "a", removed)
    link(linked, "Watcher", "alias", "c", brought)
    remove(linked, "Watcher", "k", "c", removed)
    outcome = linked.merge()
    others = [("k", "b"), ("l", "a"), ("l", "b")]
    assert linked.links("Watcher") == sorted([*others, ("k", "a"), ("k", "c")] if stays else others)
    assert receipt_counts(outcome, "in_Claim_Watcher") == (
        {"created": 1, "unchanged": 3} if stays else {"removed": 1, "unchanged": 3}
    )


@BOTH_LAYOUTS
def test_a_set_whose_rows_are_all_removed_is_empty(inbound: Inbound) -> None:
    """linkMode replace: also what no row names goes."""
    clients(inbound, "a", "b", "c")
    claims(inbound, "k", "l")
    for target in ("a", "b", "later"):
        link(inbound, "Team", "k", target)
    link(inbound, "Team", "l", "a")
    inbound.merge()
    inbound.partner("delete from in_Claim_Team")
    remove(inbound, "Team", "k", "a")
    assert receipt_counts(inbound.merge(), "in_Claim_Team") == {"removed": 1}
    assert inbound.links("Team") == [("l", "a")]
    assert inbound.waiting() == []


@BOTH_LAYOUTS
def test_a_removed_row_is_no_part_of_a_set(inbound: Inbound) -> None:
    clients(inbound, "a", "b", "c")
    claims(inbound, "k")
    for target in ("a", "b", "later", "never"):
        link(inbound, "Team", "k", target)
    inbound.merge()
    inbound.partner("delete from in_Claim_Team")
    for target in ("a", "c", "later"):
        link(inbound, "Team", "k", target)
    for target in ("b", "never"):
        remove(inbound, "Team", "k", target)
    outcome = inbound.merge()
    assert inbound.links("Team") == [("k", "a"), ("k", "c")]
    assert inbound.waiting() == [("Team", "k", "later")]
    assert receipt_counts(outcome, "in_Claim_Team") == {"created": 1, "unchanged": 1, "removed": 2, "waiting": 1}


@BOTH_LAYOUTS
def test_a_single_field_may_be_emptied(inbound: Inbound) -> None:
    clients(inbound, "a", "b")
    claims(inbound, "k", "l")
    link(inbound, "Client", "k", "a")
    link(inbound, "Client", "l", "a")
    inbound.merge()
    remove(inbound, "Client", "k", "a")
    remove(inbound, "Client", "l", "b")  # which is not the one it has
    assert receipt_counts(inbound.merge(), "in_Claim_Client") == {"removed": 1, "unchanged": 1}
    assert inbound.links("Client") == [("l", "a")]


@pytest.mark.parametrize("at", [OLD, NEW])
def test_what_goes_leaves_room_in_a_single_field(inbound: Inbound, at: str) -> None:
    """The state after the batch is judged: an older link is the newest when the newer one is taken away."""
    clients(inbound, "a", "b")
    claims(inbound, "k")
    link(inbound, "Client", "k", "a", NEW)
    inbound.merge()
    remove(inbound, "Client", "k", "a")
    link(inbound, "Client", "k", "b", at)
    assert receipt_counts(inbound.merge(), "in_Claim_Client") == {"removed": 1, "created": 1}
    assert inbound.links("Client") == [("k", "b")]


@BOTH_LAYOUTS
def test_links_of_a_composite_and_of_an_object_to_itself(inbound: Inbound) -> None:
    clients(inbound, "same")
    inbound.partner.fill("in_Firm", {"in_id": "same"})
    claims(inbound, "k")
    link(inbound, "Party_Client", "k", "same")
    link(inbound, "Party_Firm", "k", "same")
    link(inbound, "Claim", "k", "k")
    inbound.merge()
    remove(inbound, "Party_Firm", "k", "same")
    remove(inbound, "Claim", "k", "k")
    outcome = inbound.merge()
    assert receipt_counts(outcome, "in_Claim_Party_Firm") == receipt_counts(outcome, "in_Claim_Claim") == {"removed": 1}
    assert inbound.site.value(f"select string_agg(_target_bo, ' ') from {STORE}.link_Claim_Party") == "Client"
    assert inbound.links("Claim", "Claim") == []


@BOTH_WAYS
@pytest.mark.parametrize("removed", ["null", "false"])
def test_null_is_not_removed(inbound: Inbound, removed: str) -> None:
    clients(inbound, "a")
    claims(inbound, "k")
    inbound.partner(f"insert into in_Claim_Watcher (claim_id, watcher_id, removed) values ('k', 'a', {removed})")
    inbound.merge()
    assert inbound.links("Watcher") == [("k", "a")]


@pytest.mark.nightly
@BOTH_LAYOUTS
def test_a_table_of_before_has_no_such_column(linked: Inbound) -> None:
    """Runs continue; `generate-ddl` tells what is missing, and with it the same table takes links away."""
    linked.site.look("alter table in_tables.in_Claim_Watcher drop column removed")
    link(linked, "Watcher", "k", "c")
    link(linked, "Watcher", "k", "later")
    assert receipt_counts(linked.merge(), "in_Claim_Watcher") == {"created": 1, "waiting": 1}
    assert linked.site.etl("run", "--dry-run").code == 0
    checked = linked.site.etl("check")
    assert checked.code == 0
    assert "without the column removed, so that no row takes a link away: in_Claim_Watcher" in checked.out
    diff = linked.site.etl("generate-ddl", "--company", "demo", "--diff")
    statement = "alter table in_tables.in_Claim_Watcher add column if not exists removed bool default false;"
    assert diff.out.strip() == statement
    assert linked.site.etl("generate-ddl", "--company", "demo", "--apply").code == 0
    assert linked.site.etl("generate-ddl", "--company", "demo", "--diff").out == ""
    remove(linked, "Watcher", "k", "a")
    assert receipt_counts(linked.merge(), "in_Claim_Watcher") == {"removed": 1}


@BOTH_LAYOUTS
def test_undo_brings_the_link_back(linked: Inbound) -> None:
    before = linked.site.look(f"select * from {STORE}.link_Claim_Watcher order by 1, 2")
    remove(linked, "Watcher", "k", "a")
    outcome = linked.merge()
    assert outcome.run is not None
    undone = linked.site.etl("undo", str(outcome.run))
    assert undone.code == 0, undone
    assert linked.site.look(f"select * from {STORE}.link_Claim_Watcher order by 1, 2") == before


@BOTH_LAYOUTS
def test_a_dry_run_tells_of_it_and_takes_nothing_away(linked: Inbound) -> None:
    remove(linked, "Watcher", "k", "a")
    before = linked.site.fingerprint()
    reported = linked.site.etl("run", "--dry-run", "--json")
    assert reported.code == 0
    assert '"removed": 1' in reported.out
    assert linked.site.fingerprint() == before


def test_many_rows_of_which_few_remove_are_one_task(linked: Inbound) -> None:
    """No row may take a link away that another part of the same batch brings by another id of its owner."""
    linked.partner("delete from in_Claim_Watcher")
    linked.partner(
        "insert into in_Claim_Watcher (claim_id, watcher_id, removed) "
        "select 'k', 'x' || n, n = 4000 from generate_series(1, 4000) n"
    )
    linked.site.set(chunkRows=1000)
    linked.merge()
    tasks = linked.site.look("select title from in_tables.task where in_table = 'in_Claim_Watcher' order by run, seq")
    assert tasks[-1]["title"].endswith("in_Claim_Watcher")
    linked.partner("update in_Claim_Watcher set removed = false, in_status = ''")
    linked.merge()
    assert linked.site.count("in_tables.task where in_table = 'in_Claim_Watcher' and title like '%%(%%/%%)'") == 2
