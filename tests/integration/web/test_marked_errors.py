"""Errors that are marked in a list are offered again together."""

import re
from urllib.parse import urlencode

from tests.fix_company import Site
from tests.fix_web import ServeWeb

FORM = {"Sec_Fetch_Site": "same-origin", "Content_Type": "application/x-www-form-urlencoded"}


def test_marked_errors_are_offered_again_together(site: Site, serve_web: ServeWeb) -> None:
    site.partner.fill("in_Client", *({"in_id": f"c{number}", "amount": "NaN"} for number in range(4)))
    site.partner.hand_over()
    assert site.run().errors == 4
    site.partner("delete from in_Client where in_id = 'c3'")
    web = serve_web(site)
    ids = re.findall(r'<input type="checkbox" name="ids" value="(\d+)" form="marked"', web.get("/c/demo/errors").text)
    assert len(ids) == 3  # the row that is gone cannot be offered
    marked = [("key", "k"), ("ids", ids[0]), ("ids", ids[2])]
    done = web.ask("POST", "/c/demo/errors/retry", urlencode(marked).encode(), **FORM)
    assert done.status == 303
    assert "2 rows are ready again." in web.get(done.headers["location"]).text
    assert site.partner.statuses("in_Client") == {"": 2, "ERROR": 1}
    [left] = re.findall(r'name="ids" value="(\d+)"', web.get("/c/demo/errors").text)
    assert left == ids[1]
    nothing = web.ask("POST", "/c/demo/errors/retry", urlencode([("key", "none")]).encode(), **FORM)
    assert (nothing.status, "Say which errors" in nothing.text) == (400, True)
    site.partner.hand_over()
    assert site.run().errors == 2
    again = web.get("/api/v1/c/demo/errors").json["items"][0]["id"]
    assert web.get(f"/api/v1/c/demo/errors/{again}").json["rejections"] == 2
    assert "rejected in 2 runs" in web.get(f"/c/demo/errors/{again}").text
    assert web.get(f"/api/v1/c/demo/errors/{left}").json["rejections"] == 1


def test_a_form_and_an_object_are_refused_for_what_they_are(site: Site, serve_web: ServeWeb) -> None:
    web = serve_web(site)
    for body, why in ((b"key=k&ids=%00", "U+0000"), (b"key=k&ids", "cannot be read")):
        refused = web.ask("POST", "/c/demo/errors/retry", body, **FORM)
        assert (refused.status, why in refused.text, "JSON" in refused.text.partition("<main")[2]) == (400, True, False)
    as_json = FORM | {"Content_Type": "application/json"}
    refused = web.ask("POST", "/api/v1/c/demo/errors/retry", b'{"ids": 1}', **as_json)
    assert (refused.status, "JSON object" in refused.json["detail"]) == (400, True)
