"""A server that does not answer costs each request seconds: after one has waited in vain, others fail at once for a
while."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from etl.errors import EtlError, TransientFault

OPEN_SECONDS: Final = 3.0
"""How long the circuit stays open after such a fault: nothing is asked of the server."""
# A fault that comes so late is that of a server which was waited for; one that refuses does so at once.
_LONG_SECONDS: Final = 1.0
# The server itself has ended the statement: it took too long, or waited for a lock.
_ANSWERS: Final = ("57014", "55P03")


class CircuitBreaker:
    """Open for a while after the server has left a request without an answer."""

    def __init__(self) -> None:
        self._open_until = 0.0
        self._lock = threading.Lock()

    def refuse_while_open(self) -> None:
        """Raises TransientFault while the circuit is open."""
        with self._lock:
            if time.monotonic() < self._open_until:
                raise TransientFault("the database of users and sign-ins does not answer; it is asked again soon")

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """Raises TransientFault at once while the circuit is open; a fault of the block that has come late opens it."""
        self.refuse_while_open()
        begun = time.monotonic()
        try:
            yield
        except EtlError as error:
            if time.monotonic() - begun > _LONG_SECONDS and error.sqlstate not in _ANSWERS:
                with self._lock:
                    self._open_until = time.monotonic() + OPEN_SECONDS
            raise
