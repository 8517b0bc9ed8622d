"""The databases of a house, each once, with what of ours lies there."""

from dataclasses import dataclass

import sqlalchemy

from etl.engine import House
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
    schemas: tuple[str, ...]

    def of(self, what: str) -> str:
        """What is looked at, as it is called in a finding."""
        return f"{what} of the {self.role}" if self.role else what


def places(house: House) -> list[Place]:
    """The import's first; store and out have their own only where the configuration says so."""
    settings = house.settings
    source, store = (house.in_schema,), (house.store.schema,)
    out = (house.out_version.schema,) if settings.has_out_migration else ()
    store_has = store if house.has_own_out else store + out
    found = [
        Place(
            "",
            "configs/InMigrationPostgresConfig.txt",
            house.engine,
            settings.import_database,
            source if house.has_own_store else source + store_has,
        )
    ]
    if house.has_own_store:
        text = "configs/StorePostgresConfig.txt"
        found.append(Place("store", text, house.store_engine, settings.store_database, store_has))
    if house.has_own_out and out:
        text = "configs/OutMigrationPostgresConfig.txt"
        # The mirror of the store beside the out_ tables.
        found.append(Place("out tables", text, house.out_engine, settings.out_database, store + out))
    return found
