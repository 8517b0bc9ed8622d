"""`etl age`: the oldest row that is ready and not read."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from etl.monitoring import AgeSampler
from tests.fix_company import CLAIMS, MakeSite, Site, until

# A session's counters are reported at once; PostgreSQL 14 has no such function, and tells them after a while.
FLUSH = """
do $$ begin
    if to_regprocedure('pg_stat_force_next_flush()') is not null then perform pg_stat_force_next_flush(); end if;
end $$
"""


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return make_site(CLAIMS)


def age(site: Site, *arguments: str, code: int = 0) -> Any:
    done = site.etl("age", "--json", *arguments)
    assert (done.code, done.err) == (code, "")
    return json.loads(done.out)


def test_ready_and_claimed_rows_are_counted_and_the_oldest_is_reported(site: Site) -> None:
    site.partner.fill(
        "in_Client",
        {"in_id": "a", "in_status": ""},
        {"in_id": "b", "in_status": "ON_WORK"},
        {"in_id": "c", "in_status": "DONE"},
        {"in_id": "d", "in_status": "ERROR"},
    )
    site.partner("update in_Client set inserted_date = now() - interval '3 hours' where in_id = 'b'")
    site.partner("update in_Client set inserted_date = now() - interval '9 hours' where in_id in ('c', 'd')")
    site.partner.fill("in_Claim_Client", {"claim_id": "k", "client_id": "a"})
    found = age(site, "--max", "200")
    tables = {table["in_table"]: table for table in found["tables"]}
    assert (tables["in_Client"]["ready"], tables["in_Client"]["on_work"]) == (1, 1)
    assert tables["in_Claim_Client"]["ready"] == 1
    assert tables["in_Claim"]["oldest_seconds"] is None
    assert 3 * 3600 <= found["oldest_seconds"] < 3 * 3600 + 1200
    assert not found["too_old"]
    assert age(site, "--max", "179", code=1)["too_old"]
    shown = site.etl("age")
    assert "the oldest is 3 h" in shown.out


def test_an_empty_company_is_no_trouble(site: Site) -> None:
    assert age(site, "--max", "0")["oldest_seconds"] is None
    assert site.etl("age").out == "Company demo: no row is ready and not read.\n"


@pytest.mark.parametrize("date", ["null", "'infinity'", "'-infinity'", "'0044-03-15 BC'"])
def test_a_date_that_is_none_is_reported(site: Site, date: str) -> None:
    site.partner(f"insert into in_Client (in_id, inserted_date) values ('a', {date}), ('b', '2020-01-01')")
    with site.runtime() as runtime:
        [client] = [table for table in AgeSampler().sample(runtime).tables if table.in_table == "in_Client"]
    assert (client.ready, client.undated, client.oldest) == (2, 1, datetime(2020, 1, 1, tzinfo=UTC))


def test_a_date_in_the_future_is_no_age(site: Site) -> None:
    site.partner("insert into in_Client (in_id, inserted_date) values ('a', '2999-01-01')")
    with site.runtime() as runtime:
        assert AgeSampler().sample(runtime).oldest_seconds == 0


def test_a_table_that_is_too_large_is_estimated(site: Site) -> None:
    site.partner("insert into in_Client (in_id, name) select n, repeat('x', 200) from generate_series(1, 60000) n")
    site.partner("insert into in_Claim (in_id) values ('k')")
    [client] = [table for table in age(site, "--timeout", "0.001")["tables"] if table["in_table"] == "in_Client"]
    assert not client["is_exact"]
    assert client["ready"] % 100 == 0
    assert "about" in site.etl("age", "--timeout", "0.001").out or not client["ready"]


def test_a_missing_table_is_a_fault(site: Site) -> None:
    site.look("drop table in_tables.in_claim")
    done = site.etl("age")
    assert done.code == 4
    assert "in_tables.in_Claim; `etl generate-ddl --apply` makes them" in done.err


def test_a_table_is_read_again_only_when_it_has_changed(site: Site) -> None:
    site.partner.fill("in_Client", {"in_id": "a"})
    book = AgeSampler()

    def ready() -> int:
        return {table.in_table: table.ready for table in book.sample(runtime).tables}["in_Client"]

    def scans() -> int:
        site.wait_for_statistics(site.database)
        return int(site.value("select seq_scan from pg_stat_user_tables where relname = 'in_client'"))

    with site.runtime() as runtime:
        until(lambda: ready() == 1, "the row is seen")
        runtime.engine.dispose()
        before = scans()
        for _ in range(5):
            ready()
        runtime.engine.dispose()
        assert scans() - before <= 1
        site.partner.fill("in_Client", {"in_id": "b"})
        until(lambda: site.partner(FLUSH) or ready() == 2, "the second row is seen")
