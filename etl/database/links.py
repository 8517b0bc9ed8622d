"""Connections that record since when they wait for their server, and a thread that ends endless waits.

The kernel notices a broken connection, but not one whose bytes are acknowledged and never delivered: its client would
wait for ever. So, after a long wait, the server is asked over a new connection whether the session executes a
statement, has answered, or was never asked. A connection without a server behind it is closed, and the statement fails
as with any lost connection. A statement may take hours.
"""

import logging
import os
import socket
import threading
import time
import weakref
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
import sqlalchemy

from etl.database.sql_templates import SqlTemplates

_sql = SqlTemplates(__package__)
_log = logging.getLogger("in_pg_migration")

# Seconds until the server is asked about a wait, and until it must have answered: connect, then query.
_SILENT_SECONDS = 15.0
_ASK_SECONDS = 10.0
_POLL_SECONDS = 1.0
# Seconds that an answer may take over the network.
_TRAVEL_SECONDS = 5.0
_DEADLINE_STEP_SECONDS = 0.5


class WatchedConnection(psycopg.Connection[Any]):
    """A connection of ours.

    `waits_since`: the start of the current wait on the monotonic clock; None without one. `confirmed_at`:
    when the server was last seen to work for it. `server_pid`: of its transaction, None while that is not known (a
    pooler gives every transaction another). `waiter`: the thread that waits. `was_used`: whether it has had a
    transaction.
    """

    engine: "weakref.ref[sqlalchemy.Engine] | None" = None
    arguments: dict[str, Any] = {}  # noqa: RUF012  (set on each connection)
    waits_since: float | None = None
    confirmed_at: float = 0.0
    server_pid: int | None = None
    waiter: int = 0
    is_cut: bool = False
    was_used: bool = False
    # The wait during which the server was seen blocked on this client.
    blocked_wait: float | None = None

    def __del__(self, *arguments: Any) -> None:
        if self.engine is not None:
            self.close()  # its pool is forgotten with its engine
        super().__del__(*arguments)

    def wait(self, *arguments: Any, **keywords: Any) -> Any:
        """As psycopg's own method, through which every message passes."""
        try:
            with self.waiting():
                return super().wait(*arguments, **keywords)
        except psycopg.Error as error:
            if not self.is_cut:
                raise
            # Not the statement's fault, however often it happens: a task's crash count does not rise.
            raise psycopg.errors.CannotConnectNow("the connection was closed, as its server did not answer") from error

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Records a wait of this thread for the server."""
        self.waiter, self.waits_since = threading.get_ident(), time.monotonic()
        try:
            yield
        finally:
            self.waits_since = None
            _watch.progressed()

    def silence(self, now: float) -> float:
        """Seconds since the server was last known to work for this wait."""
        since = self.waits_since
        return 0.0 if since is None else now - max(since, self.confirmed_at)

    def cut(self) -> None:
        """Closes the connection, so that the waiting thread's call fails; any thread may call it."""
        self.is_cut = True
        with suppress(OSError, psycopg.Error):
            copy = socket.socket(fileno=os.dup(self.pgconn.socket))
            with copy:
                copy.shutdown(socket.SHUT_RDWR)


def connect(
    engine: "weakref.ref[sqlalchemy.Engine]", arguments: Collection[Any], parameters: dict[str, Any]
) -> WatchedConnection:
    """A new watched connection. Raises what psycopg raises."""
    link = WatchedConnection.connect(*arguments, **parameters)
    link.engine, link.arguments = engine, parameters
    _watch.add(link)
    return link


def cut_all(engines: Collection[sqlalchemy.Engine]) -> None:
    """Closes every connection of these engines that a thread waits for."""
    for link in _watch.links():
        if link.engine and link.engine() in engines:
            link.cut()


def cancel_thread(thread: int, seconds: float) -> None:
    """Cancels the statement that a thread (its ident) waits for, so that its transaction is rolled back; the connection
    is closed where the server does not take the request within `seconds`."""
    for link in _watch.links():
        if link.waiter == thread and link.waits_since is not None:
            try:
                link.cancel_safe(timeout=seconds)
            except psycopg.Error:
                link.cut()


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Statements of this thread within the block fail without an answer after `seconds`."""
    is_over, me = threading.Event(), threading.get_ident()

    def watch() -> None:
        pause = seconds
        while not is_over.wait(pause):
            pause = _DEADLINE_STEP_SECONDS
            for link in _watch.links():
                if link.waiter == me and link.waits_since is not None:
                    link.cut()

    threading.Thread(target=watch, name="deadline", daemon=True).start()
    try:
        yield
    finally:
        is_over.set()


def longest_silence() -> float:
    """The longest current wait, in seconds, for a server that was not seen to work for it."""
    now = time.monotonic()
    return max((link.silence(now) for link in _watch.links()), default=0.0)


def progress_at() -> float:
    """When a server last answered, or was seen to work for this process, on the monotonic clock."""
    return _watch.progress_at


class _Watch:
    """Watches all connections of this process."""

    def __init__(self) -> None:
        self.progress_at = 0.0
        self._links: weakref.WeakSet[WatchedConnection] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._asking: set[int] = set()
        self._is_on = False

    def add(self, link: WatchedConnection) -> None:
        with self._lock:
            self._links.add(link)
            if not self._is_on:
                self._is_on = True
                threading.Thread(target=self._watch_links, name="links", daemon=True).start()

    def links(self) -> list[WatchedConnection]:
        with self._lock:
            return list(self._links)

    def progressed(self) -> None:
        self.progress_at = time.monotonic()

    def _watch_links(self) -> None:
        while True:
            time.sleep(_POLL_SECONDS)
            now = time.monotonic()
            silent: dict[int, list[tuple[WatchedConnection, float]]] = {}
            for link in self.links():
                since = link.waits_since
                if since is not None and link.silence(now) > _SILENT_SECONDS:
                    silent.setdefault(id(link.engine and link.engine()), []).append((link, since))
            for server, waits in silent.items():
                if server not in self._asking:
                    self._asking.add(server)
                    threading.Thread(target=self._ask_about, args=[server, waits], name="links", daemon=True).start()

    def _ask_about(self, server: int, waits: list[tuple[WatchedConnection, float]]) -> None:
        try:
            arguments = waits[0][0].arguments
            seen = _ask(arguments, [link.server_pid for link, _ in waits])
            for link, since in waits:
                if link.waits_since == since and self._is_lost(link, since, seen):  # else it has ended
                    pid = link.server_pid
                    link.cut()
                    if isinstance(seen, dict) and pid in seen:
                        _end_session(arguments, pid)
        finally:
            self._asking.discard(server)

    def _is_lost(
        self, link: WatchedConnection, since: float, seen: "dict[int, tuple[float | None, bool]] | str | None"
    ) -> bool:
        waited = time.monotonic() - since
        why = _why_lost(link, since, seen)
        if why is None:
            link.confirmed_at = time.monotonic()
            self.progressed()
        elif why:
            _log.warning("a connection is closed that has waited for %.0f s: %s", waited, why)
        return bool(why)


def _why_lost(
    link: WatchedConnection, since: float, seen: "dict[int, tuple[float | None, bool]] | str | None"
) -> str | None:
    """Why no answer can come over the connection any more; empty: not certain yet; None: the server works for it, or
    its state is unknown."""
    if isinstance(seen, str):
        return seen
    if seen is None:
        return None
    if link.server_pid is None:
        return "the server answers others, but not this one"
    if link.server_pid not in seen:
        return "the server has no such session any more"
    idle, blocks_on_client = seen[link.server_pid]
    if idle is not None:
        return "the server waits for us, too" if idle > _TRAVEL_SECONDS else ""
    if blocks_on_client:
        was_so, link.blocked_wait = link.blocked_wait == since, since
        return "the server waits for us, too, within a statement" if was_so else ""
    return None


def _ask(arguments: dict[str, Any], pids: list[int | None]) -> "dict[int, tuple[float | None, bool]] | str | None":
    """pid -> (seconds idle, whether it is blocked on its client); a text if the server does not answer, None if it
    refuses (it is full, or just starts: then it is reachable, and ends sessions that it does not keep)."""
    asked = [pid for pid in pids if pid is not None]
    try:
        with _asking(arguments) as cursor:
            rows = cursor.execute(_sql.text("link_states"), [asked]).fetchall()
    except psycopg.errors.ConnectionTimeout:
        return f"its server accepts no connection within {_ASK_SECONDS:.0f} s"
    except _SilentError:
        return f"its server answers nothing within {_ASK_SECONDS:.0f} s"
    except psycopg.Error:
        return None
    return {pid: (idle, blocks_on_client) for pid, idle, blocks_on_client in rows}


def _end_session(arguments: dict[str, Any], pid: int) -> None:
    """Ends an abandoned session at the server, which may hold locks that the next try needs."""
    with suppress(psycopg.Error, _SilentError), _asking(arguments) as cursor:
        cursor.execute("select pg_catalog.pg_terminate_backend(%s)", [pid])


class _SilentError(Exception):
    """The server accepted the connection, and then did not answer."""


@contextmanager
def _asking(arguments: dict[str, Any]) -> Iterator["psycopg.Cursor[Any]"]:
    """A connection for one question that has a deadline."""
    parameters = {**arguments, "connect_timeout": int(_ASK_SECONDS)}
    connection = WatchedConnection.connect(**parameters, autocommit=True)
    is_late = threading.Event()

    def give_up() -> None:
        is_late.set()
        connection.cut()

    late = threading.Timer(_ASK_SECONDS, give_up)
    late.daemon = True
    late.start()
    try:
        with connection, connection.cursor() as cursor:
            yield cursor
    except psycopg.Error as error:
        if is_late.is_set():
            raise _SilentError from error
        raise
    finally:
        late.cancel()


_watch = _Watch()


def _forget() -> None:
    """A forked child has none of its parent's threads, and its connections are the parent's."""
    global _watch
    _watch = _Watch()


os.register_at_fork(after_in_child=_forget)
