"""The fill of a large table waits for an operator, and while WAL waits for an archive or a standby."""

import json
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue

import psycopg
import pytest

from etl.monitoring.databases import databases
from etl.monitoring.server_checks import check_holders
from etl.operations.upgrade import JOURNAL_PARTITIONS, ChangeState, fill, waits_for
from etl.operations.upgrade.pace import pace
from tests.fix_company import CLAIMS, ONLY_ONE, PATIENCE_SECONDS, MakeSite, Site, ended, new_site, superuser, until
from tests.fix_database import fresh_database, running_server
from tests.fix_restore import done
from tests.integration.upgrade.test_online import deliver, lengthen


@ONLY_ONE
def test_an_operator_pauses_it_and_says_how_fast_it_may_be(make_site: MakeSite) -> None:
    site = make_site(CLAIMS)
    deliver(site, 1)
    lengthen(site)
    assert "The fill is paused since " in done(site.etl("upgrade", "pause")).out
    process = site.start("upgrade", "start", "--window", "20")
    assert process.stderr
    assert process.stderr.readline().startswith("journal_partitions: it waits: paused since ")
    assert site.look("select state, next_page from store_demo.online_change") == [{"state": "filling", "next_page": 0}]
    shown = done(site.etl("upgrade", "status")).out
    assert "The fill waits: paused since " in shown
    watching = site.start("upgrade", "status", "--watch", "0.5")
    assert watching.stdout
    assert " journal_partitions in store_demo is being filled: 0.0 %" in watching.stdout.readline()
    assert " err_partitions in in_tables has not begun" in watching.stdout.readline()
    assert "`etl upgrade resume` ends that" in watching.stdout.readline()

    done(site.etl("hold", "--reason", "new disks"))
    done(site.etl("drain"))
    assert "(new disks): `etl release` ends that" in done(site.etl("upgrade", "status")).out
    done(site.etl("release"))
    assert "The fill is limited to 50 % of the time since " in done(site.etl("upgrade", "resume", "--speed", "50")).out
    out = ended(process)
    assert (out.code, "it continues" in out.err) == (0, True)
    assert site.value("select state from store_demo.online_change") == "ready"
    until(lambda: watching.stdout and "is filled and follows" in watching.stdout.readline(), "the end is shown")
    watching.send_signal(signal.SIGINT)
    assert ended(watching).code == 0
    assert json.loads(done(site.etl("upgrade", "status", "--json")).out)["waits"] == []
    assert json.loads(done(site.etl("upgrade", "resume", "--json")).out)["speed"] == 50
    done(site.etl("upgrade", "start", "--speed", "100"))
    assert json.loads(done(site.etl("upgrade", "resume", "--json")).out)["speed"] == 100


@pytest.fixture
def archived(tmp_path: Path) -> Iterator[Site]:
    """A company on a server whose archive takes nothing, and which others use too."""
    with (
        running_server(
            archive_mode="on", archive_command="false", wal_level="logical", max_prepared_transactions="2"
        ) as server,
        fresh_database(server) as database,
    ):
        site = new_site(database, tmp_path, CLAIMS)
        with site.partner.session:
            deliver(site, 1)
            yield site


def test_it_waits_for_the_archive_and_for_standbys(archived: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is named; nothing of theirs is dropped. How much may wait is set to nothing for the second and third."""
    archived.look("select pg_switch_wal()")
    until(lambda: archived.value("select failed_count from pg_stat_archiver"), "the archive has refused a file")
    said: Queue[str] = Queue()
    with archived.runtime() as runtime, ThreadPoolExecutor(1) as threads:
        [reason] = waits_for(runtime)
        assert reason.startswith("WAL is not archived: archive_command or archive_library has failed at ")
        filling = threads.submit(fill, runtime, JOURNAL_PARTITIONS, show=lambda found: None, show_wait=said.put)
        assert said.get(timeout=PATIENCE_SECONDS) == f"it waits: {reason}"
        archived.look("alter system set archive_command = 'true'")
        archived.look("select pg_reload_conf()")
        assert said.get(timeout=PATIENCE_SECONDS) == "it continues"
        recorded = filling.result(PATIENCE_SECONDS)
        assert recorded
        assert recorded.state is ChangeState.READY

        assert waits_for(runtime) == []
        archived.look("select pg_create_physical_replication_slot('forgotten', true)")
        assert waits_for(runtime) == []
        monkeypatch.setattr(pace, "_MOST_WAL", -1)
        kept = waits_for(runtime)
        assert [one.split(" keeps ")[0] for one in kept if "slot" in one] == ["the replication slot forgotten"]
        assert any(one.endswith(" of WAL wait to be archived") for one in kept)
        assert archived.value("select count(*) from pg_replication_slots") == 1


@pytest.mark.nightly
def test_what_others_have_left_is_named_and_stays(archived: Site) -> None:
    """By `etl check`: a slot without a reader, and a prepared transaction."""
    archived.look("select pg_create_logical_replication_slot('forgotten', 'pgoutput')")
    with psycopg.connect(**superuser(archived.database)) as coordinator:
        coordinator.execute("create table public.of_others (n int)")
        coordinator.execute("prepare transaction 'undecided'")
    with archived.runtime() as runtime:
        found = " ".join(one.found for one in check_holders(databases(runtime)[0], minutes=0))
    done(archived.etl("run"))
    archived.look("rollback prepared 'undecided'")
    archived.look("select pg_drop_replication_slot('forgotten')")
    for name in ("replication slot forgotten (pgoutput) keeps", "prepared transaction undecided (postgres) keeps"):
        assert name in found
