"""SQLAlchemy's dialect for texts that psycopg sends: connections, pool and values to bind, and nothing else.

Its own dialects of PostgreSQL also know types, expressions and the catalog, and to import them takes a tenth of the
start of a command. They ask a first connection for `current_schema()`, unqualified and before anything is pinned: a
function of that name in the path of role or database would run with our privileges. This one asks nothing.
"""

from types import ModuleType
from typing import Any, Final

import psycopg
from sqlalchemy.dialects import registry
from sqlalchemy.engine.default import DefaultDialect

URL: Final = "etl+psycopg://"
"""For `create_engine`; the connection's arguments come beside it."""


class TextDialect(DefaultDialect):
    name = "postgresql"
    driver = "psycopg"
    default_paramstyle = "pyformat"
    supports_statement_cache = True

    @classmethod
    def import_dbapi(cls) -> ModuleType:
        return psycopg

    def create_connect_args(self, url: object) -> Any:
        return [], {}

    def is_disconnect(self, error: Exception, connection: Any, cursor: Any) -> bool:
        """Whether a connection must not be used again."""
        return isinstance(error, psycopg.Error) and connection is not None and (connection.closed or connection.broken)


registry.register("etl.psycopg", __name__, TextDialect.__name__)
