"""A partner's program that is killed with a transaction open: a process of its own, and a real SIGKILL."""

import pickle
import subprocess
import sys
from collections.abc import Sequence
from typing import IO, cast

from etl.errors import EnvironmentFault
from etl.settings import KafkaConnection

# What the other program says once all of its records are at the brokers.
READY = b"sent\n"


def kill_in_transaction(
    connection: KafkaConnection, transactional_id: str, topic: str, messages: Sequence[tuple[bytes, bytes | None]]
) -> None:
    """Starts a program that sends messages in a transaction, and kills it before it commits."""
    words = [sys.executable, "-m", "etl.simulator.kafka.killed"]
    # By a pipe: the options of the client may have secrets.
    given = pickle.dumps((connection, transactional_id, topic, list(messages)))
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            with cast(IO[bytes], process.stdin) as stdin:
                stdin.write(given)
            answer = cast(IO[bytes], process.stdout).readline()
        finally:
            process.kill()
    if answer != READY:
        raise EnvironmentFault("the partner's program ended before it was killed: its message stands above")
