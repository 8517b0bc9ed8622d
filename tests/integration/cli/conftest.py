"""A company whose runs left errors, and how the commands are asked for them."""

import pytest

from tests.fix_company import STORE, MakeSite, Row
from tests.integration.merge.conftest import DOCUMENTS, Inbound


@pytest.fixture
def inbound(make_site: MakeSite) -> Inbound:
    return Inbound(make_site(DOCUMENTS))


@pytest.fixture
def rejected(inbound: Inbound) -> Inbound:
    """A run that rejected client a for two faults, client b and two links; client c is in the store."""
    inbound.site.set(referenceExpiryMinutes=10)
    inbound.partner.fill("in_Claim_Watcher", {"claim_id": "k", "watcher_id": "w"}, {"claim_id": "l", "watcher_id": "w"})
    inbound.merge()
    inbound.site.look(f"update {STORE}.boi_reference set waiting_since = '2020-01-01'")
    fill(inbound, {"in_id": "a", "amount": "NaN", "kind": "never"}, {"in_id": "b", "kind": "New"}, {"in_id": "c"})
    inbound.merge()
    return inbound


def fill(inbound: Inbound, *rows: Row) -> None:
    inbound.partner.fill("in_Client", *({"amount": None, "kind": None} | row for row in rows))


def error_id(inbound: Inbound, code: str) -> str:
    [row] = inbound.site.look("select max(id) as id from in_tables.err where code = %s", [code])
    return str(row["id"])
