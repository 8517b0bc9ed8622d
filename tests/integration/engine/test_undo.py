"""A run reverted, and a run that is only tried."""

import json

import pytest

from etl.engine import undo
from etl.store import UndoCounters
from tests.fix_company import BOTH_LAYOUTS, CLAIMS, MakeSite, Row, Site


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return make_site(CLAIMS)


def _clients(site: Site, schema: str = "out_demo_1_1.client") -> list[Row]:
    return site.look(f"select name, amount from {schema} order by name")


def _first_load(site: Site) -> int:
    site.partner.fill(
        "in_client", {"in_id": "a", "name": "Ann", "amount": 1}, {"in_id": "b", "name": "Bob", "amount": 2}
    )
    site.partner.fill("in_claim", {"in_id": "1", "title": "one"})
    site.partner.fill("in_claim_client", {"claim_id": "1", "client_id": "a"})
    return site.run().run or 0


def _undo(site: Site, run: int) -> UndoCounters:
    with site.runtime() as runtime:
        return undo(runtime, run).counters


def test_changed_columns_get_their_old_values(site: Site) -> None:
    _first_load(site)
    before = _clients(site)
    site.partner.hand_over()
    site.partner("update in_client set amount = amount + 10, name = upper(name), in_status = ''")
    run = site.run().run
    assert run
    assert _clients(site) != before
    assert _undo(site, run)["restored"] == 2
    assert _clients(site) == before


def test_columns_that_a_later_run_touched_are_kept(site: Site) -> None:
    _first_load(site)
    site.partner.hand_over()
    site.partner("update in_client set amount = 10, name = 'ANN', in_status = '' where in_id = 'a'")
    run = site.run().run
    assert run
    site.partner.hand_over()
    site.partner("update in_client set amount = 20, in_status = '' where in_id = 'a'")
    site.run()
    counters = _undo(site, run)
    assert (counters["restored"], counters["kept"]) == (1, 1)
    assert _clients(site)[0] == {"name": "Ann", "amount": 20}


def test_created_instances_and_links_go(site: Site) -> None:
    run = _first_load(site)
    counters = _undo(site, run)
    assert (counters["removed"], counters["unlinked"]) == (3, 1)
    assert _clients(site) == []
    assert site.count("out_demo_1_1._claim_client_") == 0


@BOTH_LAYOUTS
def test_the_undoing_can_be_taken_back(site: Site) -> None:
    run = _first_load(site)
    before = _clients(site)
    with site.runtime() as runtime:
        undone = undo(runtime, run)
        undo(runtime, undone.as_run)
    assert _clients(site) == before
    assert site.count("out_demo_1_1._claim_client_") == 1


def test_a_replaced_link_comes_back(site: Site) -> None:
    _first_load(site)
    links = site.look("select claim_id, client_id from out_demo_1_1._claim_client_")
    site.partner.hand_over()
    site.partner.fill("in_claim_client", {"claim_id": "1", "client_id": "b"})
    run = site.run().run
    assert run
    assert site.look("select claim_id, client_id from out_demo_1_1._claim_client_") != links
    counters = _undo(site, run)
    assert (counters["unlinked"], counters["linked"]) == (1, 1)
    assert site.look("select claim_id, client_id from out_demo_1_1._claim_client_") == links


def test_an_unknown_run_is_a_clear_error(site: Site) -> None:
    _first_load(site)
    ended = site.etl("undo", "42")
    assert (ended.code, ended.err) == (2, "etl: there is no ended run or batch 42: see `etl runs list`\n")


def test_the_command_says_what_it_did(site: Site) -> None:
    run = _first_load(site)
    ended = site.etl("undo", str(run), "--json")
    assert json.loads(ended.out)["counters"]["removed"] == 3
    assert "nothing to revert" in site.etl("undo", str(run)).out


@BOTH_LAYOUTS
def test_a_dry_undo_says_what_it_would_do_and_leaves_nothing(site: Site) -> None:
    run = _first_load(site)
    before = site.fingerprint()
    ended = site.etl("undo", str(run), "--dry-run", "--json")
    found = json.loads(ended.out)
    assert (ended.code, found["as_run"], found["counters"]["removed"], found["counters"]["unlinked"]) == (0, None, 3, 1)
    assert "3 removed, 1 unlinked. Nothing is written." in site.etl("undo", str(run), "--dry-run").out
    assert site.fingerprint() == before
    assert site.count("in_tables.run") == 1
    assert site.etl("undo", "42", "--dry-run").code == 2
    assert dict(_undo(site, run)) == found["counters"]


@BOTH_LAYOUTS
@pytest.mark.first_run
def test_a_dry_run_reports_and_leaves_nothing(site: Site) -> None:
    site.partner.fill(
        "in_client", {"in_id": "a", "name": "Ann", "amount": 1}, {"in_id": "b", "name": "B", "amount": "NaN"}
    )
    ended = site.etl("run", "--dry-run", "--json")
    found = json.loads(ended.out)
    assert (ended.code, ended.err) == (1, "")
    assert [(one["in_table"], one["created"], one["rejected"]) for one in found["receipts"] if one["claimed"]] == [
        ("in_Client", 1, 1)
    ]
    assert found["examples"][0]["code"] == "NUMBER_NOT_FINITE"
    assert site.partner.statuses("in_client") == {"": 2}
    assert site.value("select to_regclass('in_tables.run')") is None


def test_a_dry_run_counts_changes_by_column(site: Site) -> None:
    _first_load(site)
    fingerprint = site.fingerprint()
    site.partner("update in_client set amount = 7, in_status = ''")
    ended = site.etl("run", "--dry-run")
    assert ended.code == 0
    assert "Client" in ended.out
    assert "amount" in ended.out
    assert site.fingerprint() == fingerprint
    site.partner.hand_over()
    assert site.run().receipts[0].changed == 2
