"""Import and store from backups of different moments: no run begins, what is missing is shown and offered again."""

import psycopg
import pytest

from tests.fix_company import BOTH_LAYOUTS, CLAIMS, ONLY_APART, STORE, MakeSite, Site, ended, superuser
from tests.fix_restore import done, dump, place_of, restore_into
from tests.integration.operations.test_restore import filled, what_there_is
from tests.integration.operations.test_verify import findings, verify


def restored_alone(site: Site, schema: str) -> dict[str, object]:
    """A client has come and another one has changed, which is returned; then one schema is as it was before."""
    home = site.database if schema == "in_tables" else site.store_database
    file = site.home / "part"
    dump(home, file, f"--schema={schema}")
    site.partner.fill("in_client", {"in_id": "late", "name": "Late"}, {"in_id": "c9", "name": "More"})
    site.partner("update in_client set name = 'Changed', in_status = '' where in_id = 'c0'")
    site.partner.fill("in_claim_watchers", {"claim_id": "k0", "watchers_id": "c9"})
    site.partner.hand_over()
    done(site.etl("run"))
    newest = what_there_is(site)
    site.look(f"drop schema {schema} cascade", at=home)
    restore_into(place_of(home.host, home.port), home.name, file)
    return newest


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return filled(make_site(CLAIMS))


@pytest.mark.nightly
@BOTH_LAYOUTS
def test_a_store_that_is_older_than_the_import(site: Site) -> None:
    newest = restored_alone(site, STORE)
    site.partner.hand_over()
    refused = site.etl("run")
    assert (refused.code, f"the store {STORE} is older than the import in_tables" in refused.err) == (4, True), refused
    assert "moments: the store" in site.etl("check").out
    found = verify(site)
    assert found.code == 1
    first, second = [one for one in findings(found) if "out_ rows" not in one]
    assert first.startswith("moments: the store is older than the import: it does not know 1 runs of the import")
    assert second.startswith("read rows: 2 rows of in_Client are DONE, and the store lacks their instances")
    offered = findings(done(verify(site, "--repair", "--level", "quick")), "ok")
    [line] = [one for one in offered if one.startswith("moments: ")]
    assert line.endswith("with the next hand-over: 3 of in_Client, 1 of in_Claim_Watchers")
    done(site.etl("run"))
    assert what_there_is(site) == newest
    assert verify(site).code == 0


@BOTH_LAYOUTS
def test_an_import_that_is_older_than_the_store(site: Site) -> None:
    newest = restored_alone(site, "in_tables")
    site.partner.hand_over()
    refused = site.etl("run")
    assert (refused.code, f"the import in_tables is older than the store {STORE}" in refused.err) == (4, True), refused
    found = verify(site)
    assert found.code == 1
    [line] = findings(found)
    assert line.startswith("moments: the import is older than the store")
    [line] = [one for one in findings(done(verify(site, "--repair")), "ok") if one.startswith("moments: ")]
    assert "1 links that waited then are ready again" in line
    site.partner.hand_over()
    done(site.etl("run"))
    there = what_there_is(site)
    assert there | {"statuses": None} == newest | {"statuses": None}
    assert site.partner.statuses("in_claim_client") == {"DONE": 3}
    assert verify(site).code == 0


@pytest.mark.nightly
@BOTH_LAYOUTS
def test_a_store_that_was_dropped_is_made_from_the_rows_again(site: Site) -> None:
    """On purpose, beside an import that has been used: the message names the way, and the way works."""
    newest = what_there_is(site)
    site.look(f"drop schema {STORE} cascade", at=site.store_database)
    site.partner.hand_over()
    [error] = [one for one in findings(verify(site, "--level", "quick")) if one.startswith("moments: ")]
    assert error == f"moments: the store {STORE} is not there, and the import has runs"
    for _ in range(2):
        refused = site.etl("run")
        assert (refused.code, f"the store {STORE} is older than the import in_tables" in refused.err) == (4, True)
        assert "`etl verify --repair` offers it again" in refused.err
    assert "3 of in_Client" in done(verify(site, "--repair", "--level", "quick")).out
    done(site.etl("run"))
    assert what_there_is(site) == newest
    assert verify(site).code == 0


@ONLY_APART
def test_a_lost_out_database_is_made_from_the_store(site: Site) -> None:
    """Nothing of ours is left in it; readers have their privileges again by `etl grants --apply`."""
    newest, reader = what_there_is(site), site.partner_role
    may_read = f"select has_table_privilege('{reader}', 'out_demo.client', 'select')"
    done(site.etl("grants", "--partner", reader, "--reader", reader, "--apply"))
    assert site.value(may_read)
    schemas = "select nspname from pg_namespace where nspname ~ '^(out_|store_|mirror)'"
    for row in site.look(schemas, at=site.out_database):
        site.look(f"drop schema {row['nspname']} cascade", at=site.out_database)
    site.partner.hand_over()
    done(site.etl("run"))
    assert what_there_is(site) == newest
    assert verify(site).code == 0
    assert not site.value(may_read)
    done(site.etl("grants", "--partner", reader, "--reader", reader, "--apply"))
    assert site.value(may_read)


def test_a_run_of_another_runner_that_begins_meanwhile(site: Site) -> None:
    """After the import was read, and before the store is: the runs of both are those of one moment."""
    site.partner.hand_over()
    run = site.run().run
    site.partner.hand_over()
    with psycopg.connect(**superuser(site.database)) as other_runner:
        other_runner.execute(f"lock table {STORE}.store_fence in access exclusive mode")
        process = site.start("run")
        site.wait_for_blocked(by=other_runner.info.backend_pid)
        later = "insert into {table} select (jsonb_populate_record(r, jsonb_build_object('{id}', r.{id} + 1))).*"
        for table, number in {"in_tables.run": "id", f"{STORE}.unit": "number"}.items():
            statement = later.format(table=table, id=number) + f" from {table} r where r.{number} = %s"
            other_runner.execute(statement, [run])
        other_runner.execute(f"update {STORE}.unit_number set last_number = %s + 1", [run])
        other_runner.execute(f"update {STORE}.store_fence set unit = %s + 1 where unit = %s", [run, run])
        other_runner.commit()
    assert ended(process).code in (0, 1)
