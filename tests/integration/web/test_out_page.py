"""Versions over HTTP: built, switched, rolled back; a tab that shows what is no longer so decides nothing."""

from itertools import count

from tests.fix_company import OUT, Site
from tests.fix_web import ServeWeb, Web

_KEYS = count()
SECOND = "out_demo_1_2"


def press(web: Web, action: str, **form: str) -> tuple[int, str]:
    """The status of an action of programs, and what it says."""
    reply = web.post(f"/api/v1/c/demo/out/{action}", form, Idempotency_Key=f"press-{next(_KEYS)}")
    return reply.status, reply.json.get("sentence") or reply.json["detail"]


def test_a_version_is_built_switched_and_rolled_back(site: Site, serve_web: ServeWeb) -> None:
    assert site.run().run
    web = serve_web(site)
    assert press(web, "build", version="2") == (200, f"{SECOND} is whole: 0 rows written.")
    assert press(web, "2/switch", seen=OUT) == (200, f"The views show {SECOND}.")
    shown = web.get("/api/v1/c/demo/out").json
    assert (shown["current"], shown["previous"]) == (SECOND, OUT)
    # A tab that was opened before the switch:
    status, why = press(web, "2/switch", seen=OUT)
    assert (status, why) == (409, f"The views show {SECOND} by now, not {OUT}: look again, then decide.")
    assert press(web, "rollback", seen=SECOND) == (200, f"The views show {OUT}.")
    assert press(web, "2/retire", force="1") == (200, f"{SECOND} is dropped.")
    assert press(web, "1/retire")[0] == 400
    assert press(web, "2/retire", on="no day") == (400, "The parameter on must be a day, as 2026-11-30.")
