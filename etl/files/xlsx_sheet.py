"""The cells of a sheet, row by row as they are unpacked; the position of a cell comes from its address."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from etl.files.header import MOST_COLUMNS
from etl.files.unreadable import unreadable
from etl.files.xlsx_archive import Archive
from etl.files.xlsx_book import MOST_CHARACTERS, Sheet, cell_text

_TAIL_BYTES: Final = 512
_MOST_MERGES: Final = 100_000
_MERGE: Final = re.compile(
    rb"<(?:\w+:)?mergeCell\s[^>]{0,200}?ref\s*=\s*[\"']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})[\"']"
)


Cell = tuple[str, str, str | None, str | None]
"""(type, style, value, formula) of a cell as they are written; None: it has no value, it is no formula."""


@dataclass(frozen=True)
class SheetRow:
    """`cells` by their column, from 0; `beyond`: the first cell with a value right of the columns asked for."""

    line: int
    cells: dict[int, Cell]
    beyond: str = ""


@dataclass(frozen=True)
class Merged:
    """A range of cells that are shown as one: lines from 1 and columns from 0, both ends included."""

    first_line: int
    last_line: int
    first_column: int
    last_column: int
    name: str


def column_number(letters: str) -> int:
    """The column of its letters, from 0: A is 0, XFD 16383."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def column_letters(number: int) -> str:
    """The letters of a column, from 0."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def survey(archive: Archive, sheet: Sheet) -> tuple[int, list[Merged]]:
    """(bytes of the sheet, its merged cells): unpacks it once to its end, so that damage is found before any row."""
    size, tail, merged = 0, b"", list[Merged]()
    for chunk in archive.chunks(sheet.part):
        size += len(chunk)
        # In UTF-16, which Excel reads too, the letters of the mark-up are bytes with a zero between them.
        if b"mergeCell" in (text := tail + chunk.replace(b"\0", b"")):
            taken = 0
            for found in _MERGE.finditer(text):
                merged.append(_merged(found))
                taken = found.end()
            text = text[taken:]
            if len(merged) > _MOST_MERGES:
                raise unreadable(archive.path, f"sheet {sheet.name} has over {_MOST_MERGES:,} merged ranges")
        tail = text[-_TAIL_BYTES:]
    return size, merged


def _merged(found: re.Match[bytes]) -> Merged:
    first, line, last, last_line = (part.decode() for part in found.groups())
    name = f"{first}{line}:{last}{last_line}"
    return Merged(int(line), int(last_line), column_number(first), column_number(last), name)


def read_rows(archive: Archive, sheet: Sheet, wanted: set[int], width: int) -> Iterator[tuple[SheetRow, int]]:
    """(row, bytes read): the rows that have a cell among the `wanted` columns or right of the first `width`.

    Raises ConfigurationError for a sheet whose rows or cells contradict one another.
    """
    ready: list[SheetRow] = []
    reader = _RowReader(ready, wanted, width)
    try:
        for done in archive.parse(sheet.part, reader):
            for row in ready:
                yield row, done
            ready.clear()
    except _Contradiction as error:
        raise unreadable(archive.path, f"sheet {sheet.name} is damaged: {error}") from error


class _Contradiction(Exception):
    """A row or cell contradicts another one."""


class _RowReader:
    """Appends whole rows to `ready`. Its handlers are called five times per cell, so `start` and `end` call no other
    method for a plain one."""

    __slots__ = (
        *("_ready", "_wanted", "_width", "_elements_known", "_columns"),
        *("_row", "_cell", "_value_element", "_text_element", "_formula_element", "_phonetic"),
        *("_line", "_suffix", "_digits", "_cells", "_beyond"),
        *("_column", "_type", "_style", "_value", "_formula"),
        *("_parts", "_size", "_runs", "_runs_size", "_is_phonetic"),
    )

    def __init__(self, ready: list[SheetRow], wanted: set[int], width: int) -> None:
        self._ready, self._wanted, self._width = ready, wanted, width
        # The names of the elements as this sheet writes them, once its root is known.
        self._elements_known = False
        self._row = self._cell = self._value_element = ""
        self._text_element = self._formula_element = self._phonetic = ""
        self._columns: dict[str, int] = {}  # of the letters met so far
        # The row: its number as a suffix of addresses, too.
        self._line, self._suffix, self._digits = 0, "0", 1
        self._cells: dict[int, Cell] = {}
        self._beyond = ""
        # The cell.
        self._column = -1
        self._type = self._style = ""
        self._value: str | None = None
        self._formula: str | None = None
        # The text of an element, and the runs of a rich text.
        self._parts: list[str] = []
        self._runs: list[str] = []
        self._size = self._runs_size = 0
        self._is_phonetic = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == self._cell:
            get = attributes.get
            address = get("r")
            before = self._column
            if address is None:
                column = before + 1
            else:
                known = self._columns.get(address[: -self._digits])
                column = known if known is not None and address.endswith(self._suffix) else self._column_at(address)
            if not before < column < MOST_COLUMNS:
                where = f"column {column_letters(column)}"
                raise _Contradiction(f"row {self._line} has a cell in {where} twice or out of order")
            self._column = column
            self._type, self._style = get("t", "n"), get("s", "")
            self._value = self._formula = None
        elif name in (self._value_element, self._text_element, self._formula_element):
            self._parts.clear()
            self._size = 0
        elif name == self._row:
            self._begin_row(attributes.get("r"))
        elif name == self._phonetic:
            self._is_phonetic = True
        elif not self._elements_known:
            self._learn_elements(name)

    def text(self, data: str) -> None:
        self._size += len(data)
        if self._size + self._runs_size <= MOST_CHARACTERS:
            self._parts.append(data)

    def end(self, name: str) -> None:
        if name == self._value_element:
            # Only texts are escaped; what a number or an error holds is short.
            parts = self._parts
            self._value = cell_text(parts, self._size) if self._type == "str" else "".join(parts)
        elif name == self._cell:
            if self._runs:
                self._end_rich_text()
            value, column = self._value, self._column
            if value is None and self._formula is None:
                return
            if column in self._wanted:
                self._cells[column] = (self._type, self._style, value, self._formula)
            elif column >= self._width and value and not self._beyond:
                self._beyond = column_letters(column)
        elif name == self._row:
            if self._cells or self._beyond:
                self._ready.append(SheetRow(self._line, dict(self._cells), self._beyond))
        elif name == self._text_element:
            if not self._is_phonetic:
                self._runs.extend(self._parts)
                self._runs_size += self._size
                self._value = ""
        elif name == self._formula_element:
            self._formula = "".join(self._parts)
        elif name == self._phonetic:
            self._is_phonetic = False

    def _end_rich_text(self) -> None:
        self._value = cell_text(self._runs, self._runs_size)
        self._runs.clear()
        self._runs_size = 0

    def _begin_row(self, number: str | None) -> None:
        if number is None:
            self._line += 1
        elif not (number.isascii() and number.isdigit() and len(number) < 10):
            raise _Contradiction(f"a row has the number {number[:20]!r}")
        elif int(number) <= self._line:
            raise _Contradiction(f"row {number} stands behind row {self._line}")
        else:
            self._line = int(number)
        self._suffix, self._beyond, self._column = str(self._line), "", -1
        self._digits = len(self._suffix)
        self._cells.clear()

    def _column_at(self, address: str) -> int:
        letters = address.removesuffix(self._suffix)
        if address == letters or not re.fullmatch("[A-Z]{1,3}", letters):
            raise _Contradiction(f"row {self._line} has a cell {address[:20]!r}")
        self._columns[letters] = column_number(letters)
        return self._columns[letters]

    def _learn_elements(self, root: str) -> None:
        """The root's prefix is that of all elements."""
        prefix = root.removesuffix("worksheet")
        if root == prefix:
            raise _Contradiction(f"it begins with {root}")
        self._row, self._cell, self._value_element = f"{prefix}row", f"{prefix}c", f"{prefix}v"
        self._text_element, self._formula_element = f"{prefix}t", f"{prefix}f"
        self._phonetic = f"{prefix}rPh"
        self._elements_known = True
