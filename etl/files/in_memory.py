"""Small results as Arrow tables: the rejected rows of a fill, rows of our own tables."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv

from etl.files.header import REJECT_COLUMNS


def read_rejects(path: Path | None, columns: Sequence[str]) -> pa.Table:
    """A reject file as texts; without one no rows. `columns`: those of the in_ table that were filled."""
    names = [*REJECT_COLUMNS, *columns]
    schema = pa.schema([(name, pa.string()) for name in names])
    if path is None:
        return schema.empty_table()
    return pa.csv.read_csv(
        path,
        # One block: a row may be as long as maxValueBytes allows.
        read_options=pa.csv.ReadOptions(block_size=2**31 - 1),
        parse_options=pa.csv.ParseOptions(newlines_in_values=True),
        convert_options=pa.csv.ConvertOptions(
            column_types=schema, null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=False
        ),
    )


def rows_table(
    rows: Sequence[Mapping[str, Any]], numbers: Sequence[str], texts: Sequence[str], times: Sequence[str]
) -> pa.Table:
    """Rows with columns of 64-bit numbers, texts and times in UTC, in this order."""
    kinds = [(numbers, pa.int64()), (texts, pa.string()), (times, pa.timestamp("us", "UTC"))]
    schema = pa.schema([(name, kind) for names, kind in kinds for name in names])
    return pa.Table.from_pylist([{name: row[name] for name in schema.names} for row in rows], schema=schema)
