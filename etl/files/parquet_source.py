"""A Parquet file as blocks of rows: its own row groups, a batch at a time; `line` is the number of the row."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from etl.errors import ConfigurationError, Problem
from etl.files.block import Block
from etl.files.checks import fits
from etl.files.header import Layout, match_header
from etl.files.target import InTable

_BATCH_ROWS = 50_000
_BATCH_BYTES = 16 * 1024 * 1024


class ParquetSource:
    """A Parquet file whose columns fit the table, by name and by type."""

    def __init__(self, path: Path, table: InTable) -> None:
        self.name = str(path)
        self._path = path
        try:
            with pq.ParquetFile(path) as file:
                schema, metadata = file.schema_arrow, file.metadata
        except pa.ArrowInvalid as error:
            raise ConfigurationError(Problem("is no Parquet file", self.name)) from error
        self.size = metadata.num_rows
        self.layout = match_header(schema.names, table, self.name, None)
        _refuse_types(schema, self.layout, self.name)
        groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
        row_bytes = max((one.total_byte_size / max(one.num_rows, 1) for one in groups), default=1)
        # Rows with large values come fewer at a time, so that memory stays flat.
        self._batch = int(max(1, min(_BATCH_ROWS, _BATCH_BYTES / max(row_bytes, 1))))

    def blocks(self) -> Iterator[Block]:
        """The rows, in the file's order."""
        names = self._names()
        done = 0
        with pq.ParquetFile(self._path) as file:
            for batch in file.iter_batches(self._batch, columns=names):
                lines = np.arange(done + 1, done + batch.num_rows + 1, dtype=np.int64)
                done += batch.num_rows
                yield Block(tuple(batch.column(batch.schema.get_field_index(name)) for name in names), lines, done)

    def _names(self) -> list[str]:
        with pq.ParquetFile(self._path) as file:
            names = file.schema_arrow.names
        return [names[place] for place in self.layout.places]


def _refuse_types(schema: pa.Schema, layout: Layout, path: str) -> None:
    pairs = zip(layout.columns, layout.places, strict=True)
    problems = [
        Problem(f"column {column.name} is {schema.types[place]}, which fills no {column.kind.name.lower()}", path)
        for column, place in pairs
        if not fits(column, schema.types[place])
    ]
    if problems:
        raise ConfigurationError(*problems)
