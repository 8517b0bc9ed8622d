"""Two sources work on one store at once: neither shuts the other out, and neither undoes what the other has done."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import copytree
from typing import Any

import psycopg
import pytest

from etl import ddl
from etl.database import Connection, transaction
from etl.engine import Runtime, open_runtime, prepare, run_once, undo
from etl.errors import EnvironmentFault, FencedOut, LockTimeout, TransientFault
from etl.store import FencingToken
from tests.fix_company import (
    APART,
    BOTH_LAYOUTS,
    CLAIMS,
    CODE,
    IMPORT_CONFIG,
    OUT,
    STORE,
    MakeSite,
    Row,
    Session,
    Site,
    ended,
    start_etl,
    superuser,
    until,
)
from tests.integration.engine.test_apart import new_owner

_IN = "needLoadFromInTables: true"
PEOPLE = {
    "Human": f"""
code: Human
fields:
  - {{code: Name, type: INPUT_TEXT, {_IN}}}
  - {{code: Amount, type: INPUT_NUMBER, {_IN}}}
  - {{code: Mail, type: INPUT_TEXT, isUnique: true, {_IN}}}
"""
}


@dataclass(frozen=True)
class OtherImport:
    """A second import into the store of a site: in a schema beside the first, or, with the same name, in another
    database."""

    site: Site
    url: str
    schema: str

    @contextmanager
    def runtime(self) -> Iterator[Runtime]:
        with open_runtime(self.url, CODE, self.site.environ) as runtime:
            yield runtime

    def look(self, query: str) -> list[Row]:
        """`{schema}` in the query is its own."""
        at = self.site.out_database if self.schema == "in_tables" else self.site.database
        return self.site.look(query.format(schema=self.schema), at=at)

    def run(self, *statements: str) -> int:
        """Hands over what the statements write, and runs; returns the run's number."""
        for statement in statements:
            self.look(statement)
        self.look("delete from {schema}.process_tracking")
        with self.runtime() as runtime:
            run = run_once(runtime).run
        assert run
        return run


def other_import(site: Site, folder: Path, layout: str) -> OtherImport:
    tree = folder / "other"
    copytree(site.url.removeprefix("file:"), tree)
    other = OtherImport(site, f"file:{tree}", "in_tables" if layout == APART else "in_other")
    there = replace(site, url=other.url)
    if layout == APART:
        there.edit(IMPORT_CONFIG, f"dbName={site.database.name}\n", f"dbName={site.out_database.name}\n")
    else:
        there.write(IMPORT_CONFIG, there.text(IMPORT_CONFIG) + "\nschemaName=in_other")
    with other.runtime() as runtime, transaction(runtime.engine) as connection:
        ddl.bring_up(connection, runtime.company, "in", in_schema=other.schema, store_schema=STORE, out_schema=OUT)
    return other


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return make_site(CLAIMS, leaseSeconds=3, heartbeatSeconds=1)


@pytest.fixture
def other(site: Site, tmp_path: Path, layout: str) -> OtherImport:
    return other_import(site, tmp_path, layout)


@contextmanager
def session(site: Site) -> Iterator[Session]:
    """A transaction in the store, rolled back at the end if it was not committed."""
    with psycopg.connect(**superuser(site.store_database), row_factory=psycopg.rows.dict_row) as opened:
        yield opened
        opened.rollback()


def clients(site: Site) -> dict[str, str]:
    return {row["_in_id"]: row["name"] for row in site.look(f"select _in_id, name from {STORE}.bo_Client")}


@BOTH_LAYOUTS
def test_two_imports_run_at_once(site: Site, other: OtherImport, layout: str) -> None:
    site.partner.fill("in_Client", {"in_id": "a", "name": "Anna"})
    site.partner.hand_over()
    with site.holding_after_claims():
        process = site.start("run")
        site.wait_for_blocked()
        second = other.run("insert into {schema}.in_Client (in_id, name) values ('b', 'Bela')")
        assert clients(site) == {"b": "Bela"}
        open_units = site.look(f"select number, finished_at is null as is_open from {STORE}.unit order by number")
    assert ended(process).code == 0
    assert clients(site) == {"a": "Anna", "b": "Bela"}
    first = site.value("select max(id) from in_tables.run", at=site.database)
    assert open_units == [{"number": first, "is_open": True}, {"number": second, "is_open": False}]
    fences = site.look(f"select source, unit from {STORE}.store_fence order by unit")
    assert [row["unit"] for row in fences] == [first, second]
    assert all(row["source"].startswith("in_tables ") for row in fences)


@pytest.mark.nightly
@BOTH_LAYOUTS
@pytest.mark.parametrize("between", ["claims", "tasks"])
def test_an_elder_run_is_taken_over_after_a_younger_one_of_another_import(
    site: Site, other: OtherImport, layout: str, between: str
) -> None:
    """Its fence is its own; and between databases its notes at the store are still there."""
    site.partner.fill("in_Client", {"in_id": "a", "name": "Anna"})
    site.partner.fill("in_Claim", {"in_id": "k", "title": "First"})
    site.partner.fill("in_Claim_Client", {"claim_id": "k", "client_id": "a"})
    site.partner.hand_over()
    held = site.holding_after_claims() if between == "claims" else site.locking(f"{STORE}.bo_Claim")
    with held:
        process = site.start("run")
        site.wait_for_blocked()
        noted = "select run, seq from store_demo.remote_task order by 1, 2"
        before = site.look(noted)
        other.run("insert into {schema}.in_Client (in_id, name) values ('b', 'Bela')")
        assert [row for row in site.look(noted) if row in before] == before
        process.kill()
        assert ended(process).code == -signal.SIGKILL
    assert new_owner(site).code == 0
    assert clients(site) == {"a": "Anna", "b": "Bela"}
    assert site.count(f"{STORE}.link_Claim_Client") == 1
    receipts = "select in_table, created from in_tables.migration_receipt where claimed > 0 order by ordinal"
    assert site.look(receipts, at=site.database) == [
        {"in_table": "in_Client", "created": 1},
        {"in_table": "in_Claim", "created": 1},
        {"in_table": "in_Claim_Client", "created": 1},
    ]


@BOTH_LAYOUTS
def test_an_import_of_an_earlier_day_than_the_store_is_refused(site: Site, layout: str) -> None:
    """Also in one database: the schemas may be restored one by one."""
    site.partner.fill("in_Client", {"in_id": "a", "name": "Anna"})
    first = site.run().run
    site.partner.hand_over()
    site.run()
    site.look("delete from in_tables.run where id > %s", [first])
    site.look("update in_tables.run set state = 'running', heartbeat_at = null where id = %s", [first])
    with pytest.raises(EnvironmentFault, match="the import in_tables is older than the store"):
        site.run()


@BOTH_LAYOUTS
@pytest.mark.parametrize("is_higher", [False, True])
def test_the_fence_of_before_is_adopted(site: Site, layout: str, is_higher: bool) -> None:
    run = site.run().run
    assert run
    source = site.value("select source from in_tables.run_fence")
    site.look(
        f"update {STORE}.store_fence set source = 'in_tables', unit = %s where source = %s",
        [run + (1 << 60 if is_higher else 0), source],
    )
    site.look("update in_tables.run set state = 'running', heartbeat_at = null where id = %s", [run])
    if is_higher:
        with pytest.raises(EnvironmentFault, match="restored to an earlier day"):
            site.run()
    else:
        site.run()
    expected = "in_tables" if is_higher else source
    assert [row["source"] for row in site.look(f"select source from {STORE}.store_fence")] == [expected]


@BOTH_LAYOUTS
def test_the_units_say_which_import_they_are_of(site: Site, other: OtherImport, layout: str) -> None:
    site.partner.fill("in_Client", {"in_id": "a", "name": "Anna"})
    ours = [site.run().run]
    theirs = [other.run("insert into {schema}.in_Client (in_id, name) values ('a', 'Bela')")]
    with site.runtime() as runtime:
        ours.append(undo(runtime, ours[0] or 0).as_run)
    with other.runtime() as runtime:
        theirs.append(undo(runtime, theirs[0]).as_run)
    units = site.look(f"select source, number from {STORE}.unit")
    [own] = site.look("select source from in_tables.run_fence", at=site.database)
    [of_other] = other.look("select source from {schema}.run_fence")
    assert sorted(row["number"] for row in units if row["source"] == own["source"]) == ours
    assert sorted(row["number"] for row in units if row["source"] == of_other["source"]) == theirs


@BOTH_LAYOUTS
@pytest.mark.parametrize("order", ["the later change first", "the earlier change first"])
def test_undo_goes_by_the_order_of_changes_and_not_of_numbers(
    site: Site, other: OtherImport, layout: str, order: str
) -> None:
    """A run with a lower number may write after one with a higher number."""
    site.partner.fill("in_Client", {"in_id": "a", "name": "A", "amount": 1})
    site.run()
    site.partner.redeliver("in_Client", {"in_id": "a", "name": "C", "amount": 1})
    site.partner.hand_over()
    with site.holding_after_claims():
        process = site.start("run")
        site.wait_for_blocked()
        earlier = other.run("insert into {schema}.in_Client (in_id, name, amount) values ('a', 'B', 1)")
        assert clients(site) == {"a": "B"}
    assert ended(process).code == 0
    later = site.value("select max(id) from in_tables.run", at=site.database)
    assert later < earlier
    found = []
    both: list[tuple[Site | OtherImport, int]] = [(site, later), (other, earlier)]
    for undoing, run in both if order == "the later change first" else reversed(both):
        with undoing.runtime() as runtime:
            undo(runtime, run)
        found.append(clients(site)["a"])
    assert found == (["B", "A"] if order == "the later change first" else ["C", "B"])


@BOTH_LAYOUTS
def test_what_a_run_with_a_lower_number_has_removed_since_does_not_wait_again(
    site: Site, other: OtherImport, layout: str
) -> None:
    site.partner.fill("in_Claim", {"in_id": "k", "title": "First"})
    site.partner.fill("in_Claim_Client", {"claim_id": "k", "client_id": "c"})
    site.run()
    assert site.count(f"{STORE}.boi_reference") == 1
    link = {"claim_id": "k", "client_id": "c"}
    site.partner("delete from in_Claim_Client")
    site.partner.fill("in_Claim_Client", {**link, "removed": True})
    site.partner.hand_over()
    with site.holding_after_claims():
        process = site.start("run")
        site.wait_for_blocked()
        bringing = other.run("insert into {schema}.in_Client (in_id, name) values ('c', 'Came')")
        assert site.count(f"{STORE}.link_Claim_Client") == 1
    assert ended(process).code == 0
    assert site.count(f"{STORE}.link_Claim_Client") == 0
    assert site.value("select max(id) from in_tables.run", at=site.database) < bringing
    with other.runtime() as runtime:
        undo(runtime, bringing)
    assert site.count(f"{STORE}.boi_reference") == 0


@BOTH_LAYOUTS
def test_a_number_is_given_while_an_undo_is_under_way(site: Site, other: OtherImport, layout: str) -> None:
    """A run of another import waits at its fence, as long as for an outage, not for its number, where it would end."""
    site.partner.fill("in_Client", {"in_id": "a", "name": "Anna"})
    run = site.run().run
    with session(site) as lock:
        lock.execute(f"lock table {STORE}.undone_run in access exclusive mode")
        process = site.start("undo", str(run))
        site.wait_for_blocked()
        with other.runtime() as runtime, transaction(runtime.store_engine, lock_timeout="100ms") as connection:
            number = runtime.store.next_number(connection)
    assert ended(process).code == 0
    assert run
    assert number > site.value(f"select as_run from {STORE}.undone_run", at=site.store_database) > run


@BOTH_LAYOUTS
def test_a_frozen_process_with_a_number_does_not_block_others(site: Site, layout: str) -> None:
    """It has not committed, and locks the row of numbers until the server ends its session."""
    site.run()
    site.partner.hand_over()

    def freeze(runtime: Runtime) -> None:
        with transaction(runtime.store_engine) as connection:
            runtime.store.next_number(connection)
            assert site.run().run

    with site.runtime() as runtime, pytest.raises(TransientFault):
        freeze(runtime)


def refused(connection: Connection, act: Any) -> bool:
    """Whether it waits for a lock for too long."""
    try:
        with connection.begin_nested():
            connection.exec_driver_sql("set local lock_timeout = '100ms'")
            act(connection)
    except LockTimeout:
        return True
    return False


@BOTH_LAYOUTS
def test_the_clean_up_of_one_import_leaves_the_journal_of_another(site: Site, other: OtherImport, layout: str) -> None:
    """Whose runs are older than all of its own, and not old."""
    site.partner.fill("in_Client", {"in_id": "a", "name": "Anna"})
    run = site.run().run
    assert run
    for _ in range(2):
        other.run()
    assert {row["run"] for row in site.look(f"select run from {STORE}.journal")} == {run}
    with site.runtime() as runtime:
        assert undo(runtime, run).counters["removed"] == 1
    site.look(f"update {STORE}.unit set started_at = started_at - interval '11 days'")
    site.look(f"delete from {STORE}.out_version", at=site.store_database)
    other.run()
    other.run()
    assert run not in {row["run"] for row in site.look(f"select run from {STORE}.journal")}


@BOTH_LAYOUTS
def test_each_source_has_a_fence_of_its_own(site: Site, layout: str) -> None:
    with site.runtime() as runtime:
        prepare(runtime)
        fence, engine = runtime.store_fence, runtime.store_engine
        topic, entries = FencingToken("kafka people", 5, 1), FencingToken("directory", 3, 1)
        with transaction(engine) as connection:
            fence.raise_to(connection, topic)
            fence.raise_to(connection, entries)
        with transaction(engine) as connection, transaction(engine) as beside:
            fence.hold(connection, topic)
            fence.hold(beside, entries)  # though its number is lower
            assert refused(beside, lambda one: fence.raise_to(one, replace(topic, fence=2)))
            fence.raise_to(beside, replace(entries, unit=6))
        with transaction(engine) as connection:
            fence.hold(connection, topic)
            fence.raise_to(connection, replace(topic, fence=2))
        for older in (topic, entries, FencingToken("missing", 9, 9)):
            with pytest.raises(FencedOut), transaction(engine) as connection:
                fence.hold(connection, older)
        with pytest.raises(FencedOut), transaction(engine) as connection:
            fence.raise_to(connection, topic)
        with transaction(engine) as connection:
            assert fence.highest_unit(connection) == 6
            assert fence.highest_unit(connection, "kafka people") == 5


@BOTH_LAYOUTS
def test_an_undo_shuts_out_every_source(site: Site, layout: str) -> None:
    """Those that are there, and one that comes for the first time; and it waits for a source that is merging."""
    site.partner.fill("in_Client", {"in_id": "a", "name": "Anna"})
    run = site.run().run
    assert run
    topic = FencingToken("kafka people", 5, 1)
    with site.runtime() as runtime:
        fence, engine = runtime.store_fence, runtime.store_engine
        with transaction(engine) as connection:
            fence.raise_to(connection, topic)
        with transaction(engine) as connection:
            fence.hold(connection, topic)
            process = site.start("undo", str(run))
            site.wait_for_blocked()
            assert site.value(f"select _state from {STORE}.bo_Client") == "ACTUAL"
        assert ended(process).code == 0
        assert site.value(f"select _state from {STORE}.bo_Client") == "REMOVED"
        with transaction(engine) as connection, transaction(engine) as beside:
            fence.shut_out(connection)
            assert refused(beside, lambda one: fence.hold(one, topic))
            assert refused(beside, lambda one: fence.raise_to(one, replace(topic, unit=7)))
            assert refused(beside, lambda one: fence.raise_to(one, FencingToken("never seen", 1, 1)))
        with transaction(engine) as connection:
            fence.hold(connection, topic)


@BOTH_LAYOUTS
def test_an_undo_waits_for_the_task_of_another_import(site: Site, other: OtherImport, layout: str) -> None:
    run = other.run("insert into {schema}.in_Client (in_id, name) values ('b', 'Bela')")
    site.partner.fill("in_Client", {"in_id": "a", "name": "Anna"})
    site.partner.hand_over()
    with site.holding_after_claims():
        process = site.start("run")
        site.wait_for_blocked()
        with other.runtime() as runtime, transaction(runtime.store_engine) as connection:
            assert refused(connection, runtime.store_fence.shut_out)
    assert ended(process).code == 0
    with other.runtime() as runtime:
        assert undo(runtime, run).counters["removed"] == 1
    assert site.look(f"select _in_id from {STORE}.bo_Client where _state <> 'REMOVED'") == [{"_in_id": "a"}]


CHANGES: dict[str, tuple[dict[str, Any], str, str]] = {
    "a change": ({"name": "Anne"}, "ACTUAL", "Anne"),
    "a removal": ({"removed": True}, "REMOVED", "Anna"),
}


@BOTH_LAYOUTS
@pytest.mark.parametrize("what", CHANGES)
def test_what_another_source_changes_meanwhile_is_kept(make_site: MakeSite, layout: str, what: str) -> None:
    """Between the statement that reads the instance and the one that writes it."""
    site = make_site(CLAIMS, nullPolicy="keep")
    site.partner.fill("in_Client", {"in_id": "a", "name": "Anna", "amount": 1}, {"in_id": "b", "name": "Bela"})
    site.run()
    values, state, name = CHANGES[what]
    site.partner.redeliver("in_Client", {"in_id": "a", **values}, {"in_id": "b", "name": "Bel"})
    site.partner.hand_over()
    with session(site) as source:
        source.execute(f"update {STORE}.bo_Client set amount = 7, _state = 'ACTUAL' where _in_id = 'a'")
        process = site.start("run")
        site.wait_for_blocked(by=source.info.backend_pid)
        source.commit()
        assert ended(process).code == 0
    found = site.look(f"select _state, name, amount from {STORE}.bo_Client where _in_id = 'a'")
    assert found == [{"_state": state, "name": name, "amount": 7}]
    assert clients(site)["b"] == "Bel"
    journalled = site.look(f"select before from {STORE}.journal where change in ('changed', 'removed') order by n")
    kept = {"name": "Anna"} if what == "a change" else {"_state": "ACTUAL"}
    assert sorted((row["before"] for row in journalled), key=str) == sorted([kept, {"name": "Bela"}], key=str)


@BOTH_LAYOUTS
def test_while_unique_values_change_hands(make_site: MakeSite, layout: str) -> None:
    """They are cleared first, in a statement of its own: it must not hide the change from the next one."""
    site = make_site(PEOPLE, nullPolicy="keep")
    site.partner.fill("in_Human", {"in_id": "a", "mail": "x", "amount": 1}, {"in_id": "b", "mail": "y", "amount": 2})
    site.run()
    site.partner.redeliver("in_Human", {"in_id": "a", "mail": "y"}, {"in_id": "b", "mail": "x"})
    site.partner.hand_over()
    with session(site) as source:
        source.execute(f"update {STORE}.bo_Human set amount = 7, name = 'Anna' where _in_id = 'a'")
        process = site.start("run")
        site.wait_for_blocked(by=source.info.backend_pid)
        source.commit()
        assert ended(process).code == 0
    found = site.look(f"select _in_id, mail, amount, name from {STORE}.bo_Human order by 1")
    assert found == [
        {"_in_id": "a", "mail": "y", "amount": 7, "name": "Anna"},
        {"_in_id": "b", "mail": "x", "amount": 2, "name": None},
    ]


@BOTH_LAYOUTS
@pytest.mark.parametrize("field", ["Client", "Team"])
def test_a_link_that_replaces_others_waits_for_another_source(
    make_site: MakeSite, tmp_path: Path, layout: str, field: str
) -> None:
    """Both give a claim another client: it has one of them in the end, not both. The same with whole sets."""
    team = f"  - {{code: Team, type: BO, bo: Client, linkMode: replace, {_IN}}}\n"
    site = make_site(CLAIMS | {"Claim": CLAIMS["Claim"] + team})
    other = other_import(site, tmp_path, layout)
    site.partner.fill("in_Client", {"in_id": "a"}, {"in_id": "b"})
    site.partner.fill("in_Claim", {"in_id": "k"})
    site.run()
    other.run()
    site.partner.fill(f"in_Claim_{field}", {"claim_id": "k", f"{field}_id": "a"})
    site.partner.hand_over()
    held = site.locking(f"{STORE}.journal")
    with held:
        process = site.start("run")
        site.wait_for_blocked()
        other.look(f"insert into {{schema}}.in_Claim_{field} (claim_id, {field}_id) values ('k', 'b')")
        other.look("delete from {schema}.process_tracking")
        second = start_etl("run", environ={**site.environ, "ETL_CONFIG": other.url}, cwd=site.home)
        waiting = (
            "select count(*) from pg_stat_activity where application_name like 'etl:%' and wait_event_type = 'Lock'"
        )
        until(lambda: site.value(waiting) == 2, "both wait")
    assert [ended(one).code for one in (process, second)] == [0, 0]
    assert site.count(f"{STORE}.link_Claim_{field}") == 1


@BOTH_LAYOUTS
def test_what_waits_is_looked_up_again_only_where_another_unit_was_at_work(site: Site, layout: str) -> None:
    def waits(client: str) -> int:
        """Makes a claim's link wait for a client; how many waiting links the next run will look up again."""
        site.partner.fill("in_Claim_Client", {"claim_id": "k", "Client_id": client})
        site.partner.hand_over()
        site.run()
        newer = "p.bo = r.bo and p.field = r.field and p.target_bo = r.target_bo and r.written_by >= p.position"
        return int(
            site.value(f"select count(*) from {STORE}.boi_reference r join {STORE}.reference_position p on {newer}")
        )

    assert waits("x") == 0
    site.look(
        f"insert into {STORE}.unit (number, source, kind, started_at) values (1, 'kafka people', 'batch', now())",
        at=site.store_database,
    )
    assert waits("y") == 1
