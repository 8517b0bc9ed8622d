"""Where the schema `etl_web` is, by the settings; for the server as for commands."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager

import sqlalchemy

from etl.engine import open_database
from etl.settings.web import WebSettings
from etl.web.identity.store import WebStore


def web_store(
    settings: Callable[[], WebSettings], environ: Mapping[str, str], *, role: Callable[[], str] = lambda: ""
) -> WebStore:
    """The schema `etl_web` in the database that the settings name, used under a role, by default the engine's own."""

    def open_engine() -> AbstractContextManager[sqlalchemy.Engine]:
        return open_database(settings().database, "etl-web", environ)

    return WebStore(open_engine, role)
