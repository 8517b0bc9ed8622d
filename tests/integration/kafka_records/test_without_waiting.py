"""A batch does not wait for the open one of another worker, which has merged other instances of the same objects."""

from dataclasses import replace

import pytest

from etl.errors import LockTimeout
from etl.merge import statistics
from etl.merge.links import merge as links_merge
from etl.merge.rows import single_fields
from etl.sources.kafka.batch import merge_batch
from etl.sources.kafka.reading import read_batch
from tests.fix_company import STORE
from tests.integration.kafka_records.topic import Topic, link, record


def client_and_claim(number: int) -> list[dict[str, object]]:
    return [
        record("Client", f"c{number}", record_id=f"c{number}", Email=f"c{number}@c.kz"),
        record(
            "Claim",
            f"k{number}",
            record_id=f"k{number}",
            links=[link("Watcher", f"c{number}@c.kz", "Email")],
        ),
    ]


def test_a_batch_does_not_wait_for_an_open_one(topic: Topic, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (single_fields, links_merge):  # each batch makes statistics, as one of many records does
        monkeypatch.setattr(module, "needs_analyze", lambda *_: True)
    other = replace(topic, number=1, held=[], offset=0)
    topic.send(*client_and_claim(0))
    outcomes = []

    def merge_another(_: object) -> None:
        into = other.into
        batch = read_batch(other.messages(*client_and_claim(2)), into.company)
        try:
            outcomes.append(merge_batch(into, batch, other.take()))
        except LockTimeout as fault:  # which the open batch would be tried again for
            pytest.fail(str(fault))
        assert topic.links("Claim", "Watcher") == {("k0", "c0"), ("k2", "c2")}

    outcomes.append(topic.send(*client_and_claim(1), judge=merge_another))
    assert [(one.merged, one.rejected) for one in outcomes] == [(2, 0), (2, 0)]
    assert topic.links("Claim", "Watcher") == {(f"k{n}", f"c{n}") for n in range(3)}


def test_statistics_are_made_again_when_a_table_has_doubled(topic: Topic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statistics, "_MANY_ROWS", 1)
    estimated = f"select cast(reltuples as int) from pg_class where oid = cast('{STORE}.bo_client' as regclass)"
    database = topic.site.store_database
    found = []
    for begin, count in ((0, 10), (10, 10), (20, 400)):
        topic.send(*(record("Client", f"c{n}", Email=f"c{n}@c.kz") for n in range(begin, begin + count)))
        found.append(int(topic.site.value(estimated, at=database)))
    assert found == [10, 10, 420]
