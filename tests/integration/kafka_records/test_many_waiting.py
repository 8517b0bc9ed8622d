"""Many links that wait: a batch looks at those of its own owners and targets, not at all of them."""

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
