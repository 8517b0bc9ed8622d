"""The program that is killed: sends messages in a transaction, says so, and waits."""

import pickle
import signal
import sys

from etl.errors import EtlError
from etl.kafka import TransactionalProducer
from etl.simulator.kafka.crash import READY


def main() -> None:
    """Reads what to send from the standard input, which only its own parent writes."""
    connection, transactional_id, topic, messages = pickle.loads(sys.stdin.buffer.read())  # noqa: S301
    producer = TransactionalProducer(connection, transactional_id)
    producer.init()
    producer.begin()
    for key, value in messages:
        producer.send(topic, key, value)
    producer.flush()
    sys.stdout.buffer.write(READY)
    sys.stdout.buffer.flush()
    signal.pause()


if __name__ == "__main__":
    try:
        main()
    except EtlError as fault:
        sys.exit(f"etl: {fault}")
