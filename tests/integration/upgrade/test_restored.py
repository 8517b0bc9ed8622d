"""A backup that was made before an upgrade, as docs/upgrade.md asks for, and restored elsewhere."""

from tests.fix_company import BOTH_LAYOUTS, CLAIMS, ONLY_ONE, STORE, MakeSite
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


@ONLY_ONE
def test_a_backup_of_a_switched_store_is_restored_and_finished(make_site: MakeSite, elsewhere: Elsewhere) -> None:
    site = make_site(CLAIMS)
    site.partner.fill("in_client", *({"in_id": f"c{n}", "name": "Anna"} for n in range(20)))
    site.partner.hand_over()
    for command in (("run",), ("upgrade", "start"), ("upgrade", "switch"), ("backup", "-o", "backup")):
        done(site.etl(*command))
    there = elsewhere(site)
    done(there.etl("restore", "backup"))
    held = there.etl("upgrade", "finish", "--yes")
    assert (held.code, "`etl restore --activate` ends that" in held.err) == (4, True), held
    done(there.etl("restore", "--activate"))
    refused = there.etl("upgrade", "rollback")
    assert (refused.code, "`etl upgrade finish` drops it" in refused.err) == (2, True), refused
    # What a clean-up of an older program does, which has waited behind the switch.
    there.look(f"delete from {STORE}.journal where ctid = any(array(select ctid from {STORE}.journal limit 5))")
    assert there.count(f"{STORE}.journal") == site.count(f"{STORE}.journal") > 5
    done(there.etl("upgrade", "finish", "--yes"))
    assert there.etl("verify").code == 0
    done(there.etl("run"))
