"""Runs, Speed and Checks of a partner: what its own role may read; nothing of the store, of hosts and statements."""

from datetime import UTC, datetime, timedelta

import pytest

from etl.engine import add_reader
from tests.fix_company import OUT, Row, Site, until
from tests.fix_web import Reply, ServeWeb, Web
from tests.integration.web.test_identity import CONFIG

AS_PARTNER = {"X_Forwarded_User": "pavel", "X_Forwarded_Groups": "p"}
AS_OPERATOR = {"X_Forwarded_User": "aidana", "X_Forwarded_Groups": "o"}


@pytest.fixture
def web(site: Site, serve_web: ServeWeb) -> Web:
    """Two runs; the second one has rejected a row."""
    site.set(copyTables="false")
    deliveries: list[list[Row]] = [
        [{"in_id": "a", "amount": 1}],
        [{"in_id": "b", "amount": 2}, {"in_id": "bad", "amount": "NaN"}],
    ]
    for rows in deliveries:
        site.partner.fill("in_Client", *rows)
        site.partner.fill("in_Claim", {"in_id": f"of {rows[0]['in_id']}"})
        site.partner.hand_over()
        assert site.run().run
    assert site.etl("grants", "--partner", site.partner_role, "--reader", site.partner_role, "--apply").code == 0
    site.look(f"grant {site.partner_role} to {site.engine_role}")
    site.write(
        CONFIG,
        f"identity=proxy\ntrustedProxies=127.0.0.1\ngroupRoles=p:partner; o:operator\npartnerRole={site.partner_role}",
    )
    return serve_web(site)


def ask(web: Web, path: str, role: dict[str, str] = AS_PARTNER) -> Reply:
    found = web.get(path, **role)
    assert found.status == 200, found.text
    return found


def test_a_partner_sees_its_own_runs(site: Site, web: Web) -> None:
    own = ask(web, "/api/v1/c/demo/runs").json["items"]
    of_all = ask(web, "/api/v1/c/demo/runs", AS_OPERATOR).json["items"]
    assert [one["number"] for one in own] == [one["number"] for one in of_all]
    assert [one["started_at"] for one in own] == [one["started_at"] for one in of_all]
    assert [(one["rows"], one["rejected"]) for one in own] == [(3, 1), (2, 0)]
    newest, older = (one["number"] for one in own)
    assert [one["number"] for one in ask(web, f"/api/v1/c/demo/runs?before={newest}").json["items"]] == [older]
    run = ask(web, f"/api/v1/c/demo/runs/{newest}").json
    claimed = {table: part["claimed"] for table, part in run["tables"].items() if part["claimed"]}
    assert claimed == {"in_Client": 2, "in_Claim": 1}
    assert [(one["code"], one["rows"]) for one in run["errors"]] == [("NUMBER_NOT_FINITE", 1)]
    assert (run["tasks"], run["can_undo"]) == ([], False)
    page = ask(web, f"/c/demo/runs/{newest}").text
    assert "NUMBER_NOT_FINITE" in page
    assert "/undo" not in page
    assert web.get("/api/v1/c/demo/runs/1", **AS_PARTNER).status == 404
    assert web.get(f"/c/demo/runs/{newest}/undo", **AS_PARTNER).status == 403
    speed = ask(web, "/api/v1/c/demo/speed").json
    assert [one["number"] for one in speed["runs"]] == [older, newest]
    assert (speed["rows"], speed["rejected"]) == (5, 1)
    assert ask(web, "/api/v1/c/demo/speed?from=2020-01-01&to=2020-01-02").json["runs"] == []
    # Receipts of older programs lack the start.
    site.look("update in_tables.migration_receipt set started_at = now() - interval '40 days' where run = %s", [older])
    site.look("update in_tables.migration_receipt set started_at = null where run = %s", [newest])
    first_day = f"{datetime.now(UTC) - timedelta(days=7):%Y-%m-%d}"
    assert [one["number"] for one in ask(web, f"/api/v1/c/demo/speed?from={first_day}").json["runs"]] == [newest]
    assert newest in ask(web, "/c/demo/speed/runs.csv").text
    # Tables that another partner fills do not exist for this one.
    site.look(f"revoke select on in_tables.in_client from {site.partner_role}")
    own = ask(web, "/api/v1/c/demo/runs").json["items"]
    assert [(one["rows"], one["rejected"]) for one in own] == [(1, 0), (1, 0)]
    run = ask(web, f"/api/v1/c/demo/runs/{newest}").json
    assert ("in_Client" in run["tables"], run["errors"]) == (False, [])
    assert ask(web, "/api/v1/c/demo/errors").json["items"] == []
    assert ask(web, f"/api/v1/c/demo/errors?run={newest}&code=NUMBER_NOT_FINITE").json["by_code"] == []
    error = site.value("select max(id) from in_tables.err")
    assert web.get(f"/api/v1/c/demo/errors/{error}", **AS_PARTNER).status == 404
    assert web.get(f"/api/v1/c/demo/errors/{error}", **AS_OPERATOR).status == 200
    now = ask(web, "/api/v1/c/demo/now").json
    assert [one["table"] for one in now["receipts"] if one["claimed"]] == ["in_Claim"]
    assert (now["rejected"], now["claimed"]) == (0, 1)
    site.look(f"revoke select on in_tables.migration_receipt from {site.partner_role}")
    assert ask(web, "/api/v1/c/demo/runs").json["items"] == []
    assert web.get(f"/api/v1/c/demo/runs/{newest}", **AS_PARTNER).status == 404


def test_a_partner_sees_its_own_readers(site: Site, web: Web) -> None:
    """Those of its role; not those of the role that the console has."""
    with site.runtime() as runtime:
        add_reader(runtime, "warehouse", site.partner_role, None)
        add_reader(runtime, "internal", site.engine_role, None)
    with site.reader() as reader:
        reader.execute(f"select {OUT}_reader.ask('warehouse')")
    [shown] = ask(web, "/api/v1/c/demo/now").json["readers"]
    assert (shown["reader"], shown["schema_name"], shown["state"]) == ("warehouse", OUT, "full_given")
    assert "full delivery not confirmed" in ask(web, "/c/demo/now").text
    site.look(f"drop schema {OUT}_reader cascade")
    assert ask(web, "/api/v1/c/demo/now").json["readers"] == []


def test_a_partner_of_an_older_import_sees_what_brings_it_up(site: Site, web: Web) -> None:
    site.look("alter table in_tables.migration_receipt drop column started_at")
    refused = web.get("/api/v1/c/demo/runs", **AS_PARTNER)
    assert (refused.status, "the next `etl run` brings it up" in refused.text) == (503, True), refused.text


def test_a_partner_checks_what_its_own_role_may_read(site: Site, web: Web) -> None:
    site.partner.fill("in_Client", {"in_id": "odd", "in_status": "?"})

    def found() -> dict[str, str]:
        return {one["what"]: one["level"] for one in ask(web, "/api/v1/c/demo/checks").json["items"]}

    assert until(found, "the checks were made") == {"in_ tables": "ok", "in_status": "warning"}
    page = ask(web, "/c/demo/checks").text
    assert "Check again" not in page
    for secret in (site.database.host, str(site.database.port), site.engine_role, "store_demo"):
        assert secret not in page, secret
    # An operator's are others.
    whole = until(lambda: ask(web, "/api/v1/c/demo/checks", AS_OPERATOR).json["items"], "the checks were made")
    assert {"server", "golden store"} <= {one["what"] for one in whole}
