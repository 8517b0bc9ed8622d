"""Events of another process of ours in the log of this one: files have one writer, and a service has one log."""

import logging
from collections.abc import Callable, Mapping

from etl.logs.redaction import REDACTION

Levels = Mapping[str, int]
"""Logger -> level; "" is the root."""


def levels_here() -> dict[str, int]:
    """The levels that this process's log has now, for a process that is to send its events here."""
    named = logging.root.manager.loggerDict
    found = {name: one.level for name, one in named.items() if isinstance(one, logging.Logger) and one.level}
    return found | {"": logging.root.level}


def forward_events(send: Callable[[logging.LogRecord], None], levels: Levels) -> None:
    """From now on all events of this process are handed to `send`, as texts without secrets; `send` may raise OSError
    when no one receives them any more."""
    logging.raiseExceptions = False
    for name, level in levels.items():
        logging.getLogger(name or None).setLevel(level)
    logging.root.handlers[:] = [_Forwarding(send)]


def take_event(record: logging.LogRecord) -> None:
    """Logs an event of another process here, where this log wants events of its level."""
    logger = logging.getLogger(record.name)
    if logger.isEnabledFor(record.levelno):
        logger.handle(record)


class _Forwarding(logging.Handler):
    def __init__(self, send: Callable[[logging.LogRecord], None]) -> None:
        super().__init__()
        self._send = send

    def emit(self, record: logging.LogRecord) -> None:
        REDACTION.filter(record)
        record.exc_info = None  # its text is there, and it cannot be sent
        try:
            self._send(record)
        except OSError:
            self.handleError(record)
