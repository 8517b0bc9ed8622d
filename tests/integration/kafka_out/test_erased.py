"""A person who came by records and went out as records is erased: in the store, and in the topic of the output."""

import json

import pytest

from etl.kafka import Partition, read_to_end
from tests.fix_company import until
from tests.fix_kafka import MakeTopic
from tests.fix_restore import done
from tests.integration.kafka_out.output import Output
from tests.integration.kafka_records.topic import link, record
from tests.searched import finds

ID = "person-xyzzy-1"
VALUES = (ID, "Xenia Qwertyuiop", "Xenia Formerly", "iin-770315")
# Segments are small, and compacted at once.
_EAGER = {"segment_ms": 50, "max_compaction_lag_ms": 1, "min_cleanable_dirty_ratio": 0.001, "delete_retention_ms": 0}


@pytest.fixture
def erased(output: Output) -> Output:
    """She has been changed, linked and rejected, and one link waits for her."""
    output.configure(outImage="full", outTombstone="true")
    output.merge(record("client", ID, name="Xenia Formerly", iin="iin-770315", links=[link("firm", "f-late")]))
    output.write()
    output.merge(record("client", ID, name="Xenia Qwertyuiop"), record("client", "b", name="Bob"))
    assert output.source is not None
    outcome = output.source.send(record("client", ID, name="Xenia Qwertyuiop", amount="much", record_id=f"r {ID}"))
    assert outcome.rejected == 1
    output.write()
    return output


def test_her_records_are_gone_and_followed_by_one_without_values(erased: Output) -> None:
    site = erased.site
    held = {find.table for find in finds(site, VALUES)}
    assert "store_demo.kafka_dead_letter" in held
    [found] = json.loads(done(site.etl("erase", "client", ID, "--json")).out)
    assert held <= {holder["name"].lower() for holder in found["holders"]}
    assert any(f"topic {erased.topic} of the output out, key client:" in one for one in found["beyond"])
    done(site.etl("erase", "client", ID, "--apply", "--reason", "asked for"))
    assert finds(site, VALUES) == []
    erased.write()
    *_, last, tombstone = erased.messages()
    assert tombstone.value is None
    assert (last.key, json.loads(last.value or b"")["state"]) == (tombstone.key, "REMOVED")
    assert not any(value.encode() in (last.value or b"") for value in VALUES)


@pytest.mark.nightly
def test_a_compacted_topic_forgets_her(erased: Output, make_topic: MakeTopic) -> None:
    topic = make_topic("", cleanup_policy="compact", **_EAGER)
    erased.progress_of(topic)
    erased.topic = topic
    erased.configure(outImage="full", outTombstone="true")
    done(erased.site.etl("kafka", "recover"))
    assert any(b"Xenia Qwertyuiop" in (one.value or b"") for one in erased.messages())
    done(erased.site.etl("erase", "client", ID, "--apply", "--reason", "asked for"))

    def is_forgotten() -> bool:
        erased.merge(record("client", "b", name="Bob again"))  # which begins another segment
        erased.write()
        found = list(read_to_end(erased.connection, Partition(topic, 0)))
        return not any(value.encode() in (one.value or b"") for one in found for value in VALUES)

    until(is_forgotten, "the topic was compacted", seconds=120)
