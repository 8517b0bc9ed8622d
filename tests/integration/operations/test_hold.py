"""A hold: nothing begins, what is under way ends, then no process writes, not even a frozen one."""

import json
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from etl.database import transaction
from etl.engine.directory.sync import begin_sync
from etl.sources.directory.stored.syncs import SyncResult
from etl.store import STORE as STORE_PART
from tests.fix_company import BOTH_LAYOUTS, CLAIMS, ONLY_ONE, STORE, Ended, MakeSite, Site, ended, until
from tests.fix_restore import Elsewhere, done
from tests.integration.operations.test_restore import filled

HERE = socket.gethostname()
_LATER = (
    *("ad_person", "ad_group", "ad_run", "ad_refusal", "ad_try", "fill_pace", "backup_record"),
    *(
        "pin",
        "ended_pin",
        "erasure",
        "field_owner",
        "ended_field_owner",
        "full_set",
        "full_set_id",
        "ended_full_set_id",
    ),
)
LATER_TABLES = ", ".join(f"{STORE}.{one}" for one in _LATER)


def hand_over(site: Site, name: str = "Changed") -> None:
    site.partner.redeliver("in_client", {"in_id": "c0", "name": name}, {"in_id": "c9", "name": "More"})
    site.partner.hand_over()


def closed_parts(site: Site) -> set[int]:
    """What etl_schema has of each part in millions: 2 is closed, 0 is open."""
    asked = {f"{STORE}.etl_schema": at for at in (site.store_database, site.out_database)}
    found = site.look("select oldest_writer from in_tables.etl_schema")
    for table, at in asked.items():
        found += site.look(f"select oldest_writer from {table}", at=at)
    return {row["oldest_writer"] // 1_000_000 for row in found}


def refused(ended: Ended, *texts: str) -> None:
    assert (ended.code, [one for one in texts if one not in ended.err]) == (75, []), ended


@BOTH_LAYOUTS
def test_nothing_begins_until_the_release(make_site: MakeSite) -> None:
    site = filled(make_site(CLAIMS))
    out = done(site.etl("hold", "--reason", "new disks")).out
    assert "new disks" in out
    assert done(site.etl("hold", "--reason", "another one")).out.startswith("As before the company is on hold")
    hand_over(site)
    refused(site.etl("run"), "new disks", "`etl release`")
    assert closed_parts(site) == {0}
    done(site.etl("drain"))
    assert closed_parts(site) == {2}
    before = site.fingerprint()
    for words in (("run",), ("clean",), ("out", "build"), ("undo", "1")):
        refused(site.etl(*words), "on hold")
    assert site.fingerprint() == before
    done(site.etl("drain"))  # nothing is left to do
    assert done(site.etl("release")).out == "Released: new disks.\n"
    assert closed_parts(site) == {0}
    done(site.etl("run"))
    assert site.partner.statuses("in_client") == {"DONE": 2}
    assert done(site.etl("release")).out == "Nothing was on hold.\n"


@ONLY_ONE
def test_status_check_and_metrics_show_it(make_site: MakeSite) -> None:
    site = filled(make_site(CLAIMS))
    done(site.etl("hold", "--reason", "new disks"))
    found = json.loads(done(site.etl("status", "--json")).out)
    assert (found["verdict"]["state"], found["verdict"]["values"]["reason"]) == ("on_hold", "new disks")
    assert ("release", "etl release") in [(one["action"], one["command"]) for one in found["verdict"]["actions"]]
    assert 'etl_hold{company="demo"} 1' in done(site.etl("metrics", "--once")).out
    done(site.etl("drain"))
    assert 'etl_hold{company="demo"} 2' in done(site.etl("metrics", "--once")).out
    assert "On hold: the company is on hold" in done(site.etl("status")).out
    assert "on hold: nothing is written" in site.etl("check").out
    assert "on hold: nothing is written" in done(site.etl("verify", "--level", "quick")).out


@ONLY_ONE
@pytest.mark.first_run
def test_a_drain_without_a_hold_says_what_to_do(make_site: MakeSite) -> None:
    site = make_site(CLAIMS)
    assert "run first" in site.etl("hold", "--reason", "new disks").err
    filled(site)
    ended = site.etl("drain")
    assert (ended.code, "`etl hold --reason" in ended.err) == (2, True), ended


@BOTH_LAYOUTS
def test_a_run_under_way_ends_and_is_waited_for(make_site: MakeSite) -> None:
    site = filled(make_site(CLAIMS))
    with site.holding_after_claims():
        hand_over(site)
        process = site.start("run")
        site.wait_for_blocked()
        done(site.etl("hold", "--reason", "new disks"))
        refused(site.etl("drain", "--timeout", "0"), "in the way:", f"its owner, process {process.pid} on {HERE}")
        draining = site.start("drain")
    assert (ended(process).code, ended(draining).code) == (0, 0)
    assert closed_parts(site) == {2}
    assert site.partner.statuses("in_client") == {"DONE": 2}


@BOTH_LAYOUTS
def test_a_frozen_runner_that_continues_writes_nothing(make_site: MakeSite) -> None:
    site = filled(make_site(CLAIMS, leaseSeconds=3, heartbeatSeconds=1))
    with site.holding_after_claims():
        hand_over(site)
        process = site.start("run")
        site.wait_for_blocked()
        process.send_signal(signal.SIGSTOP)
        done(site.etl("hold", "--reason", "new disks"))
    drained = done(site.etl("drain", "--timeout", "0", "--shut-out"))
    assert "shut out: run" in drained.out
    before = (site.fingerprint(), site.partner("select * from in_client order by in_id"))
    process.send_signal(signal.SIGCONT)
    left = ended(process)
    assert left.code in (4, 75), left
    assert (site.fingerprint(), site.partner("select * from in_client order by in_id")) == before
    refused(site.etl("run"), "on hold")
    done(site.etl("release"))
    until(lambda: site.etl("run").code == 0, "the run continues")
    assert site.partner.statuses("in_client") == {"DONE": 2}


@ONLY_ONE
def test_fills_and_syncs_are_refused_and_waited_for(make_site: MakeSite) -> None:
    site = filled(make_site(CLAIMS))
    (site.home / "Client.csv").write_text("in_id,Name\nc7,Seven\n")
    with site.locking("in_tables.in_client"):
        filling = site.start("fill", "Client.csv")
        site.wait_for_blocked_fill()
        done(site.etl("hold", "--reason", "new disks"))
        refused(site.etl("drain", "--timeout", "0"), "a fill is under way")
        done(site.etl("hold", "--host", HERE, "--reason", "new disks"))
        refused(site.etl("drain", "--host", HERE, "--timeout", "0"), "a fill is under way")
        refused(site.etl("fill", "Client.csv"), "new disks")
    assert ended(filling).code == 0
    with site.runtime() as runtime:
        syncs, run = begin_sync(runtime, login=None)
        assert run
        for words in ((), ("--host", HERE)):
            said = "a sync of all users with the directory is under way since "
            refused(site.etl("drain", "--timeout", "0", *words), said)
        with transaction(runtime.store_engine) as connection:
            syncs.end(connection, run, SyncResult.DONE, counts={})
    done(site.etl("drain"))
    done(site.etl("release"))


@ONLY_ONE
def test_a_host_is_drained_while_others_continue(make_site: MakeSite) -> None:
    site = filled(make_site(CLAIMS))
    done(site.etl("hold", "--host", "elsewhere", "--reason", "new disks"))
    hand_over(site)
    done(site.etl("run"))
    done(site.etl("drain", "--host", "elsewhere"))
    done(site.etl("hold", "--host", HERE, "--reason", "new disks"))
    hand_over(site, "Again")
    refused(site.etl("run"), f"the host {HERE}", f"`etl release --host {HERE}`")
    assert "may be stopped" in done(site.etl("drain", "--host", HERE)).out
    assert closed_parts(site) == {0}
    done(site.etl("release", "--host", HERE))
    done(site.etl("run"))
    assert "elsewhere" in done(site.etl("status")).out


@contextmanager
def service(site: Site) -> "Iterator[object]":
    process = site.start("run", "--loop")
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        ended(process)


@ONLY_ONE
def test_a_service_waits_and_continues(make_site: MakeSite) -> None:
    site = filled(make_site(CLAIMS, pollSeconds=1))
    done(site.etl("hold", "--reason", "new disks"))
    done(site.etl("drain"))
    with service(site):
        hand_over(site)
        look = "select count(*) from pg_stat_activity where application_name like 'etl:%%' and datname = %s"
        until(lambda: site.value(look, [site.database.name]), "the service looks")
        assert site.partner.statuses("in_client") == {"": 2}
        done(site.etl("release"))
        until(lambda: site.partner.statuses("in_client") == {"DONE": 2}, "the service has run")


@ONLY_ONE
def test_tables_are_brought_up_while_all_is_held(make_site: MakeSite) -> None:
    """What a new program finds: a store that is a version older, and closed."""
    site = filled(make_site(CLAIMS))
    done(site.etl("hold", "--reason", "new program"))
    done(site.etl("drain"))
    site.look(
        f"drop table {STORE}.hold, {STORE}.online_change, {STORE}.journal_succession, {LATER_TABLES};"
        f"update {STORE}.etl_schema set version = 8 where part = 'store';"
        f"alter table {STORE}.kafka_output drop column topic_ids, drop column recreated_topics;"
        f"alter table {STORE}.kafka_position drop column reading_settings;"
        f"delete from {STORE}.etl_step where part = 'store' and version >= 9"
    )
    refused(site.etl("run"), "on hold")
    assert f"store has version {STORE_PART.version} now" in done(site.etl("upgrade", "start")).out
    assert closed_parts(site) == {2}
    done(site.etl("release"))
    hand_over(site)
    done(site.etl("run"))


@ONLY_ONE
def test_a_drain_brings_up_what_an_older_program_has_put_on_hold(make_site: MakeSite) -> None:
    site = filled(make_site(CLAIMS))
    done(site.etl("hold", "--reason", "new program"))
    site.look(
        f"drop table {STORE}.online_change, {STORE}.journal_succession, {LATER_TABLES};"
        f"update {STORE}.etl_schema set version = 12 where part = 'store';"
        f"delete from {STORE}.etl_step where part = 'store' and version >= 13"
    )
    done(site.etl("drain"))
    assert site.value(f"select version from {STORE}.etl_schema where part = 'store'") == STORE_PART.version
    assert closed_parts(site) == {2}
    done(site.etl("drain"))


@pytest.mark.nightly
@ONLY_ONE
def test_a_backup_of_a_closed_company_is_held_by_the_restore_alone(make_site: MakeSite, elsewhere: Elsewhere) -> None:
    site = filled(make_site(CLAIMS))
    done(site.etl("hold", "--reason", "new disks"))
    done(site.etl("drain"))
    done(site.etl("backup", "-o", "backup"))
    there = elsewhere(site)
    done(there.etl("restore", "backup"))
    assert done(there.etl("release")).out == "Nothing was on hold.\n"
    assert "was restored from a backup" in there.etl("run").err
    done(there.etl("restore", "--activate"))
    hand_over(there)
    done(there.etl("run"))
    refused(site.etl("run"), "on hold")
