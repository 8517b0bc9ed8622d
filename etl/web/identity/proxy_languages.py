"""The languages of users whom a proxy names; those of users who sign in here are read with the sign-in."""

from contextlib import suppress
from typing import Final

from etl.database import execute, fetch_one
from etl.errors import EtlError
from etl.web.identity.store import WebStore, sql
from etl.web.lately import Lately

# What another process of the console has noted meanwhile is seen after so long.
_REST_SECONDS: Final = 60.0
# Pages of these users ask this database for nothing else: where it is silent, they do without the language.
_WAIT_SECONDS: Final = 0.5


class ProxyLanguages:
    """What is kept for browsers that have no cookie of the language yet."""

    def __init__(self, store: WebStore) -> None:
        self._store = store
        self._lately = Lately[str](least_rest=_REST_SECONDS)

    def find(self, name: str) -> str:
        """The language that the user has chosen, "" where none is known."""
        return self._lately.latest(name, lambda: self._read(name), wait=_WAIT_SECONDS) or ""

    def keep(self, name: str, language: str) -> None:
        """Notes what the user has chosen. Where that cannot be written, the browser alone remembers it."""
        with suppress(EtlError), self._store.writing() as connection:
            execute(connection, sql("set_proxy_language"), {"name": name, "language": language})
        self._lately.forget(name)

    def _read(self, name: str) -> str:
        with self._store.reading() as connection:
            row = fetch_one(connection, sql("find_proxy_language"), {"name": name})
        return str(row.language) if row else ""
