"""The end of the server while something is being done, a standby, a restart."""

import signal
import threading
import time
from contextlib import ExitStack

import pytest
import sqlalchemy

from etl.database import execute, transaction
from etl.web import serving as serving_module
from etl.web.identity import heartbeat
from etl.web.requests import ActionRequest, Done
from etl.web.roles import OPERATORS
from etl.web.route import Action
from tests.fix_company import Site, ended, until
from tests.fix_web import ServeWeb, Web, serving, serving_at
from tests.integration.web.conftest import Counting
from tests.integration.web.test_actions import audit
from tests.integration.web.test_identity import CONFIG, add, signed_in

NOW = "/c/demo/now"
FORM = {"what": "rows", "key": "k"}


@pytest.fixture
def endless(site: Site, monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """POST /c/{company}/sleep makes a table, and never ends; the event is set when it is in the middle of it."""
    begun = threading.Event()

    def act(request: ActionRequest) -> Done:
        with transaction(request.runtime.engine) as connection:
            execute(connection, sqlalchemy.text("create table in_tables.half_done ()"))
            begun.set()
            execute(connection, sqlalchemy.text("select pg_sleep(600)"))
        return Done("/now", "done")

    monkeypatch.setattr("etl.web.app.ACTIONS", (Action("/c/{company}/sleep", "sleep", act, OPERATORS),))
    monkeypatch.setattr("etl.web.app.ACTION_SECONDS", 0.05)
    site.look(f"grant create on schema in_tables to {site.engine_role}")
    return begun


def test_what_is_being_done_ends_before_the_server_does(
    site: Site, counting: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("etl.web.app.ACTION_SECONDS", 0.05)
    counting.may_end.clear()
    with ExitStack() as stack:
        opened = stack.enter_context(serving_at(site, "127.0.0.1:0"))
        web = Web(opened.addresses[0].port, opened=opened)
        assert web.post("/api/v1/c/demo/count", FORM).status == 202
        opened.server.end()
        threading.Timer(0.3, counting.may_end.set).start()
    assert [one["outcome"] for one in audit(site)] == ["done"]


def test_what_takes_too_long_is_rolled_back(
    site: Site, endless: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving_module, "GRACEFUL_SECONDS", 0.2)
    with serving_at(site, "127.0.0.1:0") as opened:
        assert Web(opened.addresses[0].port).post("/api/v1/c/demo/sleep", FORM).status == 202
        assert endless.wait(30)
    assert [one["outcome"] for one in audit(site)] == ["failed"]
    assert site.value("select to_regclass('in_tables.half_done')") is None


def test_all_ends_share_one_deadline(site: Site, endless: threading.Event, monkeypatch: pytest.MonkeyPatch) -> None:
    """The time is over when it comes to what is being done: it gets none of its own."""
    monkeypatch.setattr(serving_module, "GRACEFUL_SECONDS", 500.0)
    with serving_at(site, "127.0.0.1:0") as opened:
        assert Web(opened.addresses[0].port).post("/api/v1/c/demo/sleep", FORM).status == 202
        assert endless.wait(30)
        opened.application.ended_at = time.monotonic() - 600
    assert [one["outcome"] for one in audit(site)] == ["failed"]


def test_on_a_standby_pages_are_read_and_nothing_is_done(site: Site, serve_web: ServeWeb, counting: Counting) -> None:
    site.write(CONFIG, "identity=password")
    add(site, "aidana", "operator")
    browser = signed_in(serve_web(site), "aidana")
    site.look("update etl_web.web_session set last_seen_at = now() - interval '5 minutes'")
    site.look(f"alter role {site.engine_role} set default_transaction_read_only = on")
    site.look("select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'etl%'")
    until(lambda: browser.get(NOW).status == 200, "new sessions are read-only")
    refused = browser.post("/api/v1/c/demo/count", FORM)
    assert refused.status == 503
    assert "read-only" in refused.json["detail"]
    assert counting.calls == []


def test_a_key_outlives_a_restart(site: Site, counting: Counting) -> None:
    with serving(site) as web:
        first = web.post("/c/demo/count", FORM)
    with serving(site) as web:
        again = web.post("/c/demo/count", FORM)
    assert (again.status, again.headers["location"]) == (303, first.headers["location"])
    assert len(counting.calls) == 1


def test_settings_and_a_faulty_edit_of_them(site: Site, serve_web: ServeWeb) -> None:
    web = serve_web(site)
    assert web.get(NOW, Host="etl.bank.kz").status == 421
    site.write(CONFIG, "allowedHosts=etl.bank.kz")
    until(lambda: web.get(NOW, Host="etl.bank.kz").status == 200, "the new host counts")
    site.write(CONFIG, "allowedHosts=no host at all")
    web.opened and web.opened.application.console.companies.refresh()
    assert web.get(NOW, Host="etl.bank.kz").status == 200
    site.write(CONFIG, "identity=password")
    until(lambda: web.get(NOW).status == 303, "a sign-in is asked for")


def test_a_run_that_was_started_here_ends_before_the_process(site: Site) -> None:
    """The real command and a real SIGTERM, while the run waits for a lock."""
    site.partner.fill("in_Client", {"in_id": "c", "name": "Client"})
    site.partner.hand_over()
    process = site.start("web", "--listen", "127.0.0.1:0")
    assert process.stdout
    address = process.stdout.readline().split()[1]
    web = Web(int(address.rstrip("/").rpartition(":")[2]))
    answers: list[int] = []
    with site.holding_after_claims():
        asking = threading.Thread(
            target=lambda: answers.append(web.post("/api/v1/c/demo/run/start", {"key": "k"}).status)
        )
        asking.start()
        site.wait_for_blocked()
        process.send_signal(signal.SIGTERM)
    found = ended(process)
    asking.join()
    assert found.code == 143, found.err
    assert [one["outcome"] for one in audit(site)] == ["done"]
    assert site.value("select state from in_tables.run") == "done"
    assert answers in ([200], [202])


def test_an_action_whose_process_was_killed_has_failed(
    site: Site, serve_web: ServeWeb, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its page stops to follow it, and its key may be sent again."""
    monkeypatch.setattr(heartbeat, "BEAT_SECONDS", 0.1)
    monkeypatch.setattr(heartbeat, "LOST_SECONDS", 1.0)
    site.partner.fill("in_Client", {"in_id": "c", "name": "Client"})
    site.partner.hand_over()
    process = site.start("web", "--listen", "127.0.0.1:0")
    assert process.stdout
    address = process.stdout.readline().split()[1]
    killed = Web(int(address.rstrip("/").rpartition(":")[2]))
    with site.holding_after_claims():
        begun = killed.post("/api/v1/c/demo/run/start", {"key": "k"})
        assert begun.status == 202
        process.kill()
        ended(process)
        page = begun.json["location"]
        web = serve_web(site)
        assert web.get(page).json["outcome"] == ""
        until(lambda: web.get(page).json["outcome"] == "failed", "another process has noted it")
    assert "its process has ended" in web.get(page).json["detail"]
    assert "data-follow" not in web.get(page.removeprefix("/api/v1")).text
    again = web.post("/api/v1/c/demo/run/start", {"key": "k"})
    assert again.json.get("audit_id") != begun.json["audit_id"]


def test_a_long_action_is_not_lost(site: Site, counting: Counting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat, "BEAT_SECONDS", 0.1)
    monkeypatch.setattr(heartbeat, "LOST_SECONDS", 1.0)
    monkeypatch.setattr("etl.web.app.ACTION_SECONDS", 0.05)
    counting.may_end.clear()
    with serving(site) as web, serving(site) as other:
        page = web.post("/api/v1/c/demo/count", FORM).json["location"]
        begun = site.value("select max(alive_at) from etl_web.web_action_key")
        later = "select max(alive_at) > %s + interval '2 seconds' from etl_web.web_action_key"
        until(lambda: site.look(later, [begun])[0]["?column?"], "it was said several times")
        assert other.get(page).json["outcome"] == ""
        counting.may_end.set()
        until(lambda: other.get(page).json["outcome"] == "done", "it has ended")


@pytest.mark.nightly
def test_an_outcome_is_noted_although_the_database_was_away(
    site: Site, serve_web: ServeWeb, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without it the same key would be answered as if the action were still being done, for ever."""
    later: list[threading.Timer] = []
    let_in = f"alter role {site.engine_role} connection limit -1"

    def act(request: ActionRequest) -> Done:
        site.look(f"alter role {site.engine_role} connection limit 0")
        site.look("select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'etl-web%'")
        back = threading.Timer(0.5, site.look, [let_in])
        back.start()
        later.append(back)
        return Done("/now", "done before the database went away")

    monkeypatch.setattr("etl.web.app.ACTIONS", (Action("/c/{company}/count", "count", act, OPERATORS),))
    monkeypatch.setattr("etl.web.app.ACTION_SECONDS", 60.0)
    web = serve_web(site)
    first, again = (web.post("/api/v1/c/demo/count", FORM) for _ in range(2))
    assert (first.status, again.status) == (200, 200)
    assert again.json == first.json | {"is_repeated": True}
    later[0].join()
    assert [one["outcome"] for one in audit(site)] == ["done"]


def test_two_operators_start_at_once(site: Site, serve_web: ServeWeb) -> None:
    """The lease decides: the answer to the second one names the run, and nothing is done twice."""
    site.write(CONFIG, "identity=password")
    for name in ("aidana", "timur"):
        add(site, name, "operator")
    web = serve_web(site)
    aidana, timur = signed_in(web, "aidana"), signed_in(web, "timur")
    site.partner.fill("in_Client", {"in_id": "c", "name": "Client"})
    site.partner.hand_over()
    answers: list[int] = []
    with site.holding_after_claims():
        asking = threading.Thread(
            target=lambda: answers.append(aidana.post("/api/v1/c/demo/run/start", {"key": "a"}).status)
        )
        asking.start()
        site.wait_for_blocked()
        second = timur.post("/api/v1/c/demo/run/start", {"key": "b"})
    asking.join()
    assert second.status == 409, second.text
    run = site.value("select max(id) from in_tables.run")
    assert str(run) in second.json["detail"]
    until(lambda: site.value("select state from in_tables.run") == "done", "the first one's run has ended")
    assert answers in ([200], [202])
    assert site.count("in_tables.run") == 1
    until(lambda: {one["viewer"]: one["outcome"] for one in audit(site)}.get("aidana") == "done", "it is noted")
    noted = {one["viewer"]: one["outcome"] for one in audit(site) if one["action"] == "run.start"}
    assert noted == {"aidana": "done", "timur": "failed"}
