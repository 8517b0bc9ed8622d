"""The frozen list of keywords against the PostgreSQL under test."""

import sqlalchemy

from etl.database import transaction
from etl.quoting import identifier
from etl.quoting.keywords import QUOTED_KEYWORDS

# Reserved since PostgreSQL 16.
LATER = {"system_user"}


def test_the_list_is_that_of_the_server(engine: sqlalchemy.Engine) -> None:
    with transaction(engine) as connection:
        words = connection.execute(sqlalchemy.text("select word from pg_get_keywords() where catcode in ('R', 'T')"))
        live = set(words.scalars())
        version = connection.execute(sqlalchemy.text("show server_version_num")).scalar_one()
    assert live == (QUOTED_KEYWORDS if int(version) >= 160000 else QUOTED_KEYWORDS - LATER)


def test_every_keyword_works_as_table_and_column(engine: sqlalchemy.Engine) -> None:
    with transaction(engine) as connection:
        words = connection.execute(sqlalchemy.text("select word from pg_get_keywords() order by 1")).scalars().all()
        assert len(words) > 400
        connection.exec_driver_sql("create schema s")
        for word in words:
            name = identifier(word.title())
            connection.exec_driver_sql(f"create table s.{name} ({name} text)")
            connection.exec_driver_sql(f"insert into s.{name} ({name}) values ('x')")
            connection.exec_driver_sql(f"update s.{name} t set {name} = t.{name} where t.{name} is not null")
            row = connection.exec_driver_sql(f"select t.{name} from s.{name} t").one()
            assert row == ("x",)
