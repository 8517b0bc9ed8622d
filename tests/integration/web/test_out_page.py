"""Versions over HTTP: built, switched, rolled back; a tab that shows what is no longer so decides nothing."""

from itertools import count

from tests.fix_company import CLAIMS, OUT, STORE, Site
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


NARROWER = CLAIMS["Client"].replace(
    "type: INPUT_NUMBER, needLoadFromInTables: true, needUploadToOutTable: true",
    "type: INPUT_NUMBER, needLoadFromInTables: true",
)
REPORT = "create view public.report as select name, amount from out_demo.client"


def test_what_readers_lose_is_confirmed_by_the_name_of_the_version(site: Site, serve_web: ServeWeb) -> None:
    site.partner.fill("in_Client", {"in_id": "a", "name": "Ann", "amount": 7})
    site.partner.hand_over()
    assert site.run().run
    site.document("Client", NARROWER)
    web = serve_web(site)
    assert press(web, "build", version="2")[0] == 200
    shown = web.get("/api/v1/c/demo/out/2/switch").json
    [loss] = shown["losses"]
    assert (loss["view"], loss["columns"], loss["dependents"], shown["is_blocked"]) == ("client", ["amount"], [], False)
    form = {"seen": OUT, "seen_losses": shown["seen_losses"]}
    for confirm in ({}, {"confirm": OUT}):
        status, why = press(web, "2/switch", **form, **confirm)
        assert (status, why) == (
            400,
            f"Readers of {SECOND} lose client.amount: send the name of the version as confirm.",
        )
    site.look(REPORT, at=site.out_database)
    # What was shown did not have the view that is in the way now.
    status, why = press(web, "2/switch", **form, confirm=SECOND)
    assert (status, why.partition(" is no longer what was shown")[0]) == (409, f"What readers lose by {SECOND}")
    shown = web.get("/api/v1/c/demo/out/2/switch").json
    assert shown["losses"][0]["dependents"] == ["view public.report"]
    form |= {"seen_losses": shown["seen_losses"], "confirm": SECOND}
    status, why = press(web, "2/switch", **form)
    assert (status, "view public.report stands on its view" in why) == (400, True)
    page = web.get("/c/demo/out/2/switch").text
    assert 'name="confirm"' in page
    assert "public.report" in page
    assert press(web, "2/switch", **form, force="1") == (200, f"The views show {SECOND}.")
    assert site.look("select * from public.report", at=site.out_database) == [{"name": "Ann", "amount": None}]
    back = web.get("/api/v1/c/demo/out/rollback").json
    assert (back["version"], back["losses"], back["is_rollback"]) == (OUT, [], True)
    assert 'name="confirm"' not in web.get("/c/demo/out/rollback").text
    assert press(web, "rollback", seen=SECOND, seen_losses=back["seen_losses"]) == (200, f"The views show {OUT}.")
    assert press(web, "rollback", seen=SECOND)[0] == 409


def test_a_stale_tab_drops_nothing(site: Site, serve_web: ServeWeb) -> None:
    assert site.run().run
    web = serve_web(site)
    assert press(web, "build", version="2")[0] == 200
    [seen] = [one for one in web.get("/api/v1/c/demo/out").json["versions"] if one["name"] == "2"]
    form = {"seen": OUT, "seen_state": seen["seen_state"], "force": "1"}
    assert press(web, "2/retire", on="2099-01-01")[0] == 200
    refused = (409, f"{SECOND} is no longer as it was shown: look again, then decide.")
    assert press(web, "2/retire", **form) == refused
    assert press(web, "2/retire", keep="1")[0] == 200
    assert press(web, "2/switch")[0] == 200
    assert press(web, "2/retire", **form)[0] == 409
    assert press(web, "rollback")[0] == 200
    assert press(web, "2/retire", **form) == (200, f"{SECOND} is dropped.")


def test_a_version_that_is_far_behind_is_counted_only_so_far(site: Site, serve_web: ServeWeb) -> None:
    assert site.run().run
    into = f"insert into {STORE}.journal (run, bo, instance, change) select 1, 'Client', 'x', 'changed' "
    site.look(f"{into} from generate_series(1, 1001)")
    web = serve_web(site)
    [shown] = web.get("/api/v1/c/demo/out").json["versions"]
    assert (shown["behind"], shown["is_further"], shown["oldest_unit"]) == (1_000, True, "1")
    assert "1,000+" in web.get("/c/demo/out", Accept_Language="en").text
    [shown] = web.get("/api/v1/c/demo/freshness").json["versions"]
    assert (shown["behind"], shown["is_further"]) == (1_000, True)
    assert "1,000+" in web.get("/c/demo/freshness", Accept_Language="en").text
    assert "≥ 1,000 changes behind" in web.get("/c/demo/now", Accept_Language="en").text


def test_a_reader_is_added_reset_and_removed(site: Site, serve_web: ServeWeb) -> None:
    """A page of before it confirmed, or was added again, decides nothing."""
    assert site.run().run
    web = serve_web(site)
    assert press(web, f"{OUT}/readers", reader="a b")[0] == 400
    assert press(web, f"{OUT}/readers", role=site.partner_role)[0] == 400
    added = press(web, f"{OUT}/readers", reader="warehouse", role=site.partner_role)
    assert added == (200, f"warehouse is a reader of {OUT} for members of {site.partner_role} now.")
    added = press(web, "1/readers", reader="warehouse", role=site.partner_role)
    assert added == (200, f"warehouse is a reader of {OUT} for members of {site.partner_role} already.")
    [shown] = web.get("/api/v1/c/demo/out").json["readers"]
    assert (shown["state"], shown["behind"], shown["delivery"], shown["taken_at"]) == ("full_next", 0, 0, None)
    with site.reader() as reader:
        reader.execute(f"select {OUT}_reader.ask('warehouse')")
        stale = press(web, f"{OUT}/readers/warehouse/remove", seen=shown["seen"])
        assert stale == (409, "warehouse is no longer as it was shown: look again, then decide.")
        [shown] = web.get("/api/v1/c/demo/out").json["readers"]
        assert (shown["state"], shown["delivery"]) == ("full_given", 1)
        reader.execute(f"select {OUT}_reader.confirm(reader, upto_position) from {OUT}_reader.reader_tracking")
    site.partner.fill("in_Client", {"in_id": "a", "name": "Ann"})
    site.partner.hand_over()
    assert site.run().run
    [shown] = web.get("/api/v1/c/demo/freshness").json["readers"]
    assert (shown["reader"], shown["state"], shown["behind"], "role_name" in shown) == ("warehouse", "waits", 1, False)
    assert "warehouse" in web.get("/c/demo/freshness").text
    reset = press(web, f"{OUT}/readers/warehouse/reset")
    assert reset == (200, f"The next delivery of warehouse from {OUT} is a full delivery.")
    [shown] = web.get("/api/v1/c/demo/out").json["readers"]
    removed = press(web, f"{OUT}/readers/warehouse/remove", seen=shown["seen"])
    assert removed == (200, f"warehouse is no reader of {OUT} any more.")
    assert press(web, f"{OUT}/readers/warehouse/remove")[0] == 400
    assert web.get("/api/v1/c/demo/out").json["readers"] == []
