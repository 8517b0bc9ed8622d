"""What operators may not do with topics that are read: each refusal says what is there, and nothing is moved."""

from datetime import UTC, datetime

import pytest

from etl.database import transaction
from etl.engine import prepare
from etl.engine.kafka_in.operating import SeekTarget, move, read_letters, resend, resend_letters
from etl.engine.kafka_in.reading import _schedules
from etl.engine.kafka_in.taking import take_partitions
from etl.engine.record_batches import record_store_of
from etl.errors import ConfigurationError, EnvironmentFault
from etl.kafka import Admin
from etl.sources.kafka.message import Partition
from etl.sources.kafka.outbox import DeadLetter
from etl.sources.kafka.rules import rules_of
from tests.fix_company import STORE
from tests.integration.kafka_in.conftest import Reading, client
from tests.integration.kafka_records.topic import Topic, link, record

BEGINNING = SeekTarget(is_beginning=True)
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def letter(topic: str, value: bytes | None, *, number: int = 1, value_bytes: int | None = None) -> DeadLetter:
    return DeadLetter(
        *(number, 1, topic, 0, 0, b"key", value, value_bytes, NOW),
        *("BAD_JSON", "", "$", NOW, None, None, 1, None, None),
    )


def test_partitions_that_cannot_be_moved(reading: Reading) -> None:
    topic = reading.topic
    reading.send(client("a"), client("b"))
    reading.configure(topics=f"{topic},{topic}.later")
    with reading.site.runtime() as runtime:
        for asked, numbers, target, why in (
            ("other", [], BEGINNING, f"other is not read: topics in .* has {topic}, {topic}.later"),
            (f"{topic}.later", [], BEGINNING, f"the topic {topic}.later is not there"),
            (topic, [0, 3], BEGINNING, f"{topic}/3: the topic has the partitions 0 to 0"),
            (topic, [0], SeekTarget(offset=3), f"{topic}/0 has the offsets 0 to 2: it cannot be read from 3 on"),
        ):
            with pytest.raises(ConfigurationError, match=why):
                move(runtime, asked, numbers, target)
        for target, offset in ((SeekTarget(is_end=True), 2), (SeekTarget(offset=1), 1), (BEGINNING, 0)):
            [moved] = move(runtime, topic, [], target)
            assert moved.next_offset == offset
    assert reading.position()["next_offset"] == 0


def test_letters_that_cannot_be_sent_back(reading: Reading) -> None:
    with reading.site.runtime() as runtime:
        assert read_letters(runtime) == []
        assert resend_letters(runtime, topic=reading.topic) == 0
        cut = letter(reading.topic, None, value_bytes=9_000_000)
        assert cut.is_cut
        assert resend(runtime, [cut]) == 0
        away = [letter(f"{reading.topic}.{name}", b"x") for name in "ba"]
        with pytest.raises(ConfigurationError, match=r"the topic .*\.a, .*\.b is not there: make it, or choose"):
            resend(runtime, [letter(reading.topic, b"x"), *away])
        # What no broker takes is not noted: the store has no table of letters yet.
        with pytest.raises(EnvironmentFault, match=r"message\.max\.bytes"):
            resend(runtime, [letter(reading.topic, b"x" * 2_000_000)])
    with Admin(reading.connection) as admin:
        assert admin.bounds([reading.partition]) == {reading.partition: (0, 0)}, "none was sent"


def test_a_partition_that_was_stopped_and_is_right_again(reading: Reading) -> None:
    """As when what was lost has been there all the time: the topic of another cluster was looked at."""
    reading.send(client("a"))
    one = Partition(reading.topic, 0)
    with reading.site.runtime() as runtime, Admin(reading.connection) as admin:
        prepare(runtime)
        source = runtime.settings.kafka.in_migration
        into = record_store_of(runtime, rules_of(source))
        found = take_partitions(into, admin, [one], "a", source)
        with transaction(into.engine) as connection:
            into.positions.note_stopped(connection, found.held[one], "records are gone")
        again = take_partitions(into, admin, [one, Partition("nowhere", 0)], "b", source)
    assert (set(again.held), again.stopped, again.missing) == ({one}, {}, {Partition("nowhere", 0)})
    assert not reading.position()["stopped"]


def test_what_is_due_from_time_to_time(reading: Reading, caplog: pytest.LogCaptureFixture) -> None:
    """A link that has waited for too long is given up by a batch of its own."""
    changed, site = list[int](), reading.site
    with site.runtime() as runtime:
        prepare(runtime)
        into = record_store_of(runtime, rules_of(runtime.settings.kafka.in_migration))
        [(_, apply), (_, clean), (_, clean_references)] = _schedules(runtime, into, lambda: changed.append(1)).values()
        with caplog.at_level("INFO", "in_kafka_migration"):
            apply()
            assert changed == []
            topic = Topic(site, runtime)
            topic.send(record("Claim", "k", links=[link("Watchers", "w")]))
            site.look(f"update {STORE}.boi_reference set waiting_since = now() - interval '1 year'")
            apply()
            clean()
            clean_references()
    said = [one.getMessage() for one in caplog.records if one.name == "in_kafka_migration"]
    assert changed == [1]
    assert [text.partition(":")[0] for text in said][:1] == ["waiting links were tried again"]
    assert "0 recordIds and 0 dead letters were deleted" in said
    assert site.count(f"{STORE}.unit") == 2
