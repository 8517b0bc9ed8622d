"""Erase, split, join, pins and readers over HTTP: ids as they are, long lists, values that look like markup."""

import html
import json
import re
from urllib.parse import quote, quote_plus, urlencode

import pytest

from etl.engine import join
from etl.web import app
from tests.fix_company import CLAIMS, OUT, STORE, MakeSite, Row, Site
from tests.fix_web import ServeWeb, Web
from tests.integration.web.uploads import act
from tests.searched import finds

API = "/api/v1/c/demo"
ENTRIES = 10_000
# A hundred rows with forms, and what all pages have.
_MOST_BYTES = 300_000
HOSTILE = "\"><script>alert('x')</script>\u202e &amp; \\ё"
SPELLINGS = (HOSTILE, quote(HOSTILE, safe=""), quote_plus(HOSTILE), json.dumps(HOSTILE, ensure_ascii=False)[1:-1])


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return make_site(CLAIMS, copyTables="false")


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine too the answer is that of the action."""
    monkeypatch.setattr(app, "ACTION_SECONDS", 60.0)


def run(site: Site, table: str, *rows: Row) -> None:
    site.partner.redeliver(table, *rows)
    site.partner.hand_over()
    assert site.run().run


def done(web: Web, path: str, **form: str) -> Row:
    """What an action of the API has said."""
    reply = act(web, f"{API}/{path}", **form)
    assert reply.status == 200, reply.text
    values: Row = reply.json["values"]
    return values


def hidden_of(page: str, action: str) -> dict[str, str]:
    """What the form of an action sends besides what a person types."""
    [form] = re.findall(rf'<form method="post" action="/c/demo/{action}".*?</form>', page, re.DOTALL)
    pairs = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form)
    return {name: html.unescape(value) for name, value in pairs if name != "key"}


def shown(page: str) -> str:
    """What people see of a page: no attribute has an angle bracket."""
    return re.sub(r"<[^>]*>", "", page)


def names_in_store(site: Site) -> list[str]:
    rows = site.look(f"select name from {STORE}.bo_client where name is not null order by name", at=site.store_database)
    return [row["name"] for row in rows]


@pytest.mark.nightly
def test_ten_thousand_of_each(site: Site, serve_web: ServeWeb) -> None:
    run(site, "in_Client", {"in_id": "a", "name": "Ann"})
    instance = site.value(f"select _id from {STORE}.bo_client", at=site.store_database)
    for insert in (
        "alias (bo, in_id, instance, run) select 'Client', 'id-' || n, %s, 1",
        "pin (bo, field, instance, run, value, reason, pinned_by, pinned_at, until_changed) "
        "select 'Client', 'name', 'x' || n, n, repeat('v', 500) || %s, 'why', '<b>who' || chr(8238), now(), false",
    ):
        site.look(
            f"insert into {STORE}.{insert} from generate_series(1, {ENTRIES}) n", [instance], at=site.store_database
        )
    site.look(
        f"insert into {STORE}.reader (schema_name, reader, role_name) "
        f"select '{OUT}', 'reader_' || n, '<b>role' || chr(8238) from generate_series(1, {ENTRIES}) n",
        at=site.out_database,
    )
    web = serve_web(site)
    asked = {"table": "in_Client", "named": "a"}
    done(web, "erase/list", **asked)
    for path, said in (
        ("pins", "Only the 100 newest are shown."),
        ("out", "Only the first 100 by version and name are shown"),
        ("freshness", "Only the first 100 by version and name are shown"),
        ("metadata", ""),
        ("now", ""),
        ("instance?table=in_Client&in_id=a", instance),
        (f"erase?{urlencode(asked)}", "and 9,901 more"),
    ):
        page, of_program = web.get(f"/c/demo/{path}", Accept_Language="en"), web.get(f"{API}/{path}")
        assert (page.status, of_program.status, said in page.text) == (200, 200, True), path
        assert max(len(page.body), len(of_program.body)) < _MOST_BYTES, path
        assert ("<b>" in page.text, "\u202e" in shown(page.text)) == (False, False), path
    found = web.get(f"{API}/erase?{urlencode(asked)}").json["found"]
    assert (len(found["in_ids"]), found["more_in_ids"], found["more_holders"]) == (100, ENTRIES - 99, 0)


def test_an_id_with_blanks_is_another_one(site: Site, serve_web: ServeWeb) -> None:
    rows: list[Row] = [{"in_id": one, "name": name} for one, name in {"p": "Plain", " p": "Before", "p ": "Z"}.items()]
    run(site, "in_Client", *rows)
    web = serve_web(site)
    of = {row["_in_id"]: row["_id"] for row in site.look(f"select _in_id, _id from {STORE}.bo_client")}
    both = {"kind": "join", "table": "in_Client", "named": "p", "other": "p "}
    done(web, "repair/preview", **both)
    preview = web.get(f"{API}/repair?{urlencode(both)}").json["preview"]
    assert (preview["instance"], preview["other"]) == (of["p"], of["p "])
    done(web, "repair", **both)
    done(web, "repair/preview", kind="split", table="in_Client", named="p ")
    done(web, "pins/set", table="in_Client", instance=" p", field="Name", value="Pinned", reason="so")
    assert names_in_store(site)[:2] == ["Pinned", "Plain"]
    asked = {"table": "in_Client", "named": " p"}
    done(web, "erase/list", **asked)
    assert hidden_of(web.get(f"/c/demo/erase?{urlencode(asked)}").text, "erase") == asked
    assert act(web, f"{API}/erase", **asked, typed="p", reason="request 118").status == 409
    done(web, "erase", **asked, typed=" p", reason="request 118")
    assert "Plain" in names_in_store(site)
    assert "Pinned" not in names_in_store(site)


def test_an_id_that_is_too_long_is_no_shorter_one(site: Site, serve_web: ServeWeb) -> None:
    web, long = serve_web(site), "x" * 501
    for path in ("erase?table=in_Client&named=", "repair?kind=split&table=in_Client&named="):
        assert (web.get(f"/c/demo/{path}{long}").status, web.get(f"/c/demo/{path}x").status) == (404, 200)
    for path in ("erase/list", "repair/preview"):
        refused = act(web, f"{API}/{path}", kind="split", table="in_Client", named=long)
        assert (refused.status, refused.json["detail"]) == (400, "No id has more than 500 characters.")


def test_values_that_look_like_markup_are_shown_and_erased(site: Site, serve_web: ServeWeb) -> None:
    run(site, "in_Client", {"in_id": HOSTILE, "name": HOSTILE}, {"in_id": "other", "name": "Other"})
    site.partner.fill("in_Claim_Client", {"claim_id": "late", "client_id": HOSTILE})
    site.partner.redeliver("in_Client", {"in_id": HOSTILE, "name": HOSTILE, "amount": "NaN"})
    site.partner.hand_over()
    assert site.run().errors == 1
    web, named = serve_web(site), {"table": "in_Client", "in_id": HOSTILE}
    page = web.get(f"/c/demo/instance?{urlencode(named)}").text
    chosen = hidden_of(page, "pins/set")
    assert chosen["table"] == "in_Client"
    pinned = {"table": "in_Client", "instance": HOSTILE, "field": "Name", "value": f"{HOSTILE} 2", "reason": HOSTILE}
    pinned["key"] = "pinned"
    done(web, "pins/set", **pinned)
    pair = {"kind": "join", "table": "in_Client", "named": HOSTILE, "other": "other"}
    done(web, "repair/preview", **pair)
    asked = {"table": "in_Client", "named": HOSTILE}
    done(web, "erase/list", **asked)
    for path in (
        f"instance?{urlencode(named)}",
        f"instance/history?{urlencode(named)}",
        f"repair?{urlencode(pair)}",
        f"erase?{urlencode(asked)}",
        "pins",
        "audit",
    ):
        reply = web.get(f"/c/demo/{path}", Accept_Language="en")
        text = shown(reply.text)
        assert (reply.status, "alert(" in text, "\u202e" in text) == (200, True, False), path
        assert "<script>alert" not in reply.text, path
    refused = act(web, f"{API}/erase", table=f"no {HOSTILE}", named="x", typed="x", reason="r")
    assert (refused.status, "\u202e" in refused.text) == (409, False)
    page = web.get(f"/c/demo/erase?{urlencode(asked)}").text
    assert hidden_of(page, "erase") == asked
    answer = act(web, f"{API}/erase", **asked, typed=HOSTILE, reason=f"of {HOSTILE}")
    assert (answer.status, HOSTILE in answer.text) == (400, False)
    done(web, "erase", **asked, typed=HOSTILE, reason="request 118")
    assert finds(site, SPELLINGS) == []
    gone = act(web, f"{API}/erase/list", **asked)
    assert (gone.status, "alert(" in gone.text) == (409, False)
    again = act(web, f"{API}/pins/set", **pinned)  # a form that is sent again
    assert (again.status, again.json["code"], "alert(" in again.text) == (410, "gone", False)
    assert finds(site, SPELLINGS) == []
    assert names_in_store(site) == ["Other"]


def test_what_was_not_listed_is_not_erased(site: Site, serve_web: ServeWeb) -> None:
    """Meanwhile the instance was joined with another one. Of more ids than are shown all are erased."""
    run(site, "in_Client", {"in_id": "a", "name": "Ann"}, {"in_id": "b", "name": "Bob"})
    ids = f"insert into {STORE}.alias (bo, in_id, instance, run) select 'Client', 'id-' || n, _id, 1 "
    site.look(f"{ids} from {STORE}.bo_client, generate_series(1, 150) n where _in_id = 'a'", at=site.store_database)
    web, asked = serve_web(site), {"table": "in_Client", "named": "a"}
    done(web, "erase/list", **asked)
    with site.runtime() as runtime:
        join(runtime, "Client", "a", "b")
    refused = act(web, f"{API}/erase", **asked, typed="a", reason="request 118")
    assert (refused.status, "look at it again" in refused.text) == (409, True), refused.text
    assert "Ann" in names_in_store(site)
    done(web, "erase/list", **asked)
    done(web, "erase", **asked, typed="a", reason="request 118")
    assert (names_in_store(site), site.count(f"{STORE}.alias")) == ([], 0)


def test_a_key_that_was_for_another_person_erases_no_one(site: Site, serve_web: ServeWeb) -> None:
    """The audit shows of neither who was meant: the answer to the first is none to the second."""
    run(site, "in_Client", {"in_id": "a", "name": "Ann"}, {"in_id": "b", "name": "Bob"})
    web = serve_web(site)
    for named in ("a", "b"):
        done(web, "erase/list", table="in_Client", named=named)
    form = {"table": "in_Client", "reason": "request 118", "key": "one"}
    assert act(web, f"{API}/erase", **form, named="a", typed="a").status == 200
    assert act(web, f"{API}/erase", **form, named="a", typed="a").json["is_repeated"]
    other = act(web, f"{API}/erase", **form, named="b", typed="b")
    assert (other.status, other.json["code"]) == (409, "key_reused")
    assert names_in_store(site) == ["Bob"]
