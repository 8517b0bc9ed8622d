"""The engine says in sentences what its role lacks, and works as an ordinary role."""

import json
import logging

import pytest

from etl.engine.preparation import _warn_of_superuser
from etl.errors import EnvironmentFault
from tests.fix_company import CLAIMS, IMPORT_CONFIG, OUT, OUT_CONFIG, PASSWORD, MakeSite, Site
from tests.integration.privileges.calling import call


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return make_site(CLAIMS)


def test_an_ordinary_role_lacks_nothing(site: Site) -> None:
    site.run()
    checked = call(site, "grants", "--check")
    assert (checked.code, checked.out, checked.err) == (0, "the engine's role lacks nothing\n", "")
    assert json.loads(call(site, "grants", "--check", "--json").out) == {"lacking": [], "superuser": None}


def test_every_missing_right_is_named_with_its_cure(site: Site) -> None:
    name, role = site.database.name, f"engine_{site.database.name}"
    site.run()
    site.look(
        f"revoke create on database {name} from {role}; revoke temporary on database {name} from public;"
        f"alter schema in_tables owner to postgres; grant usage on schema in_tables to {role};"
        f"alter schema store_demo owner to postgres;"
        f"alter table in_tables.err owner to postgres; drop schema {OUT} cascade"
    )
    lines = [
        f"TEMPORARY on database {name}: grant temporary on database {name} to {role}",
        f"CREATE on schema in_tables: grant create on schema in_tables to {role}",
        f"in_tables.err belongs to postgres: alter table in_tables.err owner to {role}",
        f"USAGE on schema store_demo: grant usage on schema store_demo to {role}",
        f"CREATE on schema store_demo: grant create on schema store_demo to {role}",
        f"CREATE on database {name}: grant create on database {name} to {role} (for the schemas {OUT})",
    ]
    checked = call(site, "grants", "--check")
    assert checked.code == 4
    assert checked.out.splitlines() == lines
    # What the printed cures say is enough.
    site.look(";".join(line.split(": ")[1].split(" (for")[0] for line in lines))
    site.look("delete from store_demo.out_version")
    assert call(site, "grants", "--check").code == 0
    site.partner.hand_over()
    assert site.run().run


def test_a_run_does_not_start_without_its_privileges(site: Site) -> None:
    name = site.database.name
    site.look(f"revoke create on database {name} from engine_{name}; revoke temporary on database {name} from public")
    with pytest.raises(EnvironmentFault) as refused:
        site.run()
    assert str(refused.value).splitlines() == [
        f"the engine's role engine_{name} lacks in database {name}:",
        f"  TEMPORARY on database {name}: grant temporary on database {name} to engine_{name}",
        f"  CREATE on database {name}: grant create on database {name} to engine_{name}"
        f" (for the schemas store_demo, {OUT})",
    ]


# What is taken away, what is reported, and what gives it back; {name} is the database, {role} the engine's role.
SINGLE = {
    "connect": (
        "revoke connect on database {name} from public",
        'permission denied for database "{name}": grant connect on it to the engine\'s role',
        "grant connect on database {name} to {role}",
    ),
    "login": ("alter role {role} nologin", "alter the role: login", "alter role {role} login"),
    "temporary": (
        "revoke temporary on database {name} from public",
        "TEMPORARY on database {name}: grant temporary on database {name} to {role}",
        "",
    ),
    "the import's schema": (
        "alter schema in_tables owner to postgres; grant create on schema in_tables to {role}",
        "USAGE on schema in_tables: grant usage on schema in_tables to {role}",
        "",
    ),
    "to make something in it": (
        "alter schema in_tables owner to postgres; grant usage on schema in_tables to {role}",
        "CREATE on schema in_tables: grant create on schema in_tables to {role}",
        "",
    ),
    "an in_ table": (
        "alter table in_tables.in_client owner to postgres",
        "in_tables.in_Client: belongs to the role postgres; its code would run with the engine's privileges",
        "alter table in_tables.in_client owner to {role}",
    ),
    "the marker": (
        "alter table in_tables.process_tracking owner to postgres",
        "in_tables.process_tracking: belongs to the role postgres",
        "alter table in_tables.process_tracking owner to {role}",
    ),
    "a table beside it": (
        "alter table in_tables.run owner to postgres",
        "in_tables.run belongs to postgres: alter table in_tables.run owner to {role}",
        "",
    ),
    "a right on a table of ours": (
        "revoke update on store_demo.bo_client from {role}",
        "UPDATE on store_demo.bo_client: grant update on store_demo.bo_client to {role}",
        "",
    ),
    "the store's schema": (
        "alter schema store_demo owner to postgres; grant create on schema store_demo to {role}",
        "USAGE on schema store_demo: grant usage on schema store_demo to {role}",
        "",
    ),
    "a table of the store": (
        "alter table store_demo.journal owner to postgres",
        "store_demo.journal belongs to postgres: alter table store_demo.journal owner to {role}",
        "",
    ),
    "the schema of another version": (
        "alter schema out_demo_1_2 owner to postgres; grant create on schema out_demo_1_2 to {role}",
        "USAGE on schema out_demo_1_2: grant usage on schema out_demo_1_2 to {role}",
        "",
    ),
    "a table of another version": (
        "alter table out_demo_1_2.client owner to postgres",
        "out_demo_1_2.client belongs to postgres: alter table out_demo_1_2.client owner to {role}",
        "",
    ),
}


@pytest.mark.parametrize("which", SINGLE)
def test_a_single_missing_right_is_said_by_run_and_check(site: Site, which: str) -> None:
    site.partner.fill("in_Client", {"in_id": "a", "name": "Anna"})
    site.run()
    assert site.etl("out", "build", "--version", "2").code == 0
    site.partner("update in_Client set name = 'Anne', in_status = ''")
    site.partner.hand_over()
    place = {"name": site.database.name, "role": f"engine_{site.database.name}"}
    taken, reported, given = (text.format(**place) for text in SINGLE[which])
    site.look(taken)
    refused = call(site, "run")
    assert (refused.code, reported in refused.err) == (4, True), refused.err
    checked = call(site, "check", "--json")
    [finding] = [one for one in json.loads(checked.out)["findings"] if reported.split(": ")[0] in one["found"]]
    assert (checked.code, finding["level"]) == (1, "error")
    site.look(given or finding["do"])
    assert call(site, "check").code == 0
    assert call(site, "run").code == 0
    assert site.look(f"select name from {OUT}.client") == [{"name": "Anne"}]


def test_a_view_that_belongs_to_someone_else_is_said_by_a_switch(site: Site) -> None:
    site.run()
    assert site.etl("out", "build", "--version", "2").code == 0
    site.look("alter view out_demo.client owner to postgres")
    cure = f"alter view out_demo.client owner to engine_{site.database.name}"
    assert call(site, "out", "switch", "2").err.endswith(f"  out_demo.client belongs to postgres: {cure}")
    assert call(site, "grants", "--check").out == f"out_demo.client belongs to postgres: {cure}\n"
    site.look(cure)
    assert call(site, "out", "switch", "2").code == 0


def test_a_superuser_is_warned_of_once(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    role = f"engine_{site.database.name}"
    site.look(f"alter role {role} superuser")
    _warn_of_superuser.cache_clear()
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            site.partner.hand_over()
            assert site.run().run
    warned = [record.getMessage() for record in caplog.records if "superuser" in record.getMessage()]
    assert warned == [f"the engine's role {role} is a superuser: an ordinary role is safer (docs/privileges.md)"]
    assert f"the engine's role {role} is a superuser" in call(site, "grants", "--check").out


@pytest.mark.parametrize("role", ["etl-engine", "Engine", "user", 'a"b', "движок", "etl engine"])
def test_the_cure_is_a_statement_that_works_for_any_role(site: Site, role: str) -> None:
    site.run()
    quoted = '"' + role.replace('"', '""') + '"'
    name = site.database.name
    site.look(f"revoke temporary, create on database {name} from public, engine_{name}; drop schema {OUT} cascade")
    site.look(f"alter role engine_{name} rename to {quoted}")
    site.look(f"alter role {quoted} password '{PASSWORD}'")
    for config in (IMPORT_CONFIG, OUT_CONFIG):
        if f"engine_{name}" in site.text(config):
            site.edit(config, f"username=engine_{name}", f"username={role}")
    cures = [line.split(": ", 1)[1].split(" (for")[0] for line in call(site, "grants", "--check").out.splitlines()]
    assert len(cures) == 2
    for cure in cures:
        site.look(cure)
    assert call(site, "grants", "--check").code == 0
    site.look(f"alter role {quoted} rename to engine_{name}")
