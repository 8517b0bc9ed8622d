"""Connections for those who must not wait: a server that is silent, instead of refusing, costs each of them seconds."""

import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import psycopg
import sqlalchemy

REST_SECONDS: Final = 3.0
"""For so long after a connect that has failed nothing is asked of the server."""


class _Limits:
    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        self._lock = threading.Lock()
        self._failed_at, self._why = 0.0, ""

    def refuse_early(self) -> None:
        with self._lock:
            if self._why and time.monotonic() - self._failed_at < REST_SECONDS:
                raise psycopg.OperationalError(self._why)

    def note(self, why: str) -> None:
        with self._lock:
            self._failed_at, self._why = time.monotonic(), why


# By the dialect, which an engine shares with those that `with_settings` makes of it.
_LIMITS_OF: "weakref.WeakKeyDictionary[sqlalchemy.Dialect, _Limits]" = weakref.WeakKeyDictionary()


def limit_connects(engine: sqlalchemy.Engine, *, seconds: int) -> None:
    """From now on a connect fails after `seconds`, at least 2, and for a while after it all others fail at once, with
    the same message."""
    _LIMITS_OF[engine.dialect] = _Limits(seconds)


@contextmanager
def limited(dialect: sqlalchemy.Dialect, parameters: dict[str, Any]) -> Iterator[None]:
    """A connect within the limits of its engine, if it has any."""
    limits = _LIMITS_OF.get(dialect)
    if limits is None:
        yield
        return
    limits.refuse_early()
    parameters["connect_timeout"] = limits.seconds
    try:
        yield
    except psycopg.OperationalError as error:
        limits.note(str(error))
        raise
    limits.note("")
