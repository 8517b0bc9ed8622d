"""Actions at once: who waits for whom, and files whose actions wait."""

import os
import threading
from collections.abc import Iterator

import pytest

from etl.web import app
from etl.web.requests import ActionRequest, Done
from etl.web.roles import OPERATORS
from etl.web.route import Action
from etl.web.routes import ACTIONS
from tests.fix_company import Site, until
from tests.fix_web import ServeWeb, Web
from tests.integration.web.conftest import second_company
from tests.integration.web.uploads import configure, in_spool, send


class Held:
    """Actions that wait until the test lets them end."""

    def __init__(self) -> None:
        self.may_end = threading.Event()
        self.begun = 0

    def act(self, request: ActionRequest) -> Done:
        self.begun += 1
        assert self.may_end.wait(60)
        return Done("/now", "held")


def at_once(request: ActionRequest) -> Done:
    return Done("/now", "done at once")


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[Held]:
    found = Held()
    added = (
        Action("/c/{company}/held", "held", found.act, OPERATORS),
        Action("/c/{company}/long", "long", found.act, OPERATORS, has_own_thread=True),
        Action("/c/{company}/quick", "quick", at_once, OPERATORS),
    )
    monkeypatch.setattr(app, "ACTIONS", (*ACTIONS, *added))
    monkeypatch.setattr(app, "ACTION_SECONDS", 0.05)
    yield found
    found.may_end.set()


def begin(web: Web, held: Held, path: str, many: int) -> None:
    """That many actions are being done, or wait."""
    for number in range(many):
        assert web.post(f"/api/v1{path}", {"key": f"{path} {number}"}).status == 202


def test_runs_hold_up_no_other_action(site: Site, serve_web: ServeWeb, held: Held) -> None:
    web = serve_web(site)
    begin(web, held, "/c/demo/long", 5)
    until(lambda: held.begun == 5, "all of them are being done")
    web.post("/api/v1/c/demo/quick", {"key": "k"})
    until(lambda: "done at once" in web.get("/api/v1/c/demo/audit").text, "the quick one was done meanwhile")
    assert not held.may_end.is_set()


def test_a_company_holds_up_no_other_company(site: Site, serve_web: ServeWeb, held: Held) -> None:
    second_company(site)
    web = serve_web(site)
    begin(web, held, "/c/demo/held", 5)
    until(lambda: held.begun == 2, "two of them are being done")
    web.post("/api/v1/c/other/quick", {"key": "k"})
    until(lambda: "done at once" in web.get("/api/v1/c/other/audit").text, "the quick one was done meanwhile")
    assert held.begun == 2


def test_a_file_whose_action_waits_is_not_swept(site: Site, serve_web: ServeWeb, held: Held) -> None:
    configure(site)
    web = serve_web(site)
    begin(web, held, "/c/demo/held", 2)
    sent = send(web, "Client.csv", b"in_id,Name\nc1,Anna\n")
    assert sent.status == 202
    [incoming] = (site.home / "spool/incoming").iterdir()
    os.utime(incoming, (0, 0))
    abandoned = incoming.with_name("A" * 22)
    abandoned.write_bytes(b"cut off")
    os.utime(abandoned, (0, 0))
    assert web.opened
    web.opened.application.console.uploads.spool.sweep()
    assert (incoming.exists(), abandoned.exists()) == (True, False)
    held.may_end.set()
    page = sent.json["location"]
    until(lambda: web.get(page).json["outcome"] == "done", "the file was kept")
    assert f"uploads/{incoming.name}/in_Client.csv" in in_spool(site)
    until(lambda: not incoming.exists(), "nothing is left of it")


def test_a_file_that_is_gone_is_said_to_be(site: Site, serve_web: ServeWeb, held: Held) -> None:
    configure(site)
    web = serve_web(site)
    begin(web, held, "/c/demo/held", 2)
    sent = send(web, "Client.csv", b"in_id,Name\nc1,Anna\n")
    [incoming] = (site.home / "spool/incoming").iterdir()
    incoming.unlink()
    held.may_end.set()
    page = sent.json["location"]
    until(lambda: web.get(page).json["outcome"] == "failed", "it has ended")
    assert "Send the file again" in web.get(page).json["detail"]
