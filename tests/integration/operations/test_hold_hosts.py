"""Two services on two hosts: each host in turn is drained and replaced, while the other one continues."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from tests.acceptance.service import Service
from tests.fix_company import CLAIMS, ONLY_ONE, STORE, MakeSite, Site, start_etl, until
from tests.fix_restore import done
from tests.integration.operations.test_hold import refused
from tests.integration.operations.test_restore import filled

HOSTS = ("north", "south")
ROWS = 2000  # of two tasks
OWNER = (
    "select h.host from in_tables.run r join in_tables.runner h on h.run = r.id and h.owner = r.owner "
    "where r.state = 'running'"
)
# A process in a name space of its own has a host name of its own, as on a machine of its own.
_ALONE = ["unshare", "--uts", *([] if os.geteuid() == 0 else ["--user", "--map-current-user"])]
_NAMED = "import socket, sys; socket.sethostname(sys.argv.pop(1)); from etl.cli import main; main()"


@contextmanager
def service(site: Site, host: str) -> Iterator[Service]:
    program = [*_ALONE, sys.executable, "-c", _NAMED, host]
    environ = {**site.environ, "ETL_CONFIG": site.url}
    started = Service(start_etl("run", "--loop", "--json", program=program, environ=environ, cwd=site.home))
    try:
        yield started
    finally:
        started.end()


def runs_of(site: Site) -> list[list[str]]:
    """The hosts that took part in each run, in order."""
    found = site.look(
        "select (select array_agg(distinct h.host::text) from in_tables.runner h where h.run = r.id) as hosts "
        "from in_tables.run r order by r.id"
    )
    return [row["hosts"] for row in found]


def hand_over(site: Site, name: str) -> None:
    site.partner.redeliver("in_client", *({"in_id": f"c{n}", "name": name} for n in range(ROWS)))
    site.partner.hand_over()


def merged(site: Site) -> list[str]:
    """Waits until all is merged; returns the hosts of that run."""
    until(lambda: site.partner.statuses("in_client") == {"DONE": ROWS}, "a service has merged the rows")
    until(lambda: site.value("select state from in_tables.run order by id desc limit 1") == "done", "the run ends")
    return runs_of(site)[-1]


def taken(site: Site, name: str) -> list[str]:
    hand_over(site, name)
    return merged(site)


@ONLY_ONE
@pytest.mark.nightly
def test_hosts_are_drained_one_after_the_other(make_site: MakeSite) -> None:
    if subprocess.run([*_ALONE, "true"], capture_output=True, check=False).returncode:
        pytest.skip(
            "no process may have a host name of its own here: start the tests as root, or allow user namespaces"
        )
    site = filled(make_site(CLAIMS, pollSeconds=1, chunkRows=1000))
    with ExitStack() as stack:
        services = {host: stack.enter_context(service(site, host)) for host in HOSTS}
        for one in services.values():
            one.wait_for_log("the service is up")
        with site.locking(f"{STORE}.bo_client"):
            hand_over(site, "Before")
            [found] = until(lambda: site.look(OWNER), "a host owns the run")
            owner = found["host"]
            [other] = [host for host in HOSTS if host != owner]
            until(lambda: runs_of(site)[-1] == list(HOSTS), "the other host helps")
            done(site.etl("hold", "--host", owner, "--reason", "new kernel"))
            refused(site.etl("drain", "--host", owner, "--timeout", "0"), f"on {owner}, works on it")
        done(site.etl("drain", "--host", owner))
        assert site.partner.statuses("in_client") == {"DONE": ROWS}

        with site.locking(f"{STORE}.bo_client"):
            hand_over(site, "Not of that host")
            services[owner].wait_for_log(f"the host {owner} is on hold")
        assert merged(site) == [other]
        assert taken(site, "Neither is this") == [other]
        services[owner].signal(signal.SIGTERM)
        assert services[owner].wait_for_exit() == 143
        assert taken(site, "While it is replaced") == [other]
        services[owner] = stack.enter_context(service(site, owner))
        services[owner].wait_for_log("the service is up")
        done(site.etl("release", "--host", owner))

        done(site.etl("hold", "--host", other, "--reason", "new kernel"))
        done(site.etl("drain", "--host", other))
        assert taken(site, "The other one is replaced") == [owner]
        done(site.etl("release", "--host", other))
        assert services[other].process.poll() is None
