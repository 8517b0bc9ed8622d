"""Settings of a session that would change what statements mean or how texts are written, each with the value we want.

A role, a database, a server and libpq's variables may set any of them. tests/integration/database/session_settings.py
names every other setting of a server and says why it may stay as it is.
"""

import os
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from etl.quoting import literal

PINNED: Final = {
    # Every name in our statements is qualified, so nothing but pg_catalog is searched (CVE-2018-1058).
    "search_path": "pg_catalog",
    # Texts: encoding, quoting, backslashes and names, in both directions.
    "client_encoding": "UTF8",
    "standard_conforming_strings": "on",
    "backslash_quote": "safe_encoding",
    "escape_string_warning": "on",
    "quote_all_identifiers": "off",
    "array_nulls": "on",
    "bytea_output": "hex",
    "xmlbinary": "base64",
    "xmloption": "content",
    "extra_float_digits": "1",
    # Times are compared, cast and written in UTC, independent of the server's zone.
    "timezone": "UTC",
    "timezone_abbreviations": "Default",
    "datestyle": "ISO, MDY",
    "intervalstyle": "postgres",
    "lc_monetary": "C",
    "lc_numeric": "C",
    "lc_time": "C",
    # Results: which rows a statement finds, and what `=` means.
    "transform_null_equals": "off",
    "gin_fuzzy_search_limit": "0",
    "row_security": "on",
    # What we create: functions that have been checked, tables that can be updated.
    "check_function_bodies": "on",
    "default_table_access_method": "heap",
    # A fault of one statement must not end the session: savepoints would be in vain.
    "exit_on_error": "off",
    # JIT compiles wide merges longer than it saves.
    "jit": "off",
    "lock_timeout": "5s",
}

# libpq's variables that change what a session does, or to which server it connects, are ignored in favour of the
# configuration. Passwords, certificates and other credentials may come from them, as docs/security.md says.
IGNORED_VARIABLES: Final = (
    "PGAPPNAME",
    "PGCLIENTENCODING",
    "PGDATESTYLE",
    "PGGEQO",
    "PGHOSTADDR",
    "PGLOADBALANCEHOSTS",
    "PGOPTIONS",
    "PGSERVICE",
    "PGSERVICEFILE",
    "PGTARGETSESSIONATTRS",
    "PGTZ",
)


def forget_variables() -> None:
    """Removes libpq's ignored variables from this process's environment; libpq has no other way to ignore them."""
    for name in IGNORED_VARIABLES:
        os.environ.pop(name, None)


def pin_session() -> str:
    """The one statement that pins the settings of a session which has no transactions of ours."""
    calls = (f"pg_catalog.set_config({literal(name)}, {literal(value)}, false)" for name, value in PINNED.items())
    return f"select {', '.join(calls)}"


@lru_cache(maxsize=128)
def pin(settings: Iterable[tuple[str, str]] = ()) -> str:
    """The one statement that pins a transaction's settings; `settings` add to ours or override them.

    Its last column is the session's pid at the server.
    """
    pinned = PINNED | dict(settings)
    calls = (f"pg_catalog.set_config({literal(name)}, {literal(value)}, true)" for name, value in pinned.items())
    return f"select {', '.join(calls)}, pg_catalog.pg_backend_pid()"
