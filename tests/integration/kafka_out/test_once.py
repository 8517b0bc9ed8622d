"""Each change is written once: processes that are killed, leaders that are replaced, outputs that are kept back."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from etl.engine import clean
from etl.engine.kafka_out.outputs import forget_output, output_states, write_outputs
from etl.engine.kafka_out.recovery import begin_recovery, continue_recovery
from etl.errors import ConfigurationError, EnvironmentFault, MarkerHeld
from etl.kafka import Admin
from etl.outputs.kafka.registry import Lead, OutputPosition
from etl.outputs.kafka.writing import OutputWriter
from tests.fix_company import CODE, STORE, inherited, until
from tests.integration.kafka_out.output import Output, values
from tests.integration.kafka_records.topic import record

CHECKOUT = Path(__file__).parents[3]
# Kills itself before the position moves in the store for the n-th time, or before Kafka commits for the n-th time.
KILLED = """
import os, signal, sys
from etl.engine import open_runtime
from etl.engine.kafka_out.outputs import write_outputs
from etl.outputs.kafka.transactions import RecordTransactions
from etl.outputs.kafka.writing import OutputWriter

where, number = sys.argv[2], int(sys.argv[3])
owner, name = {"store": (OutputWriter, "_move"), "kafka": (RecordTransactions, "commit")}[where]
whole, calls = getattr(owner, name), [0]

def counted(*arguments):
    calls[0] += 1
    if calls[0] == number:
        os.kill(os.getpid(), signal.SIGKILL)
    return whole(*arguments)

setattr(owner, name, counted)
with open_runtime(sys.argv[1], "demo") as runtime:
    write_outputs(runtime)
"""


def killed(output: Output, where: str, number: int) -> int:
    """The exit code of a process that writes until it kills itself."""
    site = output.site
    environ = {"PATH": "/usr/bin:/bin", "HOME": str(site.home), **inherited(), **site.environ}
    arguments = [sys.executable, "-c", KILLED, site.url, where, str(number)]
    done = subprocess.run(
        arguments, env=environ, cwd=CHECKOUT, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode


@pytest.mark.slow
@pytest.mark.parametrize("where", ["store", "kafka"])
@pytest.mark.parametrize("number", [1, 2, 3, 4, 5])
def test_killed_between_the_commits(output: Output, where: str, number: int) -> None:
    """Fault 38: the record of progress is later than the position in the store."""
    output.configure(batchRecords=2)
    output.merge(
        *(record("client", f"c{one}", name=str(one)) for one in range(5)),
        *(record("firm", f"f{one}", name=str(one)) for one in range(2)),
    )
    if killed(output, where, number) == 0:
        assert number > 4, "it was not killed"
    until(lambda: output.site.etl("kafka", "out").code == 0, "the lease of the killed process ends")
    found = output.records()
    assert sorted(one["externalId"] for one in found) == ["c0", "c1", "c2", "c3", "c4", "f0", "f1"]
    assert len({one["recordId"] for one in found}) == 7
    output.merge(record("client", "c0", name="later"))
    output.write()
    assert [values(one) for one in output.records()[7:]] == [{"name": "later"}]


def make_again(output: Output, topic: str) -> None:
    with Admin(output.connection) as admin:
        admin.delete_topic(topic)
        until(lambda: admin.topic(topic) is None, "it is deleted")
    output.make_topic(topic)


def test_a_topic_that_was_made_again_stops_the_output_until_a_recovery(output: Output) -> None:
    """Fault 39: a part of its objects does not suffice, as records of the others are gone too."""
    output.merge(record("client", "a", name="a"))
    output.write()
    make_again(output, output.topic)
    output.merge(record("firm", "b", name="b"))
    ended = output.site.etl("kafka", "out")
    assert ended.code == 4
    assert f"the topic {output.topic} was made again" in ended.err
    assert output.records() == []
    assert f"Output out has stopped: the topic {output.topic} was made" in output.site.etl("kafka", "status").out
    with output.site.runtime() as runtime:
        begin_recovery(runtime, codes=["firm"])
        continue_recovery(runtime)
        with pytest.raises(EnvironmentFault, match="was made again"):
            write_outputs(runtime)
        begin_recovery(runtime)
        continue_recovery(runtime)
        write_outputs(runtime)
    assert [one["externalId"] for one in output.records()] == ["b", "b", "a", "b"]
    assert "stopped" not in output.site.etl("kafka", "status").out


def test_nothing_to_do_writes_nothing(output: Output) -> None:
    output.merge(record("client", "c", name="a"))
    output.write()
    before = output.site.fingerprint()
    progress = len(output.messages(f"{output.topic}.progress"))
    with output.site.runtime() as runtime:
        writer = output.writer(runtime)
        writer.write_all()
        at = output.site.value(f"select step from {STORE}.kafka_output")
        writer.write_all()
        writer.close()
    assert output.site.value(f"select step from {STORE}.kafka_output") == at
    assert len(output.messages(f"{output.topic}.progress")) == progress
    del before


def test_changes_that_are_not_written_move_the_position_alone(output: Output) -> None:
    output.configure(businessObjects="client")
    output.merge(record("firm", "F", name="f"))
    output.write()
    assert output.records() == []
    assert output.messages(f"{output.topic}.progress") == []
    with output.site.runtime() as runtime:
        [state] = output_states(runtime)
    assert (state.changes, state.is_configured, state.needs_recovery) == (0, True, False)


class _Stalled(OutputWriter):
    """Commits to Kafka, and is replaced before it can say so in the store."""

    def _move(self, lead: Lead, position: OutputPosition, records: int) -> None:
        if records:
            other = object.__getattribute__(self, "other")
            self.engine.dispose()
            other()
        super()._move(lead, position, records)


def test_a_leader_that_was_replaced_writes_nothing_more(output: Output) -> None:
    """Fault 36. The second takes over while the first hangs between both commits; each change is written once."""
    output.merge(record("client", "c", name="a"), record("client", "d", name="a"))
    with output.site.runtime() as first, output.site.runtime() as second:
        plain = output.writer(first)
        stalled = _Stalled(**{name: value for name, value in vars(plain).items() if not name.startswith("_")})

        def take_over() -> None:
            output.site.look(f"update {STORE}.kafka_output set heartbeat_at = now() - interval '1 hour'")
            output.writer(second).write_all()

        stalled.other = take_over  # type: ignore[attr-defined]
        with pytest.raises(EnvironmentFault, match="another process writes the output out"):
            stalled.write_all()
        with pytest.raises(MarkerHeld, match="is written by another process"):
            stalled.write_all()
    assert sorted(one["externalId"] for one in output.records()) == ["c", "d"]


def test_a_producer_of_the_same_name_makes_the_leader_begin_again(output: Output) -> None:
    """Fault 36. Another process's producer fences ours: the step is written again, by another producer, once."""
    from etl.kafka import TransactionalProducer

    output.merge(record("client", "c", name="a"))
    with output.site.runtime() as runtime:
        writer = output.writer(runtime)
        writer.write_all()
        output.send(runtime, record("client", "d", name="a"))
        with TransactionalProducer(output.connection, "etl-demo-out") as other:
            other.init()
        with pytest.raises(EnvironmentFault, match="is written again"):
            writer.write_all()
        writer.write_all()
        writer.close()
    assert sorted(one["externalId"] for one in output.records()) == ["c", "d"]


def test_two_outputs(output: Output) -> None:
    second = output.make_topic()
    output.progress_of(second)
    output.configure(
        other={
            "crm": {"outImage": "changes"},
            "bi": {"topic": second, "outImage": "full", "businessObjects": "client"},
        }
    )
    with output.site.runtime() as runtime:
        write_outputs(runtime)
    output.merge(record("client", "c", iin="1", name="a"), record("firm", "F", name="f"))
    output.write()
    output.merge(record("client", "c", name="b"))
    written = output.write()
    assert {name: one.records for name, one in written.items()} == {"crm": 1, "bi": 1}
    assert [one["boCode"] for one in output.records()] == ["firm", "client", "client"]
    assert [values(one).get("iin") for one in output.records(second)] == ["1", "1"]
    with output.site.runtime() as runtime:
        states = {one.name: one for one in output_states(runtime)}
    assert set(states) == {"crm", "bi", "out"}
    assert not states["out"].is_configured
    assert "is switched off" in states["out"].warning


def test_an_output_without_its_topic_keeps_no_other_one_back(output: Output) -> None:
    """Fault 39."""
    output.progress_of("missing-" + output.topic)
    output.configure(other={"a": {"topic": "missing-" + output.topic}, "b": {}})
    with pytest.raises(EnvironmentFault, match=r"topic missing-.* is not there"):
        output.write()
    output.merge(record("client", "c", name="a"))
    with pytest.raises(EnvironmentFault):
        output.write()
    assert [one["externalId"] for one in output.records()] == ["c"]


def test_records_that_are_too_large(output: Output) -> None:
    """Fault 37."""
    small = output.make_topic("", max_message_bytes=2_000)
    output.progress_of(small)
    output.configure(topic=small)
    text = "".join(chr(97 + number * 7 % 26) for number in range(5_000))
    output.merge(record("client", "c", name=text), record("client", "d", name="a"))
    written = output.write()["out"]
    assert (written.records, written.unsent) == (1, 1)
    assert [one["externalId"] for one in output.records(small)] == ["d"]
    [row] = output.site.look(f"select output, bo, topic, bytes, message from {STORE}.kafka_unsent_record")
    assert (row["output"], row["bo"], row["topic"]) == ("out", "client", small)
    assert row["bytes"] > 5_000
    output.merge(record("client", "c", lastname="b"), record("client", "d", lastname="b"))
    output.write()
    assert len(output.records(small)) == 3
    output.configure(topic=small, whenTooLarge="stop")
    output.merge(record("client", "c", name=text[::-1]))
    with pytest.raises(EnvironmentFault, match="is too large"):
        output.write()
    assert len(output.records(small)) == 3


def test_the_journal_is_kept_until_it_is_written(output: Output) -> None:
    """Fault 41: no change is deleted that an output has not written."""
    output.merge(record("client", "c", name="a"))
    # Runs of before do not follow any more.
    output.site.look(f"delete from {STORE}.out_version")
    with output.site.runtime() as runtime:
        changes = output.site.count(f"{STORE}.journal")
        assert changes > 0
        cleaned = _clean_all(runtime)
        assert output.site.count(f"{STORE}.journal") == changes
        assert cleaned == ["the output out"]
        write_outputs(runtime)
        assert _clean_all(runtime) == []
    assert output.site.count(f"{STORE}.journal") == 0


def _clean_all(runtime: Any) -> list[str]:
    from etl.database import transaction

    with transaction(runtime.store_engine) as connection:
        runtime.store.clean_journal(connection, before=1 << 62, limit=1_000)
    with transaction(runtime.store_engine) as connection:
        return list(runtime.store.journal_readers(connection, before=1 << 62))


def test_an_output_that_is_switched_off_is_forgotten(output: Output) -> None:
    output.merge(record("client", "c", name="a"))
    with output.site.runtime() as runtime, pytest.raises(ConfigurationError, match="switched on"):
        forget_output(runtime, "out")
    output.configure(hasOutMigrationKafka="false")
    with output.site.runtime() as runtime:
        [state] = output_states(runtime)
        assert "forget-output out" in state.warning
        assert state.changes > 0
        # Records alone have no runs; their units are new.
        assert clean(runtime).journal == 0
    assert output.site.etl("kafka", "forget-output", "out").code == 0
    with output.site.runtime() as runtime:
        assert output_states(runtime) == []


def test_a_restored_store_stops_its_output(output: Output) -> None:
    """Of another server, and of the same one at an earlier moment."""
    output.merge(record("client", "c", name="a"))
    output.write()
    output.site.look(f"update {STORE}.kafka_output set place = 'another ' || place")
    with pytest.raises(EnvironmentFault, match="kafka recover --output out"):
        output.write()
    ended = output.site.etl("kafka", "recover", "--json")
    assert ended.code == 0, ended.err
    assert json.loads(ended.out)["records"]["client"] == 1
    output.merge(record("client", "c", name="b"))
    output.write()
    assert [values(one).get("name") for one in output.records()] == ["a", "a", "b"]


def test_the_commands(output: Output) -> None:
    output.merge(record("client", "c", name="a"))
    ended = output.site.etl("kafka", "out", "--company", CODE, "--json")
    assert (ended.code, json.loads(ended.out)) == (0, {"out": {"records": 1, "steps": 1, "unsent": 0}})
    assert output.site.etl("kafka", "out").out == "out: 0 records in 0 transactions.\n"
    ended = output.site.etl("kafka", "out", "--output", "other")
    assert ended.code == 2
    assert "there is no output other" in ended.err
