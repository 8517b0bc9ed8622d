"""How Python itself runs while records are read: how long a thread keeps the interpreter, when cycles are collected."""

import gc
import sys
from collections.abc import Callable

from etl.sources.kafka.outcome import BatchOutcome

# New objects that may have cycles, before it looks for some. Of one record five are kept while it waits for its merge:
# it looks once in several batches.
_NEW_OBJECTS = 1_000_000

# Seconds for which a thread that reads keeps the interpreter while others wait for it. A merge needs it some hundred
# times, for a moment between two statements: Python's own 5 ms cost each batch 0.3 s. Shorter ones cost more.
_TURN_SECONDS = 0.0015


def take_short_turns() -> None:
    """Gives the interpreter soon to threads that merge while others read. The setting is of the process."""
    sys.setswitchinterval(_TURN_SECONDS)


def tuned(committed: Callable[[BatchOutcome], None]) -> Callable[[BatchOutcome], None]:
    """Sets how this process runs, once all that a worker needs is there; returns `committed`, which after a batch also
    sees to that."""
    take_short_turns()
    long_lived = _LongLived()

    def note(outcome: BatchOutcome) -> None:
        long_lived.note_batch()
        committed(outcome)

    return note


class _LongLived:
    """Records have no cycles, and to walk over all that lives costs as much as to read some.

    What is there before the first batch, and when it has been merged, stays; the collector looks at what comes
    later.
    """

    def __init__(self) -> None:
        self._is_known = False
        gc.unfreeze()  # of a configuration before
        gc.set_threshold(_NEW_OBJECTS)
        gc.collect()
        gc.freeze()

    def note_batch(self) -> None:
        if not self._is_known:
            self._is_known = True
            gc.collect(0)  # what has come since then
            gc.freeze()
