"""A change of a large table whose commands are killed at each of their round trips, and called again."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.crash.proxy import Fault, Mode, Proxy, proxying
from tests.crash.runner import start
from tests.fix_company import CLAIMS, IMPORT_CONFIG, ONLY_ONE, STORE, Ended, MakeSite, Site, until
from tests.fix_restore import done

pytestmark = ONLY_ONE

SCHEMAS = {"journal_partitions": STORE, "err_partitions": "in_tables"}
ROWS = {
    "journal_partitions": f"select n, run, bo, instance, change, before from {STORE}.journal order by n",
    "err_partitions": "select * from in_tables.err order by id",
}
# The state that a command leaves.
REACHED = {"start": "ready", "switch": "switched", "rollback": None, "finish": "finished"}
_MOST_TRIPS = 400


@dataclass(frozen=True)
class Change:
    """A change of a site whose server is reached by way of the proxy."""

    name: str
    site: Site
    proxy: Proxy

    @property
    def state(self) -> str | None:
        rows = self.site.look(f"select state from {SCHEMAS[self.name]}.online_change where name = '{self.name}'")
        return rows[0]["state"] if rows else None

    def rows(self) -> list[dict[str, object]]:
        return self.site.look(ROWS[self.name])

    def progress(self) -> object:
        """What a command has committed."""
        schema = SCHEMAS[self.name]
        made = "select c.relname, c.relkind::text from pg_class c where c.relnamespace = %s::regnamespace"
        moving = "array['changed_at', 'position', 'rows']"
        changed = f"select to_jsonb(o) - {moving} as noted from {schema}.online_change o order by o.name"
        relations = self.site.look(f"{made} and c.relname ~ '^(journal|err)_' order by 1", [schema])
        return self.site.look(changed), relations

    def killed(self, command: str, *words: str, step: int) -> int:
        """Calls the command again and again until it has done its work. Each time it is killed `step` round trips
        later, between the server's work and its answer. What was committed is not done again: so much sooner is the
        next kill. Returns how often it was killed."""
        whole, before = self.rows(), self.progress()
        kills, at = 0, step
        while at < _MOST_TRIPS:
            fault = Fault(at, Mode.KILL_AFTER)
            ended, trips = self.call(command, *words, fault=fault)
            assert self.rows() == whole, fault
            if not fault.reached.is_set():
                assert (ended.code, self.state) == (0, REACHED[command]), ended
                return kills
            assert ended.code == -9, ended
            kills, after = kills + 1, self.progress()
            if after != before:
                if command != "start" and self.state == REACHED[command]:
                    return kills
                begun = max(number for number, trip in enumerate(trips[:at]) if trip.upper().startswith("BEGIN"))
                at, before = max(begun - 1, 0), after
            at += step
        raise AssertionError(f"`etl upgrade {command}` has not ended")

    def call(self, command: str, *words: str, fault: Fault) -> tuple[Ended, list[str]]:
        """What it has left, and its round trips."""
        self.proxy.arm(fault)
        environ = {**self.site.environ, "ETL_CONFIG": self.site.url, "HOME": str(self.site.home)}
        process = start(self.site.home, environ, None, "upgrade", command, "--change", self.name, *words)
        self.proxy.set_target(process.pid)
        ended = process.ended()
        trips = self.proxy.trips
        self.proxy.arm(None)
        look = "select count(*) from pg_stat_activity where datname = %s and application_name like 'etl:%%'"
        until(lambda: not self.site.value(look, [self.site.database.name]), "what it had begun is rolled back")
        return ended, trips


@pytest.fixture(params=list(SCHEMAS))
def change(request: pytest.FixtureRequest, make_site: MakeSite) -> Iterator[Change]:
    site = make_site(CLAIMS)
    deliver(site, 1)
    with proxying(site.database.port) as proxy:
        site.edit(IMPORT_CONFIG, f"port={site.database.port}", f"port={proxy.port}\nsslmode=disable")
        yield Change(request.param, site, proxy)


def deliver(site: Site, number: int) -> None:
    """A run that changes twenty clients and rejects five."""
    bad = [{"in_id": f"bad{number}.{n}", "name": None, "amount": "NaN"} for n in range(5)]
    good = [{"in_id": f"c{n}", "name": f"Name {n} of {number}", "amount": 1} for n in range(20)]
    site.partner.redeliver("in_client", *bad, *good)
    site.partner.hand_over()
    assert site.etl("run").code == 1
    names = site.look("select name from out_demo.client")
    assert {row["name"] for row in names} == {f"Name {n} of {number}" for n in range(20)}


def kill_all(change: Change, step: int) -> dict[str, int]:
    """All commands in their order, with a run after each; returns how often each was killed."""
    site, kills = change.site, {}
    for number, command in enumerate(("start", "switch", "rollback", "start", "switch"), 2):
        if command in kills:
            done(site.etl("upgrade", command, "--change", change.name))
        else:
            kills[command] = change.killed(command, step=step)
        deliver(site, number)
    kills["finish"] = change.killed("finish", "--yes", step=step)
    deliver(site, 9)
    done(site.etl("verify"))
    return kills


@pytest.mark.nightly
def test_commands_killed_at_each_round_trip_end_right(change: Change) -> None:
    kills = kill_all(change, step=1)
    assert min(kills.values()) >= 15, kills


@pytest.mark.parametrize("change", ["journal_partitions"], indirect=True)
def test_commands_killed_here_and_there_end_right(change: Change) -> None:
    kills = kill_all(change, step=11)
    assert min(kills.values()) > 0, kills
