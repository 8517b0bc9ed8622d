"""A sheet of an Excel workbook as blocks of rows; `line` is the number that Excel shows beside the row."""

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa

from etl.errors import ConfigurationError, Problem
from etl.files.block import Block
from etl.files.header import MOST_COLUMNS, Layout, match_header
from etl.files.target import CellType, InTable
from etl.files.xlsx_archive import Archive
from etl.files.xlsx_book import Book, Sheet, read_texts
from etl.files.xlsx_sheet import Merged, Row, column_letters, read_rows, survey
from etl.files.xlsx_values import Values

_BATCH_ROWS = 5_000
_BATCH_CHARACTERS = 8 * 1024 * 1024
_NAME_CHARACTERS = 31  # the longest name of a sheet in Excel


def is_named(sheet: str, table: str) -> bool:
    """Whether a sheet is named after a table, up to Excel's limit of characters."""
    return sheet.strip().lower() == table[:_NAME_CHARACTERS].lower()


class ExcelSource:
    """A sheet whose first row that is not empty names the columns. It is read to its end before its first row counts.

    `size` is in bytes, unpacked.
    """

    def __init__(self, book: Book, sheet: Sheet, table: InTable, columns: Sequence[str]) -> None:
        self.name = f"{book.path}[{sheet.name}]"
        self._book, self._sheet = book, sheet
        with Archive(book.path) as archive:
            self.size, self._merged = survey(archive, sheet)
            self._header_line, header = (0, list(columns)) if columns else self._header(archive)
        self.layout = match_header(header, table, self.name, self._header_line or None)

    def _header(self, archive: Archive) -> tuple[int, list[str]]:
        for row, _ in read_rows(archive, self._sheet, set(range(MOST_COLUMNS)), MOST_COLUMNS):
            numbers = [value or "" for written, _, value, _ in row.cells.values() if written == "s"]
            wanted = max((int(one) + 1 for one in numbers if one.isascii() and one.isdigit()), default=0)
            values = Values(read_texts(self._book, archive, wanted), self._book.formats, is_1904=self._book.is_1904)
            names = [""] * (max(row.cells) + 1)
            for position, cell in row.cells.items():
                text, reason = values.text(cell, CellType.TEXT)
                if reason:
                    message = f"the name in {column_letters(position)}{row.line} {reason}"
                    raise ConfigurationError(Problem(message, self.name, row.line))
                names[position] = text or ""
            while names and not names[-1].strip():
                names.pop()
            if names:
                return row.line, names
        raise ConfigurationError(Problem("is empty: not even a header names its columns", self.name))

    def blocks(self) -> Iterator[Block]:
        """The rows that are not empty."""
        with Archive(self._book.path) as archive:
            values = Values(read_texts(self._book, archive), self._book.formats, is_1904=self._book.is_1904)
            cells = _Cells(values, self.layout, [one for one in self._merged if one.last_line > self._header_line])
            done = 0
            for row, done in read_rows(archive, self._sheet, set(self.layout.positions), self.layout.cells):
                if row.line <= self._header_line:
                    continue
                cells.add(row)
                if len(cells.lines) == _BATCH_ROWS or cells.characters > _BATCH_CHARACTERS:
                    yield cells.block(done)
            if cells.lines:
                yield cells.block(done)


class _Cells:
    def __init__(self, values: Values, layout: Layout, merged: Sequence[Merged]) -> None:
        self._values, self._positions = values, layout.positions
        self._kinds = [(position, one.kind) for position, one in zip(layout.positions, layout.columns, strict=True)]
        self._merged = merged
        self._merged_from = np.array([one.first_line for one in merged])
        self._merged_to = np.array([one.last_line for one in merged])
        self._clear()

    def _clear(self) -> None:
        self.lines: list[int] = []
        self.characters = 0
        self._texts: list[list[str | None]] = [[] for _ in self._positions]
        self._faults: dict[tuple[int, int | None], str] = {}

    def add(self, row: Row) -> None:
        """Takes a row, unless all of its cells are empty."""
        texts: list[str | None] = []
        faults: list[tuple[int | None, str]] = []
        text_of, cell_of = self._values.text, row.cells.get
        for number, (position, kind) in enumerate(self._kinds):
            cell = cell_of(position)
            if cell is None:
                texts.append(None)
                continue
            text, reason = text_of(cell, kind)
            texts.append(text)
            if reason:
                faults.append((number, reason))
        if row.beyond:
            faults.append((None, f"has a value in column {row.beyond}, for which the header has no name"))
        if not faults and not any(texts):
            return
        for at, reason in faults:
            self._faults[len(self.lines), at] = reason
        for column_texts, text in zip(self._texts, texts, strict=True):
            column_texts.append(text)
            self.characters += len(text) if text else 0
        self.lines.append(row.line)

    def block(self, done: int) -> Block:
        """The rows so far; `done` as in Block."""
        self._mark_merged()
        columns = tuple(pa.array(texts, pa.string()) for texts in self._texts)
        block = Block(columns, np.array(self.lines, np.int64), done, (), self._faults)
        self._clear()
        return block

    def _mark_merged(self) -> None:
        """Marks merged cells as faults: the value of all but the first is unknown."""
        lines = np.array(self.lines)
        for at in np.flatnonzero((self._merged_from <= lines[-1]) & (self._merged_to >= lines[0])):
            one = self._merged[int(at)]
            first, last = np.searchsorted(lines, [one.first_line, one.last_line + 1])
            for row in range(first, last):
                for number, position in enumerate(self._positions):
                    is_first = self.lines[row] == one.first_line and position == one.first_column
                    if one.first_column <= position <= one.last_column and not is_first:
                        reason = f"is merged with other cells ({one.name}): give each its own value"
                        self._faults.setdefault((row, number), reason)
