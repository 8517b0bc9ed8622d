"""What the simulated partner does to the tables, transaction by transaction."""

import pytest

from etl.errors import EnvironmentFault
from etl.simulator import SqlClient
from etl.simulator.scenarios import RefusedRow, Write
from tests.fix_company import CLAIMS, MakeSite

KEY = ("in_id",)


def test_a_rate_divides_rows_into_transactions(make_site: MakeSite) -> None:
    site = make_site(CLAIMS)
    rows = tuple({"in_id": str(n), "Name": f"N{n}"} for n in range(25))
    SqlClient(site.database.engine, "in_tables", rate=1000).write(Write("in_Client", KEY, rows[:5]))
    assert site.value("select count(distinct xmin::text) from in_tables.in_client") == 1
    SqlClient(site.database.engine, "in_tables", rate=100).write(Write("in_Client", KEY, rows[5:]))
    assert site.value("select count(distinct xmin::text) from in_tables.in_client") == 3


def test_a_row_that_comes_again_is_offered_again(make_site: MakeSite) -> None:
    site = make_site(CLAIMS)
    client = SqlClient(site.database.engine, "in_tables")
    client.write(Write("in_Client", KEY, ({"in_id": "a", "Name": "A"},)))
    site.run()
    assert site.partner.statuses("in_Client") == {"DONE": 1}
    client.write(Write("in_Client", KEY, ({"in_id": "a", "Name": "B"},)))
    assert site.partner("select name, in_status from in_client") == [{"name": "B", "in_status": ""}]


def test_what_postgresql_refuses_is_reported_from_what_it_cannot_do(make_site: MakeSite) -> None:
    site = make_site(CLAIMS)
    client = SqlClient(site.database.engine, "in_tables")
    assert client.refused(RefusedRow("in_Client", {"in_id": "a", "Amount": "much"}))
    assert not client.refused(RefusedRow("in_Client", {"in_id": "a", "Amount": "1"}))
    with pytest.raises(EnvironmentFault) as caught:
        client.refused(RefusedRow("in_Nothing", {"in_id": "a"}))
    assert caught.value.sqlstate == "42P01"
