"""Clocks are set, back and ahead, by seconds and by years: the order of runs never comes from them."""

import json
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from etl.embedded import EmbeddedServer
from tests.fix_clock import Clock, clocked_server
from tests.fix_company import CLAIMS, STORE, Site, ended, new_site, until
from tests.fix_database import fresh_database

pytestmark = pytest.mark.slow

Servers = list[tuple[EmbeddedServer, Clock]]

IMPORT = 0
STEPS = pytest.mark.parametrize(
    "step",
    [{"seconds": -20}, {"days": -3650}, {"days": 3650}],
    ids=["20 s back", "ten years back", "ten years ahead"],
)


@dataclass
class Clocked:
    """A company on servers with clocks that the test sets."""

    site: Site
    clocks: list[Clock]

    def send(self, name: str) -> int:
        """A batch with one client of that name; returns its run."""
        self.site.partner.redeliver("in_client", {"in_id": "a", "name": name})
        self.site.partner.hand_over()
        done = self.site.etl("run", "--json")
        assert done.code == 0, done
        assert self.site.value(f"select name from {STORE}.bo_client") == name
        assert self.site.value("select name from out_demo.client") == name
        return int(json.loads(done.out)["run"])

    def newest(self) -> int:
        """What `etl status` shows as the newest run."""
        return int(json.loads(self.site.etl("status", "--json").out)["run"]["run"])


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    with ExitStack() as stack:
        yield [stack.enter_context(clocked_server()) for _ in range(3)]


@pytest.fixture(params=[1, 3], ids=["one database", "three servers"])
def clocked(request: pytest.FixtureRequest, servers: Servers, tmp_path: Path) -> Iterator[Clocked]:
    used = servers[: request.param]
    with ExitStack() as stack:
        databases = [stack.enter_context(fresh_database(server)) for server, _ in used]
        site = new_site(databases[0], tmp_path, CLAIMS, others=databases[1:], leaseSeconds=3, heartbeatSeconds=1)
        stack.callback(site.partner.session.close)
        for _, clock in used:
            stack.callback(clock.set)
        yield Clocked(site, [clock for _, clock in used])


ONE = pytest.mark.parametrize("clocked", [1], indirect=True, ids=["one database"])
THREE = pytest.mark.parametrize("clocked", [3], indirect=True, ids=["three servers"])


@STEPS
def test_runs_follow_each_other_whatever_the_clock_of_the_import_does(clocked: Clocked, step: dict[str, int]) -> None:
    runs = [clocked.send("first")]
    clocked.clocks[IMPORT].set(**step)
    runs += [clocked.send("second"), clocked.send("third")]
    assert clocked.newest() == runs[-1]
    clocked.clocks[IMPORT].set()
    runs.append(clocked.send("fourth"))
    assert runs == sorted(set(runs))
    assert clocked.newest() == runs[-1]
    assert clocked.site.value("select max(run) from in_tables.last_migration_state") == runs[-1]


@THREE
def test_three_clocks_that_are_years_apart(clocked: Clocked) -> None:
    runs = []
    for turn, years in enumerate([(-3650, 0, 3650), (3650, -3650, 0), (0, 3650, -3650)]):
        for clock, days in zip(clocked.clocks, years, strict=True):
            clock.set(days=days)
        runs += [clocked.send(f"first {turn}"), clocked.send(f"second {turn}")]
    assert runs == sorted(set(runs))
    assert clocked.newest() == runs[-1]


@THREE
def test_three_clocks_that_are_seconds_apart(clocked: Clocked) -> None:
    runs = []
    for turn, seconds in enumerate([(0, 20, -20), (-20, 0, 20), (20, -40, 0), (-1, 0, 1)]):
        for clock, second in zip(clocked.clocks, seconds, strict=True):
            clock.set(seconds=second)
        runs.append(clocked.send(f"{turn}"))
    assert runs == sorted(set(runs))


@pytest.mark.parametrize("step", [{"seconds": -2}, {"seconds": -3600}, {"days": -3650}, {"days": 3650}])
@ONE
def test_a_dead_run_is_taken_over_though_the_clock_was_set(clocked: Clocked, step: dict[str, int]) -> None:
    site = clocked.site
    clocked.send("first")
    site.partner.redeliver("in_client", {"in_id": "a", "name": "second"})
    site.partner.hand_over()
    with site.locking(f"{STORE}.bo_client"):
        runner = site.start("run")
        site.wait_for_blocked()
        runner.send_signal(signal.SIGKILL)
        ended(runner)
    clocked.clocks[IMPORT].set(**step)

    def taken_over() -> bool:
        done = site.etl("run", "--json")
        assert done.code in (0, 75), done
        return done.code == 0 and json.loads(done.out)["taken_over"]

    until(taken_over, "the run is taken over")
    assert site.value(f"select name from {STORE}.bo_client") == "second"


@pytest.mark.parametrize("step", [{"seconds": -3600}, {"days": -3650}])
@ONE
def test_a_living_run_is_not_taken_over_when_the_clock_is_set_back(clocked: Clocked, step: dict[str, int]) -> None:
    site = clocked.site
    clocked.send("first")
    site.partner.redeliver("in_client", {"in_id": "a", "name": "second"})
    site.partner.hand_over()
    with site.locking(f"{STORE}.bo_client"):
        runner = site.start("run", "--json")
        site.wait_for_blocked()
        clocked.clocks[IMPORT].set(**step)
        done = site.etl("run")
        assert done.code == 75, done
        assert "is held by runner" in done.err + done.out
    done = ended(runner)
    assert done.code == 0, done
    assert not json.loads(done.out)["taken_over"]


@ONE
def test_helpers_share_a_run_while_the_clock_is_set_back(clocked: Clocked) -> None:
    """A helper's own lease is renewed with the clock as it is now, and neither it nor the owner gives up."""
    site = clocked.site
    clocked.send("first")
    site.partner.redeliver("in_client", {"in_id": "a", "name": "second"})
    site.partner.hand_over()
    with site.locking(f"{STORE}.bo_client"):
        runner = site.start("run", "--json")
        site.wait_for_blocked()
        clocked.clocks[IMPORT].set(days=-1)
        helper = site.start("run", "--join", "--json")
        joined = "select 1 from in_tables.runner where heartbeat_at is not null"
        until(lambda: site.look(joined), "the helper has joined")
    assert [ended(process).code for process in (runner, helper)] == [0, 0]
    assert site.value(f"select name from {STORE}.bo_client") == "second"


@ONE
def test_an_undo_and_a_dry_run_have_numbers_that_rise_too(clocked: Clocked) -> None:
    site = clocked.site
    clocked.send("first")
    second = clocked.send("second")
    clocked.clocks[IMPORT].set(days=-3650)
    site.partner.hand_over()
    assert site.etl("run", "--dry-run").code == 0
    done = site.etl("undo", str(second), "--json")
    assert done.code == 0, done
    undo = int(json.loads(done.out)["as_run"])
    assert second < undo < clocked.send("third")


@ONE
def test_a_newer_link_takes_the_place_of_one_from_a_clock_that_was_ahead(clocked: Clocked) -> None:
    site = clocked.site
    clocked.clocks[IMPORT].set(days=3650)
    site.partner.fill("in_client", {"in_id": "a", "name": "A"}, {"in_id": "b", "name": "B"})
    site.partner.fill("in_claim", {"in_id": "k", "title": "K"})
    site.partner.fill("in_claim_client", {"claim_id": "k", "client_id": "a"})
    site.partner.hand_over()
    assert site.etl("run").code == 0
    clocked.clocks[IMPORT].set()
    site.partner.fill("in_claim_client", {"claim_id": "k", "client_id": "b"})
    site.partner.hand_over()
    assert site.etl("run").code == 0
    linked = f"select c.name from {STORE}.link_claim_client l join {STORE}.bo_client c on c._id = l._target"
    assert site.value(linked) == "B"


@ONE
def test_what_waits_since_a_moment_ahead_waits_from_now_on(clocked: Clocked) -> None:
    site = clocked.site
    clocked.clocks[IMPORT].set(days=3650)
    site.partner.fill("in_claim", {"in_id": "k", "title": "K"})
    site.partner.fill("in_claim_client", {"claim_id": "k", "client_id": "absent"})
    site.partner.hand_over()
    assert site.etl("run").code == 0
    clocked.clocks[IMPORT].set()
    site.partner.hand_over()
    assert site.etl("run").code == 0
    ages = f"select waiting_since > clock_timestamp() as ahead from {STORE}.boi_reference"
    assert site.look(ages) == [{"ahead": False}]


@ONE
def test_copies_and_alerts_of_a_clock_that_was_ahead_do_not_stay(clocked: Clocked) -> None:
    site = clocked.site
    site.set(copyTables="true", copyDays=1, cleanDays=1, stalledMinutes=1)
    clocked.clocks[IMPORT].set(days=3650)
    clocked.send("first")
    assert len(site.look("select * from in_tables.copy_table_info")) == 1
    clocked.clocks[IMPORT].set()
    young = clocked.send("second")
    clocked.clocks[IMPORT].set(days=3)
    clocked.send("third")
    assert site.etl("clean").code == 0
    assert site.look("select * from in_tables.copy_table_info where copied_at > clock_timestamp()") == []
    assert site.value("select min(id) from in_tables.run") > young


@ONE
def test_a_clock_beyond_all_measure_does_not_use_up_the_numbers(clocked: Clocked) -> None:
    first = clocked.send("first")
    clocked.clocks[IMPORT].set(days=100 * 365)
    assert clocked.send("second") == first + 1
    clocked.clocks[IMPORT].set()
    assert clocked.send("third") > first + 1
