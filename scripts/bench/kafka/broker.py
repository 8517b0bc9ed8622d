"""The broker of the benchmark: one, of scripts/kafka, with its data beside the server's."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from confluent_kafka.admin import AdminClient, NewTopic

_SCRIPT = Path(__file__).resolve().parents[2] / "kafka"
_SECONDS = 30.0


@dataclass(frozen=True)
class Broker:
    """A running broker."""

    servers: str

    def make_topic(self, name: str, partitions: int, **options: str) -> None:
        """A new topic; options are written with _ for dots."""
        config = {key.replace("_", "."): value for key, value in options.items()}
        admin = AdminClient({"bootstrap.servers": self.servers})
        [made] = admin.create_topics([NewTopic(name, partitions, 1, config=config)]).values()
        made.result(_SECONDS)


@contextmanager
def running_broker(home: Path) -> Iterator[Broker]:
    """A broker for the time of a `with` block."""
    try:
        yield Broker(_run(home, "start"))
    finally:
        _run(home, "stop")


def _run(home: Path, word: str) -> str:
    done = subprocess.run([sys.executable, _SCRIPT, "--home", home, word], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"scripts/kafka {word}: {done.stderr}")
    return done.stdout.strip()
