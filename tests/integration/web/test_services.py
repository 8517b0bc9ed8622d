"""The platform's two services: every row of their contract, and that their password is written nowhere."""

import logging
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest

from etl.engine.kafka_out.recovery import begin_recovery, give_up_recovery
from etl.web import services
from tests.fix_company import Site, until
from tests.fix_web import Reply, ServeWeb, Web
from tests.integration.kafka_out.conftest import output  # noqa: F401  (a fixture)
from tests.integration.kafka_out.output import Output

DDL = "/web/migration/generate-in-ddl"
TASKS = "/web/migration/create-mongo-to-kafka-tasks"
# A plus sign and Cyrillic letters: both have been mistaken for something else.
PASSWORD = "Супер+ Секрет"


@pytest.fixture
def web(site: Site, serve_web: ServeWeb) -> Web:
    site.set(passwordToEnableServices=PASSWORD)
    return serve_web(site)


def call(
    web: Web,
    service: str,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    *,
    password: str = PASSWORD,
    query: Mapping[str, str] | None = None,
) -> Reply:
    asked = urlencode({"pass": password, "companyCode": "demo"} | dict(query or {}))
    return web.ask(method, f"{service}?{asked}", None, **(headers or {}))


@pytest.mark.parametrize("password", ["-", "", "short", "пять5"])
def test_without_a_password_the_services_are_as_if_absent(site: Site, serve_web: ServeWeb, password: str) -> None:
    site.set(passwordToEnableServices=password)
    web = serve_web(site)
    for service in (DDL, TASKS):
        for method in ("GET", "HEAD", "POST"):
            found, unknown = (
                web.ask(method, f"{path}?pass={password}&companyCode=demo", None, X_Request_Id="asked")
                for path in (service, "/web/migration/no-such")
            )
            assert (found.status, found.body) == (404, unknown.body)
            assert set(found.headers) == set(unknown.headers)


def test_a_missing_and_a_wrong_password_are_one_answer(site: Site, web: Web) -> None:
    for service in (DDL, TASKS):
        missing = web.get(f"{service}?companyCode=demo")
        wrong = call(web, service, password="wrong")
        of_unknown = call(web, service, password="wrong", query={"companyCode": "other"})
        assert [missing.status, wrong.status, of_unknown.status] == [403] * 3 or service == TASKS
        if service == DDL:
            assert missing.body == wrong.body == of_unknown.body
    noted = site.look(
        "select a.viewer, o.outcome from etl_web.web_audit a join etl_web.web_audit_outcome o on o.audit_id = a.id"
    )
    assert [tuple(one.values()) for one in noted] == [("service", "refused")] * 5


def test_wrong_passwords_are_limited(web: Web) -> None:
    assert [call(web, DDL, password="wrong").status for _ in range(6)] == [403] * 5 + [429]
    right = call(web, DDL)
    assert (right.status, 0 < int(right.headers["retry-after"]) <= 60) == (429, True)


def test_the_ddl_is_that_of_the_command(site: Site, web: Web) -> None:
    printed = site.etl("generate-ddl").out
    found = call(web, DDL)
    assert (found.status, found.text) == (200, printed)
    assert found.headers["content-type"] == "text/plain; charset=utf-8"
    assert (found.headers["cache-control"], found.headers["referrer-policy"]) == ("no-store", "no-referrer")
    head = call(web, DDL, "HEAD")
    assert (head.status, head.body, head.headers["etag"]) == (200, b"", found.headers["etag"])
    assert call(web, DDL, headers={"If_None_Match": found.headers["etag"]}).status == 304
    posted = call(web, DDL, "POST")
    assert (posted.status, posted.headers["allow"]) == (405, "GET, HEAD")


def test_the_password_in_other_places(web: Web) -> None:
    for header in ({"X_Etl_Password": PASSWORD}, {"Authorization": f"Bearer {PASSWORD}"}):
        encoded = {name: value.encode().decode("latin-1") for name, value in header.items()}
        assert web.get(f"{DDL}?companyCode=demo", **encoded).status == 200
        assert web.get(f"{DDL}?companyCode=demo&pass=other-one", **encoded).status == 400
    assert web.get(f"{DDL}?p%61ss={quote(PASSWORD)}&companyCode=demo").status == 200
    twice = f"{DDL}?pass={quote(PASSWORD)}&pass={{}}&companyCode=demo"
    assert web.get(twice.format(quote(PASSWORD))).status == 200
    assert web.get(twice.format("another")).status == 400


def test_what_is_wrong_with_the_company_and_the_parameters(
    site: Site, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert web.get(f"{DDL}?pass={quote(PASSWORD)}").status == 400
    unknown = call(web, DDL, query={"companyCode": "other"})
    assert unknown.status == 404
    assert "demo" in unknown.text
    assert web.get(f"{DDL}?pass={quote(PASSWORD)}&companyCode=demo&companyCode=other").status in (400, 403)
    for wrong in ({"bocodes": "Client"}, {"boCodes": "Clinet"}, {"excludeBoCodes": "Clinet"}, {"boCodes": ","}):
        answer = call(web, TASKS, query=wrong)
        assert answer.status == 400, wrong
    assert "did you mean Client?" in call(web, TASKS, query={"excludeBoCodes": "Clinet"}).text
    failed = {"detail": "a fault of the program"}
    with monkeypatch.context() as broken:
        for name in ("in_ddl", "_make"):
            broken.setattr(services, name, lambda *_: 1 / 0)
        for service in (DDL, TASKS):
            answer = call(web, service)
            assert (answer.status, answer.text) == (500, "This is a fault of the program: the log has more.\n")
    assert site.look("select detail from etl_web.web_audit_outcome where outcome = 'failed'") == [failed]
    assert call(web, TASKS).status == 409  # there is no output into topics: the answer says what is in the way
    assert "hasOutMigrationKafka" in call(web, TASKS).text


def test_tasks_are_not_made_by_accident(web: Web) -> None:
    for method, headers, status in (
        ("HEAD", {}, 405),
        ("POST", {}, 405),
        ("GET", {"Sec_Purpose": "prefetch;prerender"}, 403),
        ("GET", {"Sec_Fetch_Site": "cross-site"}, 403),
        ("GET", {"Sec_Fetch_Site": "same-site"}, 403),
        ("GET", {"Sec_Fetch_Site": "none"}, 409),
    ):
        assert call(web, TASKS, method, headers).status == status, (method, headers)


def test_tasks_are_made_and_performed(output: Output, serve_web: ServeWeb) -> None:  # noqa: F811
    site = output.site
    site.edit(
        "configs/InMigrationConfig.txt",
        "companyCode=demo",
        f"companyCode=demo\npasswordToEnableServices={PASSWORD}\nfaultPatienceSeconds=0",
    )
    site.partner.fill("in_doc", {"in_id": "1", "number": "1"})
    site.run()
    web = serve_web(site)
    with site.runtime() as runtime:
        begin_recovery(runtime, codes=["doc"])
        refused = call(web, TASKS)
        assert refused.status == 409
        assert "unfinished" in refused.text
        assert give_up_recovery(runtime) == 1
    made = call(web, TASKS, query={"boCodes": "doc,client", "excludeBoCodes": "client"})
    assert made.status == 200, made.text
    assert "were made for doc;" in made.text
    tasks = "select state from in_tables.task where kind = 'RECOVER_INTO_TOPICS' and state <> 'dropped'"
    until(lambda: [one["state"] for one in site.look(tasks)] == ["done"], "the tasks are performed")


def test_the_password_is_written_nowhere(
    site: Site, web: Web, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """With tracing on, in each kind of answer: right, wrong, faulty, and at a path that does not exist."""
    caplog.set_level(logging.NOTSET)
    wrong = "almost-the-password"
    answers = [
        call(web, service, method, {"Referer": f"http://x/?pass={quote(PASSWORD)}", "X_Request_Id": "a b"}, query=query)
        for service in (DDL, TASKS, "/web/migration/genrate-in-ddl", "/c/demo/now", "/static/x", "/sign-in")
        for method in ("GET", "HEAD", "POST", "TRACE")
        for query in ({}, {"companyCode": "other"}, {"companyCode": "demo\r\nX: y"}, {"pass": wrong})
    ]
    assert web.raw(f"GET {DDL}?pass={wrong} HTTP/1.1\r\nno header\r\n\r\n".encode()).startswith(b"HTTP/1.1 400")
    audited = site.look("select a::text || o::text as row from etl_web.web_audit a, etl_web.web_audit_outcome o")
    written = "\n".join(
        [
            *(str(one.headers) + one.body.decode() for one in answers),
            *(str(one["row"]) for one in audited),
            caplog.text,
            *capfd.readouterr(),
        ]
    )
    assert "generate-in-ddl" in written
    for secret in (PASSWORD, wrong):
        for form in (secret, quote(secret), secret.split()[-1], urlencode({"pass": secret})):
            assert form not in written
