"""The share of the newest records that were rejected: over its limit reading stops, and the batch is not merged."""

from collections import deque
from collections.abc import Sequence
from itertools import islice

from etl.errors import RunStopped
from etl.sources.kafka.message import Message

# The setting errorLimit is a share of this number of records.
WINDOW = 1_000


class ErrorShare:
    """Which of the newest records of a worker were rejected. `limit`: percent, None for no limit."""

    def __init__(self, limit: int | None) -> None:
        self._limit = limit
        self._most = WINDOW * (100 if limit is None else limit) // 100
        self._newest: deque[bool] = deque(maxlen=WINDOW)

    def judge(self, messages: Sequence[Message], rejected: frozenset[tuple[str, int, int]]) -> None:
        """Raises RunStopped when more of any 1,000 records in a row are rejected than the limit allows."""
        if self._limit is None or not rejected:
            return
        window, bad = deque(self._newest, maxlen=WINDOW), sum(self._newest)
        for message in messages:
            if len(window) == WINDOW:
                bad -= window[0]
            is_bad = (message.topic, message.partition, message.offset) in rejected
            window.append(is_bad)
            bad += is_bad
            if bad > self._most:
                what = (
                    f"more than {self._limit} percent of the last {WINDOW:,} records are"
                    if self._limit
                    else "a record is"
                )
                raise RunStopped(
                    f"reading of records has stopped: {what} rejected (errorLimit={self._limit}), lastly "
                    f"{message.origin}. The batch is not merged and its records are read again: correct the cause, "
                    "raise errorLimit, or pass over them with `etl kafka seek`"
                )

    def note(self, messages: Sequence[Message], rejected: frozenset[tuple[str, int, int]]) -> None:
        if self._limit is not None:
            newest = islice(messages, max(len(messages) - WINDOW, 0), None)
            self._newest.extend((one.topic, one.partition, one.offset) in rejected for one in newest)
