"""The view why_not: for every state of marker, run and row, why the row is not in the store."""

import re
from datetime import UTC, datetime

import psycopg
import pytest

from etl.database import transaction
from etl.engine.preparation import prepare
from etl.engine.why_not import ensure_why_not
from tests.fix_company import CLAIMS, MakeSite, Row, Site

CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    """A first run, of nothing, has made the view; its marker says "read"."""
    site = make_site(CLAIMS)
    site.run()
    return site


def why(site: Site) -> dict[tuple[str, str], Row]:
    rows = site.look("select * from in_tables.why_not")
    assert all(CYRILLIC.search(row["reason_rus"]) for row in rows)
    assert not any("{" in row["reason"] + row["reason_rus"] for row in rows)
    return {(row["in_table"], row["in_status"]): row for row in rows}


def ready(site: Site) -> str:
    """The reason of the one ready client."""
    site.partner.redeliver("in_Client", {"in_id": "a"})
    reason: str = why(site)["in_Client", ""]["reason"]
    return reason


def test_what_is_done_needs_no_reason(site: Site) -> None:
    site.partner.fill("in_Client", {"in_id": "a"})
    site.partner.hand_over()
    site.run()
    assert why(site) == {}


def test_a_row_per_table_and_status(site: Site) -> None:
    site.partner.fill("in_Client", {"in_id": "a", "amount": "NaN"}, {"in_id": "b", "amount": 1})
    site.partner.fill("in_Claim_Watchers", {"claim_id": "k", "watchers_id": "a"})
    site.partner.hand_over()
    site.run()
    site.partner.fill("in_Client", {"in_id": "c", "inserted_date": "2024-01-02"}, {"in_id": "d", "inserted_date": None})
    found = why(site)
    assert {key: row["rows"] for key, row in found.items()} == {
        ("in_Client", ""): 2,
        ("in_Client", "ERROR"): 1,
        ("in_Claim_Watchers", "WAITING"): 1,
    }
    assert found["in_Client", ""]["oldest_inserted_date"] == datetime(2024, 1, 2, tzinfo=UTC)
    assert found["in_Client", "ERROR"]["reason"].startswith("rejected: err says why")
    assert found["in_Claim_Watchers", "WAITING"]["reason"].startswith("an end of the link has not come")


@pytest.mark.parametrize(
    ("load_status", "read_status", "reason"),
    [
        (0, 0, "has load_status=0: set it to 1 when they are complete"),
        (1, 0, "has load_status=1: the next run takes them"),
        (None, None, "has load_status=0: set it to 1 when they are complete"),
        (0, 1, "was read before they were ready: hand over again"),
        (1, 1, "was read before they were ready: hand over again"),
        (1, 2, "was stopped (ins_inkafka_status=2), hand over again: "),
        (1, 7, "has load_status=1, ins_inkafka_status=7: set them to 0 or 1"),
        (5, 0, "has load_status=5, ins_inkafka_status=0: set them to 0 or 1"),
    ],
)
def test_the_marker_says_why(site: Site, load_status: int | None, read_status: int | None, reason: str) -> None:
    site.partner(
        "insert into process_tracking (id, oper_date, load_status, ins_inkafka_status) values (77, now(), %s, %s)",
        [load_status, read_status],
    )
    said = ready(site)
    assert "process_tracking id=77 " in said
    assert said.endswith(reason)
    with site.runtime() as runtime, transaction(runtime.engine) as connection:
        decision, _, _ = runtime.handshake.decide(connection)
    assert decision.starts == ("the next run takes them" in said)


def test_a_cleared_marker_is_a_hand_over(site: Site) -> None:
    site.partner.hand_over()
    assert ready(site) == "process_tracking is empty, so they are handed over: the next run takes them"


def test_the_message_of_a_stopped_run_is_reported(site: Site) -> None:
    marker = site.partner.hand_over_by_row()
    site.partner("update process_tracking set ins_inkafka_status = 2")
    site.look("update in_tables.run set state = 'stopped', marker_id = %s, message = 'too many {run}'", [marker])
    site.partner.fill("in_Client", {"in_id": "a"})
    [row] = site.look("select reason from in_tables.why_not")
    assert row["reason"].endswith("hand over again: too many {run}")


@pytest.mark.parametrize(("heartbeat", "reported"), [("now()", "is running since 2024-01-02"), ("null", "broke off")])
def test_what_came_after_the_claim_is_reported_by_the_run(site: Site, heartbeat: str, reported: str) -> None:
    site.look(f"update in_tables.run set state = 'running', started_at = '2024-01-02', heartbeat_at = {heartbeat}")
    assert reported in ready(site)
    site.partner("update in_Client set in_status = 'ON_WORK'")
    assert "is reading them, since 2024-01-02" in why(site)["in_Client", "ON_WORK"]["reason"]


@pytest.mark.parametrize("status", ["ON_WORK", "WAITING", "done", "{run}"])
def test_a_status_that_no_run_has_set(site: Site, status: str) -> None:
    site.partner.fill("in_Client", {"in_id": "a", "in_status": status})
    assert re.search("set (it|in_status) to '' and hand over", why(site)["in_Client", status]["reason"])


def test_the_view_follows_the_metadata(site: Site) -> None:
    site.document("Firm", "code: Firm\nfields:\n  - {code: Name, type: INPUT_TEXT, needLoadFromInTables: true}\n")
    site.create_in_tables()
    site.partner.fill("in_Firm", {"in_id": "f"})
    assert why(site) == {}
    site.partner.hand_over()
    site.run()
    site.partner("update in_Firm set in_status = ''")
    assert why(site)["in_Firm", ""]["rows"] == 1


def test_the_view_is_made_once(site: Site) -> None:
    with site.runtime() as runtime, transaction(runtime.engine) as connection:
        assert not ensure_why_not(connection, runtime.company, runtime.in_schema)
    site.look("drop view in_tables.why_not")
    with site.runtime() as runtime:
        prepare(runtime)
    assert ready(site)


@pytest.mark.parametrize("view", ["why_not", "last_migration_state"])
def test_who_reads_a_view_holds_up_no_run(site: Site, view: str) -> None:
    place = {"host": site.database.host, "port": site.database.port, "dbname": site.database.name}
    with psycopg.connect(**place, user=site.database.username) as session:  # type: ignore[arg-type]
        session.execute(f"select * from in_tables.{view}")
        site.partner.fill("in_Client", {"in_id": "a"})
        site.partner.hand_over()
        assert site.run().run


def test_a_company_without_in_tables_has_an_empty_view(make_site: MakeSite) -> None:
    site = make_site({"Kind": "code: Kind\nfields:\n  - {code: Name, type: INPUT_TEXT}\n"})
    site.run()
    assert why(site) == {}
