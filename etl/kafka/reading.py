"""Reads a whole partition once, without a group: a topic of progress, or a topic to compare with."""

import logging
import time
from collections.abc import Callable, Iterator

import confluent_kafka
from confluent_kafka import OFFSET_BEGINNING, KafkaError, TopicPartition

from etl.errors import TransientFault
from etl.kafka.client_log import ClientLog
from etl.kafka.faults import created, fault_of, translated
from etl.kafka.messages import Message, Partition, all_headers, message_of
from etl.kafka.options import consumer_options
from etl.settings import KafkaConnection

_log = logging.getLogger(__name__)

# The library wants a name; no group of it ever exists.
_GROUP = "etl/reading"  # no groupId has a slash
_PASSING = (KafkaError._TRANSPORT, KafkaError._ALL_BROKERS_DOWN, KafkaError.GROUP_AUTHORIZATION_FAILED)
_RECORDS = 10_000
# The client waits for so long if there are fewer records than it may return, also where there will be no more.
_POLL_SECONDS = 0.02
_SLICE_SECONDS = 1.0
# A question that a broker leaves without an answer is asked again after this time; the library would wait a minute.
_ANSWER_MS = 10_000
# What takes longer is said.
_SILENT_SECONDS = 5.0


def read_to_end(
    connection: KafkaConnection,
    partition: Partition,
    *,
    patience_seconds: float = 60.0,
    check: Callable[[], None] = lambda: None,
) -> Iterator[Message]:
    """All committed records of a partition from its first to the last one at the time of the call.

    Of a transaction that another producer committed a moment ago, the records may not be there yet; init() of the same
    transactional id waits for them. `check` is called while brokers are waited for, and may raise.

    Raises TransientFault if nothing comes for the whole patience: brokers are away, or another producer holds a
    transaction open. EnvironmentFault if the topic is not there or must not be read.
    """
    doing = f"{partition} cannot be read"
    options = {"socket.timeout.ms": _ANSWER_MS} | consumer_options(connection, _GROUP)
    client = created(lambda: confluent_kafka.Consumer(options, logger=ClientLog(connection)), connection)
    at = TopicPartition(*partition, OFFSET_BEGINNING)
    try:
        deadline, position = time.monotonic() + patience_seconds, 0
        while (end := _end(client, at, doing, connection)) is None:
            check()
            if time.monotonic() > deadline:
                raise TransientFault(f"{doing}: no broker has said within {patience_seconds:g} seconds where it ends")
        with translated(doing, connection):
            client.assign([at])  # not before: of a broker that is not connected yet the client asks half a second later
        deadline, is_silent = time.monotonic() + patience_seconds, False
        while position < end:
            check()
            with translated(doing, connection):
                found = client.consume(_RECORDS, _POLL_SECONDS)
                [now] = client.position([at])
            for one in found:
                if (error := one.error()) is None:
                    if (one.offset() or 0) < end:
                        yield message_of(one, Message, all_headers)
                elif not _passes(error):
                    raise fault_of(error, doing, connection)
            left = deadline - time.monotonic()
            if now.offset > position:
                deadline, position, is_silent = time.monotonic() + patience_seconds, now.offset, False
            elif left < 0:
                message = f"nothing came for {patience_seconds:g} seconds behind offset {position} of {end}"
                raise TransientFault(f"{doing}: {message}")
            elif not is_silent and left < patience_seconds - _SILENT_SECONDS:
                is_silent = True
                _log.warning("%s yet: nothing comes behind offset %d of %d", doing, position, end)
    finally:
        client.close()


def _end(client: confluent_kafka.Consumer, at: TopicPartition, doing: str, connection: KafkaConnection) -> int | None:
    """The offset after the last committed record; None while no broker says."""
    try:
        with translated(doing, connection):
            _, end = client.get_watermark_offsets(at, _SLICE_SECONDS) or (0, 0)
            return end
    except TransientFault:
        return None


def _passes(error: KafkaError) -> bool:
    """Whether reading continues: the library tries again by itself, or it may not ask for the group, which is none."""
    return bool(error.retriable()) or error.code() in _PASSING
