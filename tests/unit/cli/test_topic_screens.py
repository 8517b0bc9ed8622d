"""What commands print of records that were sent, merged and rejected: the demo by Kafka, and the simulated partner."""

import io
import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from rich.console import Console

from etl.cli.screen import kafka as kafka_screen
from etl.cli.screen.demo import WIDTH
from etl.cli.trial import partner_records
from etl.cli.trial.demo_kafka import KafkaScreen
from etl.demo import Stage
from etl.demo.kafka import DemoTopics, RecordLoad, Rejected
from etl.monitoring.kafka_status import PartitionStatus, ReadingStatus
from etl.outputs.kafka.registry import OutputState
from etl.settings import KafkaConnection
from etl.simulator.kafka import RECORD_SCENARIOS, MessageBatch, RecordData
from etl.simulator.kafka.play import SentCounts, TopicCounts
from etl.sources.kafka.rules import RecordRules
from tests.contracts import company

Capture = pytest.CaptureFixture[str]
ESCAPE = "\x1b[2J"
TOPICS = DemoTopics(KafkaConnection("b:1", "etl", {}, "configs/KafkaConfig.txt"), "in", "out")
LOAD = RecordLoad("First load", ((1_200, "people"),), 1.25, 1, {"merged": 1_200}, {"Person": {"created": 1_200}})


def shown(load: RecordLoad) -> list[str]:
    file = io.StringIO()
    KafkaScreen(console=Console(file=file, width=WIDTH, highlight=False)).load(1, load, TOPICS)
    return [" ".join(line.split()) for line in file.getvalue().splitlines()]


def test_a_load_of_records_in_which_all_is_well() -> None:
    assert [line for line in shown(replace(LOAD, written=1)) if line][1:] == [
        "The partner sends:",
        "1,200 people",
        "They were read in 1.2 s, in 1 batch; of the messages were",
        "1,200 merged",
        "object or link created changed unchanged removed waiting",
        "Person 1,200 · · · ·",
        "out: 1 record written.",
    ]


def test_a_load_of_records_with_rejected_ones_and_waiting_links() -> None:
    rejected = Rejected("UNKNOWN_FIELD", "$.fields[0]", None, "no such field", "4")
    waiting = {"bo": "Claim", "field": "Person", "target_bo": "Person", "links": 2}
    load = replace(
        LOAD,
        batches=2,
        tables={"Claim.Person": {"created": 3, "resolved": 1}},
        rejected=(rejected, replace(rejected, offset="9"), replace(rejected, value="x", message="odd")),
        waiting=(waiting,),
    )
    lines = shown(load)
    for said in (
        "They were read in 1.2 s, in 2 batches; of the messages were",
        "1 link that waited found both ends.",
        "2 links Claim.Person → Person: waiting until both ends are there.",
        "3 records rejected; each is in in.errors, with the reason:",
        "UNKNOWN_FIELD $.fields[0] offset 4, 9",
        "UNKNOWN_FIELD $.fields[0] x offset 4",
    ):
        assert said in lines


@pytest.mark.parametrize(
    ("stays", "said"),
    [
        (True, "Server and topics are there until Ctrl-C; in another terminal:\n  psql -h /tmp\n"),
        (False, "The server has stopped and the topics are deleted. With --stay they remain until Ctrl-C.\n"),
    ],
)
def test_how_to_look_further(stays: bool, said: str) -> None:
    file = io.StringIO()
    stage = Stage(cast("Any", None), Path("/tmp/a folder"), "psql -h /tmp", 0, {})
    KafkaScreen(console=Console(file=file, width=WIDTH, highlight=False)).explore(stage, stays=stays)
    text = file.getvalue()
    assert "--config '/tmp/a folder' kafka dead-letters list" in text
    assert text.endswith(said)


OUTPUT = OutputState("o", True, True, 4, 5, 6, 61.0, 1, 3 * 1024 * 1024, False)


def test_outputs_and_what_an_operator_must_do(capsys: Capture) -> None:
    kafka_screen.show_outputs([])
    assert capsys.readouterr().out == ""
    kafka_screen.show_outputs([OUTPUT, replace(OUTPUT, name="r", needs_recovery=True)])
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert "o 5 6 3 MiB" in lines
    assert "r 5 6 3 MiB stopped" in lines
    assert lines[-1].startswith("Output r the store was restored: ")
    assert len([line for line in lines if line.startswith("Output")]) == 1


PARTITION = PartitionStatus("t", 0, 5, 1_209, 1_204, 12.0, "worker", 3, None, None, "", True)


def test_records_that_wait(capsys: Capture) -> None:
    stopped = replace(PARTITION, partition=1, stopped="records are gone")
    other = replace(stopped, topic="u", is_chosen=False)
    kafka_screen.show_lag(ReadingStatus((PARTITION, stopped, other), "", {}, ("v",), hidden={"w": "no ACL"}))
    assert capsys.readouterr().out.splitlines() == [
        "2,408 records wait.",
        "t/1 is not read: `etl kafka status` says why.",
        "The topic v is not there: make it, or correct topics in configs/InMigrationKafkaConfig.txt.",
        "The topic w cannot be seen, and its records are not counted: no ACL",
    ]


def test_why_records_cannot_be_counted() -> None:
    gone = replace(PARTITION, lag=None)
    found = ReadingStatus((gone, replace(gone, partition=1), replace(PARTITION, topic="u")), "", {})
    assert found.lag is None
    assert found.why_uncounted == "the topic t is not there: its records cannot be counted"
    assert replace(found, hidden={"t": "no ACL"}).why_uncounted == "no ACL"
    assert replace(found, fault="no broker").why_uncounted == "no broker"


def test_rejected_records(capsys: Capture) -> None:
    error = {"topic": "t", "partition": 0, "record_offset": 7, "path": ESCAPE, "code": "C", "severity": "error"}
    kafka_screen.show_errors([error | {"message": ESCAPE}, error | {"path": None, "message": "m"}])
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert lines[-3:-1] == [r"t 0 7 `\x1b[2J` C error \x1b[2J", "t 0 7 `` C error m"]


@pytest.fixture(scope="module")
def data() -> RecordData:
    """A small load, as the partner has made it."""
    made = RecordData(company(), RecordRules(), 7)
    for step in RECORD_SCENARIOS["good"](made, random.Random(7), 3):
        assert isinstance(step, MessageBatch)
    return made


SENT = SentCounts(messages=1_200, merged=1_000, rejected=150, ignored=50)


def test_what_was_sent_without_waiting(data: RecordData, capsys: Capture) -> None:
    partner_records._show(SENT, data, None, as_json=False)
    text = " ".join(capsys.readouterr().out.split())
    assert "should be there" in text
    assert "is there" not in text
    assert text.endswith(
        "1,200 messages: 1,000 to be merged, 150 to be rejected, 50 to be ignored; 0 in transactions without a commit"
    )
    partner_records._show(replace(SENT, kills=2), data, None, as_json=True)
    found = json.loads(capsys.readouterr().out)
    assert (found["agrees"], found["found"], found["sent"]["kills"]) == (None, None, 2)
    assert found["expected"]["states"] == data.states()


def test_what_was_sent_beside_what_is_there(data: RecordData, capsys: Capture) -> None:
    there = TopicCounts(1_000, 150, data.states(), data.link_counts())
    assert partner_records._agrees(SENT, data, there)
    partner_records._show(replace(SENT, kills=1), data, there, as_json=False)
    text = capsys.readouterr().out
    assert "should be there" in text.replace("\n", " ")
    assert "and the program was killed 1 times" in text
    assert text.endswith("1,000 were merged, 150 rejected\nsent and received agree\n")
    less = replace(there, states={}, links={})
    assert not partner_records._agrees(SENT, data, less)
    partner_records._show(SENT, data, less, as_json=False)
    assert capsys.readouterr().out.endswith("they do not agree\n")
