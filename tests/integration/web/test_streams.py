"""Pages that are followed: one poller for all viewers, and an end with the server."""

import http.client
import json
import socket
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import pytest

from etl.errors import TransientFault
from etl.web import app, server, stream
from etl.web.identity.principal import Principal
from etl.web.identity.sessions import Sessions
from etl.web.incoming import Incoming
from etl.web.pages import now
from etl.web.requests import Model, PageRequest
from etl.web.roles import ALL
from etl.web.route import Route
from tests.fix_company import Site, until
from tests.fix_database import LOOPBACK
from tests.fix_web import ServeWeb, Web
from tests.integration.web.test_identity import CONFIG, add, signed_in

PATH = "/c/demo/counted/events"


class Count(Model):
    polls: int
    padding: str = ""


@dataclass
class Counted:
    """A page that counts how often it was asked for."""

    polls: int = 0
    padding: str = ""
    error: Exception | None = None
    asked: list[PageRequest] = field(default_factory=list)

    def page(self, request: PageRequest) -> Count:
        self.polls += 1
        self.asked.append(request)
        if self.error:
            raise self.error
        return Count(polls=self.polls, padding=self.padding)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counted:
    found = Counted()
    route = Route("/c/{company}/counted", found.page, ALL, "now.html", lambda model, language: {"count": language})
    monkeypatch.setattr(app, "ROUTES", (Route("/c/{company}/now", now.page, ALL, "now.html"), route))
    monkeypatch.setattr(stream, "POLL_SECONDS", 0.05)
    return found


@pytest.fixture
def web(site: Site, serve_web: ServeWeb, counted: Counted) -> Web:
    return serve_web(site)


@contextmanager
def following(web: Web, **headers: str) -> Iterator[http.client.HTTPResponse]:
    connection = http.client.HTTPConnection(LOOPBACK, web.port, timeout=30)
    connection.request("GET", PATH, headers=headers)
    try:
        yield connection.getresponse()
    finally:
        connection.close()


@contextmanager
def not_reading(port: int, path: str, *, buffer: int = 4096) -> Iterator[socket.socket]:
    """A client that asks, and reads nothing of the answer."""
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        client.settimeout(30)
        client.connect((LOOPBACK, port))
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        yield client


def connections(web: Web) -> int:
    assert web.opened
    return len(web.opened.server.server_state.connections)


def event(response: http.client.HTTPResponse) -> tuple[str, Any]:
    """The next event with its data."""
    kind = ""
    while line := response.readline().decode().rstrip("\n"):
        name, _, value = line.partition(": ")
        if name == "event":
            kind = value
        if name == "data":
            response.readline()
            return kind, json.loads(value)
    return event(response) if not response.closed else ("", None)


def test_all_viewers_share_one_poller(web: Web, counted: Counted) -> None:
    with ExitStack() as stack:
        viewers = [stack.enter_context(following(web)) for _ in range(20)]
        assert viewers[0].headers["content-type"].startswith("text/event-stream")
        numbers = {event(one)[1]["page"]["polls"] for one in viewers}
        assert len(numbers) <= counted.polls
        begun = counted.polls
        until(lambda: counted.polls >= begun + 3, "the poller asks again")
        kind, data = event(viewers[0])
        assert (kind, data["texts"]["count"][:2]) == ("now", "en")
    until(lambda: web.streams.polls == 0, "without viewers nothing is asked")


def test_a_server_that_is_away_is_an_event(web: Web, counted: Counted, caplog: pytest.LogCaptureFixture) -> None:
    with following(web) as viewer:
        assert event(viewer)[0] == "now"
        counted.error = TransientFault("the server is away")
        until(lambda: event(viewer)[0] == "away", "the fault is seen")
        counted.error = ZeroDivisionError("a secret of the program")
        until(lambda: "a secret of the program" in caplog.text, "the log has the trace of a fault of the program")
        kind, data = event(viewer)
        assert (kind, "secret" in str(data)) == ("away", False)
        counted.error = None
        until(lambda: event(viewer)[0] == "now", "it is over")


def test_a_viewer_too_many_is_sent_away(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "MOST_VIEWERS", 1)
    with following(web) as viewer:
        event(viewer)
        answer = web.get(PATH)
        assert (answer.status, answer.headers["retry-after"]) == (503, "10")


def test_who_does_not_read_is_let_go_and_holds_up_no_other(
    web: Web, counted: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "WRITE_SECONDS", 0.5)
    counted.padding = "x" * 300_000  # the buffers between server and client are soon full
    with not_reading(web.port, PATH) as silent, following(web) as viewer:
        until(lambda: connections(web) == 2, "both are there")
        begun = counted.polls
        until(lambda: event(viewer) and connections(web) == 1, "the one that does not read is let go")
        assert counted.polls > begun
        assert event(viewer)[0] == "now"
        with suppress(ConnectionResetError):  # it finds what was on its way, and then the end
            while silent.recv(1 << 20):
                pass
    until(lambda: web.streams.polls == 0, "without viewers nothing is asked")


def test_streams_say_goodbye_when_the_server_ends(web: Web) -> None:
    with following(web) as viewer:
        event(viewer)
        web.end()
        found = iter(lambda: event(viewer), ("", None))
        _, data = next(one for one in found if one[0] == "bye")
        assert 1000 <= data["again_in_ms"] <= 5000


@pytest.mark.nightly
def test_open_pages_do_not_use_their_sign_ins(
    site: Site, serve_web: ServeWeb, counted: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All are asked for by one statement; who is not used ends, and so does who has lost its role."""
    monkeypatch.setattr(stream, "HEARTBEAT_SECONDS", 0.2)
    site.write(CONFIG, "identity=password")
    add(site, "aidana", "operator")
    web = serve_web(site)
    browsers = [signed_in(web, "aidana") for _ in range(3)]
    assert web.opened
    sessions = web.opened.application.console.identity._sessions
    asked: list[int] = []

    def followed(incomings: Sequence[Incoming]) -> list[Principal | None]:
        asked.append(len(incomings))
        return Sessions.followed(sessions, incomings)

    monkeypatch.setattr(sessions, "followed", followed)
    with ExitStack() as stack:
        viewers = [stack.enter_context(following(web, **one.headers)) for one in browsers]
        for one in viewers:
            assert event(one)[0] == "now"
        site.look("update etl_web.web_session set last_seen_at = now() - interval '5 minutes'")
        seen = site.value("select max(last_seen_at) from etl_web.web_session")
        asked.clear()
        until(lambda: len(asked) > 2, "it was asked several times")
        assert set(asked) == {3}
        assert site.value("select max(last_seen_at) from etl_web.web_session") == seen
        site.look("update etl_web.web_session set last_seen_at = now() - interval '2 hours'")
        for one in viewers:
            until(lambda one=one: not one.readline(), "an idle sign-in has ended")  # type: ignore[misc]
    until(lambda: web.streams.polls == 0, "no viewer is left")


def test_a_head_opens_no_stream(web: Web) -> None:
    answer = web.ask("HEAD", PATH)
    assert (answer.status, answer.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
    assert web.streams.polls == 0


def test_who_may_not_see_the_page_follows_nothing(web: Web) -> None:
    assert web.get("/c/other/counted/events").status == 404
    assert web.get("/c/demo/now/events").status == 404
