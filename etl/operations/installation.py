"""A company with all of its databases, and which schemas of them are dumped together."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import sqlalchemy

from etl.config import Tree
from etl.database import Connection, SqlTemplates, access_of, fetch_all
from etl.engine import Runtime, open_database, open_runtime
from etl.quoting import fold
from etl.settings.web import web_settings

_sql = SqlTemplates(__package__)

IMPORT: Final = "import"
STORE: Final = "store"
OUT: Final = "out"
WEB: Final = "web"
DUMPS: Final = (IMPORT, STORE, OUT, WEB)
"""What is dumped, and restored, as one; in the order of both. The import is read first: what a task has done in the
store and not yet noted in the import is a state that every runner continues from, the reverse is none."""

WEB_SCHEMA: Final = "etl_web"


@dataclass(frozen=True)
class Installation:
    """A company's runtime, the tree that it was read from, and the database of the console's own tables."""

    runtime: Runtime
    tree: Tree
    web_engine: sqlalchemy.Engine

    def engine_of(self, dump: str) -> sqlalchemy.Engine:
        """The engine of the database that the schemas of a dump are in."""
        runtime = self.runtime
        engines = {IMPORT: runtime.engine, STORE: runtime.store_engine, OUT: runtime.out_engine, WEB: self.web_engine}
        return engines[dump]

    def database_of(self, dump: str) -> str:
        """The first dump that is of the same database: its own name, where it has one for itself."""
        address = self._address(dump)
        return next(one for one in DUMPS if self._address(one) == address)

    def _address(self, dump: str) -> tuple[str, int, str]:
        access = access_of(self.engine_of(dump))
        return access.host, access.port, access.database

    def schemas_of(self, dump: str, connection: Connection) -> list[str]:
        """The schemas of a dump that there are."""
        wanted = {
            IMPORT: lambda: [self.runtime.in_schema],
            STORE: lambda: [self.runtime.store.schema],
            OUT: lambda: self._out_schemas(connection),
            WEB: lambda: [WEB_SCHEMA],
        }[dump]()
        return present_schemas(connection, wanted)

    def _out_schemas(self, connection: Connection) -> list[str]:
        runtime = self.runtime
        schemas = [runtime.store.schema] if runtime.has_own_out else []
        listed = f"{runtime.store.schema}.out_version"
        if has_table(connection, listed):
            rows = fetch_all(connection, _sql("out_schemas", schema=runtime.store.schema))
            schemas += [row.schema_name for row in rows]
        return [*schemas, runtime.versions.views_schema]


def present_schemas(connection: Connection, schemas: list[str]) -> list[str]:
    """Those of the schemas that exist, as the catalog writes them."""
    rows = fetch_all(connection, _sql("present_schemas"), {"schemas": [fold(one) for one in schemas]})
    return [row.name for row in rows]


def own_schemas(dump: str, schemas: Iterable[str], store_schema: str) -> list[str]:
    """Those of the schemas of a dump that have fixed tables of ours: tables of out_ versions are called as the metadata
    says."""
    return [one for one in schemas if dump != OUT or one == store_schema.lower()]


def has_table(connection: Connection, name: str) -> bool:
    """Whether there is a table of that name, with its schema."""
    [row] = fetch_all(connection, _sql("has_table"), {"name": name})
    return bool(row.is_there)


@contextmanager
def open_installation(
    url: str,
    company: str | None,
    environ: Mapping[str, str] = os.environ,
    *,
    follow: Callable[[Tree], None] | None = None,
) -> Iterator[Installation]:
    """Opens a company's databases as `open_runtime` does, and that of the console."""
    seen: list[Tree] = []

    def keep(tree: Tree) -> None:
        seen.append(tree)
        if follow:
            follow(tree)

    with open_runtime(url, company, environ, follow=keep) as runtime:
        [tree] = seen
        settings = web_settings(tree.contents, origin=tree.origin, environ=environ, open_texts=tree.open_texts)
        with open_database(settings.database, "etl", environ, sessions=2) as web_engine:
            yield Installation(runtime, tree, web_engine)
