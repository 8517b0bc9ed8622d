"""Two companies that write into one topic, and keep their progress in one."""

import pytest

from etl.database import transaction
from etl.engine import Runtime, open_runtime
from etl.engine.kafka_out.outputs import outputs_of, prepare_outputs, write_outputs
from etl.kafka import TransactionalProducer
from etl.outputs.kafka.progress import OutputProgress, ProgressKey, newest_progress
from tests.integration.kafka_out.conftest import DOCUMENTS
from tests.integration.kafka_out.output import Output
from tests.integration.kafka_records.topic import Topic, record


def progress(output: Output, key: ProgressKey) -> OutputProgress | None:
    return newest_progress(output.connection, f"{output.topic}.progress", key)


def step(output: Output, company: str) -> int:
    found = progress(output, ProgressKey.of_output(company, "out", ""))
    assert found is not None
    return found.position.step


def write_as_earlier_programs(output: Output, step: int, journal_id: str) -> None:
    """A record of progress whose key does not name the company."""
    content = {"step": step, "token": 1, "snapshot": "700:700:", "place": journal_id, "unfinished": None}
    with TransactionalProducer(output.connection, "etl-other-out") as producer:
        producer.init()
        producer.begin()
        producer.send(f"{output.topic}.progress", b"out", OutputProgress(content).encode(), partition=0)
        producer.commit()


def test_each_company_has_its_own_progress(output: Output) -> None:
    """The other one, which is ahead by steps, is not taken for us."""
    site = output.site
    for code, text in DOCUMENTS.items():
        site.write(f"companies/other/business-objects/{code}.yaml", text)

    def send(runtime: Runtime, *names: str) -> None:
        topic = Topic(site, runtime, output.rules, name="others")
        topic.merge(topic.messages(*(record("firm", name, name=name) for name in names)))

    output.configure(batchRecords=1)
    with open_runtime(site.url, "other", site.environ) as runtime:
        prepare_outputs(runtime)
        with transaction(runtime.store_engine) as connection:
            outputs_of(runtime).register(connection, "out")
        send(runtime, "a", "b", "c")
        write_outputs(runtime)
        output.merge(record("firm", "ours", name="x"))
        output.write()
        assert step(output, "other") > step(output, "demo") > 0
        output.merge(record("firm", "ours too", name="y"))
        output.write()
        assert [one["externalId"] for one in output.records()] == ["a", "b", "c", "ours", "ours too"]


def test_one_id_in_two_companies_is_two_records(output: Output) -> None:
    """As after a copy of a store: a reader of their topic must not take one for a repetition of the other."""
    site, copied = output.site, record("firm", "a", name="a", id="abcdefghijklmnop")
    for code, text in DOCUMENTS.items():
        site.write(f"companies/other/business-objects/{code}.yaml", text)
    with open_runtime(site.url, "other", site.environ) as runtime:
        prepare_outputs(runtime)
        with transaction(runtime.store_engine) as connection:
            outputs_of(runtime).register(connection, "out")
        topic = Topic(site, runtime, output.rules, name="others")
        topic.merge(topic.messages(copied))
        output.merge(copied)
        write_outputs(runtime)
        output.write()
    found = [(one["id"], one["recordId"]) for one in output.records()]
    assert found == [
        ("abcdefghijklmnop", "other/out-1-abcdefghijklmnop"),
        ("abcdefghijklmnop", "demo/out-1-abcdefghijklmnop"),
    ]


@pytest.mark.nightly
def test_progress_of_earlier_programs_counts_only_of_our_journal(output: Output) -> None:
    output.merge(record("firm", "a", name="x"))
    output.write()
    journal_id = output.site.value("select place from store_demo.kafka_output")
    write_as_earlier_programs(output, 1_000, "another store")
    earlier = ProgressKey("unknown/out", "out", journal_id)
    assert progress(output, earlier) is None
    output.merge(record("firm", "b", name="y"))
    output.write()
    assert [one["externalId"] for one in output.records()] == ["a", "b"]
    write_as_earlier_programs(output, 7, journal_id)
    found = progress(output, earlier)
    assert found is not None
    assert found.position.step == 7
