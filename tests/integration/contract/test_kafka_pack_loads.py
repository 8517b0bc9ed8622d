"""What the contract pack shows of Kafka, a worker reads: its examples and its guide; and outputs suit its schemas."""

import json
import re

import pytest

from etl.kafka import Partition, Producer, TransactionalProducer, read_to_end
from etl.settings.kafka_keys import IN_KAFKA, KAFKA, OUT_KAFKA
from tests.acceptance.service import Service
from tests.contracts import DOCUMENTS
from tests.documentation import blocks
from tests.fix_company import STORE, MakeSite, Site, until
from tests.fix_kafka import MakeTopic
from tests.integration.kafka.clients import connect
from tests.unit.contract.test_kafka_part import judges

pytestmark = pytest.mark.slow


def test_a_worker_reads_the_pack(make_site: MakeSite, make_topic: MakeTopic, kafka_url: str) -> None:
    site, connection = make_site(DOCUMENTS), connect(kafka_url)
    by_examples, by_guide, written = (make_topic() for _ in range(3))
    make_topic(f"{written}.progress", cleanup_policy="compact")
    site.write(KAFKA, f"servers={kafka_url}\n")
    site.write(IN_KAFKA, f"hasInMigrationKafka=true\ntopics={by_examples},{by_guide}\ngroupId={by_examples}\n")
    site.write(OUT_KAFKA, f"hasOutMigrationKafka=true\ntopic={written}\n")
    assert site.etl("kafka", "out").code == 0  # from here on changes are written
    assert site.etl("contract", "-o", "pack", "--without-excel").code == 0
    pack = {str(path.relative_to(site.home / "pack")): path for path in (site.home / "pack").rglob("*.*")}
    lines = [line.split("\t") for line in pack["kafka/examples.tsv"].read_text().splitlines()]
    guide = [json.loads(block.text) for block in blocks(pack["guide.en.md"]) if block.language == "json"]
    shown = [one for one in guide if not str(one["recordId"]).startswith("demo/out-")]
    assert [json.loads(block.text) for block in blocks(pack["guide.ru.md"]) if block.language == "json"] == guide
    with Producer(connection) as producer:
        for key, value in lines:
            producer.send(by_examples, key.encode(), value.encode())
    worker = Service(site.start("kafka", "in"))
    try:
        wait_for(site, by_examples, len(lines))
        with Producer(connection) as producer:
            for record in shown:
                producer.send(by_guide, record["externalId"].encode(), json.dumps(record).encode())
        wait_for(site, by_guide, len(shown))
    finally:
        worker.process.terminate()
        worker.wait_for_exit()
    assert site.look(f"select code, path, message from {STORE}.err") == []
    assert (
        site.look(f"select bo, field, target_bo, owner_in_id, target_value, target_field from {STORE}.boi_reference")
        == []
    )
    merged = f"select sum((receipt->'records'->>'merged')::int) from {STORE}.unit where source = 'kafka'"
    assert site.value(merged) == len(lines) + len(shown) > 25
    assert site.etl("kafka", "out").code == 0
    judged = judges({path: file.read_text() for path, file in pack.items()}, "kafka/outputs/out/")
    with TransactionalProducer(connection, "etl-demo-out") as next_one:
        next_one.init()
    found = [json.loads(one.value) for one in read_to_end(connection, Partition(written, 0)) if one.value]
    assert {one["boCode"] for one in found} == set(judged) == {"Kind", "Everything", "Person"}
    for record in found:
        assert list(judged[record["boCode"]].iter_errors(record)) == [], record
    text = pack["guide.en.md"].read_text()
    assert re.findall(r"^\| `(.*?)` \| `(.*?\.errors)` \|$", text, re.MULTILINE) == [
        (topic, f"{topic}.errors") for topic in (by_examples, by_guide)
    ]


def wait_for(site: Site, topic: str, offset: int) -> None:
    found = f"select next_offset from {STORE}.kafka_position where topic = %s and next_offset = %s"
    until(lambda: site.look(found, [topic, offset]), f"{offset} records of {topic} are read")
