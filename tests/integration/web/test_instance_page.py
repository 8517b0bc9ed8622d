"""Instance, its history, and what waits: for those inside, and for a partner under its own role."""

import re
from typing import Any
from urllib.parse import urlencode

import pytest

from etl.engine import undo
from etl.web.pages import history
from tests.fix_company import CLAIMS, MakeSite, Row, Site
from tests.fix_web import ServeWeb, Web

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


def run(site: Site, table: str, *rows: Row) -> str:
    site.partner.redeliver(table, *rows)
    site.partner.hand_over()
    return str(site.run().run)


def ask(web: Web, path: str, **query: object) -> Any:
    reply = web.get(f"/api/v1/c/demo/{path}?{urlencode(query)}")
    assert reply.status == 200, reply.text
    return reply.json


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
    waiting = ask(partner, "waiting")
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
    assert ask(partner, "waiting")["links"] == 0


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
