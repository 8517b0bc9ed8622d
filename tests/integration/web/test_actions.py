"""Actions: done once for a key, noted before and after, only for our own pages and for roles that may."""

import threading

import pytest

from etl.errors import ConfigurationError, EnvironmentFault, MarkerHeld, TransientFault
from tests.fix_company import Row, Site, until
from tests.fix_web import Web
from tests.integration.web.conftest import Counting

PATH = "/c/demo/count"
API = f"/api/v1{PATH}"


def audit(site: Site) -> list[Row]:
    """What was asked for over HTTP: users are added by commands."""
    return site.look(
        "select a.viewer, a.role, a.company, a.action, a.target, a.parameters, a.request_id, o.outcome, o.detail "
        "from etl_web.web_audit a left join etl_web.web_audit_outcome o on o.audit_id = a.id "
        "where a.address <> 'etl web' order by a.id"
    )


def test_an_action_is_done_once_for_a_key_and_its_page_says_what(site: Site, web: Web, counting: Counting) -> None:
    form = {"what": "rows", "secret": "hush", "key": "k1"}
    first, again = (web.post(PATH, form, X_Request_Id="asked-7") for _ in range(2))
    assert (first.status, again.status) == (303, 303)
    assert first.headers["location"] == again.headers["location"]
    assert len(counting.calls) == 1
    assert "counted rows" in web.get(first.headers["location"]).text
    [noted] = audit(site)
    assert noted == {
        "viewer": "local",
        "role": "operator",
        "company": "demo",
        "action": "count",
        "target": PATH,
        "parameters": {"what": "rows", "secret": "•••"},
        "request_id": "asked-7",
        "outcome": "done",
        "detail": "counted rows",
    }
    for other in ({"what": "others"}, {"secret": "another"}):
        assert web.post(PATH, form | other).status == 409  # the key was for something else
    assert web.post(PATH, {"what": "rows"}).status == 400


def test_the_api_says_the_same_as_json(web: Web, counting: Counting) -> None:
    sent = {"Idempotency_Key": "k", "Content_Type": "application/json", "Sec_Fetch_Site": "same-origin"}
    first, again = (web.ask("POST", API, b'{"what": "rows"}', **sent).json for _ in range(2))
    assert first["sentence"] == "counted rows"
    assert first["values"] == {"calls": 1}
    assert again == first | {"is_repeated": True}


def test_two_requests_with_one_key_at_once(site: Site, web: Web, counting: Counting) -> None:
    counting.may_end.clear()
    answers: list[int] = []
    form = {"what": "rows", "key": "k"}
    threads = [threading.Thread(target=lambda: answers.append(web.post(PATH, form).status)) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert counting.begun.wait(30)
    until(lambda: len(answers) == 2, "the others are led to the page that follows the action")
    counting.may_end.set()
    for thread in threads:
        thread.join()
    assert answers == [303] * 3
    assert len(counting.calls) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site", "Origin": "http://127.0.0.1"},
        {"Sec_Fetch_Site": "none"},
        {"Origin": "null"},
        {"Origin": "http://evil.example"},
        {},
    ],
)
def test_a_foreign_page_does_nothing(site: Site, web: Web, counting: Counting, headers: dict[str, str]) -> None:
    sent = {"Content_Type": "application/x-www-form-urlencoded"} | headers
    assert web.ask("POST", PATH, b"what=rows&key=k", **sent).status == 403
    assert counting.calls == []
    assert [one["outcome"] for one in audit(site)] == ["refused"]


def test_without_fetch_metadata_the_origin_counts(web: Web, counting: Counting) -> None:
    ours = {"Origin": f"http://127.0.0.1:{web.port}", "Content_Type": "application/x-www-form-urlencoded"}
    assert web.ask("POST", PATH, b"what=rows&key=k", **ours).status == 303


def test_errors_become_answers(web: Web, counting: Counting) -> None:
    for number, (error, status, is_kept) in enumerate(
        [
            (ConfigurationError("there is no object Foo"), 400, True),
            (EnvironmentFault("the run 5 has unfinished tasks"), 409, True),
            (MarkerHeld("another runner has the marker"), 409, True),
            (TransientFault("the server is away"), 503, False),
            (RuntimeError("a secret of the program"), 500, False),
        ]
    ):
        counting.error = error
        form = {"what": "rows", "key": f"k{number}"}
        first = web.post(API, form)
        assert first.status == status
        assert first.headers["content-type"] == "application/problem+json"
        assert (str(error) in first.json["detail"]) is (status != 500)
        counting.error = None
        assert web.post(API, form).status == (status if is_kept else 200)


def test_bodies_that_are_no_parameters(web: Web, counting: Counting) -> None:
    sent = {"Idempotency_Key": "k", "Sec_Fetch_Site": "same-origin"}
    for kind, body, status in (
        ("text/plain", b"what=rows", 415),
        ("application/json", b'{"what": 7}', 400),
        ("application/json", b'["what"]', 400),
        ("application/json", b'{"what"', 400),
        ("application/json", b'{"what": "\\u0000"}', 400),
        ("application/x-www-form-urlencoded", b"what", 400),
    ):
        assert web.ask("POST", API, body, Content_Type=kind, **sent).status == status, body
    missing = web.ask("POST", API, b"", Content_Type="application/json", **sent)
    assert (missing.status, "what" in missing.json["detail"]) == (400, True)


def test_a_longer_action_is_followed_by_a_page(web: Web, counting: Counting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etl.web.app.ACTION_SECONDS", 0.05)
    counting.may_end.clear()
    begun = web.post(API, {"what": "rows", "key": "k"})
    assert begun.status == 202
    follow = begun.headers["location"]
    assert web.get(follow).json["outcome"] == ""
    counting.may_end.set()
    until(lambda: web.get(follow).json["outcome"] == "done", "the action has ended")


def test_what_the_audit_has_cannot_be_changed(site: Site, web: Web, counting: Counting) -> None:
    web.post(PATH, {"what": "rows", "key": "k"})
    for statement in ("update {} set at = now()", "delete from {}", "truncate {} cascade"):
        for table in ("etl_web.web_audit", "etl_web.web_audit_outcome"):
            with pytest.raises(Exception, match="append-only"):
                site.look(statement.format(table))
