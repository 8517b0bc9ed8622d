"""Topics of progress that are none of ours, and outputs whose lead is over."""

from dataclasses import replace

import pytest

from etl.database import transaction
from etl.engine.kafka_out.outputs import outputs_of, prepare_outputs
from etl.errors import EnvironmentFault, FencedOut, MarkerHeld
from etl.kafka import Producer
from etl.outputs.kafka.progress import ProgressKey, newest_progress
from etl.outputs.kafka.registry import Unfinished
from tests.fix_company import CLAIMS, MakeSite
from tests.fix_kafka import MakeTopic
from tests.integration.kafka.clients import connect
from tests.integration.kafka_out.output import Output
from tests.integration.kafka_records.topic import record

KEY = ProgressKey.of_output("demo", "out", "1 2 3")


def test_a_topic_that_cannot_have_our_progress(kafka_url: str, make_topic: MakeTopic) -> None:
    connection = connect(kafka_url)
    with pytest.raises(EnvironmentFault, match="the progress topic nowhere is not there: create it with one partition"):
        newest_progress(connection, "nowhere", KEY)
    wide = make_topic(partitions=2)
    with pytest.raises(EnvironmentFault, match=f"{wide} has 2 partitions: it needs exactly one"):
        newest_progress(connection, wide, KEY)
    topic = make_topic()
    assert newest_progress(connection, topic, KEY) is None
    with Producer(connection) as producer:
        for value in (b"no JSON", b"[1]", b"7"):
            producer.send(topic, KEY.encode(), value)
            producer.flush()
            with pytest.raises(EnvironmentFault, match=f"{topic} has a record of demo/out that no etl wrote: use a"):
                newest_progress(connection, topic, KEY)
        producer.send(topic, KEY.encode(), b'{"step": 7}')
        producer.send(topic, b"demo/other", b"no JSON")
    found = newest_progress(connection, topic, KEY)
    assert found is not None
    assert found.content == {"step": 7}


def test_who_leads_an_output_no_longer_writes_nothing(make_site: MakeSite) -> None:
    site = make_site(CLAIMS)
    with site.runtime() as runtime:
        prepare_outputs(runtime)
        outputs = outputs_of(runtime)
        with transaction(runtime.store_engine) as connection:
            with pytest.raises(EnvironmentFault, match="the output out is not registered any more: begin again"):
                outputs.take(connection, "out", "a", 60)
            outputs.register(connection, "out")
            lead = outputs.take(connection, "out", "a", 60)
            outputs.beat(connection, lead)
            with pytest.raises(MarkerHeld, match=r"written by another process \(a\)"):
                outputs.take(connection, "out", "b", 60)
            outputs.move(connection, lead, replace(lead.position, step=1), 3)
            outputs.release(connection, lead)
            other = outputs.take(connection, "out", "b", 60)
            assert (other.position.step, other.is_new) == (1, False)
            for act in (outputs.beat, lambda c, one: outputs.move(c, one, replace(one.position, step=9), 1)):
                with pytest.raises(FencedOut, match="another process writes the output out; this one writes nothing"):
                    act(connection, lead)
            [state] = outputs.states(connection, ["out"], 60)
            assert (state.step, state.records) == (1, 3)


def test_changes_that_are_not_written_in_many_steps(output: Output) -> None:
    """And an object that was left to be written when it was taken out of the output."""
    output.configure(batchRecords=1, businessObjects="client")
    output.merge(*(record("client", f"C{one}", name="a") for one in range(3)))
    assert output.write()["out"].records == 3
    output.merge(*(record("client", f"C{one}", secret="s") for one in range(3)))
    assert output.write()["out"].records == 0
    assert len(output.records()) == 3
    output.merge(record("client", "C0", name="b"), record("firm", "F", name="f"))
    with output.site.runtime() as runtime:
        outputs = outputs_of(runtime)
        with transaction(runtime.store_engine) as connection:
            lead = outputs.take(connection, "out", "a", 60)
            upto = str(output.site.value("select pg_current_snapshot()::text", at=output.site.store_database))
            unfinished = Unfinished(upto, ("firm", "client"))
            outputs.move(connection, lead, lead.position.moved(lead.position.step + 1, unfinished), 0)
            outputs.release(connection, lead)
        assert output.writer(runtime).write_all().records == 1
    assert [one["boCode"] for one in output.records()][3:] == ["client"]
