"""A server that is silent costs each request seconds: after one has waited in vain, others fail at once for a while."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from etl.errors import EtlError, TransientFault

REST_SECONDS: Final = 3.0
"""For so long after a silence nothing is asked of the server."""
# A fault that comes so late is that of a server which was waited for; one that refuses does so at once.
_LONG_SECONDS: Final = 1.0
# The server itself has ended the statement: it took too long, or waited for a lock.
_ANSWERS: Final = ("57014", "55P03")


class Silence:
    """Whether the server was silent lately."""

    def __init__(self) -> None:
        self._until = 0.0
        self._lock = threading.Lock()

    def refuse_early(self) -> None:
        """Raises TransientFault during the rest after a silence."""
        with self._lock:
            if time.monotonic() < self._until:
                raise TransientFault("the database of users and sign-ins does not answer; it is asked again soon")

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Raises TransientFault at once during the rest; a fault of the block that has come late begins one."""
        self.refuse_early()
        begun = time.monotonic()
        try:
            yield
        except EtlError as error:
            if time.monotonic() - begun > _LONG_SECONDS and error.sqlstate not in _ANSWERS:
                with self._lock:
                    self._until = time.monotonic() + REST_SECONDS
            raise
