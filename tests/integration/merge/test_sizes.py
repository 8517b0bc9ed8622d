"""Batches and rows of unusual size (failure catalogue 52, 60, 61)."""

import pytest

from tests.fix_company import STORE
from tests.integration.merge.conftest import Inbound

ROWS = 20_000
TIMES = 10


def test_nothing_many_times(inbound: Inbound) -> None:
    """52: an empty batch is a correct run, again and again, and leaves no trace in the store."""
    inbound.merge()
    before = inbound.site.fingerprint()
    for _ in range(TIMES):
        assert inbound.merge().exit_code == 0
    assert inbound.site.fingerprint() == before


@pytest.mark.nightly
def test_one_row_many_times(inbound: Inbound) -> None:
    """52: the same instance all along, and only what changed is journalled."""
    for number in range(TIMES):
        inbound.partner.redeliver("in_Client", {"in_id": "a", "name": f"{number // 2}"})
        inbound.merge()
    assert inbound.golden()["a"]["name"] == "4"
    assert [change for _, change in inbound.journal()] == ["created", *["changed"] * 4]


def test_one_bad_row_in_twenty_thousand(inbound: Inbound) -> None:
    """60: it alone is rejected."""
    amount = f"case when n = {ROWS // 2} then 'NaN'::numeric else n end"
    inbound.partner(
        f"insert into in_Client (in_id, name, amount) select 'c' || n, 'x', {amount} from generate_series(1, {ROWS}) n"
    )
    [receipt] = [one for one in inbound.merge().receipts if one.in_table == "in_Client"]
    assert (receipt.created, receipt.rejected) == (ROWS - 1, 1)
    assert inbound.faults() == [(f"c{ROWS // 2}", "Amount", "NUMBER_NOT_FINITE", "error")]
    assert inbound.partner.statuses("in_Client") == {"DONE": ROWS - 1, "ERROR": 1}


def test_rows_that_live_beside_their_table(inbound: Inbound) -> None:
    """61: values that do not fit a page arrive whole, are compared whole, and cost nothing when nothing differs."""
    wide = "(select string_agg(md5(n || '-' || m), '') from generate_series(1, 2000) m)"
    inbound.partner(f"insert into in_Client (in_id, name) select 'c' || n, {wide} from generate_series(1, 50) n")
    inbound.merge()

    def names(query: str) -> set[tuple[str, str]]:
        return {(row["in_id"], row["name"]) for row in inbound.site.look(query)}

    brought, stored = (
        "select in_id, name from in_tables.in_Client",
        f"select _in_id as in_id, name from {STORE}.bo_Client",
    )
    assert len(names(stored)) == 50
    assert names(stored) == names(brought)
    before = inbound.site.fingerprint()
    inbound.partner("update in_Client set in_status = ''")
    inbound.merge()
    assert inbound.site.fingerprint() == before
    inbound.partner("update in_Client set name = name || '.', in_status = '' where in_id = 'c7'")
    [receipt] = [one for one in inbound.merge().receipts if one.in_table == "in_Client"]
    assert receipt.changed == 1
    assert names(stored) == names(brought)
