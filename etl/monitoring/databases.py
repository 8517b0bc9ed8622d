"""The databases of a company, each once, with our schemas there."""

from dataclasses import dataclass

import sqlalchemy

from etl.ddl.privileges import Held
from etl.engine import Runtime
from etl.settings import PostgresSettings


@dataclass(frozen=True)
class CheckedDatabase:
    """One database. `role`: which of store and out are there; empty for the import's.

    `source`: the text of the configuration that names it.
    """

    role: str
    source: str
    engine: sqlalchemy.Engine
    database: PostgresSettings
    held: Held

    def of(self, what: str) -> str:
        return f"{what} of the {self.role}" if self.role else what


def databases(runtime: Runtime) -> list[CheckedDatabase]:
    """The import's first; store and out have their own only where the configuration says so."""
    settings = runtime.settings

    def checked(role: str, text: str, engine: sqlalchemy.Engine, database: PostgresSettings) -> CheckedDatabase:
        return CheckedDatabase(role, f"configs/{text}", engine, database, runtime.held(engine))

    found = [checked("", "InMigrationPostgresConfig.txt", runtime.engine, settings.import_database)]
    if runtime.has_own_store:
        found.append(checked("store", "StorePostgresConfig.txt", runtime.store_engine, settings.store_database))
    if runtime.has_own_out and runtime.out_engine is not runtime.engine and settings.has_out_migration:
        # The mirror of the store beside the out_ tables.
        found.append(checked("out tables", "OutMigrationPostgresConfig.txt", runtime.out_engine, settings.out_database))
    return found
