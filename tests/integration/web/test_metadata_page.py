"""Metadata: what is live against what is configured, and what a document would change before it is there."""

from typing import Any

import pytest

from tests.fix_company import CLAIMS, OUT, MakeSite, Site
from tests.fix_web import ServeWeb, Web

pytestmark = pytest.mark.prepared

_FLAGS = "needLoadFromInTables: true, needUploadToOutTable: true"
PHONE = f"  - {{code: Phone, type: INPUT_PHONE, {_FLAGS}}}\n"
AMOUNT = f"  - {{code: Amount, type: INPUT_NUMBER, {_FLAGS}}}\n"
PATH = "/api/v1/c/demo/metadata"


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return make_site(CLAIMS)


def shown(web: Web, of: str = "live") -> list[tuple[str, str, str]]:
    found = web.get(PATH)
    assert found.status == 200, found.text
    return [(one["impact"], one["party"], one["location"]) for one in found.json[of]["effects"]]


def asked(web: Web, key: str, **form: str) -> dict[str, Any]:
    done = web.post(f"{PATH}/preview", form | {"key": key})
    assert done.status == 200, done.text
    return dict(done.json["values"])


def test_what_is_live_against_what_is_configured(site: Site, serve_web: ServeWeb) -> None:
    assert shown(serve_web(site)) == []
    assert "as the documents say" in serve_web(site).get("/c/demo/metadata").text
    site.document("Client", CLAIMS["Client"].replace(AMOUNT, PHONE))
    web = serve_web(site)
    assert shown(web)[0][0] == "breaking"
    assert ("additive", "readers", f"{OUT}.Client.Phone") in shown(web)
    assert "column removed" in web.get("/c/demo/metadata").text


def test_what_a_document_would_change(site: Site, serve_web: ServeWeb) -> None:
    assert site.etl("out", "reader", "add", "warehouse", "--role", site.engine_role).code == 0
    web = serve_web(site)
    added = CLAIMS["Client"] + PHONE
    assert asked(web, "1", document=added) == {"is_sound": True, "breaking": 0, "additive": 3}
    effects = web.get(PATH).json["preview"]["impact"]["effects"]
    assert [one["reader"] for one in effects if one["party"] == "readers"] == ["", "warehouse"]
    page = web.get("/c/demo/metadata", Accept_Language="ru").text
    assert ("warehouse" in page, "столбец добавлен" in page, "code: Phone" in page) == (True, True, True)
    # Choices, links and rules are compared with the documents in use, too.
    unique = CLAIMS["Client"].replace("code: Name,", "code: Name, isUnique: true,")
    assert asked(web, "2", document=unique)["breaking"] == 1
    assert asked(web, "3", removed="Claim")["breaking"] > 0
    refused = asked(web, "4", document="code: Client\nfields: [{code: <b>, type: NO_TYPE}]\n")
    assert (refused["is_sound"], "business-objects/Client.yaml" in refused["problems"]) == (False, True)
    page = web.get("/c/demo/metadata").text
    assert ("&lt;b&gt;" in page, "<b>" in page) == (True, False)
    # Nothing was written.
    assert shown(web) == []
    assert site.text("companies/demo/business-objects/Client.yaml") == CLAIMS["Client"]
    for number, faulty in enumerate(({}, {"document": added, "removed": "Claim"}, {"document": "x" * 500_001})):
        assert web.post(f"{PATH}/preview", faulty | {"key": f"faulty {number}"}).status == 400
    assert "code: Phone" not in str(web.get("/api/v1/c/demo/audit").json)
