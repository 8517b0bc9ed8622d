"""`etl check`: each thing that can be wrong is found, and what to do about it is said."""

import json
from typing import Any

import psycopg
import pytest

import etl.monitoring
from etl.monitoring import lock_table
from etl.monitoring.databases import databases
from etl.monitoring.server_checks import check_clock, check_holders
from tests.fix_company import APART, CLAIMS, CODE, IMPORT_CONFIG, STORE, STORE_CONFIG, MakeSite, Site
from tests.fix_database import LOOPBACK

Findings = dict[tuple[str, str], list[Any]]


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return make_site(CLAIMS)


def check(site: Site, *, code: int) -> Findings:
    """(what, level) -> findings; `code` is what the command would end with."""
    sorted_: Findings = {}
    for finding in etl.monitoring.check(site.url, CODE, site.environ):
        assert bool(finding.do) == (finding.level != "ok")
        sorted_.setdefault((finding.what, finding.level.value), []).append(vars(finding))
    assert code == any(level == "error" for _, level in sorted_)
    return sorted_


def test_a_new_site_and_one_that_has_run_are_in_order(site: Site) -> None:
    """But for the test server, which is careless on purpose."""
    found = check(site, code=0)
    assert {what for what, level in found if level != "ok"} == {"durability"}
    assert {finding["found"].split()[0] for finding in found["durability", "warning"]} == {
        "fsync",
        "full_page_writes",
        "synchronous_commit",
    }
    [store] = found["golden store", "ok"]
    assert "the next run makes" in store["found"]
    site.partner.fill("in_Client", {"in_id": "a", "inserted_date": None}, {"in_id": "b", "inserted_date": None})
    site.run()
    site.partner.fill("in_Client", {"in_id": "c", "inserted_date": None})
    found = check(site, code=0)
    assert ("out_ tables", "ok") in found
    assert found["ready rows", "ok"][0]["found"] == "1"
    assert "1 of them have no usable" in found["ready rows", "warning"][0]["found"]
    reported = json.loads(site.etl("check", "--json").out)
    assert reported["ok"]
    assert [finding["what"] for finding in reported["findings"]][:3] == ["configuration", "connection", "server"]
    shown = site.etl("check").out
    assert f"ok      server: PostgreSQL {site.value('show server_version')}, {LOOPBACK}" in shown
    assert "        do: let the partner leave inserted_date to its default" in shown


def test_a_faulty_configuration_is_reported_line_by_line(site: Site) -> None:
    site.edit(IMPORT_CONFIG, "hasInMigration=true", "hasInMigration=perhaps\nschemaNam=x")
    found = check(site, code=1)
    assert [finding["found"].split(": ", 1)[1] for finding in found["configuration", "error"]] == [
        "hasInMigration: 'perhaps' is not true or false",
        "schemaNam: unknown key; did you mean schemaName?",
    ]


def test_a_server_that_refuses_is_reported_without_the_password(site: Site) -> None:
    site.environ["ETL_TEST_PASSWORD"] = "not the s3cret"
    found = check(site, code=1)
    assert site.etl("check").code == 1
    [finding] = found["connection", "error"]
    assert "correct username and password" in finding["found"]
    assert "not the s3cret" not in str(found)


def test_a_switched_off_import_is_no_error(site: Site) -> None:
    site.edit(IMPORT_CONFIG, "hasInMigration=true", "hasInMigration=false")
    assert ("import", "warning") in check(site, code=0)


def test_missing_privileges(site: Site) -> None:
    engine = f"engine_{site.database.name}"
    site.look(f"revoke create on database {site.database.name} from {engine}")
    found = check(site, code=1)
    [finding] = found["privileges", "error"]
    assert finding["do"] == f"grant create on database {site.database.name} to {engine};"
    site.look(finding["do"])
    assert ("privileges", "ok") in check(site, code=0)
    site.look("alter schema in_tables owner to current_user")
    for finding in check(site, code=1)["privileges", "error"]:
        site.look(finding["do"])
    assert ("privileges", "ok") in check(site, code=0)


def test_a_superuser_is_warned_of(site: Site) -> None:
    site.look(f"alter role engine_{site.database.name} superuser")
    assert ("privileges", "warning") in check(site, code=0)


def test_live_tables_that_do_not_fit(site: Site) -> None:
    site.look("alter table in_tables.in_client drop column name")
    [finding] = check(site, code=1)["tables", "error"]
    assert "add column in_tables.in_Client.Name" in finding["found"]
    assert "`etl generate-ddl --company demo --apply`" in finding["found"]


def test_a_run_that_was_left_is_reported(site: Site) -> None:
    site.run()
    site.look("update in_tables.run set state = 'running', heartbeat_at = null")
    [finding] = check(site, code=0)["marker", "warning"]
    assert finding["do"] == "`etl run` takes it over and continues"


def test_what_holds_vacuum_back_is_reported(site: Site) -> None:
    site.look(f"grant pg_read_all_stats to engine_{site.database.name}")
    checked = {"host": site.database.host, "port": site.database.port, "dbname": site.database.name}
    with psycopg.connect(**checked, user=site.database.username, application_name="forgotten") as session:  # type: ignore[arg-type]
        session.execute("select 1")
        with site.runtime() as runtime:
            [*held] = check_holders(databases(runtime)[0], minutes=0)
        [finding] = [one for one in held if "forgotten" in one.found]
        assert finding.found.startswith(f"session {session.info.backend_pid}")
    assert "pg_terminate_backend" in finding.do


def test_the_clocks_of_one_machine_agree(site: Site) -> None:
    with site.runtime() as runtime:
        [finding] = check_clock(databases(runtime)[0])
    assert finding.level == "ok"


@pytest.mark.parametrize("layout", [APART], indirect=True)
def test_each_of_three_databases_is_looked_at(site: Site) -> None:
    site.run()
    found = check(site, code=0)
    for of in ("", " of the store", " of the out tables"):
        for what in ("connection", "server", "clock", "privileges", "vacuum"):
            assert (what + of, "ok") in found
    assert {finding["found"] for (what, _), [finding, *_] in found.items() if what.startswith("connection")} == {
        f"database {one.name}" for one in (site.database, site.store_database, site.out_database)
    }
    [store] = found["golden store", "ok"]
    assert "missing" not in store["found"]


@pytest.mark.parametrize("layout", [APART], indirect=True)
def test_a_store_without_privileges_or_answer_is_named(site: Site) -> None:
    store, role = site.store_database.name, f"engine_{site.database.name}"
    site.look(f"revoke create on database {store} from {role}", at=site.store_database)
    [finding] = check(site, code=1)["privileges of the store", "error"]
    assert finding["do"] == f"grant create on database {store} to {role};"
    site.edit(STORE_CONFIG, f"dbName={store}", "dbName=nowhere")
    found = check(site, code=1)
    [lost] = found["connection of the store", "error"]
    assert "nowhere" in lost["found"]
    assert lost["do"].endswith("correct configs/StorePostgresConfig.txt")
    assert ("server of the out tables", "ok") in found


def test_each_missing_table_is_named_once(site: Site) -> None:
    site.run()
    site.look(
        "drop view in_tables.why_not; drop table in_tables.in_Claim_Watchers, in_tables.in_Client", at=site.database
    )
    found = check(site, code=1)
    text = "\n".join(str(finding["found"]) for findings in found.values() for finding in findings)
    assert text.count("in_Claim_Watchers") == text.count("in_tables.in_Client\n") == 1
    assert "index" not in text
    [finding] = found["tables", "error"]
    assert finding["found"].splitlines() == [
        "the tables of schema in_tables are not ready for company demo:",
        "  missing: create table in_tables.in_Client",
        "  missing: create table in_tables.in_Claim_Watchers",
        "`etl generate-ddl --company demo --apply` makes what is missing",
    ]
    site.look("drop schema in_tables cascade", at=site.database)
    text = "\n".join(str(one["found"]) for findings in check(site, code=1).values() for one in findings)
    for table in ("in_Client", "in_Claim", "in_Claim_Client", "in_fileStorage", "process_tracking"):
        assert text.split().count(f"in_tables.{table}") == 1, text


def test_it_counts_what_the_metadata_check_counts(site: Site) -> None:
    """Composites, dictionaries and system objects included."""
    site.document("Parties", "code: Parties\ncategory: CO\nbos: [Client, Claim]\n")
    site.document("Kind", "code: Kind\ncategory: DICTIONARY\nfields: [{code: code, type: INPUT_TEXT}]\n")
    site.document("Visit", "code: Visit\nfields: [{code: Who, type: BO, bo: Person}]\n")
    counted = site.etl("metadata", "check").out.partition(" is sound: ")[2].strip()
    [finding] = check(site, code=0)["configuration", "ok"]
    assert finding["found"].endswith(f"company demo, {counted}")
    assert site.etl("config", "check").out.endswith(f": {counted}\n")
    assert int(counted.split()[0]) > 5


def test_a_run_that_waits_for_the_server_is_an_error(site: Site) -> None:
    site.run()
    site.look("update in_tables.run set state = 'running', heartbeat_at = now(), finished_at = null")
    site.look("update in_tables.task set state = 'running', error = 'waits: no space left on device' where seq = 1")
    [finding] = check(site, code=1)["run", "error"]
    assert finding["found"].endswith("waits for the server: no space left on device")


def test_what_the_catalog_shows_of_damage(site: Site) -> None:
    """Invalid indexes, of a constraint and others."""
    site.run()
    assert ("catalog", "ok") in check(site, code=0)
    for index in (f"{STORE}.bo_client__in_id_key", f"{STORE}.journal_written_by"):
        site.look(f"update pg_index set indisvalid = false where indexrelid = '{index}'::regclass")
    found = check(site, code=1)
    [error], [warning] = found["catalog", "error"], found["catalog", "warning"]
    constraint = f"{STORE}.bo_client of the constraint bo_client__in_id_key"
    assert error["found"] == f"{STORE}.bo_client__in_id_key of {constraint} is invalid: the server does not use it"
    assert warning["found"].startswith(f"{STORE}.journal_written_by of {STORE}.journal is invalid")
    assert site.etl("verify", "--level", "quick", "--repair").code == 0
    assert ("catalog", "ok") in check(site, code=0)


def test_a_table_of_locks_that_is_too_small(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the metadata before the first run, and by the catalog after it."""
    monkeypatch.setattr(lock_table, "_SHARE", 0.0001)
    [planned] = check(site, code=0)["locks", "warning"]
    site.run()
    [made] = check(site, code=0)["locks", "warning"]
    numbers = [int(one["found"].split()[3]) for one in (planned, made)]
    assert numbers[0] > 10
    assert numbers[1] > 100
    assert made["do"].startswith("set max_locks_per_transaction of the server to at least ")


def test_a_collation_of_another_version(site: Site) -> None:
    """As after an update of the operating system; servers before 15 keep no version."""
    if int(str(site.value("show server_version_num"))) < 150_000:
        pytest.skip("this server keeps no version of a database's collation")
    site.look("update pg_database set datcollversion = '0' where datname = current_database()")
    [finding] = check(site, code=0)["catalog", "warning"]
    assert "was made with version 0, and the server has 1" in finding["found"]
    assert finding["do"].endswith(f"`alter database {site.database.name} refresh collation version`")
    site.look(f"alter database {site.database.name} refresh collation version")
    assert ("catalog", "ok") in check(site, code=0)
