"""Audit: of a company, and of all with what belongs to none."""

from etl.web.roles import Role
from tests.fix_company import Site
from tests.fix_web import ServeWeb
from tests.integration.web.test_identity import add, sign_in, signed_in, users_of

_API = "/api/v1/audit"


def test_what_belongs_to_no_company_is_shown_to_operators_of_all(passwords: Site, serve_web: ServeWeb) -> None:
    add(passwords, "olga", "operator")
    add(passwords, "pavel", "operator", "demo")
    web = serve_web(passwords)
    sign_in(web, "<b>guessed</b>", "wrong")
    olga, pavel = signed_in(web, "olga"), signed_in(web, "pavel")
    assert pavel.post("/c/shop/run/start", {"key": "k1"}).status == 404
    assert pavel.post("/c/demo/checks/again", {"key": "k2"}).status == 303
    pavel.post("/sign-out")
    items = [one for one in olga.get(_API).json["items"] if not one["action"].startswith("user.")]
    assert [(one["company"], one["viewer"], one["action"], one["outcome"]) for one in items] == [
        ("", "pavel", "sign-out", "done"),
        ("demo", "pavel", "checks.again", "done"),
        ("shop", "pavel", "run.start", "refused"),
        ("", "pavel", "sign-in", "done"),
        ("", "olga", "sign-in", "done"),
        ("", "<b>guessed</b>", "sign-in", "refused"),
    ]
    older = olga.get(f"{_API}?before={items[3]['id']}").json["items"]
    assert [one["viewer"] for one in older if one["action"] == "sign-in"] == ["olga", "<b>guessed</b>"]
    # Users are added on the machine of the console: what is done there is noted, too.
    added = [one for one in older if one["action"] == "user.add"]
    assert [(one["target"], one["outcome"]) for one in added] == [("pavel", "done"), ("olga", "done")]
    assert '"companies": "demo"' in added[0]["parameters"]
    assert [one["action"] for one in olga.get(f"{_API}?company=shop").json["items"]] == ["run.start"]
    assert {one["company"] for one in olga.get(f"{_API}?company=").json["items"]} == {""}
    page = olga.get("/audit").text
    assert "&lt;b&gt;guessed" in page
    assert 'href="?company=shop"' in page
    assert 'href="/audit"' in olga.get("/").text
    assert 'href="/audit"' in olga.get("/c/demo/audit").text
    pavel = signed_in(web, "pavel")
    assert pavel.get("/audit").status == 404
    assert 'href="/audit"' not in pavel.get("/").text + pavel.get("/c/demo/audit").text


def test_a_company_in_which_one_is_no_operator_is_left_out(passwords: Site, serve_web: ServeWeb) -> None:
    add(passwords, "olga", "operator")
    web = serve_web(passwords)
    assert signed_in(web, "olga").post("/c/demo/checks/again", {"key": "k"}).status == 303
    with users_of(passwords) as users:
        users.set_role("olga", Role.VIEWER, ["demo"])
    olga = signed_in(web, "olga")
    assert {one["company"] for one in olga.get(_API).json["items"]} == {""}
    assert olga.get(f"{_API}?company=demo").status == 404
