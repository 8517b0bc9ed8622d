"""Pages under a role of the database that can only read: all of them work, and nothing else is allowed."""

from collections.abc import Iterator
from itertools import count

import psycopg
import pytest

from etl.web import app
from etl.web.route import json_path
from etl.web.routes import ROUTES
from tests.fix_company import OUT, STORE, Site, until
from tests.fix_web import ServeWeb, Web
from tests.integration.web.test_all_routes import address
from tests.integration.web.test_identity import CONFIG, add, signed_in

_KEYS = count()
# What the console writes of its own, and no more.
WRITTEN = {
    "etl_web.web_session": {"INSERT", "UPDATE", "DELETE"},
    "etl_web.web_action_key": {"INSERT", "UPDATE", "DELETE"},
    "etl_web.web_proxy_user": {"INSERT"},
    "etl_web.web_audit": {"INSERT"},
    "etl_web.web_audit_outcome": {"INSERT"},
}


@pytest.fixture
def console_role(site: Site) -> Iterator[str]:
    """As an administrator makes it, with what `etl grants --console` gives."""
    role = f"console_{site.database.name}"
    site.look(f"create role {role}; grant {role} to {site.engine_role}; grant pg_read_all_stats to {role}")
    grants = ("grants", "--partner", site.partner_role, "--reader", site.partner_role, "--console", role)
    printed = site.etl(*grants)
    assert printed.code == 0, printed.err
    assert "grant pg_read_all_stats" in printed.out
    for what in ("privileges granted", "has its privileges already"):
        applied = site.etl(*grants, "--apply")
        assert (applied.code, f"{role}: {what}" in applied.out) == (0, True), applied.err + applied.out
    yield role
    site.look(f"drop owned by {role}; drop role {role}")


@pytest.fixture
def console(site: Site, console_role: str, monkeypatch: pytest.MonkeyPatch) -> Site:
    # A busy machine is no reason to answer before an action has ended.
    monkeypatch.setattr(app, "ACTION_SECONDS", 60.0)
    site.set(copyTables="false")
    site.write(CONFIG, f"identity=password\nconsoleRole={console_role}")
    site.partner.fill("in_Client", {"in_id": "a", "name": "Ann", "amount": 1}, {"in_id": "bad", "amount": "NaN"})
    site.partner.hand_over()
    add(site, "aidana", "operator")
    return site


def press(browser: Web, path: str, **form: str) -> int:
    return browser.post(f"/api/v1/c/demo/{path}", form, Idempotency_Key=f"press-{next(_KEYS)}").status


# What pages ask for that show nothing without it.
_QUERIES = {
    "history": "?table=in_Client&in_id=a",
    "repair": "?kind=split&table=in_Client&named=a",
    "erase": "?table=in_Client&named=a",
}


def test_every_page_and_action_works(console: Site, serve_web: ServeWeb) -> None:
    browser = signed_in(serve_web(console), "aidana")
    assert press(browser, "run/start") == 200
    run = console.value("select max(id) from in_tables.run")
    error = console.value("select max(id) from in_tables.err")
    assert press(browser, "errors/retry", ids=str(error)) == 200
    assert press(browser, f"runs/{run}/undo/preview") == 200
    assert press(browser, "out/build", version="2") == 200
    assert press(browser, "checks/again") == 200
    found = {}
    for route in ROUTES:
        asked = address(route.path).replace("/runs/1", f"/runs/{run}").replace("/errors/1", f"/errors/{error}")
        for path in (asked, json_path(route).replace(route.path, asked)):
            found[path] = browser.get(path + _QUERIES.get(route.path.rpartition("/")[2], "")).status
    missing = {f"/c/demo/{one}" for one in ("kafka/letters/1", "out/rollback", "actions/1", "fill/1")} | {"/actions/1"}
    assert {path for path, status in found.items() if status != 200} == missing | {f"/api/v1{one}" for one in missing}
    # A version that is made later has a schema of its own.
    explained = browser.get("/api/v1/c/demo/instance?table=in_Client&in_id=a").json
    assert {one["schema_name"] for one in explained["out"]} == {OUT, "out_demo_1_2"}
    assert press(browser, "out/2/switch") == 200
    assert press(browser, "out/rollback") == 200
    assert press(browser, "out/2/retire", force="1") == 200
    assert press(browser, f"runs/{run}/undo") == 200
    # Checks are about the engine's privileges, not about those of the pages.
    checks = until(lambda: browser.get("/api/v1/c/demo/checks").json["items"], "the checks were made")
    assert not [one for one in checks if one["level"] == "error"], checks
    assert browser.post("/sign-out").status == 303
    assert browser.get("/c/demo/now").status == 303


def test_now_sees_a_foreign_lock(console: Site, serve_web: ServeWeb) -> None:
    browser = signed_in(serve_web(console), "aidana")
    with console.locking(f"{STORE}.bo_Client"):
        runner = console.start("run")
        until(lambda: browser.get("/api/v1/c/demo/now").json["state"] == "locked", "the page names the lock")
    runner.communicate(timeout=60)


def test_nothing_else_is_allowed(console: Site, console_role: str, serve_web: ServeWeb) -> None:
    browser = signed_in(serve_web(console), "aidana")
    assert browser.get("/c/demo/now").status == 200
    assert console.run().run
    held = console.look(
        "select n.nspname || '.' || c.relname as name, array_agg(p.privilege) as privileges "
        "from pg_class c join pg_namespace n on n.oid = c.relnamespace "
        "cross join unnest(array['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) p (privilege) "
        "where c.relkind in ('r', 'p', 'v') and n.nspname !~ '^(pg_|information_schema)' "
        "and has_table_privilege(%s, c.oid, p.privilege) group by 1",
        [console_role],
        at=console.database,
    )
    assert {one["name"]: set(one["privileges"]) for one in held} == WRITTEN
    # PostgreSQL 14 lets all roles create in public.
    made = "select nspname from pg_namespace where has_schema_privilege(%s, oid, 'create') and nspname <> 'public'"
    assert console.look(made, [console_role], at=console.database) == []
    owned = "select relname from pg_class where relowner = %s::regrole"
    assert console.look(owned, [console_role], at=console.database) == []
    for statement in (
        "create table in_tables.other ()",
        "create schema other",
        f"drop table {STORE}.journal",
        "alter table in_tables.in_client add column x int",
        "update in_tables.in_client set in_status = ''",
        "delete from in_tables.process_tracking",
        "update etl_web.web_role set role = 'operator'",
        "update etl_web.web_user set password_hash = ''",
        "insert into etl_web.web_token (token_digest, name, role) values (sha256('x'), 'x', 'operator')",
        "alter table etl_web.web_audit disable trigger user",
        "delete from etl_web.web_audit",
        "select pg_read_file('/etc/passwd')",
        "copy in_tables.in_client to program 'true'",
        "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'postgres' limit 1",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            console.look(f"begin; set local role {console_role}; {statement}", at=console.database)
        console.look("rollback", at=console.database)


def test_without_the_role_the_page_says_what_to_do(site: Site, serve_web: ServeWeb) -> None:
    site.write(CONFIG, "identity=none\nconsoleRole=no_such_role")
    answer = serve_web(site).get("/api/v1/c/demo/runs")
    assert (answer.status, answer.json["code"]) == (503, "configuration")
    assert "consoleRole" in answer.json["detail"]
