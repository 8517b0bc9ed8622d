"""Python's collector of cycles: records have none, and to walk over all that lives costs as much as to read some."""

import gc

# New objects that may have cycles, before it looks for some. Of one record five are kept while it waits for its merge:
# it looks once in several batches.
_NEW_OBJECTS = 1_000_000


class LongLived:
    """What is there before the first batch, and when it has been merged, stays; the collector looks at what comes
    later."""

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
