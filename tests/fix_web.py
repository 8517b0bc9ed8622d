"""`etl web` in a thread of the test: the real server on a socket, asked by plain HTTP."""

import http.client
import json
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlencode

import pytest

from etl.web.serving import Opened, WebOptions, opened_console
from etl.web.stream import Streams
from tests.fix_company import Site
from tests.fix_database import LOOPBACK

_SECONDS = 30.0


@dataclass(frozen=True)
class Reply:
    """An answer. Header names are in lower case; of one that comes several times the last; `cookies`: all of them."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    cookies: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Web:
    """A running console. `headers` go with each request."""

    port: int
    headers: dict[str, str] = field(default_factory=dict)
    opened: Opened | None = None

    @property
    def streams(self) -> Streams:
        """The pollers of the server."""
        assert self.opened
        return self.opened.application.streams

    def end(self) -> None:
        """As a signal does."""
        assert self.opened
        self.opened.server.end()

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Reply:
        """One request; underscores in names of headers stand for hyphens."""
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=_SECONDS)
        named = {name.replace("_", "-"): value for name, value in (self.headers | headers).items()}
        try:
            connection.request(method, path, body, named)
            found = connection.getresponse()
            headers = {key.lower(): value for key, value in found.getheaders()}
            return Reply(found.status, headers, found.read(), tuple(found.headers.get_all("set-cookie", [])))
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Reply:
        return self.ask("GET", path, None, **headers)

    def post(self, path: str, form: Mapping[str, str] | None = None, **headers: str) -> Reply:
        """A form of our own pages, as a browser sends it."""
        sent = {"Sec_Fetch_Site": "same-origin", "Content_Type": "application/x-www-form-urlencoded"} | headers
        return self.ask("POST", path, urlencode(form or {}).encode(), **sent)

    def raw(self, data: bytes, *, closes: bool = False) -> bytes:
        """What comes back for these bytes until the server closes the connection."""
        with socket.create_connection((LOOPBACK, self.port), timeout=_SECONDS) as connection:
            connection.sendall(data)
            if closes:
                connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(65_536), b""))


class ServeWeb(Protocol):
    def __call__(self, site: Site, *, root_path: str = ...) -> Web: ...


@contextmanager
def serving(site: Site, *, root_path: str = "") -> Iterator[Web]:
    """The console of a company on a free port of the loopback address."""
    with serving_at(site, f"{LOOPBACK}:0", root_path=root_path) as opened:
        yield Web(opened.addresses[0].port, opened=opened)


@contextmanager
def serving_at(site: Site, listen: str, *, root_path: str = "") -> Iterator[Opened]:
    """The same at any address."""
    with opened_console(WebOptions(site.url, (listen,), root_path, site.environ)) as opened:
        thread = threading.Thread(target=opened.serve, name="web")
        thread.start()
        try:
            yield opened
        finally:
            opened.server.end()
            thread.join()


@pytest.fixture
def serve_web() -> Iterator[ServeWeb]:
    """Starts consoles that end with the test."""
    with ExitStack() as stack:

        def serve(site: Site, *, root_path: str = "") -> Web:
            return stack.enter_context(serving(site, root_path=root_path))

        yield serve
