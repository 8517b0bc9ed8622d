"""All pages and actions of the table: by each role, and none of them shows a secret."""

import logging
import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from etl.engine import add_reader, build_version, join, pin
from etl.web.roles import Role
from etl.web.route import Action, json_path
from etl.web.routes import ACTIONS, DOWNLOADS, ROUTES
from tests.fix_company import PASSWORD, PASSWORD_VARIABLE, Site, until
from tests.fix_web import ServeWeb, Web

_VARIABLE = re.compile(r"\{\w+(:path)?\}")
_FOREIGN: tuple[dict[str, str], ...] = (
    {"Sec_Fetch_Site": "cross-site"},
    {"Sec_Fetch_Site": "same-site"},
    {"Origin": "null"},
    {"Origin": "http://evil.example"},
    {},
)


def address(path: str) -> str:
    """The path with a value for each variable."""
    return _VARIABLE.sub("1", path.replace("{company}", "demo"))


@pytest.fixture
def web(site: Site, serve_web: ServeWeb) -> Web:
    """Behind a proxy that this test is: it says which role asks."""
    roles = "; ".join(f"{role}:{role}" for role in Role)
    site.look(f"grant {site.partner_role} to {site.engine_role}")
    site.write(
        "configs/WebConfig.txt",
        f"identity=proxy\ntrustedProxies=127.0.0.1\ngroupRoles={roles}\npartnerRole={site.partner_role}",
    )
    return serve_web(site)


def as_role(role: Role) -> dict[str, str]:
    return {"X_Forwarded_User": role, "X_Forwarded_Groups": role}


def test_each_role_gets_what_the_table_says(web: Web) -> None:
    for role in Role:
        for route in ROUTES:
            for path in (route.path, json_path(route)):
                check(web, role, path, route.roles)
        for download in DOWNLOADS:
            check(web, role, download.path, download.roles)
        for action in ACTIONS:
            # Without a key nothing is done, and who may not act does not get as far.
            status = web.post(address(action.path), None, **as_role(role)).status
            assert (status, 403 if role not in action.roles else 400) in ((403, 403), (400, 400)), f"{role} {action}"


def test_no_action_is_done_for_a_foreign_page_or_an_unknown_token(site: Site, web: Web) -> None:
    """Whatever the role of who looks at that page."""
    sent = {"Content_Type": "application/x-www-form-urlencoded"}
    for action in ACTIONS:
        for foreign in _FOREIGN:
            reply = web.ask("POST", address(json_path(action)), b"key=k", **sent, **foreign, **as_role(Role.OPERATOR))
            assert (reply.status, reply.json["code"]) == (403, "foreign_origin"), f"{foreign} {action}"
    ours = sent | {"Sec_Fetch_Site": "same-origin", "Authorization": "Bearer unknown"}
    assert web.ask("POST", address(json_path(ACTIONS[-1])), b"key=k", **ours).status == 401
    noted = site.look("select outcome, count(*) as n from etl_web.web_audit_outcome group by 1")
    assert noted == [{"outcome": "refused", "n": len(ACTIONS) * len(_FOREIGN)}]
    assert site.look("select 1 from etl_web.web_action_key") == []


def test_each_role_has_the_buttons_of_its_actions_alone(site: Site, web: Web) -> None:
    """On pages with rows, errors, an alias, a pin, a reader and another version."""
    assert site.etl("grants", "--partner", site.partner_role, "--reader", site.partner_role, "--apply").code == 0
    site.partner.fill("in_Client", {"in_id": "a", "name": "Ann"}, {"in_id": "b"}, {"in_id": "bad", "amount": "NaN"})
    site.partner.hand_over()
    run = site.run().run
    with site.runtime() as runtime:
        pin(runtime, "Client", "a", "Name", "Anna", reason="so", by="who")
        join(runtime, "Client", "a", "b")
        add_reader(runtime, "warehouse", site.partner_role, None)
        build_version(runtime, "2", lambda _: None)
    site.partner.hand_over()
    error = site.value("select max(id) from in_tables.err")
    seen = {role: set(buttons(web, role, str(run), str(error))) for role in Role}
    for role, actions in seen.items():
        assert not {one.name for one in actions if role not in one.roles}, role
    assert {one.name for one in seen[Role.OPERATOR]} >= {
        *("pin.set", "pin.remove", "repair.preview", "erase.list", "undo.preview", "run.start"),
        *("out.retire", "out.reader_add", "out.reader_reset", "out.reader_remove", "errors.retry", "metadata.preview"),
    }
    assert {one.name for one in seen[Role.PARTNER]} >= {"errors.retry", "errors.correct"}
    assert {one.name for one in seen[Role.VIEWER] | seen[Role.READER]} <= {"sign_in.end", "sign_in.end_others"}


def buttons(web: Web, role: Role, run: str, error: str) -> Iterator[Action]:
    """The actions of the forms on all pages that a role sees."""
    paths = {one.path.replace("{run}", run).replace("{error}", error) for one in ROUTES if role in one.roles}
    asked = {"instance": "?table=in_Client&in_id=a", "erase": "?table=in_Client&named=a"}
    for path in sorted(paths):
        page = web.get(address(path) + asked.get(path.rpartition("/")[2], ""), **as_role(role)).text
        for target in re.findall(r'<form method="post" action="([^"]+)"', page):
            if target != "/sign-out":
                [found] = [one for one in ACTIONS if re.fullmatch(_VARIABLE.sub("[^/]+", one.path), target)]
                yield found


def check(web: Web, role: Role, path: str, roles: frozenset[Role]) -> None:
    status = web.get(address(path), **as_role(role)).status
    assert (status == 403) is (role not in roles), f"{role} {path}: {status}"
    assert status in (200, 303, 400, 403, 404, 409, 410, 503), f"{role} {path}: {status}"


def test_no_page_and_no_line_of_the_log_shows_a_secret(
    site: Site, serve_web: ServeWeb, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secrets = {"import": PASSWORD, "service": "seeded-service-password", "hook": "seeded-hook-token"}
    site.environ[PASSWORD_VARIABLE] = PASSWORD
    site.set(passwordToEnableServices=secrets["service"], hookUrl=f"http://127.0.0.1:1/{secrets['hook']}")
    web = serve_web(site)
    faulty = "configs/InMigrationPostgresConfig.txt"
    text = site.text(faulty)
    files = [f"/c/demo/contract/files/{one['path']}" for one in web.get("/api/v1/c/demo/contract").json["files"]]
    downloads = [*files, "/c/demo/speed/runs.csv"]
    for is_faulty in (False, True):
        if is_faulty:  # errors name where they could not connect, and with what
            site.write(faulty, text.replace(f"port={site.database.port}", "port=1"))
            assert web.opened
            web.opened.application.console.companies.refresh()
        pages = [address(path) for route in ROUTES for path in (route.path, json_path(route))]
        for path in (*pages, *([] if is_faulty else downloads)):
            found = web.get(path)
            shown = found.body.decode(errors="replace") + str(found.headers)
            for name, secret in secrets.items():
                assert secret not in shown, f"{path} shows the secret of {name}"
                assert quote(secret) not in shown
    logged = caplog.text
    assert "etl.web.access" in logged
    for name, secret in secrets.items():
        assert secret not in logged, f"the log shows the secret of {name}"


def test_tables_that_are_older_than_the_metadata(site: Site, serve_web: ServeWeb) -> None:
    """A new object, a new link to it, a new field: pages say what they know, and Checks how the tables follow."""
    site.partner.fill("in_Client", {"in_id": "bad", "amount": "NaN"})
    site.partner.hand_over()
    assert site.run().errors == 1
    flags = "needLoadFromInTables: true, needUploadToOutTable: true"
    site.document("Branch", f"code: Branch\nfields:\n  - {{code: City, type: INPUT_TEXT, isUnique: true, {flags}}}\n")
    client = site.text("companies/demo/business-objects/Client.yaml")
    site.document(
        "Client",
        f"{client}  - {{code: Mail, type: INPUT_EMAIL, isUnique: true, {flags}}}\n"
        f"  - {{code: Branch, type: BO, bo: Branch, viewType: SINGLE, {flags}}}\n",
    )
    web = serve_web(site)
    error = site.value("select max(id) from in_tables.err")
    asked = ("?table=in_Client&in_id=bad", "?table=in_Branch&in_id=x")
    paths = [address(route.path).replace("/errors/1", f"/errors/{error}") for route in ROUTES]
    for path in (*paths, *(f"/c/demo/instance{one}" for one in asked)):
        answer = web.get(path)
        assert answer.status in (200, 404) or "`etl generate-ddl --diff`" in answer.text, f"{path}: {answer.text}"
    # Those of other tests are kept for a minute, as the company has the same code.
    assert web.post("/c/demo/checks/again", {"key": "k"}).status == 303
    checks = until(lambda: web.get("/api/v1/c/demo/checks").json["items"], "the checks were made")
    assert any("generate-ddl" in one["found"] + one["do"] for one in checks if one["level"] == "error"), checks
