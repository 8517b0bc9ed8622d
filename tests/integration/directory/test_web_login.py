"""The platform lets its users in by `etl web`: every answer, and that no password is written anywhere."""

import json
import logging
from urllib.parse import quote, urlencode

import pytest

from etl.settings.directory_keys import DIRECTORY
from etl.web.api.openapi import DirectoryLogin
from etl.web.directory_login import LOGIN_PATH
from etl.web.identity.attempts import Rate, WrongPasswords
from scripts.domain_people import PASSWORD
from tests.fix_company import STORE, MakeSite
from tests.fix_directory import Domain
from tests.fix_web import Reply, ServeWeb, Web
from tests.integration.directory.conftest import DOCUMENTS, Office
from tests.integration.directory.test_domain_sync import called

SERVICE_PASSWORD = "Супер+ Секрет"
WRONG = "неверный s3cret"


@pytest.fixture
def office(make_site: MakeSite, domain: Domain) -> Office:
    office = Office(make_site(DOCUMENTS))
    office.site.write(DIRECTORY, domain.text(adLoginTries="2"))
    office.site.set(passwordToEnableServices=SERVICE_PASSWORD)
    office.feed({"i": "i@corp.kz"}, {}, {})
    return office


@pytest.fixture
def web(office: Office, serve_web: ServeWeb) -> Web:
    return serve_web(office.site)


def sign_in(
    web: Web, login: str = "user00000", password: str = PASSWORD, *, service: str = SERVICE_PASSWORD, **query: str
) -> Reply:
    asked = urlencode({"companyCode": "demo", "pass": service, **query})
    body = json.dumps({"login": login, "password": password}).encode()
    return web.ask("POST", f"{LOGIN_PATH}?{asked}", body, Content_Type="application/json")


def test_each_answer(office: Office, domain: Domain, web: Web, caplog: pytest.LogCaptureFixture) -> None:
    found = sign_in(web, "CORP\\USER00000")
    assert (found.status, DirectoryLogin(**found.json).login) == (200, "user00000")
    assert list(office.people()) == ["i@corp.kz", "user00000"]
    form = urlencode({"login": "user00000", "password": PASSWORD}).encode()
    header = {"X_Etl_Password": SERVICE_PASSWORD.encode().decode("latin-1")}
    kind = "application/x-www-form-urlencoded"
    assert web.ask("POST", f"{LOGIN_PATH}?companyCode=demo", form, Content_Type=kind, **header).status == 200
    refused = [
        sign_in(web, *typed)
        for typed in (("user00006", WRONG), ("unknown", PASSWORD), ("mustchange", PASSWORD), ("i@corp.kz", PASSWORD))
    ]
    assert [(one.status, one.json["detail"]) for one in refused] == [(401, "Login or password is wrong.")] * 4
    assert {one.headers["content-type"] for one in refused} == {"application/problem+json"}
    assert [sign_in(web, "user00006", WRONG).status for _ in range(2)] == [401, 429]
    waits = sign_in(web, "user00006")
    assert (waits.status, 1700 < int(waits.headers["retry-after"]) <= 1800) == (429, True)
    assert sign_in(web, "user00004").status == 200, "the others come in"
    assert sign_in(web, other="x").status == 400
    assert sign_in(web, companyCode="none").status == 404
    assert web.ask("POST", f"{LOGIN_PATH}?companyCode=demo&pass={quote(SERVICE_PASSWORD)}", b"{}").status == 415
    for body in (b"{}", b"[1]", b'{"login": "user00000"}', b'{"login": 1, "password": 2}', b"\xff", b"{" * 9000):
        asked = f"{LOGIN_PATH}?companyCode=demo&pass={quote(SERVICE_PASSWORD)}"
        assert web.ask("POST", asked, body, Content_Type="application/json").status == 400, body
    assert web.get(f"{LOGIN_PATH}?pass=x").headers["allow"] == "POST"
    office.site.write(DIRECTORY, domain.text(adHost="127.0.0.1", adPort="1"))
    web.opened.application.console.companies.refresh()  # type: ignore[union-attr]
    away = sign_in(web)
    assert (away.status, away.headers["retry-after"]) == (503, "5")
    assert "127.0.0.1" not in away.text
    check_a_hold(office, web, caplog)
    office.site.write(DIRECTORY, "")
    web.opened.application.console.companies.refresh()  # type: ignore[union-attr]
    assert (sign_in(web).status, "no directory" in sign_in(web).text) == (404, True)


def check_a_hold(office: Office, web: Web, caplog: pytest.LogCaptureFixture) -> None:
    """Refused before the directory, which is away here, is asked, and without a try that counts."""
    assert office.site.etl("hold", "--reason", "new program").code == 0
    caplog.clear()
    held = sign_in(web)
    assert (held.status, held.headers["retry-after"], "hold" in held.text) == (503, "5", False)
    [logged] = [one.getMessage() for one in caplog.records if "a login cannot be checked" in one.getMessage()]
    assert "new program" in logged, logged
    assert called(office, f"{PASSWORD}\n") == (75, "")
    assert office.site.look(f"select login from {STORE}.ad_try where login = 'user00000'") == []
    assert office.site.etl("release").code == 0


def test_users_who_mistype_are_no_attack_on_the_service(
    web: Web, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Far more than wrong passwords of the service may be; which are limited here as everywhere."""
    assert [sign_in(web, f"user{n:05}", WRONG).status for n in range(100, 112)] == [401] * 12
    assert sign_in(web).status == 200
    assert [sign_in(web, service="wrong").status for _ in range(6)] == [403] * 5 + [429]
    noted = office.site.look("select a.action, count(*) as n from etl_web.web_audit a group by 1")
    assert [tuple(one.values()) for one in noted] == [("ad-login", 5)], "users are no rows of the audit"
    limited = web.opened.application.logins  # type: ignore[union-attr]
    monkeypatch.setattr(limited, "_wrong", WrongPasswords(5, 50))
    monkeypatch.setattr(limited, "_users", Rate(2))
    assert [sign_in(web, f"user{n:05}", WRONG).status for n in range(200, 203)] == [401, 401, 429]


def test_without_a_service_password_there_is_no_such_service(office: Office, serve_web: ServeWeb) -> None:
    office.site.set(passwordToEnableServices="-")
    web = serve_web(office.site)
    found, unknown = (
        web.ask("POST", f"{path}?companyCode=demo&pass=x", b"{}", X_Request_Id="asked")
        for path in (LOGIN_PATH, "/web/ad/no-such")
    )
    assert (found.status, found.body) == (404, unknown.body)


def test_no_password_is_written_anywhere(
    office: Office, web: Web, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """With tracing on; also where a user types the password as login, or the platform sends it in the query."""
    caplog.set_level(logging.NOTSET)
    answers = [
        sign_in(web),
        sign_in(web, "user00040", WRONG),
        sign_in(web, WRONG, PASSWORD),
        sign_in(web, password=WRONG, service=WRONG),
        web.ask("POST", f"{LOGIN_PATH}?companyCode=demo&password={quote(WRONG)}&pass={quote(SERVICE_PASSWORD)}", b""),
        web.ask(
            "POST", f"{LOGIN_PATH}?pass={quote(SERVICE_PASSWORD)}", WRONG.encode(), Content_Type="application/json"
        ),
    ]
    tables = ("web_audit", "web_audit_outcome")
    kept = [office.site.look(f"select t::text as row from etl_web.{table} t") for table in tables]
    kept += [
        office.site.look(f"select t::text as row from {STORE}.{table} t") for table in ("ad_run", "ad_try", "ad_person")
    ]
    written = "\n".join(
        [
            *(str(one.headers) + one.text for one in answers),
            json.dumps(kept, ensure_ascii=False),
            caplog.text,
            *capfd.readouterr(),
        ]
    )
    assert "login 'user00040' is refused: the password is wrong" in written
    for secret in (PASSWORD, WRONG, SERVICE_PASSWORD):
        for form in (secret, quote(secret), secret.split()[-1], json.dumps(secret)[1:-1]):
            assert form not in written
