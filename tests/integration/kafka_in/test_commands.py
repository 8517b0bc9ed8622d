"""Commands of operators: status, lag, seek, replay, errors, dead letters, schedules."""

import json

import pytest

from tests.fix_company import STORE, until
from tests.integration.kafka_in.conftest import MakeReading, Reading, client

pytestmark = pytest.mark.slow


@pytest.mark.first_run
def test_before_anything_was_read(reading: Reading) -> None:
    reading.send(client("a"))
    for words in (["status"], ["errors"], ["dead-letters", "list"]):
        done = reading.site.etl("kafka", *words)
        assert done.code == 0, done.err
    found = json.loads(reading.site.etl("kafka", "status", "--json").out)
    assert (found["lag"], found["fault"], found["partitions"][0]["next_offset"]) == (1, "", None)
    assert reading.site.etl("kafka", "lag", "--max", "0").code == 1
    assert reading.site.etl("kafka", "lag", "--max", "1").code == 0


@pytest.mark.first_run
def test_a_topic_that_is_not_there(reading: Reading) -> None:
    reading.configure(topics=f"{reading.topic},{reading.topic}.other")
    done = reading.site.etl("kafka", "lag", "--max", "5")
    assert (done.code, f"The topic {reading.topic}.other is not there" in done.out) == (1, True)
    assert f"{reading.topic}.other is not there" in reading.site.etl("kafka", "status").out
    assert f"{reading.topic}.other is not there" in reading.site.etl("status").out


@pytest.mark.nightly
def test_brokers_that_are_away(reading: Reading) -> None:
    """Fault 9: a command says so."""
    reading.site.write("configs/KafkaConfig.txt", "servers=127.0.0.1:1\n")
    done = reading.site.etl("kafka", "status")
    assert (done.code, "The brokers cannot be asked" in done.out) == (0, True)
    assert reading.site.etl("kafka", "lag").code == 4


def test_status_errors_and_dead_letters(reading: Reading) -> None:
    reading.send(client("a"), b"\xff", {"boCode": "Claim", "externalId": "k", "fields": [{"code": "Titel"}]})
    with reading.worker():
        reading.wait_for_position(3)
        found = json.loads(reading.site.etl("kafka", "status", "--json").out)
        [one] = found["partitions"]
        assert (one["next_offset"], one["end"], one["lag"], one["stopped"]) == (3, 3, 0, "")
        assert one["owner"]
    listed = json.loads(reading.site.etl("kafka", "errors", "--json").out)["errors"]
    assert [(one["record_offset"], one["code"], one["path"]) for one in listed] == [
        (2, "UNKNOWN_FIELD", "$.fields[0].code"),
        (1, "BAD_JSON", "$"),
    ]
    done = reading.site.etl("kafka", "dead-letters", "list", "--json")
    assert done.code == 0, done.err
    letters = json.loads(done.out)["dead_letters"]
    assert [one["record_offset"] for one in letters] == [2, 1]
    assert "value" not in letters[0]
    shown = json.loads(reading.site.etl("kafka", "dead-letters", "show", str(letters[1]["id"]), "--json").out)
    assert (shown["value"], shown["value_base64"]) == (None, "/w==")
    assert "Titel" in reading.site.etl("kafka", "dead-letters", "show", str(letters[0]["id"])).out
    assert reading.site.etl("kafka", "dead-letters", "show", "999").code == 2


def test_dead_letters_are_sent_back(reading: Reading) -> None:
    """Fault 44: records for a field that was not known yet."""
    reading.send(client("a", fields=[{"code": "Later", "apiValue": "1"}]), client("b"), client("b", externalId="other"))
    with reading.worker() as worker:
        reading.wait_for_position(3)
        reading.configure(onUnknownField="skip")
        worker.wait_for_log("the service continues")
        assert reading.site.etl("kafka", "dead-letters", "resend").code == 2
        done = reading.site.etl("kafka", "dead-letters", "resend", "--topic", reading.topic, "--json")
        assert done.code == 0, done.err
        assert json.loads(done.out) == {"resent": 2}
        # The second one's recordId had been used: it has another one now.
        reading.wait_for({"a", "b", "other"})
    assert json.loads(reading.site.etl("kafka", "dead-letters", "list", "--json").out)["dead_letters"] == []
    assert "sent back" in reading.site.etl("kafka", "dead-letters", "list", "--all").out
    again = reading.site.etl("kafka", "dead-letters", "resend", "--code", "UNKNOWN_FIELD")
    assert "0 records were sent back." in again.out


@pytest.mark.nightly
def test_a_record_that_is_sent_back_twice(make_reading: MakeReading) -> None:
    """Each try is counted, and its first place is kept; it leaves what was changed since."""
    reading = make_reading(resendMode="older-loses")
    later = {"code": "Later", "apiValue": "1"}
    name = {"code": "Name", "apiValue": "old"}
    reading.send(client("a"), client("a", recordId="b", fields=[name, later]), client("b"))
    found = f"select attempt, original_partition, original_offset from {STORE}.kafka_dead_letter order by id"
    with reading.worker() as worker:
        reading.wait_for_position(3)
        reading.send(client("a", recordId="c", fields=[name | {"apiValue": "new"}]))
        reading.wait_for_position(4)
        for position, letters in ((5, 2), (6, 3)):
            done = reading.site.etl("kafka", "dead-letters", "resend", "--topic", reading.topic, "--json")
            assert json.loads(done.out) == {"resent": 1}
            reading.wait_for_position(position)
            assert reading.site.count(f"{STORE}.kafka_dead_letter") == letters
        tries = [tuple(row.values()) for row in reading.site.look(found)]
        assert tries == [(1, None, None), (2, 0, 1), (3, 0, 1)]
        reading.configure(onUnknownField="skip")
        worker.wait_for_log("the service continues")
        reading.site.etl("kafka", "dead-letters", "resend", "--topic", reading.topic)
        reading.wait_for_position(7)
    assert reading.site.value(f"select name from {STORE}.bo_client where _in_id = 'a'") == "new"


def test_seek_skips_what_is_remembered_and_replay_does_not(reading: Reading) -> None:
    reading.send(client("a"), client("b"))
    with reading.worker():
        reading.wait_for_position(2)
        name = f"update {STORE}.bo_client set name = 'wrong' where _in_id = 'b'"
        reading.site.look(name)
        assert reading.site.etl("kafka", "seek", "--topic", reading.topic, "--beginning").code == 0
        reading.wait_for_position(2)
        assert reading.site.value(f"select name from {STORE}.bo_client where _in_id = 'b'") == "wrong"
        done = json.loads(
            reading.site.etl(
                "kafka", "replay", "--topic", reading.topic, "--partition", "0", "--offset", "1", "--json"
            ).out
        )
        assert done["moved"] == [
            {"topic": reading.topic, "partition": 0, "before": 2, "next_offset": 1, "forgotten": 1}
        ]
        until(
            lambda: reading.site.value(f"select name from {STORE}.bo_client where _in_id = 'b'") == "Client b",
            "b is merged once more",
        )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "--offset, --time, --beginning or --end"),
        (["--offset", "0", "--end"], "--offset, --time, --beginning or --end"),
        (["--offset", "9"], "has the offsets 0 to 1"),
        (["--partition", "7", "--end"], "the partitions 0 to 0"),
        (["--time", "yesterday"], "is no time"),
    ],
)
def test_places_that_are_none(reading: Reading, words: list[str], said: str) -> None:
    reading.send(client("a"))
    done = reading.site.etl("kafka", "seek", "--topic", reading.topic, *words)
    assert done.code == 2
    assert said in done.err


def test_seek_by_time_and_to_the_end(reading: Reading) -> None:
    reading.send(client("a"))
    at = reading.site.etl("kafka", "seek", "--topic", reading.topic, "--time", "2020-01-01T00:00:00Z")
    assert "from offset 0; it was never read" in at.out
    assert "from offset 1" in reading.site.etl("kafka", "seek", "--topic", reading.topic, "--end").out
    assert reading.site.etl("kafka", "seek", "--topic", "strange", "--end").code == 2
    with reading.worker():
        reading.send(client("b"))
        reading.wait_for({"b"})


def test_schedules_are_shown(make_reading: MakeReading) -> None:
    reading = make_reading()
    found = json.loads(reading.site.etl("config", "schedule", "--next", "2", "--json").out)["kafka"]
    assert {name: (one["pattern"], len(one["next"])) for name, one in found.items()} == {
        "applyRefBoi": ("repeat every 10 min", 2),
        "deleteRecords": ("repeat every 5 hours", 2),
        "deleteUnActualRecords": ("23:30", 2),
    }
    assert "applyRefBoi: repeat every 10 min" in reading.site.etl("config", "schedule").out
    reading.configure(hasInMigrationKafka="false")
    assert "applyRefBoi" not in reading.site.etl("config", "schedule").out
