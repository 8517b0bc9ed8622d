"""What every command works with: settings, metadata, engines and our own tables."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

import sqlalchemy

from etl.database import Connection, PlacedPart, snapshot, transaction
from etl.ddl.privileges import Held
from etl.merge import Connections
from etl.metadata import Company
from etl.outputs.versions import MIRROR_PARTS, STORE_PARTS, Mirror, OutVersion, Versions
from etl.settings import Settings
from etl.sources.in_tables.handshake import Handshake
from etl.sources.in_tables.own_tables import IMPORT
from etl.store import Store, StoreFence

Begin = Callable[..., AbstractContextManager[Connection]]


@dataclass(frozen=True)
class Runtime:
    """Settings, metadata, engines and our own tables, read once from one snapshot of the configuration.

    `engine` is the engine of the import; store and out use the same one, unless they are in another database.
    """

    settings: Settings
    company: Company
    engine: sqlalchemy.Engine
    store_engine: sqlalchemy.Engine
    out_engine: sqlalchemy.Engine
    owner: str
    handshake: Handshake
    store_fence: StoreFence
    store: Store
    mirror: Mirror

    @property
    def versions(self) -> Versions:
        out = self.settings.out_migration
        return Versions(
            self.company,
            self.store.schema,
            out.environment_version,
            kept_states=out.kept_states,
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
        return self.store_engine is not self.engine

    @property
    def has_own_out(self) -> bool:
        """Whether the out_ schemas are in another database than the store."""
        return self.out_engine is not self.store_engine

    def parts_at(self, engine: sqlalchemy.Engine) -> tuple[PlacedPart, ...]:
        """The parts of our tables in the database of one of the engines: every schema records the version of each."""
        found = [PlacedPart(IMPORT, self.in_schema)] if engine is self.engine else []
        if engine is self.store_engine:
            found += [PlacedPart(part, self.store.schema) for part in STORE_PARTS]
        elif engine is self.out_engine and self.settings.has_out_migration:
            found += [PlacedPart(part, self.store.schema) for part in MIRROR_PARTS]
        return tuple(found)

    def held(self, engine: sqlalchemy.Engine) -> Held:
        """Our schemas in the database of one of the engines."""
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

        A small statistics sample suffices: the plans depend on ids and states only.
        """
        return {
            "work_mem": f"{self.settings.in_migration.work_mem_mb}MB",
            "default_statistics_target": "10",
            "client_min_messages": "warning",
        }

    @contextmanager
    def connections(self, source: Connection, begin: Begin = transaction) -> Iterator[Connections]:
        """Adds to a transaction of the import one of the store (the same in one database), committed at the end."""
        if not self.has_own_store:
            yield Connections(source, source)
            return
        with begin(self.store_engine, **self.merge_settings) as store:
            yield Connections(source, store)

    def highest_run(self, connections: Connections) -> int:
        """The highest number of a run that import or store know of, 0 before the first."""
        known = self.handshake.highest_run(connections.imported)
        return max(known, self.store_fence.highest_unit(connections.store))

    @contextmanager
    def out_connection(self, store: Connection | None = None) -> Iterator[Connection]:
        """A transaction in which the out_ schemas can follow the store: the store's own, or one of the out database,
        after its mirror has caught up."""
        if store is not None and not self.has_own_out:
            yield store
            return
        self.catch_up()
        with transaction(self.out_engine, **self.merge_settings) as connection:
            yield connection

    @contextmanager
    def out_beside(self, source: Connection) -> Iterator[Connection]:
        """Adds to a transaction of the import one of the out database (the same in one database); nothing follows."""
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
