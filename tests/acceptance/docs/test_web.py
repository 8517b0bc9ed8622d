"""The commands of docs/web.md run as they are written there."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.documentation import CHECKOUT, Block, blocks
from tests.fix_company import CLAIMS, MakeSite, Site
from tests.fix_web import Web, serving_at
from tests.integration.web.uploads import KIND, body_of, configure

WEB = CHECKOUT / "docs/web.md"
PASSWORD = "a password of eight words, or so"
SERVICE_PASSWORD = "secret-of-services"


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    site = make_site(CLAIMS)
    site.set(passwordToEnableServices=SERVICE_PASSWORD)
    return site


def of(word: str) -> Block:
    [found] = [block for block in blocks(WEB) if word in block.text]
    return found


def named(line: str) -> str:
    """With this test's company and password."""
    asked = line.replace("--company shop", "--company demo").replace("companyCode=shop", "companyCode=demo")
    return asked.replace("=PASSWORD", f"={SERVICE_PASSWORD}")


def test_users_and_tokens(site: Site, tmp_path: Path) -> None:
    (tmp_path / "password").write_text(f"{PASSWORD}\n")
    said = []
    for line in of("etl web user add").text.splitlines():
        words = shlex.split(named(line).replace("< password", "--password-file password"))
        words = [str(tmp_path / word) if word == "password" else word for word in words]
        done = site.etl(*words[1:])
        assert done.code == 0, f"{line}: {done.err}"
        assert PASSWORD not in done.out + done.err
        said.append(done.out.strip())
    assert said[:3] == ["aidana: operator in all companies", "partner: partner in demo", "aidana: viewer in demo"]
    assert said[3].splitlines() == ["aidana  all companies=operator, demo=viewer", "partner  demo=partner"]
    assert said[4:6] == ["aidana: removed", "0 sign-ins have ended"]
    assert re.fullmatch(r"[\w-]{43}", said[6])
    assert re.fullmatch(r"nightly-job  demo=viewer  until \d{4}-\d\d-\d\d", said[7])
    kept = site.look("select * from etl_web.web_user u, etl_web.web_role r")
    assert PASSWORD not in str(kept)


def test_a_password_from_standard_input(site: Site) -> None:
    command = [sys.executable, "-m", "etl", "web", "user", "add", "timur", "--role", "viewer"]
    environ = {**os.environ, **site.environ, "ETL_CONFIG": site.url, "HOME": str(site.home)}
    done = subprocess.run(command, input=f"{PASSWORD}\n", env=environ, capture_output=True, text=True, check=True)
    assert done.stdout == "timur: viewer in all companies\n"


def test_a_file_is_sent(site: Site) -> None:
    """As curl sends it."""
    configure(site, identity="password")
    token = site.etl("web", "token", "add", "march", "--role", "operator", "--company", "demo").out.strip()
    [block] = [one for one in blocks(CHECKOUT / "docs/console.md") if "--form file=" in one.text]
    words = shlex.split(block.text.replace("\\\n", " ").replace("$TOKEN", token).replace("/c/shop/", "/c/demo/"))
    given = [words[at + 1].partition(":") for at, word in enumerate(words) if word == "--header"]
    headers = {name.replace("-", "_"): value.strip() for name, _, value in given}
    with serving_at(site, "127.0.0.1:0") as opened:
        web = Web(opened.addresses[0].port)
        body = body_of("Client.csv", b"in_id,Name\nc1,Anna\n")
        sent = web.ask("POST", urlsplit(words[-1]).path, body, Content_Type=KIND, **headers)
        assert sent.status == 200, sent.text
        assert sent.json["values"]["upload"]


def test_the_services(site: Site) -> None:
    with serving_at(site, "127.0.0.1:0") as opened:
        web = Web(opened.addresses[0].port)
        urls = [urlsplit(shlex.split(named(line))[1]) for line in of("curl").lines]
        found = [web.get(f"{url.path}?{url.query}") for url in urls]
    assert [one.status for one in found] == [200, 409]
    assert found[0].text == site.etl("generate-ddl").out
    assert "hasOutMigrationKafka" in found[1].text  # this company has no output into topics
