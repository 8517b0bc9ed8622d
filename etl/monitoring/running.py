"""A look that is repeated: each one a Status, or the sentence why there is none now."""

import threading
import time
from collections.abc import Callable
from types import TracebackType

from etl.engine import Runtime, Status, read_status
from etl.errors import EtlError

Seen = Status | str

# A look that takes long is followed by a rest nine times as long: who watches costs a tenth of a session at most.
_REST = 9
# Who asked a command to stop does not wait for a look.
_STOP_SECONDS = 1.0


def read_again(runtime: Runtime, *, only_run: bool = False) -> Seen:
    """The state now; a server that is away is reported and asked again; it is no reason to stop watching."""
    try:
        return read_status(runtime, seconds=10.0, only_run=only_run)
    except EtlError as fault:
        return str(fault)


def rest(seconds: float, begun: float) -> float:
    """How long to wait after a look that began at `begun` of the monotonic clock, for a pace of `seconds`."""
    return max(seconds, _REST * (time.monotonic() - begun))


class Watcher:
    """Beside a running command: reads the state of the run every `seconds` in a thread, and shows it."""

    def __init__(self, runtime: Runtime, show: Callable[[Seen], None], seconds: float) -> None:
        self._runtime, self._show, self._seconds = runtime, show, seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._read_on, name="watcher", daemon=True)

    def __enter__(self) -> "Watcher":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join(_STOP_SECONDS)

    def _read_on(self) -> None:
        pause = self._seconds
        while not self._stop.wait(pause):
            begun = time.monotonic()
            seen = read_again(self._runtime, only_run=True)
            if not self._stop.is_set():
                self._show(seen)
            pause = rest(self._seconds, begun)
