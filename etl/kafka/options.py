"""Options of the library: what is good for etl, then what the operator wrote, then what correctness rests on."""

from collections.abc import Callable
from typing import Any, Final

from confluent_kafka import KafkaError
from pydantic import SecretStr

from etl.settings import KafkaConnection

Options = dict[str, Any]

# Prefetched records of one consumer, unless an option says otherwise; the library's own is 64 MiB.
_PREFETCH_KIB: Final = 32 * 1024
# What a producer holds until it is sent; the library's own is 1 GiB.
_UNSENT_KIB: Final = 64 * 1024


def common_options(connection: KafkaConnection) -> Options:
    given = {name: _plain(value) for name, value in connection.options.items()}
    return given | {"bootstrap.servers": connection.servers, "client.id": connection.client_id}


def consumer_options(
    connection: KafkaConnection, group_id: str, error_cb: Callable[[KafkaError], None] | None = None
) -> Options:
    """Those of a consumer: it begins where the caller says and nowhere else, and sees committed records only."""
    given = common_options(connection)
    sharing: Options = {"partition.assignment.strategy": "cooperative-sticky"}
    if given.get("group.protocol", "").lower() == "consumer":
        sharing = {}  # the brokers share out the partitions
    preset: Options = {
        "queued.max.messages.kbytes": _PREFETCH_KIB,
        # A topic or a partition that is made while we run is found in this time.
        "topic.metadata.refresh.interval.ms": 10_000,
    }
    return (
        preset
        | given
        | sharing
        | {
            "group.id": group_id,
            "isolation.level": "read_committed",
            "enable.auto.commit": False,
            "enable.auto.offset.store": False,
            "auto.offset.reset": "error",
            "enable.partition.eof": False,
            "allow.auto.create.topics": False,
        }
        | ({"error_cb": error_cb} if error_cb else {})
    )


def producer_options(
    connection: KafkaConnection,
    *,
    transactional_id: str | None = None,
    largest_bytes: int | None = None,
    batch_bytes: int | None = None,
    reports_all: bool = False,
) -> Options:
    """Those of a producer: each record once and in order. `largest_bytes`: what the topic takes, if that is known;
    `batch_bytes`: what several records that are sent together may have; `reports_all`: not only what was refused."""
    preset: Options = {"compression.type": "lz4", "queue.buffering.max.kbytes": _UNSENT_KIB}
    if largest_bytes is not None:
        preset["message.max.bytes"] = largest_bytes
    if batch_bytes is not None:
        preset["batch.size"] = batch_bytes
    transaction = {"transactional.id": transactional_id} if transactional_id else {}
    return (
        preset
        | common_options(connection)
        | transaction
        | {
            "enable.idempotence": True,
            "acks": "all",
            # Keys are where Java's producers put them.
            "partitioner": "murmur2_random",
            "delivery.report.only.error": not reports_all,
        }
    )


def _plain(value: str | SecretStr) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else value
