"""Handshakes of any number of owners on one schema."""

from collections.abc import Callable, Iterator

import pytest
import sqlalchemy

from etl.database import Access, bring_up, open_engine, transaction
from etl.sources.in_tables.handshake import Handshake
from etl.sources.in_tables.own_tables import IMPORT
from tests.fix_company import MakeSite, Site
from tests.fix_database import Database

LEASE_SECONDS = 60

MakeHandshake = Callable[[str], Handshake]

_DOCUMENTS = {"Client": "code: Client\nfields:\n  - {code: Name, type: INPUT_TEXT, needLoadFromInTables: true}\n"}


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return make_site(_DOCUMENTS)


@pytest.fixture
def engine(database: Database) -> Iterator[sqlalchemy.Engine]:
    engine = open_engine(
        Access(database.host, database.port, database.name, database.username), "etl:all", pool_size=10
    )
    yield engine
    engine.dispose()


@pytest.fixture
def handshake(site: Site, engine: sqlalchemy.Engine) -> MakeHandshake:
    """Makes the handshake of an owner."""

    def make(owner: str) -> Handshake:
        return Handshake(engine, "in_tables", "demo", owner, LEASE_SECONDS)

    with transaction(engine) as connection:
        bring_up(connection, "in_tables", [IMPORT])
    return make
