"""Speed of some days, as a file too; freshness, object by object."""

import csv
import io

from tests.fix_company import STORE, Site
from tests.fix_web import ServeWeb, Web


def load(site: Site, *names: str) -> str:
    site.partner.redeliver("in_Client", *({"in_id": name, "name": name, "amount": 1} for name in names))
    site.partner.hand_over()
    return str(site.run().run)


def shown_runs(web: Web, query: str) -> list[str]:
    return [one["number"] for one in web.get(f"/api/v1/c/demo/speed{query}").json["runs"]]


def test_speed_of_some_days(site: Site, serve_web: ServeWeb) -> None:
    site.set(timeZone="Asia/Almaty", copyTables="false")
    older, newer = load(site, "a"), load(site, "a", "b")
    # The last second of one day in Almaty, and the first one of the next.
    for run, at in ((older, "2026-03-01 18:59:59"), (newer, "2026-03-01 19:00:00")):
        site.look(f"update {STORE}.unit set started_at = %s::timestamp at time zone 'UTC' where number = %s", [at, run])
    web = serve_web(site)
    assert shown_runs(web, "") == [older, newer]
    assert shown_runs(web, "?from=2026-03-02") == [newer]
    assert shown_runs(web, "?to=2026-03-01") == [older]
    assert shown_runs(web, "?from=2026-03-01&to=2026-03-02") == [older, newer]
    assert shown_runs(web, "?from=2026-03-03") == []
    assert shown_runs(web, "?from=0001-01-01&to=9999-12-31") == [older, newer]
    refused = web.get("/api/v1/c/demo/speed?from=yesterday")
    assert (refused.status, refused.json["detail"]) == (400, "The parameter from must be a day, as 2026-11-30.")
    page = web.get("/c/demo/speed?from=2026-03-02").text
    assert 'value="2026-03-02"' in page
    assert 'href="/c/demo/speed/runs.csv?from=2026-03-02"' in page


def test_the_file_has_a_line_for_each_table(site: Site, serve_web: ServeWeb) -> None:
    run = load(site, "a", "b")
    site.look(
        f"update {STORE}.unit set receipt = receipt || jsonb_build_object('=cmd|x', receipt -> 'in_Client') "
        "where number = %s",
        [run],
    )
    reply = serve_web(site).get("/c/demo/speed/runs.csv")
    assert reply.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="demo-runs.csv"' in reply.headers["content-disposition"]
    lines = list(csv.DictReader(io.StringIO(reply.body.decode("utf-8-sig"))))
    assert {one["table"]: one["claimed"] for one in lines} == {"in_Client": "2", "'=cmd|x": "2"}
    assert {(one["run"], one["created"], one["rejected"]) for one in lines} == {(run, "2", "0")}
    assert float(lines[0]["rows_per_second"]) > 0


def test_whether_data_are_fresh(site: Site, serve_web: ServeWeb) -> None:
    site.set(copyTables="false", startOnHandOver="false")
    web = serve_web(site)
    assert web.get("/api/v1/c/demo/freshness").json["state"] == "never"
    site.partner.fill("in_Claim", {"in_id": "k"})
    load(site, "a")
    last = load(site, "a", "b")
    found = web.get("/api/v1/c/demo/freshness").json
    assert (found["state"], found["grade"], found["values"]["version"]) == ("good", "good", "out_demo_1_1")
    by_object = {one["object"]: one for one in found["objects"]}
    assert (by_object["Client"]["rows"], by_object["Client"]["run"]) == (2, last)
    assert (by_object["Client"]["is_of_last_run"], by_object["Claim"]["is_of_last_run"]) == (True, False)
    assert by_object["Claim"]["taken_at"] < by_object["Client"]["taken_at"]
    assert sum(one["rows"] for one in found["days"]) == 4
    assert found["slowest_seconds"] >= found["median_seconds"] > 0
    text = web.get("/c/demo/freshness").text
    assert "The data are fresh: out_demo_1_1 shows what was taken last" in text
    assert f"/c/demo/speed?from={found['days'][0]['day']}" in text
    # What was taken longer ago than 30 days does not count.
    site.look("update in_tables.migration_receipt set started_at = started_at - interval '40 days'")
    assert web.get("/api/v1/c/demo/freshness").json["state"] == "never"


def test_receipts_of_older_programs_have_the_start_of_their_number(site: Site, serve_web: ServeWeb) -> None:
    site.set(copyTables="false", startOnHandOver="false")
    load(site, "a")
    site.look("update in_tables.migration_receipt set started_at = null")
    web = serve_web(site)
    found = web.get("/api/v1/c/demo/freshness").json
    assert (found["state"], sum(one["rows"] for one in found["days"])) == ("good", 1)
    assert found["slowest_seconds"] > 0
    site.look("update in_tables.migration_receipt set run = run - ((cast(40 as bigint) * 86400000) << 20)")
    assert web.get("/api/v1/c/demo/freshness").json["state"] == "never"


def test_what_keeps_data_from_being_fresh(site: Site, serve_web: ServeWeb) -> None:
    """The most urgent of several things is said."""
    site.set(copyTables="false", freshnessMinutes=1, startOnHandOver="false")
    load(site, "a")
    web = serve_web(site)

    def state() -> str:
        assert web.get("/c/demo/freshness").status == 200
        return str(web.get("/api/v1/c/demo/freshness").json["state"])

    site.look(f"update {STORE}.out_version set journal_position = '3:3:'", at=site.store_database)
    assert state() == "behind"
    site.look(
        "update in_tables.run set started_at = now() - interval '2 hours', finished_at = now() - interval '1 hour'"
    )
    site.look("update in_tables.migration_receipt set finished_at = now() - interval '1 hour'")
    assert state() == "late"
    site.partner("insert into process_tracking (oper_date, load_status, ins_inkafka_status) values (now(), 7, 7)")
    assert state() == "held_up"


def test_a_reader_sees_freshness_and_no_links_to_what_it_may_not_see(site: Site, serve_web: ServeWeb) -> None:
    load(site, "a")
    site.write("configs/WebConfig.txt", "identity=proxy\ntrustedProxies=127.0.0.1\ngroupRoles=r:reader")
    page = serve_web(site).get("/c/demo/freshness", X_Forwarded_User="r", X_Forwarded_Groups="r")
    assert page.status == 200
    for path in ("/speed", "/runs/", "/waiting"):
        assert f"/c/demo{path}" not in page.text
