"""Who asks: passwords, sign-ins, tokens, proxies; and what each role may."""

import html
import re
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy

from etl.config import open_source
from etl.database import fetch_one
from etl.errors import ConfigurationError
from etl.settings.web import web_settings
from etl.web import app
from etl.web.identity.attempts import FailedAttempts, Rate
from etl.web.identity.users import Users
from etl.web.pages import now
from etl.web.requests import Model, PageRequest
from etl.web.roles import ALL, OPERATORS, Role
from etl.web.route import Route
from etl.web.store_of import web_store
from tests.fix_company import Site
from tests.fix_web import Reply, ServeWeb, Web
from tests.integration.web.conftest import Counting

PASSWORD = "correct horse battery"
CONFIG = "configs/WebConfig.txt"


@contextmanager
def users_of(site: Site) -> Iterator[Users]:
    with open_source(site.url) as source:
        tree = source.snapshot()
    settings = web_settings(tree.contents, origin=tree.origin, environ=site.environ)
    store = web_store(lambda: settings, site.environ)
    yield Users(store)
    store.close()


def add(site: Site, name: str, role: str, *companies: str) -> None:
    """As `etl web user add` does."""
    with users_of(site) as users:
        users.add(name, PASSWORD, Role(role), companies)


def sign_in(web: Web, name: str, password: str = PASSWORD, back: str = "/c/demo/now", **headers: str) -> Reply:
    return web.post("/sign-in", {"name": name, "password": password, "next": back}, **headers)


def signed_in(web: Web, name: str) -> Web:
    """A browser of the user."""
    found = re.match(r"etl=([^;]+);", sign_in(web, name).headers["set-cookie"])
    assert found
    return Web(web.port, {"Cookie": f"etl={found[1]}"})


def test_a_page_asks_for_a_sign_in_and_leads_back(passwords: Site, serve_web: ServeWeb) -> None:
    add(passwords, "aidana", "operator")
    web = serve_web(passwords)
    asked = web.get("/c/demo/now")
    assert (asked.status, asked.headers["location"]) == (303, "/sign-in?next=/c/demo/now")
    assert web.get("/api/v1/c/demo/now").status == 401
    wrong, unknown = sign_in(web, "aidana", "wrong"), sign_in(web, "someone", "wrong")
    assert (wrong.status, wrong.headers, wrong.body) == (unknown.status, wrong.headers, unknown.body)
    assert wrong.headers["location"] == "/sign-in?wrong=1&next=/c/demo/now"
    choice = "/c/demo/errors?run=18&table=%D0%BA+1&code=REQUIRED"
    form = urllib.parse.urlsplit(web.get(choice).headers["location"])
    assert web.get(f"{form.path}?{form.query}").text.count(html.escape(choice)) == 1
    right = sign_in(web, "aidana")
    assert right.headers["location"] == "/c/demo/now"
    assert re.fullmatch(r"etl=[\w-]{43}; Path=/; HttpOnly; SameSite=Lax", right.headers["set-cookie"])
    browser = signed_in(web, "aidana")
    assert browser.get("/c/demo/now").status == 200
    assert browser.post("/sign-out").headers["set-cookie"].endswith("Max-Age=0")
    assert browser.get("/c/demo/now").status == 303
    outcomes = passwords.look(
        "select viewer, outcome from etl_web.web_audit a join etl_web.web_audit_outcome o on o.audit_id = a.id "
        "where action = 'sign-in' order by a.id"
    )
    assert [tuple(one.values()) for one in outcomes][:3] == [
        ("aidana", "refused"),
        ("someone", "refused"),
        ("aidana", "done"),
    ]


def test_a_new_role_and_a_removal_end_sign_ins(passwords: Site, serve_web: ServeWeb) -> None:
    add(passwords, "aidana", "operator")
    web = serve_web(passwords)
    with users_of(passwords) as users:
        browser = signed_in(web, "aidana")
        users.set_role("aidana", Role.VIEWER, ["demo"])
        assert browser.get("/c/demo/now").status == 303
        browser = signed_in(web, "aidana")
        assert browser.get("/c/demo/now").status == 200
        [user] = users.all()
        assert user.roles == {"": Role.OPERATOR, "demo": Role.VIEWER}
        users.remove("aidana")
        assert browser.get("/c/demo/now").status == 303
        with pytest.raises(ConfigurationError, match="user list"):
            users.remove("aidana")


def test_users_and_tokens_that_are_not_there_or_have_no_name(passwords: Site) -> None:
    add(passwords, "aidana", "operator")
    with users_of(passwords) as users:
        users.set_role("aidana", None, [])
        assert users.all()[0].roles == {}
        with pytest.raises(ConfigurationError, match="no token 'job'"):
            users.remove_token("job")
        for name in ("", "a b", "x" * 101, "a\0"):
            with pytest.raises(ConfigurationError, match="cannot be a name"):
                users.add_token(name, Role.VIEWER)


@pytest.mark.parametrize(
    "back", ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:1", "/a\nb", "/\t/evil", "", "x"]
)
def test_a_sign_in_leads_to_no_other_site(passwords: Site, serve_web: ServeWeb, back: str) -> None:
    add(passwords, "aidana", "operator")
    web = serve_web(passwords)
    assert sign_in(web, "aidana", back=back).headers["location"] == "/"


def test_a_sign_in_begins_with_a_new_cookie(passwords: Site, serve_web: ServeWeb) -> None:
    add(passwords, "aidana", "operator")
    web = serve_web(passwords)
    fixed = {"Cookie": "etl=chosen-by-another"}
    assert "chosen-by-another" not in sign_in(web, "aidana", **fixed).headers["set-cookie"]
    assert Web(web.port, fixed).get("/c/demo/now").status == 303
    before = signed_in(web, "aidana")
    assert sign_in(before, "aidana").status == 303
    assert before.get("/c/demo/now").status == 303  # the earlier one has ended
    assert sign_in(web, "aidana", Sec_Fetch_Site="cross-site").status == 403


def test_roles_and_companies(
    passwords: Site, serve_web: ServeWeb, counting: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All routes and actions of a table, by each role; a company of another is not found."""
    routes = (
        Route("/c/{company}/now", now.page, ALL, "now.html"),
        Route("/c/{company}/secret", now.page, OPERATORS, "now.html"),
    )
    monkeypatch.setattr(app, "ROUTES", routes)
    passwords.look(f"grant {passwords.partner_role} to {passwords.engine_role}")
    passwords.write(CONFIG, f"identity=password\npartnerRole={passwords.partner_role}")
    for role in Role:
        add(passwords, role, role, "demo")
    add(passwords, "stranger", "operator", "other")
    web = serve_web(passwords)
    found = {}
    for name in [*Role, "stranger"]:
        browser = signed_in(web, name)
        act = browser.post("/c/demo/count", {"what": "rows", "key": name})
        found[str(name)] = (browser.get("/c/demo/secret").status, act.status)
    assert found == {
        "operator": (200, 303),
        "viewer": (403, 403),
        "partner": (403, 303),
        "reader": (403, 403),
        "stranger": (404, 404),
    }
    refused = passwords.look("select viewer from etl_web.web_audit where action = 'count' and company = 'demo'")
    assert {one["viewer"] for one in refused} == {*Role, "stranger"}


def test_pages_of_a_partner_are_read_as_the_partner(
    passwords: Site, serve_web: ServeWeb, monkeypatch: pytest.MonkeyPatch
) -> None:

    class Found(Model):
        role: str
        is_read_only: str
        name: str

    def page(request: PageRequest) -> Found:
        asked = (
            "select current_user as who, current_setting('transaction_read_only') as is_read_only, "
            "current_setting('application_name') as name"
        )
        with request.reading() as connection:
            row = fetch_one(connection, sqlalchemy.text(asked))
        assert row
        return Found(role=row.who, is_read_only=row.is_read_only, name=row.name)

    monkeypatch.setattr(app, "ROUTES", (Route("/c/{company}/me", page, ALL, "now.html"),))
    passwords.look(f"grant {passwords.partner_role} to {passwords.engine_role}")
    passwords.write(CONFIG, f"identity=password\npartnerRole={passwords.partner_role}")
    add(passwords, "partner", "partner", "demo")
    add(passwords, "viewer", "viewer")
    web = serve_web(passwords)
    asked = {"X_Request_Id": "asked-1"}
    for name, role in (("partner", passwords.partner_role), ("viewer", passwords.engine_role)):
        found = signed_in(web, name).get("/api/v1/c/demo/me", **asked).json
        assert found == {"role": role, "is_read_only": "on", "name": "etl-web:asked-1"}


def test_without_the_partners_role_a_page_says_what_to_do(site: Site, serve_web: ServeWeb) -> None:
    for role in (site.partner_role, "no_such_role"):
        site.write(CONFIG, f"identity=proxy\ntrustedProxies=127.0.0.1\ngroupRoles=p:partner\npartnerRole={role}")
        answer = serve_web(site).get("/api/v1/c/demo/errors", X_Forwarded_User="p", X_Forwarded_Groups="p")
        assert (answer.status, answer.json["code"]) == (503, "configuration")
        assert f'"{role}"' in answer.json["detail"]
        assert "partnerRole" in answer.json["detail"]


def test_tokens_of_programs(passwords: Site, serve_web: ServeWeb, counting: Counting) -> None:
    with users_of(passwords) as users:
        token = users.add_token("nightly-job", Role.VIEWER, "demo")
    web = serve_web(passwords)
    assert web.get("/api/v1/c/demo/now", Authorization=f"Bearer {token}").status == 200
    assert web.get("/api/v1/c/demo/now", Authorization="Bearer wrong").status == 401
    sent = {"Authorization": f"Bearer {token}", "Idempotency_Key": "k", "Content_Type": "application/json"}
    assert web.ask("POST", "/api/v1/c/demo/count", b'{"what": "rows"}', **sent).status == 403
    with users_of(passwords) as users:
        users.remove_token("nightly-job")
    assert web.get("/api/v1/c/demo/now", Authorization=f"Bearer {token}").status == 401


def test_a_proxy_names_users_only_from_where_it_may(site: Site, serve_web: ServeWeb) -> None:
    site.write(
        CONFIG, "identity=proxy\ntrustedProxies=127.0.0.1\ngroupRoles=ops:operator; shop:viewer@demo; shop:reader"
    )
    web = serve_web(site)
    user = {"X_Forwarded_User": "aidana"}
    assert web.get("/c/demo/now", **user, X_Forwarded_Groups="shop, others").status == 200
    assert web.get("/c/demo/now", **user, X_Forwarded_Groups="others").status == 404
    assert web.get("/c/demo/now", **user).status == 404
    assert web.get("/c/demo/now").status == 401
    site.write(CONFIG, "identity=proxy\ntrustedProxies=10.0.0.0/8\ngroupRoles=ops:operator")
    other = serve_web(site)
    for header in ("X_Forwarded_User", "X_Forwarded_Groups", "X_Forwarded_For", "X_Forwarded_Host", "Forwarded"):
        assert other.get("/c/demo/now", **{header: "x"}).status == 400, header


def test_guessing_gets_slower_and_is_never_locked() -> None:
    clock = [0.0]
    attempts = FailedAttempts(3, longest=10, now=lambda: clock[0])
    waits = []
    for _ in range(9):
        waits.append(attempts.wait("name"))
        clock[0] += attempts.wait("name")
        attempts.failed("name")
    assert waits == [0, 0, 0, 1, 2, 4, 8, 10, 10]
    assert attempts.wait("another") == 0
    attempts.succeeded("name")
    assert attempts.wait("name") == 0


def test_a_rate_recovers_after_a_minute() -> None:
    clock = [0.0]
    rate = Rate(2, now=lambda: clock[0])
    for _ in range(2):
        assert rate.wait("a") == 0
        rate.failed("a")
    assert rate.wait("a") == 60
    assert rate.wait("b") == 0
    clock[0] = 60.0
    assert rate.wait("a") == 0


def test_failed_sign_ins_are_delayed(passwords: Site, serve_web: ServeWeb, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etl.web.signing_in._FREE_OF_NAME", 1)
    add(passwords, "aidana", "operator")
    add(passwords, "timur", "operator")
    web = serve_web(passwords)
    assert sign_in(web, "aidana", "wrong").status == 303
    delayed = sign_in(web, "aidana")
    assert delayed.status == 429
    assert int(delayed.headers["retry-after"]) >= 1
    assert sign_in(web, "timur").headers["location"] == "/c/demo/now"


def test_passwords_are_not_taken_unencrypted_from_elsewhere(passwords: Site, serve_web: ServeWeb) -> None:
    passwords.write(CONFIG, "identity=password\ntrustedProxies=127.0.0.1")
    add(passwords, "aidana", "operator")
    web = serve_web(passwords)
    far = {"X_Forwarded_For": "192.0.2.7", "X_Forwarded_Proto": "http"}
    refused = sign_in(web, "aidana", **far)
    assert refused.status == 403
    assert "https" in refused.text
    assert sign_in(web, "aidana", **(far | {"X_Forwarded_Proto": "https"})).status == 303
