"""Instance, its history, and what waits: for those inside, and for a partner under its own role."""

import re
from typing import Any
from urllib.parse import urlencode

import pytest

from etl.engine import undo
from etl.web import app
from etl.web.pages import history
from tests.fix_company import CLAIMS, MakeSite, Row, Site, until
from tests.fix_web import ServeWeb, Web
from tests.searched import finds

_FLAGS = "needLoadFromInTables: true, needUploadToOutTable: true"
WITH_UNIQUE = CLAIMS | {
    "Client": f"""
code: Client
orderIndex: 1
fields:
  - {{code: Name, type: INPUT_TEXT, {_FLAGS}}}
  - {{code: Amount, type: INPUT_NUMBER, sources: [in_tables], {_FLAGS}}}
  - {{code: Email, type: INPUT_EMAIL, isUnique: true, {_FLAGS}}}
  - {{code: Number, type: INPUT_NUMBER, isUnique: true, {_FLAGS}}}
"""
}


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return make_site(WITH_UNIQUE, copyTables="false")


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine too the answer is that of the action."""
    monkeypatch.setattr(app, "ACTION_SECONDS", 60.0)


def run(site: Site, table: str, *rows: Row) -> str:
    site.partner.redeliver(table, *rows)
    site.partner.hand_over()
    return str(site.run().run)


def ask(web: Web, path: str, **query: object) -> Any:
    reply = web.get(f"/api/v1/c/demo/{path}?{urlencode(query)}")
    assert reply.status == 200, reply.text
    return reply.json


def read_waiting(web: Web) -> Any:
    """The page Waiting, when all links were looked up: it does not wait for that."""

    def read() -> Any:
        found = ask(web, "waiting")
        return not found["is_reading"] and found

    return until(read, "all links were looked up")


def test_an_instance_is_found_by_any_of_its_ids(site: Site, serve_web: ServeWeb) -> None:
    run(site, "in_Client", {"in_id": "a", "email": "Ann@corp.kz", "number": 7}, {"in_id": "b", "email": "b@corp.kz"})
    web = serve_web(site)
    first = ask(web, "instance", table="in_Client", in_id="a")
    assert (first["instance"]["found_by"], first["rows"][0]["in_status"]) == ("_in_id", "DONE")
    for named, found_by in ((first["instance"]["id"], "_id"), ("ANN@CORP.KZ", "email"), ("7.0", "number")):
        found = ask(web, "instance", table="in_Client", in_id=named)
        assert found["instance"] == first["instance"] | {"found_by": found_by}
        assert found["rows"] == first["rows"]  # those of its own in_id
    assert not ask(web, "instance", table="in_Client", in_id="none@corp.kz")["is_found"]
    assert "found by its value of email" in web.get("/c/demo/instance?table=in_Client&in_id=ann@corp.kz").text
    run(site, "in_Claim_Client", {"claim_id": "late", "client_id": "a"})
    [waits] = ask(web, "instance", table="in_Client", in_id="a")["waiting"]
    assert (waits["object"], waits["lacks_owner"], waits["lacks_target"]) == ("Claim", True, False)
    shown = re.sub(r"<[^>]*>", "", web.get("/c/demo/instance?table=in_Client&in_id=a").text)
    assert "Claim late, Client → Client  a: waits for Claim late, " in shown
    # A removed one holds no unique value.
    run(site, "in_Client", {"in_id": "a", "removed": True})
    assert not ask(web, "instance", table="in_Client", in_id="ann@corp.kz")["is_found"]


def test_a_field_that_the_tables_do_not_have_yet(site: Site, serve_web: ServeWeb) -> None:
    run(site, "in_Client", {"in_id": "a"})
    text = site.text("companies/demo/business-objects/Client.yaml")
    site.document("Client", f"{text}  - {{code: Later, type: INPUT_TEXT, isUnique: true, {_FLAGS}}}\n")
    assert ask(serve_web(site), "instance", table="in_Client", in_id="a")["instance"]["in_id"] == "a"


def test_the_history_page_by_page(site: Site, serve_web: ServeWeb, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "_ROWS", 2)
    first = run(site, "in_Client", {"in_id": "a", "name": "<b>Ann</b>", "number": 7})
    second = run(site, "in_Client", {"in_id": "a", "name": "Anna", "number": 8})
    with site.runtime() as runtime:
        back = str(undo(runtime, int(second)).as_run)
    web = serve_web(site)
    newest = ask(web, "instance/history", table="in_Client", in_id="a")
    [row] = site.partner("select id from in_Client where in_id = 'a'")
    undone, changed = newest["changes"]
    assert (undone["unit"], undone["undoes"], undone["unit_kind"]) == (back, second, "undo")
    assert (changed["unit"], changed["undone_by"]) == (second, back)
    assert changed["source"].startswith("in_tables")
    assert changed["origin"] == str(row["id"])
    assert changed["values"] == [
        {"field": "Name", "before": "<b>Ann</b>", "after": "Anna"},
        {"field": "Number", "before": "7.0000", "after": "8.0000"},
    ]
    oldest = ask(web, "instance/history", table="in_Client", in_id="a", after=newest["next"])
    assert [(one["unit"], one["change"]) for one in oldest["changes"]] == [(first, "created")]
    assert (oldest["next"], oldest["is_complete"], oldest["kept_days"]) == (None, True, 10)
    one_field = ask(web, "instance/history", table="Client", in_id="a", field="Amount")
    assert one_field["changes"] == []
    page = web.get("/c/demo/instance/history?table=in_Client&in_id=a")
    assert "&lt;b&gt;Ann&lt;/b&gt;" in page.text
    assert f"after={newest['next']}" in page.text
    assert f'href="/c/demo/runs/{back}"' in page.text
    assert web.get("/c/demo/instance/history?table=in_Client&in_id=none").status == 404
    assert web.get("/c/demo/instance/history?table=in_Client&in_id=a&field=none").status == 404


@pytest.fixture
def partner(site: Site, serve_web: ServeWeb) -> Web:
    """A browser of the partner, whose role has what `etl grants` gives it."""
    assert site.etl("grants", "--partner", site.partner_role, "--reader", site.partner_role, "--apply").code == 0
    site.look(f"grant {site.partner_role} to {site.engine_role}")
    site.write(
        "configs/WebConfig.txt",
        f"identity=proxy\ntrustedProxies=127.0.0.1\ngroupRoles=p:partner@demo\npartnerRole={site.partner_role}",
    )
    web = serve_web(site)
    web.headers |= {"X-Forwarded-User": "pavel", "X-Forwarded-Groups": "p"}
    return web


def test_a_partner_sees_what_becomes_of_its_own_rows(site: Site, partner: Web) -> None:
    site.partner.fill("in_Client", {"in_id": "bad", "amount": "NaN"}, {"in_id": "good", "amount": 1})
    site.partner.fill("in_Claim", {"in_id": "k"}, {"in_id": "l"})
    site.partner.fill("in_Claim_Client", {"claim_id": "k", "client_id": "late"}, {"claim_id": "l", "client_id": "bad"})
    site.partner.fill("in_Claim_Watchers", {"claim_id": "k", "watchers_id": "good"})
    site.partner.fill("in_Claim_Watchers", {"claim_id": "l", "watchers_id": "late"})
    site.partner.hand_over()
    assert site.run().errors == 1
    waiting = read_waiting(partner)
    assert (waiting["is_own"], waiting["links"]) == (True, 3)
    assert [(one["bo"], one["field"], one["target"], one["links"]) for one in waiting["fields"]] == [
        ("Claim", "Client", "Client", 2),
        ("Claim", "Watchers", "Client", 1),
    ]
    assert [(one["in_id"], one["links"], one["known"], one["code"]) for one in waiting["missing"]] == [
        ("late", 2, "no_row", None),
        ("bad", 1, "rejected", "NUMBER_NOT_FINITE"),
    ]
    found = ask(partner, "instance", table="in_Client", in_id="bad")
    assert ([one["code"] for one in found["errors"]], found["rows"][0]["in_status"]) == (["NUMBER_NOT_FINITE"], "ERROR")
    assert (found["instance"], found["out"]) == (None, [])
    page = partner.get("/c/demo/instance?table=in_Client&in_id=good").text
    assert "/out/" not in page
    assert "history" not in page
    assert partner.get("/c/demo/instance/history?table=in_Client&in_id=good").status == 403


def test_what_another_partner_fills_does_not_exist(site: Site, partner: Web) -> None:
    run(site, "in_Client", {"in_id": "a"})
    site.look(f"revoke select on in_tables.in_client, in_tables.in_claim_client from {site.partner_role}")
    found = ask(partner, "instance", table="in_Client", in_id="a")
    assert (found["tables"], found["is_found"]) == (["in_Claim"], False)
    assert read_waiting(partner)["links"] == 0


def test_a_value_is_pinned_and_the_pin_ended(site: Site, serve_web: ServeWeb) -> None:
    loaded = run(site, "in_Client", {"in_id": "a", "name": "Ann", "amount": 1}, {"in_id": "b", "email": "b@corp.kz"})
    web = serve_web(site)
    found = ask(web, "instance", table="in_Client", in_id="a")
    assert found["pinnable"] == ["Name", "Amount", "Email", "Number"]
    assert found["owners"] == [{"field": "Amount", "source": "in_tables", "time": None, "unit": loaded}]
    assert "Amount: <bdi>in_tables</bdi>" in web.get("/c/demo/instance?table=in_Client&in_id=a").text
    chosen = {"table": "in_Client", "instance": found["instance"]["id"]}
    wanted = chosen | {"field": "Name", "value": "<b>Anna</b>", "reason": "so"}
    done = web.post("/api/v1/c/demo/pins/set", wanted | {"key": "1"})
    assert (done.status, done.json["values"]["is_changed"]) == (200, True), done.text
    [pinned] = ask(web, "instance", table="in_Client", in_id="a")["pins"]
    assert (pinned["value"], pinned["unit"]) == ("<b>Anna</b>", done.json["values"]["unit"])
    assert "&lt;b&gt;Anna&lt;/b&gt;" in web.get("/c/demo/instance?table=in_Client&in_id=a").text
    [listed] = ask(web, "pins")["pins"]
    assert (listed["field"], listed["before"], listed["in_id"]) == ("Name", "Ann", "a")
    assert "&lt;b&gt;Anna&lt;/b&gt;" in web.get("/c/demo/pins").text
    refused = web.post("/api/v1/c/demo/pins/set", wanted | {"key": "2", "field": "Email", "value": "b@corp.kz"})
    assert (refused.status, "UNIQUE_TAKEN" in refused.text) == (409, True), refused.text
    end = chosen | {"field": "Name"}
    assert web.post("/api/v1/c/demo/pins/remove", end | {"key": "3", "unit": "7"}).status == 409
    assert web.post("/api/v1/c/demo/pins/remove", end | {"key": "4", "unit": pinned["unit"]}).status == 200
    assert ask(web, "pins")["pins"] == []


def test_instances_are_joined_and_split_after_a_preview(site: Site, serve_web: ServeWeb) -> None:
    run(site, "in_Client", {"in_id": "a", "name": "Ann"}, {"in_id": "a2", "email": "ann@corp.kz"})
    web = serve_web(site)
    found = ask(web, "instance", table="in_Client", in_id="a")
    asked = {"kind": "join", "table": "in_Client", "named": found["instance"]["id"], "other": "a2"}
    path = "/api/v1/c/demo/repair"
    assert web.post(path, asked | {"key": "1"}).status == 409  # it was not counted
    counted = web.post(f"{path}/preview", asked | {"key": "2"})
    assert (counted.status, counted.json["values"]["removed"]) == (200, 1), counted.text
    assert ask(web, "repair", **asked)["preview"]["instance"] == found["instance"]["id"]
    assert "instances become REMOVED" in web.get(f"/c/demo/repair?{urlencode(asked)}").text
    # Meanwhile more would be changed than was counted.
    run(site, "in_Client", {"in_id": "a", "name": "Ann", "number": 7}, {"in_id": "a2"}, {"in_id": "b"})
    run(site, "in_Claim", {"in_id": "k"})
    run(site, "in_Claim_Client", {"claim_id": "k", "client_id": "a2"})
    changed = web.post(path, asked | {"key": "3"})
    assert (changed.status, "look at it again" in changed.text) == (409, True), changed.text
    web.post(f"{path}/preview", asked | {"key": "4"})
    done = web.post(path, asked | {"key": "5"})
    assert done.status == 200, done.text
    joined = ask(web, "instance", table="in_Client", in_id="a2")
    assert joined["instance"]["id"] == found["instance"]["id"]
    assert joined["instance"]["found_by"] == "alias"
    assert 'value="a2"' in web.get("/c/demo/instance?table=in_Client&in_id=a2").text
    apart = {"kind": "split", "table": "in_Client", "named": "a2"}
    assert web.post(f"{path}/preview", apart | {"key": "6"}).status == 200
    assert web.post(path, apart | {"key": "7"}).status == 200
    assert ask(web, "instance", table="in_Client", in_id="a2")["instance"]["id"] != found["instance"]["id"]
    refused = web.post(f"{path}/preview", apart | {"named": "b", "key": "8"})
    assert (refused.status, "no further external id" in refused.text) == (409, True)
    assert web.post(f"{path}/preview", asked | {"other": "", "key": "9"}).status == 400
    assert web.get("/c/demo/repair?kind=join&table=in_Client&named=a").status == 404


def test_a_person_is_erased_after_a_list(site: Site, serve_web: ServeWeb) -> None:
    run(site, "in_Client", {"in_id": "person-7", "name": "Ann Anders", "email": "ann.anders@corp.kz"})
    web = serve_web(site)
    path, asked = "/api/v1/c/demo/erase", {"table": "in_Client", "named": "person-7"}
    confirmed = asked | {"typed": "person-7", "reason": "request 118"}
    assert web.post(path, confirmed | {"key": "1"}).status == 409  # it was not listed
    assert web.post(f"{path}/list", asked | {"key": "2"}).status == 200
    page = web.get(f"/c/demo/erase?{urlencode(asked)}").text
    assert ("store_demo.bo_client" in page.lower(), "write-ahead log" in page) == (True, True)
    for number, wrong in enumerate(({"typed": "person-8"}, {"reason": "of person-7"}, {"reason": ""})):
        assert web.post(path, confirmed | wrong | {"key": f"3{number}"}).status in (400, 409)
    assert site.value("select name from store_demo.bo_client") == "Ann Anders"
    done = web.post(path, confirmed | {"key": "4"})
    assert done.status == 200, done.text
    assert "person-7" not in done.text
    assert finds(site, ["person-7", "Ann Anders", "ann.anders@corp.kz"]) == []
    [noted] = site.look("select erased_by, reason from store_demo.erasure")
    assert noted["reason"] == "request 118"
    gone = web.post(f"{path}/list", asked | {"key": "5"})
    assert (gone.status, "person-7" in gone.text) == (409, False), gone.text


def test_only_operators_of_all_companies_erase(site: Site, serve_web: ServeWeb) -> None:
    site.write(
        "configs/WebConfig.txt", "identity=proxy\ntrustedProxies=127.0.0.1\ngroupRoles=o:operator@demo;all:operator"
    )
    web = serve_web(site)
    for group, status in (("o", 404), ("all", 200)):
        web.headers |= {"X-Forwarded-User": "olga", "X-Forwarded-Groups": group}
        assert web.get("/c/demo/erase?table=in_Client&named=a").status == status
        if status == 404:
            assert web.post("/api/v1/c/demo/erase/list", {"table": "in_Client", "named": "a", "key": "1"}).status == 404
