"""`etl upgrade check`: what an operator should know before an upgrade."""

import json

import pytest

from etl.operations import check_upgrade
from etl.operations.upgrade import CHANGES
from etl.settings import renamed
from etl.settings.renamed import RenamedKey
from tests.fix_company import CLAIMS, ONLY_ONE, STORE, MakeSite, Site
from tests.fix_restore import done
from tests.integration.upgrade.test_online import deliver


def warnings(site: Site) -> list[str]:
    checked = site.etl("upgrade", "check", "--json")
    assert checked.code == 1, checked
    return list(json.loads(checked.out)["warnings"])


@ONLY_ONE
def test_other_programs_and_the_last_backup_are_named(make_site: MakeSite, monkeypatch: pytest.MonkeyPatch) -> None:
    site = make_site(CLAIMS)
    deliver(site, 1)
    assert site.value("select version from in_tables.runner") == "0.1.0"
    with site.runtime() as runtime, runtime.engine.connect():
        named = f"etl:{runtime.owner}, on no run so far, so that its host is not known: its version is not known"
        assert f"connected: {named}" in site.etl("upgrade", "check").out
        site.look(f"update in_tables.runner set owner = '{runtime.owner}', version = '0.0.9'")
        other, backup = warnings(site)
        assert other.startswith(f"another version: etl:{runtime.owner}, process ")
        assert ": etl 0.0.9; connected since " in other
    assert backup == "no backup is noted in the store: `etl backup` first"

    done(site.etl("backup", "-o", "backup"))
    assert warnings(site) == ["the last backup was not restored in a drill: `etl restore --drill`"]
    shown = site.etl("upgrade", "check").out
    assert f", {site.home}/backup on " in shown
    assert "without runs, " in shown
    site.look(f"update {STORE}.backup_record set taken_at = taken_at - interval '36 hours'")
    assert warnings(site) == ["the last backup is 1.5 days old: `etl backup` first"]

    rename = RenamedKey("configs/InMigrationConfig.txt", "companyCode", "company", "0.2.0", "0.3.0")
    with site.runtime() as runtime:
        monkeypatch.setattr(renamed, "RENAMED", (rename,))
        found = check_upgrade(runtime, CHANGES, {rename.file: "# of the company\ncompanyCode=demo\n"})
    assert found.renamed[0].startswith("configs/InMigrationConfig.txt, line 2: companyCode is called company since")
