"""What a run makes before it starts, and that it waits for nobody when there is nothing to make."""

import psycopg
import pytest

from etl.engine.preparation import prepare
from tests.fix_company import CLAIMS, MakeSite, Site


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return make_site(CLAIMS)


def test_a_second_preparation_waits_for_nobody(site: Site) -> None:
    """Writers of our tables and readers of our views may be at work for hours."""
    site.run()
    database = site.database
    place = {"host": database.host, "port": database.port, "dbname": database.name, "user": database.username}
    with psycopg.connect(**place) as session:  # type: ignore[arg-type]
        for table in ("in_tables.err", "in_tables.run", "in_tables.task", "store_demo.journal"):
            session.execute(f"lock table {table} in row exclusive mode")
        session.execute("select * from in_tables.last_migration_state")
        with site.house() as house:
            prepare(house)


def test_what_was_made_by_other_statements_is_completed(site: Site) -> None:
    site.run()
    site.look("drop index in_tables.err_run; comment on table in_tables.err is 'made by an older version'")
    with site.house() as house:
        prepare(house)
    assert site.value("select to_regclass('in_tables.err_run') is not null")
