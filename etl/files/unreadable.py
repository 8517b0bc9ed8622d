"""Errors of unreadable files, and the limit of growth of packed ones: sizes that a file states are not trusted."""

from pathlib import Path
from typing import Final

from etl.errors import ConfigurationError, Problem

# Tables of data grow ten- to fiftyfold when they are unpacked; what grows far more is made to fill memory or time.
_MOST_GROWTH: Final = 250
_ALWAYS_ALLOWED_BYTES: Final = 64 * 1024 * 1024
# Of the texts and formats of a workbook, which are held while its sheets are read row by row.
_MOST_HELD_BYTES: Final = 256 * 1024 * 1024


def unreadable(path: Path | str, reason: object) -> ConfigurationError:
    """A file that is truncated, damaged, or is of another kind than its name says: exit code 2."""
    return ConfigurationError(Problem(f"cannot be read, nothing of it is loaded: {reason}", str(path)))


class Growth:
    """Counts what comes out of a packed file, part by part. `packed` is the file's real size in bytes."""

    def __init__(self, path: Path, packed: int) -> None:
        self._parts: dict[str, int] = {}
        self._path = path
        self._limit = max(_ALWAYS_ALLOWED_BYTES, _MOST_GROWTH * packed)

    def refuse_stated(self, size: int) -> None:
        """Raises ConfigurationError when the file says of itself that it grows more than real data can."""
        if size > self._limit:
            raise unreadable(self._path, f"unpacked it is over {_MOST_GROWTH} times as large, as no table of data is")

    def add(self, size: int, part: str = "", *, is_held: bool = False) -> None:
        """Adds to the part that is being unpacked. Raises ConfigurationError when all parts together grow more than
        real data can, or a part that `is_held` in memory more than memory should."""
        self._parts[part] = self._parts.get(part, 0) + size
        self.refuse_stated(sum(self._parts.values()))
        if is_held and self._parts[part] > _MOST_HELD_BYTES:
            raise unreadable(self._path, f"unpacked part {part} is over {_MOST_HELD_BYTES >> 20} MiB")

    def again(self, part: str) -> None:
        """The part is unpacked once more, from its beginning."""
        self._parts[part] = 0
