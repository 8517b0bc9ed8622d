"""An event as a line, by the pattern of a layout."""

import json
import logging
import re
from collections.abc import Sequence
from datetime import datetime

from etl.quoting import printable
from etl.settings.logging.pattern import COLOURS, Piece

_NAMES = {logging.WARNING: "WARN", logging.CRITICAL: "ERROR", 5: "TRACE"}
_BY_LEVEL = {"ERROR": "red", "WARN": "yellow", "INFO": "blue"}
_PLAIN = "\x1b[0m"
# Events of the platform begin with a code: `uXizo869mV :: start task`.
_EVENT_CODE = re.compile(r"(?P<code>\w{6,12}) :: ")


class Line(logging.Formatter):
    """Formats events. A further line of a message is indented, so that no message can imitate an event."""

    def __init__(self, pattern: Sequence[Piece]) -> None:
        super().__init__()
        self._pattern = tuple(pattern)
        kinds = {piece.kind for piece in _all(self._pattern)}
        self._appends_exception = not kinds & {"exception", "no exception", "json"}
        self._appends_end = not kinds & {"line end"}

    def format(self, record: logging.LogRecord) -> str:
        """The line without its last line end, which the handler writes."""
        text = "".join(_shown(piece, record) for piece in self._pattern)
        text = text.removesuffix("\n")
        trace = _exception(record)
        return f"{text}\n{trace}" if trace and self._appends_exception else text


def _all(pieces: Sequence[Piece]) -> list[Piece]:
    return [inner for piece in pieces for inner in (piece, *_all(piece.inner))]


def _shown(piece: Piece, record: logging.LogRecord) -> str:
    text = _text(piece, record)
    if piece.most is not None and len(text) > piece.most:
        text = text[: piece.most] if piece.cuts_end else text[len(text) - piece.most :]
    return text.ljust(piece.least) if piece.is_left else text.rjust(piece.least)


def _text(piece: Piece, record: logging.LogRecord) -> str:
    match piece.kind:
        case "text":
            return piece.argument
        case "date":
            return _date(piece.argument, record)
        case "level":
            return _level(record)
        case "logger":
            return _short(record.name, int(piece.argument or 0))
        case "thread":
            return printable(record.threadName or "")
        case "message":
            return _message(record)
        case "exception":
            return _exception(record)
        case "line end":
            return "\n"
        case "json":
            return _json(record)
        case "colour":
            inner = "".join(_shown(one, record) for one in piece.inner)
            name = _BY_LEVEL.get(_level(record), "") if piece.argument == "highlight" else piece.argument
            colour = COLOURS.get(name)
            return f"{colour}{inner}{_PLAIN}" if colour else inner
        case _:
            return ""  # nothing keeps a context yet: the platform's own lines show an empty LID as well


def _date(form: str, record: logging.LogRecord) -> str:
    moment = datetime.fromtimestamp(record.created).astimezone()
    return moment.strftime(form.replace("\0", "\1")).replace("\1", f"{moment.microsecond // 1000:03d}")


def _level(record: logging.LogRecord) -> str:
    return _NAMES.get(record.levelno, record.levelname)


def _short(name: str, length: int) -> str:
    """Logback's way: from the left each part but the last becomes one letter, until the name fits."""
    parts = name.split(".")
    for number in range(len(parts) - 1):
        if len(".".join(parts)) <= length or not length:
            break
        parts[number] = parts[number][:1]
    return ".".join(parts)


def _message(record: logging.LogRecord) -> str:
    return "\n    ".join(printable(line) for line in record.getMessage().split("\n"))


def _exception(record: logging.LogRecord) -> str:
    lines = [text for text in (record.exc_text, record.stack_info) if text]
    return "\n".join("    " + printable(line) for text in lines for line in text.split("\n"))


def _json(record: logging.LogRecord) -> str:
    message = record.getMessage()
    code = _EVENT_CODE.match(message)
    event = {
        "time": datetime.fromtimestamp(record.created).astimezone().isoformat(timespec="milliseconds"),
        "level": _level(record),
        "logger": record.name,
        "thread": record.threadName,
        "code": code["code"] if code else None,
        "message": message[code.end() :] if code else message,
        "exception": record.exc_text or None,
    }
    return json.dumps({key: value for key, value in event.items() if value is not None}, ensure_ascii=False)
