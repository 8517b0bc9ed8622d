"""A backup by another program, for which a script stands in: started, given what it needs, and noted."""

import json

from etl.settings.origin import MASK
from tests.fix_company import CLAIMS, ONLY_ONE, PASSWORD, MakeSite
from tests.fix_restore import done
from tests.integration.operations.test_page import stand_in
from tests.integration.operations.test_restore import filled


@ONLY_ONE
def test_another_program_keeps_the_rows(make_site: MakeSite) -> None:
    site = filled(make_site(CLAIMS))
    program = stand_in(site)
    before = site.value("select pg_current_wal_lsn()::text")
    made = json.loads(done(site.etl("backup", "-o", "backup", "--by", f"{program} --stanza='main one'", "--json")).out)
    assert (made["dumps"], made["restore_point"].startswith("etl_demo_")) == ([], True)
    given = (program.parent / "pgbackrest.given").read_text().splitlines()
    assert given[0] == "--stanza=main one"
    assert f"ETL_RESTORE_POINT={made['restore_point']}" in given
    assert f"ETL_SERVERS={site.database.host}:{site.database.port}" in given or "ETL_SERVERS=127.0.0.1" in "".join(
        given
    )
    assert site.value("select pg_current_wal_lsn() > %s::pg_lsn", [before])
    for words in (["restore", "backup"], ["restore", "--drill", "backup"]):
        refused = site.etl(*words)
        assert (refused.code, f"to the restore point {made['restore_point']}, then" in refused.err) == (2, True), (
            refused
        )
    assert "complete" in done(site.etl("backup", "--into", ".", "--list")).out


@ONLY_ONE
def test_a_program_that_fails_leaves_nothing(make_site: MakeSite) -> None:
    site = filled(make_site(CLAIMS))
    lacking = site.etl("backup", "-o", "backup", "--by", "sh -c 'touch started; exit 3'")
    said = "`grant execute on function pg_create_restore_point(text), pg_switch_wal()` to it"
    assert (lacking.code, said in lacking.err) == (4, True), lacking
    assert not list(site.home.glob("**/started"))
    site.look(f"grant execute on function pg_create_restore_point(text), pg_switch_wal() to {site.engine_role}")
    for command, code, said in (
        (f"sh -c 'echo no login with {PASSWORD}; exit 3'", 4, f"with exit code 3: no login with {MASK}"),
        ("sh -c 'echo no stanza; exit 3'", 4, "sh has failed with exit code 3: no stanza"),
        ("/not/there", 4, "/not/there cannot be started: No such file or directory: correct --by"),
        ("'", 2, "No closing quotation: write words"),
    ):
        refused = site.etl("backup", "-o", "backup", "--by", command)
        assert (refused.code, said in refused.err) == (code, True), refused
    assert not list(site.home.glob("*backup*"))
