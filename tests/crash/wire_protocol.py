"""As much of PostgreSQL's wire protocol as it takes to tell questions from answers."""

import struct
from dataclasses import dataclass
from typing import BinaryIO

_SSL, _GSS, _CANCEL = 80877103, 80877104, 80877102
# Questions: query, synchronize, a part of the log-in. What else a client says belongs to a later question.
_QUESTIONS = b"QSp"
# Authentication requests after which the client speaks; 0 (welcome) and 12 (last word) are followed by more.
_LAST_WORDS = (0, 12)


@dataclass(frozen=True)
class Message:
    """One message; the first ones of a connection have no tag."""

    tag: bytes
    body: bytes

    @property
    def frame(self) -> bytes:
        return self.tag + struct.pack("!I", len(self.body) + 4) + self.body

    @property
    def is_question(self) -> bool:
        return not self.tag or self.tag in _QUESTIONS

    @property
    def asks_for_encryption(self) -> bool:
        return not self.tag and self._code in (_SSL, _GSS)

    @property
    def is_cancel(self) -> bool:
        return not self.tag and self._code == _CANCEL

    @property
    def is_login(self) -> bool:
        return self.tag in (b"", b"p")

    @property
    def text(self) -> str:
        """What a query says; of a log-in only that it is one, for it holds a password."""
        return "log in" if self.is_login else self.body.rstrip(b"\0").decode(errors="replace")

    @property
    def ends_transaction(self) -> bool:
        return self.tag == b"Q" and self.text.upper().startswith(("COMMIT", "ROLLBACK"))

    @property
    def ends_answer(self) -> bool:
        """Of a server's message: whether it is the client's turn again."""
        if self.tag == b"R":
            return self._code not in _LAST_WORDS
        return self.tag in b"ZG"

    @property
    def _code(self) -> int:
        return int(struct.unpack("!I", self.body[:4])[0])


def read_first(stream: BinaryIO) -> Message | None:
    """The next message of a connection that has not logged in; None at its end."""
    return _read_body(stream, b"")


def read(stream: BinaryIO) -> Message | None:
    """The next message; None at the end of the connection, however it came."""
    try:
        tag = stream.read(1)
    except OSError:
        return None
    return _read_body(stream, tag) if tag else None


def _read_body(stream: BinaryIO, tag: bytes) -> Message | None:
    try:
        head = stream.read(4)
        if len(head) < 4:
            return None
        length = int(struct.unpack("!I", head)[0]) - 4
        body = stream.read(length)
    except OSError:
        return None
    return Message(tag, body) if len(body) == length else None


def query(sql: str) -> bytes:
    """A client's question."""
    return Message(b"Q", sql.encode() + b"\0").frame


def fatal(sqlstate: str) -> bytes:
    """A server's last word."""
    fields = {b"S": b"FATAL", b"V": b"FATAL", b"C": sqlstate.encode(), b"M": b"the proxy says so"}
    return Message(b"E", b"".join(key + value + b"\0" for key, value in fields.items()) + b"\0").frame
