"""Vendors' exceptions -> our error tree, by SQLSTATE (what each means for a task: see etl/runs/error_class.py)."""

import psycopg
from sqlalchemy import exc

from etl.errors import EnvironmentFault, EtlError, LockTimeout, TransientFault

# Serialization, an unknown end, deadlock; once: a unique value that two tasks wrote at once, a cached plan that is no
# longer good; lock timeout, too many connections, starting up or shutting down, idle timeout, broken link.
_TRANSIENT = ("40001", "40003", "40P01", "23505", "0A000", "55P03", "53300", "57P01", "57P02", "57P03", "25P03", "08")
SERIALIZATION_FAILURE = "40001"
"""The SQLSTATE of a transaction that another one made impossible; the next try may succeed."""
_INTERNAL = "XX000"
# Our own code, as PostgreSQL has none. Only triggers of other roles send notifications in our transactions.
FULL_QUEUE = "53N01"
# Concurrent updates of a catalog row, a table dropped by another session, a value too large for a statement.
_KNOWN_INTERNAL = {
    "tuple concurrently": SERIALIZATION_FAILURE,
    "cache lookup failed": "42P01",
    "could not open relation with OID": "42P01",
    "invalid memory alloc request size": "54000",
}
# A library of the server that does not load, as after an update of its packages; else an internal error.
_NO_LIBRARY = ("could not load library", "incompatible library", 'could not access file "$libdir')
_UNDEFINED_FILE = "58P01"
# How a database is created that holds every letter and knows their capitals.
UTF8_DATABASE = "template template0 encoding 'UTF8' locale 'C.UTF-8'"
FULL_DISK_ADVICE = "free disk space on the server, then run again"
_ADVICE = {
    "22P05": f"the database's encoding has no such letter: take one with {UTF8_DATABASE}, or correct the text",
    "25006": "the server takes no writes (a standby, or read-only by default): give the address of the primary",
    "25P03": "the server ended an idle transaction: raise idle_in_transaction_session_timeout of the engine's role",
    "25P04": "the server ended a long transaction: raise transaction_timeout of the engine's role, or lower chunkRows",
    "28P01": "correct username and password",
    "28000": "allow the role in pg_hba.conf or correct username",
    "3D000": "create the database or correct dbName",
    "3F000": "create the schema or correct schemaName",
    "42501": "grant the right to the engine's role",
    "53100": FULL_DISK_ADVICE,
    FULL_QUEUE: "a session that LISTENs holds it: end that one (`etl check` names who it may be)",
    "53200": "raise the server's memory or max_locks_per_transaction, or lower workMemMb",
    "55P03": "another session holds a lock on the table; end it or wait",
    "57014": "the server cancelled the statement: raise statement_timeout of the engine's role, or lower chunkRows",
    _UNDEFINED_FILE: "the server's programs were replaced under it, or lack a file: the server must be restarted",
    "58030": "the server cannot read or write its files: see its log and its disk",
    _INTERNAL: (
        "the server met what it does not expect: see its log; `etl verify --level indexes` looks for damage; if it "
        "repeats, copy its data directory first"
    ),
    "XX001": "data of the server are damaged: see its log, copy its data directory, then `etl verify --level indexes`",
    "XX002": "an index of the server is damaged: see its log; `etl verify --level indexes --repair` makes it again",
}

_LOGIN_FROM = "password retrieved from "

_NO_LOGIN = {
    "password authentication failed": "28P01",
    "no password supplied": "28P01",
    "is not permitted to log in": "28000",
    "no pg_hba.conf entry": "28000",
}


def translate(error: Exception, location: str) -> EtlError:
    """The error of our tree for a driver's `error` met at `location`; the original stays as its cause."""
    origin = error.orig if isinstance(error, exc.DBAPIError) and error.orig is not None else error
    text = _first_line(origin)
    spoken = _known(getattr(origin, "sqlstate", None) or "", text)
    sqlstate = spoken or _sqlstate_of(text)
    advice = _ADVICE.get(spoken) or _advice_without_sqlstate(text) or _ADVICE.get(sqlstate)
    message = f"PostgreSQL {location}: {text}" + (f": {advice}" if advice else "")
    lost_link = not sqlstate and isinstance(origin, psycopg.OperationalError | psycopg.InterfaceError) and not advice
    transient = sqlstate.startswith(_TRANSIENT) or lost_link
    kind = LockTimeout if sqlstate == LockTimeout.sqlstate else TransientFault if transient else EnvironmentFault
    fault = kind(message)
    fault.sqlstate, fault.server_message = sqlstate, text
    fault.relation = getattr(getattr(origin, "diag", None), "table_name", None) or ""
    return fault


def _first_line(error: BaseException) -> str:
    # Only the primary message: DETAIL contains row data, and later lines repeat the statement.
    diagnostic = getattr(error, "diag", None)
    primary = getattr(diagnostic, "message_primary", None)
    lines = [line for line in str(primary or error).splitlines() if line.strip()]
    # libpq writes one line per attempt, each with indented hints ("Is the server running …?"): the last attempt counts.
    attempts = [line for line in lines if not line[0].isspace() and not line.startswith(("DETAIL:", "HINT:"))]
    if primary:
        return lines[0].strip()
    # After a failed login libpq names the source of the password: no cause, but useful.
    sources = [line for line in attempts if line.startswith(_LOGIN_FROM)]
    causes = [line for line in attempts if line not in sources] or [type(error).__name__]
    return causes[-1].strip() + "".join(f" ({line.strip()})" for line in sources[-1:])


def _known(sqlstate: str, text: str) -> str:
    """The class of a known internal error of the server; else the SQLSTATE itself."""
    if sqlstate and text.startswith(_NO_LIBRARY):
        return _UNDEFINED_FILE
    if sqlstate == "54000" and "NOTIFY queue" in text:
        return FULL_QUEUE  # not caused by rows
    if sqlstate != _INTERNAL:
        return sqlstate
    return next((better for words, better in _KNOWN_INTERNAL.items() if words in text), sqlstate)


def _sqlstate_of(text: str) -> str:
    # A failed connect carries no SQLSTATE in libpq, only a sentence.
    return next((sqlstate for words, sqlstate in _NO_LOGIN.items() if words in text), "")


def _advice_without_sqlstate(text: str) -> str:
    if "does not exist" in text and "database" in text:
        return _ADVICE["3D000"]
    if "permission denied for database" in text:
        return "grant connect on it to the engine's role"
    if "is not permitted to log in" in text:
        return "alter the role: login"
    if "role" in text and "does not exist" in text:
        return _ADVICE["28P01"]
    if "Connection refused" in text or "could not translate host" in text or "timeout expired" in text:
        return "start the server or correct host and port"
    return ""
