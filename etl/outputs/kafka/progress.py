"""The record of progress: how far an output is, in the same transaction of Kafka as its records."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import orjson

from etl.errors import EnvironmentFault
from etl.kafka import Admin, Partition, read_to_end
from etl.outputs.kafka.registry import OutputPosition, Unfinished
from etl.settings import KafkaConnection
from etl.settings.kafka_keys import RECOVERY_SUFFIX

# Patience with a question to the brokers: a service that is asked to end has five seconds.
QUESTION_SECONDS: Final = 4.0


@dataclass(frozen=True)
class OutputProgress:
    """What the topic of progress says of one key: plain data, as `encode` wrote it."""

    content: dict[str, Any]

    def encode(self) -> bytes:
        return orjson.dumps(self.content)

    @classmethod
    def of(cls, position: OutputPosition, token: int) -> "OutputProgress":
        return cls(
            {
                "step": position.step,
                "token": token,
                "snapshot": position.snapshot,
                "place": position.journal_id,
                "unfinished": position.unfinished.as_json() if position.unfinished else None,
            }
        )

    @property
    def position(self) -> OutputPosition:
        found = self.content
        unfinished = Unfinished.from_json(found["unfinished"]) if found["unfinished"] else None
        return OutputPosition(found["step"], found["snapshot"], found["place"], unfinished)


def transactional_id(company: str, output: str, *, is_recovery: bool = False) -> str:
    """The name of a writer's producer, which shuts an earlier one of that name out. No two writers have the same: the
    code of a company has no hyphen, and no output is named as a recovery."""
    return f"etl-{company}-{output}{RECOVERY_SUFFIX if is_recovery else ''}"


@dataclass(frozen=True)
class ProgressKey:
    """The key of a writer's records in a topic of progress, which several companies may share. Earlier programs wrote
    `earlier`, without the company: such a record counts only where it is of the journal `journal_id`."""

    name: str
    earlier: str = ""
    journal_id: str = ""

    @classmethod
    def of_output(cls, company: str, output: str, journal_id: str) -> "ProgressKey":
        return cls(f"{company}/{output}", output, journal_id)

    @classmethod
    def of_recovery(cls, company: str, output: str) -> "ProgressKey":
        return cls(f"{company}/{output}/recovery")

    def encode(self) -> bytes:
        return self.name.encode()


def newest_progress(
    connection: KafkaConnection, topic: str, key: ProgressKey, check: Callable[[], None] = lambda: None
) -> OutputProgress | None:
    """The newest committed record of progress of a key; None where there is none. To be read after init() of the
    producer, which waits for the transaction before. Raises EnvironmentFault for a record that is none of ours."""
    with Admin(connection, seconds=QUESTION_SECONDS) as admin:
        found = admin.topic(topic)
    if found is None:
        raise EnvironmentFault(
            f"the progress topic {topic} is not there: create it with one partition and cleanup.policy=compact"
        )
    if found.partitions != 1:
        raise EnvironmentFault(f"the progress topic {topic} has {found.partitions} partitions: it needs exactly one")
    newest = earlier = None
    for message in read_to_end(connection, Partition(topic, 0), check=check):
        if message.key == key.encode():
            newest = message.value
        elif key.earlier and message.key == key.earlier.encode():
            earlier = message.value
    if newest is not None:
        return _decoded(newest, topic, key.name)
    if earlier is None:
        return None
    progress = _decoded(earlier, topic, key.earlier)
    return progress if progress.content.get("place") == key.journal_id else None


def _decoded(value: bytes, topic: str, key: str) -> OutputProgress:
    try:
        content = orjson.loads(value)
        if not isinstance(content, dict):
            raise TypeError
        return OutputProgress(content)
    except (orjson.JSONDecodeError, TypeError):
        message = f"the progress topic {topic} has a record of {key} that no etl wrote: use a topic of its own"
        raise EnvironmentFault(message) from None
