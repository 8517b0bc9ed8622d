"""A version of the out_ tables is built once, then follows the journal."""

import pytest

from tests.fix_company import BOTH_LAYOUTS, OUT, OUT_CONFIG, STORE
from tests.integration.outputs.conftest import Outbound, follow


@pytest.mark.first_run
def test_first_use_builds_and_fills(outbound: Outbound) -> None:
    assert outbound.names() == ["Anna", "Bela"]
    anna = outbound.row("Anna")
    golden = outbound.site.look(f"select _id, _created_at from {STORE}.bo_Client where _in_id = 'a'")[0]
    assert (anna["system_id"], anna["system_created_at"]) == (golden["_id"], golden["_created_at"])
    assert anna["system_creator_fio"] is None
    assert anna["inserted_at"] is not None
    assert "secret" not in anna
    assert outbound.links() == [("Claim", "Anna")]


def test_a_link_of_a_composite_says_which_object_it_names(outbound: Outbound) -> None:
    rows = outbound.site.look(
        f"select l.Party_bo, coalesce(c.name, f.name) as name from {OUT}._Claim_Party_ l "
        f"left join {OUT}.Client c on c.system_id = l.Party_id left join {OUT}.Firm f on f.system_id = l.Party_id "
        "order by 1"
    )
    assert rows == [{"party_bo": "Client", "name": "Bela"}, {"party_bo": "Firm", "name": "Firm"}]


def test_only_a_row_that_changed_moves(outbound: Outbound) -> None:
    before = {name: outbound.row(name) for name in outbound.names()}
    outcome = outbound.load("in_Client", {"in_id": "a", "name": "Anne"}, {"in_id": "b", "name": "Bela"})
    assert outcome.out["upserted"] == 1
    anne = outbound.row("Anne")
    assert anne["updated_at"] > before["Anna"]["updated_at"]
    assert (anne["id"], anne["inserted_at"]) == (before["Anna"]["id"], before["Anna"]["inserted_at"])
    assert outbound.row("Bela") == before["Bela"]


@BOTH_LAYOUTS
def test_a_change_that_readers_do_not_see_moves_nothing(outbound: Outbound) -> None:
    before = outbound.row("Anna")
    place = f"select xmin::text from {OUT}.Client where name = 'Anna'"
    written_by = outbound.site.value(place)
    outbound.load("in_Client", {"in_id": "a", "name": "Anna", "secret": "new"})
    assert outbound.row("Anna") == before
    assert outbound.site.value(place) == written_by


@BOTH_LAYOUTS
def test_a_removed_instance_leaves_with_its_links_and_comes_back_with_them(outbound: Outbound) -> None:
    outcome = outbound.load("in_Client", {"in_id": "a", "removed": True})
    assert (outcome.out["deleted"], outcome.out["unlinked"]) == (1, 1)
    assert outbound.names() == ["Bela"]
    assert outbound.site.count(f"{OUT}._Claim_Client_") == 0
    outcome = outbound.load("in_Client", {"in_id": "a", "name": "Anna"})
    assert outcome.out["upserted"] == 1
    assert outbound.names() == ["Anna", "Bela"]
    assert outbound.links() == [("Claim", "Anna")]


def test_a_removed_owner_takes_its_links_along(outbound: Outbound) -> None:
    outbound.load("in_Claim", {"in_id": "k", "removed": True})
    assert outbound.site.count(f"{OUT}._Claim_Client_") == outbound.site.count(f"{OUT}._Claim_Party_") == 0
    outbound.load("in_Claim", {"in_id": "k", "title": "Claim"})
    assert outbound.links() == [("Claim", "Anna")]
    assert outbound.site.count(f"{OUT}._Claim_Party_") == 2


def test_removed_and_returned_between_two_looks_changes_nothing(outbound: Outbound) -> None:
    outbound.site.edit(OUT_CONFIG, "hasOutMigration=true", "hasOutMigration=false")
    outbound.load("in_Client", {"in_id": "a", "removed": True})
    outbound.load("in_Client", {"in_id": "a", "name": "Anna"})
    outbound.site.edit(OUT_CONFIG, "hasOutMigration=false", "hasOutMigration=true")
    before = outbound.site.fingerprint()[f"{OUT}.client"]
    outbound.run()
    assert outbound.links() == [("Claim", "Anna")]
    assert outbound.site.fingerprint()[f"{OUT}.client"] == before


@BOTH_LAYOUTS
def test_a_single_link_that_moves(outbound: Outbound) -> None:
    outbound.load("in_Claim_Client", {"claim_id": "k", "client_id": "b"})
    assert outbound.links() == [("Claim", "Bela")]


def test_a_link_to_an_instance_that_is_removed_shows_when_it_returns(outbound: Outbound) -> None:
    outbound.load("in_Client", {"in_id": "b", "removed": True})
    outbound.load("in_Claim_Client", {"claim_id": "k", "client_id": "b"})
    assert outbound.links() == []
    outbound.load("in_Client", {"in_id": "b", "name": "Bela"})
    assert outbound.links() == [("Claim", "Bela")]


def test_a_slower_transaction_with_a_smaller_number_is_not_passed_by(outbound: Outbound) -> None:
    """Numbers do not order commits: a follower that remembers the last number it has seen would lose a change."""
    site = outbound.site
    change = (
        f"with changed as (update {STORE}.bo_Client set name = %s where _in_id = %s returning _id) "
        f"insert into {STORE}.journal (bo, instance, change) select 'Client', _id, 'changed' from changed returning n"
    )
    with site.runtime() as runtime:
        with runtime.store_engine.connect() as slow, runtime.store_engine.connect() as fast:
            [(slow_number,)] = slow.exec_driver_sql(change, ("Slow", "a")).all()
            [(fast_number,)] = fast.exec_driver_sql(change, ("Fast", "b")).all()
            fast.commit()
            follow(runtime)
            assert outbound.names() == ["Anna", "Fast"]
            last_seen = site.value(f"select max(n) from {STORE}.journal")
            slow.commit()
        assert slow_number < fast_number == last_seen
        assert site.count(f"{STORE}.journal where n > {last_seen}") == 0  # all that the naive follower would ask for
        follow(runtime)
    assert outbound.names() == ["Fast", "Slow"]
