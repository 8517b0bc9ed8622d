"""Rejected rows of an upload for people: the first of them for a page, all of them as a workbook.

The reject file itself is exact, for programs. In the workbook each cell is a text, and no spreadsheet calculates it.
"""

import csv
import io
import itertools
import secrets
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from etl.errors import ConfigurationError
from etl.private_files import new_private_file
from etl.quoting import spreadsheet_cell
from etl.web.filling.spool import FULL, no_space

# Columns before the row itself, see etl/files/header.py: file, line, column, value, reason.
_LINE, _COLUMN, _VALUE, _REASON = 1, 2, 3, 4
MOST_BOOK_ROWS: Final = 20_000
"""Of a sheet: to make one takes processor time. A page says so where there are more."""
_MOST_BOOK_CHARACTERS: Final = 64 << 20
_LONGEST_CELL: Final = 32_767
_LONGEST_SHEET: Final = 31
_CELLS_BEFORE_ROW: Final = 5
BOOK_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CUT: Final = "#N/A"


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


def safe_copy(path: Path) -> Path:
    """A copy of a reject file beside it, in which no cell is a formula, for spreadsheets. Raises RequestProblem where
    the disk has no space for it."""
    copy = path.with_suffix(".safe.csv")
    if copy.exists():
        return copy
    part = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        with new_private_file(part) as file, io.TextIOWrapper(file, encoding="utf-8-sig", newline="") as text:
            csv.writer(text, lineterminator="\r\n").writerows(map(spreadsheet_cell, row) for row in _rows(path))
        part.replace(copy)
    except OSError as error:
        if error.errno in FULL:
            raise no_space() from error
        raise
    finally:
        part.unlink(missing_ok=True)
    return copy


def reject_book(sheets: Sequence[tuple[str, Path]]) -> bytes:
    """A workbook of the reject files, a sheet for each. Raises ConfigurationError without the package for it."""
    return book_of([(name, itertools.islice(_rows(path), MOST_BOOK_ROWS + 1)) for name, path in sheets])


def book_of(sheets: Sequence[tuple[str, Iterable[Sequence[str | None]]]]) -> bytes:
    """A workbook of rejected rows, which can be corrected and sent back: rows that begin with the five cells of a
    reject file, and with a head. Raises ConfigurationError without the package for it."""
    try:
        from openpyxl import Workbook
    except ImportError as error:
        raise ConfigurationError("workbooks need: pip install 'etl[files]'") from error
    book = Workbook(write_only=True)
    written = 0
    for name, rows in sheets:
        sheet = book.create_sheet(name[:_LONGEST_SHEET])
        for row in rows:
            sheet.append([_book_cell(sheet, text, is_own=at >= _CELLS_BEFORE_ROW) for at, text in enumerate(row)])
            written += sum(len(text or "") for text in row)
            if written > _MOST_BOOK_CHARACTERS:
                break
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _book_cell(sheet: Any, text: str | None, *, is_own: bool) -> Any:
    """`is_own`: it is a cell of the row. One that is too long for a workbook is an error there, which no fill takes:
    cut off it would be loaded as if it were whole."""
    from openpyxl.cell import WriteOnlyCell

    writable = _writable(text or "")
    is_cut = len(writable) > _LONGEST_CELL
    cell = WriteOnlyCell(sheet, value=_CUT if is_cut and is_own else writable[:_LONGEST_CELL] or None)
    # What begins with "=" would be a formula.
    cell.data_type = "e" if is_cut and is_own else "s" if cell.value is not None else "n"
    return cell


def _rows(path: Path) -> Iterator[list[str]]:
    if not path.exists():
        return
    # A cell may have as many characters as a value of a table.
    csv.field_size_limit(sys.maxsize)
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.reader(file)


def _writable(text: str) -> str:
    """Without the characters that XML has not."""
    plain = "".join(c if c >= " " or c in "\t\n\r" else f"_x{ord(c):04X}_" for c in text)
    return "".join(c for c in plain if c not in "\ufffe\uffff")
