"""A faulty edit of the configuration: pages say what is wrong, and since when the last good values count."""

from datetime import UTC, datetime
from typing import Any

import pytest

from etl.web.roles import Role
from tests.fix_company import CODE, Site, until
from tests.fix_web import ServeWeb, Web

SETTINGS = "configs/InMigrationConfig.txt"
CONFIG = "configs/WebConfig.txt"
BY_PROXY = f"identity=proxy\ntrustedProxies=127.0.0.1\ngroupRoles={'; '.join(f'{role}:{role}' for role in Role)}\n"
GOOD = f"companyCode={CODE}\n"


@pytest.fixture
def web(site: Site, serve_web: ServeWeb) -> Web:
    site.write(CONFIG, BY_PROXY)
    return serve_web(site)


def seen(web: Web, role: Role, page: str = "now") -> list[Any]:
    """The faults that a role sees, after the console has looked at its configuration."""
    assert web.opened
    web.opened.application.console.companies.refresh()
    web.opened.application.settings()
    found = web.get(f"/api/v1/c/demo/{page}", X_Forwarded_User=role, X_Forwarded_Groups=role)
    assert found.status == 200
    return list(found.json["faults"])


def test_pages_say_since_when_which_values_count(site: Site, web: Web) -> None:
    before = datetime.now(UTC)
    assert seen(web, Role.OPERATOR) == seen(web, Role.OPERATOR, "config") == []
    site.write(SETTINGS, f"{GOOD}leaseSeconds=never")
    [fault] = until(lambda: seen(web, Role.OPERATOR), "the page says so")
    assert f"{SETTINGS}:2" in fault["text"]
    assert "leaseSeconds" in fault["text"]
    assert before < datetime.fromisoformat(fault["since"]) < datetime.now(UTC)
    as_operator = {"X_Forwarded_User": "o", "X_Forwarded_Groups": "operator"}
    for page in ("now", "config"):
        text = web.get(f"/c/demo/{page}", **as_operator).text
        assert "The configuration is faulty: since" in text
        assert "leaseSeconds" in text
    # Another fault, the same last good values.
    site.write(SETTINGS, f"{GOOD}leaseSeconds=never\nnoSuchKey=1")
    [later] = until(
        lambda: [one for one in seen(web, Role.OPERATOR, "config") if "noSuchKey" in one["text"]], "it says both"
    )
    assert later["since"] == fault["since"]
    # A text may have values: those who do not see the configuration see only that it is faulty.
    assert seen(web, Role.VIEWER) == [{"text": "", "since": fault["since"]}]
    assert seen(web, Role.READER) == []
    site.write(SETTINGS, GOOD)
    until(lambda: not seen(web, Role.OPERATOR), "it is corrected")


def test_a_fault_of_the_consoles_own_settings_is_said_too(site: Site, web: Web) -> None:
    assert seen(web, Role.OPERATOR) == []
    site.write(CONFIG, f"{BY_PROXY}allowedHosts=no host at all\n")
    [fault] = until(lambda: seen(web, Role.OPERATOR, "config"), "the page says so")
    assert "allowedHosts" in fault["text"]
    site.write(CONFIG, BY_PROXY)
    until(lambda: not seen(web, Role.OPERATOR, "config"), "it is corrected")


def test_a_tree_that_cannot_be_read_leaves_the_last_good_one(site: Site, web: Web) -> None:
    assert seen(web, Role.OPERATOR) == []
    with (site.home / "tree" / SETTINGS).open("ab") as file:
        file.write(b"\xff\xfe\n")
    [fault] = until(lambda: seen(web, Role.OPERATOR), "the page says so")
    assert SETTINGS in fault["text"]
    site.write(SETTINGS, GOOD)
    until(lambda: not seen(web, Role.OPERATOR), "it is corrected")
