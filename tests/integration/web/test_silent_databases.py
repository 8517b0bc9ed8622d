"""A database that accepts connections and says nothing: its company waits, nothing else does."""

import socket
import threading
from collections.abc import Iterator

import pytest

from etl.database import connect_limits
from etl.web import companies
from tests.fix_company import IMPORT_CONFIG, Site
from tests.fix_database import LOOPBACK
from tests.fix_web import ServeWeb, Web
from tests.integration.web.conftest import second_company

SILENT = "/api/v1/c/other/runs"


@pytest.fixture
def silent(site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """A second company has it instead of its database."""
    monkeypatch.setattr(companies, "_CONNECT_SECONDS", 30)
    second_company(site)
    with socket.create_server((LOOPBACK, 0), backlog=64) as found:
        found.settimeout(30)
        site.write(f"companies/other/{IMPORT_CONFIG}", f"host={LOOPBACK}\nport={found.getsockname()[1]}\n")
        yield found


def test_a_silent_database_holds_up_no_other_company(site: Site, serve_web: ServeWeb, silent: socket.socket) -> None:
    web, answers = serve_web(site), list[int]()
    threads = [threading.Thread(target=lambda: answers.append(web.get(SILENT).status)) for _ in range(6)]
    for thread in threads:
        thread.start()
    accepted = [silent.accept()[0] for _ in range(2)]
    for path in ("/api/v1/c/demo/runs", "/sign-in", "/keys"):
        assert web.get(path).status == 200
    assert answers == []
    for one in (*accepted, silent):
        one.close()
    for thread in threads:
        thread.join()
    assert answers == [503] * 6


def test_after_a_failed_connect_the_server_is_left_alone(
    site: Site, serve_web: ServeWeb, silent: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connect_limits, "REST_SECONDS", 600.0)
    web = serve_web(site)
    said = refused(web, silent)
    again = web.get(SILENT)
    assert (again.status, again.json["detail"]) == (503, said)
    silent.setblocking(False)
    with pytest.raises(BlockingIOError):
        silent.accept()
    silent.settimeout(30)
    monkeypatch.setattr(connect_limits, "REST_SECONDS", 0.0)
    refused(web, silent)


def refused(web: Web, silent: socket.socket) -> str:
    """A request whose connect fails, and what it is answered with."""
    details: list[str] = []
    asking = threading.Thread(target=lambda: details.append(web.get(SILENT).json["detail"]))
    asking.start()
    silent.accept()[0].close()
    asking.join()
    return details[0]
