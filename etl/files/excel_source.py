"""A sheet of an Excel workbook as blocks of rows; `line` is the number that Excel shows beside the row."""

import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyarrow as pa
from openpyxl.utils.exceptions import InvalidFileException

from etl.errors import ConfigurationError, Problem
from etl.files.block import Block
from etl.files.header import match_header
from etl.files.target import InTable, Kind

_BATCH_ROWS = 5_000
_NAME_CHARACTERS = 31  # Excel has no longer names of sheets


def sheet_names(path: Path) -> list[str]:
    """The sheets of a workbook, in their order. Raises ConfigurationError when it is none."""
    with _opened(path) as book:
        return [sheet.title for sheet in book.worksheets]


def is_named(sheet: str, table: str) -> bool:
    """Whether a sheet bears the name of a table, as far as Excel keeps it."""
    return sheet.strip().lower() == table[:_NAME_CHARACTERS].lower()


@contextmanager
def _opened(path: Path, *, has_values: bool = False) -> Iterator[Any]:
    """A workbook for reading row by row; `has_values`: results of formulas instead of formulas."""
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=has_values)
    except (zipfile.BadZipFile, InvalidFileException, KeyError) as error:
        raise ConfigurationError(Problem("is no Excel workbook (.xlsx)", str(path))) from error
    try:
        yield book
    finally:
        book.close()


class ExcelSource:
    """A sheet whose first row names the columns."""

    def __init__(self, path: Path, sheet: str, table: InTable, columns: Sequence[str] | None) -> None:
        self.name = f"{path}[{sheet}]"
        self._path, self._sheet = path, sheet
        self._first = 1 if columns else 2
        header = columns or self._header()
        self.layout = match_header(header, table, self.name)
        with _opened(path) as book:
            self.size = book[sheet].max_row or 0

    def _header(self) -> list[str]:
        with _opened(self._path) as book:
            row = next(book[self._sheet].iter_rows(max_row=1, values_only=True), ())
        names = ["" if cell is None else str(cell) for cell in row]
        while names and not names[-1].strip():
            names.pop()
        return names

    def blocks(self) -> Iterator[Block]:
        """The rows that are not empty."""
        lines: list[int] = []
        rows: list[list[Any]] = []
        with _opened(self._path) as book, _opened(self._path, has_values=True) as results:
            pairs = (one[self._sheet].iter_rows(min_row=self._first) for one in (book, results))
            for line, (row, values) in enumerate(zip(*pairs, strict=True), self._first):
                cells = [_cell(row, values, place) for place in self.layout.places]
                if any(cell is not None for cell in cells):
                    lines.append(line)
                    rows.append(cells)
                if len(rows) == _BATCH_ROWS:
                    yield self._block(rows, lines)
                    rows, lines = [], []
        if rows:
            yield self._block(rows, lines)

    def _block(self, rows: list[list[Any]], lines: list[int]) -> Block:
        faults: dict[tuple[int, int], str] = {}
        columns = []
        for number, column in enumerate(self.layout.columns):
            texts = []
            for row, cells in enumerate(rows):
                text, reason = _text(cells[number], column.kind)
                if reason:
                    faults[row, number] = reason
                texts.append(text)
            columns.append(pa.array(texts, pa.string()))
        return Block(tuple(columns), np.array(lines, np.int64), lines[-1], (), faults)


class _Formula(str):
    """A formula that nobody has calculated."""


class _Fault(str):
    """What Excel shows instead of a value: #N/A, #REF! …"""


def _cell(row: Sequence[Any], values: Sequence[Any], place: int) -> Any:
    if place >= len(row):
        return None
    cell = row[place]
    if cell.data_type == "f":
        result = values[place]
        if result.value is None:
            return _Formula(cell.value)
        return _Fault(result.value) if result.data_type == "e" else result.value
    return _Fault(cell.value) if cell.data_type == "e" else cell.value


def _text(value: Any, kind: Kind) -> tuple[str | None, str]:
    """(the value as text, why it is none)."""
    match value:
        case None:
            return None, ""
        case _Formula():
            return value, "is a formula without a result: open the file in Excel and save it, or paste values"
        case _Fault():
            return value, "is an error of Excel: correct the cell or empty it"
        case str():
            return value, ""
        case bool():
            return str(value).lower(), ""
        case float():
            return (str(int(value)) if value.is_integer() else repr(value)), ""
        case datetime():
            is_day = kind is Kind.TEXT and value.time() == time(0)
            return value.date().isoformat() if is_day else value.isoformat(" "), ""
        case date() | int():
            return str(value), ""
        case time() | timedelta():
            is_text = kind is Kind.TEXT
            return str(value), "" if is_text else "is a time without a day: write both"
        case _:
            return str(value), "is of a kind that no column takes"
