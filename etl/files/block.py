"""The common form of all kinds of files: blocks of rows, column by column, each row with its line in the file."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import pyarrow as pa

from etl.files.header import Layout

Lines = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class Malformed:
    """Text that could not be read as a row."""

    line: int
    text: str
    reason: str


@dataclass(frozen=True)
class Block:
    """Some rows. `columns` are those of the layout; `lines` say where each row begins, from 1.

    `faults`: (row, column) -> why its cell could not be read, with None for the column why the row could not; `done` is
    how much of the file has been read.
    """

    columns: tuple[pa.Array, ...]
    lines: Lines
    done: int
    malformed: tuple[Malformed, ...] = ()
    faults: dict[tuple[int, int | None], str] = field(default_factory=dict)


class FileSource(Protocol):
    """A file, opened, its names matched with the table's columns."""

    name: str
    size: int
    layout: Layout

    def blocks(self) -> Iterator[Block]:
        """The rows from the first one on; may be called again."""
        ...
