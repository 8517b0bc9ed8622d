"""The server's NOTIFY queue is full, as any role in any database can make it: nothing of ours stands still for that.

`max_notify_queue_pages` makes it small; PostgreSQL has the setting from 17 on, so this is always the wheel's.
"""

import contextlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from etl.database import NotificationListener, notify, notify_queue, transaction
from etl.embedded import packaged_binaries
from etl.errors import EnvironmentFault
from etl.monitoring.databases import databases
from etl.monitoring.server_checks import check_notify_queue
from etl.sources.in_tables.handshake import ensure_hand_over_trigger
from tests.acceptance.service import serving
from tests.fix_company import CLAIMS, OUT, STORE, Site, ended, new_site, until
from tests.fix_database import create_database, running_server

_FLOOD = "select pg_notify('anything', repeat('x', 7000) || i) from generate_series(1, %s) i"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with running_server(packaged_binaries(), max_notify_queue_pages="64") as server:
        site = new_site(create_database(server, "queue"), tmp_path, CLAIMS, pollSeconds=1)
        create_database(server, "elsewhere")
        yield site
        site.partner.session.close()
        site.database.engine.dispose()


def foreign(site: Site) -> "psycopg.Connection[Any]":
    """A session of a role that has nothing to do with us, in another database."""
    with contextlib.suppress(psycopg.errors.DuplicateObject):
        site.look("create role stranger login")
    home = site.database
    return psycopg.connect(host=home.host, port=home.port, user=home.username, dbname="elsewhere", autocommit=True)


@contextmanager
def full(site: Site) -> Iterator[int]:
    """Fills it; returns the pid of the listener that keeps it full."""
    with foreign(site) as listener, foreign(site) as speaker:
        for session in (listener, speaker):
            session.execute("set role stranger")
        listener.execute("listen anything")
        listener.execute("begin")
        listener.execute("select 1")
        with contextlib.suppress(psycopg.errors.ProgramLimitExceeded):
            while True:
                speaker.execute(_FLOOD, [20])
        with pytest.raises(psycopg.errors.ProgramLimitExceeded):
            speaker.execute(_FLOOD, [1])
        yield listener.info.backend_pid


def deliver(site: Site, name: str) -> None:
    site.partner.fill("in_Client", {"in_id": name, "name": name})


@pytest.mark.nightly
def test_hand_overs_runs_and_all_that_follows_continue(site: Site) -> None:
    assert site.etl("run").code == 0
    deliver(site, "a")
    with full(site) as pid:
        for hand_over in ("delete from process_tracking", "truncate process_tracking"):
            site.partner(hand_over)
            ran = site.etl("run")
            assert ran.code == 0, ran.err
            assert ran.err.count("no listener was notified of run") == 1
            assert "a session that LISTENs holds it" in ran.err
            assert "Traceback" not in ran.err
        site.partner.hand_over_by_row()
        with site.partner.holding("update process_tracking set load_status = 1") as session:
            session.execute("delete from process_tracking")
        file = site.home / "in_Client.csv"
        file.write_text("in_id,name\nb,b\n")
        for arguments in (
            ["fill", "in_Client", str(file)],
            ["run"],
            ["undo", str(site.value("select max(id) from in_tables.run"))],
            ["out", "build"],
            ["clean"],
            ["status"],
            ["check"],
        ):
            done = site.etl(*arguments)
            assert done.code == 0, (arguments, done.out, done.err)
        assert f"session {pid} of " in done.out
        assert "NOTIFY queue is 100% full" in done.out
        assert "Warning: the server's NOTIFY queue is 100% full" in site.etl("status").out
        assert json.loads(site.etl("status", "--json").out)["warnings"]
    assert site.count(f"{STORE}.bo_Client") >= 1
    assert not json.loads(site.etl("status", "--json").out)["warnings"]


def test_a_service_goes_on_by_polling(site: Site) -> None:
    with full(site), serving(site) as service:
        service.wait_for_runs(1)
        service.wait_for_log("hand-overs are polled")
        deliver(site, "a")
        site.partner.hand_over()
        service.wait_for_runs(2)
        deliver(site, "b")
        site.partner("truncate process_tracking")
        service.wait_for_runs(3)
    assert site.count(f"{OUT}.client") == 2


def test_a_queue_that_fills_up_before_the_commit_refuses_no_hand_over(site: Site) -> None:
    site.run()
    with contextlib.ExitStack() as stack:
        sessions = [
            stack.enter_context(site.partner.holding(statement))
            for statement in ("insert into process_tracking (oper_date, load_status) values (current_date, 1)",)
        ]
        stack.enter_context(full(site))
        for session in sessions:
            session.commit()
    assert site.partner.marker()["load_status"] == 1
    site.run()
    for statement in ("delete from process_tracking", "truncate process_tracking"):
        with contextlib.ExitStack() as stack:
            session = stack.enter_context(site.partner.holding(statement))
            stack.enter_context(full(site))
            session.commit()
        assert site.count("in_tables.process_tracking") == 0
        site.run()


def test_what_an_aborted_flood_left_is_cleared_away_by_looking(site: Site) -> None:
    """Without any listener the queue stays full until it is read."""
    site.run()
    with foreign(site) as speaker:
        with pytest.raises(psycopg.errors.ProgramLimitExceeded):
            speaker.execute(_FLOOD, [200])
        with pytest.raises(psycopg.errors.ProgramLimitExceeded):
            speaker.execute(_FLOOD, [1])
        site.partner.hand_over()
        speaker.execute(_FLOOD, [1])


def test_an_older_trigger_gives_way_to_ours(site: Site) -> None:
    """As versions before have made it: its notification could refuse the partner's commit."""
    site.run()
    site.partner.hand_over()
    site.look(
        "drop trigger etl_hand_over on in_tables.process_tracking;"
        "drop trigger etl_hand_over_truncate on in_tables.process_tracking;"
        "create or replace function in_tables.etl_hand_over() returns trigger language plpgsql set search_path = "
        "pg_catalog as $$ begin perform pg_notify('etl_hand_over', tg_table_schema); return null; end $$;"
        "create trigger etl_hand_over after insert or delete or truncate or update of load_status, ins_inkafka_status "
        "on in_tables.process_tracking for each statement execute function in_tables.etl_hand_over();"
        f"alter function in_tables.etl_hand_over() owner to {site.engine_role}"
    )
    with full(site):
        with pytest.raises(psycopg.errors.ProgramLimitExceeded):
            site.partner.hand_over()
        ran = site.etl("run")
        assert ran.code == 0, ran.err
        site.partner.hand_over()
    with site.runtime() as runtime:
        assert not ensure_hand_over_trigger(runtime.engine, "in_tables", enabled=True)


@pytest.mark.nightly
def test_a_listener_that_is_not_read_keeps_nothing(site: Site) -> None:
    """During a run the service does not listen: any session may notify its channel, and nothing would be read."""
    site.run()
    with serving(site) as service:
        service.wait_for_log("the service is up")
        listening = "select count(*) from pg_stat_activity where query ilike 'listen%%'"
        until(lambda: site.value(listening) == 1, "the service listens")
        with site.locking(f"{STORE}.bo_Client"):
            deliver(site, "a")
            site.partner.hand_over()
            site.wait_for_blocked()
            assert site.value(listening) == 0
            # Handed over without a listener: found at once, not at the next poll.
            site.set(pollSeconds=3600)
            deliver(site, "b")
            with site.partner.holding("select 1"):
                site.partner.hand_over()
        service.wait_for_runs(2)
        until(lambda: site.count(f"{STORE}.bo_Client") == 2, "what came meanwhile is taken")


@pytest.mark.nightly
def test_a_trigger_of_someone_else_that_notifies_is_no_fault_of_rows(site: Site) -> None:
    """As on a golden table: the run waits until the queue is free, and no row is rejected."""
    site.run()
    site.look(
        "create function public.tell() returns trigger language plpgsql as "
        "$$ begin perform pg_notify('rows', ''); return null; end $$;"
        f"create trigger tell after insert on {STORE}.bo_Client for each row execute function public.tell()"
    )
    deliver(site, "a")
    site.partner.hand_over()
    with full(site):
        process = site.start("run")
        waiting = "select count(*) from in_tables.task where state = 'running' and error like 'waits: %%NOTIFY queue%%'"
        until(lambda: site.value(waiting), "the run waits")
    ran = ended(process)
    assert ran.code == 0, ran.err
    assert site.errors() == []
    assert site.partner.statuses("in_Client") == {"DONE": 1}


def test_a_queue_says_who_may_hold_it(site: Site) -> None:
    engine = site.database.engine
    with full(site) as pid:
        with transaction(engine) as connection:
            queue = notify_queue(connection)
        assert queue.is_filling
        assert any(f"session {pid} of " in holder and "in database elsewhere" in holder for holder in queue.holders)
        with site.runtime() as runtime:
            [finding] = check_notify_queue(databases(runtime)[0])
        assert (finding.level, finding.what) == ("warning", "notifications")
        assert finding.found.startswith("the server's NOTIFY queue is ")
        with pytest.raises(EnvironmentFault, match="a session that LISTENs holds it"):
            notify(engine, "etl", "x")
    with transaction(engine) as connection:
        assert notify_queue(connection).usage < 0.5


def test_a_closed_listener_leaves_no_listen_behind(site: Site) -> None:
    """A pooler may keep the server's session for others."""
    listener = NotificationListener(site.database.engine, "etl_hand_over")
    kept = listener._connection
    seen: list[int] = []
    close, kept.close = kept.close, lambda: seen.append(len(kept.execute("select pg_listening_channels()").fetchall()))  # type: ignore[method-assign]
    listener.close()
    assert seen == [0]
    kept.close = close  # type: ignore[method-assign]
    kept.close()
