"""Many links that wait: a batch looks at those of its own owners and targets, not at all of them."""

import pytest

from tests.fix_company import STORE
from tests.integration.kafka_records.topic import Topic, link, record

WAITING, MORE = 3_000, 60


def read(topic: Topic) -> int:
    """Rows of waiting links that were read so far."""
    topic.runtime.store_engine.dispose()
    topic.site.wait_for_statistics(topic.site.store_database)
    counted = (
        "select seq_tup_read + coalesce(idx_tup_fetch, 0) from pg_stat_user_tables where relname = 'boi_reference'"
    )
    return int(topic.site.value(counted, at=topic.site.store_database))


def test_a_batch_does_not_read_all_links_that_wait(topic: Topic) -> None:
    topic.send(*(record("Claim", f"k{n}", links=[link("Client", f"c{n}@c.kz", "Email")]) for n in range(WAITING)))
    # As autovacuum does: the statistics say that hardly any owner is named by its external id.
    topic.site.look(f"analyze {STORE}.boi_reference; analyze {STORE}.journal")
    before = read(topic)
    topic.send(*(record("Claim", f"m{n}", links=[link("Client", f"d{n}@c.kz", "Email")]) for n in range(MORE)))
    assert read(topic) - before < 5 * WAITING
    assert len(topic.waiting()) == WAITING + MORE


@pytest.mark.parametrize(("table", "field"), [("in_Claim_Watcher", "Watcher"), ("in_Claim_Party_Client", "Party")])
def test_a_link_that_waited_for_an_owner_comes_with_it_once_more(topic: Topic, table: str, field: str) -> None:
    """The owner is new, but what waited for it is written before the links of its own record."""
    partner = topic.site.partner
    partner.redeliver("in_Client", {"in_id": "c1", "name": "Anna"})
    partner.redeliver(table, {"Claim_id": "k1", f"{field}_id": "c1"})
    partner.hand_over()
    topic.site.run()
    assert len(topic.waiting()) == 1
    outcome = topic.send(record("Claim", "k1", links=[link(field, "c1", toBoCode="Client")]))
    assert (outcome.merged, outcome.rejected) == (1, 0)
    assert topic.links("Claim", field) == {("k1", "c1")}
    assert topic.waiting() == []
