"""Import and store in two databases: what a break between their two commits leaves, and what is never written twice."""

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from etl.errors import FencedOut
from etl.store import FencingToken
from tests.fix_company import CLAIMS, ONLY_APART, STORE, Ended, MakeSite, Site, ended, until

pytestmark = [ONLY_APART, pytest.mark.first_run]

# Makes a commit wait for a lock of the test's: the trigger fires when all else of the transaction has happened.
_HOLD = """
create function public.hold_up() returns trigger language plpgsql as
    $$ begin perform pg_advisory_xact_lock_shared(4711); return null; end $$;
create constraint trigger hold_up after {event} on {table} deferrable initially deferred
    for each row when ({condition}) execute function public.hold_up()
"""
IMPORT, STORES = "in_tables.task", f"{STORE}.remote_task"


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    """A link waits for the client that this batch brings, another has waited too long, a row is bad."""
    site = make_site(CLAIMS, leaseSeconds=3, heartbeatSeconds=1)
    site.partner.fill("in_Claim", {"in_id": "k0"})
    site.partner.fill(
        "in_Claim_Client", {"claim_id": "k0", "client_id": "c0"}, {"claim_id": "k0", "client_id": "never"}
    )
    assert site.run().exit_code == 0
    site.look(
        f"update {STORE}.boi_reference set waiting_since = now() - interval '1 year' where target_value = 'never'"
    )
    site.partner.fill("in_Client", *({"in_id": f"c{n}", "name": f"Client {n}"} for n in range(3)))
    site.partner.fill("in_Client", {"in_id": "bad", "amount": "NaN"})
    site.partner.fill("in_Claim", {"in_id": "k1"}, {"in_id": "k2"})
    site.partner.fill("in_Claim_Client", {"claim_id": "k1", "client_id": "c1"}, {"claim_id": "k2", "client_id": "late"})
    site.partner.hand_over()
    return site


@contextmanager
def killed(site: Site, table: str, seq: int) -> Iterator[int]:
    """A run that is killed while the transaction that writes `table` commits its task of that number. In the block it
    is still at it."""
    event = "update" if table == IMPORT else "insert"
    condition = f"new.seq = {seq}" + (" and new.state = 'done'" if table == IMPORT else "")
    with killed_while(site, table, event, condition, "run"):
        yield site.value("select id from in_tables.run where state = 'running'")


@contextmanager
def killed_while(site: Site, table: str, event: str, condition: str, *command: str) -> Iterator[None]:
    """A command that is killed while the transaction that writes such a row commits; its backends die with it."""
    site.look(f"-- {table}.\n" + _HOLD.format(table=table, event=event, condition=condition))
    home = site.store_database if table == STORES else site.database
    with psycopg.connect(host=home.host, port=home.port, dbname=home.name, user=home.username) as lock:
        lock.execute("select pg_advisory_xact_lock(4711)")
        process = site.start(*command)
        site.wait_for_blocked()
        yield
        process.kill()
        assert ended(process).code == -signal.SIGKILL
        lock.execute("select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'etl:%'")
        until(
            lambda: not site.look("select 1 from pg_stat_activity where application_name like 'etl:%'"),
            "the killed runner's backends are gone",
        )
    site.look(f"-- {table}.\ndrop trigger hold_up on {table}; drop function public.hold_up()")


def new_owner(site: Site) -> Ended:
    """The next runner that finds the lease run out."""
    results: list[Ended] = []

    def tried() -> bool:
        results.append(site.etl("run", "--json"))
        return results[-1].code != 75

    until(tried, "the lease runs out")
    return results[-1]


def check_complete(site: Site, run: int) -> None:
    """All is there, once; the partner's rows and the receipts say so."""
    assert site.count(f"{STORE}.bo_Client") == site.count(f"{STORE}.bo_Claim") == 3
    assert site.count(f"{STORE}.link_Claim_Client") == 2
    assert site.look(f"select target_value from {STORE}.boi_reference") == [{"target_value": "late"}]
    doubled = f"select bo, field, instance, target from {STORE}.journal group by 1, 2, 3, 4, change having count(*) > 1"
    assert site.look(doubled) == []
    statuses = {row["client_id"]: row["in_status"] for row in site.partner("select * from in_Claim_Client")}
    assert statuses == {"c0": "DONE", "never": "ERROR", "c1": "DONE", "late": "WAITING"}
    assert site.partner.statuses("in_Client") == {"DONE": 3, "ERROR": 1}
    errors = sorted((error["code"], error["in_id"]) for error in site.errors(run))
    assert errors == [("NUMBER_NOT_FINITE", "bad"), ("REFERENCE_EXPIRED", "k0")]
    assert site.count(f"{STORE}.err") == 2
    receipts = site.look("select * from in_tables.migration_receipt where run = %s", [run])
    found = {r["in_table"]: (r["claimed"], r["created"], r["unchanged"], r["rejected"], r["waiting"]) for r in receipts}
    assert found["in_Client"] == (4, 3, 0, 1, 0)
    assert found["in_Claim"] == (2, 2, 0, 0, 0)
    assert found["in_Claim_Client"] == (2, 1, 0, 0, 1)
    assert site.value("select sum((counters ->> 'resolved')::int) from in_tables.task where run = %s", [run]) == 1
    assert site.look("select distinct state from in_tables.run") == [{"state": "done"}]


# 1: the clients, 4: the links of Claim.Client (tests/integration/engine/test_cycle.py shows the order).
@pytest.mark.parametrize("seq", [1, 4])
@pytest.mark.parametrize("table", [IMPORT, STORES])
def test_a_run_that_is_killed_between_the_commits(site: Site, table: str, seq: int) -> None:
    with killed(site, table, seq) as run:
        pass
    committed = site.value(f"select count(*) from {STORE}.remote_task where run = %s and seq = %s", [run, seq])
    assert committed == (1 if table == IMPORT else 0)
    assert site.value("select state from in_tables.task where run = %s and seq = %s", [run, seq]) == "running"
    assert new_owner(site).code == 1
    check_complete(site, run)


@pytest.mark.parametrize("table", [IMPORT, STORES])
def test_links_that_are_taken_away_or_rejected(site: Site, table: str) -> None:
    """The repeated task finds neither the link nor the reference, and finds the faulty row once more."""
    assert site.run().exit_code == 1
    site.partner("update in_Claim_Client set removed = true, in_status = '' where client_id in ('c1', 'late')")
    site.partner.fill("in_Claim_Client", {"claim_id": "k1", "client_id": ""})
    site.partner.hand_over()
    with killed(site, table, 2) as run:  # without rows of objects the links of Claim.Client are the second task
        pass
    assert new_owner(site).code == 1
    [receipt] = site.look("select * from in_tables.migration_receipt where run = %s and claimed > 0", [run])
    outcomes = {name: receipt[name] for name in ("claimed", "unchanged", "removed", "rejected", "waiting")}
    assert outcomes == {"claimed": 3, "unchanged": 0, "removed": 2, "rejected": 1, "waiting": 0}
    assert [(error["code"], error["in_id"]) for error in site.errors(run)] == [("LINK_END_EMPTY", "k1")]
    assert site.count(f"{STORE}.link_Claim_Client") == 1
    assert site.count(f"{STORE}.boi_reference") == 0
    statuses = {row["client_id"]: row["in_status"] for row in site.partner("select * from in_Claim_Client")}
    assert statuses == {"c0": "DONE", "never": "ERROR", "c1": "DONE", "late": "DONE", "": "ERROR"}


def test_what_the_partner_changes_between_a_kill_and_the_new_owner(site: Site) -> None:
    """Merged, but its status is not written: the row is still claimed, and the new owner takes its current values."""
    with killed(site, IMPORT, 1) as run:
        pass
    assert site.value(f"select name from {STORE}.bo_Client where _in_id = 'c1'") == "Client 1"
    site.partner("update in_Client set name = 'Other' where in_id = 'c1'")
    site.partner("delete from in_Client where in_id = 'c2'")
    site.partner("update in_Client set amount = 1 where in_id = 'bad'")
    assert new_owner(site).code == 1
    found = {row["_in_id"]: row["name"] for row in site.look(f"select * from {STORE}.bo_Client")}
    assert found == {"c0": "Client 0", "c1": "Other", "c2": "Client 2", "bad": None}
    [receipt] = site.look("select * from in_tables.migration_receipt where run = %s and in_table = 'in_Client'", [run])
    outcomes = {name: receipt[name] for name in ("claimed", "created", "changed", "rejected", "vanished")}
    assert outcomes == {"claimed": 4, "created": 2, "changed": 1, "rejected": 0, "vanished": 1}
    assert [error["code"] for error in site.errors(run)] == ["REFERENCE_EXPIRED"]


def test_an_owner_whose_run_was_taken_over_cannot_write_to_the_store(site: Site) -> None:
    """Its transaction of the import is gone, and it does not know yet; what it has in the store's is all it has."""
    with site.runtime() as runtime:
        site.run()
        run = site.value("select max(id) from in_tables.run")
        source = site.value("select source from in_tables.run_fence")
        with pytest.raises(FencedOut), runtime.store_engine.begin() as connection:
            runtime.store_fence.hold(connection, FencingToken(source, run, 0))
        with runtime.store_engine.begin() as connection:
            fence = site.value("select max(fence) from in_tables.run")
            runtime.store_fence.hold(connection, FencingToken(source, run, fence))


def test_an_undoing_that_is_killed_between_the_commits_is_reported_by_the_next(site: Site) -> None:
    run = json.loads(site.etl("run", "--json").out)["run"]
    clients = f"{STORE}.bo_Client where _state <> 'REMOVED'"
    assert site.count(clients) == 3
    with killed_while(site, "in_tables.run", "insert", "new.marker_id = 0", "undo", str(run)):
        pass
    assert (site.count(clients), site.count("in_tables.run where marker_id = 0")) == (0, 0)
    journalled = site.count(f"{STORE}.journal")
    reported = json.loads(site.etl("undo", str(run), "--json").out)
    assert reported["counters"]["removed"] == 5
    assert site.count(f"{STORE}.journal") == journalled
    [row] = site.look("select id, message from in_tables.run where marker_id = 0")
    assert row == {"id": int(reported["as_run"]), "message": f"undo of run {run}"}
    again = json.loads(site.etl("undo", str(run), "--json").out)
    assert (int(again["as_run"]) > row["id"], again["counters"]["removed"]) == (True, 0)
    taken_back = json.loads(site.etl("undo", str(row["id"]), "--json").out)
    assert taken_back["counters"]["restored"] == 5
    assert site.count(clients) == 3


_FLAGS = "needLoadFromInTables: true, needUploadToOutTable: true"
_CLIENT = f"""
code: Client
fields:
  - {{code: Email, type: INPUT_EMAIL, isUnique: true, {_FLAGS}}}
  - {{code: Note, type: TEXTAREA, {_FLAGS}}}
  - {{code: Scan, type: FILE_UPLOAD, {_FLAGS}}}
nativeFields:
  - {{code: IN_MIGRATION_UPDATED_AT, needUploadToOutTable: true}}
"""


def test_files_long_values_and_rows_that_depend_on_each_other_travel(make_site: MakeSite) -> None:
    """A value that is too long for one message comes in slices; unique values change hands within a chunk."""
    site = make_site({"Client": _CLIENT}, chunkRows=1000)
    site.partner("insert into in_fileStorage (file_id, content) values ('f1', decode(repeat('ab', 9), 'hex'))")
    site.partner.fill("in_Client", {"in_id": "a", "email": "a@x.kz", "scan": "f1"}, {"in_id": "b", "email": "b@x.kz"})
    site.partner("update in_Client set note = repeat('x', 3000000) where in_id = 'a'")
    assert site.run().errors == 0
    stored = f"select _in_id, email, octet_length(note) as size, scan is not null as has_file from {STORE}.bo_Client"
    first, second = site.look(f"{stored} order by 1")
    assert first == {"_in_id": "a", "email": "a@x.kz", "size": 3_000_000, "has_file": True}
    assert second == {"_in_id": "b", "email": "b@x.kz", "size": None, "has_file": False}
    [file] = site.partner("select uploaded, out_file_id from in_fileStorage")
    assert file["uploaded"]
    assert file["out_file_id"]

    known = {row["in_id"]: row["out_id"] for row in site.partner("select in_id, out_id from in_Client")}
    site.partner.redeliver(
        "in_Client",
        {"in_id": "a", "out_id": None, "email": "b@x.kz", "note": None},
        {"in_id": None, "out_id": known["b"], "email": "a@x.kz", "note": "short"},
        {"in_id": "c", "out_id": None, "email": "c@x.kz", "note": "y"},
    )
    others = "select 'n' || n, n || '@x.kz' from generate_series(1, 1500) n"  # so that the rows are in two chunks
    site.partner(f"insert into in_Client (in_id, email) {others}")
    site.partner.hand_over()
    assert site.run().errors == 0
    known_ones = f"{stored} where email !~ '^[0-9]' order by 1"
    assert [(row["_in_id"], row["email"], row["size"]) for row in site.look(known_ones)] == [
        ("a", "b@x.kz", None),
        ("b", "a@x.kz", 5),
        ("c", "c@x.kz", 1),
    ]
    assert site.partner.statuses("in_Client") == {"DONE": 1503}
