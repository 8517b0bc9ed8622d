"""Values that no page of ours sends: each is refused or changes nothing, and none is a fault of the program."""

import json
import re
from urllib.parse import quote, urlsplit

import pytest

from etl.web import app
from etl.web.route import Action, Route, json_path
from etl.web.routes import ACTIONS, ROUTES
from tests.fix_company import Site
from tests.fix_web import ServeWeb, Web

# These have no parameters, and do what they say.
_PLAIN = {"run.start", "run.accept", "hold.release", "checks.again", "out.rollback", "fill.hand_over"}
_NAMES = ("ids", "run", "table", "code", "topic", "back", "column", "seen", "value", "version", "on", "confirm")
_VALUES = ("\0", "9" * 30, "0" * 23 + "9" * 19, "-1", "²", "к\r\nX: y", "../..//host", "@host", "x" * 1000)
_SENT = {"Content_Type": "application/json", "Sec_Fetch_Site": "same-origin"}


@pytest.fixture
def web(site: Site, serve_web: ServeWeb, monkeypatch: pytest.MonkeyPatch) -> Web:
    monkeypatch.setattr(app, "ACTION_SECONDS", 60.0)  # on a busy machine too the answer is that of the action
    return serve_web(site)


def address(one: Route | Action, value: str) -> str:
    """That of the API, with the value for each variable but the company."""
    return re.sub(r"\{\w+\}", quote(value, safe=""), json_path(one).replace("{company}", "demo"))


def test_no_value_of_a_page_is_a_fault(web: Web) -> None:
    for one in ROUTES:
        for value in _VALUES:
            asked = f"{address(one, value)}?run={quote(value)}&after={quote(value)}&id={quote(value)}"
            assert web.get(asked).status in (200, 303, 400, 404), (one.path, value)
        # PostgreSQL has no such character: it is refused before anything is asked.
        assert web.get(f"{address(one, '1')}?in_id=%00").status == 400


def test_no_value_of_an_action_is_a_fault(web: Web) -> None:
    for number, value in enumerate(_VALUES):
        for one in ACTIONS:
            if one.takes_file or one.name in _PLAIN:
                continue
            form = dict.fromkeys(_NAMES, value) | {"key": f"{one.name}{number}"}
            reply = web.ask("POST", address(one, value), json.dumps(form).encode(), **_SENT)
            assert reply.status in (400, 404, 409, 410), (one.path, value, reply.text)


@pytest.mark.parametrize("body", [b"[" * 100_000, b"[1,", b'{"key": "\\ud800"}', b'{"key": "a\\u0000"}', b"\xff"])
def test_a_body_that_is_no_form_is_refused(web: Web, body: bytes) -> None:
    assert web.ask("POST", "/c/demo/checks/again", body, **_SENT).status == 400
    assert web.ask("POST", "/sign-in", body, **_SENT).status in (400, 404)


@pytest.mark.parametrize("back", ["/errors?table=к", "/errors\r\nX: y", "/../..//host/x", "@host", "//host", "/runs"])
def test_a_form_leads_only_to_pages_that_have_it(web: Web, back: str) -> None:
    form = {"run": "1", "code": "CHUNK_QUARANTINED", "back": back, "key": "k"}
    reply = web.post("/c/demo/errors/retry", form)
    assert (reply.status, urlsplit(reply.headers["location"]).path) == (303, "/c/demo/errors")
