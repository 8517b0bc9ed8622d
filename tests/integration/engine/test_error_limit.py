"""errorLimit: a run that rejects too much is stopped between two tasks."""

import pytest

from etl.errors import RunStopped
from tests.fix_company import CLAIMS, STORE, MakeSite, Row, Site

_IN = "needLoadFromInTables: true"
DOCUMENTS = {
    "Client": f"code: Client\norderIndex: 1\nfields:\n  - {{code: Amount, type: INPUT_NUMBER, {_IN}}}\n",
    "Firm": f"code: Firm\norderIndex: 2\nfields:\n  - {{code: Name, type: INPUT_TEXT, {_IN}}}\n"
    f"  - {{code: Owner, type: BO, bo: Client, {_IN}}}\n",
}


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return make_site(DOCUMENTS, errorLimit=3)


def clients(site: Site, bad: int, good: int = 5) -> None:
    """Clients, `bad` of them with a faulty amount, and a firm that comes after them with a link."""
    rows: list[Row] = [{"in_id": f"bad-{n}", "amount": "NaN"} for n in range(bad)]
    site.partner.redeliver("in_client", *rows, *({"in_id": f"good-{n}", "amount": "1"} for n in range(good)))
    site.partner.redeliver("in_firm", {"in_id": "f", "name": "Firm"})
    site.partner.redeliver("in_firm_owner", {"firm_id": "f", "owner_id": "good-0"})
    site.partner.hand_over()


def test_as_many_as_the_limit_are_let_pass(site: Site) -> None:
    clients(site, bad=3)
    assert (outcome := site.run()).exit_code == 1
    assert outcome.errors == 3


def test_one_more_stops_the_run(site: Site) -> None:
    clients(site, bad=4)
    with pytest.raises(
        RunStopped,
        match=r"has rejected 4 rows, and errorLimit is 3 \(most often NUMBER_NOT_FINITE in in_Client.Amount: 4\)",
    ):
        site.run()
    assert site.partner.statuses("in_client") == {"ERROR": 4, "DONE": 5}
    assert site.partner.statuses("in_firm") == {"": 1}
    assert site.partner.statuses("in_firm_owner") == {"": 1}
    assert site.value("select occupied_id is null and occupied_at is null from in_tables.in_firm")
    assert (site.count(f"{STORE}.bo_client"), site.count(f"{STORE}.bo_firm")) == (5, 0)


def test_a_stopped_run_keeps_its_receipts(site: Site) -> None:
    clients(site, bad=4)
    with pytest.raises(RunStopped):
        site.run()
    assert site.partner.marker()["ins_inkafka_status"] == 2
    assert site.look("select count(*) as n from store_demo.err") == [{"n": 4}]
    assert site.look(
        "select in_table, claimed, created, rejected, released from in_tables.migration_receipt order by in_table"
    ) == [
        {"in_table": "in_Client", "claimed": 9, "created": 5, "rejected": 4, "released": 0},
        {"in_table": "in_Firm", "claimed": 1, "created": 0, "rejected": 0, "released": 1},
        {"in_table": "in_Firm_Owner", "claimed": 1, "created": 0, "rejected": 0, "released": 1},
    ]
    assert site.value("select state from in_tables.run") == "stopped"
    states = site.look("select kind, state from in_tables.last_migration_state where state <> 'dropped'")
    assert [row["kind"] for row in states] == ["BEGIN", "MIGRATE_SINGLE_FIELDS"]


def test_the_last_single_fields_are_looked_at_too(make_site: MakeSite) -> None:
    """Where no link follows, the marker is not set to read."""
    site = make_site({"Client": DOCUMENTS["Client"]}, errorLimit=0)
    site.partner.fill("in_client", {"in_id": "bad", "amount": "NaN"})
    with pytest.raises(RunStopped, match="has rejected 1 rows"):
        site.run()
    assert site.partner.marker()["ins_inkafka_status"] == 2


def test_each_chunk_is_looked_at(make_site: MakeSite) -> None:
    site = make_site({"Client": DOCUMENTS["Client"]}, errorLimit=10, chunkRows=1000)
    site.partner("insert into in_client (in_id, amount) select n, 'NaN' from generate_series(1, 3000) n")
    with pytest.raises(RunStopped, match="has rejected 1,000 rows"):
        site.run()
    assert site.partner.statuses("in_client") == {"ERROR": 1000, "": 2000}


def test_the_rest_comes_with_the_next_hand_over(site: Site) -> None:
    clients(site, bad=4)
    with pytest.raises(RunStopped):
        site.run()
    assert site.run().run is None  # the marker says 2
    site.partner("update in_client set amount = 2, in_status = '' where in_status = 'ERROR'")
    site.partner.hand_over()
    assert site.run().exit_code == 0
    assert site.count(f"{STORE}.bo_client") == 9
    assert site.count(f"{STORE}.link_firm_owner") == 1


def test_the_command(site: Site) -> None:
    clients(site, bad=4)
    stopped = site.etl("run")
    assert (stopped.code, stopped.out) == (3, "")
    assert "errorLimit is 3" in stopped.err
    assert "`etl errors list`" in stopped.err
    assert "has rejected 4 rows" in site.etl("status").out


def test_an_new_owner_stops_the_run_as_well(site: Site) -> None:
    """The runner died between the task that rejected too much and its look at the limit."""
    site.set(errorLimit="")
    clients(site, bad=4)
    with site.locking("in_tables.in_firm"):
        runner = site.start("run")
        site.wait_for_blocked()
        runner.kill()
        runner.communicate()
    site.set(errorLimit=3, leaseSeconds=3, heartbeatSeconds=1)
    site.look("update in_tables.run set heartbeat_at = now() - interval '1 minute'")
    with pytest.raises(RunStopped, match="has rejected 4 rows"):
        site.run()
    assert site.partner.statuses("in_firm") == {"": 1}


def test_links_of_what_a_stopped_run_has_merged_come_with_the_next(make_site: MakeSite) -> None:
    site = make_site(CLAIMS, errorLimit=1)
    site.partner.fill("in_Claim", {"in_id": "k", "title": "waits"})
    site.partner.fill("in_Claim_Client", {"claim_id": "k", "client_id": "late"})
    site.run()
    site.partner.hand_over()
    site.partner.fill("in_Client", {"in_id": "late", "amount": 1})
    site.partner.fill("in_Client", *({"in_id": f"bad {n}", "amount": "NaN"} for n in range(3)))
    with pytest.raises(RunStopped):
        site.run()
    assert site.count(f"{STORE}.bo_Client") == 1
    site.partner("delete from in_Client")
    site.partner.hand_over()
    assert site.run().resolved == 1
    assert site.count(f"{STORE}.link_Claim_Client") == 1
