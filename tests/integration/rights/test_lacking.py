"""The engine says in sentences what its role lacks, and works as an ordinary role."""

import json
import logging

import pytest

from etl.engine.preparation import _warn_of_superuser
from etl.errors import EnvironmentFault
from tests.fix_company import CLAIMS, OUT, MakeSite, Site
from tests.integration.rights.calling import call


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


def test_a_run_does_not_start_without_its_rights(site: Site) -> None:
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


def test_a_superuser_is_warned_of_once(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    role = f"engine_{site.database.name}"
    site.look(f"alter role {role} superuser")
    _warn_of_superuser.cache_clear()
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            site.partner.hand_over()
            assert site.run().run
    warned = [record.getMessage() for record in caplog.records if "superuser" in record.getMessage()]
    assert warned == [
        f"the engine's role {role} is a superuser: an ordinary role is enough, and safer (docs/rights.md)"
    ]
    assert f"the engine's role {role} is a superuser" in call(site, "grants", "--check").out
