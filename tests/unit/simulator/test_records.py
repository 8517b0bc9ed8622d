"""The records of the simulated partner: the same for the same seed, good or faulty as they say."""

import json
import random
from collections import Counter
from collections.abc import Iterator

import pytest

from etl.contract.kafka import RecordSamples
from etl.contract.kafka.record_schema import record_schemas
from etl.metadata import parse_company
from etl.simulator.kafka import RECORD_SCENARIOS, Abandoned, MessageBatch, PlayedMessage, RecordData
from etl.simulator.kafka.scenarios import _faulty
from etl.sources.kafka.message import Message
from etl.sources.kafka.reading import read_batch
from etl.sources.kafka.rules import RecordRules
from etl.sources.kafka.shapes import CompanyShape
from tests.contracts import company
from tests.integration.kafka_records.conftest import DOCUMENTS as RECORD_DOCUMENTS
from tests.unit.contract.test_kafka_part import Judges, judges

COUNT = 10
LOADED = "needLoadFromInTables: true"
COMPANY = company()
SHAPE = CompanyShape(COMPANY, RecordRules())


def batches(seed: int, *scenarios: str) -> Iterator[MessageBatch | Abandoned]:
    data = RecordData(COMPANY, RecordRules(), seed)
    for number, name in enumerate(scenarios):
        yield from RECORD_SCENARIOS[name](data, random.Random(f"{seed}/{number}"), COUNT)


def seen(seed: int, *scenarios: str) -> list[PlayedMessage]:
    """What readers see."""
    return [one for step in batches(seed, *scenarios) if isinstance(step, MessageBatch) for one in step.messages]


@pytest.fixture(scope="module")
def judged() -> Judges:
    schemas = record_schemas(RecordSamples(COMPANY, RecordRules()), [])
    return judges({f"kafka/records/{code}.schema.json": json.dumps(one) for code, one in schemas.items()})


@pytest.mark.parametrize("scenario", RECORD_SCENARIOS)
def test_records_are_good_or_faulty_as_they_say(judged: Judges, scenario: str) -> None:
    """As the reading sees them, and good ones as the contract's schemas do."""
    sent = seen(3, "good", scenario)
    messages = [Message("t", 0, number, one.key.encode(), one.value, 0) for number, one in enumerate(sent)]
    found = read_batch(messages, SHAPE)
    codes = {message.offset: faults[0].code for message, faults in found.refused}
    assert codes == {number: one.code for number, one in enumerate(sent) if one.code}
    assert found.tombstones == sum(one.value is None for one in sent)
    for one in sent[::3]:  # all would take seconds
        if not one.code and one.value:
            record = json.loads(one.value)
            assert one.key == f"{record['boCode']}:{record['externalId']}"
            faults = list(judged[record["boCode"]].iter_errors(record))
            assert faults == [], (record, faults[0].message)


def test_the_same_seed_gives_the_same_bytes() -> None:
    assert list(batches(5, *RECORD_SCENARIOS)) == list(batches(5, *RECORD_SCENARIOS))
    assert list(batches(5, "good")) != list(batches(6, "good"))


def test_what_no_reader_sees_comes_again() -> None:
    for name in ("aborted", "crash"):
        steps = list(batches(1, name))
        thrown = [one for step in steps if isinstance(step, Abandoned) for one in step.messages]
        assert thrown
        assert Counter(seen(1, name)) >= Counter(set(thrown))
    assert [step.is_killed for step in batches(1, "crash") if isinstance(step, Abandoned)] == [True]


def test_recordids_are_unique_but_where_they_are_to_be_known() -> None:
    sent = [one for one in seen(2, *RECORD_SCENARIOS) if one.value and not one.code]
    fresh = [json.loads(one.value or b"").get("recordId") for one in sent if not one.is_ignored]
    known = [json.loads(one.value or b"")["recordId"] for one in sent if one.is_ignored]
    named = [one for one in fresh if one is not None]
    assert len(set(named)) == len(named) < len(fresh)
    assert set(known) <= set(named)


def test_the_model_follows_the_records() -> None:
    """Single fields keep the newest link, removed instances keep theirs, and the last value counts."""
    data = RecordData(COMPANY, RecordRules(), 1)
    bo = data.company.object("Everything")
    first, second, third = data.new_ids(bo, 3)
    [parent] = [link for link, _ in data.links(bo) if link.code == "Parent"]
    for one in (second, third):
        data.merged(data.linked(data.full(bo, first), parent, bo, one))
    found = data.instances["Everything"][first]
    values = dict(found.values)
    assert found.links == {"Parent": {third}}
    data.merged(data.removal(bo, first))
    assert (found.state, found.values) == ("REMOVED", values)
    assert data.link_counts()["Everything.Parent"] == 1
    assert data.states()["Everything"] == {"REMOVED": 1}
    assert first not in data.present(bo)


def test_a_set_of_links_is_what_the_last_record_says() -> None:
    """And a field whose targets no partner loads gets no link."""
    texts = RECORD_DOCUMENTS | {"Note": f"code: Note\nfields:\n  - {{code: Of, type: BO, bo: Secret, {LOADED}}}\n"}
    company = parse_company("demo", {f"{code}.yaml": text for code, text in texts.items()})
    data = RecordData(company, RecordRules(), 1)
    assert list(data.links(company.object("Note"))) == []
    claim, client = company.object("Claim"), company.object("Client")
    [first] = data.new_ids(claim, 1)
    people = data.new_ids(client, 3)
    [team] = [link for link, _ in data.links(claim) if link.code == "Team"]
    for chosen in (people[:2], people[1:]):
        record = data.full(claim, first)
        for one in chosen:
            record = data.linked(record, team, client, one)
        data.merged(record)
    assert data.instances["Claim"][first].links == {"Team": set(people[1:])}


def test_rules_decide_what_is_faulty() -> None:
    """A tombstone removes, and unknown fields are skipped: neither is sent as a fault then."""
    for rules, codes in (
        (RecordRules(), True),
        (RecordRules(skips_unknown_fields=True, removes_by_tombstone=True), False),
    ):
        data = RecordData(COMPANY, rules, 7)
        sent = [one for bo in data.objects for one in _faulty(data, bo)]
        assert ("UNKNOWN_FIELD" in {one.code for one in sent}) is codes
        assert any(one.value is None for one in sent) is codes
