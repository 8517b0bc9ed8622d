"""`etl waiting`: what waits for what, and why it has not come."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy

from etl.database import transaction
from etl.merge import Connections
from etl.merge.references import missing_instances, waiting_links
from tests.fix_company import BOTH_LAYOUTS, STORE
from tests.integration.cli.conftest import error_id, fill
from tests.integration.merge.conftest import Inbound


def wait(inbound: Inbound, field: str, *pairs: tuple[str, str]) -> None:
    table, _, _ = field.partition("_")
    column = "claim_id_2" if field == "Claim" else f"{table}_id"
    inbound.partner.fill(f"in_Claim_{field}", *({"claim_id": claim, column: target} for claim, target in pairs))


def asked(inbound: Inbound, *arguments: str) -> dict[str, Any]:
    done = inbound.site.etl("waiting", "--json", *arguments)
    assert (done.code, done.err) == (0, "")
    answer: dict[str, Any] = json.loads(done.out)
    return answer


def missing(inbound: Inbound, *arguments: str) -> list[tuple[str, str, int]]:
    found = asked(inbound, "--explain", *arguments)["missing"]
    return [(one["object"], one["in_id"], one["links"]) for one in found]


def test_nothing_waits(inbound: Inbound) -> None:
    assert inbound.site.etl("waiting", "--explain").out == "Nothing waits.\n"
    inbound.merge()
    assert inbound.site.etl("waiting", "--explain").out == "Nothing waits.\n"
    assert asked(inbound, "--explain") == {"waiting": [], "missing": []}


def test_what_waits_is_reported_by_field_and_target(inbound: Inbound) -> None:
    inbound.site.set(referenceExpiryMinutes=90)
    wait(inbound, "Watcher", ("k", "a"), ("k", "b"))
    wait(inbound, "Party_Firm", ("k", "f"))
    inbound.merge()
    inbound.site.look(
        f"update {STORE}.boi_reference set waiting_since = '2024-05-01 10:00+00' where target_value = 'a'"
    )
    reported = asked(inbound)
    assert "missing" not in reported
    assert [(one["bo"], one["field"], one["target_bo"], one["links"]) for one in reported["waiting"]] == [
        ("Claim", "Watcher", "Client", 2),
        ("Claim", "Party", "Firm", 1),
    ]
    first = reported["waiting"][0]
    assert first["since"] == "2024-05-01 10:00:00+00:00"
    assert datetime.fromisoformat(first["expires_at"]) - datetime.fromisoformat(first["since"]) == timedelta(minutes=90)
    shown = inbound.site.etl("waiting").out
    assert shown.startswith("3 links and files wait:")
    assert "2024-05-01 11:30:00" in shown


def test_a_missing_instance_blocks_the_links_of_all_fields(inbound: Inbound) -> None:
    inbound.partner.fill("in_Claim", {"in_id": "k"}, {"in_id": "l"})
    wait(inbound, "Watcher", ("k", "a"), ("l", "a"), ("k", "b"), ("gone", "b"))
    wait(inbound, "Team", ("k", "a"))
    inbound.merge()
    assert missing(inbound) == [("Client", "a", 3), ("Client", "b", 2), ("Claim", "gone", 1)]
    assert missing(inbound, "--limit", "1") == [("Client", "a", 3)]


def test_a_self_link_with_one_missing_end_counts_once(inbound: Inbound) -> None:
    wait(inbound, "Claim", ("k", "k"), ("k", "l"))
    inbound.merge()
    assert missing(inbound) == [("Claim", "k", 2), ("Claim", "l", 1)]


def test_an_instance_that_has_come_is_not_missing(inbound: Inbound) -> None:
    """By its own external id, or by a further one."""
    inbound.partner.fill("in_Client", {"in_id": "a"})
    inbound.merge()
    out_id = inbound.golden()["a"]["_id"]
    inbound.partner.redeliver("in_Client", {"in_id": "also-a", "out_id": out_id})
    wait(inbound, "Watcher", ("k", "a"), ("k", "also-a"))
    inbound.merge()
    assert missing(inbound) == [("Claim", "k", 2)]


@BOTH_LAYOUTS
def test_a_rejected_instance_is_reported_with_its_error(inbound: Inbound) -> None:
    fill(inbound, {"in_id": "a", "amount": "NaN"}, {"in_id": "b", "kind": "never"})
    wait(inbound, "Watcher", ("k", "a"), ("k", "b"), ("k", "c"), ("k", "d"))
    inbound.merge()
    inbound.partner("delete from in_Client where in_id = 'b'")
    fill(inbound, {"in_id": "d"})
    known = {one["in_id"]: one for one in asked(inbound, "--explain")["missing"]}
    number = error_id(inbound, "NUMBER_NOT_FINITE")
    assert (known["a"]["in_status"], known["a"]["code"], known["a"]["error"]) == (
        "ERROR",
        "NUMBER_NOT_FINITE",
        number,
    )
    assert (known["b"]["in_status"], known["b"]["code"]) == (None, "OPTION_UNKNOWN")
    assert (known["c"]["in_status"], known["c"]["error"]) == (None, None)
    assert (known["d"]["in_status"], known["d"]["error"]) == ("", None)
    shown = inbound.site.etl("waiting", "--explain").out
    assert f"rejected, error {number}: Amount is NaN" in shown
    assert "its row is gone" in shown
    assert "has not come" in shown
    assert "its row waits for the next hand-over" in shown


def test_a_file_is_waited_for_like_an_end(inbound: Inbound) -> None:
    inbound.partner.fill("in_Client", {"in_id": "a", "photo": "p1"}, {"in_id": "b", "photo": "p1"})
    inbound.partner.fill("in_Client", {"in_id": "c", "photo": "p2"})
    inbound.merge()
    inbound.partner.fill("in_fileStorage", {"file_id": "p2", "content": b"2"})
    reported = asked(inbound, "--explain")
    [links] = reported["waiting"]
    assert (links["bo"], links["field"], links["target_bo"], links["links"]) == ("Client", "photo", "in_fileStorage", 3)
    assert links["expires_at"]
    assert missing(inbound) == [("in_fileStorage", "p1", 2), ("in_fileStorage", "p2", 1)]
    shown = inbound.site.etl("waiting", "--explain").out
    assert "has not come" in shown
    assert "is there: taken with the next hand-over" in shown


def test_links_that_the_metadata_no_longer_has_never_expire(inbound: Inbound) -> None:
    wait(inbound, "Watcher", ("k", "a"))
    inbound.merge()
    inbound.site.look(f"update {STORE}.boi_reference set field = 'Gone'")
    reported = asked(inbound, "--explain")
    assert (reported["waiting"][0]["expires_at"], reported["missing"]) == (None, [])
    assert "never: not in the metadata" in inbound.site.etl("waiting").out


def test_what_a_partner_wrote_moves_no_terminal(inbound: Inbound) -> None:
    wait(inbound, "Watcher", ("k", "\x1b[2J[/red]"))
    inbound.merge()
    done = inbound.site.etl("waiting", "--explain")
    assert done.code == 0
    assert all(c.isprintable() or c == "\n" for c in done.out)


@pytest.mark.parametrize("waits", [1, 20])
def test_the_explanation_scans_no_table_for_a_few_links(inbound: Inbound, waits: int) -> None:
    inbound.merge()
    site = inbound.site
    site.look(
        f"insert into {STORE}.bo_client (_id, _in_id, _created_at, _modified_at) "
        "select lpad(n::text, 16, '0'), 'c' || n, now(), now() from generate_series(1, 50000) n;"
        "insert into in_tables.in_client (in_id, in_status) select 'c' || n, 'DONE' from generate_series(1, 50000) n;"
        "insert into in_tables.err (run, in_table, in_id, code, message, message_rus, severity) "
        "select 1, 'in_Client', 'c' || n, 'NO_ID', '', '', 'error' from generate_series(1, 50000) n"
    )
    wait(inbound, "Watcher", *((f"k{n}", f"missing{n}") for n in range(waits)))
    inbound.merge()
    site.look("analyze")
    plan = _plan(inbound)
    scanned = [line for line in plan if "Seq Scan on" in line]
    assert not [line for line in scanned if any(name in line for name in ("bo_client", "in_client", "err"))], plan


def _plan(inbound: Inbound) -> list[str]:
    """How the server answers the very statement that the command sends."""
    plan: list[str] = []
    with inbound.site.runtime() as runtime, transaction(runtime.engine) as connection:
        schemas = {"in_schema": runtime.in_schema, "store_schema": runtime.store.schema}
        links = waiting_links(connection, runtime.company, runtime.store.schema, 1)

        @sqlalchemy.event.listens_for(connection, "before_cursor_execute")
        def explain(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
            plan.extend(row[0] for row in cursor.execute(f"explain {statement}", parameters).fetchall())

        missing_instances(Connections(connection, connection), runtime.company, links, 50, **schemas)
    return plan
