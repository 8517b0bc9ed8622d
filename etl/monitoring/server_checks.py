"""Checks of the server: is it one that we can work on, and can its word be trusted."""

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from etl.database import UTF8_DATABASE, SqlTemplates, fetch_all, notify_queue, read_only_transaction
from etl.ddl import privileges
from etl.errors import EnvironmentFault
from etl.monitoring.databases import CheckedDatabase
from etl.monitoring.finding import (
    Finding,
    error,
    ok,
    warning,
)
from etl.quoting import printable

_sql = SqlTemplates(__package__)

# Of these the PostgreSQL project still fixes the oldest ones; the engine's own needs (xid8, pg_snapshot) begin with 13.
_OLDEST = 14
_CLOCK_SECONDS = 2.0
_NO_SUCH_LETTER = "22P05"
_HELD_MINUTES = 60
_MOVE = f"create another database with {UTF8_DATABASE}, and bring what is there by `etl move`"

_CAREFUL = {
    "fsync": "a power cut may destroy the whole cluster",
    "full_page_writes": "a power cut may leave torn pages",
    "synchronous_commit": "a crash of the server may take back what partners and readers were reported is done",
}
_USEFUL = {
    "autovacuum": "tables grow and plans go stale: set autovacuum=on",
    "track_counts": "autovacuum sleeps, and `etl metrics` reads every in_ table at each look: set track_counts=on",
}


def check_server(checked: CheckedDatabase) -> Iterator[Finding]:
    """Version, kind, and the settings that a server must have so that committed means committed."""
    with read_only_transaction(checked.engine) as connection:
        [found] = fetch_all(connection, _sql("server"))
    for one in judge_server(found, checked.database.host or "embedded"):
        yield replace(one, what=checked.of(one.what))


def judge_server(found: Any, kind: str) -> Iterator[Finding]:
    """What the row of sql/server.sql means; `kind`: the host, or that it is the embedded server."""
    if found.version_number < _OLDEST * 10_000:
        yield error("server", f"PostgreSQL {found.version}", f"move to PostgreSQL {_OLDEST} or newer")
    else:
        yield ok("server", f"PostgreSQL {found.version}, {kind}")
    if found.is_standby:
        yield error("server", "this is a standby, nothing can be written", "name the primary in host")
    elif found.settings["default_transaction_read_only"] == "on":
        do = (
            "reset default_transaction_read_only of the engine's role, the database or the server, or name another host"
        )
        yield error("server", "transactions are read-only by default, nothing can be written", do)
    if found.settings["session_replication_role"] != "origin":
        seen = f"session_replication_role is {found.settings['session_replication_role']}: constraints are not checked"
        do = "reset session_replication_role of the engine's role, the database or the server"
        yield error("server", seen, do)
    for name, danger in _CAREFUL.items():
        if found.settings[name] == "off":
            yield warning("durability", f"{name} is off: {danger}", f"set {name}=on, or accept the loss knowingly")
    for name, consequence in _USEFUL.items():
        if found.settings[name] == "off":
            yield warning("server settings", f"{name} is off", consequence)


def check_encoding(checked: CheckedDatabase) -> Iterator[Finding]:
    """UTF8 holds every letter; any other encoding some, and what it lacks is rejected.

    Which letters are one but for their case is for the locale to say.
    """
    with read_only_transaction(checked.engine) as connection:
        [found] = fetch_all(connection, _sql("server"))
    if found.encoding == "UTF8":
        with read_only_transaction(checked.engine) as connection:
            [letters] = fetch_all(connection, _sql("folds_letters"))
        if letters.folds:
            yield ok(checked.of("encoding"), "UTF8")
        else:
            locale = "UTF8, with a locale whose only capitals are A to Z: e-mails with others differ by case"
            yield warning(checked.of("encoding"), locale, _MOVE)
        return
    lacks = "rows and files with letters that it lacks are rejected"
    try:
        with read_only_transaction(checked.engine) as connection:
            fetch_all(connection, _sql("holds_cyrillic"))
    except EnvironmentFault as fault:
        if fault.sqlstate != _NO_SUCH_LETTER:
            raise
        # No run could be made there: there is nothing to bring.
        do = f"create another database with {UTF8_DATABASE}, and name it in dbName of {checked.source}"
        yield error(checked.of("encoding"), f"{found.encoding} has no Cyrillic letters, which views and err need", do)
        return
    yield warning(checked.of("encoding"), f"{found.encoding}: {lacks}", _MOVE)


def check_privileges(checked: CheckedDatabase) -> Iterator[Finding]:
    with read_only_transaction(checked.engine) as connection:
        [role] = fetch_all(connection, _sql("role"))
        found = privileges.lacking(connection, checked.held)
    is_feared = role.is_superuser and not checked.database.is_embedded
    if is_feared:
        do = "give the engine a role without it: partners' mistakes then stay within its own tables"
        yield warning(checked.of("privileges"), f"the role {role.role} is a superuser", do)
    for lack in found:
        purpose = f", {lack.purpose}" if lack.purpose else ""
        yield error(checked.of("privileges"), f"the role {role.role} lacks: {lack.what}{purpose}", f"{lack.cure};")
    if not found and not is_feared:
        yield ok(checked.of("privileges"), f"the role {role.role} may do what it must")


def check_clock(checked: CheckedDatabase) -> Iterator[Finding]:
    """The database's clock is the only one that counts; a log or a schedule of this host goes by another."""
    with read_only_transaction(checked.engine) as connection:
        before = time.time()
        [clock] = fetch_all(connection, _sql("clock"))
        after = time.time()
    found = compare_clocks(clock.now.timestamp(), before, after)
    yield replace(found, what=checked.of(found.what))


def compare_clocks(server: float, before: float, after: float) -> Finding:
    """The server's clock against this host's, which was read `before` and `after` the question: what lies between is
    doubt. All three in seconds of one epoch."""
    ahead = server - (before + after) / 2
    if abs(ahead) - (after - before) / 2 <= _CLOCK_SECONDS:
        return ok("clock", f"within {_CLOCK_SECONDS:.0f} s of this host's")
    found = f"the server's clock is {abs(ahead):.1f} s {'ahead of' if ahead > 0 else 'behind'} this host's"
    do = "set both by NTP; log lines and schedules go by this host, all else by the server"
    return warning("clock", found, do)


def check_notify_queue(checked: CheckedDatabase) -> Iterator[Finding]:
    """One queue for the whole server: when it is full no transaction of any client that notifies can be committed."""
    with read_only_transaction(checked.engine) as connection:
        queue = notify_queue(connection)
    what = checked.of("notifications")
    if queue.is_filling:
        do = (
            "let its owner end that transaction, or end the session (select pg_terminate_backend(pid)); that frees the "
            "queue; hand-overs are found by polling meanwhile"
        )
        yield warning(what, printable(str(queue)), do)
    else:
        yield ok(what, f"the queue is {queue.usage:.0%} full")


def check_holders(checked: CheckedDatabase, minutes: int = _HELD_MINUTES) -> Iterator[Finding]:
    """Old open transactions of any client, which keep dead rows from being vacuumed."""
    with read_only_transaction(checked.engine) as connection:
        rows = fetch_all(connection, _sql("holders"), {"minutes": minutes})
    for row in rows:
        age = "" if row.seconds is None else f", for {row.seconds / 60:.0f} minutes"
        found = f"{row.kind} {printable(row.name)} ({printable(row.owner)}) keeps vacuum from its work{age}"
        yield warning(checked.of("vacuum"), found, _REMEDY[row.kind])
    if not rows:
        yield ok(checked.of("vacuum"), f"nothing that we can see holds it back for over {minutes} minutes")


_REMEDY = {
    "prepared transaction": "`commit prepared` or `rollback prepared` it, as its coordinator decided",
    "session": "let its owner end the transaction, or pg_terminate_backend the session",
    "replication slot": "start its reader again, or pg_drop_replication_slot it",
}
