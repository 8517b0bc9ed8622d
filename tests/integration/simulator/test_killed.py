"""A partner's program of records that ends before it is killed."""

import os
import random

import pytest

from etl.errors import EnvironmentFault
from etl.kafka import Partition, read_to_end
from etl.simulator.kafka import RecordData
from etl.simulator.kafka.crash import kill_in_transaction
from etl.simulator.kafka.play import RecordPartner
from etl.sources.kafka.rules import RecordRules
from tests.contracts import company
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


def test_a_partner_of_a_topic(kafka_url: str, make_topic: MakeTopic) -> None:
    """It sends as fast as it is asked to, and a program of it that is killed leaves nothing that readers see."""
    connection, topic = connect(kafka_url), make_topic()
    data = RecordData(company(), RecordRules(), 1)
    with pytest.raises(EnvironmentFault, match="the topic nowhere is not there: make it first"):
        RecordPartner(connection, "nowhere", data)
    with RecordPartner(connection, topic, data, rate=2_000) as partner:
        for number, scenario in enumerate(("good", "crash", "aborted")):
            partner.play(scenario, 2, random.Random(number))
        assert (partner.sent.kills, partner.sent.rejected) == (1, 0)
        assert partner.sent.abandoned > 0
    seen = list(read_to_end(connection, Partition(topic, 0)))
    assert len(seen) == partner.sent.messages == partner.sent.merged
