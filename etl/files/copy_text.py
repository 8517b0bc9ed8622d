"""Columns of texts -> the text format of COPY, by whole columns; no cell can imitate its end-of-data marker."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

# The backslash first: the other replacements add some.
_ESCAPES: Final = (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"))
_SPECIAL: Final = tuple(character.encode() for character, _ in _ESCAPES)
# Where the texts of a block would not fit into one array of 2 GiB, its rows are written in halves.
_MOST_BYTES: Final = 512 * 1024 * 1024


def copy_text(columns: Sequence[pa.Array]) -> list[memoryview]:
    """The rows of a block as COPY reads them; null is `\\N`."""
    rows = len(columns[0])
    if rows > 1 and sum(column.nbytes for column in columns) > _MOST_BYTES:
        half = rows // 2
        return copy_text([column[:half] for column in columns]) + copy_text([column[half:] for column in columns])
    kind = pa.large_string() if any(pa.types.is_large_string(column.type) for column in columns) else pa.string()
    cells = [pc.fill_null(_escaped(column).cast(kind), "\\N") for column in columns]
    cells[-1] = pc.binary_join_element_wise(cells[-1], pa.scalar("", kind), pa.scalar("\n", kind))
    joined = cells[0] if len(cells) == 1 else pc.binary_join_element_wise(*cells, pa.scalar("\t", kind))
    return [_bytes(joined)]


def cells_of(line: str) -> list[str | None]:
    """The cells of a row that `copy_text` has written."""
    return [_cell(text) for text in line.rstrip("\n").split("\t")]


def _cell(text: str) -> str | None:
    if text == "\\N":
        return None
    parts = text.split("\\\\")
    for character, escape in _ESCAPES[1:]:
        parts = [part.replace(escape, character) for part in parts]
    return "\\".join(parts)


def _escaped(column: pa.Array) -> pa.Array:
    data = column.buffers()[2]
    content = data.to_pybytes() if data else b""  # copied, since bytes are searched fastest
    if not any(character in content for character in _SPECIAL):
        return column
    for character, escape in _ESCAPES:
        column = pc.replace_substring(column, character, escape)
    return column


def _bytes(texts: pa.Array) -> memoryview:
    width = np.int64 if pa.types.is_large_string(texts.type) else np.int32
    if not len(texts):
        return memoryview(b"")
    offsets = np.frombuffer(texts.buffers()[1], width)[texts.offset : texts.offset + len(texts) + 1]
    return memoryview(texts.buffers()[2])[int(offsets[0]) : int(offsets[-1])]
