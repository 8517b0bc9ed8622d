"""The database of a simulated partner."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy

from etl.database import open_engine
from etl.engine import open_database
from etl.errors import ConfigurationError
from etl.settings import PostgresSettings
from etl.simulator import address_of


@contextmanager
def partner_engine(configured: PostgresSettings, url: str | None, password: str) -> Iterator[sqlalchemy.Engine]:
    """Connections to the database of the URL, by default to the configured one."""
    if url is None:
        with open_database(configured, "partner") as engine:
            yield engine
        return
    engine = open_engine(address_of(url).access(password), "partner")
    try:
        yield engine
    finally:
        engine.dispose()


def refuse_another(database: str, test_database: str, what: str) -> None:
    """Raises ConfigurationError where the partner is not in the database that it may use."""
    if database != test_database:
        raise ConfigurationError(
            f"the partner would {what} the database {database}, and --test-database says {test_database}: "
            "name the database that it may use, and make sure that it is not a production database"
        )
