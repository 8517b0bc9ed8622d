"""A Parquet file as blocks of rows: its own row groups, a batch at a time; `line` is the number of the row.

What a file says of its sizes and texts is not believed: values that a page repeats stay numbers until their true length
is known, texts are proved to be UTF-8, and old times (INT96) are read in two units, since one alone wraps.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from etl.errors import ConfigurationError, Problem
from etl.files.block import Block
from etl.files.checks import fits
from etl.files.header import ColumnLayout, match_header, refuse_wide
from etl.files.target import InTable
from etl.files.times import check_times
from etl.files.unreadable import unreadable

_BATCH_ROWS: Final = 50_000
_BATCH_BYTES: Final = 16 * 1024 * 1024
_BUFFER_BYTES: Final = 1024 * 1024
_DAMAGE: Final = (pa.ArrowException, OSError, ValueError)
_NOT_UTF8: Final = "is not in UTF-8, though the file says so"


class ParquetSource:
    """A Parquet file whose columns fit the table, by name and by type."""

    def __init__(self, path: Path, table: InTable) -> None:
        self.name = str(path)
        self._path = path
        try:
            with pq.ParquetFile(path) as file:
                metadata = file.metadata
                refuse_wide(metadata.num_columns, self.name)
                schema = file.schema_arrow
                physical = {one.path: one.physical_type for one in metadata.schema}
                groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
                row_bytes = max((one.total_byte_size / max(one.num_rows, 1) for one in groups), default=1)
        except _DAMAGE as error:
            raise unreadable(path, f"is not a Parquet file, or is damaged: {_first_line(error)}") from error
        self.size = metadata.num_rows
        self.layout = match_header(schema.names, table, self.name, None)
        refuse_types(schema, self.layout, self.name)
        self._names = [schema.names[position] for position in self.layout.positions]
        self._repeating = [name for name in self._names if physical.get(name) == "BYTE_ARRAY"]
        self._old_times = [name for name in self._names if physical.get(name) == "INT96"]
        # Rows with large values come fewer at a time, so that memory stays flat.
        self._batch = int(max(1, min(_BATCH_ROWS, _BATCH_BYTES / max(row_bytes, 1))))

    def blocks(self) -> Iterator[Block]:
        """The rows, in the file's order."""
        done = 0
        try:
            for batch, seconds in self._batches():
                columns = [batch.column(batch.schema.get_field_index(name)) for name in self._names]
                for start, end in _parts(columns):
                    part = [column.slice(start, end - start) for column in columns]
                    lines = np.arange(done + start + 1, done + end + 1, dtype=np.int64)
                    faults: dict[tuple[int, int | None], str] = {}
                    texts = tuple(_proved(column, number, faults) for number, column in enumerate(part))
                    for name, moments in seconds.items():
                        _mark_wrapped(moments.slice(start, end - start), self._names.index(name), faults)
                    yield Block(texts, lines, done + end, (), faults)
                done += batch.num_rows
        except _DAMAGE as error:
            raise unreadable(self._path, f"is damaged: {_first_line(error)}") from error

    def _batches(self) -> Iterator[tuple[pa.RecordBatch, dict[str, pa.Array]]]:
        """(batch, the same rows' old times in seconds, by column)."""
        with ExitStack() as stack:
            file = stack.enter_context(self._open("us", self._repeating))
            batches = file.iter_batches(self._batch, columns=self._names)
            if not self._old_times:
                yield from ((batch, {}) for batch in batches)
                return
            other = stack.enter_context(self._open("s", []))
            for batch, seconds in zip(batches, other.iter_batches(self._batch, columns=self._old_times), strict=True):
                yield batch, {name: seconds.column(name) for name in self._old_times}

    def _open(self, unit: str, repeating: list[str]) -> Any:
        return pq.ParquetFile(
            self._path,
            buffer_size=_BUFFER_BYTES,
            read_dictionary=repeating,
            coerce_int96_timestamp_unit=unit,
            page_checksum_verification=True,
        )


def refuse_types(schema: pa.Schema, layout: ColumnLayout, path: str) -> None:
    """Raises ConfigurationError with every column whose type cannot fill its column of the table."""
    pairs = zip(layout.columns, layout.positions, strict=True)
    problems = [
        Problem(f"column {column.name} is {schema.types[position]}, which fills no {column.kind.name.lower()}", path)
        for column, position in pairs
        if not fits(column, schema.types[position])
    ]
    if problems:
        raise ConfigurationError(*problems)


def _parts(columns: list[pa.Array]) -> Iterator[tuple[int, int]]:
    """Where to cut a batch so that what its numbers stand for fits into memory."""
    rows = len(columns[0])
    sizes = np.zeros(rows, np.int64)
    for column in columns:
        if pa.types.is_dictionary(column.type):
            lengths = pc.binary_length(column.dictionary).take(column.indices)
            sizes += pc.fill_null(lengths, 0).to_numpy(zero_copy_only=False)
    ends = np.cumsum(sizes)
    start = 0
    while start < rows:
        limit = (ends[start - 1] if start else 0) + _BATCH_BYTES
        end = max(start + 1, int(np.searchsorted(ends, limit, side="right")))
        yield start, end
        start = end


def _proved(column: pa.Array, number: int, faults: dict[tuple[int, int | None], str]) -> pa.Array:
    """Texts that are in UTF-8; a text that is not gets a fault."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return column
    raw = column.cast(pa.large_binary())
    try:
        raw.cast(pa.large_string())
    except pa.ArrowInvalid:
        texts = []
        for row, content in enumerate(raw.to_pylist()):
            try:
                texts.append(None if content is None else content.decode())
            except UnicodeDecodeError:
                faults[row, number] = _NOT_UTF8
                texts.append(content.decode(errors="backslashreplace"))
        return pa.array(texts, column.type)
    return column


def _mark_wrapped(seconds: pa.Array, number: int, faults: dict[tuple[int, int | None], str]) -> None:
    """A time whose microseconds do not fit into 64 bits is another one in microseconds, and only in them."""
    _, outside = check_times(seconds, 0, 0)
    for row in outside:
        faults[row, number] = outside[row]


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
