"""The one place that names the concrete things: which configuration, which server, which schemas."""

import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial

import sqlalchemy

from etl.config import Tree, etl_home, open_source
from etl.database import Access, Connection, application_name, create_database, open_engine, snapshot, transaction
from etl.engine.pinned import pinned
from etl.engine.refusals import naming_causes
from etl.handshake import Gate, Handshake
from etl.inbound import Sides
from etl.logs import keep_secret
from etl.metadata import Company, company_documents, names, parse_company
from etl.outbound import Mirror, OutVersion, Versions
from etl.rights import Held
from etl.settings import PostgresSettings, Settings, parse_settings
from etl.store import Store

_NAME_LENGTH = 63
Begin = Callable[..., AbstractContextManager[Connection]]


@dataclass(frozen=True)
class House:
    """Everything a command works with, read once: one snapshot of the configuration, the engines, the rooms' doors.

    `engine` is that of the import; store and out have the same one, unless they are in another database.
    """

    settings: Settings
    company: Company
    engine: sqlalchemy.Engine
    store_engine: sqlalchemy.Engine
    out_engine: sqlalchemy.Engine
    owner: str
    handshake: Handshake
    gate: Gate
    store: Store
    mirror: Mirror

    @property
    def versions(self) -> Versions:
        """The company's out_ versions."""
        out = self.settings.out_migration
        return Versions(
            self.company,
            self.store.schema,
            out.environment_version,
            keeps_removed=out.keeps_removed,
            chunk_rows=self.settings.in_migration.chunk_rows,
            undivided_rows=self.settings.undivided_rows,
            fill_seconds=out.fill_seconds,
        )

    @property
    def out_version(self) -> OutVersion:
        """The version that the environment names."""
        return self.versions.newest

    @property
    def in_schema(self) -> str:
        """Schema of the in_ tables and of our own tables beside them."""
        return self.settings.in_migration.schema_name

    @property
    def has_own_store(self) -> bool:
        """Whether the store is in another database than the import."""
        return self.store_engine is not self.engine

    @property
    def has_own_out(self) -> bool:
        """Whether the out_ schemas are in another database than the store."""
        return self.out_engine is not self.store_engine

    def held(self, engine: sqlalchemy.Engine) -> Held:
        """What is ours in the database of one of the engines."""
        has_out = self.settings.has_out_migration and engine is self.out_engine
        return Held(
            source=self.in_schema if engine is self.engine else "",
            store=self.store.schema if has_out or engine is self.store_engine else "",
            out=self.out_version.schema if has_out else "",
            views=self.versions.views_schema if has_out else "",
        )

    @property
    def merge_settings(self) -> dict[str, str]:
        """PostgreSQL's settings for a transaction that merges rows.

        What is analyzed for its own plans are ids and states, which a small sample tells too.
        """
        return {
            "work_mem": f"{self.settings.in_migration.work_mem_mb}MB",
            "default_statistics_target": "10",
            "client_min_messages": "warning",
        }

    @contextmanager
    def sides(self, source: Connection, begin: Begin = transaction) -> Iterator[Sides]:
        """Beside a transaction of the import that of the store, which may be the same; closed, it is committed."""
        if not self.has_own_store:
            yield Sides(source, source)
            return
        with begin(self.store_engine, **self.merge_settings) as store:
            yield Sides(source, store)

    def highest_run(self, sides: Sides) -> int:
        """The highest number of a run that import or store know of, 0 before the first."""
        known = self.handshake.highest_run(sides.source)
        return known if sides.is_one else max(known, self.gate.highest_run(sides.store))

    @contextmanager
    def out_side(self, store: Connection | None = None) -> Iterator[Connection]:
        """A transaction in which the out_ schemas can follow the store: that of the store, or one of their own
        database, to which the mirror has been brought first."""
        if store is not None and not self.has_own_out:
            yield store
            return
        self.catch_up()
        with transaction(self.out_engine, **self.merge_settings) as connection:
            yield connection

    @contextmanager
    def out_beside(self, source: Connection) -> Iterator[Connection]:
        """Beside a transaction of the import one of the out database, which may be the same; nothing follows."""
        if self.out_engine is self.engine:
            yield source
            return
        with transaction(self.out_engine) as connection:
            yield connection

    def catch_up(self) -> None:
        """Brings the mirror of a store in another database to where the store is."""
        if not self.has_own_out:
            return
        with snapshot(self.store_engine) as source, transaction(self.out_engine, **self.merge_settings) as target:
            upto, came = self.mirror.catch_up(source, target)
        with transaction(self.store_engine) as store:
            self.mirror.report(store, upto, came)


@contextmanager
def open_house(
    url: str,
    company_code: str | None,
    environ: Mapping[str, str] = os.environ,
    *,
    follow: Callable[[Tree], None] | None = None,
) -> Iterator[House]:
    """Reads the configuration at `url` and opens what it names, for the time of a `with` block.

    `follow` is told of the tree before it is read: the log takes its routing from there.
    Raises ConfigurationError with every problem of every text, EnvironmentFault when the embedded server cannot run.
    """
    settings, company = read_configuration(url, company_code, environ, follow=follow)
    with build_house(settings, company, environ) as house, naming_causes(house):
        yield house


@contextmanager
def build_house(settings: Settings, company: Company, environ: Mapping[str, str] = os.environ) -> Iterator[House]:
    """Opens what a snapshot of the configuration names."""
    owner = secrets.token_hex(8)
    with ExitStack() as stack:
        name = application_name(owner)
        engine, store_engine, out_engine = _engines(settings, stack, name, environ)
        others = tuple(dict.fromkeys(one for one in (store_engine, out_engine) if one is not engine))
        store = Store(names.store_schema(company.code))
        gate = Gate(store.schema)
        in_migration = settings.in_migration
        yield House(
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
                pinned(settings, company, has_own_store=store_engine is not engine),
                partial(_next_number, store_engine, store, gate if store_engine is not engine else None),
            ),
            gate=gate,
            store=store,
            mirror=Mirror(company, store.schema, f"mirror in {settings.out_database.database}"[:_NAME_LENGTH]),
        )


def _next_number(engine: sqlalchemy.Engine, store: Store, gate: Gate | None, above: int) -> int:
    """A number for a run, given by the store at `engine`; `gate` if the store is not beside the import."""
    with transaction(engine) as connection:
        known = gate.highest_run(connection) if gate else 0
        return store.next_number(connection, above=max(above, known))


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
    """Settings and metadata of one company, and from now on no secret of theirs in the log."""
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

    `name` is how its backends call themselves, `sessions` how many of them may be kept.
    """
    with ExitStack() as stack:
        access, revive = _access(database, stack, environ)
        engine = open_engine(access, name, pool_size=sessions, revive=revive)
        stack.callback(engine.dispose)
        yield engine


def _access(
    database: PostgresSettings, stack: ExitStack, environ: Mapping[str, str]
) -> tuple[Access, Callable[[], None] | None]:
    """How the database is reached, and what to do when its server has died: only the embedded one is ours to start."""
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
    # Only now, so that a run on a server of its own needs neither the wheel nor its import.
    from etl.database.embedded import EmbeddedServer

    server = stack.enter_context(EmbeddedServer(etl_home(environ)))
    access = Access(str(server.socket_dir), server.port, database.database, server.username, source="embedded server")
    create_database(access)
    return access, server.revive


def _engines(
    settings: Settings, stack: ExitStack, name: str, environ: Mapping[str, str]
) -> Iterator[sqlalchemy.Engine]:
    """Those of import, store and out: one for each database, however many of the three are in it."""
    opened: dict[tuple[object, ...], sqlalchemy.Engine] = {}
    for database in (settings.import_database, settings.store_database, settings.out_database):
        place = (database.host, database.port, database.database)
        if place not in opened:
            sessions = settings.worker_count + 4
            opened[place] = stack.enter_context(open_database(database, name, environ, sessions=sessions))
        yield opened[place]
