"""Nothing that stands in a hostile search_path is ever called with the engine's privileges."""

import pytest

from tests.fix_company import CLAIMS, OUT, MakeSite, Site
from tests.integration.privileges.calling import call

# Of each kind of name that our statements use without a schema one that a partner could have made, better fitting than
# the real one wherever PostgreSQL would look here first. Each tells on who called it.
_HOSTILE = """
create schema hostile;
create table hostile.calls (name text, caller text default current_user);
grant all on schema hostile to public;
grant all on hostile.calls to public;
create sequence hostile.asked; -- what a driver asks before its first transaction is rolled back, and a sequence is not
grant all on hostile.asked to public;
create function hostile.current_schema() returns name language sql as
    $$ select pg_catalog.nextval('hostile.asked'); select cast('x' as name) $$;
create function hostile.set_config(text, text, boolean) returns text language sql as
    $$ insert into hostile.calls values ('set_config'); select pg_catalog.set_config($1, $2, $3) $$;
create function hostile.clock_timestamp() returns timestamptz language sql as
    $$ insert into hostile.calls values ('clock_timestamp'); select pg_catalog.now() $$;
create function hostile.now() returns timestamptz language sql as
    $$ insert into hostile.calls values ('now'); select pg_catalog.clock_timestamp() $$;
create function hostile.sha256(bytea) returns bytea language sql as
    $$ insert into hostile.calls values ('sha256'); select pg_catalog.sha256($1) $$;
create function hostile.format(text, variadic text[]) returns text language sql as
    $$ insert into hostile.calls values ('format'); select 'x' $$;
create function hostile.texteq(text, text) returns boolean language sql as
    $$ insert into hostile.calls values ('='); select $1 operator(pg_catalog.=) $2 $$;
create operator hostile.= (leftarg = text, rightarg = text, function = hostile.texteq);
create function hostile.vareq(varchar, varchar) returns boolean language sql as
    $$ insert into hostile.calls values ('= varchar'); select $1 operator(pg_catalog.=) $2 $$;
create operator hostile.= (leftarg = varchar, rightarg = varchar, function = hostile.vareq);
create view hostile.pg_roles as select * from pg_catalog.pg_roles where hostile.now() is null;
create view hostile.pg_class as select * from pg_catalog.pg_class where hostile.now() is null;
create view hostile.pg_stat_activity as select * from pg_catalog.pg_stat_activity where hostile.now() is null;
create table hostile.run (id bigint);
create table hostile.in_client (in_id text);
create table hostile.task (id bigint);
"""


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    site = make_site(CLAIMS)
    site.look(_HOSTILE)
    return site


@pytest.mark.parametrize("path", ["hostile, pg_catalog", "public, hostile"])
def test_nothing_hostile_is_called(site: Site, path: str) -> None:
    site.look(f"alter database {site.database.name} set search_path = {path}")
    if path.startswith("public"):
        # As on servers before 15, where every role may make objects in public.
        site.look("create function public.set_config(text, text, bool) returns text language sql as "
                  "$$ insert into hostile.calls values ('public.set_config'); select '' $$")  # fmt: skip
    site.partner.fill("in_Client", {"in_id": "a", "name": "Anna"})
    site.partner.fill("in_Claim", {"in_id": "1", "title": "First"})
    site.partner.fill("in_Claim_Client", {"claim_id": "1", "client_id": "a"})
    site.partner.fill("in_fileStorage", {"file_id": "f", "content": b"x"})
    site.look("delete from hostile.calls")  # the fixtures' own sessions are no engine
    assert call(site, "run").code == 0
    run = str(site.value("select max(id) from in_tables.run"))
    commands = ("status", "errors list", "waiting", "clean", f"undo {run}", "grants --check", "run --dry-run")
    for command in (*commands, "generate-ddl --diff --direction all"):
        ended = call(site, *command.split())
        assert ended.code == 0, (command, ended.err)
    assert site.look("select name from hostile.calls where caller like 'engine_%%'") == []
    assert site.value("select is_called from hostile.asked") is False
    assert site.count(f"{OUT}.client") in (0, 1)


def test_the_snare_works(site: Site) -> None:
    """Without pinning, a session in this path does call what is hostile: the test above could fail."""
    site.look("set search_path = hostile, pg_catalog; select current_schema(), now(), set_config('a.b', 'c', true)")
    site.look("set search_path = hostile, pg_catalog; select cast('a' as text) = cast('b' as text)")
    called = {row["name"] for row in site.look("select name from hostile.calls")}
    assert {"now", "set_config", "="} <= called
    assert site.value("select is_called from hostile.asked")
