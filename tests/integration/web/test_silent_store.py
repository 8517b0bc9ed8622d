"""The database of users and sign-ins accepts bytes and says nothing: requests end soon, and say why."""

from collections.abc import Iterator

import pytest

from etl.database import connect_limits
from etl.web.identity import circuit_breaker, store
from tests.acceptance.middlebox import Middlebox
from tests.fix_company import IMPORT_CONFIG, Site, until
from tests.fix_web import Reply, ServeWeb, Web
from tests.integration.web.test_identity import CONFIG, add, sign_in, signed_in


@pytest.fixture
def box(site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[Middlebox]:
    """Between the console and the database of `etl_web`; the company's own databases are reached without it."""
    monkeypatch.setattr(store, "ANSWER_SECONDS", {"read": 1.2, "write": 1.2})
    found = Middlebox(site.database.port)
    text = site.text(IMPORT_CONFIG)
    site.write(f"companies/demo/{IMPORT_CONFIG}", text)
    site.write(IMPORT_CONFIG, text.replace(f"port={site.database.port}", f"port={found.port}"))
    yield found
    found.close()


def is_clear(reply: Reply) -> bool:
    return (reply.status, reply.json["code"]) == (503, "unavailable") and "retry-after" in reply.headers


def test_who_signs_in_is_answered_soon(
    site: Site, serve_web: ServeWeb, box: Middlebox, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.write(CONFIG, "identity=password")
    add(site, "aidana", "operator")
    web = serve_web(site)
    browser = signed_in(web, "aidana")
    assert browser.get("/api/v1/c/demo/runs").status == 200
    box.swallow_all()
    monkeypatch.setattr(circuit_breaker, "OPEN_SECONDS", 600.0)
    assert is_clear(browser.get("/api/v1/c/demo/runs"))  # ends although the connection never answers
    admitted = box.admitted
    for _ in range(3):
        assert is_clear(browser.get("/api/v1/c/demo/runs"))
    refused = sign_in(web, "aidana")
    assert (refused.status, "The database does not answer" in refused.text) == (503, True)
    assert web.get("/sign-in").status == 200
    assert web.get("/ready").status == 503
    assert box.admitted == admitted  # nothing is asked of it while the circuit is open
    monkeypatch.setattr(circuit_breaker, "OPEN_SECONDS", 0.0)
    monkeypatch.setattr(connect_limits, "REST_SECONDS", 0.0)
    assert web.opened
    web.opened.application.signing_in.store._breaker._open_until = 0.0
    assert is_clear(browser.get("/api/v1/c/demo/runs"))  # a new connection hangs, too
    assert box.admitted > admitted
    box.carry()
    until(lambda: browser.get("/api/v1/c/demo/runs").status == 200, "it is reached again")


def test_pages_that_need_no_sign_in_do_not_wait(site: Site, serve_web: ServeWeb, box: Middlebox) -> None:
    web: Web = serve_web(site)
    assert web.post("/c/demo/checks/again", {"key": "before"}).status == 303
    box.swallow_all()
    for path in ("/api/v1/c/demo/runs", "/api/v1/c/demo/now", "/keys"):
        assert web.get(path).status == 200
    assert is_clear(web.post("/api/v1/c/demo/checks/again", {"key": "k"}, Idempotency_Key="k"))
    # What an action has done is left out where it cannot be asked for.
    assert web.get("/c/demo/runs?done=1").status == 200
