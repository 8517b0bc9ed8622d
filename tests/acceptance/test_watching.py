"""`etl status --watch` and the bars of `etl run`, in a real terminal and in a pipe."""

import json
import signal
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from etl.engine import read_status
from tests.fix_company import CLAIMS, STORE, MakeSite, Site, ended
from tests.terminal import Terminal, terminal


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    """Ran once; clients and a claim that waits for one are ready."""
    site = make_site(CLAIMS)
    site.run()
    site.partner.fill("in_Client", *({"in_id": f"c{n}"} for n in range(7)))
    site.partner.fill("in_Claim", {"in_id": "k"})
    site.partner.fill("in_Claim_Client", {"claim_id": "k", "client_id": "missing"})
    return site


def shown(site: Site, *arguments: str) -> AbstractContextManager[Terminal]:
    return terminal(*arguments, environ={**site.environ, "ETL_CONFIG": site.url}, cwd=site.home)


@contextmanager
def blocked_run(site: Site) -> Iterator[None]:
    """A run that waits in the middle of merging clients; afterwards it ends well."""
    site.partner.hand_over()
    run = None
    try:
        with site.locking(f"{STORE}.bo_Client"):
            run = site.start("run")
            site.wait_for_blocked()
            yield
    finally:
        code = ended(run).code if run else None
    assert code == 0


def test_a_person_sees_a_run_from_the_marker_to_its_end(site: Site) -> None:
    with shown(site, "status", "--watch", "--interval", "0.2") as screen:
        screen.until("All is well.")
        screen.until("has not handed over")
        assert not screen.echoes()
        with blocked_run(site):
            screen.until("0 / 8 rows")
            screen.until("1 running")
            assert "MIGRATE_SINGLE_FIELDS" in screen.text
            assert "heartbeat" in screen.text
        screen.until("1 waiting links")
        screen.until("8 / 8 rows")
        screen.until("out_demo_1_1")
        screen.press(b"q")
        assert screen.ended() == 0
        assert screen.echoes()


@pytest.mark.parametrize(("key", "code"), [(b"\x03", 0), (b"xyzq", 0)])
def test_it_ends_with_a_key(site: Site, key: bytes, code: int) -> None:
    with shown(site, "status", "--watch", "--interval", "30") as screen:
        screen.until("has not handed over")
        screen.press(key)
        assert screen.ended() == code
        assert screen.echoes()
        assert "Traceback" not in screen.text


def test_sigterm_keeps_its_code_and_fixes_the_terminal(site: Site) -> None:
    with shown(site, "status", "--watch") as screen:
        screen.until("has not handed over")
        screen.process.send_signal(signal.SIGTERM)
        assert screen.ended() == 143
        assert screen.echoes()


@pytest.mark.nightly
def test_into_a_pipe_it_writes_a_line_per_change(site: Site) -> None:
    watching = site.start("status", "--watch", "--interval", "0.1")
    assert watching.stdout
    first = watching.stdout.readline()
    assert "has not handed over" in first
    with blocked_run(site):
        while "MIGRATE_SINGLE_FIELDS 0/2" not in (line := watching.stdout.readline()):
            assert line
    while "1 waiting links" not in (line := watching.stdout.readline()) or "has not handed over" not in line:
        assert line
    watching.send_signal(signal.SIGINT)
    done = ended(watching)
    assert (done.code, done.out, done.err) == (0, "", "")


def test_json_is_an_object_per_line(site: Site) -> None:
    watching = site.start("status", "--watch", "--interval", "0.1", "--json")
    assert watching.stdout
    seen = json.loads(watching.stdout.readline())
    assert (seen["decision"], seen["verdict"]["state"]) == ("wait", "quiet")
    site.partner.hand_over()
    seen = json.loads(watching.stdout.readline())
    assert (seen["decision"], seen["verdict"]["state"]) == ("insert", "no_service")
    watching.send_signal(signal.SIGTERM)
    assert ended(watching).code == 143


@pytest.mark.nightly
def test_a_lost_server_is_reported_and_watched_on(site: Site) -> None:
    watching = site.start("status", "--watch", "--interval", "0.1")
    assert watching.stdout
    assert "has not handed over" in watching.stdout.readline()
    engine = f"engine_{site.database.name}"
    site.look(f"alter role {engine} nologin")
    try:
        kill = "select pg_terminate_backend(pid) from pg_stat_activity where usename = %s"
        site.look(kill, [engine])
        assert "not permitted to log in" in watching.stdout.readline()
    finally:
        site.look(f"alter role {engine} login")
    assert "has not handed over" in watching.stdout.readline()
    watching.send_signal(signal.SIGINT)
    assert ended(watching).code == 0


def test_who_watches_writes_nothing_and_waits_for_no_one(site: Site) -> None:
    with site.runtime() as runtime:
        # An exclusive lock, as a truncate holds it, ends the look within its patience.
        with site.partner.holding("truncate in_client"):
            assert read_status(runtime).decision == "wait"
        with site.partner.holding("truncate process_tracking"):
            locked = read_status(runtime)
        assert (locked.decision, locked.is_marker_faulty) == ("wait", True)
        assert "lock timeout" in locked.reason
        assert site.partner.session.info.user in locked.reason


def test_a_run_at_a_terminal_shows_its_bars(site: Site) -> None:
    site.partner.hand_over()
    with shown(site, "run") as screen:
        with site.locking(f"{STORE}.bo_Client"):
            screen.until("MIGRATE_SINGLE_FIELDS")
            screen.until("1 running")
        screen.until("done in")
        assert screen.ended() == 0


def test_a_run_with_json_shows_none(site: Site) -> None:
    site.partner.hand_over()
    with shown(site, "run", "--json") as screen:
        with site.locking(f"{STORE}.bo_Client"):
            site.wait_for_blocked()
        assert screen.ended() == 0
        assert screen.text.startswith("{")
        assert "MIGRATE" not in screen.text
