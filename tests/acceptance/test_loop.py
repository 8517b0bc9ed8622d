"""The service: real processes, signals, servers. What it does is waited for, never slept for."""

import signal
import time
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from tests.acceptance.service import SIGNALS, manager, serving
from tests.fix_company import CLAIMS, IMPORT_CONFIG, OUT, STORE, MakeSite, Site, until

SCHEDULE = "scheduler/core/InMigrationScheduler.scheduler-config.txt"
NEVER = "tryToStartMigration = 31 feb * 10:00"
# Long enough that no test passes by polling alone.
POLL_SECONDS = 3600


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    """Nothing comes by the schedule, and polling comes too late: what starts a run is the hand-over."""
    site = make_site(CLAIMS, leaseSeconds=3, heartbeatSeconds=1, pollSeconds=POLL_SECONDS)
    site.write(SCHEDULE, NEVER)
    return site


def deliver(site: Site, number: int) -> None:
    site.partner.fill("in_Client", {"in_id": f"c{number}", "name": f"Client {number}"})


def test_a_hand_over_starts_a_run_at_once(site: Site) -> None:
    deliver(site, 1)
    with serving(site) as service:
        service.wait_for_runs(1)  # the marker was empty: way 1
        deliver(site, 2)
        before = time.monotonic()
        site.partner.hand_over_by_row()
        service.wait_for_runs(2)
        passed = time.monotonic() - before
        deliver(site, 3)
        site.partner.hand_over()
        service.wait_for_runs(3)
        service.signal(signal.SIGTERM)
        assert service.wait_for_exit() == 143
    assert site.count(f"{OUT}.Client") == 3
    assert passed < POLL_SECONDS


@pytest.mark.nightly
def test_a_schedule_starts_runs_where_hand_overs_do_not(site: Site) -> None:
    site.set(startOnHandOver="false", pollSeconds=POLL_SECONDS)
    site.write(SCHEDULE, "tryToStartMigration = повторять каждую 1 сек")
    with serving(site) as service:
        service.wait_for_runs(1)
        assert site.count("pg_trigger where tgname = 'etl_hand_over'") == 0
        deliver(site, 1)
        site.partner.hand_over()
        service.wait_for_runs(2)
    assert site.count(f"{STORE}.bo_Client") == 1


def test_without_notifications_hand_overs_are_polled(site: Site) -> None:
    site.set(pollSeconds=1)
    with serving(site) as service:
        service.wait_for_runs(1)
        site.look("drop function in_tables.etl_hand_over() cascade")
        deliver(site, 1)
        site.partner.hand_over()
        service.wait_for_runs(2)
        # The run has made it again.
        assert site.count("pg_trigger where tgname = 'etl_hand_over'") == 1


@pytest.mark.nightly
def test_what_is_off_pauses_until_it_is_on_again(site: Site) -> None:
    site.write(SCHEDULE, "tryToStartMigration = off")
    with serving(site) as service:
        service.wait_for_log("no run starts: the schedule is off")
        site.write(SCHEDULE, NEVER)
        service.wait_for_runs(1)
        site.edit(IMPORT_CONFIG, "hasInMigration=true", "hasInMigration=false")
        service.wait_for_log("no run starts: hasInMigration is false")
        deliver(site, 1)
        site.partner.hand_over()
        site.edit(IMPORT_CONFIG, "hasInMigration=false", "hasInMigration=true")
        service.wait_for_runs(2)


def test_a_faulty_edit_keeps_the_last_good_values(site: Site, tmp_path: Path) -> None:
    beside = tmp_path / "tree" / SCHEDULE.replace(".txt", ".errors.txt")
    with serving(site) as service:
        service.wait_for_runs(1)
        site.write(SCHEDULE, "# night\ntryToStartMigration = 02:00 * xxx")
        service.wait_for_log("the configuration is faulty, its last good values count")
        service.wait_for_log(f"{SCHEDULE}:2:31: tryToStartMigration: 'xxx' is not part of a schedule")
        until(beside.exists, "the errors stand beside the file")
        reported = beside.read_text().splitlines()
        assert reported[2].startswith("line 2, column 31: tryToStartMigration: 'xxx' is not part")
        assert reported[3:5] == ["    tryToStartMigration = 02:00 * xxx", " " * 34 + "¯¯¯"]
        deliver(site, 1)
        site.partner.hand_over()
        service.wait_for_runs(2)
        site.write(SCHEDULE, NEVER)
        service.wait_for_log("the service continues")
        until(lambda: not beside.exists(), "the errors are gone with the fault")


def test_new_business_objects_need_no_restart(site: Site) -> None:
    with serving(site) as service:
        service.wait_for_runs(1)
        site.document("Extra", "code: Extra\nfields: [{code: Name, type: INPUT_TEXT, needLoadFromInTables: true}]\n")
        service.wait_for_log("the service continues")
        site.partner.hand_over()
        service.wait_for_log("the tables of schema in_tables are not ready")
        assert "in_Extra" in "\n".join(service.log)
        site.create_in_tables()
        service.wait_for_runs(2)
        assert site.count(f"{STORE}.bo_Extra") == 0


def test_an_idle_service_ends_at_a_signal(site: Site) -> None:
    with serving(site, is_program=True) as service:
        service.wait_for_runs(1)
        service.signal(signal.SIGINT)
        assert service.wait_for_exit() == SIGNALS[signal.SIGINT]


def test_sigterm_rolls_the_task_back_and_frees_the_lease(site: Site) -> None:
    assert site.etl("run").code == 0
    deliver(site, 1)
    site.partner.hand_over()
    with site.locking(f"{STORE}.bo_Client"), serving(site) as service:
        site.wait_for_blocked()
        service.signal(signal.SIGTERM)
        assert service.wait_for_exit() == 143
    [left] = site.look("select heartbeat_at from in_tables.run where state = 'running'")
    assert left["heartbeat_at"] is None
    assert site.etl("run").code == 0
    assert site.count(f"{STORE}.bo_Client") == 1


@pytest.mark.parametrize("workers", [1, 2])
def test_sigterm_does_not_wait_for_a_hook(site: Site, tmp_path: Path, workers: int) -> None:
    """The hook does not end before the service has."""
    started, script = tmp_path / "started", tmp_path / "hook"
    # It ends with its file, also when the test fails or its folder is removed at once.
    script.write_text(f"#!/bin/sh\ntouch '{started}'\nwhile [ -e '{started}' ]; do sleep 0.1; done\n")
    script.chmod(0o755)
    site.set(hookCommand=script, hookSeconds=300, leaseSeconds=3, heartbeatSeconds=1)
    site.write("consumers/InMigration.workerCount", f"comeKafkaInMigration={workers}")
    with serving(site) as service:
        until(started.exists, "the hook is notified")
        service.signal(signal.SIGTERM)
        assert service.wait_for_exit() == 143
    started.unlink()


@pytest.mark.nightly
def test_sigterm_lets_a_task_end_that_is_nearly_done(site: Site) -> None:
    assert site.etl("run").code == 0
    deliver(site, 1)
    site.partner.hand_over()
    with ExitStack() as stack:
        held = stack.enter_context(ExitStack())
        held.enter_context(site.locking(f"{STORE}.bo_Client"))
        service = stack.enter_context(serving(site))
        site.wait_for_blocked()
        service.signal(signal.SIGTERM)
        held.close()
        assert service.wait_for_exit() == 143
    # The task that was under way is done, no further one began.
    states = site.look("select kind, state from in_tables.last_migration_state where state <> 'done'")
    assert {row["state"] for row in states} == {"todo"}
    assert site.count(f"{STORE}.bo_Client") == 1


def test_a_second_signal_ends_at_once(site: Site) -> None:
    assert site.etl("run").code == 0
    deliver(site, 1)
    site.partner.hand_over()
    with site.locking(f"{STORE}.bo_Client"), serving(site) as service:
        site.wait_for_blocked()
        service.signal(signal.SIGTERM)
        service.signal(signal.SIGINT)
        # Of two signals that come together, either may be the second.
        assert service.wait_for_exit() in SIGNALS.values()
        # It did not even take the time to free the lease.
        [left] = site.look("select heartbeat_at from in_tables.run where state = 'running'")
        assert left["heartbeat_at"] is not None


def test_sighup_reads_the_configuration_again(site: Site, tmp_path: Path) -> None:
    path = str(tmp_path / "notify")
    with manager(path) as heard, serving(site, is_program=True, NOTIFY_SOCKET=path, WATCHDOG_USEC="300000") as service:
        service.wait_for_runs(1)
        until(lambda: "READY=1" in heard, "the service is ready")
        until(lambda: heard.count("WATCHDOG=1") > 2, "the watchdog is notified")
        service.signal(signal.SIGHUP)
        until(lambda: heard.count("READY=1") == 2, "the service is ready again")
        assert "RELOADING=1" in heard
        service.signal(signal.SIGTERM)
        assert service.wait_for_exit() == 143
        until(lambda: "STOPPING=1" in heard, "the service says that it ends")
    assert any(text.startswith("STATUS=") for text in heard)


def test_a_faulty_configuration_at_the_start_is_an_error(site: Site, tmp_path: Path) -> None:
    site.write(SCHEDULE, "tryToStartMigration = 25:00")
    done = site.etl("run", "--loop")
    assert done.code == 2
    assert f"{SCHEDULE}:1:23: tryToStartMigration: '25:00' is not a time of day" in done.err
    assert (tmp_path / "tree" / SCHEDULE.replace(".txt", ".errors.txt")).exists()


@pytest.mark.nightly
def test_a_faulty_log_stays_as_it_was(site: Site) -> None:
    with serving(site) as service:
        service.wait_for_runs(1)
        site.write("logging/structure.txt", "layout\n  pattern : %nonsense\n")
        service.wait_for_log("logging/structure.txt:2:13: '%nonsense' is unknown in a pattern")
        site.write("logging/structure.txt", "layout\n  pattern : %json\ndestination_to c\n  type stderr\n"
                   "destination c c\nroot\n  level INFO\n  assign_to c\n")  # fmt: skip
        service.wait_for_log('"message": "the service continues')


def test_the_log_has_the_guides_lines_and_no_password(site: Site, tmp_path: Path) -> None:
    site.write("logging/structure.txt", (Path(__file__).parents[2] / "zk_config/logging/structure.txt").read_text())
    deliver(site, 1)
    with serving(site, ETL_LOG=str(tmp_path / "log")) as service:
        service.wait_for_runs(1)
        service.wait_for_log(
            "[yToStartMigration-run-1] Q uXizo869mV :: start task [BEGIN : Начало миграции инстанций БО]"
        )
        service.wait_for_log("pDiZqLIfA7 :: task exit (Finished=true) for")
        file = tmp_path / "log/traces/in_pg_migration.log"
        until(lambda: "INFO  Q in_pg_migration w7qP9r57 :: start migration" in file.read_text(), "the trace is written")


def test_a_server_that_is_away_and_a_lost_link(site: Site) -> None:
    """A wrong port is a server that is away; the service continues as soon as it answers."""
    text = site.text(IMPORT_CONFIG)
    with serving(site) as service:
        service.wait_for_runs(1)
        site.edit(IMPORT_CONFIG, f"port={site.database.port}", "port=1")
        service.wait_for_log("trying again later: PostgreSQL")
        site.write(IMPORT_CONFIG, text)
        site.partner.hand_over()
        service.wait_for_runs(2)
        # During the run it listened to nothing.
        listening = "select 1 from pg_stat_activity where datname = current_database() and query ilike 'listen%'"
        until(lambda: site.look(listening), "the service listens again")
        site.look(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where datname = current_database() and application_name like 'etl:%%'"
        )
        # The others, if it was about to prove that notifications come through.
        lost = ("terminating connection", "server closed the connection")
        service.wait_for_log("hand-overs are not noticed until the server is back", *lost)
        deliver(site, 1)
        site.partner.hand_over()
        service.wait_for_runs(3)


@pytest.mark.nightly
def test_what_an_owner_left_is_gone_on_with(site: Site) -> None:
    assert site.etl("run").code == 0
    deliver(site, 1)
    site.partner.hand_over()
    site.set(leaseSeconds=3, heartbeatSeconds=1, pollSeconds=1)
    with site.locking(f"{STORE}.bo_Client"):
        killed = site.start("run")
        site.wait_for_blocked()
        killed.kill()
        killed.communicate()
    with serving(site) as service:
        assert service.wait_for_runs(1)["taken_over"] is True


def test_a_configuration_in_zookeeper_is_watched(make_site: MakeSite, zookeeper_url: str) -> None:
    site = make_site(CLAIMS, url=zookeeper_url, pollSeconds=POLL_SECONDS)
    site.write(SCHEDULE, "tryToStartMigration = off")
    with serving(site) as service:
        service.wait_for_log("no run starts: the schedule is off")
        site.write(SCHEDULE, NEVER)
        service.wait_for_runs(1)
        site.write(SCHEDULE, "tryToStartMigration = nonsense")
        service.wait_for_log(f"{zookeeper_url}/{SCHEDULE}:1:23: tryToStartMigration: 'nonsense' is not part")
        site.partner.hand_over()
        service.wait_for_runs(2)


def test_prepared_transactions_need_the_trigger_off(site: Site) -> None:
    """The one thing that the trigger forbids a partner; docs/service.md says so."""
    assert site.etl("run").code == 0
    with site.partner.holding("delete from process_tracking") as session, pytest.raises(psycopg.Error):
        session.execute("prepare transaction 'one'")
