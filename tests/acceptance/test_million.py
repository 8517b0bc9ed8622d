"""A million rows in the store: none passes through the command; a full feed is scanned and hashed, a small one not."""

from collections.abc import Sequence

import pytest

from tests.acceptance.plans import Scan, watched_plans
from tests.fix_company import STORE, MakeSite, Site, peak_of

# In `make test` an eighth: as a part of the whole, what changes and what is small there are the same or more.
SIZES = [125_000, pytest.param(1_000_000, marks=pytest.mark.nightly)]
FEW = 100
LIMIT_MIB = 150

_FLAGS = "needLoadFromInTables: true"
_DOCUMENTS = {
    "Client": f"""
code: Client
fields:
  - {{code: Name, type: INPUT_TEXT, {_FLAGS}}}
  - {{code: Amount, type: INPUT_NUMBER, {_FLAGS}}}
  - {{code: Friend, type: BO, bo: Client, {_FLAGS}}}
""",
}
_GOLDEN = ("bo_client", "link_client_friend")


@pytest.mark.nightly
@pytest.mark.parametrize("rows", SIZES)
def test_a_million_rows(make_site: MakeSite, rows: int) -> None:
    changed = rows // 100
    site = make_site(_DOCUMENTS)
    deliver(site, 1, rows, of=rows)
    take_in_little_memory(site, rows)
    # When it comes is chance; the statistics here are those that runs leave.
    for table in ("in_tables.in_Client", "in_tables.in_Client_Friend", *(f"{STORE}.{one}" for one in _GOLDEN)):
        site.look(f"alter table {table} set (autovacuum_enabled = false)")

    deliver(site, 1, rows, of=rows)
    site.partner(f"update in_Client set name = upper(name) where id % {rows // changed} = 0")
    passed, joined, others = sorted_out(taken(site, changed=changed, unchanged=rows - changed))
    assert {(scan.kind, "Hash Join" in scan.above) for scan in (*passed, *joined)} == {("Seq Scan", True)}
    assert {scan.table for scan in joined} == set(_GOLDEN)
    assert {scan.kind for scan in of_golden(others)} == {"Index Scan"}
    overtaken = [scan for scan in others if scan.statement.startswith("with overtaken") and scan.table == "in_client"]
    assert overtaken
    for scan in overtaken:
        assert scan.above[0] != "Nested Loop" or " = " in scan.asked  # not a chunk beside each row that is left

    deliver(site, rows // 2, rows // 2 + FEW - 1, of=rows)
    site.partner("update in_Client set name = 'other'")
    passed, joined, others = sorted_out(taken(site, changed=FEW, unchanged=0))
    assert not passed
    assert not joined
    assert {scan.table for scan in of_golden(others)} == set(_GOLDEN)
    assert {scan.kind for scan in of_golden(others)} == {"Index Scan"}


def deliver(site: Site, first: int, last: int, *, of: int) -> None:
    """Clients of these numbers, each with a link to another of all."""
    site.partner("truncate in_Client, in_Client_Friend")
    numbers = f"from generate_series({first}, {last}) n"
    site.partner(f"insert into in_Client (in_id, name, amount) select 'c' || n, 'Client number ' || n, n {numbers}")
    friend = f"'c' || n::bigint * 7 % {of} + 1"
    site.partner(f"insert into in_Client_Friend (client_id, friend_id) select 'c' || n, {friend} {numbers}")
    site.partner.hand_over()


def take_in_little_memory(site: Site, rows: int) -> None:
    process = site.start_program("run")
    highest = peak_of(process)
    out, err = process.communicate()
    assert process.returncode == 0, err
    assert f"{rows:,}" in out
    assert site.count(f"{STORE}.bo_Client") == rows
    assert highest < LIMIT_MIB


def taken(site: Site, *, changed: int, unchanged: int) -> list[Scan]:
    """A run that finds `changed` and `unchanged` clients: how its statements read their tables."""
    with watched_plans() as scans:
        receipts = {one.in_table: one for one in site.run().receipts}
    clients, links = receipts["in_Client"], receipts["in_Client_Friend"]
    assert (clients.changed, clients.unchanged) == (changed, unchanged)
    assert (links.unchanged, links.created, links.waiting) == (changed + unchanged, 0, 0)
    return scans


def sorted_out(scans: Sequence[Scan]) -> tuple[list[Scan], list[Scan], list[Scan]]:
    """Of the golden tables: by the statement that passes rows, and by that which joins links; then all other scans."""
    passes = f"update in_tables.in_Client i set in_status = 'DONE', out_id = g._id from {STORE}"
    passed = [scan for scan in of_golden(scans) if scan.statement.startswith(passes)]
    joined = [scan for scan in of_golden(scans) if scan.statement.startswith("with joined as")]
    return passed, joined, [scan for scan in scans if scan not in (*passed, *joined)]


def of_golden(scans: Sequence[Scan]) -> list[Scan]:
    """Those of the golden tables that may read all of one."""
    return [scan for scan in scans if scan.table in _GOLDEN and "Limit" not in scan.above]
