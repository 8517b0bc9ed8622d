"""The examples of docs/kafka-records.md, as they stand there."""

import json

from tests.documentation import CHECKOUT, blocks
from tests.fix_company import STORE
from tests.integration.kafka_records.topic import Topic, record

PAGE = CHECKOUT / "docs/kafka-records.md"


def test_every_example_is_merged(topic: Topic) -> None:
    topic.send(record("Client", "ann", Email="Ann@Example.com"))
    examples = [json.loads(block.text) for block in blocks(PAGE) if block.language == "json"]
    for number, example in enumerate(examples):
        assert topic.send(example).merged == 1, (number, topic.faults())
    assert topic.values("Client", "name, amount, _state") == {
        "ann": (None, None, "ACTUAL"),
        "C-17": ("Ann", 12.5, "ACTUAL"),
        "C-18": ("Bob", None, "ACTUAL"),
    }
    assert topic.links("Claim", "Watcher") == {("K-1", "ann")}
    assert topic.waiting() == [("Claim", "Party", "Firm", "", "F-9")]


def test_the_query_finds_what_was_rejected(topic: Topic) -> None:
    topic.send(record("Client", "c", Nmae="x"))
    [query] = [block.text for block in blocks(PAGE) if block.language == "sql"]
    assert "store_demo" in query
    [found] = topic.site.look(query.replace("store_demo", STORE))
    assert (found["record_offset"], found["path"], found["code"]) == (0, "$.fields[0].code", "UNKNOWN_FIELD")
