"""What the simulated partner does to the tables, transaction by transaction."""

from dataclasses import replace

import pytest

from etl.errors import EnvironmentFault, RunStopped
from etl.metadata import parse_company
from etl.simulator import Play, SqlClient, play
from etl.simulator.crash import crash_mid_load
from etl.simulator.scenarios import Crash, RefusedRow, Write
from tests.fix_company import CLAIMS, MakeSite

KEY = ("in_id",)


def test_a_rate_divides_rows_into_transactions(make_site: MakeSite) -> None:
    site = make_site(CLAIMS)
    rows = tuple({"in_id": str(n), "Name": f"N{n}"} for n in range(25))
    SqlClient(site.database.engine, "in_tables", rate=1000).write(Write("in_Client", KEY, rows[:5]))
    assert site.value("select count(distinct xmin::text) from in_tables.in_client") == 1
    SqlClient(site.database.engine, "in_tables", rate=100).write(Write("in_Client", KEY, rows[5:]))
    assert site.value("select count(distinct xmin::text) from in_tables.in_client") == 3


def test_a_row_that_comes_again_is_offered_again(make_site: MakeSite) -> None:
    site = make_site(CLAIMS)
    client = SqlClient(site.database.engine, "in_tables")
    client.write(Write("in_Client", KEY, ({"in_id": "a", "Name": "A"},)))
    site.run()
    assert site.partner.statuses("in_Client") == {"DONE": 1}
    client.write(Write("in_Client", KEY, ({"in_id": "a", "Name": "B"},)))
    assert site.partner("select name, in_status from in_client") == [{"name": "B", "in_status": ""}]


def test_what_postgresql_refuses_is_reported_from_what_it_cannot_do(make_site: MakeSite) -> None:
    site = make_site(CLAIMS)
    client = SqlClient(site.database.engine, "in_tables")
    assert client.refused(RefusedRow("in_Client", {"in_id": "a", "Amount": "much"}))
    assert not client.refused(RefusedRow("in_Client", {"in_id": "a", "Amount": "1"}))
    with pytest.raises(EnvironmentFault) as caught:
        client.refused(RefusedRow("in_Nothing", {"in_id": "a"}))
    assert caught.value.sqlstate == "42P01"


def test_a_program_that_fails_before_it_is_killed_says_why(
    make_site: MakeSite, capfd: pytest.CaptureFixture[str]
) -> None:
    """What it has committed stays, and the connections of its parent are whole."""
    site = make_site(CLAIMS)
    client = SqlClient(site.database.engine, "in_tables")
    written = Write("in_Client", KEY, ({"in_id": "a", "Name": "A"},))
    for torn in (
        Write("in_Nothing", KEY, ({"in_id": "b"},)),
        Write("in_Client", KEY, ({"in_id": "b", "Amount": "x"},)),
    ):
        with pytest.raises(EnvironmentFault, match="ended before it was killed: its message stands above"):
            crash_mid_load(site.database.engine, client, Crash((written,), (torn,)))
    assert [row["in_id"] for row in site.partner("select in_id from in_client")] == ["a"]
    said = [line for line in capfd.readouterr().err.splitlines() if line.startswith("etl: PostgreSQL")]
    assert len(said) == 2
    assert 'relation "in_tables.in_nothing" does not exist' in said[0]
    assert "invalid input syntax for type numeric" in said[1]


def test_what_is_written_uncommitted_is_gone(make_site: MakeSite) -> None:
    site = make_site(CLAIMS)
    client = SqlClient(site.database.engine, "in_tables")
    client.write(Write("in_Client", KEY, ()))
    torn = client.write_uncommitted([Write("in_Client", KEY, ({"in_id": "a"},)), Write("in_Client", KEY, ())])
    assert site.partner.statuses("in_Client") == {}
    torn.close()
    assert site.partner.statuses("in_Client") == {}


def test_a_run_that_was_stopped_is_waited_for_no_longer(make_site: MakeSite) -> None:
    """And before the first run there are neither runs nor receipts."""
    site = make_site(CLAIMS)
    client = SqlClient(site.database.engine, "in_tables")
    assert client.newest_run() == 0
    client.begin_loading()
    assert not client.wait(0)
    site.look("update in_tables.process_tracking set ins_inkafka_status = 2")
    with pytest.raises(RunStopped, match=r"the run was stopped .*`etl status` says why"):
        client.wait(30)


def test_scenarios_are_played_without_a_run(make_site: MakeSite) -> None:
    """Rows that come late are handed over at the end; what PostgreSQL refuses is counted; a load that broke off is
    continued."""
    site = make_site(CLAIMS)
    client, said = SqlClient(site.database.engine, "in_tables"), list[str]()
    company = parse_company("demo", {f"{code}.yaml": text for code, text in CLAIMS.items()})
    wanted = Play(("bad-types", "crash", "late"), batches=3, rows=4, ways=(1, 2), wait_seconds=0)
    played = play(site.database.engine, client, company, wanted, said.append)
    assert (played.kills, played.hand_overs, played.tables["in_Client"].refused) == (1, 4, 1)
    assert said == ["batch 1 of 3: bad-types", "batch 2 of 3: crash", "batch 3 of 3: late"]
    rows = site.partner.statuses("in_Client")
    clients = played.tables["in_Client"]
    assert rows == {"": clients.handed}
    assert site.partner("select 1 from in_client where in_id like '%-refused'") == []
    late = replace(wanted, scenarios=("good",), batches=1, seed=2, wait_seconds=0.001)
    with pytest.raises(EnvironmentFault, match=r"no run has read hand-over 1 within 0\.001 s: start `etl run` beside"):
        play(site.database.engine, client, company, late)


def test_a_row_that_should_have_been_refused_ends_the_play(make_site: MakeSite) -> None:
    """As when a column was made wider by hand."""
    site = make_site(CLAIMS)
    site.look("alter table in_tables.in_client alter column amount type text")
    company = parse_company("demo", {f"{code}.yaml": text for code, text in CLAIMS.items()})
    client = SqlClient(site.database.engine, "in_tables")
    with pytest.raises(EnvironmentFault, match=r"^in_Client took a row that PostgreSQL should have refused$"):
        play(site.database.engine, client, company, Play(("bad-types",), rows=2, wait_seconds=0))
