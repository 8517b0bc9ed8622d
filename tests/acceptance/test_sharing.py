"""Services that share runs: those that do not win help, and continue when the owner dies."""

import signal
from contextlib import ExitStack

import pytest

from tests.acceptance.service import serving
from tests.acceptance.test_loop import NEVER, SCHEDULE
from tests.fix_company import CLAIMS, STORE, MakeSite, Site, until

WORKERS = "consumers/InMigration.workerCount"
_BUSY = "select owner from in_tables.task where state = 'running'"


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    site = make_site(CLAIMS, copyTables="false", leaseSeconds=3, heartbeatSeconds=1, pollSeconds=1)
    site.write(SCHEDULE, NEVER)
    assert site.run().run
    return site


def deliver(site: Site, number: int) -> None:
    site.partner.fill("in_Client", {"in_id": f"c{number}", "name": f"Client {number}"})
    site.partner.fill("in_Claim", {"in_id": f"k{number}", "title": f"Claim {number}"})


def wait_for_tasks(site: Site, tasks: int, runners: int) -> None:
    """Waits until this many runners perform this many tasks."""

    def seen() -> bool:
        found = [row["owner"] for row in site.look(_BUSY)]
        return (len(found), len(set(found))) == (tasks, runners)

    until(seen, f"{runners} runners perform {tasks} tasks")


def test_two_services_share_a_run_and_the_other_one_takes_over(site: Site) -> None:
    with ExitStack() as services:
        both = [services.enter_context(serving(site)) for _ in range(2)]
        for service in both:
            service.wait_for_log("the service is up")
        with site.locking(f"{STORE}.bo_Client"), site.locking(f"{STORE}.bo_Claim"):
            deliver(site, 1)
            site.partner.hand_over()
            wait_for_tasks(site, tasks=2, runners=2)
            owner = site.value(
                "select h.pid from in_tables.run r join in_tables.runner h on h.run = r.id and h.owner = r.owner "
                "where r.state = 'running'"
            )
            [first, second] = sorted(both, key=lambda service: service.process.pid != owner)
            first.process.kill()
            second.wait_for_log("start migration by companyCode")
        assert second.wait_for_runs(1)["taken_over"]
    assert site.count(f"{STORE}.bo_Client") == site.count(f"{STORE}.bo_Claim") == 1
    assert site.value("select count(*) from in_tables.run where state = 'done'") == 2


def test_a_change_of_the_number_of_workers_counts_from_the_next_run_on(site: Site) -> None:
    with serving(site) as service:
        service.wait_for_log("the service is up")
        for workers in (1, 2):
            site.write(WORKERS, f"comeKafkaInMigration={workers}")
            service.wait_for_log("the configuration was read again", times=workers)
            with site.locking(f"{STORE}.bo_Client"), site.locking(f"{STORE}.bo_Claim"):
                deliver(site, workers)
                site.partner.hand_over()
                wait_for_tasks(site, tasks=workers, runners=1)
            service.wait_for_runs(workers)
        service.signal(signal.SIGTERM)
        assert service.wait_for_exit() == 143
