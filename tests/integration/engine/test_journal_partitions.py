"""Partitions of the journal, between the clean-ups that make and drop them."""

import logging

import psycopg
import pytest

from etl.database import snapshot, transaction
from etl.operations.backup.moment import holds_tables
from etl.outputs.versions.follow import rows_by_statistics
from etl.store.journal import drop_old_partitions, extend_partitions
from tests.fix_company import CLAIMS, ONLY_ONE, STORE, MakeSite, Site, superuser
from tests.fix_restore import done

pytestmark = ONLY_ONE
_WEEK = 7 * 86_400_000 << 20


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    """The journal has partitions, and the only run is five weeks old."""
    site = make_site(CLAIMS)
    site.partner.redeliver("in_client", *({"in_id": f"c{n}", "name": "Name"} for n in range(40)))
    site.partner.hand_over()
    done(site.etl("run"))
    for table, column in ((f"{STORE}.journal", "run"), (f"{STORE}.unit", "number"), ("in_tables.run", "id")):
        site.look(f"update {table} set {column} = {column} - {5 * _WEEK}")
    site.look(f"update {STORE}.unit set started_at = started_at - interval '35 days'")
    site.look("update in_tables.run set started_at = started_at - interval '35 days'")
    for words in (("start",), ("switch",), ("finish", "--yes")):
        done(site.etl("upgrade", *words))
    return site


def partitions(site: Site) -> set[str]:
    listed = (
        f"select c.relname from pg_inherits join pg_class c on c.oid = inhrelid where inhparent = '{STORE}.journal'"
    )
    return {row["relname"] for row in site.look(f"{listed}::regclass")}


def drop_all(site: Site) -> int:
    """As if all units were old: how many changes were in the partitions that were dropped."""
    with site.runtime() as runtime:
        return drop_old_partitions(runtime.store_engine, STORE, before=2**63 - 1)


def extend(site: Site) -> list[str]:
    with site.runtime() as runtime:
        return extend_partitions(runtime.store_engine, STORE)


def test_what_is_still_to_be_read_stays_and_no_lock_is_taken(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    """A version is behind: no lock is asked for, beside one who writes to the journal."""
    caplog.set_level(logging.INFO, logger="in_pg_migration")
    rows = site.count(f"{STORE}.journal")
    position = site.value(f"select journal_position::text from {STORE}.out_version")
    site.look(f"update {STORE}.out_version set journal_position = '3:3:'")
    assert drop_all(site) == 0
    assert len(partitions(site)) == 2  # the default one, and that with the changes
    caplog.clear()
    with psycopg.connect(**superuser(site.store_database)) as writer:
        writer.execute(f"lock table only {STORE}.journal in row exclusive mode")
        assert (drop_all(site), caplog.messages) == (0, [])
        site.look(f"update {STORE}.out_version set journal_position = %s::pg_snapshot", [position])
        assert drop_all(site) == 0
        assert "the next clean-up drops the partition" in caplog.text
    assert site.count(f"{STORE}.journal") == rows
    assert drop_all(site) == rows


def test_others_may_read_each_partition_as_the_journal(site: Site) -> None:
    """Those of the switch and new ones, which pg_dump reads by their own names."""
    site.look(f"grant select on {STORE}.journal to public")
    drop_all(site)
    assert len(extend(site)) > 1
    lacking = "select c.relname from pg_class c where relispartition and relname like 'journal%' and relkind = 'r' "
    lacking += "and not exists (select from aclexplode(relacl) where grantee = 0 and privilege_type = 'SELECT')"
    assert site.look(lacking, at=site.store_database) == []
    assert extend(site) == []


def test_a_week_whose_changes_are_in_the_default_partition_is_left_out(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    """Without an attempt, which would lock the default partition and look through it each time."""
    caplog.set_level(logging.INFO, logger="in_pg_migration")
    drop_all(site)
    young = "(extract(epoch from clock_timestamp()) * 1000)::bigint << 20"
    site.look(f"insert into {STORE}.journal (run, bo, instance, change) values ({young}, 'Client', 'x', 'touched')")
    assert site.count(f"{STORE}.journal_default") == 1
    made = extend(site)
    assert (len(made) > 1, caplog.messages) == (True, [])


def test_there_are_partitions_for_the_days_that_are_kept(site: Site) -> None:
    """Of 10 days, which are two weeks and the present one, and of eight weeks ahead; the run is older."""
    assert len(partitions(site) - {"journal_older", "journal_default"}) == 2 + 1 + 8
    assert site.count(f"{STORE}.journal_older") == site.count(f"{STORE}.journal")


def test_a_partitioned_journal_has_statistics(site: Site) -> None:
    site.look(f"analyze {STORE}.journal")
    with site.runtime() as runtime, transaction(runtime.store_engine) as connection:
        assert rows_by_statistics(connection, STORE, ["journal"]) == site.count(f"{STORE}.journal")


def test_a_backup_tries_again_where_the_journal_was_switched(site: Site) -> None:
    with site.runtime() as runtime, snapshot(runtime.store_engine) as connection:
        connections = {runtime.store_engine: connection}
        assert holds_tables(runtime, connections)
    with site.runtime() as runtime, snapshot(runtime.store_engine) as connection:
        connection.exec_driver_sql("select 1")
        site.look(f"alter table {STORE}.journal rename to journal_former; create table {STORE}.journal (n bigint)")
        site.look(f"alter table {STORE}.journal owner to {site.engine_role}")
        assert not holds_tables(runtime, {runtime.store_engine: connection})
