"""The server: what is too large, too slow or from elsewhere; methods, headers, ids, the access line, the end."""

import json
import logging
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest
import sqlalchemy

from etl.database import fetch_one
from etl.errors import ConfigurationError
from etl.web import app, server
from etl.web.layers import sizes
from etl.web.layers.response_headers import CONTENT_SECURITY_POLICY
from etl.web.requests import Model, PageRequest
from etl.web.roles import ALL
from etl.web.route import Page, Route
from tests.fix_company import Site, ended, until
from tests.fix_database import LOOPBACK
from tests.fix_web import ServeWeb, Web, serving_at
from tests.integration.web.conftest import Counting
from tests.integration.web.test_streams import connections, not_reading

CONFIG = "configs/WebConfig.txt"
NOW = "/c/demo/now"


def head(path: str, *lines: str, method: str = "GET") -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: localhost", *lines, "", ""]).encode()


def test_every_answer_has_the_headers_that_protect_it(web: Web) -> None:
    for path in (NOW, "/nothing", "/health", "/api/v1/c/demo/now"):
        found = web.get(path).headers
        assert found["content-security-policy"] == CONTENT_SECURITY_POLICY
        assert {"default-src 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"} <= {
            one.strip() for one in found["content-security-policy"].split(";")
        }
        assert found["x-content-type-options"] == "nosniff"
        assert found["cache-control"] == "no-store"
        assert found["referrer-policy"] == "same-origin"
        assert len(found["x-request-id"]) == 16
        assert "server" not in found
    [style] = [part for part in web.get(NOW).text.split('"') if part.startswith("/static/console.") and "css" in part]
    assert web.get(style).headers["cache-control"] == "public, max-age=31536000, immutable"


def test_nothing_is_compressed_and_what_was_not_changed_is_not_sent_again(web: Web) -> None:
    """A compressed answer would tell by its length what it has of secrets beside what a viewer sent."""
    packed = web.get(NOW, Accept_Encoding="gzip, br")
    assert "content-encoding" not in packed.headers
    answer = web.get("/api/v1/companies")
    again = web.get("/api/v1/companies", If_None_Match=answer.headers["etag"])
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", answer.headers["etag"])
    assert web.get("/api/v1/companies", If_None_Match='"other"').status == 200
    # When a page was looked at is no change of it.
    pack = web.get("/api/v1/c/demo/contract")
    later = web.get("/api/v1/c/demo/contract", If_None_Match=pack.headers["etag"])
    assert (later.status, later.headers["etag"]) == (304, pack.headers["etag"])


def test_methods(web: Web) -> None:
    page, asked = web.get(NOW), web.ask("HEAD", NOW)
    assert (asked.status, asked.body) == (200, b"")
    assert asked.headers["content-type"] == page.headers["content-type"]
    for method in ("OPTIONS", "TRACE", "PUT", "POST", "FOO"):
        answer = web.ask(method, NOW)
        assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD"), method
    assert web.ask("GET", "/c/demo/count").headers["allow"] == "POST"


def test_a_second_request_on_a_connection_may_come_in_pieces(web: Web) -> None:
    assert web.opened
    state, asked = web.opened.server.server_state, head("/health")
    with socket.create_connection((LOOPBACK, web.port), timeout=30) as connection:
        for pieces in ([asked], [asked[:20], asked[20:]]):
            for piece in pieces[:-1]:
                connection.sendall(piece)
                until(lambda: any(vars(one).get("_head_timer") for one in state.connections), "more is waited for")
            connection.sendall(pieces[-1])
            received = b""
            while not received.endswith(b"\r\n\r\nok\n"):
                part = connection.recv(65_536)
                assert part, received
                received += part


def test_hosts(site: Site, serve_web: ServeWeb) -> None:
    site.write(CONFIG, "allowedHosts=etl.bank.kz")
    web = serve_web(site)
    for host, status in {
        "etl.bank.kz": 200,
        "ETL.bank.kz:8443": 200,
        "localhost": 200,
        "[::1]:8080": 200,
        "evil.example": 421,
        "etl.bank.kz.evil.example": 421,
        "etl.bank.kz/x": 421,
        "": 421,
    }.items():
        assert web.get(NOW, Host=host).status == status, host
    assert web.get("/health", Host="10.0.0.7").status == 200  # as monitoring asks


def test_proxies_count_only_from_where_they_may_come(site: Site, serve_web: ServeWeb, counting: Counting) -> None:
    web = serve_web(site)
    for header in ("X_Forwarded_For", "X_Forwarded_Proto", "X_Forwarded_Host", "X_Forwarded_Prefix", "Forwarded"):
        assert web.get(NOW, **{header: "1"}).status == 400
    site.write(CONFIG, "trustedProxies=127.0.0.0/8, 10.1.0.0/16\nallowedHosts=etl.bank.kz")
    web = serve_web(site)
    proxied = {
        "X_Forwarded_For": "6.6.6.6, 2001:db8::7, 10.1.2.3",
        "X_Forwarded_Proto": "https",
        "X_Forwarded_Host": "etl.bank.kz",
        "X_Forwarded_Prefix": "/bank/etl",
    }
    assert 'href="/bank/etl/static/' in web.get(NOW, **proxied).text
    done = web.post("/c/demo/count", {"what": "rows", "key": "k"}, **proxied, Origin="https://etl.bank.kz")
    assert done.headers["location"].startswith("/bank/etl/c/demo/now")
    assert counting.calls[0].viewer.address == "2001:db8::7"
    for wrong in ({"X_Forwarded_Proto": "gopher"}, {"X_Forwarded_For": "me"}, {"X_Forwarded_Prefix": "//evil"}):
        assert web.get(NOW, **wrong).status == 400, wrong
    assert web.get(NOW, X_Forwarded_Host="evil.example").status == 421


@pytest.mark.parametrize("is_stripped", [True, False])
def test_a_prefix_whether_the_proxy_strips_it_or_not(site: Site, serve_web: ServeWeb, is_stripped: bool) -> None:
    web = serve_web(site, root_path="/bank/etl")
    begin = "" if is_stripped else "/bank/etl"
    page = web.get(begin + NOW)
    assert page.status == 200
    assert 'href="/bank/etl/static/console.' in page.text
    assert web.get(f"{begin}/").status == 200
    assert web.get("/bank/etl").status == 200
    assert web.get(f"{begin}/api/v1/c/demo/now").json["company"] == "demo"
    assert web.get("/bank/etlx/c/demo/now").status == 404


def test_ids_and_the_access_line(web: Web, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    assert web.get(NOW, X_Request_Id="mine-7").headers["x-request-id"] == "mine-7"
    for forged in ("a b", "x" * 41, "é", '"', ""):
        assert web.get(NOW, X_Request_Id=forged).headers["x-request-id"] != forged
    web.raw(head("/c/demo/%0aforged%0d?secret=1", "Connection: close"))
    lines = [record.getMessage() for record in caplog.records if record.name == "etl.web.access"]
    first, last = json.loads(lines[0]), json.loads(lines[-1])
    assert first.keys() == {"method", "path", "status", "bytes", "ms", "request_id", "viewer", "address"}
    assert (first["request_id"], first["viewer"], first["address"], first["status"]) == (
        "mine-7",
        "local",
        LOOPBACK,
        200,
    )
    assert last["path"] == "/c/demo/%0aforged%0d"
    assert not any("\n" in line or "secret" in line for line in lines)


def test_heads_and_bodies_that_are_too_large(web: Web, counting: Counting) -> None:
    assert web.get(NOW, X_Long="x" * 17_000).status == 431
    assert web.get(f"{NOW}?{'x' * 17_000}").status == 431
    answer = web.raw(head("/c/demo/count", "Content-Length: 1048577", method="POST"))
    assert answer.startswith(b"HTTP/1.1 413")
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    begun = head("/c/demo/count", "Transfer-Encoding: chunked", "Content-Type: application/json", method="POST")
    with socket.create_connection((LOOPBACK, web.port), timeout=30) as connection:
        connection.sendall(begun)
        for _ in range(17):  # 17 blocks of 64 KiB are more than 1 MiB
            connection.sendall(chunk)
        assert connection.recv(65_536).startswith(b"HTTP/1.1 413")
    assert counting.calls == []


def test_slow_heads_and_bodies(
    site: Site, monkeypatch: pytest.MonkeyPatch, counting: Counting, serve_web: ServeWeb
) -> None:
    monkeypatch.setattr(server, "HEAD_SECONDS", 0.3)
    monkeypatch.setattr(sizes, "BODY_SECONDS", 0.3)
    web = serve_web(site)
    assert web.raw(b"") == b""  # nothing is sent: closed
    assert web.raw(b"GET /c/demo/now HTTP/1.1\r\nHost: local") == b""
    slow = web.raw(head("/c/demo/count", "Content-Length: 10", "Sec-Fetch-Site: same-origin", method="POST") + b"abc")
    assert slow.startswith(b"HTTP/1.1 408")
    with socket.create_connection((LOOPBACK, web.port), timeout=30) as connection:
        for byte in b"GET /health HTTP/1.1\r\nHost: localhost\r\n":
            try:
                connection.sendall(bytes([byte]))
            except OSError:
                break
            threading.Event().wait(0.05)
        else:
            pytest.fail("a head that comes byte by byte is closed")


class Long(Model):
    text: str = "x" * 20_000_000


def test_an_answer_that_is_not_read(site: Site, serve_web: ServeWeb, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who reads nothing is let go; who reads slowly, but without long rests, gets all of it."""
    monkeypatch.setattr(server, "WRITE_SECONDS", 0.5)
    one_page(monkeypatch, lambda request: Long())
    web = serve_web(site)
    with not_reading(web.port, "/api/v1/c/demo/clock"):
        until(lambda: connections(web) == 1, "the answer begins")
        until(lambda: connections(web) == 0, "the server lets the client go")
    with not_reading(web.port, "/api/v1/c/demo/clock", buffer=1 << 20) as slow:
        received = b""
        while not received.endswith(b'x"}') and (part := slow.recv(1 << 18)):
            received += part
            if len(received) < 8_000_000:  # for longer than the whole answer may be left unread
                threading.Event().wait(0.05)
    assert received.endswith(b'x"}')


def test_connections_have_a_limit(site: Site, monkeypatch: pytest.MonkeyPatch, serve_web: ServeWeb) -> None:
    monkeypatch.setattr(server, "MOST_CONNECTIONS", 2)
    web = serve_web(site)
    with socket.create_connection((LOOPBACK, web.port)), socket.create_connection((LOOPBACK, web.port)):
        until(lambda: web.opened and len(web.opened.server.server_state.connections) == 2, "both are there")
        with socket.create_connection((LOOPBACK, web.port), timeout=30) as third:
            received = b""
            with suppress(ConnectionError):  # what a close becomes if the request was not read
                third.sendall(head("/health"))
                received = third.recv(1)
            assert not received


class Clock(Model):
    now: str


def read_clock(request: PageRequest) -> Clock:
    with request.reading() as connection:
        row = fetch_one(connection, sqlalchemy.text("select cast(now() as text) as now"))
    return Clock(now=row.now if row else "")


def fail(request: PageRequest) -> Clock:
    raise ZeroDivisionError("a secret of the program")


def one_page(monkeypatch: pytest.MonkeyPatch, page: Page) -> None:
    monkeypatch.setattr(app, "ROUTES", (Route("/c/{company}/clock", page, ALL, "keys.html"),))


def test_a_fault_of_the_program_is_a_sentence_and_the_log_has_the_trace(
    site: Site, serve_web: ServeWeb, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    one_page(monkeypatch, fail)
    web = serve_web(site)
    for path in ("/c/demo/clock", "/api/v1/c/demo/clock"):
        answer = web.get(path, X_Request_Id="asked-9")
        assert answer.status == 500
        assert "asked-9" in answer.text
        assert "secret" not in answer.text
    assert "request asked-9" in caplog.text
    assert "ZeroDivisionError: a secret" in caplog.text


def test_a_socket_and_the_end_by_a_signal(site: Site, tmp_path: Path) -> None:
    """The real command: a socket for its group only, a dead one replaced, both kinds at once, an end by SIGTERM."""
    path = tmp_path / "web.sock"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    process = site.start_program("web", "--listen", f"unix:{path}", "--listen", "[::1]:0", "--listen", "127.0.0.1:0")
    assert process.stdout
    lines = [process.stdout.readline() for _ in range(3)]
    assert lines[0] == f"Serving unix:{path} until Ctrl-C.\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o660
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(path))
        connection.sendall(head("/health", "Connection: close"))
        assert connection.recv(100).startswith(b"HTTP/1.1 200")
    second = site.etl("web", "--listen", f"unix:{path}")
    assert (second.code, "another process listens" in second.err) == (4, True)
    process.send_signal(signal.SIGTERM)
    found = ended(process)
    assert (found.code, found.err) == (143, "etl: stopped by a signal; what was not committed was rolled back\n")
    assert not path.exists()


@pytest.mark.parametrize("address", ["0.0.0.0:0", "[::]:0"])
def test_what_everyone_could_connect_to_needs_a_sign_in(site: Site, address: str) -> None:
    with pytest.raises(ConfigurationError, match="identity=password"), serving_at(site, address):
        pass


def test_sockets_that_systemd_has_opened(site: Site, tmp_path: Path) -> None:
    """Descriptors from 3 on, if they are for this process; an own environment of another is ignored."""
    path = tmp_path / "passed.sock"
    with socket.socket(socket.AF_UNIX) as passed:
        passed.bind(str(path))
        passed.listen()
        script = (
            f"import os, sys; os.dup2({passed.fileno()}, 3); "
            "os.environ.update(LISTEN_FDS='1', LISTEN_PID=str(os.getpid())); "
            "os.execv(sys.executable, [sys.executable, '-m', 'etl', 'web', '--listen', '127.0.0.1:1'])"
        )
        process = subprocess.Popen(
            [sys.executable, "-c", script],
            env={**os.environ, **site.environ, "ETL_CONFIG": site.url, "HOME": str(site.home)},
            pass_fds=[passed.fileno()],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout
        assert process.stdout.readline() == f"Serving unix:{path} until Ctrl-C.\n"
        process.terminate()
        process.communicate(timeout=60)
    assert path.exists()  # it belongs to systemd


def test_a_faulty_edit_leaves_the_last_good_values(site: Site, serve_web: ServeWeb) -> None:
    web = serve_web(site)
    assert (web.get("/health").status, web.get("/ready").text) == (200, "ready\n")
    assert web.get(NOW).status == 200
    assert web.opened
    companies = web.opened.application.console.companies
    site.write("configs/InMigrationConfig.txt", "companyCode=demo\nleaseSeconds=never")

    def fault() -> str:
        companies.unusable()
        return "".join(one.text for one in companies.faults("demo"))

    until(lambda: "leaseSeconds" in fault(), "the fault is seen")
    assert (web.get(NOW).status, web.get("/ready").status) == (200, 200)
    site.set()
    until(lambda: not fault(), "it is corrected")


def test_a_database_that_is_away_at_the_start(site: Site, serve_web: ServeWeb, monkeypatch: pytest.MonkeyPatch) -> None:
    one_page(monkeypatch, read_clock)
    text = site.text("configs/InMigrationPostgresConfig.txt")
    site.write("configs/InMigrationPostgresConfig.txt", text.replace(f"port={site.database.port}", "port=1"))
    web = serve_web(site)
    assert web.get("/health").status == 200
    assert web.get("/ready").status == 503
    answer = web.get("/api/v1/c/demo/clock")
    assert (answer.status, answer.headers["retry-after"]) == (503, "5")
    assert "127.0.0.1:1" in answer.json["detail"]
    site.write("configs/InMigrationPostgresConfig.txt", text)
    until(lambda: web.get("/ready").status == 200, "the database is back")
    assert web.get("/api/v1/c/demo/clock").status == 200
