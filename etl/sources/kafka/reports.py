"""Reports of a batch: rows of err for people, and dead letters to be sent to the topic of errors."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from etl.database import Connection, SqlTemplates, copy_values, execute, fetch_all
from etl.metadata import names
from etl.sources.kafka.faults import Fault
from etl.sources.kafka.message import Message

_sql = SqlTemplates(__package__)

_SHOWN = 200


@dataclass
class Reports:
    """What a batch has to report: faults with their messages (None where it is not known, of what has waited), and the
    messages that were rejected, with the fault that counts."""

    faults: list[tuple[Message | None, Fault]] = field(default_factory=list)
    dead: list[tuple[Message, Fault]] = field(default_factory=list)

    def reject(self, message: Message, faults: Sequence[Fault]) -> None:
        self.faults += [(message, fault) for fault in faults]
        self.dead.append((message, faults[0]))

    @property
    def rejected(self) -> frozenset[tuple[str, int, int]]:
        """Topic, partition and offset of the messages that are not merged."""
        return frozenset((message.topic, message.partition, message.offset) for message, _ in self.dead)

    def write(self, connection: Connection, schema: str, unit: int, at: datetime, *, max_value_bytes: int) -> None:
        """Writes them into the store, in the order of the messages. Values over the limit are left out of dead
        letters."""
        self.faults.sort(key=lambda one: _offset_of(one[0]))
        self.dead.sort(key=lambda one: _offset_of(one[0]))
        if self.faults:
            copy_values(connection, _sql("copy_errors", schema=schema), self._errors(unit, at))
        if self.dead:
            rows = self._dead_letters(unit, max_value_bytes)
            copy_values(connection, _sql("copy_dead_letters", schema=schema), rows)

    def _errors(self, unit: int, at: datetime) -> Iterator[Sequence[object]]:
        for number, (message, fault) in enumerate(self.faults, 1):
            english, russian = (_clean(text) for text in fault.messages)
            yield (
                number,
                unit,
                names.in_table(fault.bo) if fault.bo else "",
                None,
                _clean(fault.external_id)[:100] if fault.external_id else None,
                _clean(fault.field)[:63] if fault.field else None,
                fault.code,
                english,
                russian,
                None if fault.value is None else _clean(fault.value)[:_SHOWN],
                fault.severity,
                at,
                message.topic if message else None,
                message.partition if message else None,
                message.offset if message else None,
                _clean(fault.path) if message else None,
            )

    def _dead_letters(self, unit: int, max_value_bytes: int) -> Iterator[Sequence[object]]:
        for message, fault in self.dead:
            value = message.value
            is_kept = value is not None and len(value) <= max_value_bytes
            yield (
                unit,
                message.topic,
                message.partition,
                message.offset,
                message.key,
                value if is_kept else None,
                None if value is None else len(value),
                _time(message.timestamp_ms),
                fault.code,
                _clean(fault.messages[0]),
                _clean(fault.path),
                *(message.resent or (1, None, None)),
            )


def record_errors(
    connection: Connection, schema: str, *, topic: str | None = None, code: str | None = None, limit: int = 50
) -> list[dict[str, object]]:
    """What was reported of records, the newest first."""
    values = {"topic": topic, "code": code, "limit": limit}
    return [dict(row._mapping) for row in fetch_all(connection, _sql("record_errors", schema=schema), values)]


def _offset_of(message: Message | None) -> tuple[bool, str, int, int]:
    return (True, "", 0, 0) if message is None else (False, message.topic, message.partition, message.offset)


def clean_dead_letters(connection: Connection, schema: str, *, days: int, limit: int) -> int:
    """Deletes dead letters that were sent longer ago, at most `limit`; returns how many."""
    return execute(connection, _sql("clean_dead_letters", schema=schema), {"days": days, "limit": limit})


def _time(milliseconds: int | None) -> datetime | None:
    try:
        return None if milliseconds is None or milliseconds < 0 else datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        return None  # a producer's clock may say anything


def _clean(text: str) -> str:
    return text.replace("\x00", "\\u0000")
