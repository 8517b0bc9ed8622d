"""Several workers of one runner: the same store as one makes, side by side where order does not matter."""

import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from etl.embedded import EmbeddedServer
from etl.engine import Outcome, run_once
from etl.errors import EnvironmentFault
from tests.fix_company import CLAIMS, OUT, STORE, MakeSite, Site, ended, new_site, until
from tests.fix_database import Database, fresh_database

pytestmark = pytest.mark.first_run

_FLAGS = "needLoadFromInTables: true, needUploadToOutTable: true"
DOCUMENTS = {
    "Client": f"""
code: Client
orderIndex: 1
fields:
  - {{code: Email, type: INPUT_EMAIL, isUnique: true, {_FLAGS}}}
  - {{code: Name, type: INPUT_TEXT, {_FLAGS}}}
""",
    "Firm": f"code: Firm\norderIndex: 2\nfields:\n  - {{code: Name, type: INPUT_TEXT, {_FLAGS}}}",
    "Party": "code: Party\ncategory: CO\nbos: [Client, Firm]",
    "Claim": f"""
code: Claim
orderIndex: 3
fields:
  - {{code: Title, type: INPUT_TEXT, {_FLAGS}}}
  - {{code: Client, type: BO, bo: Client, viewType: SINGLE, {_FLAGS}}}
  - {{code: Watcher, type: BO, bo: Client, {_FLAGS}}}
  - {{code: Team, type: BO, bo: Client, linkMode: replace, {_FLAGS}}}
  - {{code: Party, type: CO, co: Party, viewType: SINGLE, {_FLAGS}}}
""",
}
LINK_TABLES = ("Client", "Watcher", "Team", "Party_Client", "Party_Firm")
ROWS = 400
CHUNK_ROWS = 25


def fill(site: Site, batch: int) -> None:
    """Rows that meet in instances and unique values across chunks, links that give way to others, ends that miss."""
    numbers = f"from generate_series(0, {ROWS - 1}) n"
    links = [f"in_Claim_{field}" for field in LINK_TABLES]
    site.partner(f"truncate in_Client, in_Firm, in_Claim, {', '.join(links)}")
    emails = f"'e' || (n * 7 + {batch}) % {ROWS - 60}"
    site.partner(f"insert into in_Client (in_id, email, name) select 'c' || n, {emails}, 'name ' || n {numbers}")
    site.partner(f"insert into in_Firm (in_id, name) select 'f' || n, 'firm ' || n + {batch} {numbers}")
    site.partner(f"insert into in_Claim (in_id, title) select 'k' || n, 'claim ' || n * {batch} {numbers}")
    for field in LINK_TABLES:
        target = "Party" if field.startswith("Party") else field
        end = "f" if field == "Party_Firm" else "c"
        site.partner(
            f"insert into in_Claim_{field} (claim_id, {target}_id, inserted_date) "
            f"select 'k' || n % 90, '{end}' || (n * {batch + 3}) % {ROWS + 20}, "
            f"timestamptz '2024-01-01Z' + n * interval '1 h' + {len(field) + 20 * batch} * interval '1 min' {numbers} "
            "on conflict do nothing"
        )


def run(site: Site, workers: int) -> Outcome:
    """Chunks so small are refused in a configuration; the engine does not mind them."""
    site.partner.hand_over()
    site.write("consumers/InMigration.workerCount", f"comeKafkaInMigration={workers}")
    with site.runtime() as runtime:
        in_migration = replace(runtime.settings.in_migration, chunk_rows=CHUNK_ROWS)
        return run_once(replace(runtime, settings=replace(runtime.settings, in_migration=in_migration)))


def state(site: Site) -> dict[str, list[dict[str, Any]]]:
    """All that has no id or time of its own."""
    queries = {
        "Client": f"select _in_id, _state, email, name from {STORE}.bo_Client",
        "Firm": f"select _in_id, _state, name from {STORE}.bo_Firm",
        "Claim": f"select _in_id, _state, title from {STORE}.bo_Claim",
        "alias": f"select a.bo, a.in_id, c._in_id from {STORE}.alias a join {STORE}.bo_Client c on c._id = a.instance",
        "reference": f"select bo, field, target_bo, owner_in_id, target_value from {STORE}.boi_reference",
        "err": f"select in_table, in_id, code from {STORE}.err",
        "receipt": "select in_table, claimed, created, changed, unchanged, rejected, waiting "
        "from in_tables.migration_receipt",
        "out": f"select email, name from {OUT}.Client",
        "out links": f"select count(*) as n from {OUT}._Claim_Party_",
    }
    for field in ("Client", "Watcher", "Team", "Party"):
        ends = f"select _id, _in_id from {STORE}.bo_Client union all select _id, _in_id from {STORE}.bo_Firm"
        queries[f"links {field}"] = (
            f"select o._in_id as owner, t._in_id as target from {STORE}.link_Claim_{field} l "
            f"join {STORE}.bo_Claim o on o._id = l._owner join ({ends}) t on t._id = l._target"
        )
    return {name: sorted(site.look(query), key=repr) for name, query in queries.items()}


def test_the_store_is_the_same_whatever_their_number(
    server: EmbeddedServer, template: Database, tmp_path: Path
) -> None:
    found = []
    for workers in (1, 4):
        with ExitStack() as stack:
            database = stack.enter_context(fresh_database(server, template))
            folder = tmp_path / str(workers)
            folder.mkdir()
            site = new_site(database, folder, DOCUMENTS)
            stack.callback(site.partner.session.close)
            for batch in (1, 2):
                fill(site, batch)
                assert run(site, workers).run
            found.append(state(site))
    one, four = found
    assert len(one["Client"]) > 100
    assert one["alias"]
    assert one["reference"]
    assert four == one


@pytest.fixture
def site(make_site: MakeSite) -> Iterator[Site]:
    """The golden tables are there, and a batch is ready for two workers."""
    site = make_site(CLAIMS)
    assert site.run().run
    site.write("consumers/InMigration.workerCount", "comeKafkaInMigration=2")
    site.partner.fill("in_Client", {"in_id": "c", "name": "client"})
    site.partner.fill("in_Claim", {"in_id": "k", "title": "claim"})
    site.partner.fill("in_Claim_Client", {"claim_id": "k", "client_id": "c"})
    site.partner.hand_over()
    yield site
    assert site.run().run or site.count(f"{STORE}.link_Claim_Client") == 1
    assert site.count(f"{STORE}.bo_Client") == site.count(f"{STORE}.bo_Claim") == 1


def task_states(site: Site) -> dict[str, str]:
    """Of the newest run's tasks that merge rows."""
    rows = site.look(
        "select in_table, state from in_tables.task where run = (select max(id) from in_tables.run) "
        "and kind in ('MIGRATE_SINGLE_FIELDS', 'MIGRATE_BO_LINKS')"
    )
    return {row["in_table"]: row["state"] for row in rows}


def test_two_tables_are_merged_side_by_side_and_the_barrier_holds(site: Site) -> None:
    with ThreadPoolExecutor(1) as pool:
        with site.locking(f"{STORE}.bo_Client"):
            running = pool.submit(site.run)
            until(lambda: task_states(site).get("in_Claim") == "done", "the other table is merged")
            assert task_states(site)["in_Client"] == "running"
            assert task_states(site)["in_Claim_Client"] == "todo"
        assert running.result().run


def test_a_worker_that_fails_ends_the_others_after_their_tasks(site: Site) -> None:
    site.look(f"revoke insert on {STORE}.bo_Claim from engine_{site.database.name}")
    with ThreadPoolExecutor(1) as pool:
        with site.locking(f"{STORE}.bo_Client"):
            running = pool.submit(site.run)
            until(lambda: site.look("select 1 from in_tables.task where error is not null"), "a task has failed")
            assert task_states(site)["in_Client"] == "running"
        with pytest.raises(EnvironmentFault, match=r"bo_[Cc]laim"):
            running.result()
    assert task_states(site)["in_Client"] == "done"
    site.look(f"grant insert on {STORE}.bo_Claim to engine_{site.database.name}")


def test_a_signal_ends_all_of_them_at_once(site: Site) -> None:
    with site.locking(f"{STORE}.bo_Client"), site.locking(f"{STORE}.bo_Claim"):
        process = site.start("run")
        until(lambda: list(task_states(site).values()).count("running") == 2, "both workers are at it")
        process.send_signal(signal.SIGTERM)
        done = ended(process)
    assert done.code == 143, done.err
    assert "running" not in task_states(site).values()


def test_all_of_them_killed(site: Site) -> None:
    with site.locking(f"{STORE}.bo_Client"), site.locking(f"{STORE}.bo_Claim"):
        process = site.start("run")
        until(lambda: list(task_states(site).values()).count("running") == 2, "both workers are at it")
        process.kill()
        assert ended(process).code == -signal.SIGKILL
    site.look("update in_tables.run set heartbeat_at = heartbeat_at - interval '1 day'")
    assert site.run().taken_over
