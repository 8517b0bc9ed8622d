"""Messages as the client reads them, and where they are from."""

import re
from typing import NamedTuple

from msgspec import Struct

_ORIGIN = re.compile(r"([^/]+)/([0-9]+)/([0-9]+)")


class Partition(NamedTuple):
    topic: str
    number: int

    def __str__(self) -> str:
        return f"{self.topic}/{self.number}"


class Resent(NamedTuple):
    """What the headers of a record that was sent back say: the number of this try, and from which partition and offset
    it came first."""

    attempt: int
    partition: int
    offset: int


class Message(Struct, frozen=True, gc=False):
    """A message of a partition: bytes as they were received, None where there is none; the time in milliseconds since
    1970 by the clock of the producer or of the broker; `resent` of a rejected one that was sent back."""

    topic: str
    partition: int
    offset: int
    key: bytes | None = None
    value: bytes | None = None
    timestamp_ms: int | None = None
    resent: Resent | None = None

    @property
    def origin(self) -> str:
        """How the journal names it."""
        return f"{self.topic}/{self.partition}/{self.offset}"


def message_of(origin: str | None) -> Message | None:
    """The message that has this origin, without what it says; None where it is no message."""
    found = _ORIGIN.fullmatch(origin or "")
    return Message(found[1], int(found[2]), int(found[3])) if found else None
