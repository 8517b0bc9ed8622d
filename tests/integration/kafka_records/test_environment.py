"""Faults of the server rather than of records: the batch is tried again or waits, and no record is rejected."""

import pytest

from etl.errors import EtlError
from tests.fix_company import STORE
from tests.integration.kafka_records.topic import Topic, record


def fail(topic: Topic, state: str, times: int) -> None:
    """The server meets a fault when a client is written, a number of times; sequences outlive the rollback."""
    topic.site.look(
        f"""
        create sequence {STORE}.faults;
        create function {STORE}.fail() returns trigger language plpgsql as $$
        begin
            if nextval('{STORE}.faults') <= {times} then
                raise exception 'a fault of the server' using errcode = '{state}';
            end if;
            return null;
        end $$;
        create trigger fail after insert on {STORE}.bo_client for each statement execute function {STORE}.fail();
        grant usage on sequence {STORE}.faults to public;
        """
    )


@pytest.mark.parametrize("state", ["40P01", "40001", "55P03", "57P01", "08006", "53300", "23505"])
def test_a_fault_that_passes(topic: Topic, state: str) -> None:
    """Fault 7: deadlock, serialization, lock, lost session, too many sessions, a value that came just now."""
    fail(topic, state, 1)
    outcome = topic.send(record("Client", "a", record_id="r"), b"no JSON", record("Client", "b"))
    assert (outcome.merged, outcome.rejected, outcome.known) == (2, 1, 0)
    assert topic.dead() == [(1, "BAD_JSON")]
    assert topic.site.count(f"{STORE}.journal") == 2
    assert topic.site.count(f"{STORE}.unit where kind = 'batch'") == 1
    assert topic.next_offset() == 3


@pytest.mark.parametrize("state", ["53100", "53200", "58030", "25006", "28000", "42501", "XX000", "57014"])
def test_a_fault_that_an_operator_must_end(topic: Topic, state: str) -> None:
    """Fault 6: full disk, no memory, a broken one, no writes, no login, no privilege: nothing is written."""
    topic.take()
    fail(topic, state, 1000)
    before = topic.site.fingerprint()
    messages = topic.messages(record("Client", "a", record_id="r"), b"no JSON")
    with pytest.raises(EtlError, match="a fault of the server"):
        topic.merge(messages)
    after = topic.site.fingerprint()
    changed = {table for table in {*before, *after} if before.get(table) != after.get(table)}
    assert {table.split(".")[-1] for table in changed} <= {"unit_number"}
    topic.site.look(f"drop trigger fail on {STORE}.bo_client")
    assert topic.merge(messages).merged == 1
    assert topic.dead() == [(1, "BAD_JSON")]
