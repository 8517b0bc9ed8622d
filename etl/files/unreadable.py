"""Errors of unreadable files, and the limit of growth of packed ones: sizes that a file states are not trusted."""

from pathlib import Path
from typing import Final

from etl.errors import ConfigurationError, Problem

# Tables of data grow ten- to fiftyfold when they are unpacked; what grows far more is made to fill memory or time.
_MOST_GROWTH: Final = 250
_ALWAYS_ALLOWED_BYTES: Final = 64 * 1024 * 1024


def unreadable(path: Path | str, reason: object) -> ConfigurationError:
    """A file that is truncated, damaged, or is of another kind than its name says: exit code 2."""
    return ConfigurationError(Problem(f"cannot be read, nothing of it is loaded: {reason}", str(path)))


class Growth:
    """Counts what comes out of a packed file. `packed` is the file's real size in bytes."""

    def __init__(self, path: Path, packed: int) -> None:
        self.bytes = 0
        self._path = path
        self._limit = max(_ALWAYS_ALLOWED_BYTES, _MOST_GROWTH * packed)

    def add(self, size: int) -> None:
        """Raises ConfigurationError when the file grows more than real data can."""
        self.bytes += size
        if self.bytes > self._limit:
            raise unreadable(self._path, f"unpacked it is over {_MOST_GROWTH} times as large, as no table of data is")
