"""Rows that the server refuses are found, rejected with its word, and offered again; all others are merged."""

from dataclasses import replace

import pytest

from etl.engine import Outcome, run_once
from etl.errors import EnvironmentFault
from tests.fix_company import BOTH_LAYOUTS, STORE, MakeSite, Row, Site

_FLAGS = "needLoadFromInTables: true, needUploadToOutTable: true"
_LINKS = {"Watcher": "", "Team": ", linkMode: replace", "Client": ", viewType: SINGLE"}
DOCUMENTS = {
    "Client": f"""
code: Client
orderIndex: 1
fields:
  - {{code: Name, type: INPUT_TEXT, {_FLAGS}}}
  - {{code: Amount, type: INPUT_NUMBER, {_FLAGS}}}
""",
    "Claim": f"code: Claim\norderIndex: 2\nfields:\n  - {{code: Title, type: INPUT_TEXT, {_FLAGS}}}\n"
    + "".join(f"  - {{code: {code}, type: BO, bo: Client{more}, {_FLAGS}}}\n" for code, more in _LINKS.items()),
}
ROWS = 2000
# Two neighbours, so that one half holds both for long, and one far off.
POISON = (7, 8, 1500)

_REFUSING = """
create function public.refuse() returns trigger language plpgsql as $$
begin
    if {poison} then raise exception 'injected' using errcode = '{sqlstate}', detail = 'with ' || new::text; end if;
    return new;
end $$;
create trigger refuse before insert or update on {table} for each row execute function public.refuse();
"""


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    """The golden tables are there, and a batch is ready."""
    site = make_site(DOCUMENTS, copyTables="false", taskAttempts=3, faultPatienceSeconds=0)
    assert site.run().run
    site.partner(
        "insert into in_Client (in_id, name, amount) "
        f"select 'c' || n, 'name ' || n, n from generate_series(1, {ROWS}) n"
    )
    site.partner("insert into in_Claim (in_id, title) select 'k' || n, 'claim' from generate_series(1, 10) n")
    site.partner.hand_over()
    return site


def refusing(site: Site, table: str, poison: str, sqlstate: str = "22P05") -> None:
    text = _REFUSING.format(table=f"{STORE}.{table}", poison=poison, sqlstate=sqlstate)
    site.look(text, at=site.store_database)


def fixed(site: Site, table: str) -> None:
    """The cause is gone, and the rows are offered again."""
    site.look(f"drop trigger refuse on {STORE}.{table}", at=site.store_database)
    assert site.etl("errors", "retry", "--code", "ROW_QUARANTINED").code == 0
    site.partner.hand_over()
    assert site.run().exit_code == 0


def receipt(site: Site, table: str) -> Row:
    [row] = site.look(
        "select claimed, created, rejected, waiting, vanished, released from in_tables.migration_receipt "
        "where in_table = %s and run = (select max(id) from in_tables.run)",
        [table],
    )
    return row


def run_in_chunks(site: Site, rows: int) -> Outcome:
    """Chunks so small are refused in a configuration; the engine does not mind them."""
    with site.runtime() as runtime:
        in_migration = replace(runtime.settings.in_migration, chunk_rows=rows)
        return run_once(replace(runtime, settings=replace(runtime.settings, in_migration=in_migration)))


def names_the_poison_rows(site: Site) -> None:
    errors = site.errors()
    assert sorted(error["in_id"] for error in errors) == sorted(f"c{n}" for n in POISON)
    for error in errors:
        assert (error["code"], error["value"], error["severity"]) == ("ROW_QUARANTINED", None, "error")
        assert error["message"] == "the server refuses the row: 22P05 injected"
        assert error["message_rus"].endswith(": 22P05 injected")
        assert error["row_id"] == int(error["in_id"][1:])


@BOTH_LAYOUTS
def test_only_the_poison_rows_are_rejected(site: Site) -> None:
    refusing(site, "bo_Client", f"new.amount in {POISON}")
    outcome = site.run()
    assert (outcome.exit_code, outcome.errors) == (1, len(POISON))
    names_the_poison_rows(site)
    assert site.partner.statuses("in_Client") == {"DONE": ROWS - len(POISON), "ERROR": len(POISON)}
    assert site.count(f"{STORE}.bo_Client") == ROWS - len(POISON)
    expected = {"claimed": ROWS, "created": ROWS - len(POISON), "rejected": len(POISON)}
    assert receipt(site, "in_Client") == expected | {"waiting": 0, "vanished": 0, "released": 0}
    assert site.partner.marker()["ins_inkafka_status"] == 1
    [task] = site.look(
        "select state, attempts, crash_count from in_tables.task "
        "where in_table = 'in_Client' and kind = 'MIGRATE_SINGLE_FIELDS'"
    )
    assert (task["state"], task["attempts"]) == ("done", 1)
    fixed(site, "bo_Client")
    assert site.count(f"{STORE}.bo_Client") == ROWS


@pytest.mark.parametrize("sqlstate", ["21000", "22003", "23514", "54000"])
def test_every_fault_of_values_leads_to_its_row(site: Site, sqlstate: str) -> None:
    refusing(site, "bo_Client", "new.amount = 1999", sqlstate)
    assert site.run().exit_code == 1
    [error] = site.errors()
    assert (error["in_id"], error["message"]) == ("c1999", f"the server refuses the row: {sqlstate} injected")


def test_a_constraint_that_someone_added(site: Site) -> None:
    site.look(f"alter table {STORE}.bo_Client add constraint small check (amount < {ROWS})", at=site.store_database)
    assert site.run().exit_code == 1
    [error] = site.errors()
    assert error["in_id"] == f"c{ROWS}"
    assert '23514 new row for relation "bo_client" violates check constraint "small"' in error["message"]
    assert "name 2000" not in error["message"]


@BOTH_LAYOUTS
def test_a_constraint_that_waits_for_the_commit(site: Site) -> None:
    """A probe is rolled back, and asks for it all the same."""
    table = f"{STORE}.bo_Client"
    site.look(
        "create table public.allowed (amount numeric(24, 4) primary key); grant all on public.allowed to public; "
        f"insert into public.allowed select n from generate_series(1, {ROWS}) n where n <> 77; "
        f"alter table {table} add foreign key (amount) references public.allowed deferrable initially deferred",
        at=site.store_database,
    )
    assert site.run().exit_code == 1
    assert [error["in_id"] for error in site.errors()] == ["c77"]
    assert site.count(table) == ROWS - 1


def test_two_workers_and_several_chunks(site: Site) -> None:
    site.write("consumers/InMigration.workerCount", "comeKafkaInMigration=2")
    site.partner("insert into in_Claim (in_id, title) values ('bad', 'bad')")
    refusing(site, "bo_Client", f"new.amount in {POISON}")
    site.look(f"alter table {STORE}.bo_Claim add constraint good check (title <> 'bad')", at=site.store_database)
    outcome = run_in_chunks(site, 300)
    assert (outcome.exit_code, outcome.errors) == (1, len(POISON) + 1)
    assert site.count(f"{STORE}.bo_Client") == ROWS - len(POISON)
    assert site.count(f"{STORE}.bo_Claim") == 10
    assert site.partner.statuses("in_Client") == {"DONE": ROWS - len(POISON), "ERROR": len(POISON)}


def test_ids_with_gaps_and_no_row_but_poison_ones(site: Site) -> None:
    """Where ids lie says nothing of how many rows there are."""
    site.partner.redeliver("in_Client", *({"id": n, "in_id": f"c{n}", "amount": n} for n in (-5, 3, 10**15)))
    refusing(site, "bo_Client", "true")
    assert site.run().errors == 3
    assert site.count(f"{STORE}.bo_Client") == 0
    assert [error["in_id"] for error in site.errors()] == ["c-5", "c3", f"c{10**15}"]
    assert receipt(site, "in_Client")["rejected"] == 3


def test_probes_come_to_an_end(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etl.engine.failures._PROBES", 20)
    refusing(site, "bo_Client", f"new.amount in {POISON}")
    assert site.run().exit_code == 1
    statuses = site.partner.statuses("in_Client")
    assert len(POISON) < statuses["ERROR"] < ROWS / 4
    assert site.count(f"{STORE}.bo_Client") == statuses["DONE"] == ROWS - statuses["ERROR"]
    assert {f"c{n}" for n in POISON} <= {error["in_id"] for error in site.errors()}
    assert all("they were divided no further" in error["message"] for error in site.errors())


def test_rows_that_only_together_are_refused(site: Site) -> None:
    site.look(
        "create function public.refuse() returns trigger language plpgsql as $$ begin "
        "if (select count(*) from fresh where amount in (3, 1700)) > 1 then "
        "raise exception 'injected' using errcode = '54000'; end if; return null; end $$; "
        f"create trigger refuse after insert on {STORE}.bo_Client referencing new table as fresh "
        "for each statement execute function public.refuse()",
        at=site.store_database,
    )
    for crashes in (1, 2, 3):
        with pytest.raises(EnvironmentFault):
            site.run()
        assert site.value("select max(crash_count) from in_tables.task") == crashes
        assert site.partner.statuses("in_Client") == {"ON_WORK": ROWS}
    assert site.run().errors == ROWS
    assert {error["code"] for error in site.errors()} == {"CHUNK_QUARANTINED"}


@BOTH_LAYOUTS
@pytest.mark.parametrize("field", _LINKS)
def test_a_single_link_is_found(site: Site, field: str) -> None:
    """Of a field that adds, of full sets, and of one that keeps the newest."""
    rows = 10 if field == "Client" else 600
    site.partner(
        f"insert into in_Claim_{field} (claim_id, {field}_id, inserted_date) select 'k' || 1 + n % 10, 'c' || n + 1, "
        f"timestamptz '2024-01-01Z' + n * interval '1 h' from generate_series(0, {rows - 1}) n"
    )
    client = f"(select _id from {STORE}.bo_Client where _in_id = 'c5')"
    refusing(site, f"link_Claim_{field}", f"new._target = {client}")
    site.look(f"grant select on {STORE}.bo_Client to public", at=site.store_database)
    outcome = run_in_chunks(site, 50)
    assert (outcome.exit_code, outcome.errors) == (1, 1)
    [error] = site.errors()
    # A link row is known by its ends, by which it is offered again.
    assert (error["code"], error["in_id"], error["value"]) == ("ROW_QUARANTINED", "k5", "c5")
    assert site.partner.statuses(f"in_Claim_{field}") == {"DONE": rows - 1, "ERROR": 1}
    assert site.count(f"{STORE}.link_Claim_{field}") == rows - 1
    assert receipt(site, f"in_Claim_{field}")["rejected"] == 1
    fixed(site, f"link_Claim_{field}")


@BOTH_LAYOUTS
def test_no_link_of_the_batch_is_blamed_for_one_that_waited(site: Site) -> None:
    site.partner.fill("in_Claim_Watcher", {"claim_id": "k1", "Watcher_id": "late"})
    assert site.run().exit_code == 0
    refusing(site, "link_Claim_Watcher", "true")
    site.partner.fill("in_Client", {"in_id": "late"})
    site.partner.fill("in_Claim_Watcher", {"claim_id": "k1", "Watcher_id": "c1"})
    site.partner.hand_over()
    with pytest.raises(EnvironmentFault):
        site.run()
    assert site.partner.statuses("in_Claim_Watcher") == {"WAITING": 1, "ON_WORK": 1}
    site.look(f"drop trigger refuse on {STORE}.link_Claim_Watcher", at=site.store_database)
    assert site.run().exit_code == 0
    assert site.partner.statuses("in_Claim_Watcher") == {"DONE": 2}


def test_what_is_not_of_rows_ends_a_search(site: Site) -> None:
    """Disk, privileges, memory blame no row, whenever they are met."""
    refusing(site, "bo_Client", "new.amount = 5")
    site.look("create sequence public.tries; grant all on public.tries to public", at=site.store_database)
    site.look(
        "create function public.full() returns trigger language plpgsql as $$ begin "
        "if nextval('public.tries') > 3 then raise exception 'injected' using errcode = '53100'; end if; "
        "return null; end $$; "
        f"create trigger full_disk before insert on {STORE}.bo_Client for each statement "
        "execute function public.full()",
        at=site.store_database,
    )
    with pytest.raises(EnvironmentFault, match="free disk space"):
        site.run()
    assert site.partner.statuses("in_Client") == {"ON_WORK": ROWS}
    assert (
        site.value("select max(crash_count) from in_tables.task where in_table = 'in_Client' and state = 'todo'") == 0
    )
    site.look(f"drop trigger full_disk on {STORE}.bo_Client", at=site.store_database)
    assert site.run().errors == 1
