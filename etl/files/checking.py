"""Checks all rows of a file and loads none: those that fit go to a file as COPY takes them, others to a reject file."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from etl.files.loading import Loading, loaded_blocks
from etl.files.rejects import Rejects
from etl.files.sources import TableFile
from etl.private_files import new_private_file


@dataclass(frozen=True)
class CheckedTable:
    """What a check has found in a file, or in a sheet. `columns` are those of the file of rows, after each row's line;
    `rounded`: numbers that lose digits after the fourth decimal."""

    source: str
    table: str
    columns: tuple[str, ...]
    rows: int
    rejected: int
    rounded: int


def check_file(
    pair: TableFile,
    source: str,
    rows: Path,
    rejects: Path,
    progress: Callable[[str, int, int], None],
    *,
    max_value_bytes: int,
    encoding: str,
) -> CheckedTable:
    """Writes the two files, the second one only if a row is rejected. `source`: what both call the file; `encoding`:
    the database's."""
    rejected = Rejects(source, pair.source.layout, lambda: rejects)
    loading = Loading(pair, max_value_bytes, rejected, progress, encoding=encoding)
    try:
        with new_private_file(rows) as file:
            for block in loaded_blocks(loading, with_lines=True):
                file.write(block)
    except BaseException:
        rejected.drop()
        raise
    rejected.finish()
    columns = tuple(column.name for column in pair.source.layout.columns)
    return CheckedTable(source, pair.table.name, columns, loading.rows, rejected.rows, loading.rounded)
