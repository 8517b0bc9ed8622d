"""Builds the Runtime: names the concrete configuration, servers and schemas."""

import logging
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial

import sqlalchemy

from etl.config import Tree, etl_home, open_source
from etl.database import Access, PlacedPart, application_name, create_database, open_engine, transaction
from etl.engine.compatibility import compatibility_digest
from etl.engine.privilege_errors import naming_causes
from etl.engine.runtime import Runtime
from etl.logs import keep_secret
from etl.metadata import Company, company_documents, names, parse_company
from etl.outputs.versions import STORE_PARTS, Mirror
from etl.settings import PostgresSettings, Settings, parse_settings, warnings_of
from etl.sources.in_tables.handshake import Handshake
from etl.sources.in_tables.own_tables import IMPORT
from etl.store import Store, StoreFence

_log = logging.getLogger("in_pg_migration")

_NAME_LENGTH = 63


@contextmanager
def open_runtime(
    url: str,
    company_code: str | None,
    environ: Mapping[str, str] = os.environ,
    *,
    follow: Callable[[Tree], None] | None = None,
) -> Iterator[Runtime]:
    """Reads the configuration at `url` and opens what it names, for the time of a `with` block.

    `follow` is called with the tree before it is read: the log reads its routing from it.
    Raises ConfigurationError with every problem of every text, EnvironmentFault when the embedded server cannot run.
    """
    settings, company = read_configuration(url, company_code, environ, follow=follow)
    with build_runtime(settings, company, environ) as runtime, naming_causes(runtime):
        yield runtime


@contextmanager
def build_runtime(settings: Settings, company: Company, environ: Mapping[str, str] = os.environ) -> Iterator[Runtime]:
    """Opens what a snapshot of the configuration names."""
    owner = secrets.token_hex(8)
    with ExitStack() as stack:
        name = application_name(owner)
        engine, store_engine, out_engine = _engines(settings, stack, name, environ)
        others = tuple(dict.fromkeys(one for one in (store_engine, out_engine) if one is not engine))
        store = Store(names.store_schema(company.code))
        store_fence = StoreFence(store.schema, tuple(PlacedPart(part, store.schema) for part in STORE_PARTS))
        in_migration = settings.in_migration
        parts = PlacedPart(IMPORT, in_migration.schema_name), *(store_fence.parts if store_engine is engine else ())
        yield Runtime(
            settings=settings,
            company=company,
            engine=engine,
            store_engine=store_engine,
            out_engine=out_engine,
            owner=owner,
            handshake=Handshake(
                engine,
                in_migration.schema_name,
                company.code,
                owner,
                in_migration.lease_seconds,
                others,
                compatibility_digest(settings, company, has_own_store=store_engine is not engine),
                partial(_next_number, store_engine, store, store_fence),
                parts,
            ),
            store_fence=store_fence,
            store=store,
            mirror=Mirror(company, store.schema, f"mirror in {settings.out_database.database}"[:_NAME_LENGTH]),
        )


def _next_number(engine: sqlalchemy.Engine, store: Store, fence: StoreFence, above: int) -> int:
    with transaction(engine) as connection:
        return store.next_number(connection, above=max(above, fence.highest_unit(connection)))


def read_configuration(
    url: str,
    company_code: str | None,
    environ: Mapping[str, str] = os.environ,
    *,
    follow: Callable[[Tree], None] | None = None,
) -> tuple[Settings, Company]:
    """Settings and metadata of one company, from one snapshot of the tree at `url`."""
    with open_source(url) as source:
        tree = source.snapshot()
    if follow:
        follow(tree)
    return parse_configuration(tree, company_code, environ)


def parse_configuration(
    tree: Tree, company_code: str | None, environ: Mapping[str, str] = os.environ
) -> tuple[Settings, Company]:
    """Settings and metadata of one company; from now on the log masks their secrets."""
    for one in warnings_of(tree.contents, tree.origin):
        _log.warning("%s", one)
    settings = parse_settings(
        tree.contents, origin=tree.origin, company=company_code, environ=environ, open_texts=tree.open_texts
    )
    keep_secret(*(one.secret for one in settings.values))
    code = settings.in_migration.company_code
    return settings, parse_company(code, company_documents(code, tree.contents, origin=tree.origin))


@contextmanager
def open_database(
    database: PostgresSettings, name: str, environ: Mapping[str, str] = os.environ, *, sessions: int = 5
) -> Iterator[sqlalchemy.Engine]:
    """An engine for a configured database; without a host for the embedded server, which runs as long as it is used.

    `name` is the application_name of its sessions, `sessions` the size of the pool.
    """
    with ExitStack() as stack:
        access, revive = _access(database, stack, environ)
        engine = open_engine(access, name, pool_size=sessions, revive=revive)
        stack.callback(engine.dispose)
        yield engine


def _access(
    database: PostgresSettings, stack: ExitStack, environ: Mapping[str, str]
) -> tuple[Access, Callable[[], None] | None]:
    """How to connect to the database, and what restarts its server: only the embedded one can be restarted."""
    if database.host:
        access = Access(
            host=database.host,
            port=database.port,
            database=database.database,
            username=database.username,
            password=database.password.get_secret_value(),
            sslmode=database.sslmode,
            source=database.path,
        )
        return access, None
    # Imported here, so that a run on an external server does not need the package.
    from etl.embedded import EmbeddedServer

    server = stack.enter_context(EmbeddedServer(etl_home(environ)))
    access = Access(str(server.socket_dir), server.port, database.database, server.username, source="embedded server")
    create_database(access)
    return access, server.revive


def _engines(
    settings: Settings, stack: ExitStack, name: str, environ: Mapping[str, str]
) -> Iterator[sqlalchemy.Engine]:
    """The engines of import, store and out: one for each database, shared where they are in the same one."""
    opened: dict[tuple[object, ...], sqlalchemy.Engine] = {}
    for database in (settings.import_database, settings.store_database, settings.out_database):
        context = (database.host, database.port, database.database)
        if context not in opened:
            sessions = settings.worker_count + 4
            opened[context] = stack.enter_context(open_database(database, name, environ, sessions=sessions))
        yield opened[context]
