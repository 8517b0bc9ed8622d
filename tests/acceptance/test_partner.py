"""`etl partner play` with every scenario beside the real engine: what was given arrived, once; the rest is in err."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from etl.engine import run_once
from etl.simulator import SCENARIOS
from tests.contracts import DOCUMENTS
from tests.fix_company import PARTNER_PASSWORD, STORE, Ended, MakeSite, Site
from tests.fix_database import LOOPBACK
from tests.json_answers import read_answer

ROWS = 20
ROUNDS = 2
NEW_ROWS = ROWS * ROUNDS * len(SCENARIOS)


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    site = make_site(DOCUMENTS, maxRemovedShare=100)
    site.run()  # makes what the partner reads
    site.look(f"grant select on all tables in schema in_tables to partner_{site.database.name}")
    return site


@contextmanager
def engine_beside(site: Site) -> Iterator[list[BaseException]]:
    """A runner that looks at the marker again and again, as a service does."""
    stop, faults = threading.Event(), list[BaseException]()

    def work() -> None:
        try:
            with site.runtime() as runtime:
                while not stop.wait(0.05):
                    run_once(runtime)
        except BaseException as fault:
            faults.append(fault)

    runner = threading.Thread(target=work)
    runner.start()
    try:
        yield faults
    finally:
        stop.set()
        runner.join()


def play(site: Site, *arguments: str) -> Ended:
    name = site.database.name
    url = f"postgresql://partner_{name}@{LOOPBACK}:{site.database.port}/{name}"
    command = ("partner", "play", "--url", url, "--test-database", name, "--rows", str(ROWS), *arguments)
    return site.etl(*command, ETL_PARTNER_PASSWORD=PARTNER_PASSWORD)


@pytest.mark.nightly
def test_every_scenario_adds_up(site: Site) -> None:
    batches = str(len(SCENARIOS) * ROUNDS)
    with engine_beside(site) as faults:
        ended = play(site, "--scenario", ",".join(SCENARIOS), "--batches", batches, "--json", "--rate", "20000")
    assert faults == []
    assert ended.code == 0, ended
    reported: dict[str, Any] = read_answer(ended.out)
    assert (reported["agrees"], reported["kills"]) == (True, ROUNDS)
    tables = reported["tables"]
    assert all(one["agrees"] for one in tables.values())
    for code in ("Kind", "Everything", "Keyed", "Person"):
        counts = tables[f"in_{code}"]
        # All good rows arrived, none of them twice, and those that were removed are gone.
        assert counts["receipts"]["created"] == NEW_ROWS
        states = site.look(f"select _state, count(*) as n from {STORE}.bo_{code} group by 1")
        removed = {row["_state"]: row["n"] for row in states}.get("REMOVED", 0)
        assert sum(row["n"] for row in states) == NEW_ROWS
        assert (removed, removed > 0) == (counts["receipts"]["removed"], code != "Kind")
    everything = tables["in_Everything"]
    assert everything["bad"] == everything["receipts"]["rejected"] == everything["err"] > 0
    assert everything["refused"] == ROUNDS * 8
    # Each link arrived once, and those that were taken away are gone.
    taken = {name: one["receipts"]["removed"] for name, one in tables.items() if name.startswith("in_Everything_")}
    assert set(taken) == {"in_Everything_Parent", "in_Everything_Party_Person", "in_Everything_Party_Keyed"}
    assert all(taken.values())
    of_parties = taken["in_Everything_Party_Person"] + taken["in_Everything_Party_Keyed"]
    assert site.count(f"{STORE}.link_everything_party") == 2 * NEW_ROWS - of_parties
    assert site.count(f"{STORE}.link_everything_parent") == NEW_ROWS - taken["in_Everything_Parent"]
    assert site.value("select count(*) from in_tables.in_Everything where in_status not in ('DONE', 'ERROR')") == 0
    # The partner's programs wrote every type: no column of the out table is empty in all rows.
    columns = ("text", "number", "day", "span", "ofkind", "scan", "mail")
    filled = site.look(
        f"select {', '.join(f'count({column}) as {column}' for column in columns)} from out_demo_1_1.everything"
    )
    assert not [column for column, count in filled[0].items() if not count]


def test_a_loss_is_noticed(site: Site) -> None:
    """A trigger of the administrator's own makes the runs lose a row of each batch: the receipts do not tell all."""
    site.look("create function lose() returns trigger language plpgsql as 'begin return null; end'")
    site.look("create trigger lose before insert on in_tables.migration_receipt for each row "
              "when (new.in_table = 'in_Person') execute function lose()")  # fmt: skip
    site.look("grant execute on function lose() to public")
    with engine_beside(site):
        ended = play(site, "--wait", "30")
    assert ended.code == 3
    assert "they do not agree: in_Person" in ended.out
    assert "do not agree" in ended.err


def test_the_dead_program_leaves_a_load_that_its_new_owner_ends(site: Site) -> None:
    ended = play(site, "--scenario", "crash", "--wait", "0", "--json")
    assert ended.code == 0, ended
    reported = read_answer(ended.out)
    assert (reported["kills"], reported["agrees"]) == (1, None)
    # What the dead one had not committed was written by the new owner, and nothing is there twice.
    assert site.partner.statuses("in_Person") == {"": ROWS}
    assert site.count("in_tables.process_tracking") == 2
    assert site.partner.marker()["load_status"] == 1
    assert site.run().exit_code == 0


def test_without_a_runner_it_says_what_to_start(site: Site) -> None:
    ended = play(site, "--wait", "0.5")
    assert ended.code == 4
    assert "start `etl run` beside the partner" in ended.err


def test_what_it_refuses(make_site: MakeSite) -> None:
    site = make_site(DOCUMENTS)
    refusals = {
        ("--test-database", "shop"): "and --test-database says shop",
        ("--url", "postgresql://me:secret@127.0.0.1/x"): "holds a password",
        ("--url", "mysql://me@127.0.0.1/x"): "is none: write it as",
        ("--scenario", "good,evil"): "'evil' is none of good, duplicate",
    }
    for arguments, message in refusals.items():
        ended = play(site, *arguments)
        assert (ended.code, message in ended.err, "secret" in ended.err) == (2, True, False), arguments
    assert site.count("in_tables.in_Person") == 0
