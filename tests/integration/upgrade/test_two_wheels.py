"""The programs of two commits, each by the wheel that is built from it, on the same tables: this one, and the last one
without the newest migration of the store."""

import json
import signal

import pytest

from tests.fix_company import CLAIMS, ONLY_ONE, STORE, MakeSite, Site, until
from tests.fix_restore import done
from tests.integration.upgrade.older import OlderProgram
from tests.integration.upgrade.test_two_programs import alone, deliver, hand_over
from tests.integration.upgrade.wheels import built, commit_before_newest_migration, git

pytestmark = [ONLY_ONE, pytest.mark.nightly]
BOTH_DIRECTIONS = pytest.mark.parametrize("is_older_first", [True, False], ids=["older first", "newer first"])
ROWS = 2000  # of two tasks


@pytest.fixture(scope="module")
def older(tmp_path_factory: pytest.TempPathFactory) -> OlderProgram:
    return OlderProgram(tmp_path_factory, built(commit_before_newest_migration(), tmp_path_factory))


@pytest.fixture(scope="module")
def newer(tmp_path_factory: pytest.TempPathFactory) -> OlderProgram:
    return OlderProgram(tmp_path_factory, built(git("rev-parse", "HEAD"), tmp_path_factory))


def store_version(site: Site) -> int:
    return int(site.value(f"select version from {STORE}.etl_schema where part = 'store'"))


def test_each_reads_and_continues_what_the_other_wrote(
    make_site: MakeSite, older: OlderProgram, newer: OlderProgram
) -> None:
    site = make_site(CLAIMS)
    versions = []
    for number, program in enumerate((older, newer, older, newer), 1):
        deliver(site, number, lambda *words, by=program: by(site, *words))
        versions.append(store_version(site))
    assert versions[0] < versions[1] == versions[2] == versions[3]
    for words in (
        ("history", "Client", "c0"),
        ("errors", "list"),
        ("runs", "list"),
        ("waiting",),
        ("out", "list"),
        ("explain", "Client", "c0"),
    ):
        first, second = (json.loads(done(program(site, *words, "--json")).out) for program in (older, newer))
        assert first == second, words
    for program in (older, newer):
        done(program(site, "status"))
    done(older(site, "undo", str(site.value("select max(id) from in_tables.run"))))
    assert {row["name"] for row in site.look("select name from out_demo.client")} == {
        f"Name {n} of 3" for n in range(5)
    }
    deliver(site, 5, lambda *words: newer(site, *words))


@BOTH_DIRECTIONS
def test_a_run_is_of_one_version(
    make_site: MakeSite, older: OlderProgram, newer: OlderProgram, is_older_first: bool
) -> None:
    """Who comes second leaves the run alone as long as its owner lives."""
    first, second = (older, newer) if is_older_first else (newer, older)
    site = make_site(CLAIMS)
    deliver(site, 1, lambda *words: newer(site, *words))
    hand_over(site, 2)
    with site.holding_after_claims(), first.started(site, "run") as owner:
        site.wait_for_blocked()
        alone(site, lambda *words: second(site, *words))
        owner.kill()


def test_services_of_both_share_no_run(make_site: MakeSite, older: OlderProgram, newer: OlderProgram) -> None:
    site = make_site(CLAIMS, pollSeconds=1, chunkRows=1000)
    done(newer(site, "run"))
    with older.started(site, "run", "--loop") as one, newer.started(site, "run", "--loop") as other:
        for number in range(6):
            rows = ({"in_id": f"c{n}", "name": f"Name {n} of {number}"} for n in range(ROWS))
            site.partner.redeliver("in_client", *rows)
            site.partner.hand_over()
            until(lambda: site.partner.statuses("in_client") == {"DONE": ROWS}, "a service has merged the rows")
            until(lambda: site.partner.marker()["ins_inkafka_status"] == 1, "the run ends")
        for process in (one, other):
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 143, process.stdout and process.stdout.read()
    runners = site.look(
        "select r.id, array_agg(h.pid) as pids from in_tables.run r join in_tables.runner h on h.run = r.id "
        "where h.pid in (%s, %s) group by r.id",
        [one.pid, other.pid],
    )
    assert [len(row["pids"]) for row in runners] == [1] * 6
