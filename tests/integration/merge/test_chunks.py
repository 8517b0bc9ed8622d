"""The same batch in one chunk and in many gives the same golden store."""

import sys
from typing import Any

import pytest

from etl.sources.in_tables.claim import claim_table
from tests.fix_company import STORE
from tests.integration.merge.conftest import Inbound

ROWS = 2_500

_FILL = f"""
truncate in_Client, in_Claim, in_Claim_Client, in_Claim_Watcher, in_Claim_Team, in_Claim_Party_Client;
insert into in_Client (in_id, name, amount)
select 'c' || n, 'Client ' || n, case when n % 100 = 0 then 'NaN'::numeric else n end from generate_series(1, {ROWS}) n;
insert into in_Claim (in_id, title) select 'k' || n, 'Claim ' || n from generate_series(1, {ROWS}) n;
insert into in_Claim_Client (claim_id, client_id, inserted_date)
select 'k' || n % 500, 'c' || n, '2024-01-01' from generate_series(1, {ROWS}) n;
insert into in_Claim_Watcher (claim_id, watcher_id)
select 'k' || n, 'c' || (n * 7 % {ROWS + 100}) from generate_series(1, {ROWS}) n;
insert into in_Claim_Team (claim_id, team_id) select 'k' || n % 3 + 1, 'c' || n from generate_series(1, {ROWS}) n;
insert into in_Claim_Party_Client (claim_id, party_id) select 'k' || n, 'c' || n from generate_series(1, {ROWS}) n
"""


def chunks(inbound: Inbound) -> dict[str, int]:
    """The chunks of the last run's tables, by table."""
    tasks = inbound.site.look(
        "select in_table, count(*) as n from in_tables.last_migration_state "
        "join in_tables.task using (run, seq) where claimed_rows > 0 "
        "and run = (select max(id) from in_tables.run) group by in_table"
    )
    return {row["in_table"]: row["n"] for row in tasks}


def deliver(inbound: Inbound) -> None:
    inbound.partner(_FILL)


def golden_store(inbound: Inbound) -> Any:
    """Everything but ids and times."""
    return {
        "clients": [(row["_in_id"], row["name"], row["amount"]) for row in inbound.golden().values()],
        "claims": [(row["_in_id"], row["title"]) for row in inbound.golden("Claim").values()],
        "links": {field: inbound.links(field) for field in ("Watcher", "Team", "Party")},
        "waiting": inbound.waiting(),
        "owners": sorted(owner for owner, _ in inbound.links("Client")),
        "faults": sorted(inbound.faults()),
        "journal": sorted(change for change in inbound.journal() if "linked" not in change[1]),
    }


def test_many_chunks_do_what_one_does(inbound: Inbound) -> None:
    deliver(inbound)
    inbound.merge()
    whole = golden_store(inbound)
    for one in inbound.site.databases:
        inbound.site.look(f"drop schema if exists {STORE}, out_demo_1_1 cascade", at=one)
    # A store that lacks what the import has run would be one of an older backup.
    inbound.site.look("truncate in_tables.run cascade", at=inbound.site.database)
    inbound.site.set(chunkRows=1000)
    deliver(inbound)
    inbound.merge()
    assert {table for table, number in chunks(inbound).items() if number > 1} >= {"in_Client", "in_Claim"}
    assert golden_store(inbound) == whole


def test_chunks_grow_with_the_store(inbound: Inbound, monkeypatch: pytest.MonkeyPatch) -> None:
    inbound.site.set(chunkRows=1000)
    deliver(inbound)
    inbound.merge()
    assert chunks(inbound)["in_Client"] == 3
    # By its name: the package has a function that is called like the module.
    module = sys.modules[claim_table.__module__]
    monkeypatch.setattr(module, "INSTANCES_OF_USUAL_CHUNKS", ROWS // 4)
    inbound.partner(_FILL + "; delete from in_Client where name like '%7'")
    inbound.merge()
    assert chunks(inbound)["in_Client"] == 1


@pytest.mark.parametrize("chunk_rows", [1000, 100_000])
def test_an_unchanged_batch_writes_nothing(inbound: Inbound, chunk_rows: int) -> None:
    inbound.site.set(chunkRows=chunk_rows)
    deliver(inbound)
    inbound.merge()
    before = inbound.site.fingerprint()
    deliver(inbound)
    inbound.merge()
    after = inbound.site.fingerprint()
    assert after.pop(f"{STORE}.err") != before.pop(f"{STORE}.err")  # the faults of both runs
    assert after == before
