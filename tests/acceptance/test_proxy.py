"""The example of docs/web.md: the console behind nginx, which keeps the prefix or strips it, over TLS and a socket."""

import http.client
import re
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest

from scripts.services import free_ports
from tests.documentation import CHECKOUT
from tests.fix_company import CLAIMS, MakeSite, Site, until
from tests.fix_database import LOOPBACK
from tests.fix_web import serving_at
from tests.integration.web.test_identity import PASSWORD, add
from tests.integration.web.test_tls import certify
from tests.integration.web.uploads import KIND, body_of

EXAMPLE = CHECKOUT / "share/etl/proxy/nginx.conf"
SERVICE_PASSWORD = "secret-of-services"

Reply = tuple[int, dict[str, str], str]


@contextmanager
def nginx(folder: Path, example: str) -> Iterator[int]:
    """nginx with the example on a free port; its logs lie in the folder."""
    program = subprocess.run(
        [sys.executable, CHECKOUT / "scripts/nginx"], check=True, stdout=subprocess.PIPE, text=True
    ).stdout.strip()
    [port] = free_ports(1)
    certify(folder, "localhost", 30)
    for old, new in {
        "listen 443 ssl": f"listen {LOOPBACK}:{port} ssl",
        "etl.example.org": "localhost",
        "/etc/nginx/etl.pem": f"{folder}/cert.pem",
        "/etc/nginx/etl.key": f"{folder}/key.pem",
        "/var/log/nginx": str(folder),
        "unix:/run/etl-web/web.sock": f"unix:{folder}/web.sock",
    }.items():
        assert old in example, old
        example = example.replace(old, new)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    config = folder / "nginx.conf"
    config.write_text(
        f"daemon off;\nmaster_process off;\npid {folder}/nginx.pid;\nerror_log {folder}/main.log;\n"
        f"events {{}}\nhttp {{\n{temporary}{example}\n}}\n"
    )
    process = subprocess.Popen([program, "-p", folder, "-c", config, "-e", folder / "main.log"])
    try:
        until(lambda: process.poll() is not None or (folder / "nginx.pid").exists(), "nginx has started")
        assert process.poll() is None, (folder / "main.log").read_text()
        yield port
    finally:
        process.terminate()
        process.wait(30)


def ask(port: int, method: str, path: str, body: str = "", **headers: str) -> Reply:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    connection = http.client.HTTPSConnection(LOOPBACK, port, context=context, timeout=30)
    named = {"Host": f"localhost:{port}", **{name.replace("_", "-"): value for name, value in headers.items()}}
    try:
        connection.request(method, path, body, named)
        found = connection.getresponse()
        return found.status, {key.lower(): value for key, value in found.getheaders()}, found.read().decode()
    finally:
        connection.close()


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    site = make_site(CLAIMS)
    site.set(passwordToEnableServices=SERVICE_PASSWORD)
    site.write("configs/WebConfig.txt", "identity=password\ntrustedProxies=unix\nallowedHosts=localhost")
    spool = f"spoolFolder={site.home}/spool\nspoolFreeMegabytes=0"
    site.write("configs/WebConfig.txt", f"{site.text('configs/WebConfig.txt')}\n{spool}")
    add(site, "aidana", "operator")
    return site


@pytest.mark.parametrize("target", ["http://etl;", "http://etl/;"], ids=["kept", "stripped"])
def test_the_console_behind_nginx(site: Site, tmp_path: Path, target: str) -> None:
    example = EXAMPLE.read_text(encoding="utf-8").replace("proxy_pass http://etl;", f"proxy_pass {target}")
    folder = tmp_path / "nginx"
    folder.mkdir()
    with serving_at(site, f"unix:{folder}/web.sock"), nginx(folder, example) as port:
        assert ask(port, "GET", "/bank/etl")[1]["location"].endswith("/bank/etl/")
        status, headers, _ = ask(port, "GET", "/bank/etl/c/demo/now")
        assert (status, headers["location"]) == (303, "/bank/etl/sign-in?next=/c/demo/now")
        form = urlencode({"name": "aidana", "password": PASSWORD, "next": "/c/demo/now"})
        sent = {"Content_Type": "application/x-www-form-urlencoded", "Origin": f"https://localhost:{port}"}
        status, headers, _ = ask(port, "POST", "/bank/etl/sign-in", form, **sent)
        assert (status, headers["location"]) == (303, "/bank/etl/c/demo/now")
        cookie = headers["set-cookie"]
        assert re.fullmatch(r"__Host-etl=[\w-]+; Path=/; Secure; HttpOnly; SameSite=Lax", cookie)
        status, _, page = ask(port, "GET", "/bank/etl/c/demo/now", Cookie=cookie.partition(";")[0])
        assert status == 200
        [style] = re.findall(r'href="(/bank/etl/static/console\.[^"]+css)"', page)
        assert ask(port, "GET", style)[0] == 200
        large = body_of("Client.csv", b"in_id,Name\n" + b"c1,Anna\n" * 300_000, key="k").decode()
        own = {"Cookie": cookie.partition(";")[0], "Content_Type": KIND, "Origin": f"https://localhost:{port}"}
        status, headers, _ = ask(port, "POST", "/bank/etl/c/demo/fill", large, **own)
        assert (status, headers["location"].startswith("/bank/etl/c/demo/fill/")) == (303, True)
        # What a client writes itself does not get past the proxy.
        forged = {"X_Forwarded_User": "root", "X_Forwarded_For": "127.0.0.1", "Forwarded": "for=127.0.0.1"}
        assert ask(port, "GET", "/bank/etl/c/demo/now", **forged)[0] == 303
        for password, expected in ((SERVICE_PASSWORD, 200), ("wrong-one", 403)):
            path = f"/bank/etl/web/migration/generate-in-ddl?pass={quote(password)}&companyCode=demo"
            assert ask(port, "GET", path)[0] == expected
    logs = "".join(one.read_text(errors="replace") for one in folder.glob("*.log"))
    assert "generate-in-ddl" in logs
    assert SERVICE_PASSWORD not in logs
    assert "wrong-one" not in logs
