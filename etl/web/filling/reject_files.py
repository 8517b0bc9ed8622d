"""Rejected rows of an upload for people: the first of them for a page, all of them as a workbook.

The reject file itself is exact, for programs. In the workbook each cell is a text, and no spreadsheet calculates it.
"""

import csv
import io
import itertools
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from etl.errors import ConfigurationError

# Columns before the row itself, see etl/files/header.py: file, line, column, value, reason.
_LINE, _COLUMN, _VALUE, _REASON = 1, 2, 3, 4
MOST_BOOK_ROWS: Final = 100_000
"""Of a workbook, which is made in memory; a page says so where there are more."""
_MOST_BOOK_CHARACTERS: Final = 64 << 20
_LONGEST_CELL: Final = 32_767
_LONGEST_SHEET: Final = 31


def first_rejects(path: Path, number: int) -> list[tuple[int, str, str, str]]:
    """(line, columns, value, reason) of the first rejected rows."""
    return [
        (int(row[_LINE]), row[_COLUMN], row[_VALUE], row[_REASON])
        for row in itertools.islice(_rows(path), 1, number + 1)
    ]


def first_rows(path: Path, number: int) -> list[list[str | None]]:
    """The first rows that fit, each without its line, from a file in COPY's text format."""
    if not path.exists():
        return []
    from etl.files import cells_of

    with path.open(encoding="utf-8", newline="\n") as file:
        return [cells_of(line)[1:] for line in itertools.islice(file, number)]


def reject_book(sheets: Sequence[tuple[str, Path]]) -> bytes:
    """A workbook of the reject files, a sheet for each. Raises ConfigurationError without the package for it."""
    try:
        from openpyxl import Workbook
        from openpyxl.cell import WriteOnlyCell
    except ImportError as error:
        raise ConfigurationError("workbooks need: pip install 'etl[files]'") from error
    book = Workbook(write_only=True)
    written = 0
    for name, path in sheets:
        sheet = book.create_sheet(name[:_LONGEST_SHEET])
        for row in itertools.islice(_rows(path), MOST_BOOK_ROWS + 1):
            cells = []
            for text in row:
                written += len(text)
                cell = WriteOnlyCell(sheet, value=_writable(text))
                # What begins with "=" would be a formula.
                cell.data_type = "s"
                cells.append(cell)
            sheet.append(cells)
            if written > _MOST_BOOK_CHARACTERS:
                break
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _rows(path: Path) -> Iterator[list[str]]:
    if not path.exists():
        return
    # A cell may have as many characters as a value of a table.
    csv.field_size_limit(sys.maxsize)
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.reader(file)


def _writable(text: str) -> str:
    """Without the characters that XML has not, and no longer than a cell."""
    plain = "".join(c if c >= " " or c in "\t\n\r" else f"_x{ord(c):04X}_" for c in text)
    return "".join(c for c in plain if c not in "\ufffe\uffff")[:_LONGEST_CELL]
