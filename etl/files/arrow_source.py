"""An Arrow table as blocks of rows; `line` is the number of the row, from 1."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa

from etl.errors import ConfigurationError, Problem
from etl.files.block import Block
from etl.files.header import match_header
from etl.files.parquet_source import refuse_types
from etl.files.sources import TableFile
from etl.files.target import InTable

_BATCH_ROWS: Final = 50_000


class ArrowSource:
    """A table in memory whose columns fit the in_ table, by name and by type. `name`: what messages call it."""

    def __init__(self, data: pa.Table, table: InTable, name: str) -> None:
        self.name = name
        self.size = data.num_rows
        self.layout = match_header(data.schema.names, table, name, None)
        refuse_types(data.schema, self.layout, name)
        self._data = data.select(list(self.layout.positions))
        try:
            self._data.validate(full=True)
        except pa.ArrowInvalid as error:
            raise ConfigurationError(Problem(f"is damaged: {error}", name)) from error

    def blocks(self) -> Iterator[Block]:
        """The rows, in the table's order."""
        done = 0
        for batch in self._data.to_batches(max_chunksize=_BATCH_ROWS):
            lines = np.arange(done + 1, done + batch.num_rows + 1, dtype=np.int64)
            done += batch.num_rows
            if batch.num_rows:
                yield Block(tuple(batch.columns), lines, done)


def from_arrow(data: pa.Table, table: InTable, name: str) -> TableFile:
    """The rows of an Arrow table for an in_ table. Raises ConfigurationError for names and types that do not fit."""
    return TableFile(table, ArrowSource(data, table, name), Path(name))
