"""The day's copies of the in_ tables."""

import logging
from datetime import UTC, datetime

import pytest

from etl.metadata import names
from tests.fix_company import CLAIMS, MakeSite, Site


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return make_site(CLAIMS)


def copy_of(table: str) -> str:
    return names.copy_table(datetime.now(UTC).date(), table)


def copies(site: Site) -> list[str]:
    found = site.look("select tablename from pg_tables where schemaname = 'in_tables' and tablename like 'copy\\_2%'")
    return sorted(row["tablename"] for row in found)


def fill(site: Site, *names_of_clients: str) -> None:
    site.partner.fill("in_client", *({"in_id": name, "name": name} for name in names_of_clients))
    site.partner.hand_over()


def test_ready_rows_are_copied_as_they_were_handed_over(site: Site) -> None:
    site.partner.fill("in_client", {"in_id": "old", "name": "x", "in_status": "DONE"})
    fill(site, "a", "b")
    run = site.run().run
    rows = site.look(f"select in_id, name, in_status, occupied_id, out_id from in_tables.{copy_of('in_Client')}")
    assert rows == [
        {"in_id": name, "name": name, "in_status": "", "occupied_id": None, "out_id": None} for name in ("a", "b")
    ]
    assert site.look("select copy_table, in_table, run, rows from in_tables.copy_table_info") == [
        {"copy_table": copy_of("in_Client"), "in_table": "in_Client", "run": run, "rows": 2}
    ]


def test_link_tables_are_copied_too(site: Site) -> None:
    site.partner.fill("in_claim_watchers", {"claim_id": "k", "watchers_id": "a"})
    fill(site, "a")
    site.run()
    assert copies(site) == [copy_of("in_claim_watchers"), copy_of("in_client")]
    assert site.count(f"in_tables.{copy_of('in_claim_watchers')} where in_status = ''") == 1


def test_a_second_run_of_the_day_makes_no_second_copy(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="in_pg_migration")
    fill(site, "a")
    site.run()
    fill(site, "b")
    caplog.clear()
    site.run()
    assert site.look(f"select in_id from in_tables.{copy_of('in_client')}") == [{"in_id": "a"}]
    reported = [record.getMessage() for record in caplog.records if "opy" in record.getMessage()]
    assert reported[:4] == [
        "uAhZ1PFqMe :: copyInTableData start",
        "Gf4MsN7oi5 :: copyInTableData for table = in_Client start",
        f"6ri5uiI970 :: copy table with name {copy_of('in_Client')} is already exists, will be skipped",
        "9o0WErV28h :: copyInTableData for table = in_Client finish",
    ]
    assert "XvCndCKLGg :: in_Claim table is empty, so no copy table will be created for in_Claim" in reported


def test_it_can_be_switched_off(site: Site) -> None:
    site.set(copyTables="false")
    fill(site, "a")
    site.run()
    assert copies(site) == []


def test_a_copy_that_was_dropped_by_hand_is_made_again(site: Site) -> None:
    fill(site, "a")
    site.run()
    site.look(f"drop table in_tables.{copy_of('in_client')}")
    fill(site, "b")
    run = site.run().run
    assert copies(site) == [copy_of("in_client")]
    assert site.value("select run from in_tables.copy_table_info") == run


def test_long_names_are_shortened(make_site: MakeSite) -> None:
    code = "A" * 49
    site = make_site({code: f"code: {code}\nfields:\n  - {{code: N, type: DATE, needLoadFromInTables: true}}\n"})
    site.partner.fill(f"in_{code}", {"in_id": "a"})
    site.partner.hand_over()
    site.run()
    [copy] = copies(site)
    assert (copy, len(copy)) == (copy_of(f"in_{code}").lower(), 63)


def make_older(site: Site, days: int) -> str:
    """The only copy, made that many days ago."""
    fill(site, "a")
    site.run()
    site.look("update in_tables.copy_table_info set copied_at = now() - make_interval(days => %s)", [days])
    return f"in_tables.{copies(site)[0]}"


def test_old_copies_are_dropped_by_a_run(site: Site) -> None:
    make_older(site, 11)
    site.partner.hand_over()
    site.run()
    assert copies(site) == []
    assert site.count("in_tables.copy_table_info") == 0


def test_young_copies_stay(site: Site) -> None:
    make_older(site, 9)
    assert site.etl("clean").code == 0
    assert len(copies(site)) == 1
    site.set(copyDays=8)
    assert site.etl("clean").out.endswith(" 1 copies.\n")
    assert copies(site) == []


@pytest.mark.parametrize("kind", ["view", "materialized view"])
def test_a_copy_that_a_view_needs_is_kept(site: Site, kind: str) -> None:
    copy = make_older(site, 11)
    site.look(f"create {kind} public.mine as select in_id from {copy}")
    done = site.etl("clean")
    assert (done.code, done.err) == (0, "")
    assert f"Kept in_tables.{copy_of('in_Client')}: view public.mine depends on it." in done.out
    assert len(copies(site)) == 1
    site.look(f"drop {kind} public.mine")
    site.etl("clean")
    assert copies(site) == []


def test_a_copy_that_someone_reads_waits_for_the_next_clean_up(site: Site) -> None:
    copy = make_older(site, 11)
    site.partner.hand_over()
    with site.locking(copy):
        assert site.run().exit_code == 0
    assert len(copies(site)) == 1
    site.partner.hand_over()
    site.run()
    assert copies(site) == []


def test_the_list_names_no_other_table(site: Site) -> None:
    site.run()
    site.look(
        "insert into in_tables.copy_table_info (copy_table, in_table, run, rows, copied_at) "
        "values ('in_Client', 'in_Client', 1, 0, '2000-01-01'), ('copy_mine', 'in_Client', 1, 0, '2000-01-01')"
    )
    site.look("create table in_tables.copy_mine ()")
    assert site.etl("clean").code == 0
    assert site.value(
        "select to_regclass('in_tables.in_Client') is not null and to_regclass('in_tables.copy_mine') is not null"
    )
