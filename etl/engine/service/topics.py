"""What a service does with topics of Kafka beside its runs, or alone: it reads records, and writes outputs.

Each in threads of its own, under one configuration at a time.
"""

import logging
import time
from collections.abc import Collection, Mapping
from enum import Enum
from typing import TYPE_CHECKING, Protocol

from etl.engine.service.config_watcher import ConfigSnapshot
from etl.errors import ConfigurationError, Problem
from etl.settings import KafkaSettings
from etl.settings.kafka_keys import IN_KAFKA, OUT_KAFKA

if TYPE_CHECKING:
    from etl.engine.kafka_in import RecordReading
    from etl.engine.kafka_out.writing import OutputWriting

_log = logging.getLogger("in_kafka_migration")

_STOP_SECONDS = 4.5


class Alone(Enum):
    """The only thing that a service does."""

    READING = "reads topics"
    WRITING = "writes into topics"


class _Part(Protocol):
    """The reading or the writing."""

    def end(self) -> None:
        """Asks it to end; returns at once."""

    def join(self, seconds: float) -> None:
        """Waits for its end."""


class Topics:
    """Reads topics and writes outputs from begin() to stop(), as the configuration says; `alone`: one of both, and
    what keeps it from that is raised. `names`: of the outputs that are written, empty: all."""

    def __init__(self, environ: Mapping[str, str], alone: Alone | None = None, names: Collection[str] = ()) -> None:
        self._environ, self._alone, self._names = environ, alone, tuple(names)
        self._reading: RecordReading | None = None
        self._writing: OutputWriting | None = None
        self._reported: dict[Alone, str] = {}
        self._reported_names = ""
        self._is_first = True

    @property
    def status(self) -> str:
        """What it does, for the manager of services."""
        done = {Alone.READING: self._reading, Alone.WRITING: self._writing}
        return ", ".join(one.value for one, part in done.items() if part) or "nothing to do with topics"

    def begin(self, current: ConfigSnapshot) -> None:
        """Begins what the configuration asks for and has not begun.

        A service that does nothing else raises ConfigurationError where there is nothing to do from the start or the
        extra `kafka` is missing, RunStopped when reading has ended because of its records.
        """
        kafka = current.settings.kafka
        if self._alone is not Alone.WRITING and self._reading is None and kafka.in_migration.enabled:
            self._begin_reading(current)
        if self._alone is not Alone.READING and self._writing is None and self._chosen(kafka):
            self._begin_writing(current)
        if self._alone and self._is_first:
            self._refuse_idle(kafka)
        if self._alone and self._reading and self._reading.failed:
            raise self._reading.failed
        self._is_first = False

    def wake(self) -> None:
        """The store has changed: outputs follow at once."""
        if self._writing:
            self._writing.wake()

    def stop(self) -> None:
        """Ends both at once, within five seconds. What was read and not merged is read again, what was not committed is
        written again."""
        parts: list[_Part] = [part for part in (self._reading, self._writing) if part]
        self._reading, self._writing = None, None
        deadline = time.monotonic() + _STOP_SECONDS
        for part in parts:
            part.end()
        for part in parts:
            part.join(max(deadline - time.monotonic(), 0))

    def _begin_reading(self, current: ConfigSnapshot) -> None:
        try:
            from etl.engine.kafka_in import RecordReading
        except ConfigurationError as fault:  # the extra `kafka` is needed by those who read topics
            self._complain(Alone.READING, fault, "no topics are read")
            return
        self._reading = RecordReading(current.settings, current.company, self._environ, self.wake)
        self._reading.start()
        _log.info("topics are read: %s", ", ".join(current.settings.kafka.in_migration.topics))

    def _begin_writing(self, current: ConfigSnapshot) -> None:
        try:
            from etl.engine.kafka_out.writing import OutputWriting
        except ConfigurationError as fault:  # see above
            self._complain(Alone.WRITING, fault, "no outputs are written")
            return
        names = self._chosen(current.settings.kafka)
        self._writing = OutputWriting(current.settings, current.company, self._environ, names)
        self._writing.start()
        _log.info("outputs are written: %s", ", ".join(names))

    def _chosen(self, kafka: KafkaSettings) -> list[str]:
        """The outputs that are written; a named one that is not there is a warning."""
        known = [one.name for one in kafka.outputs]
        missing = [name for name in self._names if name not in known]
        text = f"there is no output {', '.join(missing)}; there is {', '.join(known) or 'none'}" if missing else ""
        if text and text != self._reported_names:
            _log.warning("%s", text)
        self._reported_names = text
        return [name for name in known if not self._names or name in self._names]

    def _complain(self, part: Alone, fault: ConfigurationError, what: str) -> None:
        if self._alone:
            raise fault
        if self._reported.get(part) != str(fault):
            self._reported[part] = str(fault)
            _log.error("%s: %s", what, fault)

    def _refuse_idle(self, kafka: KafkaSettings) -> None:
        if self._alone is Alone.READING and not self._reading:
            raise _is_off("read", IN_KAFKA, "hasInMigrationKafka")
        if self._alone is Alone.WRITING and not kafka.outputs:
            raise _is_off("write", OUT_KAFKA, "hasOutMigrationKafka")
        if self._alone is Alone.WRITING and not self._writing:
            known = ", ".join(one.name for one in kafka.outputs)
            raise ConfigurationError(f"there is no output {', '.join(self._names)}: it is one of {known}")


def _is_off(what: str, file: str, key: str) -> ConfigurationError:
    return ConfigurationError(Problem(f"is false, so there is nothing to {what}", file, None, key))
