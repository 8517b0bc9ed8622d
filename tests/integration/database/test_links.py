"""What is known of a session that gives no answer, and how waits are ended."""

import gc
import socket
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from typing import Any

import psycopg
import pytest
import sqlalchemy

from etl.database import Access, cancel_thread, cut_all, links, open_engine, transaction
from etl.database.links import WatchedConnection, deadline, longest_silence
from etl.errors import EtlError
from tests.fix_company import until
from tests.fix_database import LOOPBACK, Database


@pytest.fixture
def arguments(database: Database) -> dict[str, Any]:
    access = database.access
    return {"host": access.host, "port": access.port, "dbname": access.database, "user": access.username}


@contextmanager
def session(arguments: dict[str, Any]) -> Iterator[WatchedConnection]:
    """A connection as an engine has it, with what it knows of its server's session."""
    with closing(WatchedConnection.connect(**arguments, autocommit=True)) as link:
        link.server_pid = link.info.backend_pid
        yield link


def said_of(link: WatchedConnection, arguments: dict[str, Any], since: float = 1.0) -> str | None:
    return links._why_lost(link, since, links._ask(arguments, [link.server_pid]))


def test_sessions_that_are_idle_work_or_are_gone(arguments: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    with session(arguments) as idle:
        assert said_of(idle, arguments) == ""  # its answer may be on its way
        monkeypatch.setattr(links, "_TRAVEL_SECONDS", -1.0)
        assert said_of(idle, arguments) == "the server waits for us, too"
        unknown = idle.server_pid
        idle.server_pid = None
        assert said_of(idle, arguments) == "the server answers others, but not this one"
        idle.server_pid = unknown
        links._end_session(arguments, idle.info.backend_pid)
        until(
            lambda: said_of(idle, arguments) == "the server has no such session any more", "the session has been ended"
        )


def test_a_session_that_executes_and_one_that_waits_for_its_client(arguments: dict[str, Any]) -> None:
    with session(arguments) as link:
        link.pgconn.send_query(b"select pg_sleep(60)")
        until(lambda: links._ask(arguments, [link.server_pid]) == {link.server_pid: (None, False)}, "it executes")
        assert said_of(link, arguments) is None
        links._end_session(arguments, link.info.backend_pid)
    with session(arguments) as link:
        link.pgconn.send_query(b"copy (select repeat('x', 1000) from generate_series(1, 100000)) to stdout")
        until(lambda: links._ask(arguments, [link.server_pid]) == {link.server_pid: (None, True)}, "it waits for us")
        # Once may be a moment of a slow network; in the same wait a second time it is none.
        assert [said_of(link, arguments, since) for since in (1.0, 2.0, 2.0)] == [
            "",
            "",
            "the server waits for us, too, within a statement",
        ]
        links._end_session(arguments, link.info.backend_pid)


def test_a_server_that_is_silent_is_lost_and_one_that_refuses_is_not(
    arguments: dict[str, Any], database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links, "_ASK_SECONDS", 2.0)
    with session(arguments) as link:
        assert said_of(link, {**arguments, "dbname": "nowhere"}) is None
        with socket.create_server((LOOPBACK, 0)) as silent:
            elsewhere = {"host": LOOPBACK, "port": silent.getsockname()[1]}
            assert said_of(link, arguments | elsewhere) == "its server accepts no connection within 2 s"
        with half_dead(database) as port:
            elsewhere = {"host": LOOPBACK, "port": port, "gssencmode": "disable", "sslmode": "disable"}
            assert said_of(link, arguments | elsewhere) == "its server answers nothing within 2 s"


@contextmanager
def half_dead(database: Database) -> Iterator[int]:
    """The port of a server that lets sessions in and answers no statement: behind the sign-in nothing is carried."""
    with socket.create_server((LOOPBACK, 0)) as listener, ExitStack() as stack:

        def serve() -> None:
            with suppress(OSError):
                client = stack.enter_context(listener.accept()[0])
                server = stack.enter_context(socket.socket(socket.AF_UNIX))
                server.connect(f"{database.host}/.s.PGSQL.{database.port}")
                server.sendall(client.recv(65_536))
                client.sendall(server.recv(65_536))

        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]


def test_a_wait_is_ended_by_its_deadline(database: Database) -> None:
    with pytest.raises(EtlError, match="its server did not answer"), deadline(0.2), transaction(database.engine) as it:
        it.execute(sqlalchemy.text("select pg_sleep(60)"))
    with deadline(60), transaction(database.engine) as connection:
        assert connection.execute(sqlalchemy.text("select 1")).scalar_one() == 1


class _Sleeper:
    """A thread that waits for the server, and what ended it."""

    def __init__(self, engine: sqlalchemy.Engine) -> None:
        self._engine = engine
        self.fault: EtlError | None = None
        self.thread = threading.Thread(target=self._sleep, daemon=True)
        self.thread.start()

    def _sleep(self) -> None:
        try:
            with transaction(self._engine) as connection:
                connection.execute(sqlalchemy.text("select pg_sleep(60)"))
        except EtlError as fault:
            self.fault = fault

    def ended(self) -> EtlError:
        self.thread.join(30)
        assert self.fault
        return self.fault


def sleeping(database: Database) -> int:
    """For how many sessions of this test's database the server sleeps."""
    with transaction(database.engine) as connection:
        query = "select count(*) from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'"
        return int(connection.execute(sqlalchemy.text(query)).scalar_one())


def test_a_statement_of_another_thread_is_cancelled_or_its_connection_is_closed(database: Database) -> None:
    """A request to cancel goes to the address of the connection; where nothing takes it, the connection ends."""
    sleeper = _Sleeper(database.engine)
    until(lambda: sleeping(database), "it sleeps")
    assert longest_silence() >= 0
    cancel_thread(sleeper.thread.ident or 0, 5.0)
    assert sleeper.ended().sqlstate == "57014"

    with relay(database) as (port, listener):
        engine = open_engine(Access(LOOPBACK, port, database.name, database.username))
        sleeper = _Sleeper(engine)
        until(lambda: sleeping(database), "it sleeps")
        listener.close()
        cancel_thread(sleeper.thread.ident or 0, 5.0)
        assert "its server did not answer" in str(sleeper.ended())
        engine.dispose()


@contextmanager
def relay(database: Database) -> Iterator[tuple[int, socket.socket]]:
    """Carries one connection to the server's socket; closing the listener refuses all further ones."""
    listener = socket.create_server((LOOPBACK, 0))
    port = listener.getsockname()[1]

    def carry(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                target.sendall(data)
            # In both directions: a server that works for its client does not see that it has gone.
            for one in (source, target):
                one.shutdown(socket.SHUT_RDWR)

    def serve() -> None:
        client = listener.accept()[0]
        with client, socket.socket(socket.AF_UNIX) as server:
            server.connect(f"{database.host}/.s.PGSQL.{database.port}")
            back = threading.Thread(target=carry, args=[server, client], daemon=True)
            back.start()
            carry(client, server)
            back.join()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield port, listener
    thread.join(30)
    listener.close()


def test_connections_of_one_engine_are_closed_and_no_others(database: Database) -> None:
    other = open_engine(database.access)
    ended, left = _Sleeper(database.engine), _Sleeper(other)
    until(lambda: sleeping(database) == 2, "both sleep")
    cut_all([database.engine])
    assert "its server did not answer" in str(ended.ended())
    assert left.thread.is_alive()
    cancel_thread(left.thread.ident or 0, 5.0)
    assert left.ended().sqlstate == "57014"
    other.dispose()


def test_only_what_is_certain_ends_a_wait_and_only_work_confirms_it(arguments: dict[str, Any]) -> None:
    watch, since = links._watch, time.monotonic() - 20
    with session(arguments) as link:
        assert link.server_pid
        cases: list[tuple[dict[int, tuple[float | None, bool]] | None, bool, bool]] = [
            ({link.server_pid: (0.1, False)}, False, False),  # its answer may be on its way
            ({}, True, False),
            ({link.server_pid: (None, False)}, False, True),
            (None, False, True),
        ]
        for seen, is_lost, is_confirmed in cases:
            link.confirmed_at = 0.0
            assert watch._is_lost(link, since, seen) is is_lost
            assert bool(link.confirmed_at) is is_confirmed


def test_a_session_that_may_not_be_ended_is_left(arguments: dict[str, Any], database: Database) -> None:
    with transaction(database.engine) as connection:
        connection.execute(sqlalchemy.text(f"create role weak_{database.name} login"))
    weak = arguments | {"user": f"weak_{database.name}"}
    with session(arguments) as link:
        links._end_session(weak, link.info.backend_pid)
        assert link.execute("select 1").fetchone() == (1,)
        link.execute(f"drop role weak_{database.name}")


def test_silence_is_measured_from_the_last_sign_of_work(arguments: dict[str, Any]) -> None:
    with session(arguments) as link:
        now = time.monotonic()
        assert link.silence(now) == 0.0
        link.waits_since = now - 20
        assert link.silence(now) == 20
        link.confirmed_at = now - 3
        assert link.silence(now) == 3
        link.waits_since = None


def test_a_connection_that_is_closed_may_be_cut(arguments: dict[str, Any]) -> None:
    with session(arguments) as link:
        link.close()
        link.cut()
        with pytest.raises(psycopg.OperationalError, match="closed"):
            link.execute("select 1")


def test_a_forgotten_engine_ends_with_its_connections(database: Database) -> None:
    def use() -> "weakref.ref[sqlalchemy.Engine]":
        engine = open_engine(database.access, "forgotten")
        with transaction(engine) as connection:
            assert connection.exec_driver_sql("select 1").scalar() == 1
        return weakref.ref(engine)

    engine = use()
    gc.collect()
    assert engine() is None
    left = "select count(*) from pg_stat_activity where application_name = 'forgotten'"
    with transaction(database.engine) as connection:
        until(lambda: connection.exec_driver_sql(left).scalar() == 0, "its session ends")
