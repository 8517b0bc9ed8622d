"""What `etl grants` gives lets each role do its work whole, and nothing else; real roles, over TCP, with passwords."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege
from psycopg.rows import dict_row

from tests.fix_company import BOTH_LAYOUTS, CLAIMS, OUT, PARTNER_PASSWORD, MakeSite, Session, Site
from tests.fix_database import LOOPBACK
from tests.integration.privileges.calling import call

READER_PASSWORD = "s3cret of the reader"


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    """The partner has what `etl grants` gives, not what the fixtures' administrator gave; rows have come through."""
    site = make_site(CLAIMS)
    site.look(f"create role reader_{site.database.name} login password '{READER_PASSWORD}'")
    site.look(f"alter role partner_{site.database.name} password '{PARTNER_PASSWORD}'")
    done = call(site, *grant(site, "--apply"))
    assert (done.code, done.err) == (0, "")
    return site


@pytest.fixture
def reader(site: Site) -> Iterator[Session]:
    with psycopg.connect(
        host=LOOPBACK,
        port=site.database.port,
        dbname=site.database.name,
        user=f"reader_{site.database.name}",
        password=READER_PASSWORD,
        autocommit=True,
        row_factory=dict_row,
    ) as session:
        yield session


def grant(site: Site, *options: str) -> list[str]:
    name = site.database.name
    return ["grants", "--partner", f"partner_{name}", "--reader", f"reader_{name}", *options]


def test_the_partner_does_the_whole_work(site: Site) -> None:
    partner = site.partner
    partner.fill(
        "in_Client", {"in_id": "a", "name": "Anna", "amount": 1}, {"in_id": "b", "name": "Bela", "amount": "NaN"}
    )
    partner.fill("in_Claim", {"in_id": "1", "title": "First"})
    partner.fill("in_Claim_Client", {"claim_id": "1", "client_id": "a"})
    partner.fill("in_fileStorage", {"file_id": "f", "file_name": "f.txt", "content": b"x"})
    partner.hand_over()
    run = site.run().run
    assert run
    assert partner("select in_id, code from err") == [{"in_id": "b", "code": "NUMBER_NOT_FINITE"}]
    assert {row["in_table"] for row in partner("select in_table from migration_receipt")} >= {"in_Client", "in_Claim"}
    assert partner("select 1 from last_migration_state")
    assert partner("select reason from why_not")

    partner("update in_Client set amount = 2, in_status = '' where in_id = 'b'")
    partner("update in_Claim_Client set inserted_date = now(), in_status = ''")
    partner("update in_fileStorage set content = 'y', uploaded = false")
    partner("insert into process_expected (in_table, full_set, rows) values ('in_Client', true, 7)")
    partner("update process_expected set rows = 1, column_name = 'amount', column_sum = 2")
    partner.hand_over_by_row()
    assert site.run().run not in (0, run)
    assert partner.statuses("in_Client") == {"DONE": 2}
    [row] = partner("select out_id from in_Client where in_id = 'a'")

    partner("truncate in_Client, in_Claim, in_Claim_Client, in_fileStorage")
    partner.fill("in_Client", {"in_id": None, "out_id": row["out_id"], "removed": True})
    with partner.session.cursor() as cursor, cursor.copy("copy in_Client (in_id, name) from stdin") as copy:
        copy.write_row(("c", "Cora"))
    partner("delete from in_Claim where in_id = 'missing'")
    partner.hand_over()
    site.run()
    assert site.look(f"select name from {OUT}.client order by 1") == [{"name": "Bela"}, {"name": "Cora"}]


FORBIDDEN = (
    "insert into in_Client (in_id, occupied_id) values ('x', 1)",
    "update in_Client set occupied_at = null",
    "update in_Client set id = 1",
    "insert into in_Client (id, in_id) values (7, 'x')",
    "update in_fileStorage set out_file_id = 'x'",
    "update process_tracking set ins_inkafka_status = 1",
    "update process_tracking set occupied_by_process = 0",
    "insert into process_tracking (oper_date, periodic_update_time) values (now(), now())",
    "truncate process_tracking",
    "update process_expected set run = 1",
    "truncate process_expected",
    "select 1 from run",
    "select 1 from task",
    "select 1 from copy_table_info",
    "update run_fence set fence = 0",
    "delete from err",
    "update migration_receipt set claimed = 0",
    "select nextval('err_id_seq')",
    "select setval('in_client_id_seq', 1)",
    "create table in_tables.mine ()",
    "create view in_tables.mine as select 1",
    "create table references_them (id bigint references in_tables.in_Client)",
    "create trigger mine before insert on in_Client execute function suppress_redundant_updates_trigger()",
    "create rule mine as on insert to in_Client do nothing",
    "create index on in_Client (name)",
    "create policy mine on in_Client",
    "alter table in_Client add column mine text",
    "alter table in_Client owner to current_user",
    "drop table in_Client",
    "select 1 from store_demo.bo_Client",
    "select store_demo.period_fault('x')",
    f"select 1 from {OUT}.client",
    "create schema mine",
)


def test_the_partner_does_nothing_else(site: Site) -> None:
    site.partner.hand_over()
    site.run()
    for statement in FORBIDDEN:
        with pytest.raises(InsufficientPrivilege):
            site.partner(statement)


def test_readers_only_select_and_see_what_comes_later(site: Site, reader: Session) -> None:
    site.partner.fill("in_Client", {"in_id": "a", "name": "Anna"})
    site.run()
    assert call(site, *grant(site, "--apply")).code == 0
    assert reader.execute(f"select name from {OUT}.client").fetchall() == [{"name": "Anna"}]
    with site.runtime() as runtime, runtime.engine.begin() as connection:
        connection.exec_driver_sql(f"create view out_demo.later as select * from {OUT}.client")
        connection.exec_driver_sql(f"create table {OUT}.later ()")
    for view in ("client", "later"):
        assert reader.execute(f"select name from out_demo.{view}").fetchall() == [{"name": "Anna"}]
    reader.execute(f"select 1 from {OUT}.later")
    reader.execute("select 1 from in_migration.log, in_migration.timings")
    for statement in (
        f"update {OUT}.client set name = ''",
        f"delete from {OUT}.client",
        f"truncate {OUT}.client",
        f"create table {OUT}.mine ()",
        "delete from out_demo.client",
        "create table out_demo.mine ()",
        "select 1 from in_tables.in_Client",
        "select 1 from store_demo.bo_Client",
        "select 1 from store_demo.journal",
    ):
        with pytest.raises(InsufficientPrivilege):
            reader.execute(statement)


@BOTH_LAYOUTS
def test_every_version_is_granted_to_readers(site: Site) -> None:
    site.run()
    assert site.etl("out", "build", "--version", "2").code == 0
    reader = f"partner_{site.database.name}"  # any role that is there
    printed = call(site, "grants", "--partner", reader, "--reader", reader).out
    for schema in ("out_demo", OUT, "out_demo_1_2"):
        assert f"grant usage on schema {schema} to {reader};" in printed
    assert "not there yet" not in printed


def test_printed_twice_is_the_same_and_applied_twice_changes_nothing(site: Site) -> None:
    printed = call(site, *grant(site))
    assert printed.code == 0
    assert call(site, *grant(site)).out == printed.out
    partner, reader = (f"{role}_{site.database.name}" for role in ("partner", "reader"))
    assert [line for line in call(site, *grant(site, "--apply")).out.splitlines() if not line.startswith(" ")] == [
        f"{name}: has its privileges already" for name in (partner, reader, f"{reader} in in_migration")
    ]
    assert "-- schema out_demo_1_1 is not there yet" in printed.out
    before = site.look("select relacl::text from pg_class where relacl is not null order by oid")
    site.look(f"set role engine_{site.database.name}; {printed.out}")
    assert site.look("select relacl::text from pg_class where relacl is not null order by oid") == before


def test_what_a_role_had_beyond_is_taken_away(site: Site) -> None:
    name = site.database.name
    site.look(
        f"grant all on all tables in schema in_tables to partner_{name};"
        f"grant create on schema in_tables to partner_{name};"
        f"grant update (occupied_id) on in_tables.in_client to partner_{name}"
    )
    assert f"partner_{name}: privileges granted" in call(site, *grant(site, "--apply")).out
    for statement in ("select 1 from run", "update in_Client set occupied_id = 1", "create table in_tables.mine ()"):
        with pytest.raises(InsufficientPrivilege):
            site.partner(statement)


def test_roles_are_made_only_when_asked_for(site: Site) -> None:
    roles = ["--partner", f"new_{site.database.name}", "--reader", f"reader_{site.database.name}"]
    refused = call(site, "grants", *roles, "--apply")
    assert refused.code == 4
    assert f"there is no role new_{site.database.name}" in refused.err
    printed = call(site, "grants", *roles, "--create-roles").out
    assert f"create role new_{site.database.name} nologin;" in printed
    assert f"-- role reader_{site.database.name} is there" in printed
    assert "create role" not in call(site, "grants", *roles).out
    site.look(printed)
    assert site.value(f"select rolcanlogin from pg_roles where rolname = 'new_{site.database.name}'") is False
    # A schema of another role: what the engine grants there has no effect.
    site.look(
        f"revoke all on schema in_tables from new_{site.database.name}; alter schema in_tables owner to postgres;"
        f"grant usage, create on schema in_tables to {site.engine_role}",
        at=site.database,
    )
    useless = call(site, "grants", *roles, "--apply")
    assert useless.code == 4
    assert f"the grants to new_{site.database.name} had no effect:" in useless.err
    assert "schema in_tables belongs to postgres, who must grant it" in useless.err


def test_names_of_roles_follow_from_the_company(site: Site) -> None:
    printed = call(site, "grants").out
    assert "to demo_partner;" in printed
    assert "to demo_reader;" in printed


def test_with_grants_a_fresh_schema_is_ready_for_the_partner(site: Site) -> None:
    name = site.database.name
    printed = call(site, "generate-ddl", "--with-grants", f"partner_{name}")
    assert printed.code == 0
    engine = f"set role engine_{name};"
    site.look(f"{engine} drop schema in_tables cascade; create schema in_tables; {printed.out}")
    site.partner.fill("in_Client", {"in_id": "a", "name": "Anna"})
    site.partner.hand_over()
    assert site.run().run
    with pytest.raises(InsufficientPrivilege):
        site.partner("update in_Client set occupied_id = 1")
    applied = call(site, "generate-ddl", "--apply", "--with-grants", f"partner_{name}")
    assert applied.out.splitlines()[-1] == f"partner_{name}: privileges granted"
    site.partner("select 1 from err")
