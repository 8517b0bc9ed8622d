"""A broker that is there and answers nothing, as one whose host hangs: what it was asked is asked of another one."""

import os
import signal
from collections.abc import Iterator

import pytest

from etl.kafka import Partition, read_to_end
from scripts.brokers import nodes
from tests.fix_kafka import KafkaCluster, admin_at
from tests.integration.kafka.clients import connect, fill, values

pytestmark = [pytest.mark.slow, pytest.mark.nightly]


@pytest.fixture
def stopped() -> Iterator[list[int]]:
    """Processes that are continued at the end."""
    found: list[int] = []
    yield found
    for pid in found:
        os.kill(pid, signal.SIGCONT)


def silence_leader(cluster: KafkaCluster, topic: str) -> int:
    """Stops the broker that leads the only partition; returns its process."""
    described = admin_at(cluster.servers).list_topics(topic, timeout=30).topics[topic]
    [pid] = [node.pid for node in nodes(cluster.home) if node.number == described.partitions[0].leader]
    assert pid
    os.kill(pid, signal.SIGSTOP)
    return pid


@pytest.mark.parametrize("is_begun", [False, True])
def test_a_partition_is_read_although_its_leader_is_silent(
    kafka_cluster: KafkaCluster, stopped: list[int], *, is_begun: bool
) -> None:
    """Fault 8: another broker becomes the leader, and the connection that is given up is no reason to end."""
    # Small portions, so that the rest is asked for later.
    connection = connect(kafka_cluster.servers, queued__max__messages__kbytes="64", fetch__message__max__bytes="20000")
    topic, sent = kafka_cluster.make_topic(), [str(number) for number in range(25_000)]
    fill(connection, Partition(topic, 0), sent)
    reading = read_to_end(connection, Partition(topic, 0), patience_seconds=40)
    first = [next(reading)] if is_begun else []
    stopped.append(silence_leader(kafka_cluster, topic))
    assert values([*first, *reading]) == sent
