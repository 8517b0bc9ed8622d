"""Python's collector of cycles, which would walk over all that lives as long as the service with every batch."""

import gc


class LongLived:
    """What is there when the first batch has been merged stays; the collector looks at what comes later."""

    def __init__(self) -> None:
        self._is_known = False
        gc.unfreeze()  # of a configuration before

    def note(self) -> None:
        """After each batch."""
        if not self._is_known:
            self._is_known = True
            gc.collect()
            gc.freeze()
