"""A position does not outlive its server: after a restore elsewhere nothing is passed by."""

import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from etl.database import fetch_all, open_engine, transaction
from etl.embedded import EmbeddedServer
from etl.errors import EnvironmentFault, TransientFault
from etl.outputs.versions import bring_up_to_date
from etl.outputs.versions.registry import lock_version
from etl.outputs.versions.upkeep import reconcile
from tests.fix_company import ONLY_APART, ONLY_ONE, OUT, STORE
from tests.fix_database import Database, binaries
from tests.fix_restore import dump, place_of, restore, restore_into
from tests.integration.outputs.conftest import Outbound, follow
from tests.integration.outputs.writers import populate

CHANGE = (
    f"with changed as (update {STORE}.bo_Client set name = %s where _in_id = %s returning _id) "
    f"insert into {STORE}.journal (bo, instance, change) select 'Client', _id, 'changed' from changed"
)


@pytest.fixture
def other_server(open_folder: Path) -> Iterator[EmbeddedServer]:
    """A younger server: its transactions have numbers that the old one has long passed."""
    with EmbeddedServer(open_folder, binaries=binaries(), settings={"fsync": "off"}) as running:
        yield running


# One dump of all; with several databases each has its own, as in the tests below.
@ONLY_ONE
def test_a_restore_into_another_server_loses_no_change(outbound: Outbound, other_server: EmbeddedServer) -> None:
    site = outbound.site
    site.look("do 'begin for n in 1..3000 loop perform pg_current_xact_id(); commit; end loop; end'")
    outbound.load("in_Client", {"in_id": "a", "name": "Anne"})
    file = site.home / "dump"
    dump(site.database, file)
    restore(other_server, file, "restored")
    there = Database("restored", str(other_server.socket_dir), other_server.port, "postgres")
    with psycopg.connect(host=there.host, port=there.port, dbname="restored", user="postgres", autocommit=True) as psql:
        # Between dump and restore an out_ row was lost and another one is of a later time than the store.
        psql.execute(f"delete from {OUT}.Claim; insert into {OUT}.Firm (system_id, name) values ('late', 'Late')")
        psql.execute(CHANGE, ["Restored", "a"])
        row = psql.execute(
            f"select count(*) from {STORE}.journal j, {STORE}.out_version v "
            "where j.n = (select max(n) from "
            + STORE
            + ".journal) and j.written_by < pg_snapshot_xmin(v.journal_position)"
        ).fetchone()
        assert row == (1,), "the position, taken at its word, would pass the change by"
        unmoved = psql.execute(f"select xmin::text from {OUT}.Client where name = 'Bela'").fetchone()
        engine = open_engine(there.access, "tests")
        with site.runtime() as runtime:
            with transaction(engine) as connection:
                bring_up_to_date(connection, runtime.versions)
            names = psql.execute(f"select name from {OUT}.Client order by name").fetchall()
            assert names == [("Bela",), ("Restored",)]
            assert psql.execute(f"select xmin::text from {OUT}.Client where name = 'Bela'").fetchone() == unmoved
            assert psql.execute(f"select name from {OUT}.Firm").fetchall() == [("Firm",)]
            assert psql.execute(f"select title from {OUT}.Claim").fetchall() == [("Claim",)]
            assert psql.execute("select count(*) from out_demo._Claim_Client_").fetchone() == (1,)
            psql.execute(CHANGE, ["Later", "b"])
            with transaction(engine) as connection:
                assert bring_up_to_date(connection, runtime.versions)["upserted"] == 1
                assert bring_up_to_date(connection, runtime.versions)["upserted"] == 0
            behind = f"select count(*) from {STORE}.journal j, {STORE}.out_version v "
            where = "where j.written_by >= pg_snapshot_xmin(v.journal_position)"
            assert psql.execute(behind + where).fetchone() == (0,)
        engine.dispose()


def test_tables_that_someone_dropped_come_back(outbound: Outbound) -> None:
    site = outbound.site
    site.look(f"drop table {OUT}.Client cascade")
    outbound.run()
    assert outbound.names() == ["Anna", "Bela"]
    assert outbound.links() == [("Claim", "Anna")]
    assert site.count("out_demo.Client") == 2


def test_a_column_that_someone_dropped_comes_back(outbound: Outbound, caplog: pytest.LogCaptureFixture) -> None:
    site = outbound.site
    bela = outbound.row("Bela")["id"]
    site.look(f"alter table {OUT}.Client drop column name cascade")
    outbound.run()
    assert f"columns of the out_ version {OUT} are made again and filled: {OUT}.Client.Name" in caplog.text
    assert outbound.names() == ["Anna", "Bela"]
    assert outbound.row("Bela")["id"] == bela
    assert outbound.links() == [("Claim", "Anna")]
    assert site.count("out_demo.Client where name = 'Anna'") == 1


def test_a_column_that_is_another_one_is_refused_with_the_way_out(outbound: Outbound) -> None:
    site = outbound.site
    site.look(f"alter table {OUT}.Client drop column name cascade; alter table {OUT}.Client add column name bytea")
    with pytest.raises(EnvironmentFault) as refused:
        outbound.load("in_Client", {"in_id": "a", "name": "Anne"})
    assert f"{OUT}.Client.Name" in str(refused.value)
    commands = re.findall("`etl (out .*?)`", str(refused.value))
    assert commands == ["out build --version 2", "out switch 2", "out retire 1 --force"]
    for command in commands:
        done = site.etl(*command.split())
        assert done.code == 0, (command, done.err)
    assert outbound.run().run
    assert Outbound(site, "out_demo").names() == ["Anne", "Bela"]


def test_a_store_that_is_older_than_its_out_tables_wins(outbound: Outbound) -> None:
    """Only the store's schema comes from a backup: what readers saw of later runs is taken back."""
    site = outbound.site
    file, home = site.home / "store", site.store_database
    place = place_of(home.host, home.port)
    dump(home, file, "-n", STORE)
    outbound.load("in_Client", {"in_id": "a", "name": "Later"}, {"in_id": "z", "name": "Zoe"})
    site.look(f"drop schema {STORE} cascade")
    restore_into(place, home.name, file)
    with site.runtime() as runtime:
        follow(runtime)
    assert outbound.names() == ["Anna", "Bela"]
    assert outbound.links() == [("Claim", "Anna")]


@ONLY_APART
def test_out_tables_from_an_old_backup_catch_up_though_the_journal_is_clean(outbound: Outbound) -> None:
    """Only the out database comes from a backup, which is older than the journal."""
    site = outbound.site
    file, home = site.home / "out", site.out_database
    dump(home, file)
    outbound.load("in_Client", {"in_id": "a", "name": "Later"}, {"in_id": "b", "removed": True})
    outbound.load("in_Client", {"in_id": "z", "name": "Zoe"})
    site.look(f"update {STORE}.journal set run = 1")
    assert site.etl("clean").code == 0
    assert site.count(f"{STORE}.journal") == 0
    site.look(f"drop schema {STORE}, {OUT}, out_demo cascade", at=home)
    restore_into(place_of(home.host, home.port), home.name, file)
    assert outbound.names() == ["Anna", "Bela"]
    outbound.run()
    assert outbound.names() == ["Later", "Zoe"]
    assert outbound.links() == [("Claim", "Later")]


def test_a_session_that_is_lost_meanwhile_is_reported_as_such(outbound: Outbound) -> None:
    """Not as tables that are others: nothing more can be asked then."""
    outbound.load("in_Client", {"in_id": "a", "name": "Ada"})
    with pytest.raises(TransientFault):
        _settle_without_session(outbound)


def _settle_without_session(outbound: Outbound) -> None:
    with outbound.site.runtime() as runtime, transaction(runtime.out_engine) as connection:
        known = lock_version(connection, runtime.out_version)
        assert known
        [backend] = fetch_all(connection, text("select pg_backend_pid() as pid"))
        outbound.site.look("select pg_terminate_backend(%s, 10000)", [backend.pid], at=outbound.site.out_database)
        reconcile(connection, runtime.versions, known)


def test_a_run_finds_changes_of_a_restore_without_reading_the_journal(outbound: Outbound) -> None:
    populate(outbound.site, 5_000)  # of which the planner knows nothing
    with outbound.site.runtime() as runtime, transaction(runtime.store_engine) as connection:
        runtime.store.mark_restored_changes(connection)
        query = text("select seq_tup_read, idx_scan from pg_stat_xact_user_tables where relname = 'journal'")
        [read] = fetch_all(connection, query)
    assert tuple(read) == (0, 1)
