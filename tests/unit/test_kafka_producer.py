"""What a producer and a consumer make of errors that the client's library reports, loses or repeats; no broker is
asked."""

import logging
from collections.abc import Callable
from typing import Any

import pytest
from confluent_kafka import KafkaError, KafkaException
from confluent_kafka import Message as ClientMessage

from etl.errors import EnvironmentFault, EtlError, FencedOut, Stopped, TransientFault
from etl.kafka import (
    Admin,
    Consumer,
    Message,
    Producer,
    Received,
    RecordTooLarge,
    TransactionalProducer,
    Trouble,
    producer,
)
from etl.kafka.client_log import LineLimit
from etl.kafka.faults import _refused
from etl.kafka.messages import TroubleKind
from etl.settings import KafkaConnection
from tests.unit.test_kafka_client import connection

AWAY = KafkaError(KafkaError._TRANSPORT, "no broker", retriable=True)
FENCED = KafkaError(KafkaError._FENCED, "a newer one", fatal=True)
STATE = KafkaError(KafkaError._STATE, "it is in another state")


def raising(*errors: BaseException) -> tuple[Callable[[float], Any], list[float]]:
    """A call of the library that raises these one after the other and then returns 7; and the seconds of each call."""
    left, calls = list(errors), list[float]()

    def call(seconds: float) -> int:
        calls.append(seconds)
        if left:
            raise left.pop(0)
        return 7

    return call, calls


def test_a_call_that_loses_an_error_is_repeated_twice() -> None:
    lost = SystemError("returned a result with an exception set")
    made = Producer(connection())
    call, calls = raising(lost, lost)
    assert made._called(call, 0.5) == 7
    assert calls == [0.5, 0.5, 0.5]
    call, calls = raising(lost, lost, lost, lost)
    with pytest.raises(SystemError):
        made._called(call, 0)
    assert len(calls) == 3


def test_a_lost_error_that_a_delivery_has_said_is_raised_at_once() -> None:
    made = Producer(connection())
    made._reported(KafkaError(KafkaError.TOPIC_AUTHORIZATION_FAILED), ClientMessage(topic="t"))
    call, calls = raising(SystemError("lost"))
    with pytest.raises(EnvironmentFault, match=r"^a record was not taken by t: .*ACL"):
        made._called(call, 0)
    assert len(calls) == 1


def test_a_signal_passes_through_a_call() -> None:
    made = TransactionalProducer(connection(), "id")
    call, calls = raising(Stopped(15))
    with pytest.raises(Stopped):
        made._called(call, 0)
    call, more = raising(Stopped(15))
    with pytest.raises(Stopped):
        made._insist("a transaction cannot be committed", call)
    assert len(calls) == len(more) == 1


@pytest.mark.parametrize(("error", "kind"), [(FENCED, FencedOut), (AWAY, TransientFault)])
def test_an_error_of_a_call_is_translated(error: KafkaError, kind: type[EtlError]) -> None:
    made = Producer(connection())
    call, calls = raising(KafkaException(error))
    with pytest.raises(kind, match=r"^records cannot be sent: "):
        made._called(call, 0)
    assert len(calls) == 1
    later = made._refused(KafkaError(KafkaError._FATAL), "t")
    assert isinstance(later, FencedOut) == error.fatal(), "a fatal one is the reason of all that follow"


def test_a_transactional_producer_that_has_ended_without_a_reason() -> None:
    """No transaction was begun, so that the library has none to say either."""
    made = TransactionalProducer(connection(), "id")
    found = made._refused(KafkaError(KafkaError._FATAL), "t")
    assert isinstance(found, EnvironmentFault)
    assert str(found).startswith("a record cannot be sent to t: ")


def test_what_a_delivery_said_is_the_reason_of_a_transaction_that_failed() -> None:
    made = TransactionalProducer(connection(), "id")
    for said, kind in ((KafkaError._MSG_TIMED_OUT, TransientFault), (KafkaError.MSG_SIZE_TOO_LARGE, RecordTooLarge)):
        made._reported(KafkaError(said), ClientMessage(topic="t"))
        call, _ = raising(KafkaException(STATE))
        with pytest.raises(kind, match=r"^a record was not taken by t: "):
            made._insist("a transaction cannot be committed", call)
    call, _ = raising(KafkaException(STATE))
    with pytest.raises(EnvironmentFault, match=r"^a transaction cannot be committed: it is in another state"):
        made._insist("a transaction cannot be committed", call)


def test_a_transaction_that_takes_long_says_so_once(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(producer, "_SILENT_SECONDS", -1.0)
    made = TransactionalProducer(connection(), "id")
    call, calls = raising(*[KafkaException(AWAY)] * 3)
    with caplog.at_level(logging.WARNING, "etl.kafka.producer"):
        made._insist("a transaction cannot be committed", call)
    assert len(calls) == 4
    [said] = [one.message for one in caplog.records if one.name == "etl.kafka.producer"]
    # What the client has said meanwhile says more than the answer.
    assert said.startswith("a transaction cannot be committed yet: ")
    assert said.endswith(("no broker", "(servers 127.0.0.1:9)"))


def test_an_error_that_ends_the_consumer_is_raised_and_others_are_values() -> None:
    consumer = Consumer(connection(), "g")
    unknown = ClientMessage(topic="t", partition=0, error=KafkaError(KafkaError._UNKNOWN_TOPIC))
    [trouble] = consumer._received([unknown]).troubles
    assert (trouble.topic, trouble.partition) == ("t", -1)
    with pytest.raises(FencedOut, match=r"^the consumer has ended: "):
        consumer._received([ClientMessage(topic="t", partition=0, error=FENCED)])


def test_what_was_read_beside_an_error_comes_with_the_next_call() -> None:
    consumer = Consumer(connection(), "g")
    kept: Received[Message] = Received([], [Trouble(TroubleKind.OTHER, "t", 0, "what came")])
    consumer._kept = kept
    assert consumer.consume(1, 0) == kept
    assert consumer.consume(1, 0) == Received([], [])


def test_questions_about_no_partition_have_empty_answers() -> None:
    with Admin(connection(), seconds=0.1) as admin:
        assert (admin.bounds([]), admin.newest_timestamps([])) == ({}, {})


def test_another_mechanism_that_the_library_lacks_is_named_as_it_is() -> None:
    given: KafkaConnection = connection(sasl__mechanisms="SCRAM-SHA-512")
    found = str(_refused("No provider for SASL mechanism SCRAM-SHA-512: recompile librdkafka", given))
    assert "No provider for SASL mechanism SCRAM-SHA-512" in found
    assert "Kerberos" not in found


def test_kinds_of_lines_that_are_over_make_room_for_others() -> None:
    now = 0.0
    limit = LineLimit(lambda: now)
    for number in range(1_000):
        limit.left_out((str(number),))
    now = 61.0
    assert [limit.left_out(("fresh",)), limit.left_out(("fresh",))] == [0, None]
    assert limit.left_out(("another",)) == 0
