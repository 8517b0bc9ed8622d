"""Link rows whose ends are there are taken without a stage, and nothing but the time shows it."""

from typing import Any

import pytest

from etl.merge.links import merge as links
from etl.runs import Chunk, Counters
from tests.fix_company import ONLY_ONE, STORE
from tests.integration.merge.conftest import Inbound

pytestmark = ONLY_ONE  # between databases rows are marked where they came from, and need the stage

ROWS = 100
_FEED = f"""
truncate in_Claim_Watcher;
insert into in_Claim_Watcher (claim_id, watcher_id, inserted_date)
select 'k' || n % 10, 'c' || n, '2024-01-01' from generate_series(1, {ROWS}) n
"""


@pytest.fixture
def joined(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows of each chunk that had any were taken so; small chunks go this way too."""
    counts: list[int] = []
    run = links._join

    def counted(merge: Any, chunk: Chunk, counters: Counters) -> int:
        rows = run(merge, chunk, counters)
        if chunk.rows:
            counts.append(rows)
        return rows

    monkeypatch.setattr(links, "JOIN_FROM_ROWS", 1)
    monkeypatch.setattr(links, "_join", counted)
    return counts


@pytest.fixture
def fed(inbound: Inbound, joined: list[int]) -> Inbound:
    """A feed of links was merged, and stands in the in_ table again."""
    inbound.partner("insert into in_Claim (in_id) select 'k' || n from generate_series(0, 9) n")
    inbound.partner(f"insert into in_Client (in_id) select 'c' || n from generate_series(1, {ROWS}) n")
    inbound.partner(_FEED)
    assert receipt_counts(inbound) == {"created": ROWS}
    inbound.partner(_FEED)
    joined.clear()
    return inbound


def receipt_counts(inbound: Inbound, table: str = "in_Claim_Watcher") -> dict[str, int]:
    [receipt] = [one for one in inbound.merge().receipts if one.in_table == table]
    return {word: rows for word in ("created", "unchanged", "waiting") if (rows := getattr(receipt, word))}


def written(inbound: Inbound) -> object:
    return inbound.site.look(f"select * from {STORE}.link_Claim_Watcher order by _owner, _target"), inbound.journal()


def test_a_feed_of_links_that_are_there_writes_nothing(fed: Inbound, joined: list[int]) -> None:
    before = written(fed)
    assert receipt_counts(fed) == {"unchanged": ROWS}
    assert joined == [ROWS]
    assert written(fed) == before
    assert fed.partner("select distinct in_status from in_Claim_Watcher") == [{"in_status": "DONE"}]


@pytest.mark.parametrize(
    ("change", "outcome"),
    [("claim_id = 'k5'", "created"), ("claim_id = 'later'", "waiting"), ("watcher_id = 'later'", "waiting")],
)
def test_only_a_row_that_waits_is_left_to_the_stage(fed: Inbound, joined: list[int], change: str, outcome: str) -> None:
    fed.partner(f"update in_Claim_Watcher set {change} where watcher_id = 'c2'")
    assert receipt_counts(fed) == {"unchanged": ROWS - 1, outcome: 1}
    assert joined == [ROWS - (outcome == "waiting")]
    assert len(fed.links("Watcher")) == ROWS + (outcome == "created")
    assert len(fed.waiting()) == (outcome == "waiting")


def test_a_row_that_names_its_end_by_another_id_is_left_to_the_stage(fed: Inbound, joined: list[int]) -> None:
    known = fed.golden()["c2"]["_id"]
    fed.partner("insert into in_Client (in_id, out_id) values ('also', %s)", [known])
    fed.partner("update in_Claim_Watcher set watcher_id = 'also' where watcher_id = 'c2'")
    assert receipt_counts(fed) == {"unchanged": ROWS}
    assert joined == [ROWS - 1]


def test_links_of_a_composite_and_to_the_same_object_are_taken_so(fed: Inbound, joined: list[int]) -> None:
    fed.partner("insert into in_Firm (in_id) values ('c1')")
    fed.partner("insert into in_Claim_Party_Client (claim_id, party_id) values ('k1', 'c1')")
    fed.partner("insert into in_Claim_Claim (claim_id, claim_id_2) values ('k1', 'k1')")
    fed.merge()
    fed.partner("truncate in_Claim_Party_Client, in_Claim_Claim")
    fed.partner("insert into in_Claim_Party_Client (claim_id, party_id) values ('k1', 'c1')")
    fed.partner("insert into in_Claim_Party_Firm (claim_id, party_id) values ('k1', 'c1')")
    fed.partner("insert into in_Claim_Claim (claim_id, claim_id_2) values ('k1', 'k1')")
    joined.clear()
    assert receipt_counts(fed, "in_Claim_Party_Firm") == {"created": 1}
    assert sorted(joined) == [1, 1, 1]


def test_a_single_link_and_a_full_set_are_always_staged(fed: Inbound, joined: list[int]) -> None:
    fed.partner("insert into in_Claim_Client (claim_id, client_id) values ('k1', 'c1')")
    fed.partner("insert into in_Claim_Team (claim_id, team_id) values ('k1', 'c1')")
    fed.merge()
    fed.partner("update in_Claim_Client set in_status = ''; update in_Claim_Team set in_status = ''")
    fed.partner("insert into in_Claim_Team (claim_id, team_id) values ('k1', 'c2')")
    joined.clear()
    fed.merge()
    assert set(joined) == {0}
    assert fed.links("Team") == [("k1", "c1"), ("k1", "c2")]


def test_each_chunk_takes_its_own(fed: Inbound, joined: list[int]) -> None:
    fed.site.set(chunkRows="1000")
    fed.partner("insert into in_Client (in_id) select 'd' || n from generate_series(1, 4900) n")
    feed = "insert into in_Claim_Watcher (claim_id, watcher_id) select 'k1', 'd' || n from generate_series(1, 4900) n"
    fed.partner(feed)
    fed.merge()
    fed.partner("update in_Claim_Watcher set in_status = ''")
    fed.partner("update in_Claim_Watcher set claim_id = 'k2' where watcher_id = 'd7'")
    joined.clear()
    assert receipt_counts(fed) == {"created": 1, "unchanged": ROWS + 4899}
    assert len(joined) > 1
    assert sum(joined) == ROWS + 4900
    assert len(fed.links("Watcher")) == ROWS + 4901
