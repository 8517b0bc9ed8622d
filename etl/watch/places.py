"""The databases of a house, each once, with what of ours lies there."""

from dataclasses import dataclass

import sqlalchemy

from etl.engine import House
from etl.rights import Held
from etl.settings import PostgresSettings


@dataclass(frozen=True)
class Place:
    """One database. `role`: what of the import, store and out lies there beside the import; empty for the import's.

    `source`: the text of the configuration that names it.
    """

    role: str
    source: str
    engine: sqlalchemy.Engine
    database: PostgresSettings
    held: Held

    def of(self, what: str) -> str:
        """What is looked at, as it is called in a finding."""
        return f"{what} of the {self.role}" if self.role else what


def places(house: House) -> list[Place]:
    """The import's first; store and out have their own only where the configuration says so."""
    settings = house.settings

    def place(role: str, text: str, engine: sqlalchemy.Engine, database: PostgresSettings) -> Place:
        return Place(role, f"configs/{text}", engine, database, house.held(engine))

    found = [place("", "InMigrationPostgresConfig.txt", house.engine, settings.import_database)]
    if house.has_own_store:
        found.append(place("store", "StorePostgresConfig.txt", house.store_engine, settings.store_database))
    if house.has_own_out and house.out_engine is not house.engine and settings.has_out_migration:
        # The mirror of the store beside the out_ tables.
        found.append(place("out tables", "OutMigrationPostgresConfig.txt", house.out_engine, settings.out_database))
    return found
