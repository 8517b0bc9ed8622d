"""What a run makes before it starts, and that it waits for no session when there is nothing to make."""

import pytest

from etl.engine.preparation import prepare
from tests.fix_company import CLAIMS, MakeSite, Site
from tests.integration.outputs.writers import session

pytestmark = pytest.mark.first_run


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return make_site(CLAIMS)


def test_a_second_preparation_waits_for_no_one(site: Site) -> None:
    """Writers of our tables and readers of our views may take hours."""
    site.run()
    with session(site.database) as at_import, session(site.store_database) as at_store:
        for table in ("in_tables.err", "in_tables.run", "in_tables.task"):
            at_import.execute(f"lock table {table} in row exclusive mode")
        at_store.execute("lock table store_demo.journal in row exclusive mode")
        at_import.execute("select * from in_tables.last_migration_state")
        with site.runtime() as runtime:
            prepare(runtime)


def test_the_comment_of_an_administrator_stays(site: Site) -> None:
    site.run()
    site.look("comment on table in_tables.err is 'ask the team of the import'")
    with site.runtime() as runtime:
        prepare(runtime)
    assert site.value("select obj_description('in_tables.err'::regclass)") == "ask the team of the import"
