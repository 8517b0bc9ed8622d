"""KafkaDistributionBoOverTopic.yaml: objects over topics, the others into the output's own."""

from etl.settings.kafka_distribution import DISTRIBUTION
from tests.integration.kafka_out.output import Output
from tests.integration.kafka_records.topic import record


def test_objects_are_written_into_their_topics(output: Output) -> None:
    clients, firms = output.make_topic(), output.make_topic()
    output.site.write(DISTRIBUTION, f"# object: topic\nclient: {clients}\nfirm: '{firms}'\n")
    output.merge(record("client", "c", iin="1"), record("firm", "f", name="f"), record("doc", "d", number="1"))
    output.merge(record("client", "c", name="b"), record("firm", "f", state="REMOVED"))
    output.write()
    found = {topic: [one["boCode"] for one in output.records(topic)] for topic in ("", clients, firms)}
    assert set(found[""]) == {"doc"}
    assert set(found[clients]) == {"client"}
    assert set(found[firms]) <= {"firm"}
    # A later change goes there too; what is no longer distributed goes into the common topic.
    output.site.write(DISTRIBUTION, f"client: {clients}\n")
    before = len(output.records(clients)), len(output.records(firms))
    output.merge(record("client", "c", name="c"), record("firm", "g", name="g"))
    output.write()
    assert (len(output.records(clients)), len(output.records(firms))) == (before[0] + 1, before[1])
    assert [one["boCode"] for one in output.records()][-1] == "firm"
