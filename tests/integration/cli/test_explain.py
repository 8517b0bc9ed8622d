"""One answer to a partner's question what has become of a row."""

import json
from typing import Any

import pytest

from tests.fix_company import CLAIMS, ONE_AND_NIGHTLY_APART, MakeSite, Site

pytestmark = ONE_AND_NIGHTLY_APART


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return make_site(CLAIMS)


def explained(site: Site, *words: str) -> dict[str, Any]:
    done = site.etl("explain", *words, "--json")
    assert done.code == 0, done.err
    found: dict[str, Any] = json.loads(done.out)
    return found


def test_rows_of_every_kind(site: Site) -> None:
    site.partner.fill("in_Client", {"in_id": "a", "name": "Ann"}, {"in_id": "bad", "amount": "NaN"})
    site.partner.fill("in_Claim", {"in_id": "k"})
    site.partner.fill("in_Claim_Client", {"claim_id": "k", "client_id": "late"})
    site.partner.hand_over()
    run = site.run().run
    merged = explained(site, "in_Client", "a")
    assert [(row["in_status"], row["run"]) for row in merged["rows"]] == [("DONE", str(run))]
    assert (merged["instance"]["state"], merged["errors"], merged["waiting"]) == ("ACTUAL", [], [])
    assert merged["out"]["out_demo_1_1"] is not None
    rejected = explained(site, "client", "bad")
    assert ([one["code"] for one in rejected["errors"]], rejected["instance"]) == (["NUMBER_NOT_FINITE"], None)
    [waits] = explained(site, "Claim", "k")["waiting"]
    assert (waits["field"], waits["value"], waits["is_waited_for"]) == ("Client", "late", False)
    [awaited] = explained(site, "Client", "late")["waiting"]
    assert awaited["is_waited_for"]
    shown = site.etl("explain", "in_Client", "bad").out
    assert "rejected" in shown
    assert "instance  none" in shown
    said = "waiting   Claim `k`, Client -> Client `late`: waits for Client `late` since "
    assert said in site.etl("explain", "Client", "late").out
    assert said in site.etl("explain", "Claim", "k").out
    unknown = site.etl("explain", "in_Clinet", "a")
    assert (unknown.code, "did you mean in_Client?" in unknown.err) == (2, True)


def test_a_link_names_the_end_that_has_not_come(site: Site) -> None:
    site.partner.fill("in_Client", {"in_id": "a"})
    site.partner.fill(
        "in_Claim_Watchers", {"claim_id": "late", "watchers_id": "a"}, {"claim_id": "late", "watchers_id": "later"}
    )
    site.partner.hand_over()
    site.run()
    of_client, said = explained(site, "Client", "a")["waiting"], site.etl("explain", "Client", "a").out
    assert [(one["lacks_owner"], one["lacks_target"], one["is_waited_for"]) for one in of_client] == [
        (True, False, False)
    ]
    assert "waiting   Claim `late`, Watchers -> Client `a`: waits for Claim `late` since " in said
    of_claim, said = explained(site, "Claim", "late")["waiting"], site.etl("explain", "Claim", "late").out
    assert [one["is_waited_for"] for one in of_claim] == [True, True]
    assert (
        "waiting   Claim `late`, Watchers -> Client `later`: waits for Claim `late` and Client `later` since " in said
    )
    site.partner.fill("in_Claim", {"in_id": "late"})
    site.partner.hand_over()
    site.run()
    assert explained(site, "Client", "a")["waiting"] == []
    [left] = explained(site, "Claim", "late")["waiting"]
    assert (left["lacks_owner"], left["lacks_target"], left["value"]) == (False, True, "later")


@pytest.mark.first_run
def test_before_anything_has_run(site: Site) -> None:
    site.partner.fill("in_Client", {"in_id": "a"})
    found = explained(site, "in_Client", "a")
    assert ([row["in_status"] for row in found["rows"]], found["instance"], found["out"]) == ([""], None, {})
    site.look("drop schema in_tables cascade")
    assert explained(site, "in_Client", "a")["rows"] == []
