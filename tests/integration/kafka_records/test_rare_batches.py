"""Batches that nothing is left of, links of one record that are all refused, and units without in_ tables."""

import pytest

from etl.engine import read_unit
from etl.engine.preparation import prepare_without_import
from etl.sources.kafka.upkeep import apply_references
from tests.fix_company import STORE, MakeSite
from tests.integration.kafka_records.conftest import DOCUMENTS
from tests.integration.kafka_records.topic import Topic, link, record

UNKNOWN = "0123456789abcdef"


def test_no_record_of_a_record_id_is_right(topic: Topic) -> None:
    """Each is rejected for itself, and the id may come again."""
    outcome = topic.send(
        record("Client", "a", record_id="r", id=UNKNOWN),
        record("Client", "b", record_id="r", id=UNKNOWN),
        record("Client", "c", record_id="s"),
    )
    assert (outcome.merged, outcome.rejected, outcome.known) == (1, 2, 0)
    assert topic.dead() == [(0, "OUT_ID_UNKNOWN"), (1, "OUT_ID_UNKNOWN")]
    again = topic.send(record("Client", "d", record_id="r"), record("Client", "d", record_id="s"))
    assert (again.merged, again.known + again.reused) == (1, 1)


def test_several_links_of_a_record_are_refused(topic: Topic) -> None:
    """It is rejected once, for the first of them."""
    links = [link("Watcher", UNKNOWN, "id"), link("Watcher", UNKNOWN[::-1], "id"), link("Party", "x", "id")]
    outcome = topic.send(record("Claim", "k", links=links), record("Claim", "l"))
    assert (outcome.merged, outcome.rejected) == (1, 1)
    [(offset, code, path)] = topic.faults()
    assert (offset, code) == (0, "LINK_END_INVALID")
    assert path is not None
    assert path.startswith("$.boFields[")
    assert topic.site.count(f"{STORE}.link_claim_watcher") == 0


def test_nothing_waits_for_links(topic: Topic) -> None:
    assert topic.site.count(f"{STORE}.unit") == 0
    assert apply_references(topic.into).unit is None
    topic.send(record("Client", "a"))
    before = topic.site.count(f"{STORE}.unit")
    assert apply_references(topic.into).unit is None
    assert topic.site.count(f"{STORE}.unit") == before


@pytest.mark.first_run
def test_a_unit_of_a_company_without_in_tables(make_site: MakeSite) -> None:
    site = make_site(DOCUMENTS)
    with site.runtime() as runtime:
        prepare_without_import(runtime)
        outcome = Topic(site, runtime).send(record("Client", "a"), b"no JSON")
        assert outcome.unit is not None
        found = read_unit(runtime, outcome.unit)
    assert (found.unit.number, found.tasks) == (outcome.unit, ())
    assert [(one["code"], one["rows"]) for one in found.errors] == [("BAD_JSON", 1)]
