"""A company whose data come by topics alone: no command asks for in_ tables."""

import json
from typing import Any

import pytest

from tests.fix_company import ONE_AND_NIGHTLY_APART, STORE
from tests.fix_kafka import MakeTopic
from tests.integration.kafka_in.conftest import MakeReading, client

pytestmark = [pytest.mark.slow, pytest.mark.first_run, ONE_AND_NIGHTLY_APART]


def test_commands_need_no_in_tables(make_reading: MakeReading, make_topic: MakeTopic) -> None:
    reading = make_reading()
    site = reading.site
    site.look("drop schema in_tables cascade")
    site.edit("configs/InMigrationPostgresConfig.txt", "hasInMigration=true", "hasInMigration=false")
    topic = make_topic()
    make_topic(name=f"{topic}.progress", **{"cleanup.policy": "compact"})
    site.write("configs/OutMigrationKafkaConfig.txt", f"hasOutMigrationKafka=true\ntopic={topic}\n")
    link = {"fieldCode": "Client", "toFieldCode": "externalId", "apiValue": "late"}
    reading.send(client("a"), {"boCode": "Claim", "externalId": "k", "boFields": [link]}, b"\xff")
    with reading.worker():
        reading.wait_for({"a"})
        reading.wait_for_position(3)

    def asked(*words: str) -> Any:
        done = site.etl(*words, "--json")
        assert done.code == 0, done.err
        return json.loads(done.out)

    waiting = asked("waiting", "--explain")
    assert [one["links"] for one in waiting["waiting"]] == [1]
    assert [(one["object"], one["in_id"]) for one in waiting["missing"]] == [("Client", "late")]
    assert [one["code"] for one in asked("errors", "list", "--all")["errors"]] == ["BAD_JSON"]
    assert asked("errors", "list")["errors"] == []
    assert "out_demo_1_1" in site.etl("out", "list").out
    assert site.etl("out", "build").code == 0
    assert site.etl("clean").code == 0
    checked = site.etl("check")
    assert (checked.code, "in_ tables: none" in checked.out) == (0, True), checked.out
    assert asked("kafka", "recover")["records"] == {"Client": 1, "Claim": 1}
    [batch] = asked("runs", "list")["runs"]
    undone = site.etl("undo", str(batch["number"]))
    assert undone.code == 0, undone.err
    assert site.count(f"{STORE}.bo_Client where _state = 'REMOVED'") == 1
    assert site.etl("undo", "17").code == 2
