"""The reject file: each row that was not loaded, with the reason, as a CSV that can be corrected and filled again."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TextIO

import pyarrow as pa

from etl.errors import ConfigurationError
from etl.files.block import Block
from etl.files.header import REJECT_COLUMNS, ColumnLayout
from etl.files.times import moment_texts
from etl.private_files import open_private

_SHOWN = 5
_TICKS = {32: pa.int32(), 64: pa.int64()}

Faults = dict[int, list[tuple[int | None, str]]]
"""Row of a block -> the columns that are bad, by position, each with its reason; None: the row itself is."""

# Line, columns, values, reason, and all cells of the row.
_Reject = tuple[int, str, str, str, list[str | None]]


class Rejects:
    """Opens its file with the first reject; the file gets its name when it is complete. `examples` are the first few.

    Without `choose_path` rows are only counted.
    """

    def __init__(self, source: str, layout: ColumnLayout, choose_path: Callable[[], Path] | None) -> None:
        self.rows = 0
        self.examples: list[str] = []
        self.path: Path | None = None
        self._source = source
        self._layout = layout
        self._choose_path = choose_path
        self._part: Path | None = None
        self._file: TextIO | None = None

    def add(self, block: Block, faults: Faults) -> None:
        """Writes the bad rows of a block in the order of lines: rows with faults, and malformed ones."""
        found = [self._faulty(block, row, reasons) for row, reasons in faults.items()]
        empty: list[str | None] = [None] * len(self._layout.columns)
        found += [(one.line, "", one.text, one.reason, empty) for one in block.malformed]
        for one in sorted(found, key=lambda reject: reject[0]):
            self._write(*one)

    def _faulty(self, block: Block, row: int, reasons: list[tuple[int | None, str]]) -> _Reject:
        cells = [_text(column.slice(row, 1)) for column in block.columns]
        named = [(self._layout.columns[at].name if at is not None else "", at, why) for at, why in reasons]
        values = "; ".join(cells[at] or "" for _, at, _ in named if at is not None)
        columns = "; ".join(name for name, _, _ in named if name)
        reason = "; ".join(f"{name} {why}".strip() for name, _, why in named)
        return int(block.lines[row]), columns, values, reason, cells

    def _write(self, line: int, columns: str, value: str, reason: str, cells: list[str | None]) -> None:
        self.rows += 1
        if len(self.examples) < _SHOWN:
            self.examples.append(f"line {line}: {reason}")
        if self._choose_path is None:
            return
        try:
            file = self._file or self._open(self._choose_path())
            file.write(_row([self._source, str(line), columns, value, reason, *cells]))
        except OSError as error:
            raise self._unwritable(error) from error

    def _open(self, path: Path) -> TextIO:
        """Readable by its owner only, and never through a link in place of the file."""
        self.path = path
        self._part = self.path.with_name(f".{self.path.name}.part")
        self._part.unlink(missing_ok=True)
        self._file = os.fdopen(open_private(self._part), "w", encoding="utf-8", newline="")
        self._file.write(_row([*REJECT_COLUMNS, *(column.name for column in self._layout.columns)]))
        return self._file

    def finish(self) -> None:
        """Gives the complete file its name."""
        if self._file and self._part and self.path:
            try:
                self._file.close()
                self._part.replace(self.path)
            except OSError as error:
                raise self._unwritable(error) from error

    def drop(self) -> None:
        if self._file and self._part:
            self._file.close()
            self._part.unlink(missing_ok=True)

    def _unwritable(self, error: OSError) -> ConfigurationError:
        return ConfigurationError(f"{self.path}: cannot be written: {error.strerror}; name another file with --rejects")


@dataclass(frozen=True)
class RowFault:
    """What is wrong with a row of a file: its line, the columns that are bad ("" for the row itself), and why."""

    line: int
    column: str
    reason: str


class NotedFaults(Rejects):
    """Counts bad rows and keeps the first of them; writes no file."""

    MOST: Final = 1000

    def __init__(self, source: str, layout: ColumnLayout) -> None:
        super().__init__(source, layout, None)
        self.noted: list[RowFault] = []

    def _write(self, line: int, columns: str, value: str, reason: str, cells: list[str | None]) -> None:
        self.rows += 1
        if len(self.noted) < self.MOST:
            self.noted.append(RowFault(line, columns, reason))


def append_reject(path: Path, columns: Sequence[str], cells: Sequence[str | None]) -> None:
    """One row more: the five cells of REJECT_COLUMNS, then those of `columns`. Makes the file if there is none."""
    if not path.exists():
        with os.fdopen(open_private(path), "w", encoding="utf-8", newline="") as file:
            file.write(_row([*REJECT_COLUMNS, *columns]))
    with path.open("a", encoding="utf-8", newline="") as file:
        file.write(_row(list(cells)))


def _text(cell: pa.Array) -> str | None:
    """The only cell of an array as a text; a time that no calendar has as the number that it is."""
    if pa.types.is_temporal(cell.type):
        texts, faults = moment_texts(cell)
        return str(cell.cast(_TICKS[cell.type.bit_width])[0].as_py()) if faults else texts[0].as_py()
    match cell[0].as_py():
        case None:
            return None
        case bytes() as content:
            return "\\x" + content.hex()
        case value:
            return str(value)


def _row(cells: list[str | None]) -> str:
    # Null is written as nothing and an empty text as a pair of quotes, as in the file that was read.
    quoted = ("" if cell is None else '"' + cell.replace('"', '""') + '"' for cell in cells)
    return ",".join(quoted) + "\n"
