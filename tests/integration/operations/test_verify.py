"""What is damaged, or does not fit together, is found and named; what loses nothing is repaired."""

import json

import psycopg
import pytest

from tests.fix_company import (
    BOTH_LAYOUTS,
    CLAIMS,
    ONLY_ONE,
    OUT,
    STORE,
    Ended,
    MakeSite,
    Site,
    ended,
    superuser,
    until,
)
from tests.fix_restore import done
from tests.integration.operations.test_restore import filled


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return filled(make_site(CLAIMS))


def findings(found: Ended, level: str = "error") -> list[str]:
    return [f"{one['what']}: {one['found']}" for one in json.loads(found.out)["findings"] if one["level"] == level]


def verify(site: Site, *options: str) -> Ended:
    return site.etl("verify", "--json", *options)


@BOTH_LAYOUTS
def test_a_whole_company(site: Site) -> None:
    found = verify(site)
    assert (found.code, findings(found), findings(found, "warning")) == (0, [], [])
    assert findings(found, "ok")[-1] == "out_ rows: 6 rows were looked at"


@ONLY_ONE
def test_a_sequence_behind_its_column(site: Site) -> None:
    site.look(f"select setval('{STORE}.journal_n_seq', 1)")
    found = verify(site, "--level", "quick")
    [error] = findings(found)
    assert (found.code, error.startswith(f"sequences: {STORE}.journal_n_seq is at 1, and journal.n has ")) == (1, True)
    assert verify(site, "--repair").code == 0
    assert site.value(f"select nextval('{STORE}.journal_n_seq') > max(n) from {STORE}.journal")
    assert findings(verify(site)) == []


@ONLY_ONE
def test_an_invalid_index_of_a_constraint(site: Site) -> None:
    index = f"{STORE}.bo_client__in_id_key"
    site.look(f"update pg_index set indisvalid = false where indexrelid = '{index}'::regclass")
    found = verify(site, "--level", "quick")
    [error] = findings(found)
    of = f"{STORE}.bo_client of the constraint bo_client__in_id_key"
    assert (found.code, error) == (1, f"indexes: {index} of {of} is invalid: the server does not use it")
    assert f"indexes: {index} of {of} is invalid: the server does not use it: it was made again" in findings(
        done(verify(site, "--level", "quick", "--repair")), "ok"
    )
    assert site.value(f"select indisvalid from pg_index where indexrelid = '{index}'::regclass")


@ONLY_ONE
def test_an_index_that_lacks_a_row(site: Site) -> None:
    """As after a crash with fsync off, or a changed collation."""
    index = f"{STORE}.bo_client__in_id_key"
    site.look(
        f"update pg_index set indisready = false where indexrelid = '{index}'::regclass;"
        f"insert into {STORE}.bo_client (_id, _in_id, _created_at, _modified_at) values ('x', 'x', now(), now());"
        f"update pg_index set indisready = true where indexrelid = '{index}'::regclass"
    )
    found = verify(site, "--level", "indexes")
    [error] = findings(found)
    assert (found.code, error) == (1, f"indexes: {index} leads to 3 of 4 rows of {STORE}.bo_client")
    assert "amcheck is not installed" in findings(found, "warning")[0]
    done(verify(site, "--level", "indexes", "--repair"))
    assert findings(done(verify(site, "--level", "indexes"))) == []


@ONLY_ONE
def test_what_amcheck_finds(site: Site) -> None:
    """An index with all rows in a wrong order has the right number of them."""
    if not site.value("select count(*) from pg_available_extensions where name = 'amcheck'"):
        pytest.skip("this server has no amcheck: PostgreSQL 14 of `scripts.postgresql` has")
    index = f"{STORE}.bo_claim__in_id_key"
    site.look("create extension amcheck")
    site.look(f"grant execute on function bt_index_check(regclass, boolean) to {site.engine_role}")
    assert findings(done(verify(site, "--level", "indexes")), "warning") == []
    site.look(
        f"update pg_index set indisready = false where indexrelid = '{index}'::regclass;"
        f"update {STORE}.bo_claim set _in_id = 'zzz' where _in_id = 'k0';"
        f"update pg_index set indisready = true where indexrelid = '{index}'::regclass"
    )
    found = verify(site, "--level", "indexes")
    [error] = [one for one in findings(found) if one.startswith("indexes: ")]
    assert (found.code, error.startswith(f"indexes: {index} of {STORE}.bo_claim is damaged: ")) == (1, True)
    verify(site, "--level", "indexes", "--repair")
    assert [one for one in findings(verify(site, "--level", "indexes")) if one.startswith("indexes: ")] == []


@ONLY_ONE
def test_what_an_interrupted_reindex_has_left_is_dropped(site: Site) -> None:
    """It waits for a transaction that has the table when it is ended."""
    index, left = f"{STORE}.bo_client__in_id_key", f"{STORE}.bo_client__in_id_key_ccnew"
    site.look(f"update pg_index set indisvalid = false where indexrelid = '{index}'::regclass")
    building = (
        "select pid from pg_stat_activity where query ~ 'reindex index' and pid <> pg_backend_pid() and datname = %s"
    )
    with psycopg.connect(**superuser(site.store_database)) as other:
        other.execute(f"update {STORE}.bo_client set name = name")
        process = site.start("verify", "--level", "quick", "--repair")
        until(lambda: site.value(f"select to_regclass('{left}') is not null"), "the index is being made")
        [server_process] = site.look(building, [site.store_database.name])
        process.kill()
        ended(process)
        site.look("select pg_terminate_backend(%s)", [server_process["pid"]])
        until(lambda: not site.look(building, [site.store_database.name]), "the build has ended")
    assert len(findings(verify(site, "--level", "quick"))) == 2
    repaired = findings(done(verify(site, "--level", "quick", "--repair")), "ok")
    assert [one.rpartition(": ")[2] for one in repaired if " is invalid" in one] == [
        "it was made again",
        "a `reindex` that did not end has left it, and it was dropped",
    ]
    assert not site.value(f"select to_regclass('{left}')")
    assert findings(done(verify(site, "--level", "quick"))) == []


@ONLY_ONE
def test_rows_that_keep_an_index_from_being_made_again(site: Site) -> None:
    """The other checks follow, and the next repair leaves nothing of the first one."""
    index = f"{STORE}.bo_client__in_id_key"
    site.look(
        f"update pg_index set indisvalid = false, indisready = false where indexrelid = '{index}'::regclass;"
        f"insert into {STORE}.bo_client (_id, _in_id, _created_at, _modified_at) values ('x', 'c0', now(), now())"
    )
    refused = verify(site, "--level", "quick", "--repair")
    [error] = findings(refused)
    assert (refused.code, "it cannot be made again: " in error, "could not create unique index" in error) == (
        1,
        True,
        True,
    )
    assert any(one.startswith("sequences: ") for one in findings(refused, "ok"))
    site.look(f"delete from {STORE}.bo_client where _id = 'x'")
    done(verify(site, "--level", "quick", "--repair"))
    assert findings(done(verify(site, "--level", "quick"))) == []
    of_table = "select count(*) from pg_index where indrelid = %s::regclass and not indisvalid"
    assert site.value(of_table, [f"{STORE}.bo_client"], at=site.store_database) == 0


@ONLY_ONE
def test_links_and_rows_without_instances(site: Site) -> None:
    site.look(f"delete from {STORE}.bo_client where _in_id = 'c0'")
    found = verify(site)
    assert found.code == 1
    first, second, third = findings(found)
    assert first.startswith("links: 1 links of link_Claim_Client lack an end")
    assert second.startswith("read rows: 1 rows of in_Client are DONE, and the store lacks their instances")
    assert third == f"out_ rows: 1 rows of {OUT}.Client are of no instance of the store"


@ONLY_ONE
def test_a_waiting_link_whose_ends_are_there(site: Site) -> None:
    """As a restore by other means may leave it: the position says that its ends were looked up."""
    site.look(f"update {STORE}.boi_reference set target_value = 'c2'")
    done(site.etl("run"))
    [warning] = findings(verify(site), "warning")
    assert warning == "waiting links: 1 links of in_Claim_Client wait although both ends are there"
    assert findings(done(verify(site, "--repair")), "warning") == []
    site.partner.hand_over()
    done(site.etl("run"))
    assert site.count(f"{STORE}.boi_reference") == 0
    assert findings(verify(site), "warning") == []


@ONLY_ONE
def test_waiting_links_by_unique_values_and_further_ids(make_site: MakeSite) -> None:
    """References that name their targets by a unique field and by a further id, and one that waits rightly."""
    field = "  - {code: Name, type: INPUT_TEXT, "
    site = filled(make_site(CLAIMS | {"Client": CLAIMS["Client"].replace(field, f"{field}isUnique: true, ")}))
    site.look(
        f"insert into {STORE}.alias (bo, in_id, instance, run) select 'Client', 'further', _id, 0 "
        f"from {STORE}.bo_client where _in_id = 'c1';"
        f"insert into {STORE}.boi_reference (bo, field, target_bo, owner, owner_in_id, target_field, target_value, "
        "linked_at, run) select 'Claim', 'Watchers', 'Client', _id, '', f.field, f.value, now(), 0 "
        f"from {STORE}.bo_claim, (values ('name', 'Name 0'), ('name', 'Absent'), ('', 'further')) as f (field, value) "
        "where _in_id = 'k0'"
    )
    done(site.etl("run"))
    site.look(
        f"insert into {STORE}.reference_position select bo, field, target_bo, 'elsewhere', '3' "
        f"from {STORE}.boi_reference limit 1 on conflict do nothing"
    )
    [warning] = findings(verify(site), "warning")
    assert warning == "waiting links: 2 links of in_Claim_Watchers wait although both ends are there"
    done(verify(site, "--repair"))
    site.partner.hand_over()
    done(site.etl("run"))
    assert (site.count(f"{STORE}.link_claim_watchers"), findings(verify(site), "warning")) == (2, [])
    assert site.value(f"select target_value from {STORE}.boi_reference where field = 'Watchers'") == "Absent"
