"""A store that is restored from a backup has its positions with it."""

from dataclasses import replace
from pathlib import Path

import pytest

from etl.errors import EnvironmentFault, FencedOut
from tests.fix_company import STORE
from tests.fix_restore import Elsewhere, done, dump, place_of, restore_into
from tests.integration.kafka_records.topic import Topic, record


def test_what_came_since_the_backup_is_merged_again(topic: Topic, tmp_path: Path) -> None:
    """Fault 16: offsets go back with the data, recordIds too, so that nothing is left out or taken for known."""
    partition = topic.messages(*(record("Client", f"c{n}", record_id=f"r{n}", Name=f"n{n}") for n in range(10)))
    database, backup = topic.site.store_database, tmp_path / "backup"
    topic.merge(partition[:4])
    dump(database, backup, "-n", STORE)
    topic.merge(partition[4:])
    topic.site.look(f"drop schema {STORE} cascade", at=database)
    restore_into(place_of(database.host, database.port), database.name, backup)
    [held] = topic.take()
    assert held.next_offset == 4
    topic.merge([one for one in partition if one.offset >= held.next_offset])
    assert topic.values("Client", "name") == {f"c{n}": (f"n{n}",) for n in range(10)}
    assert topic.site.count(f"{STORE}.journal where change = 'created'") == 10
    assert topic.site.count(f"{STORE}.kafka_record") == 10


def test_a_topic_half_read_is_read_on_elsewhere(topic: Topic, elsewhere: Elsewhere) -> None:
    """By `etl backup` and `etl restore`: the offsets are those of the backup, and the worker of the original has no
    valid token."""
    partition = topic.messages(*(record("Client", f"c{n}", record_id=f"r{n}", Name=f"n{n}") for n in range(10)))
    topic.merge(partition[:4])
    done(topic.site.etl("backup", "-o", "backup"))
    topic.merge(partition[4:])
    there = elsewhere(topic.site)
    done(there.etl("restore", "backup"))
    with there.runtime() as runtime:
        other = replace(topic, site=there, runtime=runtime)
        with pytest.raises(FencedOut):
            other.merge(partition[4:5])
        other.take("another host")
        with pytest.raises(EnvironmentFault, match="is held"):
            other.merge(partition[4:5])
        done(there.etl("restore", "--activate"))
        [held] = other.take("another host")
        assert held.next_offset == 4
        other.merge([one for one in partition if one.offset >= held.next_offset])
        assert other.values("Client", "name") == topic.values("Client", "name")


def test_an_instance_in_two_partitions(topic: Topic) -> None:
    """Fault 32: no fault of the records. What is merged last counts, whatever the times of the messages."""
    other = replace(topic, number=1, held=[], offset=0)
    topic.send(record("Client", "c", Name="first", Amount="1"))
    other.send(record("Client", "c", Name="second"))
    assert topic.values("Client", "name, amount::text") == {"c": ("second", "1.0000")}
    topic.send(record("Client", "c", Name="third"))
    assert topic.values("Client", "name") == {"c": ("third",)}
    assert topic.faults() == topic.faults("warning") == []
