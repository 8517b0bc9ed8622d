"""What the client's library logs: each kind of line at most once a minute, at the level that it says, no secrets."""

import logging
import re
import threading
import time
from collections.abc import Callable
from typing import Any, Final

from etl.kafka.faults import masked
from etl.settings import KafkaConnection

_log = logging.getLogger("etl.kafka")
# Commands without a log say themselves what is wrong.
_log.addHandler(logging.NullHandler())

_SECONDS: Final = 60.0
# The library names the thread first; addresses, numbers and names differ from line to line of one kind.
_VARYING: Final = re.compile(r"\[thrd:.*?\]: |\S*\d\S*|\(.*\)")
# Texts that vary in another way must not fill the memory.
_KINDS: Final = 200

# All clients are given the operator's options, also those that are for others: the library notes that.
_OF_OPTIONS: Final = "CONFWARN"
_FATAL: Final = "FATAL"

LineKind = tuple[str, ...]


class LineLimit:
    """Lets one line of a kind through in a minute, and counts the others. Any thread may ask."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        # kind -> when one was let through, and how many were not since
        self._seen: dict[LineKind, tuple[float, int]] = {}

    def left_out(self, kind: LineKind) -> int | None:
        """How many lines of this kind were left out since the last one; None: this one is left out too."""
        now = self._clock()
        with self._lock:
            if len(self._seen) >= _KINDS and kind not in self._seen:
                self._seen = {one: seen for one, seen in self._seen.items() if now - seen[0] < _SECONDS}
                if len(self._seen) >= _KINDS:
                    kind = ("others",)
            at, number = self._seen.get(kind, (now - _SECONDS, 0))
            if now - at < _SECONDS:
                self._seen[kind] = at, number + 1
                return None
            self._seen[kind] = now, 0
            return number


# Of the whole process: clients that live shortly, one after the other, say the same again.
_LIMIT = LineLimit()


class ClientLog(logging.LoggerAdapter[logging.Logger]):
    """What a client of the library is given as its logger."""

    def __init__(self, connection: KafkaConnection, limit: LineLimit = _LIMIT) -> None:
        super().__init__(_log)
        self._connection, self._limit = connection, limit
        self.fatal = ""
        """Why the client has ended; empty while it has not."""

    def log(self, level: int, msg: object, *args: object, **kwargs: Any) -> None:
        """Logs a line, unless one of its kind was logged a moment ago."""
        if args and args[0] == _OF_OPTIONS:
            level = min(level, logging.INFO)
        text = masked(str(msg) % args if args else str(msg), self._connection)
        if args and args[0] == _FATAL:
            self.fatal = text
        if not self.logger.isEnabledFor(level):
            return
        # Details come where option.debug asks for them: then for all.
        is_limited = level > logging.DEBUG
        left_out = self._limit.left_out((str(level), *(_kind(str(one)) for one in args))) if is_limited else 0
        if left_out is None:
            return
        more = f" ({left_out:,} more lines of this kind were left out)" if left_out else ""
        self.logger.log(level, "%s%s", text, more, **kwargs)


def _kind(part: str) -> str:
    """What lines of one kind have in common; of the client's name what it is, without its number."""
    return _VARYING.sub("", part) if " " in part else part.rstrip("0123456789")
