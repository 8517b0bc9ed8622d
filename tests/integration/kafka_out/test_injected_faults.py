"""Negative controls: faults that a careless change might bring into outputs, and what finds them."""

from collections.abc import Callable
from contextlib import suppress

import pytest

from etl.kafka import TransactionalProducer
from etl.outputs.kafka.progress import OutputProgress
from etl.outputs.kafka.registry import Lead, OutputPosition
from etl.outputs.kafka.transactions import RecordTransactions
from etl.outputs.kafka.writing import OutputWriter
from tests.fix_company import STORE
from tests.integration.kafka_out.output import Output
from tests.integration.kafka_records.topic import record

Fault = Callable[[pytest.MonkeyPatch], None]


class _Killed(BaseException):
    """As kill -9: nothing of what follows is done."""


def killed_at_a_commit(output: Output) -> None:
    """Fault 38, whichever commit it is: of Kafka, or of the position in the store."""
    number = 0
    for owner, name in ((TransactionalProducer, "commit"), (OutputWriter, "_move")):
        for at in (1, 2):
            output.merge(record("client", f"c{number}", name="a"))
            number += 1
            _write_until(output, owner, name, at)
            output.site.look(f"update {STORE}.kafka_output set heartbeat_at = now() - interval '1 hour'")
            output.write()
    found = sorted(one["externalId"] for one in output.records())
    assert found == [f"c{one}" for one in range(number)]


def _write_until(output: Output, owner: type, name: str, at: int) -> None:
    """Writes, and is killed before the call of this number, if it comes to that."""
    whole, calls = getattr(owner, name), 0

    def counted(*arguments: object) -> object:
        nonlocal calls
        calls += 1
        if calls == at:
            raise _Killed
        return whole(*arguments)

    with pytest.MonkeyPatch.context() as patch, output.site.runtime() as runtime:
        patch.setattr(owner, name, counted)
        with suppress(_Killed):
            output.writer(runtime).write_all()


def progress_outside_the_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    """The records are committed, and then how far the output is."""

    def commit(self: RecordTransactions, progress: OutputProgress) -> None:
        if self.is_open:
            self._producer.commit()
        self._producer.begin()
        self._producer.send(self._progress_topic, self._key.encode(), progress.encode(), partition=0)
        self._producer.commit()
        self.is_open = False
        self._largest = self.records = 0

    monkeypatch.setattr(RecordTransactions, "commit", commit)


def position_before_the_records(monkeypatch: pytest.MonkeyPatch) -> None:
    """The position in the store moves before Kafka has committed."""
    whole = OutputWriter._commit

    def commit(self: OutputWriter, lead: Lead, sender: RecordTransactions, position: OutputPosition) -> None:
        self._move(lead, position, 0)
        whole(self, lead, sender, position)

    monkeypatch.setattr(OutputWriter, "_commit", commit)


def progress_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """The position of the store alone says where the output continues."""
    monkeypatch.setattr("etl.outputs.kafka.writing.later", lambda lead, progress, now: lead.position)


def test_without_a_fault_the_scenario_passes(output: Output) -> None:
    killed_at_a_commit(output)


@pytest.mark.negative_control
@pytest.mark.parametrize(
    "fault",
    [progress_outside_the_transaction, position_before_the_records, progress_is_not_read],
    ids=lambda one: one.__name__,
)
def test_an_injected_fault_is_found(fault: Fault, output: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    fault(monkeypatch)
    with pytest.raises(AssertionError) as found:
        killed_at_a_commit(output)
    print(str(found.value)[-300:])
