"""The cells of a sheet, row by row as they are unpacked; the position of a cell comes from its address."""

import re
from collections.abc import Callable, Iterator
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


def read_rows(archive: Archive, sheet: Sheet, wanted: set[int], width: int) -> Iterator[tuple[Row, int]]:
    """(row, bytes read): the rows that have a cell among the `wanted` columns or right of the first `width`.

    Raises ConfigurationError for a sheet whose rows or cells contradict one another.
    """
    ready: list[Row] = []
    reader = _row_reader(ready, wanted, width)
    try:
        for done in archive.parse(sheet.part, reader):
            for row in ready:
                yield row, done
            ready.clear()
    except _Contradiction as error:
        raise unreadable(archive.path, f"sheet {sheet.name} is damaged: {error}") from error


class _Contradiction(Exception):
    """A row or cell contradicts another one."""


@dataclass(frozen=True)
class _Reader:
    start: Callable[[str, dict[str, str]], None]
    end: Callable[[str], None]
    text: Callable[[str], None]


def _row_reader(ready: list[Row], wanted: set[int], width: int) -> _Reader:
    """Handlers that append whole rows to `ready`. Closures: they are called five times per cell."""
    # The names of the elements as this sheet writes them, once its root is known.
    root = ""
    row_name = cell_name = value_name = text_name = formula_name = phonetic_name = ""
    columns: dict[str, int] = {}
    line, suffix, digits = 0, "0", 1
    cells: dict[int, Cell] = {}
    beyond = ""
    column = -1
    kind = style = ""
    value: str | None = None
    formula: str | None = None
    parts: list[str] = []
    runs: list[str] = []
    size = runs_size = 0
    is_phonetic = False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal column, kind, style, value, formula, size, is_phonetic
        if name == cell_name:
            get = attributes.get
            address = get("r")
            before = column
            if address is None:
                column += 1
            else:
                known = columns.get(address[:-digits])
                if known is None or not address.endswith(suffix):
                    known = column_at(address)
                column = known
            if not before < column < MOST_COLUMNS:
                raise _Contradiction(f"row {line} has a cell in column {column_letters(column)} twice or out of order")
            kind, style = get("t", "n"), get("s", "")
            value = formula = None
        elif name in (value_name, text_name, formula_name):
            parts.clear()
            size = 0
        elif name == row_name:
            begin_row(attributes.get("r"))
        elif name == phonetic_name:
            is_phonetic = True
        elif not root:
            learn(name)

    def text(data: str) -> None:
        nonlocal size
        size += len(data)
        if size + runs_size <= MOST_CHARACTERS:
            parts.append(data)

    def end(name: str) -> None:
        nonlocal value, formula, runs_size, beyond, is_phonetic
        if name == value_name:
            # Only texts are escaped; what a number or an error holds is short.
            value = cell_text(parts, size) if kind == "str" else "".join(parts)
        elif name == cell_name:
            if runs:
                value = cell_text(runs, runs_size)
                runs.clear()
                runs_size = 0
            if value is None and formula is None:
                return
            if column in wanted:
                cells[column] = (kind, style, value, formula)
            elif column >= width and value and not beyond:
                beyond = column_letters(column)
        elif name == row_name:
            if cells or beyond:
                ready.append(Row(line, dict(cells), beyond))
        elif name == text_name:
            if not is_phonetic:
                runs.extend(parts)
                runs_size += size
                value = ""
        elif name == formula_name:
            formula = "".join(parts)
        elif name == phonetic_name:
            is_phonetic = False

    def begin_row(number: str | None) -> None:
        nonlocal line, suffix, digits, beyond, column
        if number is None:
            line += 1
        elif not (number.isascii() and number.isdigit() and len(number) < 10):
            raise _Contradiction(f"a row has the number {number[:20]!r}")
        elif int(number) <= line:
            raise _Contradiction(f"row {number} stands behind row {line}")
        else:
            line = int(number)
        suffix, beyond, column = str(line), "", -1
        digits = len(suffix)
        cells.clear()

    def column_at(address: str) -> int:
        letters = address.removesuffix(suffix)
        if address == letters or not re.fullmatch("[A-Z]{1,3}", letters):
            raise _Contradiction(f"row {line} has a cell {address[:20]!r}")
        columns[letters] = column_number(letters)
        return columns[letters]

    def learn(name: str) -> None:
        nonlocal root, row_name, cell_name, value_name, text_name, formula_name, phonetic_name
        prefix, root = name.removesuffix("worksheet"), name
        if name == prefix:
            raise _Contradiction(f"it begins with {name}")
        row_name, cell_name, value_name = f"{prefix}row", f"{prefix}c", f"{prefix}v"
        text_name, formula_name, phonetic_name = f"{prefix}t", f"{prefix}f", f"{prefix}rPh"

    return _Reader(start, end, text)
