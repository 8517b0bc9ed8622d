"""A task that ends its runner each time is set aside, and no other with it; the run continues without its rows."""

import json

import pytest

from etl.errors import DamageFound, EnvironmentFault, RunStopped
from tests.fix_company import CLAIMS, ONLY_APART, STORE, MakeSite, Row, Site

ATTEMPTS = 3
# A server that ends the session in which this value is merged; nothing in the runner can prevent or fix that.
_POISON = f"""
create function public.poison() returns trigger language plpgsql as $$
begin
    if new.name = 'poison' then {{act}}; end if;
    return new;
end $$;
create trigger poison before insert on {STORE}.bo_Client for each row execute function public.poison();
"""
# Rows that a server takes one by one, but not together: no search finds one that is a poison row.
_COMBINATION = f"""
create function public.poison() returns trigger language plpgsql as $$
begin
    if (select count(*) from fresh) > 1 then {{act}}; end if;
    return null;
end $$;
create trigger poison after insert on {STORE}.bo_Client referencing new table as fresh
    for each statement execute function public.poison();
"""
_KILL_BACKEND = "perform pg_terminate_backend(pg_backend_pid()); perform pg_sleep(5)"


def raising(sqlstate: str) -> str:
    return f"raise exception 'injected' using errcode = '{sqlstate}'"


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    """The golden tables are there; a batch is ready, one of its rows is poisonous."""
    site = make_site(CLAIMS, copyTables="false", taskAttempts=ATTEMPTS, faultPatienceSeconds=0)
    assert site.run().run
    # Of two workers the other one might take the task again before it hears of the end, and that is one attempt more.
    site.write("consumers/InMigration.workerCount", "comeKafkaInMigration=1")
    site.partner.fill("in_Client", {"in_id": "good", "name": "good"}, {"in_id": "bad", "name": "poison"})
    site.partner.fill("in_Claim", {"in_id": "k", "title": "claim"})
    site.partner.fill("in_Claim_Client", {"claim_id": "k", "client_id": "good"})
    site.partner.hand_over()
    return site


def poisoned(site: Site, act: str, how: str = _POISON) -> None:
    site.look(how.format(act=act), at=site.store_database)


def tasks(site: Site) -> dict[str, Row]:
    """in_ table -> its task of the newest run that merges rows."""
    rows = site.look(
        "select in_table, state, attempts, crash_count, error from in_tables.task "
        "where run = (select max(id) from in_tables.run) and kind in ('MIGRATE_SINGLE_FIELDS', 'MIGRATE_BO_LINKS')"
    )
    return {row["in_table"]: row for row in rows}


def is_set_aside(site: Site) -> None:
    """The rows are rejected, the others are merged, and the partner gets errors and receipts of both."""
    task = tasks(site)["in_Client"]
    assert (task["state"], task["attempts"]) == ("quarantined", ATTEMPTS + 1)
    assert str(task["error"]).startswith(f"set aside after {ATTEMPTS} attempts that ended its runner")
    assert tasks(site)["in_Claim"]["state"] == "done"
    assert site.partner.statuses("in_Client") == {"ERROR": 2}
    assert sorted(error["in_id"] for error in site.errors()) == ["bad", "good"]
    assert {error["code"] for error in site.errors()} == {"CHUNK_QUARANTINED"}
    assert site.look("select rejected from in_tables.migration_receipt where in_table = 'in_Client' order by run desc")[
        0
    ] == {"rejected": 2}
    assert site.partner.marker()["ins_inkafka_status"] == 1
    # The link of a row that was not read waits for it.
    assert site.value(f"select count(*) from {STORE}.boi_reference") == 1


def is_fixed(site: Site) -> None:
    """What shows it also says how to continue, and that works."""
    site.look(f"drop trigger poison on {STORE}.bo_Client", at=site.store_database)
    assert site.etl("errors", "retry", "--code", "CHUNK_QUARANTINED").code == 0
    site.partner.hand_over()
    assert site.run().run
    assert site.count(f"{STORE}.bo_Client") == 2
    assert site.count(f"{STORE}.link_Claim_Client") == 1
    assert site.count(f"{STORE}.boi_reference") == 0


_WHOLE = [(_POISON, _KILL_BACKEND), (_COMBINATION, raising("22P05")), (_COMBINATION, raising("54000"))]
"""What no single row explains."""


@pytest.mark.nightly
@pytest.mark.parametrize(("how", "act"), _WHOLE)
def test_what_breaks_its_session_each_time_is_set_aside(site: Site, how: str, act: str) -> None:
    poisoned(site, act, how)
    for _ in range(ATTEMPTS):
        with pytest.raises(EnvironmentFault):
            site.run()
    outcome = site.run()
    assert (outcome.exit_code, outcome.errors) == (1, 2)
    is_set_aside(site)
    is_fixed(site)


@ONLY_APART
@pytest.mark.parametrize(("how", "act"), _WHOLE[1:])
def test_it_is_set_aside_with_a_store_of_its_own_too(site: Site, how: str, act: str) -> None:
    poisoned(site, act, how)
    for _ in range(ATTEMPTS):
        with pytest.raises(EnvironmentFault):
            site.run()
    site.run()
    is_set_aside(site)
    is_fixed(site)


@pytest.mark.parametrize("sqlstate", ["53100", "53200", "58030", "25006", "28000", "42501", "57014", "0A000", "55P03"])
def test_what_is_not_the_tasks_fault_is_never_held_against_it(site: Site, sqlstate: str) -> None:
    """Disk, memory, privileges, a cancelled statement: the run breaks off, no row is marked, it is resumed later."""
    poisoned(site, raising(sqlstate))
    for _ in range(2):
        with pytest.raises(EnvironmentFault):
            site.run()
        assert tasks(site)["in_Client"]["crash_count"] == 0
    assert site.partner.statuses("in_Client") == {"ON_WORK": 2}
    site.look(f"drop trigger poison on {STORE}.bo_Client", at=site.store_database)
    assert site.run().taken_over


@pytest.mark.parametrize("sqlstate", ["XX000", "XX001", "XX002"])
def test_damage_ends_the_run_and_nothing_starts_it_again(site: Site, sqlstate: str) -> None:
    poisoned(site, raising(sqlstate))
    with pytest.raises(DamageFound, match="see its log"):
        site.run()
    assert site.partner.marker()["ins_inkafka_status"] == 2
    assert site.partner.statuses("in_Client") == {"": 2}
    assert site.etl("run").out.startswith("Nothing to do")


@pytest.mark.parametrize("sqlstate", ["23505", "0A000"])
def test_what_the_second_try_finds_is_tried_twice_and_no_more(site: Site, sqlstate: str) -> None:
    site.look("create sequence public.tries; grant all on public.tries to public", at=site.store_database)
    poisoned(site, f"if nextval('public.tries') <= {{n}} then {raising(sqlstate)}; end if".format(n=1))
    assert site.run().run
    assert tasks(site)["in_Client"]["attempts"] == 1
    assert site.count(f"{STORE}.bo_Client") == 2


def test_a_third_try_is_not_made(site: Site) -> None:
    site.look("create sequence public.tries; grant all on public.tries to public", at=site.store_database)
    poisoned(site, f"perform nextval('public.tries'); {raising('0A000')}")
    with pytest.raises(EnvironmentFault):
        site.run()
    assert site.value("select last_value from public.tries", at=site.store_database) == 2


def test_a_unique_value_that_the_second_try_meets_too_is_its_rows_fault(site: Site) -> None:
    site.look("create sequence public.tries; grant all on public.tries to public", at=site.store_database)
    poisoned(site, f"perform nextval('public.tries'); {raising('23505')}")
    assert site.run().exit_code == 1
    # The task twice, then its half with the row twice, which is that row.
    assert site.value("select last_value from public.tries", at=site.store_database) == 4
    assert site.partner.statuses("in_Client") == {"DONE": 1, "ERROR": 1}


def test_a_task_that_no_run_can_do_without_stops_it(site: Site) -> None:
    """BEGIN would end its runner again and again; what it claimed it did not claim."""
    with site.runtime() as runtime:
        _, lease = runtime.handshake.acquire()
        assert lease
        runtime.handshake.give_up(lease)
    site.look(
        "insert into in_tables.task (run, seq, stage, kind, title, attempts, crash_count) "
        "values (%s, 0, 0, 'BEGIN', 'b', 3, 3)",
        [lease.run],
    )
    with pytest.raises(RunStopped, match="ended its runner each time"):
        site.run()
    assert site.partner.marker()["ins_inkafka_status"] == 2
    assert site.partner.statuses("in_Client") == {"": 2}


def test_a_run_of_a_newer_version_is_left_alone(site: Site) -> None:
    """Its kinds of tasks are not known here: nothing is touched, and it is said."""
    with site.runtime() as runtime:
        _, lease = runtime.handshake.acquire()
        assert lease
        runtime.handshake.give_up(lease)
    site.look(
        "insert into in_tables.task (run, seq, stage, kind, title) "
        "values (%s, 0, 0, 'BEGIN', 'b'), (%s, 1, 1, 'SHINE', 's')",
        [lease.run, lease.run],
    )
    before = site.look("select * from in_tables.run_fence"), site.look("select * from in_tables.task order by id")
    left = site.etl("run")
    assert left.code == 4
    assert "is left alone: it has tasks of kinds that this version of etl does not know (SHINE)" in left.err
    assert (
        site.look("select * from in_tables.run_fence"),
        site.look("select * from in_tables.task order by id"),
    ) == before


def test_status_shows_runners_and_what_was_set_aside(site: Site) -> None:
    poisoned(site, raising("54000"), _COMBINATION)
    for _ in range(ATTEMPTS):
        with pytest.raises(EnvironmentFault):
            site.run()
    site.run()
    found = json.loads(site.etl("status", "--json").out)
    assert [task["state"] for task in found["tasks"] if task["state"] != "done"] == ["quarantined"]
    assert {runner["tasks"] for runner in found["runners"]} > {0}
    shown = site.etl("status").out
    assert "quarantined" in shown
    assert "etl errors retry --code CHUNK_QUARANTINED" in shown
