"""A task that the server cuts off for its length (57014) is done in slices, which are one transaction all the same."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from etl.embedded import EmbeddedServer
from etl.errors import EnvironmentFault
from tests.fix_company import BOTH_LAYOUTS, CLAIMS, STORE, MakeSite, Row, Site, new_site
from tests.fix_database import Database, fresh_database
from tests.integration.engine.test_workers import DOCUMENTS, fill, state

ROWS = 800
# A server on which an eighth of a chunk passes, whatever the machine's speed; what passes, it notes.
_SLOW = """
create table if not exists public.passed (name text, rows bigint);
grant all on public.passed to public;
create or replace function public.slow() returns trigger language plpgsql as $$
begin
    if (select count(*) from fresh) > {most} then
        raise exception 'canceling statement due to statement timeout' using errcode = '57014';
    end if;
    insert into public.passed select tg_table_name, count(*) from fresh;
    return null;
end $$;
create trigger slow after insert on {table} referencing new table as fresh
    for each statement execute function public.slow();
"""


def slow(site: Site, table: str, most: int) -> None:
    site.look(_SLOW.format(table=f"{STORE}.{table}", most=most), at=site.store_database)


def quick(site: Site, table: str) -> None:
    site.look(f"drop trigger slow on {STORE}.{table}", at=site.store_database)


def passed(site: Site) -> list[int]:
    """How many rows each statement of the one transaction wrote, by its word."""
    rows = site.look("select rows, xmin::text as transaction from public.passed order by ctid", at=site.store_database)
    assert len({row["transaction"] for row in rows}) == 1
    return [row["rows"] for row in rows if row["rows"]]


def task(site: Site, table: str) -> Row:
    [row] = site.look(
        "select state, attempts, crash_count, counters from in_tables.task where in_table = %s "
        "and run = (select max(id) from in_tables.run) and kind in ('MIGRATE_SINGLE_FIELDS', 'MIGRATE_BO_LINKS')",
        [table],
    )
    return row


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    site = make_site(CLAIMS, copyTables="false", faultPatienceSeconds=0)
    assert site.run().run
    site.partner(f"insert into in_Client (in_id, name) select 'c' || n, 'name' from generate_series(1, {ROWS}) n")
    site.partner("insert into in_Claim (in_id, title) values ('k', 'claim')")
    site.partner.hand_over()
    return site


@BOTH_LAYOUTS
def test_rows(site: Site) -> None:
    slow(site, "bo_Client", ROWS // 8)
    assert site.run().exit_code == 0
    assert passed(site) == [ROWS // 8] * 8
    done = task(site, "in_Client")
    assert (done["state"], done["attempts"]) == ("done", 1)
    assert (done["counters"]["created"], done["counters"]["marked"]) == (ROWS, ROWS)
    assert site.count(f"{STORE}.bo_Client") == ROWS


@BOTH_LAYOUTS
def test_links_and_those_that_wait(site: Site) -> None:
    """These are served once, whatever the number of slices: one arrives, one is given up."""
    site.partner.fill("in_Claim_Watchers", {"claim_id": "k", "watchers_id": "late"})
    site.partner.fill("in_Claim_Watchers", {"claim_id": "k", "watchers_id": "never"})
    assert site.run().exit_code == 0
    site.look(f"update {STORE}.boi_reference set waiting_since = '2001-01-01' where target_value = 'never'")
    site.partner.fill("in_Client", {"in_id": "late"})
    site.partner(
        f"insert into in_Claim_Watchers (claim_id, watchers_id) select 'k', 'c' || n from generate_series(1, {ROWS}) n"
    )
    slow(site, "link_Claim_Watchers", ROWS // 8)
    site.partner.hand_over()
    outcome = site.run()
    assert (outcome.resolved, outcome.errors) == (1, 1)
    assert passed(site) == [1, *[ROWS // 8] * 8]
    done = task(site, "in_Claim_Watchers")["counters"]
    assert (done["created"], done["marked"], done["resolved"], done["expired"]) == (ROWS, ROWS, 1, 1)
    assert site.partner.statuses("in_Claim_Watchers") == {"DONE": ROWS + 1, "ERROR": 1}
    assert [error["code"] for error in site.errors()] == ["REFERENCE_EXPIRED"]


@pytest.mark.nightly
def test_with_a_row_that_is_refused(site: Site) -> None:
    slow(site, "bo_Client", ROWS // 8)
    site.look(f"alter table {STORE}.bo_Client add constraint good check (_in_id <> 'c5')", at=site.store_database)
    assert site.run().errors == 1
    assert sum(passed(site)) == ROWS - 1
    assert task(site, "in_Client")["counters"]["rejected"] == 1


@pytest.mark.parametrize(
    ("rows", "most", "why"),
    [
        (ROWS, 10, f"it was tried in slices of {ROWS // 8} rows too"),
        (5, 0, "it was tried in slices of 1 rows too"),
        (1, 0, "it has no rows to be done in slices"),
    ],
)
def test_what_slices_do_not_help_fails_and_says_so(site: Site, rows: int, most: int, why: str) -> None:
    site.partner(f"delete from in_Client where id > {rows}")
    slow(site, "bo_Client", most)
    for _ in range(2):
        with pytest.raises(EnvironmentFault, match=why) as caught:
            site.run()
        assert "raise statement_timeout of the engine's role, or lower chunkRows" in str(caught.value)
        assert task(site, "in_Client")["crash_count"] == 0
        assert site.partner.statuses("in_Client") == {"ON_WORK": rows}
    quick(site, "bo_Client")
    assert site.run().taken_over


def test_what_belongs_together_is_not_sliced(site: Site) -> None:
    site.partner("insert into in_Claim (in_id) select 'k' || n from generate_series(1, 20) n")
    site.partner(
        "insert into in_Claim_Client (claim_id, client_id) select 'k' || n, 'c1' from generate_series(1, 20) n"
    )
    slow(site, "link_Claim_Client", 10)
    with pytest.raises(EnvironmentFault, match="its rows belong together"):
        site.run()
    quick(site, "link_Claim_Client")
    assert site.run().exit_code == 0
    assert site.count(f"{STORE}.link_Claim_Client") == 20


def test_the_store_is_the_same_in_slices(server: EmbeddedServer, template: Database, tmp_path: Path) -> None:
    """Rows that meet in instances and unique values, links that give way to others, ends that miss."""
    found = []
    for is_slow in (False, True):
        with ExitStack() as stack:
            database = stack.enter_context(fresh_database(server, template))
            folder = tmp_path / str(is_slow)
            folder.mkdir()
            site = new_site(database, folder, DOCUMENTS)
            stack.callback(site.partner.session.close)
            site.run()
            for table in ("bo_Client", "bo_Claim", "link_Claim_Watcher") if is_slow else ():
                slow(site, table, 60)
            for batch in (1, 2):
                fill(site, batch)
                site.partner.hand_over()
                assert site.run().run
            found.append(state(site))
    whole, sliced = found
    assert sliced == whole
