"""Companies that are copied from a template are as those whose first run makes everything."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from etl.database import transaction
from etl.embedded import EmbeddedServer
from etl.engine import build_version, prepare
from etl.outputs import versions as outbound
from tests.fix_company import APART, BOTH_LAYOUTS, CLAIMS, OUT, MakeSite, Site, new_site
from tests.fix_database import Database, fresh_database

_RELATIONS = """
    select n.nspname, n.nspowner::regrole::text as schema_owner, n.nspacl::text, c.relname, c.relkind,
        c.relowner::regrole::text as owner, c.relacl::text,
        (select string_agg(concat_ws(' ', attname, atttypid::regtype, attnotnull), ', ' order by attnum)
            from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped) as columns
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname !~ '^pg_|^information_schema' order by 1, 4
"""
_FUNCTIONS = """
    select p.oid::regprocedure::text as name, p.proowner::regrole::text as owner, p.proacl::text, p.prosrc
    from pg_proc p where p.pronamespace::regnamespace::text !~ '^pg_|^information_schema' order by 1
"""


def shape(site: Site) -> list[str]:
    """Everything in the databases with owners and privileges; roles by what they are."""
    rows = [row for one in site.databases for query in (_RELATIONS, _FUNCTIONS) for row in site.look(query, at=one)]
    return [str(row).replace(site.engine_role, "engine").replace(site.partner_role, "partner") for row in rows]


@BOTH_LAYOUTS
@pytest.mark.prepared
def test_a_copy_has_what_the_first_run_makes(
    make_site: MakeSite, server: EmbeddedServer, template: Database, tmp_path: Path, layout: str
) -> None:
    copied = make_site(CLAIMS)
    folder = tmp_path / "made"
    folder.mkdir()
    with ExitStack() as stack:
        databases = [stack.enter_context(fresh_database(server, template)) for _ in copied.databases]
        made = new_site(databases[0], folder, CLAIMS, others=databases[1:])
        stack.callback(made.partner.session.close)
        with made.runtime() as runtime:
            prepare(runtime)
            build_version(runtime, None, lambda _: None)
        assert len(copied.databases) == (3 if layout == APART else 1)
        assert shape(copied) == shape(made)


@BOTH_LAYOUTS
@pytest.mark.prepared
def test_a_copy_knows_its_version_and_has_seen_no_run(make_site: MakeSite) -> None:
    site = make_site(CLAIMS)
    with site.runtime() as runtime, transaction(runtime.out_engine) as connection:
        [version] = outbound.known_versions(connection, runtime.store.schema)
    assert (version.schema, version.is_whole, version.is_current, version.position_is_stale) == (OUT, True, True, False)
    assert (site.count("in_tables.run"), site.count("in_tables.process_tracking")) == (0, 0)
    site.partner.hand_over()
    assert site.run().run


@pytest.mark.prepared
@pytest.mark.first_run
def test_a_first_run_finds_nothing_where_that_is_asked_for(make_site: MakeSite) -> None:
    site = make_site(CLAIMS)
    assert not site.look("select 1 from pg_namespace where nspname ~ '^(store|out)_'")


def test_other_folders_are_not_prepared(make_site: MakeSite) -> None:
    assert not make_site(CLAIMS).look("select 1 from pg_namespace where nspname ~ '^(store|out)_'")


@pytest.mark.parametrize("_", range(2))
@pytest.mark.prepared
def test_no_one_sees_what_another_test_has_done(make_site: MakeSite, _: int) -> None:
    site = make_site(CLAIMS)
    assert site.count("in_tables.in_Client") == 0
    site.partner.fill("in_Client", {"in_id": "a", "name": "Anna"})
    site.look(f"revoke select on in_tables.in_Client from {site.partner_role}")
    site.look("create table in_tables.left_behind (n int)")
