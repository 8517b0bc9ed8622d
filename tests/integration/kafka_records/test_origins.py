"""The journal names the record that gave a link, also of one that has waited, whatever source brings the end."""

from etl.engine import undo
from etl.sources.kafka.upkeep import apply_references
from tests.fix_company import STORE
from tests.integration.kafka_records.topic import TOPIC, Topic, link, record


def linked(topic: Topic) -> list[str | None]:
    """The origins of the links that were made, in their order."""
    rows = topic.site.look(f"select origin from {STORE}.journal where change = 'linked' order by n")
    return [row["origin"] for row in rows]


def test_a_link_that_waited_names_its_record(topic: Topic) -> None:
    """The newest that gave it; by a unique value as by the external id."""
    topic.send(
        record("Claim", "k", links=[link("Watcher", "w")]),
        record("Claim", "k", links=[link("Watcher", "w")]),
        record("Claim", "k", links=[link("Client", "c@x.kz", "Email")]),
    )
    topic.send(record("Claim", "k", links=[link("Client", "c@x.kz", "Email")]))
    assert len(topic.waiting()) == 2
    topic.send(record("Client", "w"))
    topic.send(record("Client", "c", Email="c@x.kz"))
    assert linked(topic) == [f"{TOPIC}/0/1", f"{TOPIC}/0/3"]


def test_the_owner_of_a_composite_with_an_unknown_member(topic: Topic) -> None:
    topic.send(record("Claim", "k", links=[link("Parties", "p")]))
    topic.send(record("Client", "p"))
    assert linked(topic) == [f"{TOPIC}/0/0"]


def test_a_run_of_in_tables_brings_the_end(topic: Topic) -> None:
    """And a record the end of what a row of in_ tables waits for: the ids of the row."""
    topic.send(record("Claim", "k", links=[link("Watcher", "row")]))
    topic.site.partner.fill("in_Client", {"in_id": "row"})
    topic.site.partner.fill("in_Claim_Watcher", {"Claim_id": "k", "Watcher_id": "late"})
    topic.site.partner.hand_over()
    topic.site.run()
    apply_references(topic.into)
    topic.send(record("Client", "late"))
    assert linked(topic) == [f"{TOPIC}/0/0", '["k", "late"]']


def test_what_waits_again_after_an_undo(topic: Topic) -> None:
    topic.send(record("Claim", "k", links=[link("Watcher", "c")]))
    brought = topic.send(record("Client", "c"))
    assert brought.unit
    undo(topic.runtime, brought.unit)
    assert len(topic.waiting()) == 1
    topic.send(record("Client", "c", state="ACTUAL"))
    assert linked(topic) == [f"{TOPIC}/0/0"] * 2


def test_a_link_that_expires_is_an_error_of_its_record(topic: Topic) -> None:
    topic.send(record("Client", "c"), record("Claim", "k", links=[link("Watcher", "never")]))
    topic.site.look(f"update {STORE}.boi_reference set waiting_since = now() - interval '30 days'")
    apply_references(topic.into)
    [error] = topic.site.look(f"select code, topic, partition, record_offset from {STORE}.err")
    assert error == {"code": "REFERENCE_EXPIRED", "topic": TOPIC, "partition": 0, "record_offset": 1}
