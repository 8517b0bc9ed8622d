"""`etl check` of states that come one after the other, in one company."""

import etl.monitoring
from tests.fix_company import CLAIMS, CODE, IMPORT_CONFIG, OUT_CONFIG, MakeSite

LOGGING = "logging/structure.txt"


def test_what_is_off_faulty_stopped_or_late(make_site: MakeSite) -> None:
    site = make_site(CLAIMS)
    site.set(errorLimit=0, freshnessMinutes=1)
    site.write(LOGGING, "destination x {\n")
    site.look("alter table in_tables.in_claim_client drop column removed")
    site.partner.fill("in_Client", {"in_id": "a", "amount": "NaN"})
    site.partner.hand_over()
    done = site.etl("run")
    assert (done.code, "the built-in log is used: " in done.err) == (3, True), done.err
    site.look("update in_tables.run set started_at = started_at - interval '1 day'")
    site.edit(OUT_CONFIG, "hasOutMigration=true", "hasOutMigration=false")
    findings = {(one.what, one.level.value): one for one in etl.monitoring.check(site.url, CODE, site.environ)}
    older = findings["in_ tables", "warning"]
    assert older.found == "without the column removed, so that no row takes a link away: in_Claim_Client"
    assert older.do == "`etl generate-ddl --company demo --apply` adds it"
    assert findings["marker", "warning"].do == "correct the rows and hand over again, or `etl run --accept`"
    assert findings["freshness", "warning"].found.startswith("a hand-over is overdue since ")
    assert ("out_ tables", "ok") not in findings
    assert ("golden store", "ok") in findings

    site.edit(IMPORT_CONFIG, "hasInMigration=true", "hasInMigration=true\nschemaName=elsewhere")
    printed = site.etl("grants")
    assert "schema elsewhere is not there yet: `etl generate-ddl --apply` makes it; then ask again" in printed.out
