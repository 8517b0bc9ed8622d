"""A backup that was made before an upgrade, as docs/upgrade.md asks for, and restored elsewhere."""

import json

import pytest

from tests.fix_company import BOTH_LAYOUTS, CLAIMS, ONLY_ONE, STORE, MakeSite
from tests.fix_restore import Elsewhere, done
from tests.integration.operations.test_restore import later_hand_over, what_there_is
from tests.integration.upgrade.older import (
    CLAIM_CLIENT,
    CLIENTS,
    STORE_12,
    VERSIONS,
    OlderProgram,
    older_site,
    out,
)


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


@pytest.mark.nightly
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


@BOTH_LAYOUTS
def test_a_backup_by_an_older_program_is_restored_by_this_one(
    make_site: MakeSite, elsewhere: Elsewhere, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Its wheel makes the backup, of a store of its own, in which a link waits; both companies come to the same."""
    older, site = OlderProgram(tmp_path_factory, STORE_12), make_site(CLAIMS)
    site.partner.fill("in_client", *({"in_id": f"c{n}", "name": f"Name {n}"} for n in range(3)))
    site.partner.fill("in_claim", *({"in_id": f"k{n}", "title": f"Claim {n}"} for n in range(3)))
    ends = [("k0", "c0"), ("k1", "c1"), ("k2", "late")]
    site.partner.fill("in_claim_client", *({"claim_id": owner, "client_id": target} for owner, target in ends))
    site.partner.hand_over()
    done(older(site, "run"))
    done(older(site, "backup", "-o", "backup"))
    manifest = json.loads((site.home / "backup/manifest.json").read_text())
    assert ("store", 12) in [(part["part"], part["version"]) for dump in manifest["dumps"] for part in dump["parts"]]
    manifest = json.loads((site.home / "backup/manifest.json").read_text())
    assert ("store", 12) in [(part["part"], part["version"]) for dump in manifest["dumps"] for part in dump["parts"]]
    done(site.etl("restore", "--drill", "backup"))
    there = elsewhere(site)
    done(there.etl("restore", "backup"))
    done(there.etl("restore", "--activate"))
    for one in (site, there):
        done(one.etl("upgrade", "start"))
        later_hand_over(one)
        done(one.etl("verify"))
    assert what_there_is(there) == what_there_is(site)
    assert what_there_is(there)["waiting"] == []
