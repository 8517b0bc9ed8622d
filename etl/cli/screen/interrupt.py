"""Commands that run until Ctrl-C or a signal ends them."""

from collections.abc import Iterator
from contextlib import contextmanager

_CTRL_C = 130


@contextmanager
def ended_by_ctrl_c() -> Iterator[None]:
    """Ctrl-C ends the command without an error. SIGTERM keeps its exit code: its sender wants to see it."""
    try:
        yield
    except KeyboardInterrupt as end:
        if getattr(end, "exit_code", _CTRL_C) != _CTRL_C:
            raise
