"""Messages as the client reads them, and where they are from."""

from typing import NamedTuple


class Partition(NamedTuple):
    """A partition of a topic."""

    topic: str
    number: int


class Message(NamedTuple):
    """A message of a partition: bytes as they were received, None where there is none; the time in milliseconds since
    1970 by the clock of the producer or of the broker."""

    topic: str
    partition: int
    offset: int
    key: bytes | None = None
    value: bytes | None = None
    timestamp_ms: int | None = None

    @property
    def origin(self) -> str:
        """How the journal names it."""
        return f"{self.topic}/{self.partition}/{self.offset}"
