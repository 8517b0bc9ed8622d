"""Runs that are stopped, killed or frozen: what they began is finished, once, by the next one."""

import json
import signal
from subprocess import Popen
from typing import Any

import pytest

from tests.fix_company import BOTH_LAYOUTS, CLAIMS, OUT, STORE, Ended, MakeSite, Site, ended, until

CLIENTS = 300
LEASE_SECONDS = 3


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    """Runs once, so that the golden tables are there; then a batch with changes, links and waiting links is ready."""
    site = make_site(CLAIMS, leaseSeconds=LEASE_SECONDS, heartbeatSeconds=1)
    assert site.etl("run").code == 0
    site.partner.fill("in_Client", *({"in_id": f"c{n}", "name": f"Client {n}"} for n in range(CLIENTS)))
    site.partner.fill("in_Claim", *({"in_id": f"k{n}", "title": f"Claim {n}"} for n in range(CLIENTS)))
    links = [{"claim_id": f"k{n}", "client_id": f"c{n * 2}"} for n in range(CLIENTS)]
    site.partner.fill("in_Claim_Client", *links)
    site.partner.hand_over()
    return site


def blocked_run(site: Site) -> "Popen[str]":
    process = site.start_program("run", "--json")
    site.wait_for_blocked()
    return process


def run(site: Site) -> Any:
    result = site.etl("run", "--json")
    assert result.code == 0, result.err
    return json.loads(result.out)


def run_after_the_lease(site: Site) -> Any:
    """The next runner as cron would start it, again and again until the lease is out."""
    results: list[Ended] = []

    def tried() -> bool:
        results.append(site.etl("run", "--json"))
        return results[-1].code != 75

    until(tried, "the lease runs out")
    assert results[-1].code == 0, results[-1].err
    assert "is held by runner" in results[0].err
    return json.loads(results[-1].out)


def check_outcome(site: Site) -> None:
    """Everything that was handed over is in the golden store, once, and the run is complete."""
    assert site.look(f"select _in_id, name from {STORE}.bo_Client order by 1") == site.look(
        'select in_id collate "C" as _in_id, name from in_tables.in_Client order by 1'
    )
    assert site.count(f"{STORE}.bo_Claim") == CLIENTS
    assert site.count(f"{STORE}.link_Claim_Client") == CLIENTS // 2
    assert site.count(f"{STORE}.boi_reference") == CLIENTS // 2
    journal = site.look(f"select change, count(*) as n from {STORE}.journal group by change order by change")
    assert journal == [{"change": "created", "n": CLIENTS * 2}, {"change": "linked", "n": CLIENTS // 2}]
    assert site.count(f"{OUT}.Client") == CLIENTS
    assert site.count(f"{OUT}._Claim_Client_") == CLIENTS // 2
    assert site.partner.statuses("in_Client") == {"DONE": CLIENTS}
    assert site.partner.statuses("in_Claim_Client") == {"DONE": CLIENTS // 2, "WAITING": CLIENTS // 2}
    assert site.partner.marker()["ins_inkafka_status"] == 1
    [newest] = site.look("select * from in_tables.run order by id desc limit 1")
    assert newest["state"] == "done"
    assert site.look("select distinct state from in_tables.task where run = %s", [newest["id"]]) == [{"state": "done"}]


@pytest.mark.parametrize("table", [f"{STORE}.bo_Client", f"{STORE}.link_Claim_Client", f"{OUT}.Client"])
def test_sigterm_ends_the_process_and_frees_the_run_at_once(site: Site, table: str) -> None:
    with site.locking(table):
        process = blocked_run(site)
        process.send_signal(signal.SIGTERM)
        stopped = ended(process)
    assert stopped.code == 143
    assert stopped.out == ""
    assert stopped.err.strip() == "etl: stopped by a signal; what was not committed was rolled back"
    [left] = site.look("select id, fence from in_tables.run where state = 'running'")
    new_owner = run(site)
    assert (new_owner["run"], new_owner["taken_over"]) == (str(left["id"]), True)
    check_outcome(site)


def test_sigint_ends_with_its_own_code(site: Site) -> None:
    with site.locking(f"{STORE}.bo_Client"):
        process = blocked_run(site)
        process.send_signal(signal.SIGINT)
        assert ended(process).code == 130
    run(site)
    check_outcome(site)


@pytest.mark.parametrize("table", [f"{STORE}.bo_Client", f"{STORE}.link_Claim_Client"])
def test_a_killed_run_is_taken_over_after_its_lease(site: Site, table: str) -> None:
    with site.locking(table):
        process = blocked_run(site)
        process.kill()
        assert ended(process).code == -signal.SIGKILL
    [left] = site.look("select id, fence from in_tables.run where state = 'running'")
    new_owner = run_after_the_lease(site)
    assert (new_owner["run"], new_owner["taken_over"]) == (str(left["id"]), True)
    assert site.value("select fence from in_tables.run where id = %s", [left["id"]]) > left["fence"]
    check_outcome(site)


@BOTH_LAYOUTS
def test_a_frozen_runner_that_wakes_writes_nothing(site: Site) -> None:
    with site.locking(f"{STORE}.bo_Client"):
        frozen = blocked_run(site)
        frozen.send_signal(signal.SIGSTOP)
    try:
        run_after_the_lease(site)
        check_outcome(site)
        before = site.fingerprint()
    finally:
        frozen.send_signal(signal.SIGCONT)
    woken = ended(frozen)
    assert woken.code == 75
    assert "another runner" in woken.err
    assert "Traceback" not in woken.err
    assert site.fingerprint() == before
    check_outcome(site)
