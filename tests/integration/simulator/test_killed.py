"""A partner's program of records that ends before it is killed."""

import os

import pytest

from etl.errors import EnvironmentFault
from etl.simulator.kafka.crash import kill_in_transaction
from tests.fix_kafka import MakeTopic
from tests.integration.kafka.clients import a_name, connect


def test_a_program_whose_record_is_refused_says_why(
    kafka_url: str, make_topic: MakeTopic, capfd: pytest.CaptureFixture[str]
) -> None:
    topic = make_topic("", max_message_bytes=2_000)
    records = [(b"a", b"small"), (b"b", os.urandom(3_000))]
    with pytest.raises(EnvironmentFault, match="ended before it was killed: its message stands above"):
        kill_in_transaction(connect(kafka_url), a_name("p"), topic, records)
    assert f"etl: a record was not taken by {topic}" in capfd.readouterr().err
