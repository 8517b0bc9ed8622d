"""Writes the result of a query as Parquet: rows stream from COPY's CSV through Arrow, some megabytes at a time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
from sqlalchemy import Connection, TextClause

from etl.database import copy_rows
from etl.errors import EnvironmentFault
from etl.files.columns import ExportColumn

_BLOCK_BYTES: Final = 4 * 1024 * 1024
# A row group is kept in memory until it is written; this many rows take about ten megabytes.
_GROUP_ROWS: Final = 131_072
_GROUP_BYTES: Final = 32 * 1024 * 1024
_MOST_PARTS: Final = 1_000
_COMPRESSION: Final = "zstd"


@dataclass(frozen=True)
class Query:
    """A `copy … to stdout (format csv)` of a table and the types of its columns."""

    connection: Connection
    table: str
    columns: list[ExportColumn]
    statement: TextClause
    values: dict[str, Any]

    @property
    def schema(self) -> pa.Schema:
        return pa.schema([(column.name, column.arrow) for column in self.columns])


Progress = Callable[[str, int], None]
"""Called with (table, rows written so far)."""


def write_parquet(query: Query, file: BinaryIO, progress: Progress) -> int:
    """Writes one file and returns how many rows it has."""
    rows = 0
    with pa.parquet.ParquetWriter(file, query.schema, compression=_COMPRESSION) as writer:
        for table in _groups(read_blocks(query)):
            writer.write_table(table)
            rows += table.num_rows
            progress(query.table, rows)
    return rows


def write_parts(query: Query, folder: Path, column: str, progress: Progress) -> int:
    """Writes a folder `<column>=<value>` per value and returns how many rows they have together."""
    from pyarrow import dataset  # a large library, which only parts need

    rows = 0

    def batches() -> Iterator[pa.RecordBatch]:
        nonlocal rows
        for table in read_blocks(query):
            rows += table.num_rows
            yield from table.to_batches()
            progress(query.table, rows)

    partitioning = dataset.partitioning(pa.schema([query.schema.field(column)]), flavor="hive")
    try:
        dataset.write_dataset(
            batches(),
            folder,
            schema=query.schema,
            format="parquet",
            file_options=dataset.ParquetFileFormat().make_write_options(compression=_COMPRESSION),
            partitioning=partitioning,
            max_partitions=_MOST_PARTS,
            max_rows_per_group=_GROUP_ROWS,
            existing_data_behavior="error",
        )
    except pa.ArrowInvalid as error:
        raise EnvironmentFault(
            f"{query.table} cannot be partitioned by {column}: {error}; at most {_MOST_PARTS} values make parts"
        ) from error
    return rows


def _groups(tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """Tables put together to the size of a row group; at least one, so that an empty file has its columns."""
    kept: list[pa.Table] = []
    for table in tables:
        kept.append(table)
        if sum(one.num_rows for one in kept) >= _GROUP_ROWS or sum(one.nbytes for one in kept) >= _GROUP_BYTES:
            yield pa.concat_tables(kept)
            kept = []
    if kept:
        yield pa.concat_tables(kept)


def read_blocks(query: Query) -> Iterator[pa.Table]:
    """The rows, some megabytes at a time. Raises Unfit for a value that its type does not hold."""
    options = {
        "read_options": pa.csv.ReadOptions(column_names=query.schema.names, block_size=2**31 - 1),
        "parse_options": pa.csv.ParseOptions(newlines_in_values=True),
        "convert_options": pa.csv.ConvertOptions(
            column_types=query.schema,
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            true_values=["t"],
            false_values=["f"],
        ),
    }
    for block in _blocks(query):
        try:
            yield pa.csv.read_csv(pa.BufferReader(block), **options)
        except pa.ArrowInvalid as error:
            raise Unfit(query.table, str(error)) from error


def _blocks(query: Query) -> Iterator[bytes]:
    """Whole rows, some megabytes of them; a larger row comes by itself."""
    kept: list[memoryview] = []
    size = 0
    for row in copy_rows(query.connection, query.statement, query.values):
        kept.append(row)
        size += len(row)
        if size >= _BLOCK_BYTES:
            yield b"".join(kept)
            kept, size = [], 0
    if kept:
        yield b"".join(kept)


class Unfit(EnvironmentFault):
    """A value of `table` that the file's type does not hold."""

    def __init__(self, table: str, message: str) -> None:
        self.table = table
        super().__init__(f"{table}: {message}")
