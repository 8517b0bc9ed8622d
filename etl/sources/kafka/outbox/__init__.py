"""Dead letters as an outbox: what batches have rejected, until it is in the topic of errors, and what became of it.

Receives connections to the store. Returns frozen rows. Sends nothing: the engine does, after the commit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from etl.database import Connection, SqlTemplates, execute, fetch_all

_sql = SqlTemplates(__package__)

# Whether a topic has dead letters of some kind is asked of at most this number.
_LOOKED_AT = 1_000


@dataclass(frozen=True)
class DeadLetter:
    """A rejected message. `value` is None where there was none, or where it was too large to be kept: then
    `value_bytes` says how large it was. `attempt`: how often it was tried; one that was sent back has the partition and
    offset from which it came first."""

    id: int
    unit: int
    topic: str
    partition: int
    record_offset: int
    key: bytes | None
    value: bytes | None
    value_bytes: int | None
    recorded_at: datetime | None
    code: str
    message: str
    path: str
    created_at: datetime
    sent_at: datetime | None
    resent_at: datetime | None
    attempt: int
    original_partition: int | None
    original_offset: int | None

    @property
    def first(self) -> tuple[int, int]:
        """The partition and offset from which the record came first."""
        if self.original_partition is None or self.original_offset is None:
            return self.partition, self.record_offset
        return self.original_partition, self.original_offset

    @property
    def is_cut(self) -> bool:
        """Whether its value was too large to be kept."""
        return self.value is None and self.value_bytes is not None


@dataclass(frozen=True)
class DeadLetterOrigin:
    """Of which message a dead letter is, and why it was rejected."""

    topic: str
    partition: int
    record_offset: int
    code: str

    @property
    def origin(self) -> str:
        """As the journal names messages."""
        return f"{self.topic}/{self.partition}/{self.record_offset}"


@dataclass(frozen=True)
class Outbox:
    schema: str

    def unsent(self, connection: Connection) -> dict[str, int]:
        """Topic -> number of its dead letters that were not sent."""
        return {row.topic: row.letters for row in fetch_all(connection, _sql("topics_unsent", schema=self.schema))}

    def newest_rejected(self, connection: Connection, *, minutes: int) -> list[DeadLetterOrigin]:
        """Of each topic the newest dead letter of the last minutes that was not sent back."""
        return self._origins(connection, "newest_rejected", minutes)

    def oldest_unsent(self, connection: Connection, *, minutes: int) -> list[DeadLetterOrigin]:
        """Of each topic the oldest dead letter that was not sent for longer than this."""
        return self._origins(connection, "oldest_unsent", minutes)

    def _origins(self, connection: Connection, statement: str, minutes: int) -> list[DeadLetterOrigin]:
        values = {"minutes": minutes, "count": _LOOKED_AT}
        rows = fetch_all(connection, _sql(statement, schema=self.schema), values)
        return [DeadLetterOrigin(row.topic, row.partition, row.record_offset, row.code) for row in rows]

    def lock_unsent(self, connection: Connection, topic: str, *, limit: int, total_bytes: int) -> list[DeadLetter]:
        """The oldest of a topic that were not sent, at least one; other senders leave them alone until the transaction
        ends."""
        values = {"topic": topic, "limit": limit, "bytes": total_bytes}
        return [_letter(row) for row in fetch_all(connection, _sql("lock_unsent", schema=self.schema), values)]

    def note_sent(self, connection: Connection, ids: Sequence[int]) -> None:
        execute(connection, _sql("note_sent", schema=self.schema), {"ids": list(ids)})

    def note_resent(self, connection: Connection, ids: Sequence[int]) -> None:
        """They were put back into their topic."""
        execute(connection, _sql("note_resent", schema=self.schema), {"ids": list(ids)})

    def letters(
        self,
        connection: Connection,
        *,
        ids: Sequence[int] | None = None,
        topic: str | None = None,
        code: str | None = None,
        only_open: bool = False,
        oldest_first: bool = False,
        limit: int = 50,
        before: int | None = None,
        most_bytes: int | None = None,
    ) -> list[DeadLetter]:
        """Those that are chosen, the newest first unless `oldest_first`; `only_open`: that can be put back into their
        topics and were not; `before`: with ids below it. `most_bytes` of values are read, and `value_bytes`
        then says how large the value is in any case."""
        values = {
            "ids": None if ids is None else list(ids),
            "topic": topic,
            "code": code,
            "only_open": only_open,
            "limit": limit,
            "before": before,
            "most_bytes": most_bytes,
        }
        statement = _sql("dead_letters", schema=self.schema, oldest_first=oldest_first, is_cut=most_bytes is not None)
        return [_letter(row) for row in fetch_all(connection, statement, values)]


def _letter(row: Row[Any]) -> DeadLetter:
    return DeadLetter(
        row.id,
        row.unit,
        row.topic,
        row.partition,
        row.record_offset,
        None if row.key is None else bytes(row.key),
        None if row.value is None else bytes(row.value),
        row.value_bytes,
        row.recorded_at,
        row.code,
        row.message,
        row.path,
        row.created_at,
        row.sent_at,
        row.resent_at,
        row.attempt,
        row.original_partition,
        row.original_offset,
    )
