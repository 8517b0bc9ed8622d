"""A name is no proof: only sessions of our own role in our own database are ended, cancelled or passed over."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
import sqlalchemy

from etl.database import Access, bring_up, execute, lock_holders, open_engine, transaction
from etl.embedded import EmbeddedServer
from etl.errors import TransientFault
from etl.sources.in_tables.handshake import Action, Handshake
from etl.sources.in_tables.own_tables import IMPORT
from tests.fix_company import PARTNER_PASSWORD, PASSWORD, Site, until
from tests.fix_database import LOOPBACK, Database, fresh_database

_NAME = "etl:dead"


@pytest.fixture
def copy_of_it(server: EmbeddedServer, template: Database) -> Iterator[Database]:
    """Another database of the same server, as a copy is."""
    with fresh_database(server, template) as database:
        yield database


@pytest.fixture
def engine(site: Site) -> Iterator[sqlalchemy.Engine]:
    """Of the engine's own role, which is no superuser."""
    engine = open_engine(site.database.tcp(f"engine_{site.database.name}", PASSWORD), "etl:all", pool_size=10)
    yield engine
    engine.dispose()


@contextmanager
def session(site: Site, who: str, *, at: Database | None = None, name: str = _NAME) -> Iterator[psycopg.Connection]:
    password = PASSWORD if who == "engine" else PARTNER_PASSWORD
    place: dict[str, Any] = {"host": LOOPBACK, "port": site.database.port, "dbname": (at or site.database).name}
    role: dict[str, Any] = {"user": f"{who}_{site.database.name}", "password": password}
    with psycopg.connect(**place, **role, application_name=name, autocommit=True) as connection:
        yield connection


def is_alive(connection: psycopg.Connection) -> bool:
    try:
        connection.execute("select")
    except psycopg.OperationalError:
        return False
    return True


def dead_handshake(engine: sqlalchemy.Engine, site: Site) -> None:
    """Owner `dead` has a run, and its lease has run out."""
    dead = Handshake(engine, "in_tables", "demo", "dead", 60)
    with transaction(engine) as connection:
        bring_up(connection, "in_tables", [IMPORT])
    assert dead.acquire()[1] is not None
    site.look("update in_tables.run set heartbeat_at = clock_timestamp() - interval '61 s'")


def test_a_takeover_ends_the_dead_owners_sessions_and_no_other(
    site: Site, engine: sqlalchemy.Engine, copy_of_it: Database
) -> None:
    dead_handshake(engine, site)
    with (
        session(site, "engine") as own,
        session(site, "engine", name="etl:other") as own_with_another_name,
        session(site, "partner") as foreign,
        session(site, "engine", at=copy_of_it) as of_the_copy,
        session(site, "partner", at=copy_of_it) as foreign_of_the_copy,
    ):
        decision, lease = Handshake(engine, "in_tables", "demo", "new_owner", 60).acquire()
        assert (decision.action, lease is not None) == (Action.TAKE_OVER, True)
        until(lambda: not is_alive(own), "the dead owner's session is ended")
        for other in (own_with_another_name, foreign, of_the_copy, foreign_of_the_copy):
            assert is_alive(other)


def test_helpers_in_several_databases_are_ended_in_each(
    site: Site, engine: sqlalchemy.Engine, copy_of_it: Database
) -> None:
    access = site.database.tcp(f"engine_{site.database.name}", PASSWORD)
    store = open_engine(Access(access.host, access.port, copy_of_it.name, access.username, access.password), "etl:all")
    with session(site, "engine") as own, session(site, "engine", at=copy_of_it) as own_in_store:
        new_owner = Handshake(engine, "in_tables", "demo", "new_owner", 60, (store,))
        assert new_owner.end_backends_of(["dead"], wait_seconds=10)
        assert not is_alive(own)
        assert not is_alive(own_in_store)
    store.dispose()


@pytest.mark.parametrize("tracked", ["on", "off"])
def test_only_our_own_statements_are_cancelled(
    site: Site, engine: sqlalchemy.Engine, copy_of_it: Database, tracked: str
) -> None:
    site.look(f"alter role engine_{site.database.name} set track_activities to {tracked}")
    ended: dict[str, str] = {}

    def sleep(what: str, connection: psycopg.Connection) -> None:
        try:
            connection.execute("select pg_sleep(600)")
        except psycopg.Error as error:
            ended[what] = error.sqlstate or ""

    with (
        session(site, "engine") as own,
        session(site, "partner") as foreign,
        session(site, "engine", at=copy_of_it) as of_the_copy,
    ):
        sleeping = {"own": own, "foreign": foreign, "copy": of_the_copy}
        threads = [threading.Thread(target=sleep, args=item, daemon=True) for item in sleeping.items()]
        for thread in threads:
            thread.start()
        runner = Handshake(engine, "in_tables", "demo", "dead", 60)

        def cancelled() -> bool:
            runner.cancel_backends()
            return "own" in ended

        until(cancelled, "our own statement is cancelled")
        assert ended == {"own": "57014"}
        for connection in (foreign, of_the_copy):
            connection.cancel()
        for thread in threads:
            thread.join()


def test_a_foreign_session_cannot_hide_its_lock_behind_a_runners_name(site: Site, engine: sqlalchemy.Engine) -> None:
    held = "lock table in_tables.in_client in row exclusive mode"
    with (
        session(site, "engine", name="etl:a") as own,
        session(site, "partner", name="etl:b") as foreign,
        own.transaction(),
        foreign.transaction(),
    ):
        own.execute(held)
        foreign.execute(held)
        with transaction(engine) as connection:
            [line] = lock_holders(connection, "in_tables")
        assert f"session {foreign.info.backend_pid} of partner_" in line


def test_a_lock_of_a_role_that_is_gone_is_named_too(site: Site, engine: sqlalchemy.Engine) -> None:
    """No role is visible of it, as of autovacuum and of sessions that end meanwhile."""
    role = f"gone_{site.database.name}"
    place: dict[str, Any] = {"host": site.database.host, "port": site.database.port, "dbname": site.database.name}
    site.look(f"create role {role} login superuser password '{PASSWORD}'")
    with psycopg.connect(**place, user=role, password=PASSWORD) as holder:
        holder.execute("lock table in_tables.in_client in share update exclusive mode")
        site.look(f"drop role {role}")
        with transaction(engine) as connection:
            lines = lock_holders(connection, "in_tables")
        named = f"locked by session {holder.info.backend_pid} of an unknown role (no name)"
        assert lines == [f"in_client: {named}"]
        with (
            pytest.raises(TransientFault, match=re.escape(named)),
            transaction(engine, lock_timeout="20ms") as connection,
        ):
            execute(connection, sqlalchemy.text("lock table in_tables.in_client in exclusive mode"))
