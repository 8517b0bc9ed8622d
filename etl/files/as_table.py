"""A file as a temporary table of the transaction, each row with its line, for statements that look at all of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from etl.database import Connection, SqlTemplates, copy_in, encoding_of, execute
from etl.files.fill import Progress
from etl.files.json_lines import SUFFIXES, JsonLinesSource
from etl.files.loading import Loading, loaded_blocks
from etl.files.rejects import NotedFaults, RowFault
from etl.files.sources import FileFormat, TableFile, known_suffix, pairs
from etl.files.target import CellType, InTable
from etl.quoting import fold

_sql = SqlTemplates(__package__)
_TYPES = {
    CellType.TEXT: "text",
    CellType.NUMBER: "numeric(24,4)",
    CellType.TIME: "timestamp with time zone",
    CellType.BOOL: "boolean",
    CellType.BYTES: "bytea",
}


@dataclass(frozen=True)
class ReadTable:
    """`rows` are in the table; `bad_rows` are not, and `faults` says why of the first of them. `rounded`: numbers that
    lost digits after the fourth decimal."""

    rows: int
    bad_rows: int
    faults: Sequence[RowFault]
    rounded: int


def typed_suffix(name: str) -> str:
    """The ending of a CSV, Parquet or JSON lines file, in lower case; "" for none of these."""
    found = next((one for one in SUFFIXES if name.lower().endswith(one)), "") or known_suffix(name)
    return "" if found in (".xlsx", ".xlsm") else found


def open_rows(path: Path, table: InTable) -> TableFile:
    """A CSV, Parquet or JSON lines file with the rows of a table. Raises ConfigurationError as `pairs` does."""
    if path.name.lower().endswith(SUFFIXES):
        return TableFile(table, JsonLinesSource(path, table), path)
    [found] = pairs({fold(table.name): table}, table.name, [path], FileFormat())
    return found


def read_as_table(
    connection: Connection, file: TableFile, name: str, max_value_bytes: int, progress: Progress
) -> ReadTable:
    """Makes the temporary table `name` with the columns of the file's table and `_line`, and copies the rows into it.

    Columns that the file does not have are null. The table ends with the transaction, or by `drop_tables`.
    """
    columns = [{"name": one.name, "type": _TYPES[one.kind]} for one in file.table.columns]
    given = [one.name for one in file.source.layout.columns]
    noted = NotedFaults(file.source.name, file.source.layout)
    loading = Loading(file, max_value_bytes, noted, progress, encoding=encoding_of(connection))
    execute(connection, _sql("create_file_table", name=name, columns=columns))
    copy_in(connection, _sql("copy_file_rows", name=name, columns=given), loaded_blocks(loading, with_lines=True))
    execute(connection, _sql("analyze_file_table", name=name))
    return ReadTable(loading.rows, noted.rows, noted.noted, loading.rounded)


def drop_tables(connection: Connection, *names: str) -> None:
    """Drops temporary tables, where they are there."""
    for name in names:
        execute(connection, _sql("drop_file_table", name=name))
