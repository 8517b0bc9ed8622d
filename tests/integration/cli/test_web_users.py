"""Who may use the console, by commands: companies that do not exist, tokens that have ended."""

import json

from tests.fix_company import CLAIMS, MakeSite

PASSWORD = "a password of eight words, or so\n"


def test_a_company_that_does_not_exist_is_refused(make_site: MakeSite) -> None:
    site = make_site(CLAIMS)
    (site.home / "password").write_text(PASSWORD)
    add = ("web", "user", "add", "aidana", "--role", "viewer", "--password-file", str(site.home / "password"))
    for refused in (
        site.etl(*add, "--company", "demmo"),
        site.etl("web", "user", "role", "aidana", "partner", "--company", "demmo"),
        site.etl("web", "token", "add", "job", "--role", "viewer", "--company", "demmo"),
    ):
        assert (refused.code, refused.out) == (2, "")
        assert refused.err == "etl: there is no company 'demmo': the configuration has demo\n"
    assert site.etl("web", "user", "list").out == ""
    assert site.etl(*add, "--company", "demo").code == 0
    # What a company that was removed has left can be taken away.
    assert site.etl("web", "user", "role", "aidana", "none", "--company", "demmo").code == 0


def test_tokens_are_listed(make_site: MakeSite) -> None:
    site = make_site(CLAIMS)
    added = site.etl("web", "token", "add", "nightly", "--role", "viewer", "--company", "demo", "--days", "3")
    assert site.etl("web", "token", "add", "old", "--role", "operator").code == 0
    site.look("update etl_web.web_token set expires_at = '2026-01-02 03:04:05+00' where name = 'old'")
    listed, as_json = site.etl("web", "token", "list").out, site.etl("web", "token", "list", "--json").out
    assert listed.splitlines()[1] == "old  all companies=operator  ended 2026-01-02"
    found = json.loads(as_json)["tokens"]
    assert [(one["name"], one["role"], one["company"], one["is_expired"]) for one in found] == [
        ("nightly", "viewer", "demo", False),
        ("old", "operator", "", True),
    ]
    assert added.out.strip() not in listed + as_json
