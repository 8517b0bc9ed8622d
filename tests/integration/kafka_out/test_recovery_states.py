"""A recovery whose output, objects or topics have changed since it began, or that is tried again."""

from dataclasses import replace
from typing import Any

import pytest

from etl.engine.kafka_out.recovery import begin_recovery, continue_recovery
from etl.errors import ConfigurationError, EnvironmentFault, TransientFault
from etl.outputs.kafka.recovery import RecoveryWriter
from tests.integration.kafka_out.output import Output
from tests.integration.kafka_records.topic import record


def test_what_cannot_be_recovered(output: Output) -> None:
    output.merge(record("doc", "D1", number="1"))
    with output.site.runtime() as runtime:
        with pytest.raises(ConfigurationError, match="no object is left to be recovered: --exclude-bo-codes wins"):
            begin_recovery(runtime, codes=["doc"], excluded=["doc", "client"])
        with pytest.raises(ConfigurationError, match=r"there is no business object dco; did you mean doc\?"):
            begin_recovery(runtime, codes=["dco"])
        with pytest.raises(ConfigurationError, match="there is no output crm"):
            begin_recovery(runtime, "crm")
        run = output.site.run().run
        output.site.look("update in_tables.task set state = 'todo' where run = %s", [run])
        with pytest.raises(EnvironmentFault, match=f"^the run {run} has unfinished tasks: recover when it has ended$"):
            begin_recovery(runtime)
    output.configure(other={"out": {}, "crm": {"topic": output.topic}})
    which = pytest.raises(ConfigurationError, match=r"^say which output: --output (out or crm|crm or out)$")
    with output.site.runtime() as runtime, which:
        begin_recovery(runtime)
    assert output.site.value("select count(*) from in_tables.task where kind like 'RECOVER%'") == 0


def test_an_object_that_is_none_any_more(output: Output) -> None:
    output.merge(record("doc", "D1", number="1"))
    with output.site.runtime() as runtime:
        begin_recovery(runtime, codes=["doc", "firm"])
        left = tuple(one for one in runtime.company.objects if one.code != "firm")
        without = replace(runtime, company=replace(runtime.company, objects=left))
        with pytest.raises(ConfigurationError, match=r"^firm is no business object any more: give the recovery up"):
            continue_recovery(without)
        assert continue_recovery(runtime).records == {"firm": 0}
    assert [one["boCode"] for one in output.records()] == ["doc"]


def test_a_recovery_is_tried_again_where_it_was(output: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kafka has the progress of an object whose end the task table has not heard of."""
    output.merge(record("doc", "D1", number="1"), record("firm", "F1", name="x"), record("firm", "F2", name="x"))
    whole, left = RecoveryWriter.write, [1]

    def once(self: RecoveryWriter, shape: Any, *rest: Any) -> int:
        if shape.code == "firm" and left:
            left.pop()
            raise TransientFault("a broker has gone")
        return whole(self, shape, *rest)

    monkeypatch.setattr(RecoveryWriter, "write", once)
    with output.site.runtime() as runtime:
        number = begin_recovery(runtime)
        assert continue_recovery(runtime).records == {"doc": 1, "firm": 2, "client": 0}
        assert left == []
        output.site.look("update in_tables.task set state = 'todo' where run = %s and seq = 1", [number])
        assert continue_recovery(runtime).records == {"doc": 1}
    assert len(output.records()) == 3


def test_tombstones_follow_and_records_that_are_too_large_stop_it_or_are_set_aside(output: Output) -> None:
    small = output.make_topic("", max_message_bytes=3_000)
    output.merge(
        record("doc", "D1", number="1"), record("firm", "F1", name="x" * 4_000), record("firm", "F2", name="y")
    )
    output.merge(record("doc", "D1", state="REMOVED"))
    output.configure(outTombstone="true", whenTooLarge="stop")
    with output.site.runtime() as runtime:
        begin_recovery(runtime, topic=small)
        what = "the record of firm .* is too large: it has about 4[0-9]{3} bytes, and .* takes 3000"
        with pytest.raises(EnvironmentFault, match=f"{what}; or let the output out continue with whenTooLarge=error"):
            continue_recovery(runtime)
    output.configure(outTombstone="true", whenTooLarge="error")
    with output.site.runtime() as runtime:
        recovered = continue_recovery(runtime)
    assert (recovered.unsent, recovered.records["firm"]) == (1, 1)
    found = output.records(small)
    assert [(one.get("boCode"), one.get("state")) for one in found] == [
        ("doc", "REMOVED"),
        (None, None),
        ("firm", "ACTUAL"),
    ]
