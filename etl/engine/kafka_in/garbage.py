"""Python's collector of cycles: records have none, and to walk over all that lives costs as much as to read some."""

import gc

# New objects that may have cycles, before it looks for some. Of one record five are kept while it waits for its merge.
_NEW_OBJECTS = 100_000


class LongLived:
    """What is there when the first batch has been merged stays; the collector looks at what comes later."""

    def __init__(self) -> None:
        self._is_known = False
        gc.unfreeze()  # of a configuration before
        gc.set_threshold(_NEW_OBJECTS)

    def note_batch(self) -> None:
        if not self._is_known:
            self._is_known = True
            gc.collect()
            gc.freeze()
