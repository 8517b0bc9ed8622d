"""Freshness of all companies on one page: what needs attention first; no database that is away holds it up."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.fix_company import IMPORT_CONFIG, Site, until
from tests.fix_web import ServeWeb, Web
from tests.integration.web.conftest import second_company

ROLES = "m:reader; s:reader@demo; v:viewer@demo; v:partner@other"


def seen(web: Web, group: str) -> list[Any]:
    """The companies that a group sees, when all were asked."""
    as_group = {"X_Forwarded_User": "u", "X_Forwarded_Groups": group}

    def whole() -> Any:
        found = web.get("/api/v1/freshness", **as_group)
        assert found.status == 200, found.text
        return not found.json["is_reading"] and found.json["items"]

    return list(until(whole, "all companies were asked"))


def test_a_manager_sees_all_companies(site: Site, serve_web: ServeWeb) -> None:
    # Due twice a day, two hours ago for the last time.
    now = datetime.now(UTC)
    due = ", ".join(f"{now - timedelta(hours=hours):%H:%M}" for hours in (2, 8))
    site.set(copyTables="false", startOnHandOver="false", freshnessDue=f"{due} UTC", timeZone="Asia/Almaty")
    site.partner.fill("in_Client", {"in_id": "a", "name": "a"})
    site.partner.hand_over()
    assert site.run().run
    # The run as if it had begun three days ago, and one as if in time for the last due time.
    for hours in (72, 3):
        site.look(
            "insert into in_tables.migration_receipt (run, in_table, ordinal, claimed, created, changed, unchanged, "
            "removed, rejected, waiting, vanished, released, started_at, finished_at) select %s, 'in_Client', 1, 1, 1, "
            "0, 0, 0, 0, 0, 0, 0, now() - make_interval(hours => %s), now() - make_interval(hours => %s)",
            [hours, hours, hours],
        )
    second_company(site)
    site.write(f"companies/other/{IMPORT_CONFIG}", "host=127.0.0.1\nport=1\nusername=x\ndbName=x\n")
    site.write("configs/WebConfig.txt", f"identity=proxy\ntrustedProxies=127.0.0.1\ngroupRoles={ROLES}")
    web = serve_web(site)
    other, demo = seen(web, "m")
    assert (other["company"], other["state"], other["grade"]) == ("other", "unreachable", "bad")
    assert (demo["company"], demo["state"], demo["waiting"]) == ("demo", "good", 0)
    # Of six times due since the first hand-over: the first one, and the one two hours ago.
    assert (demo["kept"], demo["due"]) == (2, 6)
    page = web.get("/c/demo/freshness", X_Forwarded_User="u", X_Forwarded_Groups="m").text
    assert "2 / 6" in page
    assert 'href="/freshness"' in page
    page = web.get("/freshness", X_Forwarded_User="u", X_Forwarded_Groups="m").text
    assert "The database cannot be reached." in page
    assert "The data are fresh" in page
    companies = {group: web.get("/", X_Forwarded_User="u", X_Forwarded_Groups=group).text for group in ("m", "s")}
    assert ["/freshness" in text for text in companies.values()] == [True, False]
    # A role of one company leads to no other, and partners see none.
    assert [one["company"] for one in seen(web, "s")] == ["demo"]
    assert [one["company"] for one in seen(web, "v")] == ["demo"]
    assert web.get("/freshness", X_Forwarded_User="u", X_Forwarded_Groups="none").status == 404
