"""Paths and names of a command -> opened sources, each with its table; nothing is loaded until all are open."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from etl.errors import ConfigurationError, Problem
from etl.files.block import FileSource
from etl.files.csv_source import CsvReader, CsvSource
from etl.files.csv_text import CsvFormat, scan
from etl.files.excel_source import ExcelSource, is_named
from etl.files.header import SKIP, match_header
from etl.files.parquet_source import ParquetSource
from etl.files.target import InTable, find_table
from etl.files.unreadable import unreadable
from etl.files.xlsx_book import Sheet, read_book
from etl.quoting import fold, shown

_CSV: Final = (".csv", ".tsv", ".txt", ".dat", ".csv.gz", ".tsv.gz", ".txt.gz", ".dat.gz")
_PARQUET: Final = (".parquet", ".pq")
_EXCEL: Final = (".xlsx", ".xlsm")
_FOREIGN: Final = (".xls", ".xlsb", ".ods")
_DELIMITERS: Final = (",", ";", "\t", "|")
_REJECTED: Final = ".rejected"
_SHOWN_SHEETS: Final = 20


@dataclass(frozen=True)
class FileFormat:
    """The options for files; None and empty: detected from the file. `columns` replace a header."""

    encoding: str = "utf-8"
    delimiter: str = ""
    null: str = ""
    escape: str = '"'
    columns: tuple[str, ...] = ()
    sheet: str = ""


@dataclass(frozen=True)
class TableFile:
    table: InTable
    source: FileSource
    path: Path


def pairs(
    tables: dict[str, InTable], table: str | None, paths: Sequence[Path], file_format: FileFormat
) -> list[TableFile]:
    """Every file, or sheet, with its table: the named one, or the one that the file or the sheet is named after.

    Raises ConfigurationError for what cannot be read, and for headers that do not fit.
    """
    _check_format(file_format)
    chosen = find_table(tables, table) if table else None
    found: list[TableFile] = []
    for path in paths:
        if not path.is_file():
            raise ConfigurationError(Problem("no such file", str(path)))
        try:
            found += _of_file(path, tables, chosen, file_format)
        except OSError as error:
            raise unreadable(path, error.strerror or error) from error
    return found


def known_suffix(name: str) -> str:
    """The ending that says of which kind a file is, in lower case; "" for none that is read."""
    known = sorted((*_CSV, *_PARQUET, *_EXCEL), key=len, reverse=True)
    return next((suffix for suffix in known if name.lower().endswith(suffix)), "")


def is_workbook(suffix: str) -> bool:
    """Whether a file of that ending has sheets, each of which may be named after a table."""
    return suffix in _EXCEL


def _of_file(
    path: Path, tables: dict[str, InTable], chosen: InTable | None, file_format: FileFormat
) -> list[TableFile]:
    name = path.name.lower()
    if name.endswith(_EXCEL):
        return _of_workbook(path, tables, chosen, file_format)
    if name.endswith(_FOREIGN):
        raise ConfigurationError(Problem("is read as .xlsx only: save it as one", str(path)))
    if not name.endswith(_CSV + _PARQUET):
        kinds = ", ".join(sorted({*_CSV, *_PARQUET, *_EXCEL}))
        raise ConfigurationError(Problem(f"is of no known kind: the name must end with {kinds}", str(path)))
    table = chosen or _named(path, tables)
    if name.endswith(_PARQUET):
        return [TableFile(table, ParquetSource(path, table), path)]
    return [TableFile(table, open_csv(path, table, file_format), path)]


def _named(path: Path, tables: dict[str, InTable]) -> InTable:
    stem = path.name.split(".")[0]
    try:
        return find_table(tables, stem)
    except ConfigurationError as error:
        advice = f"{error}; name the table before the files: etl fill TABLE {path}"
        raise ConfigurationError(Problem(advice, str(path))) from error


def _of_workbook(
    path: Path, tables: dict[str, InTable], chosen: InTable | None, file_format: FileFormat
) -> list[TableFile]:
    book = read_book(path)
    sheets = book.sheets
    named = [(one, sheet) for sheet in sheets for one in tables.values() if is_named(sheet.name, one.name)]
    if file_format.sheet:
        wanted = [sheet for sheet in sheets if sheet.name.lower() == file_format.sheet.lower()]
        if not wanted:
            raise ConfigurationError(Problem(f"has no sheet {shown(file_format.sheet)}: {_list(sheets)}", str(path)))
        table = chosen or next((one for one, sheet in named if sheet == wanted[0]), None) or _named(path, tables)
        named = [(table, wanted[0])]
    elif chosen:
        own = [(chosen, sheet) for one, sheet in named if one is chosen]
        named = own or [(chosen, sheet) for sheet in sheets if len(sheets) == 1]
        if not named:
            raise ConfigurationError(Problem(f"has several sheets: say --sheet, one of {_list(sheets)}", str(path)))
    elif not named:
        if len(sheets) > 1:
            raise ConfigurationError(Problem(f"no sheet is named after a table: {_list(sheets)}", str(path)))
        named = [(_named(path, tables), sheets[0])]
    return [TableFile(one, ExcelSource(book, sheet, one, file_format.columns), path) for one, sheet in named]


def _list(sheets: Sequence[Sheet]) -> str:
    names = [shown(sheet.name) for sheet in sheets[:_SHOWN_SHEETS]]
    return ", ".join([*names, "…"] if len(sheets) > _SHOWN_SHEETS else names)


def _check_format(file_format: FileFormat) -> None:
    try:
        "".encode(file_format.encoding)
    except (LookupError, UnicodeError) as error:
        raise ConfigurationError(f"encoding {shown(file_format.encoding)} is not known, e.g. utf-8, cp1251") from error
    if file_format.delimiter and (len(file_format.delimiter.encode()) != 1 or file_format.delimiter in '"\r\n'):
        raise ConfigurationError("the delimiter must be one character of ASCII, and neither a quote nor a line end")
    if file_format.escape not in ('"', "\\"):
        raise ConfigurationError('the escape must be " or \\')


def open_csv(path: Path, table: InTable, file_format: FileFormat) -> CsvSource:
    """A CSV file with its header matched; without a delimiter the one under which most names are the table's."""
    reader = CsvReader(path, file_format.encoding)
    head, is_whole = reader.head()
    if not head.strip():
        raise ConfigurationError(Problem("is empty: not even a header names its columns", str(path)))
    delimiters = [file_format.delimiter] if file_format.delimiter else _DELIMITERS
    formats = [CsvFormat(one, file_format.null, file_format.escape) for one in delimiters]
    columns = list(file_format.columns)
    rows = {one: _first_row(head, one, is_whole=is_whole) for one in formats}
    if columns:
        csv = max(formats, key=lambda one: len(rows[one][0]) == len(columns))
        return CsvSource(reader, csv, match_header(columns, table, str(path), None), (0, 0))
    csv = max(formats, key=lambda one: _known(rows[one][0], table))
    header, end, lines = rows[csv]
    if not end:
        raise ConfigurationError(Problem(f"its first line has no end within {len(head):,} bytes", str(path), 1))
    return CsvSource(reader, csv, match_header(header, table, str(path)), (end, lines))


def _first_row(head: bytes, csv: CsvFormat, *, is_whole: bool) -> tuple[list[str], int, int]:
    found = scan(head, 1, csv, None, is_last=is_whole, limit=1)
    cells = found.rows[0] if found.rows else []
    return [(cell or b"").decode(errors="backslashreplace") for cell in cells], found.end, found.lines_used


def _known(header: Sequence[str], table: InTable) -> tuple[int, int]:
    names = {fold(column.name) for column in table.columns} | {SKIP}
    return sum(fold(name.strip()) in names for name in header), len(header)


def reject_path(path: Path) -> Path:
    """Where the rejected rows of a file go: beside it, under a name that is free."""
    stem = path.name[: len(path.name) - len(known_suffix(path.name))]
    stem = stem.removesuffix(_REJECTED)
    wanted = path.with_name(f"{stem}{_REJECTED}.csv")
    number = 2
    while wanted.exists():
        wanted = path.with_name(f"{stem}{_REJECTED}-{number}.csv")
        number += 1
    return wanted
