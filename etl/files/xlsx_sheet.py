"""The cells of a sheet, row by row as they are unpacked; where a cell stands, its own address says."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from etl.files.unreadable import unreadable
from etl.files.xlsx_archive import Archive, Handlers
from etl.files.xlsx_book import MOST_CHARACTERS, Sheet, cell_text

MOST_COLUMNS: Final = 16_384
"""Excel has no more, XFD is the last."""

_TAIL_BYTES: Final = 512
_MOST_MERGES: Final = 100_000
_MERGE: Final = re.compile(
    rb"<(?:\w+:)?mergeCell\s[^>]{0,200}?ref\s*=\s*[\"']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})[\"']"
)


class Cell(NamedTuple):
    """A cell as it is written. `value` None: it has none; `formula` None: it is none."""

    type: str
    style: str
    value: str | None
    formula: str | None


@dataclass(frozen=True)
class Row:
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
        if b"mergeCell" in (text := tail + chunk):
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


def read_rows(archive: Archive, sheet: Sheet, wanted: set[int], width: int) -> Iterator[tuple[Row, int]]:
    """(row, bytes read): the rows that have a cell among the `wanted` columns or right of the first `width`.

    Raises ConfigurationError for a sheet whose rows or cells contradict one another.
    """
    reader = _Rows(wanted, width)
    try:
        for done in archive.parse(sheet.part, reader):
            for row in reader.ready:
                yield row, done
            reader.ready = []
    except _Contradiction as error:
        raise unreadable(archive.path, f"sheet {sheet.name} is damaged: {error}") from error


class _Contradiction(Exception):
    """What a sheet says of a row or cell cannot be."""


class _Rows(Handlers):
    def __init__(self, wanted: set[int], width: int) -> None:
        self.ready: list[Row] = []
        self._wanted, self._width = wanted, width
        self._columns: dict[str, int] = {}
        self._line, self._suffix = 0, "0"
        self._cells: dict[int, Cell] = {}
        self._beyond = ""
        self._seen: set[int] = set()
        self._column = -1
        self._type = self._style = ""
        self._value: str | None = None
        self._formula: str | None = None
        self._parts: list[str] = []
        self._size = 0
        self._runs: list[str] = []
        self._runs_size = 0
        self._is_phonetic = False
        # The names of the elements as this sheet writes them, once its root is known.
        self._row = self._c = self._v = self._t = self._f = self._phonetic = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == self._c:
            self._begin_cell(attributes)
        elif name in (self._v, self._t, self._f):
            self._parts, self._size = [], 0
        elif name == self._row:
            self._begin_row(attributes.get("r"))
        elif name == self._phonetic:
            self._is_phonetic = True
        elif not self._row:
            prefix = name[: -len("worksheet")]
            if name != f"{prefix}worksheet":
                raise _Contradiction(f"it begins with {name}")
            self._row, self._c, self._v = f"{prefix}row", f"{prefix}c", f"{prefix}v"
            self._t, self._f, self._phonetic = f"{prefix}t", f"{prefix}f", f"{prefix}rPh"

    def text(self, data: str) -> None:
        self._size += len(data)
        if self._size + self._runs_size <= MOST_CHARACTERS:
            self._parts.append(data)

    def end(self, name: str) -> None:
        if name == self._v:
            # Only texts are escaped; what a number or an error holds is short.
            self._value = cell_text(self._parts, self._size) if self._type == "str" else "".join(self._parts)
        elif name == self._c:
            self._end_cell()
        elif name == self._t:
            if not self._is_phonetic:
                self._runs += self._parts
                self._runs_size += self._size
                self._value = ""
        elif name == self._f:
            self._formula = "".join(self._parts)
        elif name == self._row:
            if self._cells or self._beyond:
                self.ready.append(Row(self._line, self._cells, self._beyond))
        elif name == self._phonetic:
            self._is_phonetic = False

    def _begin_row(self, number: str | None) -> None:
        line = self._line + 1
        if number is not None:
            if not (number.isascii() and number.isdigit() and len(number) < 10):
                raise _Contradiction(f"a row has the number {number[:20]!r}")
            if int(number) < line:
                raise _Contradiction(f"row {number} stands behind row {self._line}")
            line = int(number)
        self._line, self._suffix = line, str(line)
        self._cells, self._seen, self._beyond, self._column = {}, set(), "", -1

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        self._column = self._place(attributes.get("r"))
        if self._column in self._seen:
            raise _Contradiction(f"cell {column_letters(self._column)}{self._line} stands twice")
        self._seen.add(self._column)
        self._type, self._style = attributes.get("t", "n"), attributes.get("s", "")
        self._value = self._formula = None

    def _place(self, address: str | None) -> int:
        if address is None:
            column = self._column + 1
        else:
            letters = address.removesuffix(self._suffix)
            known = self._columns.get(letters)
            if known is None or address == letters:
                if not re.fullmatch("[A-Z]{1,3}", letters) or address == letters:
                    raise _Contradiction(f"row {self._line} has a cell {address[:20]!r}")
                known = self._columns[letters] = column_number(letters)
            column = known
        if column >= MOST_COLUMNS:
            raise _Contradiction(f"row {self._line} has more columns than XFD")
        return column

    def _end_cell(self) -> None:
        if self._runs:
            self._value = cell_text(self._runs, self._runs_size)
            self._runs, self._runs_size = [], 0
        if self._value is None and self._formula is None:
            return
        if self._column in self._wanted:
            self._cells[self._column] = Cell(self._type, self._style, self._value, self._formula)
        elif self._column >= self._width and self._value and not self._beyond:
            self._beyond = column_letters(self._column)
