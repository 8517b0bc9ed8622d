"""Correcting a value of a rejected row from its error, once, and only if the row is as it was shown."""

import io
from typing import Any

import openpyxl
import pytest

from etl.files.header import REJECT_COLUMNS
from tests.fix_company import Site
from tests.fix_web import ServeWeb, Web
from tests.integration.web.filling.test_fill import as_users
from tests.integration.web.test_actions import audit
from tests.integration.web.uploads import act, configure, filled

ERRORS = "/api/v1/c/demo/errors"


@pytest.fixture
def site(site: Site) -> Site:
    """A run has rejected the row of c1, and a link to nothing."""
    site.partner.fill("in_Client", {"in_id": "c1", "name": "two\r\nlines", "amount": "NaN"})
    site.partner.fill("in_Claim", {"in_id": "k1", "title": "a claim"})
    site.partner.fill("in_Claim_Client", {"claim_id": "k1", "client_id": " "})
    site.partner.hand_over()
    assert site.run().errors == 2
    return site


@pytest.fixture
def web(site: Site, serve_web: ServeWeb) -> Web:
    return serve_web(site)


def error_of(site: Site, table: str = "in_Client") -> str:
    number = site.value("select max(id) from in_tables.err where in_table = %s", [table], at=site.database)
    return f"{ERRORS}/{number}"


def shown(web: Web, error: str, column: str = "") -> Any:
    """The value that the form is for."""
    return web.get(f"{error}?column={column}").json["correctable"]


def test_a_value_is_corrected_and_the_next_run_takes_the_row(site: Site, web: Web) -> None:
    error = error_of(site)
    value = shown(web, error)
    assert (value["column"], value["value"], value["is_whole"]) == ("Amount", "NaN", True)
    done = act(web, f"{error}/correct", column="Amount", value=" 12.5 ", seen=value["seen"], offer="yes")
    assert done.json["sentence"] == "Amount was corrected, and the row is ready again."
    site.partner.hand_over()
    assert site.run().errors == 0
    assert site.value("select amount from store_demo.bo_client where name like 'two%'") == 12.5
    assert web.get(error).json["correctable"] is None
    noted = audit(site)[-1]
    assert (noted["action"], noted["parameters"]["value"], noted["outcome"]) == ("errors.correct", " 12.5 ", "done")


def test_a_row_that_changed_meanwhile_is_left_alone(site: Site, web: Web) -> None:
    error = error_of(site)
    seen = shown(web, error)["seen"]
    assert act(web, f"{error}/correct", column="Amount", value="1", seen=seen, key="k").status == 200
    assert act(web, f"{error}/correct", column="Amount", value="1", seen=seen, key="k").json["is_repeated"]
    stale = act(web, f"{error}/correct", column="Amount", value="2", seen=seen)
    assert (stale.status, stale.json["code"]) == (409, "conflict")
    assert site.value("select amount from in_tables.in_Client") == 1
    assert site.partner.statuses("in_Client") == {"ERROR": 1}
    seen = shown(web, error, "Amount")["seen"]
    assert act(web, f"{error}/correct", column="Amount", value="3", seen=seen, offer="yes").status == 200
    assert act(web, f"{error}/correct", column="Amount", value="4", seen=seen).status == 409
    assert site.value("select amount from in_tables.in_Client") == 3


def test_what_a_column_does_not_take(site: Site, web: Web) -> None:
    site.look("alter table in_tables.in_Client add constraint small check (amount < 100 or amount = 'NaN')")
    error = error_of(site)
    seen = shown(web, error)["seen"]
    refused: list[tuple[dict[str, str], int]] = [
        ({"column": "Amount", "value": "1 500,5"}, 400),
        ({"column": "in_id", "value": "c9"}, 400),
        ({"column": "in_status", "value": "DONE"}, 400),
        ({"column": "amount = 1 --", "value": "1"}, 400),
        ({"column": "Name", "value": "x\0y"}, 400),
        ({"value": "1"}, 400),
        ({"column": "Amount", "value": "1000"}, 409),
    ]
    for form, status in refused:
        reply = act(web, f"{error}/correct", **form, seen=seen)
        assert reply.status == status, reply.text
        assert str(site.value("select amount from in_tables.in_Client")) == "NaN"


def test_line_ends_stay_as_they_are(site: Site, web: Web) -> None:
    error = error_of(site)
    value = shown(web, error, "Name")
    assert value["value"] == "two\r\nlines"
    act(web, f"{error}/correct", column="Name", value="now\r\nthree\r\nlines", seen=value["seen"])
    assert site.value("select name from in_tables.in_Client") == "now\r\nthree\r\nlines"
    value = shown(web, error, "Name")
    act(web, f"{error}/correct", column="Name", is_null="yes", seen=value["seen"])
    value = shown(web, error, "Name")
    assert value["value"] is None
    act(web, f"{error}/correct", column="Name", value="a\r\nb", seen=value["seen"])
    assert site.value("select name from in_tables.in_Client") == "a\nb"


def test_an_end_of_a_link_is_corrected(site: Site, web: Web) -> None:
    error = error_of(site, "in_Claim_Client")
    value = shown(web, error, "Client_id")
    assert act(web, f"{error}/correct", column="Client_id", value="c7", seen=value["seen"], offer="yes").status == 200
    rows = site.look("select client_id, in_status from in_tables.in_Claim_Client")
    assert rows == [{"client_id": "c7", "in_status": ""}]


def test_rejected_rows_are_corrected_in_a_workbook(site: Site, serve_web: ServeWeb) -> None:
    configure(site)
    web = serve_web(site)
    long = "ä" * 40_000
    site.look("update in_tables.in_Client set name = %s", [long])
    run = site.value("select max(id) from in_tables.run")
    saved = web.get(f"{ERRORS}/rejected.xlsx?run={run}")
    assert saved.headers["content-disposition"].startswith(f'attachment; filename="demo-{run}.rejected.xlsx"')
    book = openpyxl.load_workbook(io.BytesIO(saved.body))
    assert book.sheetnames == ["in_Client", "in_Claim_Client"]
    head, row = ([cell.value for cell in one] for one in book["in_Client"].iter_rows())
    assert head == [*REJECT_COLUMNS, "in_id", "out_id", "removed", "Name", "Amount"]
    assert row[2:4] == ["Amount", "NaN"]
    assert row[5:] == ["c1", None, "false", "#N/A", "NaN"]  # a value that no cell can hold is not cut off
    book["in_Client"]["I2"].value, book["in_Client"]["J2"].value = "Anna", 12
    book["in_Claim_Client"].cell(2, 7).value = "c1"
    corrected = io.BytesIO()
    book.save(corrected)
    path, page = filled(web, "corrected.xlsx", corrected.getvalue())
    assert [(one["table"], one["rows"], one["rejected"]) for one in page["tables"]] == [
        ("in_Client", 1, 0),
        ("in_Claim_Client", 1, 0),
    ]
    assert act(web, f"{path}/load", check=page["check"], hand_over="yes").status == 200
    site.partner("delete from in_Claim_Client where client_id = ' '")
    assert site.run().errors == 0
    assert web.get(f"{ERRORS}/rejected.xlsx?run={run}").status == 404
    assert web.get(f"{ERRORS}/rejected.xlsx").status == 400
    assert web.get(f"{ERRORS}/rejected.xlsx?run={run}&code=none").status == 400


def test_partners_correct_their_rows_and_viewers_none(site: Site, serve_web: ServeWeb) -> None:
    users = as_users(site, serve_web)
    error = error_of(site)
    seen = shown(users["pavel"], error)["seen"]
    assert act(users["vera"], f"{error}/correct", column="Amount", value="1", seen=seen).status == 403
    done = act(users["pavel"], f"{error}/correct", column="Amount", value="1", seen=seen, offer="yes")
    assert done.status == 200, done.text
    assert site.partner.statuses("in_Client") == {"": 1}
    run = site.value("select max(id) from in_tables.run")
    book = openpyxl.load_workbook(io.BytesIO(users["pavel"].get(f"{ERRORS}/rejected.xlsx?run={run}").body))
    assert book.sheetnames == ["in_Claim_Client"]
    assert act(users["pavel"], f"{ERRORS}/999999/correct", column="Amount", value="1", seen=seen).status == 404


def test_viewers_see_codes_and_counts_but_no_rows(site: Site, serve_web: ServeWeb) -> None:
    of = as_users(site, serve_web)
    page = of["vera"].get(ERRORS).json
    assert (page["items"], page["next"], page["shows_rows"]) == ([], None, False)
    assert {(one["table"], one["rows"]) for one in page["by_code"]} == {("in_Client", 1), ("in_Claim_Client", 1)}
    shown = of["vera"].get("/c/demo/errors").text
    assert "rejected.xlsx" not in shown
    assert "NaN" not in shown
    number = error_of(site).rpartition("/")[2]
    for hidden in (f"errors/{number}", "errors/rejected.xlsx", "waiting", "instance", "instance/history"):
        assert of["vera"].get(f"/c/demo/{hidden}").status == 403
    assert of["aidana"].get(ERRORS).json["items"]
