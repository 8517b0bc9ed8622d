"""The tests' own footing: a database a test, its superuser by socket, other roles by password."""

import pytest
import sqlalchemy

from etl.database import open_engine
from tests.fix_database import Database


@pytest.mark.parametrize("_", range(2))
def test_every_test_has_a_database_of_its_own(database: Database, engine: sqlalchemy.Engine, _: int) -> None:
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("create table mine (id int)"))
        assert connection.execute(sqlalchemy.text("select current_database()")).scalar_one() == database.name


def test_a_url_reaches_the_database(database: Database) -> None:
    engine = sqlalchemy.create_engine(database.url)
    with engine.connect() as connection:
        assert connection.execute(sqlalchemy.text("select current_database()")).scalar_one() == database.name
    engine.dispose()


def test_a_role_needs_its_password_over_the_network(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.execute(sqlalchemy.text("create role visitor login password 'right'"))
    try:
        for password, outcome in {"right": "visitor", "wrong": "password authentication failed"}.items():
            assert outcome in who_am_i(database, password)
    finally:
        with database.engine.begin() as connection:
            connection.execute(sqlalchemy.text("drop role visitor"))


def who_am_i(database: Database, password: str) -> str:
    engine = open_engine(database.tcp("visitor", password))
    try:
        with engine.connect() as connection:
            return str(connection.execute(sqlalchemy.text("select current_user")).scalar_one())
    except sqlalchemy.exc.OperationalError as error:
        return str(error)
    finally:
        engine.dispose()
