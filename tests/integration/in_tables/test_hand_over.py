"""The trigger that announces a hand-over: listeners hear it, and those who write the marker notice nothing."""

from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest

from etl.database import NotificationListener
from etl.engine import Runtime
from etl.engine.service.hand_over_listener import HandOverListener
from etl.sources.in_tables.handshake import CHANNEL, ensure_hand_over_trigger
from tests.fix_company import Site, until


@pytest.fixture
def runtime(site: Site) -> Iterator[Runtime]:
    with site.runtime() as runtime:
        yield runtime


@pytest.fixture
def listener(runtime: Runtime) -> Iterator[NotificationListener]:
    assert ensure_hand_over_trigger(runtime.engine, "in_tables", enabled=True)
    listener = NotificationListener(runtime.engine, CHANNEL)
    yield listener
    listener.close()


@pytest.mark.parametrize("statement", [
    "delete from process_tracking",
    "truncate process_tracking",
    "insert into process_tracking (oper_date, load_status) values (current_date, 1), (current_date, 1)",
    "update process_tracking set load_status = 1",
    "update process_tracking set ins_inkafka_status = 0",
])  # fmt: skip
def test_each_way_to_hand_over_is_heard_once(site: Site, runtime: Runtime, statement: str) -> None:
    site.partner("insert into process_tracking (oper_date, load_status) values (current_date, 0), (current_date, 0)")
    assert ensure_hand_over_trigger(runtime.engine, "in_tables", enabled=True)
    with closing(NotificationListener(runtime.engine, CHANNEL)) as listener:
        is_heard_once(site, listener, statement)


def is_heard_once(site: Site, listener: NotificationListener, statement: str) -> None:
    site.partner(statement)
    assert until(listener.payloads, "the hand-over is heard") == ["in_tables"]
    assert listener.proves_itself(10)
    assert listener.payloads() == []


def test_a_truncate_within_a_longer_transaction_is_left_to_polling(site: Site, listener: NotificationListener) -> None:
    """It cannot be reported at the commit, and what was said before might refuse that."""
    with site.partner.holding("select 1", "truncate process_tracking"):
        pass
    assert listener.proves_itself(10)
    assert listener.payloads() == []


def test_what_the_engine_writes_is_not_heard(site: Site, listener: NotificationListener) -> None:
    assert site.run().run
    assert listener.proves_itself(10)
    assert listener.payloads() == []


@pytest.mark.parametrize("revoked", ["pg_notification_queue_usage()", "pg_notify(text, text)"])
def test_a_server_that_lets_no_one_notify_refuses_no_hand_over(
    site: Site, listener: NotificationListener, revoked: str
) -> None:
    site.run()
    site.look(f"revoke execute on function pg_catalog.{revoked} from public")
    site.partner.hand_over()
    assert site.count("in_tables.process_tracking") == 0
    assert site.run().run


def test_what_is_no_hand_over_is_not_heard(site: Site, listener: NotificationListener) -> None:
    site.partner.hand_over_by_row()
    assert listener.proves_itself(10)
    until(lambda: not listener.payloads(), "what came before is heard")
    site.partner("update process_tracking set periodic_update_time = now(), occupied_by_process = 1")
    site.partner("select * from process_tracking")
    assert listener.proves_itself(10)
    assert listener.payloads() == []


def test_a_rolled_back_hand_over_is_not_heard(site: Site, listener: NotificationListener) -> None:
    with site.partner.holding("delete from process_tracking") as session:
        session.rollback()
    assert listener.proves_itself(10)
    assert listener.payloads() == []


def test_it_is_made_once_and_taken_away(site: Site, runtime: Runtime) -> None:
    assert ensure_hand_over_trigger(runtime.engine, "in_tables", enabled=True)
    assert not ensure_hand_over_trigger(runtime.engine, "in_tables", enabled=True)
    site.look("alter table in_tables.process_tracking disable trigger etl_hand_over")
    assert ensure_hand_over_trigger(runtime.engine, "in_tables", enabled=True)
    assert ensure_hand_over_trigger(runtime.engine, "in_tables", enabled=False)
    assert not ensure_hand_over_trigger(runtime.engine, "in_tables", enabled=False)


def test_a_trigger_of_that_name_with_foreign_code_is_refused(site: Site) -> None:
    assert site.run().run
    foreign = f"partner_{site.database.name}"
    site.look(
        f"create schema evil authorization {foreign}; grant trigger on in_tables.process_tracking to {foreign};"
        f"set role {foreign};"
        "create function evil.etl_hand_over() returns trigger language plpgsql as 'begin return null; end'"
    )
    site.look("drop trigger etl_hand_over on in_tables.process_tracking")
    site.partner(
        "create trigger etl_hand_over after update on process_tracking "
        "for each row execute function evil.etl_hand_over()"
    )
    site.partner.hand_over()
    done = site.etl("run")
    assert done.code == 4
    assert (
        "process_tracking: carries triggers: etl_hand_over; its code would run with the engine's privileges" in done.err
    )


def test_the_partner_cannot_change_it(site: Site) -> None:
    site.run()
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        site.partner("create or replace function etl_hand_over() returns trigger language sql as 'select 1'")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        site.partner("drop trigger etl_hand_over on process_tracking")


def test_a_partner_who_writes_the_marker_does_not_hold_up_a_run(site: Site) -> None:
    """Making the trigger waits for open writers; a run continues without it."""
    site.run()
    site.look("drop trigger etl_hand_over on in_tables.process_tracking")
    site.partner.hand_over()
    with site.partner.holding("insert into process_tracking (oper_date, load_status) values (current_date, 0)"):
        assert site.run().run
    assert site.count("pg_trigger where tgname = 'etl_hand_over'") == 0


def test_a_server_that_does_not_let_us_notify_is_polled(
    site: Site, runtime: Runtime, caplog: pytest.LogCaptureFixture
) -> None:
    site.look("revoke execute on function pg_catalog.pg_notify(text, text) from public")
    listener = HandOverListener()
    listener.open(runtime)
    assert "permission denied for function pg_notify" in caplog.text
    assert caplog.text.rstrip().endswith("hand-overs are polled")
    assert (listener.files, listener.has_hand_over()) == ([], False)
    caplog.clear()
    listener.open(runtime)
    assert (caplog.text, listener.files) == ("", []), "it is not tried again at once"
