"""`etl partner play --test-topic` with every scenario beside a real worker: sent is merged, rejected or ignored."""

import json
import random
from decimal import Decimal
from typing import Any

import pytest

from etl.metadata import Company
from etl.simulator.kafka import RECORD_SCENARIOS, RecordData
from etl.sources.kafka.rules import RecordRules
from tests.contracts import DOCUMENTS, company
from tests.fix_company import STORE, Ended, MakeSite
from tests.fix_kafka import MakeTopic
from tests.integration.kafka.clients import connect
from tests.integration.kafka_in.conftest import KAFKA, WORKERS, Reading
from tests.json_answers import read_answer

COUNT, SEED = 12, 7


@pytest.fixture
def reading(make_site: MakeSite, make_topic: MakeTopic, kafka_url: str) -> Reading:
    site = make_site(DOCUMENTS)
    site.write(KAFKA, f"servers={kafka_url}\noption.heartbeat.interval.ms=500\n")
    site.write(WORKERS, "comeKafkaInMigration=2\n")
    found = Reading(site, connect(kafka_url), make_topic(partitions=3))
    found.configure()
    return found


def play(reading: Reading, *arguments: str, topic: str = "", seed: int = SEED) -> Ended:
    words = ("partner", "play", "--test-topic", topic or reading.topic, "--rows", str(COUNT), "--seed", str(seed))
    return reading.site.etl(*words, *arguments)


def model_of(of: Company, seed: int, batches: int) -> RecordData:
    """What the store should have: the same records, made once more."""
    data, scenarios = RecordData(of, RecordRules(), seed), list(RECORD_SCENARIOS.values())
    for batch in range(batches):
        for _ in scenarios[batch % len(scenarios)](data, random.Random(f"{seed}/{batch}"), COUNT):
            pass
    return data


def test_every_scenario_adds_up(reading: Reading) -> None:
    """All of them, and one more that changes what they have made."""
    check_play(reading, SEED, len(RECORD_SCENARIOS) + 1)


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(8, 14))
def test_every_scenario_adds_up_several_times(reading: Reading, seed: int) -> None:
    check_play(reading, seed, len(RECORD_SCENARIOS) * 3)


def check_play(reading: Reading, seed: int, batches: int) -> None:
    names = ",".join(RECORD_SCENARIOS)
    with reading.worker():
        ended = play(reading, "--scenario", names, "--batches", str(batches), "--json", seed=seed)
    assert ended.code == 0, ended
    found: dict[str, Any] = read_answer(ended.out)
    sent = found["sent"]
    assert (found["agrees"], sent["kills"]) == (True, batches // len(RECORD_SCENARIOS))
    assert sent["messages"] == sent["merged"] + sent["rejected"] + sent["ignored"]
    assert min(sent[name] for name in ("merged", "rejected", "ignored", "abandoned")) > 0
    rejected = f"select code, count(*) as n from {STORE}.err where severity = 'error' group by 1"
    assert {row["code"]: row["n"] for row in reading.site.look(rejected)} == sent["codes"]
    assert reading.site.count(f"{STORE}.boi_reference") == 0
    data = model_of(company(), seed, batches)
    assert data.states() == found["expected"]["states"]
    rows = reading.site.look(f"select _in_id, _state, text, number, flag, mail, scan from {STORE}.bo_Everything")
    store = {row["_in_id"]: (row["_state"], row["text"], row["number"], row["flag"], row["mail"]) for row in rows}
    assert store == {
        external_id: (
            one.state,
            one.values.get("Text"),
            None if (number := one.values.get("Number")) is None else Decimal(number),
            {"true": True, "false": False}.get(one.values.get("Flag") or ""),
            one.values.get("Mail"),
        )
        for external_id, one in data.instances["Everything"].items()
    }
    assert any(row["scan"] for row in rows)
    pairs = (
        "select o._in_id as owner, t._in_id as target from {0}.link_everything_parent l "
        "join {0}.bo_Everything o on o._id = l._owner join {0}.bo_Everything t on t._id = l._target"
    )
    parents = {(row["owner"], row["target"]) for row in reading.site.look(pairs.format(STORE))}
    assert parents == {
        (owner, target) for owner, one in data.instances["Everything"].items() for target in one.links.get("Parent", ())
    }


@pytest.mark.nightly
def test_what_it_only_sends_and_what_is_not_new(reading: Reading) -> None:
    """Without waiting nothing is compared; sent once more, all is known, and the counts do not agree."""
    first = play(reading, "--wait", "0", "--json")
    assert (first.code, json.loads(first.out)["agrees"]) == (0, None), first
    with reading.worker():
        reading.wait_for_all_of(json.loads(first.out)["sent"]["messages"])
        again = play(reading)
    assert again.code == 3
    assert "0 were merged, 0 rejected" in again.out
    assert "they do not agree" in again.out
    assert again.err.endswith("etl: what was sent and what the store has do not agree\n")


@pytest.mark.parametrize(
    ("words", "topic", "code", "said"),
    [
        (["--test-database", "etl"], "", 2, "--test-topic is for records alone"),
        (["--scenario", "bad-types"], "", 2, "'bad-types' is none of good, duplicate, late"),
        ([], "unread", 2, "the topic unread is none of those that are read"),
        (["--wait", "0"], "missing", 4, "the topic missing is not there"),
        (["--wait", "0", "--servers", "127.0.0.1:1"], "", 4, "127.0.0.1:1"),
        (["--wait", "0.5"], "", 4, "start `etl kafka in` beside the partner"),
    ],
    ids=["two places", "scenario", "unread", "missing", "no broker", "no reader"],
)
def test_what_it_refuses(reading: Reading, words: list[str], topic: str, code: int, said: str) -> None:
    ended = play(reading, *words, topic=topic)
    assert (ended.code, said in ended.err, "Traceback" in ended.err) == (code, True, False), ended


def test_it_wants_to_know_where(reading: Reading) -> None:
    ended = reading.site.etl("partner", "play")
    assert (ended.code, "--test-database NAME, or --test-topic NAME" in ended.err) == (2, True)
