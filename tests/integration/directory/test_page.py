"""Who sees and does what on the page Directory of the console."""

from etl.settings.directory_keys import DIRECTORY
from etl.web.roles import Role
from tests.fix_company import MakeSite
from tests.fix_directory import Domain
from tests.fix_web import ServeWeb
from tests.integration.directory.conftest import DOCUMENTS, Office

PATH = "/api/v1/c/demo/directory"


def test_viewers_see_counts_and_operators_logins(make_site: MakeSite, domain: Domain, serve_web: ServeWeb) -> None:
    office = Office(make_site(DOCUMENTS))
    office.feed({"w": "waits", "i": "i@corp.kz"}, {"G": "CN=g", "M": ""}, {})
    office.site.write(DIRECTORY, domain.text(adGroupFieldCode="AD_ROLE", adUserFilter="(sAMAccountName=user0000*)"))
    roles = "; ".join(f"{role}:{role}" for role in Role)
    office.site.write("configs/WebConfig.txt", f"identity=proxy\ntrustedProxies=127.0.0.1\ngroupRoles={roles}")
    assert office.site.etl("ad", "sync-user", "user00001").code == 0
    web = serve_web(office.site)
    operator, viewer, reader = (
        {"X_Forwarded_User": role, "X_Forwarded_Groups": role} for role in (Role.OPERATOR, Role.VIEWER, Role.READER)
    )
    assert web.get(PATH, **reader).status == 403
    for action in ("dry-run", "sync", "accept"):
        assert web.post(f"{PATH}/{action}", None, Idempotency_Key=action, **viewer).status == 403
    done = web.post(f"{PATH}/dry-run", None, Idempotency_Key="1", **operator).json
    assert done["values"] == {"Create": 9}
    seen, counted = web.get(PATH, **operator).json, web.get(PATH, **viewer).json
    assert ([one["name"] for one in seen["people"]], [one["name"] for one in seen["groups"]]) == (["waits"], ["CN=g"])
    assert (seen["preview"]["counts"], seen["syncs"][0]["login"]) == ({"Create": 9}, "user00001")
    same = ("known", "unbound_people", "unbound_groups", "groups_without_role")
    assert [seen[name] for name in same] == [counted[name] for name in same] == [1, 1, 1, 1]
    assert (counted["people"], counted["groups"], counted["preview"], counted["syncs"][0]["login"]) == (
        [],
        [],
        None,
        "",
    )
    text = web.get("/c/demo/directory", **viewer).text
    assert "waits" not in text
    assert "user00001" not in text
    assert "<button" not in text.partition("<main")[2].partition("</main>")[0]
