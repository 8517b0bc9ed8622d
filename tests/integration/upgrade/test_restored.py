"""A backup that was made before an upgrade, as docs/upgrade.md asks for, and restored elsewhere."""

from tests.fix_company import BOTH_LAYOUTS, MakeSite
from tests.fix_restore import Elsewhere, done
from tests.integration.upgrade.older import CLAIM_CLIENT, CLIENTS, VERSIONS, older_site, out


@BOTH_LAYOUTS
def test_a_backup_of_an_older_store_is_restored_and_brought_up(
    make_site: MakeSite, elsewhere: Elsewhere, layout: str
) -> None:
    site = older_site(make_site, layout)
    done(site.etl("backup", "-o", "backup"))
    there = elsewhere(site)
    done(there.etl("restore", "backup"))
    assert "`etl upgrade start`" in there.etl("verify").out
    done(there.etl("upgrade", "start"))
    done(there.etl("run"))
    for schema in VERSIONS:
        clients, claims, _ = out(there, schema)
        assert (clients, claims) == (CLIENTS, CLAIM_CLIENT)
    assert there.etl("verify").code == 0
